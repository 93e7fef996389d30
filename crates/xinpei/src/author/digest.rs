//! Digests over what rules say, not over how a file is laid out.

use rhai::Engine;

use super::shape::Form;
use super::yaml::{Kind, Node};
use crate::decimal;
use crate::diagnostic::Files;
use crate::hash;

/// The digest of a rulebook: every YAML file but the cases, and every script, by path.
///
/// Comments, indentation, quotes, the order of keys, `10_000` for `10000` and line breaks inside an
/// expression change nothing.
#[must_use]
pub(crate) fn rulebook(files: &[(&str, &Node, &Form)], scripts: &[u32], texts: &Files) -> String {
    let engine = Engine::new_raw();
    let mut canonical = String::new();
    for (path, root, form) in files.iter().filter(|(path, ..)| !path.starts_with("cases/")) {
        canonical.push_str(path);
        canonical.push('\n');
        write(root, form, &engine, &mut canonical);
        canonical.push('\n');
    }
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

/// Writes what a value means at its place: a number without its spelling, an expression without its
/// layout, a text as it is.
fn write(node: &Node, form: &Form, engine: &Engine, out: &mut String) {
    let form = form.for_node(node);
    match (&node.kind, form) {
        (Kind::Scalar { text, plain }, Form::Number | Form::Whole | Form::Scalar) if *plain => {
            match decimal::parse(text) {
                Ok(number) => out.push_str(&number.normalize().to_string()),
                Err(_) => quote(text, out),
            }
        }
        (Kind::Scalar { text, .. }, Form::Expression) => quote(&script(engine, text), out),
        (Kind::Scalar { text, .. }, _) => quote(text, out),
        (Kind::List(list), _) => {
            out.push('[');
            for node in list {
                write(node, form.item(), engine, out);
                out.push(',');
            }
            out.push(']');
        }
        (Kind::Map(map), _) => {
            // Order carries meaning in lists only.
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by(|(a, _), (b, _)| a.text.cmp(&b.text));
            out.push('{');
            for (key, node) in entries {
                quote(&key.text, out);
                out.push(':');
                write(node, form.value(&key.text), engine, out);
                out.push(',');
            }
            out.push('}');
        }
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    out.push_str(&text.replace('\\', "\\\\").replace('"', "\\\""));
    out.push('"');
}
