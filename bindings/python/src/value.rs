//! A value of Python → a cell, exactly.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyFloat, PyInt, PyList, PyString};
use rust_decimal::Decimal;
use xinpei::arrow::rounded;
use xinpei::check::typed::{Type, ValueType};
use xinpei::decimal::{self, NumberError};
use xinpei::{Cell, Date, FaultKind};

use crate::errors::{self, Place};

/// Days from 0001-01-01, which Python calls 1, to 1970-01-01.
const EPOCH: i64 = 719_163;

struct Classes {
    decimal: Py<PyAny>,
    date: Py<PyAny>,
    datetime: Py<PyAny>,
}

fn classes(py: Python<'_>) -> PyResult<&'static Classes> {
    static CLASSES: PyOnceLock<Classes> = PyOnceLock::new();
    CLASSES.get_or_try_init(py, || {
        let datetime = py.import("datetime")?;
        Ok(Classes {
            decimal: py.import("decimal")?.getattr("Decimal")?.unbind(),
            date: datetime.getattr("date")?.unbind(),
            datetime: datetime.getattr("datetime")?.unbind(),
        })
    })
}

/// A cell that owns its text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Held {
    Missing,
    Number(Decimal),
    Flag(bool),
    Date(Date),
    Text(String),
    Bad(FaultKind, String),
}

impl Held {
    pub(crate) fn cell(&self) -> Cell<'_> {
        match self {
            Self::Missing => Cell::Missing,
            Self::Number(number) => Cell::Number(*number),
            Self::Flag(flag) => Cell::Flag(*flag),
            Self::Date(date) => Cell::Date(*date),
            Self::Text(text) => Cell::Text(text),
            Self::Bad(kind, text) => Cell::Bad(*kind, text),
        }
    }

    /// Its plain spelling; `None` for what is missing or wrong already.
    pub(crate) fn plain(&self) -> Option<String> {
        Some(match self {
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Text(text) => text.clone(),
            Self::Missing | Self::Bad(..) => return None,
        })
    }
}

/// What a value is for: which fact, its type, and with how many digits a float is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) id: &'a str,
    pub(crate) value: &'a ValueType,
    pub(crate) digits: Option<u32>,
    /// The row, where there are several.
    pub(crate) row: Option<usize>,
}

/// Reads a value, except texts, which are handed to `text` without a copy.
pub(crate) fn read<R>(value: &Bound<'_, PyAny>, target: Target<'_>, take: impl FnOnce(Cell<'_>) -> R) -> PyResult<R> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(take(Cell::Text(text.to_str()?)));
    }
    Ok(take(hold(value, target)?.cell()))
}

/// Reads a value into a cell of its own.
pub(crate) fn hold(value: &Bound<'_, PyAny>, target: Target<'_>) -> PyResult<Held> {
    let py = value.py();
    if value.is_none() {
        return Ok(Held::Missing);
    }
    if let Some(held) = plain(value)? {
        return Ok(held);
    }
    let classes = classes(py)?;
    if value.is_instance(classes.date.bind(py))? && !is_nothing(value)? {
        return time(value, target);
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        return float(number.value(), target);
    }
    if value.cast::<PyList>().is_ok() {
        return Ok(Held::Bad(FaultKind::WrongType, "a table".to_owned()));
    }
    if is_nothing(value)? {
        return Ok(Held::Missing);
    }
    // Scalars of numpy and others know their plain value.
    if let Ok(item) = value.getattr(intern!(py, "item"))
        && let Ok(plain) = item.call0()
        && !plain.is(value)
        && plain.getattr(intern!(py, "item")).is_err()
    {
        return hold(&plain, target);
    }
    Ok(Held::Bad(FaultKind::WrongType, value.repr()?.to_string()))
}

/// Whether it is one of the two values of pandas that mean missing; one of them calls itself a time.
fn is_nothing(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let name = value.get_type().name()?;
    Ok(matches!(name.to_str()?, "NAType" | "NaTType"))
}

fn whole(value: &Bound<'_, PyAny>) -> PyResult<Held> {
    if let Ok(number) = value.extract::<i64>() {
        return Ok(Held::Number(Decimal::from(number)));
    }
    // An int of more than 4,300 digits has no text.
    let text = value.call_method0(intern!(value.py(), "__str__")).and_then(|t| t.extract::<String>());
    Ok(text.map_or_else(|_| Held::Bad(FaultKind::TooManyDigits, "a very long number".into()), |t| number(&t)))
}

