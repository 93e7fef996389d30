//! What became of each enterprise, good or bad, as it was given: a column or a dict.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString};
use pyo3_arrow::{PyArray, PyChunkedArray};
use xinpei::uscc;

use super::Count;
use crate::decisions::Run;
use crate::errors::{self, Place};

/// One for each decision, and those that belong to no decision.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    /// For each decision 0 or 1; `None` where it is not known.
    pub(crate) rows: Vec<Option<bool>>,
    /// Of rows that were rejected.
    pub(crate) rejected: Count,
    /// Of keys without a decision.
    pub(crate) strangers: Count,
}

/// Reads whatever was given.
pub(crate) fn read(outcome: &Bound<'_, PyAny>, run: &Run) -> PyResult<Observed> {
    if let Ok(dict) = outcome.cast::<PyDict>() {
        return by_key(dict, run);
    }
    let column = column(outcome)?;
    if column.len() == run.rows {
        let rejected = Count { rows: run.rejects.len(), ..Count::default() };
        return Ok(Observed { rows: column, rejected, strangers: Count::default() });
    }
    aligned(&column, run).ok_or_else(|| {
        let message = format!(
            "the outcome has {} values, and there are {} decisions and {} rejects: pass a value for each row that \
             was scored, in their order, or a dict by the key of the enterprise",
            column.len(),
            run.rows,
            run.rejects.len()
        );
        errors::input(message)
    })
}

/// The values of decisions out of those of all rows of a frame, of which some were rejected.
fn aligned(column: &[Option<bool>], run: &Run) -> Option<Observed> {
    let mut left = vec![false; column.len()];
    for reject in run.rejects.iter().filter(|reject| reject.file == crate::data::DATA) {
        *left.get_mut(usize::try_from(reject.line).ok()?.checked_sub(1)?)? = true;
    }
    let mut observed = Observed::default();
    for (value, left) in column.iter().zip(left) {
        if left {
            observed.rejected.add(*value);
        } else {
            observed.rows.push(*value);
        }
    }
    (observed.rows.len() == run.rows && observed.rejected.rows == run.rejects.len()).then_some(observed)
}

/// By the key of the enterprise.
fn by_key(dict: &Bound<'_, PyDict>, run: &Run) -> PyResult<Observed> {
    if let Some(column) = &run.column {
        return Err(errors::input(format!(
            "an enterprise may have a decision for each date of `{column}`: pass the outcome as a column, not as a dict"
        )));
    }
    let uscc = run.loaded.rulebook.dictionary().uscc;
    let mut given = std::collections::BTreeMap::new();
    for (key, value) in dict {
        let text = key.cast::<PyString>().map_err(|_| {
            errors::input(format!("a key of the outcome is `{}`, not the text of an enterprise's key", shown(&key)))
        })?;
        let text = text.to_str()?;
        let plain = if uscc { uscc::normalise(text) } else { text.to_owned() };
        let value = one(&value, || format!("the outcome of `{text}`"), None)?;
        if given.insert(plain, value).is_some_and(|before| before != value) {
            return Err(errors::input(format!("the outcome has `{text}` twice, with different values")));
        }
    }
    let mut observed = Observed::default();
    observed.rejected.rows = run.rejects.len();
    for records in &run.records {
        let keys = records.column_by_name("enterprise").and_then(|c| c.as_string_opt::<i32>());
        observed.rows.extend(keys.into_iter().flatten().map(|key| given.remove(key?).flatten()));
    }
    given.into_values().for_each(|value| observed.strangers.add(value));
    Ok(observed)
}

/// The values of a column: by the Arrow PyCapsule interface, or one by one.
fn column(outcome: &Bound<'_, PyAny>) -> PyResult<Vec<Option<bool>>> {
    let py = outcome.py();
    if let Some(arrays) = arrays(outcome)? {
        let mut all = Vec::with_capacity(arrays.iter().map(|array| array.len()).sum());
        for array in arrays {
            of_array(array.as_ref(), &mut all)?;
        }
        return Ok(all);
    }
    if outcome.cast::<PyString>().is_ok() {
        return Err(errors::input("the outcome is a text: pass the column itself, such as frame[\"bad\"]"));
    }
    let list = outcome.hasattr(intern!(py, "tolist"))?;
    let list = if list { outcome.call_method0(intern!(py, "tolist"))? } else { outcome.clone() };
    let Ok(values) = list.try_iter() else {
        return Err(errors::input(format!(
            "the outcome is `{}`: pass a column of 0 and 1 or of true and false, or a dict by the key of the enterprise",
            outcome.get_type().name()?
        )));
    };
    let value = |(row, value): (usize, PyResult<Bound<'_, PyAny>>)| {
        one(&value?, || format!("the outcome of row {row}"), Some(row))
    };
    values.enumerate().map(value).collect()
}

