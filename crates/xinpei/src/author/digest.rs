//! Digests over what rules say, not over how a file is laid out.

use sha2::{Digest, Sha256};

use super::yaml::{Kind, Node};
use crate::decimal;
use crate::diagnostic::Files;

/// The digest of a rulebook: every YAML file but the cases, and every script, by path.
///
/// Comments, indentation, quotes, the order of keys, `10_000` for `10000` and line breaks inside an
/// expression change nothing.
#[must_use]
pub fn rulebook(files: &[(&str, &Node)], scripts: &[u32], texts: &Files) -> String {
    let mut canonical = String::new();
    for (path, root) in files.iter().filter(|(path, _)| !path.starts_with("cases/")) {
        canonical.push_str(path);
        canonical.push('\n');
        write(root, &mut canonical);
        canonical.push('\n');
    }
    for script in scripts {
        canonical.push_str(texts.path(*script));
        canonical.push('\n');
        canonical.push_str(&crate::check::script::canonical(texts.text(*script)));
        canonical.push('\n');
    }
    hex(&Sha256::digest(canonical.as_bytes()))
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS.get(usize::from(n)).copied().unwrap_or(b'0'));
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

fn write(node: &Node, out: &mut String) {
    match &node.kind {
        Kind::Scalar { text, plain } => match decimal::parse(text) {
            Ok(number) if *plain => out.push_str(&number.normalize().to_string()),
            _ => {
                out.push('"');
                for (i, word) in text.split_whitespace().enumerate() {
                    if i > 0 {
                        out.push(' ');
                    }
                    out.push_str(&word.replace('\\', "\\\\").replace('"', "\\\""));
                }
                out.push('"');
            }
        },
        Kind::List(list) => {
            out.push('[');
            for node in list {
                write(node, out);
                out.push(',');
            }
            out.push(']');
        }
        Kind::Map(map) => {
            // Members of a category and of points keep their order in the tree; the digest sorts
            // keys, because order carries meaning in lists only.
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.text.cmp(&b.text));
            out.push('{');
            for (key, node) in entries {
                out.push('"');
                out.push_str(&key.text.replace('\\', "\\\\").replace('"', "\\\""));
                out.push_str("\":");
                write(node, out);
                out.push(',');
            }
            out.push('}');
        }
    }
}