fn exact(value: &Bound<'_, PyAny>) -> PyResult<Held> {
    let text = value.str()?;
    let text = text.to_str()?;
    if !text.contains(['E', 'e']) {
        return Ok(number(text));
    }
    // Ten to the millionth power has a short text and a long one.
    let power = text.rsplit(['E', 'e']).next().and_then(|power| power.parse::<i32>().ok());
    if power.is_none_or(|power| power.abs() > 100) {
        return Ok(Held::Bad(FaultKind::TooManyDigits, text.to_owned()));
    }
    Ok(number(&value.call_method1(intern!(value.py(), "__format__"), ("f",))?.extract::<String>()?))
}

fn number(text: &str) -> Held {
    match decimal::parse(text) {
        Ok(number) => Held::Number(number),
        Err(NumberError::Digits) => Held::Bad(FaultKind::TooManyDigits, text.to_owned()),
        Err(NumberError::Syntax) => Held::Bad(FaultKind::NotANumber, text.to_owned()),
    }
}

/// A text, flag, number or date by itself; `None` for everything else, floats and times among it.
pub(crate) fn plain(value: &Bound<'_, PyAny>) -> PyResult<Option<Held>> {
    let py = value.py();
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(Some(Held::Text(text.to_str()?.to_owned())));
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Some(Held::Flag(flag.is_true())));
    }
    if value.cast::<PyInt>().is_ok() {
        return whole(value).map(Some);
    }
    let classes = classes(py)?;
    if value.is_instance(classes.decimal.bind(py))? {
        return exact(value).map(Some);
    }
    if value.is_instance(classes.date.bind(py))? && !value.is_instance(classes.datetime.bind(py))? {
        return day(value).map(Some);
    }
    Ok(None)
}

fn day(value: &Bound<'_, PyAny>) -> PyResult<Held> {
    let days = value.call_method0(intern!(value.py(), "toordinal"))?.extract::<i64>()? - EPOCH;
    Ok(i32::try_from(days)
        .map_or(Held::Bad(FaultKind::OutOfRange, days.to_string()), |d| Held::Date(Date::from_days(d))))
}

/// A time: at midnight it is a date.
fn time(value: &Bound<'_, PyAny>, target: Target<'_>) -> PyResult<Held> {
    let py = value.py();
    if !value.getattr(intern!(py, "tzinfo"))?.is_none() {
        let message = format!(
            "`{}` is given a time in a time zone, and on which date that is depends on the zone: pass its date, `value.date()`, in the zone that counts",
            target.id
        );
        return Err(errors::input(message));
    }
    let text: String = value.call_method0(intern!(py, "isoformat"))?.extract()?;
    // As a column of milliseconds: a date is a time at midnight, and nothing else.
    if !text.ends_with("T00:00:00") {
        return Ok(Held::Bad(FaultKind::NotADate, text));
    }
    day(value)
}

fn float(value: f64, target: Target<'_>) -> PyResult<Held> {
    let text = value.to_string();
    match (&target.value.ty, target.digits) {
        (Type::Number(_), None) => {
            let message = format!(
                "`{}` is exact, and {text} is a float: pass a `Decimal`, an int or a text, or say with how many digits it is read, such as digits={{\"{}\": 2}}",
                target.id, target.id
            );
            Err(errors::inexact(message, &Place { fact: Some(target.id), row: target.row, column: None }))
        }
        (Type::Number(_), Some(digits)) => {
            Ok(rounded(&text, digits).map_or_else(|kind| Held::Bad(kind, text), Held::Number))
        }
        _ => Ok(Held::Bad(FaultKind::WrongType, text)),
    }
}

/// A date that is given as a date, or as a text such as `2026-06-30`.
pub(crate) fn date(value: &Bound<'_, PyAny>, what: &str) -> PyResult<Date> {
    let py = value.py();
    let wrong = || errors::input(format!("{what} is a date such as `2026-06-30` or `datetime.date(2026, 6, 30)`"));
    if let Ok(text) = value.cast::<PyString>() {
        return Date::parse(text.to_str()?).ok_or_else(wrong);
    }
    let classes = classes(py)?;
    if !value.is_instance(classes.date.bind(py))? || value.is_instance(classes.datetime.bind(py))? {
        return Err(wrong());
    }
    let days = value.call_method0(intern!(py, "toordinal"))?.extract::<i64>()? - EPOCH;
    i32::try_from(days).map(Date::from_days).map_err(|_| wrong())
}

/// A decimal as Python's own.
pub(crate) fn to_decimal(py: Python<'_>, number: Decimal) -> PyResult<Py<PyAny>> {
    Ok(classes(py)?.decimal.bind(py).call1((number.to_string(),))?.unbind())
}

/// A date as Python's own.
pub(crate) fn to_date(py: Python<'_>, date: Date) -> PyResult<Py<PyAny>> {
    let days = i64::from(date.days()) + EPOCH;
    Ok(classes(py)?.date.bind(py).call_method1(intern!(py, "fromordinal"), (days,))?.unbind())
}
