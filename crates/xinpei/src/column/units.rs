//! A cell → units of its type, or what is wrong with it.

use rust_decimal::Decimal;

use super::{Cell, Dictionary};
use crate::check::typed::{Type, ValueType};
use crate::date::Date;
use crate::decimal;
use crate::fault::{Fault, FaultKind};

/// A cell as a fault shows it.
pub(crate) fn show(cell: Cell<'_>) -> String {
    match cell {
        Cell::Missing => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Text(text) | Cell::Bad(_, text) => text.chars().take(200).collect(),
    }
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) kind: FaultKind,
    /// The value as it came.
    pub(crate) value: String,
}

impl Wrong {
    /// The fault of a fact or field.
    pub(crate) fn of(self, fact: &str) -> Fault {
        Fault { fact: fact.to_owned(), kind: self.kind, value: self.value }
    }
}

/// A cell in units of a type; `Ok(None)` is missing.
pub(crate) fn read(cell: Cell<'_>, value: &ValueType, dictionary: &Dictionary) -> Result<Option<i64>, Wrong> {
    units(cell, value, dictionary).map_err(|kind| Wrong { kind, value: show(cell) })
}

fn units(cell: Cell<'_>, value: &ValueType, dictionary: &Dictionary) -> Result<Option<i64>, FaultKind> {
    let number = |number: Decimal| -> Result<Option<i64>, FaultKind> {
        let Type::Number(numeric) = &value.ty else { return Err(FaultKind::WrongType) };
        let units = decimal::to_units(number, numeric.digits).ok_or(FaultKind::TooManyDigits)?;
        if units < numeric.low || units > numeric.high {
            return Err(FaultKind::OutOfRange);
        }
        i64::try_from(units).map(Some).map_err(|_| FaultKind::OutOfRange)
    };
    let date = |date: Date| {
        if date < value.dates.0 || date > value.dates.1 {
            Err(FaultKind::OutOfRange)
        } else {
            Ok(Some(i64::from(date.days())))
        }
    };
    match (cell, &value.ty) {
        (Cell::Missing, _) => Ok(None),
        (Cell::Bad(kind, _), _) => Err(kind),
        (Cell::Number(n), Type::Number(_)) => number(n),
        (Cell::Flag(flag), Type::Flag) => Ok(Some(i64::from(flag))),
        (Cell::Date(d), Type::Date) => date(d),
        (Cell::Text(text), Type::Number(_)) => match decimal::parse(text) {
            Ok(n) => number(n),
            Err(decimal::NumberError::Digits) => Err(FaultKind::TooManyDigits),
            Err(decimal::NumberError::Syntax) => Err(FaultKind::NotANumber),
        },
        (Cell::Text(text), Type::Date) => date(Date::parse(text).ok_or(FaultKind::NotADate)?),
        (Cell::Text(text), Type::Flag) => match text {
            "true" => Ok(Some(1)),
            "false" => Ok(Some(0)),
            _ => Err(FaultKind::NotAFlag),
        },
        (Cell::Text(text), Type::Category(category)) => {
            let index = dictionary.members(*category).and_then(|m| m.index(text));
            index.map(|i| Some(i64::from(i))).ok_or(FaultKind::UnknownMember)
        }
        _ => Err(FaultKind::WrongType),
    }
}
