//! One known value; what is not known is `None`.

use jiff::civil::Date;
use rust_decimal::Decimal;

/// A known value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Number(Decimal),
    Flag(bool),
    Date(Date),
    /// A member of a category, by its index.
    Member(u32),
    /// A grade: how many grades are worse.
    Grade(usize),
}

impl Value {
    pub fn number(self) -> Decimal {
        match self {
            Self::Number(n) => n,
            other => panic!("{other:?} is not a number"),
        }
    }

    pub fn flag(self) -> bool {
        match self {
            Self::Flag(f) => f,
            other => panic!("{other:?} is not a flag"),
        }
    }

    pub fn date(self) -> Date {
        match self {
            Self::Date(d) => d,
            other => panic!("{other:?} is not a date"),
        }
    }

    /// Which of two values of one type comes first.
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Flag(a), Self::Flag(b)) => a.cmp(b),
            (Self::Date(a), Self::Date(b)) => a.cmp(b),
            (Self::Member(a), Self::Member(b)) => a.cmp(b),
            (Self::Grade(a), Self::Grade(b)) => a.cmp(b),
            (a, b) => panic!("{a:?} and {b:?} cannot be compared"),
        }
    }
}