/// Arrow arrays of what has the interface; `None` if it has not, or cannot: pandas without pyarrow, a column of
/// nothing but nulls.
fn arrays(outcome: &Bound<'_, PyAny>) -> PyResult<Option<Vec<ArrayRef>>> {
    let py = outcome.py();
    let read = if outcome.hasattr(intern!(py, "__arrow_c_stream__"))? {
        outcome.extract::<PyChunkedArray>().map(|chunks| chunks.into_inner().0)
    } else if outcome.hasattr(intern!(py, "__arrow_c_array__"))? {
        outcome.extract::<PyArray>().map(|array| vec![array.into_inner().0])
    } else {
        return Ok(None);
    };
    match read {
        Ok(arrays) => Ok(Some(arrays)),
        Err(error) if error.is_instance_of::<PyException>(py) => Ok(None),
        // Ctrl-C and the like.
        Err(error) => Err(error),
    }
}

fn of_array(array: &dyn Array, all: &mut Vec<Option<bool>>) -> PyResult<()> {
    match array.data_type() {
        DataType::Boolean => all.extend(array.as_boolean()),
        DataType::Null => all.extend(std::iter::repeat_n(None, array.len())),
        DataType::Int8 => whole::<Int8Type>(array, all)?,
        DataType::Int16 => whole::<Int16Type>(array, all)?,
        DataType::Int32 => whole::<Int32Type>(array, all)?,
        DataType::Int64 => whole::<Int64Type>(array, all)?,
        DataType::UInt8 => whole::<UInt8Type>(array, all)?,
        DataType::UInt16 => whole::<UInt16Type>(array, all)?,
        DataType::UInt32 => whole::<UInt32Type>(array, all)?,
        DataType::UInt64 => whole::<UInt64Type>(array, all)?,
        DataType::Float32 => float::<Float32Type>(array, all)?,
        DataType::Float64 => float::<Float64Type>(array, all)?,
        DataType::Struct(_) => {
            return Err(errors::input("the outcome is a frame: pass one column of it, such as frame[\"bad\"]"));
        }
        other => {
            return Err(errors::input(format!(
                "the outcome is a column of `{other}`: it holds 0 and 1, or true and false"
            )));
        }
    }
    Ok(())
}

fn whole<T: ArrowPrimitiveType>(array: &dyn Array, all: &mut Vec<Option<bool>>) -> PyResult<()>
where
    T::Native: Into<i128>,
{
    for value in array.as_primitive::<T>() {
        all.push(match value.map(Into::into) {
            None => None,
            Some(0_i128) => Some(false),
            Some(1) => Some(true),
            Some(other) => {
                return Err(neither(&format!("the outcome of row {}", all.len()), &other.to_string(), Some(all.len())));
            }
        });
    }
    Ok(())
}

/// A column with missing values is one of floats in some frames.
fn float<T: ArrowPrimitiveType>(array: &dyn Array, all: &mut Vec<Option<bool>>) -> PyResult<()>
where
    T::Native: Into<f64>,
{
    for value in array.as_primitive::<T>() {
        let value = value.map(Into::into);
        let read = value.map_or(Ok(None), of_float);
        all.push(read.map_err(|other| neither(&format!("the outcome of row {}", all.len()), &other, Some(all.len())))?);
    }
    Ok(())
}

fn of_float(value: f64) -> Result<Option<bool>, String> {
    if value.is_nan() {
        return Ok(None);
    }
    // Zero is equal to zero of either sign.
    match (value.eq(&0.0), value.eq(&1.0)) {
        (true, _) => Ok(Some(false)),
        (_, true) => Ok(Some(true)),
        _ => Err(value.to_string()),
    }
}

/// One value of Python.
fn one(value: &Bound<'_, PyAny>, what: impl Fn() -> String, row: Option<usize>) -> PyResult<Option<bool>> {
    let py = value.py();
    if value.is_none() {
        return Ok(None);
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Some(flag.is_true()));
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return of_float(number.value()).map_err(|other| neither(&what(), &other, row));
    }
    if value.cast::<PyInt>().is_ok() {
        return match value.extract::<i64>() {
            Ok(0) => Ok(Some(false)),
            Ok(1) => Ok(Some(true)),
            _ => Err(neither(&what(), &shown(value), row)),
        };
    }
    if matches!(value.get_type().name()?.to_str()?, "NAType" | "NaTType") {
        return Ok(None);
    }
    // Scalars of numpy and others know their plain value.
    if let Ok(plain) = value.call_method0(intern!(py, "item"))
        && !plain.is(value)
        && plain.getattr(intern!(py, "item")).is_err()
    {
        return one(&plain, what, row);
    }
    Err(neither(&what(), &shown(value), row))
}

fn shown(value: &Bound<'_, PyAny>) -> String {
    let text = value.repr().map(|text| text.to_string()).unwrap_or_default();
    text.chars().take(40).collect()
}

fn neither(what: &str, value: &str, row: Option<usize>) -> PyErr {
    errors::at(format!("{what} is `{value}`: it is 0 or 1, or true or false"), &Place { row, ..Place::default() })
}
