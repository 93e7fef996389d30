//! Compares a decision with its replay and names the first difference.

use serde_json::Value;

use super::decision::Decision;
use crate::error::Error;

/// The first difference between a decision as it was written and its replay: its path and both
/// values. `None` when they are the same.
///
/// # Errors
/// When the text is not JSON.
pub fn difference(written: &str, replayed: &Decision) -> Result<Option<(String, String, String)>, Error> {
    between(written, &replayed.to_json(), "a decision")
}

/// The first difference between a recorded text of JSON and the same made anew: where, what it was and
/// what it is. `what` says in a sentence what was recorded.
///
/// # Errors
/// When a text is not JSON.
pub fn between(written: &str, json: &str, what: &str) -> Result<Option<(String, String, String)>, Error> {
    if written.trim_end() == json {
        return Ok(None);
    }
    let parse =
        |text: &str| serde_json::from_str::<Value>(text).map_err(|e| Error::input(format!("this is not {what}: {e}")));
    let (old, new) = (parse(written)?, parse(json)?);
    Ok(first(&old, &new, String::new())
        .or_else(|| Some(("the order or spelling of keys".into(), written.trim_end().into(), json.to_owned()))))
}

fn first(old: &Value, new: &Value, path: String) -> Option<(String, String, String)> {
    match (old, new) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = b.keys().chain(a.keys().filter(|k| !b.contains_key(*k)));
            let join = |key: &String| if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            keys.filter_map(|key| {
                first(a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null), join(key))
            })
            .next()
        }
        (Value::Array(a), Value::Array(b)) => {
            let pairs = (0..a.len().max(b.len()))
                .map(|i| (i, a.get(i).unwrap_or(&Value::Null), b.get(i).unwrap_or(&Value::Null)));
            pairs.filter_map(|(i, x, y)| first(x, y, format!("{path}[{i}]"))).next()
        }
        (a, b) if a == b => None,
        (a, b) => Some((path, shown(a), shown(b))),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
