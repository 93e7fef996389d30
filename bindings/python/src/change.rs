//! Changes of rules as Python says them: `{"tax.arrears": {"points[1].points": 35, "missing": 0}}`.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use xinpei::author::edit::{Change, Tree};
use xinpei::limits::YAML_DEPTH;

use crate::errors::{self, Place};
use crate::value::{self, Held};

/// Changes by rule and field, in the order in which they are given; a flat name has both.
pub(crate) fn parse(changes: &Bound<'_, PyDict>) -> PyResult<Vec<Change>> {
    let mut all = Vec::new();
    for (rule, value) in changes.iter() {
        let rule = name(&rule, "a rule")?;
        match value.cast::<PyDict>() {
            Ok(fields) => {
                if fields.is_empty() {
                    return Err(errors::input(format!("the change of `{rule}` names no field; such as `missing`")));
                }
                for (field, value) in fields.iter() {
                    let field = name(&field, "a field")?;
                    all.push(change(&rule, &field, &value)?);
                }
            }
            Err(_) => all.push(change(&rule, "", &value)?),
        }
    }
    Ok(all)
}

fn name(value: &Bound<'_, PyAny>, what: &str) -> PyResult<String> {
    let wrong = || errors::input(format!("{what} is named by a text, not by `{value}`"));
    Ok(value.cast::<PyString>().map_err(|_| wrong())?.to_str()?.to_owned())
}

fn change(rule: &str, field: &str, value: &Bound<'_, PyAny>) -> PyResult<Change> {
    let at = if field.is_empty() { rule.to_owned() } else { format!("{rule}: {field}") };
    let value = if value.is_none() { None } else { Some(tree(value, &at, 0)?) };
    Ok(Change { rule: rule.to_owned(), field: field.to_owned(), value })
}

/// A value of Python as one of a rule file.
fn tree(value: &Bound<'_, PyAny>, at: &str, depth: usize) -> PyResult<Tree> {
    if depth > YAML_DEPTH {
        return Err(errors::input(format!("lists and dicts are nested too deeply, in the change of `{at}`")));
    }
    if let Ok(map) = value.cast::<PyDict>() {
        let pair = |(key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
            // The members of a flag are `true` and `false`.
            let key = match key.cast::<PyBool>() {
                Ok(flag) => flag.is_true().to_string(),
                Err(_) if key.cast::<PyInt>().is_ok() => key.str()?.to_str()?.to_owned(),
                Err(_) => name(&key, "a key")?,
            };
            let inner = tree(&value, &format!("{at}.{key}"), depth + 1)?;
            Ok((key, inner))
        };
        return Ok(Tree::Map(map.iter().map(pair).collect::<PyResult<_>>()?));
    }
    if value.cast::<PyList>().is_ok() || value.cast::<PyTuple>().is_ok() {
        let item =
            |(index, value): (usize, PyResult<Bound<'_, PyAny>>)| tree(&value?, &format!("{at}[{index}]"), depth + 1);
        return Ok(Tree::List(value.try_iter()?.enumerate().map(item).collect::<PyResult<_>>()?));
    }
    if value.is_none() {
        return Err(errors::input(format!("`None` takes a field away and is no value, in the change of `{at}`")));
    }
    if let Ok(float) = value.cast::<PyFloat>() {
        return Err(inexact(float.value(), at));
    }
    scalar(value, at)
}

fn scalar(value: &Bound<'_, PyAny>, at: &str) -> PyResult<Tree> {
    let py = value.py();
    let wrong = || {
        let shown = value.repr().map_or_else(|_| "this".to_owned(), |text| text.to_string());
        errors::input(format!(
            "`{shown}` is no value of a rule, in the change of `{at}`: pass a Decimal, an int, a text, a bool, a date, a list or a dict"
        ))
    };
    match value::plain(value)? {
        Some(Held::Number(number)) => Ok(Tree::Number(number.to_string())),
        Some(Held::Text(text)) => Ok(Tree::Text(text)),
        Some(Held::Flag(flag)) => Ok(Tree::Flag(flag)),
        Some(Held::Date(date)) => Ok(Tree::Date(date)),
        Some(Held::Missing | Held::Bad(..)) => Err(wrong()),
        // Scalars of numpy and others know their plain value.
        None => match value.getattr(intern!(py, "item")).and_then(|item| item.call0()) {
            Ok(item) if item.cast::<PyFloat>().is_ok() || value::plain(&item)?.is_some() => tree(&item, at, YAML_DEPTH),
            _ => Err(wrong()),
        },
    }
}

fn inexact(value: f64, at: &str) -> PyErr {
    errors::inexact(
        format!(
            "rules are exact, and {value} is a float, in the change of `{at}`: pass Decimal(\"{value}\") or an int"
        ),
        &Place::default(),
    )
}
