//! Values of one node for the rows (or events) of a chunk.

use crate::compile::program::{NodeId, Op, Program};
use crate::date::{self, Date};

/// Values in units of their type, 64 or 128 bits wide, each with a byte that is 1 where it is known.
///
/// INVARIANT: what stands at an unknown place means nothing; kernels may compute with it but must
/// not fail on it, which is why they wrap.
#[derive(Clone, Debug, Default)]
pub struct Register {
    /// Whether `wide` holds the values.
    pub is_wide: bool,
    /// Values of 64 bits.
    pub narrow: Vec<i64>,
    /// Values of 128 bits.
    pub wide: Vec<i128>,
    /// 1 where the value is known.
    pub valid: Vec<u8>,
}

/// Values to read.
#[derive(Clone, Copy, Debug)]
pub enum Data<'a> {
    /// 64 bits.
    Narrow(&'a [i64]),
    /// 128 bits.
    Wide(&'a [i128]),
}

/// Values to read and where they are known.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The values.
    pub data: Data<'a>,
    /// 1 where the value is known.
    pub valid: &'a [u8],
}

impl Register {
    /// Makes room for so many values. What is `always` known has no `valid`: see [`Register::view`].
    pub fn reset(&mut self, len: usize, wide: bool, always: bool) {
        self.is_wide = wide;
        if wide {
            self.wide.resize(len, 0);
        } else {
            self.narrow.resize(len, 0);
        }
        self.valid.resize(if always { 0 } else { len }, 0);
    }

    /// One value, of which [`Register::fill`] makes as many as are needed.
    pub(super) fn constant(program: &Program, id: NodeId, as_of: Date) -> Self {
        let node = program.arena.node(id);
        let wide = node.ty.is_wide();
        let value = match node.op {
            Op::Const(units) => Some(units),
            // Ranges were proved over the calendar of facts: a date outside is not known.
            Op::AsOf => (as_of >= date::FIRST && as_of <= date::LAST).then(|| i128::from(as_of.days())),
            _ => None,
        };
        let mut register = Self::default();
        register.reset(1, wide, false);
        register.set(0, value);
        register
    }

    /// Repeats the first value until there are so many.
    pub(super) fn fill(&mut self, len: usize) {
        if self.valid.len() >= len {
            return;
        }
        let (narrow, wide) = (self.narrow.first().copied().unwrap_or(0), self.wide.first().copied().unwrap_or(0));
        let valid = self.valid.first().copied().unwrap_or(0);
        if self.is_wide {
            self.wide.resize(len, wide);
        } else {
            self.narrow.resize(len, narrow);
        }
        self.valid.resize(len, valid);
    }

    /// Writes one value.
    pub fn set(&mut self, at: usize, value: Option<i128>) {
        let units = value.unwrap_or(0);
        if self.is_wide {
            if let Some(slot) = self.wide.get_mut(at) {
                *slot = units;
            }
        } else if let Some(slot) = self.narrow.get_mut(at) {
            // INVARIANT: the checker proved that known values of a narrow type fit in 64 bits.
            *slot = i64::try_from(units).unwrap_or(0);
        }
        if let Some(slot) = self.valid.get_mut(at) {
            *slot = u8::from(value.is_some());
        }
    }

    /// All values; `ones`, of which there are enough, stand for `valid` where the values are always known.
    #[must_use]
    pub fn view<'v>(&'v self, ones: &'v [u8]) -> View<'v> {
        let (data, len) = match self.is_wide {
            true => (Data::Wide(&self.wide), self.wide.len()),
            false => (Data::Narrow(&self.narrow), self.narrow.len()),
        };
        let valid = if self.valid.is_empty() { ones.get(..len).unwrap_or_default() } else { &self.valid };
        View { data, valid }
    }

    /// The first `len` values, of which there are as many.
    #[must_use]
    pub fn first(&self, len: usize) -> View<'_> {
        let data = match self.is_wide {
            true => Data::Wide(self.wide.get(..len).unwrap_or_default()),
            false => Data::Narrow(self.narrow.get(..len).unwrap_or_default()),
        };
        View { data, valid: self.valid.get(..len).unwrap_or_default() }
    }
}

impl View<'_> {
    /// The value at a place, known or not.
    #[must_use]
    pub fn at(&self, at: usize) -> i128 {
        match self.data {
            Data::Narrow(data) => data.get(at).copied().unwrap_or(0).into(),
            Data::Wide(data) => data.get(at).copied().unwrap_or(0),
        }
    }

    /// The value at a place, if it is known.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<i128> {
        (self.valid.get(at) == Some(&1)).then(|| self.at(at))
    }
}
