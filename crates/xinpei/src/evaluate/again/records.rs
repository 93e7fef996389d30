//! Records: the numbers that a run keeps of each row, side by side.
//!
//! They are read for scattered rows, so that the numbers of one row lie together and as narrow as the
//! card allows: for most cards, a record is half of what the memory hands out at once.

use crate::compile::program::{Plan, UNKNOWN};

/// Numbers that are copied together.
const LANES: usize = 16;

/// Numbers that lie together, so that memory hands them out at once.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(32))]
pub(in super::super) struct Block<T>([T; LANES]);

/// A record for each row, one after the other.
#[derive(Clone, Debug)]
pub(in super::super) enum Records {
    Short(Vec<Block<i16>>),
    Long(Vec<Block<i32>>),
}

/// How many blocks a record of a plan has.
fn blocks(plan: &Plan) -> usize {
    plan.record().div_ceil(LANES)
}

impl Default for Records {
    fn default() -> Self {
        Self::Short(Vec::new())
    }
}

impl Records {
    /// Records of so many rows; none where a plan records nothing.
    pub(in super::super) fn new(plan: &Plan, rows: usize) -> Self {
        if plan.recorded.is_empty() {
            return Self::default();
        }
        match plan.short {
            true => Self::Short(vec![Block::default(); rows * blocks(plan)]),
            false => Self::Long(vec![Block::default(); rows * blocks(plan)]),
        }
    }

    /// Writes one number of the records from a row on.
    #[inline(always)]
    pub(in super::super) fn write(
        &mut self,
        plan: &Plan,
        place: usize,
        start: usize,
        values: impl Iterator<Item = i32>,
    ) {
        let length = blocks(plan).max(1);
        match self {
            Self::Short(blocks) => {
                // INVARIANT: a plan is short only where every known value fits.
                let short = |value: i32| if value == UNKNOWN { i16::MIN } else { value as i16 };
                put(blocks, length, place, start, values.map(short));
            }
            Self::Long(blocks) => put(blocks, length, place, start, values),
        }
    }

    /// The records of some rows, in their order, into memory that is used again.
    #[inline(always)]
    pub(super) fn gather(&self, plan: &Plan, rows: &[u32], out: &mut Self) {
        let length = blocks(plan).max(1);
        match (self, &mut *out) {
            (Self::Short(from), Self::Short(to)) => take(from, length, rows, to),
            (Self::Long(from), Self::Long(to)) => take(from, length, rows, to),
            (Self::Short(from), _) => {
                let mut to = Vec::new();
                take(from, length, rows, &mut to);
                *out = Self::Short(to);
            }
            (Self::Long(from), _) => {
                let mut to = Vec::new();
                take(from, length, rows, &mut to);
                *out = Self::Long(to);
            }
        }
    }

    /// One number of each record; what is not known is [`UNKNOWN`].
    #[inline(always)]
    pub(super) fn read<T: From<i32>>(&self, plan: &Plan, place: usize, out: &mut [T]) {
        let length = blocks(plan).max(1);
        let (block, lane) = (place / LANES, place % LANES);
        match self {
            Self::Short(blocks) => {
                for (out, record) in out.iter_mut().zip(blocks.chunks_exact(length)) {
                    let value = record.get(block).and_then(|b| b.0.get(lane)).copied().unwrap_or(0);
                    *out = T::from(if value == i16::MIN { UNKNOWN } else { value.into() });
                }
            }
            Self::Long(blocks) => {
                for (out, record) in out.iter_mut().zip(blocks.chunks_exact(length)) {
                    *out = T::from(record.get(block).and_then(|b| b.0.get(lane)).copied().unwrap_or(0));
                }
            }
        }
    }
}

#[inline(always)]
fn put<T>(blocks: &mut [Block<T>], length: usize, place: usize, start: usize, values: impl Iterator<Item = T>) {
    let blocks = blocks.get_mut(start * length..).unwrap_or_default();
    for (record, value) in blocks.chunks_exact_mut(length).zip(values) {
        if let Some(slot) = record.get_mut(place / LANES).and_then(|block| block.0.get_mut(place % LANES)) {
            *slot = value;
        }
    }
}

#[inline(always)]
fn take<T: Copy + Default>(from: &[Block<T>], length: usize, rows: &[u32], to: &mut Vec<Block<T>>) {
    to.resize(rows.len() * length, Block::default());
    for (to, row) in to.chunks_exact_mut(length).zip(rows) {
        let at = (*row as usize).wrapping_mul(length);
        let Some(record) = from.get(at..at.wrapping_add(length)) else { continue };
        for (to, block) in to.iter_mut().zip(record) {
            *to = *block;
        }
    }
}
