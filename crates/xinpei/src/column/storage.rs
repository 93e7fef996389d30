//! The values of one fact or field, own or shared.

use std::ops::Range;

#[cfg(any(feature = "arrow", test))]
use super::shared::Values;
use super::shared::{Known, Shared};

/// Of so many values one is taken before reading them one by one takes longer than reading all.
const DENSE: usize = 16;

/// Values in units of their type (a number in units of its last digit, a date in days since
/// 1970-01-01, a member by index, a flag as 0 or 1), each known or missing.
///
/// The values are the column's own, or those of somebody else that were not copied; what can be
/// read is the same.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Units; an unknown value is stored as 0.
    data: Vec<i64>,
    /// A byte for each that is 1 where it is known.
    valid: Vec<u8>,
    /// The values of somebody else; the own ones are empty then.
    shared: Option<Box<Shared>>,
}

impl Column {
    /// A column that is not there: nothing is known, or everything is what missing means.
    #[cfg(any(feature = "arrow", test))]
    pub(crate) fn absent(rows: usize, means: Option<i64>) -> Self {
        Shared { values: Values::Zeros(rows), known: Known::Nothing, factor: 1, means }.into()
    }

    /// How many values there are, known or missing.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shared.as_ref().map_or(self.data.len(), |shared| shared.len())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at a row, if it is known.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<i64> {
        match &self.shared {
            None => self.data.get(row).copied().filter(|_| self.valid.get(row) == Some(&1)),
            Some(shared) => shared.get(row),
        }
    }

    /// Adds a value; `None` is missing.
    pub fn push(&mut self, value: Option<i64>) {
        self.own();
        self.data.push(value.unwrap_or(0));
        self.valid.push(u8::from(value.is_some()));
    }

    /// Makes every value missing.
    pub fn forget(&mut self) {
        let len = self.len();
        *self = Self { data: vec![0; len], valid: vec![0; len], shared: None };
    }

    /// Where the values and the marks of what is known lie in memory, if they are somebody else's.
    #[must_use]
    pub fn addresses(&self) -> Option<(usize, Option<usize>)> {
        let shared = self.shared.as_ref()?;
        let known = match &shared.known {
            Known::Bits(bits) => Some(bits.address()),
            _ => None,
        };
        Some((shared.values.address(), known))
    }

    /// Own values: units and validity bytes, when stored as such.
    pub(crate) fn plain(&self) -> Option<(&[i64], &[u8])> {
        self.shared.is_none().then_some((&self.data, &self.valid))
    }

    /// Writes the rows of a range as units and validity bytes; both slices are as long as the range.
    pub(crate) fn load(&self, rows: Range<usize>, data: &mut [i64], valid: &mut [u8]) {
        let Some(shared) = &self.shared else {
            for (to, from) in data.iter_mut().zip(self.data.get(rows.clone()).unwrap_or_default()) {
                *to = *from;
            }
            for (to, from) in valid.iter_mut().zip(self.valid.get(rows).unwrap_or_default()) {
                *to = *from;
            }
            return;
        };
        shared.load(rows, data, valid);
    }

    /// The rows of a range; shared values stay shared.
    pub(crate) fn slice(&self, rows: Range<usize>) -> Self {
        match &self.shared {
            None => Self {
                data: self.data.get(rows.clone()).unwrap_or_default().to_vec(),
                valid: self.valid.get(rows).unwrap_or_default().to_vec(),
                shared: None,
            },
            Some(shared) => shared.slice(rows).into(),
        }
    }

    /// The values at these rows, as a column of its own.
    pub(super) fn take(&self, rows: &[usize]) -> Self {
        // Values of somebody else are read all at once where many are taken.
        if self.shared.is_some() && rows.len().saturating_mul(DENSE) >= self.len() {
            let mut own = self.clone();
            own.own();
            return own.take(rows);
        }
        let Some((data, valid)) = self.plain() else {
            let mut taken = Self::default();
            rows.iter().for_each(|row| taken.push(self.get(*row)));
            return taken;
        };
        Self {
            data: rows.iter().map(|row| data.get(*row).copied().unwrap_or(0)).collect(),
            valid: rows.iter().map(|row| valid.get(*row).copied().unwrap_or(0)).collect(),
            shared: None,
        }
    }

    /// Replaces the last value.
    pub(crate) fn set_last(&mut self, value: Option<i64>) {
        self.own();
        if let (Some(data), Some(valid)) = (self.data.last_mut(), self.valid.last_mut()) {
            *data = value.unwrap_or(0);
            *valid = u8::from(value.is_some());
        }
    }

    /// Takes all values out; own memory is kept.
    pub(super) fn clear(&mut self) {
        self.data.clear();
        self.valid.clear();
        self.shared = None;
    }

    /// Copies values of somebody else.
    pub(super) fn own(&mut self) {
        if let Some(shared) = self.shared.take() {
            self.data = vec![0; shared.len()];
            self.valid = vec![0; shared.len()];
            shared.load(0..shared.len(), &mut self.data, &mut self.valid);
        }
    }
}

impl PartialEq for Column {
    /// Columns are the same when they say the same, however they are stored.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && (0..self.len()).all(|row| self.get(row) == other.get(row))
    }
}

impl Eq for Column {}

impl FromIterator<Option<i64>> for Column {
    fn from_iter<I: IntoIterator<Item = Option<i64>>>(values: I) -> Self {
        let mut column = Self::default();
        values.into_iter().for_each(|value| column.push(value));
        column
    }
}

impl From<Shared> for Column {
    fn from(shared: Shared) -> Self {
        Self { data: Vec::new(), valid: Vec::new(), shared: Some(Box::new(shared)) }
    }
}

impl From<&Column> for Vec<Option<i64>> {
    fn from(column: &Column) -> Self {
        (0..column.len()).map(|row| column.get(row)).collect()
    }
}
