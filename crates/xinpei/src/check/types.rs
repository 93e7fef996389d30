//! Types, units and ranges of values.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::decimal;
use crate::limits;

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// A number.
    Number(Numeric),
    /// True or false.
    Flag,
    /// A civil date.
    Date,
    /// A member of the category with this index.
    Category(u32),
    /// A grade: its rank, greater is better.
    Grade,
}

impl Type {
    /// What people call it.
    #[must_use]
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Number(_) => "a number",
            Self::Flag => "a condition",
            Self::Date => "a date",
            Self::Category(_) => "a category",
            Self::Grade => "a grade",
        }
    }

    /// Whether its values need 128 bits.
    #[must_use]
    pub fn is_wide(&self) -> bool {
        matches!(self, Self::Number(numeric) if !numeric.fits_i64())
    }

    /// The number type, if it is one.
    #[must_use]
    pub const fn number(&self) -> Option<&Numeric> {
        match self {
            Self::Number(numeric) => Some(numeric),
            _ => None,
        }
    }
}

/// A number: whole multiples of `10^-digits` between `low` and `high`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Numeric {
    /// The unit.
    pub unit: Unit,
    /// Digits after the point.
    pub digits: u32,
    /// The least value, in units of the last digit.
    pub low: i128,
    /// The greatest value, in units of the last digit.
    pub high: i128,
}

impl Numeric {
    /// A plain number between two limits.
    #[must_use]
    pub const fn plain(digits: u32, low: i128, high: i128) -> Self {
        Self { unit: Unit::Plain, digits, low, high }
    }

    /// Whether every value fits in 64 bits.
    #[must_use]
    pub fn fits_i64(&self) -> bool {
        i64::try_from(self.low).is_ok() && i64::try_from(self.high).is_ok()
    }

    /// The same numbers with more digits; `None` if that exceeds the limits.
    #[must_use]
    pub fn with_digits(&self, digits: u32) -> Option<Self> {
        let factor = decimal::pow10(digits.checked_sub(self.digits)?)?;
        let wide = Self {
            unit: self.unit.clone(),
            digits,
            low: self.low.checked_mul(factor)?,
            high: self.high.checked_mul(factor)?,
        };
        wide.within_limits().then_some(wide)
    }

    /// Whether digits and magnitude are within the limits.
    #[must_use]
    pub const fn within_limits(&self) -> bool {
        self.digits <= limits::DIGITS && self.low >= -limits::MAGNITUDE && self.high <= limits::MAGNITUDE
    }
}

/// The unit of a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// A literal: it takes the unit of its surroundings.
    Any,
    /// No unit.
    Plain,
    /// Powers of base units, none of them zero.
    Of(Arc<BTreeMap<String, i8>>),
}

impl Unit {
    /// One base unit.
    #[must_use]
    pub fn base(name: &str) -> Self {
        Self::Of(Arc::new(BTreeMap::from([(name.to_owned(), 1)])))
    }

    /// The unit of a product (`sign` 1) or a quotient (`sign` -1).
    #[must_use]
    pub fn times(&self, other: &Self, sign: i8) -> Self {
        let mut powers = BTreeMap::new();
        for (unit, sign) in [(self, 1), (other, sign)] {
            if let Self::Of(of) = unit {
                for (name, power) in &**of {
                    *powers.entry(name.clone()).or_insert(0_i8) += power * sign;
                }
            }
        }
        powers.retain(|_, power| *power != 0);
        match (powers.is_empty(), self, other) {
            (true, Self::Any, Self::Any) => Self::Any,
            (true, ..) => Self::Plain,
            (false, ..) => Self::Of(Arc::new(powers)),
        }
    }

    /// The common unit of a sum or a comparison; `None` if there is none.
    #[must_use]
    pub fn join(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Any, unit) | (unit, Self::Any) => Some(unit.clone()),
            (a, b) if a == b => Some(a.clone()),
            _ => None,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any unit"),
            Self::Plain => f.write_str("no unit"),
            Self::Of(powers) => {
                for (i, (name, power)) in powers.iter().enumerate() {
                    let dot = if i > 0 { "·" } else { "" };
                    if *power == 1 { write!(f, "{dot}{name}")? } else { write!(f, "{dot}{name}^{power}")? }
                }
                Ok(())
            }
        }
    }
}

/// The members of a category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members {
    names: Vec<String>,
    index: BTreeMap<String, u32>,
}

impl Members {
    /// Members in their order; a repeated one counts once.
    pub fn new(names: impl IntoIterator<Item = String>) -> Self {
        let mut members = Self { names: Vec::new(), index: BTreeMap::new() };
        for name in names {
            if !members.index.contains_key(&name) {
                let at = u32::try_from(members.names.len()).unwrap_or(u32::MAX);
                members.index.insert(name.clone(), at);
                members.names.push(name);
            }
        }
        members
    }

    /// The index of a member.
    #[must_use]
    pub fn index(&self, name: &str) -> Option<u32> {
        self.index.get(name).copied()
    }

    /// The name of a member.
    #[must_use]
    pub fn name(&self, index: i64) -> Option<&str> {
        self.names.get(usize::try_from(index).ok()?).map(String::as_str)
    }

    /// All names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.names.iter().map(String::as_str)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
