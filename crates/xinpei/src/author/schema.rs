//! The rule format as JSON Schema (draft 2020-12), from the same description that checks files.

use serde_json::{Map, Value, json};

use super::format;
use super::shape::{Form, Shape};

/// The kinds of file that have a schema: name and where such files stand.
#[must_use]
pub fn kinds() -> Vec<(String, &'static str)> {
    format::KINDS.iter().map(|(place, _)| (name(place), *place)).collect()
}

/// The JSON Schema of a kind of file, for an editor that completes and checks.
///
/// ```
/// let schema = xinpei::author::schema::json("sections").unwrap();
/// assert!(schema.contains("characteristics"));
/// ```
#[must_use]
pub fn json(kind: &str) -> Option<String> {
    let (place, form) = format::KINDS.iter().find(|(place, _)| name(place) == kind)?;
    Some(render(form, &format!("Xinpei rule file: {place}")))
}

/// The JSON Schema of any form.
#[must_use]
pub fn render(form: &Form, title: &str) -> String {
    let mut schema = of(form);
    if let Value::Object(map) = &mut schema {
        map.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
        map.insert("title".into(), title.into());
    }
    format!("{schema:#}")
}

/// `facts/` → `facts`, `scripts/functions.yaml` → `functions`.
fn name(place: &str) -> String {
    let last = place.trim_end_matches('/').rsplit('/').next().unwrap_or(place);
    last.trim_end_matches(".yaml").to_owned()
}

fn of(form: &Form) -> Value {
    match form {
        Form::Text | Form::Expression => json!({"type": "string", "minLength": 1}),
        // `10_000` is a text to an editor, and a number to Xinpei.
        Form::Number => json!({"type": ["number", "string"], "pattern": "^[-+]?[0-9](_?[0-9])*([.][0-9](_?[0-9])*)?$"}),
        Form::Whole => json!({"type": ["integer", "string"], "pattern": "^[-+]?[0-9](_?[0-9])*$"}),
        Form::Date => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
        Form::Flag => json!({"type": "boolean"}),
        Form::Word => json!({"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}),
        Form::Dotted => json!({"type": "string", "pattern": "^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$"}),
        Form::Label => {
            json!({"type": "object", "additionalProperties": {"type": "string", "minLength": 1}, "minProperties": 1})
        }
        Form::Duration => json!({"type": "string", "pattern": "^[0-9]+ (day|days|month|months)$"}),
        Form::Choice(words) => json!({"enum": words}),
        Form::Scalar => json!({"type": ["string", "number", "boolean", "null"]}),
        Form::Any => json!(true),
        Form::Names => json!({"type": "array", "items": {"type": "string", "minLength": 1}}),
        Form::List(item) => json!({"type": "array", "items": of(item), "minItems": 1}),
        Form::Dict(item) => json!({"type": "object", "additionalProperties": loose(item), "minProperties": 1}),
        Form::Map(shape) => map(shape),
        // A scalar expression may read as a number or a boolean to a YAML editor.
        Form::Either(forms) => json!({"anyOf": forms.iter().map(loose).collect::<Vec<_>>()}),
    }
}

/// An expression such as `5` or `true` is a text to Xinpei, but not to an editor.
fn loose(form: &Form) -> Value {
    match form {
        Form::Expression => json!({"type": ["string", "number", "boolean"]}),
        other => of(other),
    }
}

fn map(shape: &Shape) -> Value {
    let mut properties = Map::new();
    for field in shape.keys {
        let mut schema = loose(&field.form);
        if let Value::Object(schema) = &mut schema {
            schema.insert("description".into(), field.doc.into());
        }
        properties.insert(field.name.into(), schema);
    }
    let required: Vec<&str> = shape.keys.iter().filter(|k| k.required).map(|k| k.name).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}
