//! Digests over what rules say, not over how a file is laid out.

use rhai::Engine;

use super::yaml::{Kind, Node};
use crate::decimal;
use crate::diagnostic::Files;
use crate::hash;

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
    let engine = Engine::new_raw();
    for file in scripts {
        canonical.push_str(texts.path(*file));
        canonical.push('\n');
        canonical.push_str(&script(&engine, texts.text(*file)));
        canonical.push('\n');
    }
    hash::sha256(canonical.as_bytes())
}

/// A script without comments and with the least white space.
fn script(engine: &Engine, text: &str) -> String {
    let plain = || text.split_whitespace().collect::<Vec<_>>().join(" ");
    engine.compact_script(text).unwrap_or_else(|_| plain())
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
