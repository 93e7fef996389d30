//! Values that a column shares with somebody else: nothing is copied until they are read.
#![cfg_attr(
    not(any(feature = "arrow", test)),
    expect(dead_code, reason = "without a format of columns in memory nobody has values to share")
)]

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A part of a list that somebody else owns.
pub(crate) struct Buffer<T: 'static> {
    source: Arc<dyn AsRef<[T]> + Send + Sync>,
    part: Range<usize>,
}

impl<T> Buffer<T> {
    pub(crate) fn new(source: impl AsRef<[T]> + Send + Sync + 'static) -> Self {
        let part = 0..source.as_ref().len();
        Self { source: Arc::new(source), part }
    }

    /// The values.
    pub(crate) fn values(&self) -> &[T] {
        (*self.source).as_ref().get(self.part.clone()).unwrap_or_default()
    }

    /// A range of the values; empty if it lies outside.
    pub(crate) fn part(&self, range: Range<usize>) -> &[T] {
        self.values().get(range).unwrap_or_default()
    }

    pub(crate) const fn len(&self) -> usize {
        self.part.end - self.part.start
    }

    pub(crate) fn slice(&self, range: Range<usize>) -> Self {
        let end = self.part.end.min(self.part.start + range.end);
        let start = end.min(self.part.start + range.start);
        Self { source: Arc::clone(&self.source), part: start..end }
    }
}

impl<T> Clone for Buffer<T> {
    fn clone(&self) -> Self {
        Self { source: Arc::clone(&self.source), part: self.part.clone() }
    }
}

impl<T> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} shared values", self.len())
    }
}

/// Bits, the lowest of each byte first.
#[derive(Clone, Debug)]
pub(crate) struct Bits {
    bytes: Buffer<u8>,
    /// The first bit.
    start: usize,
    len: usize,
}

impl Bits {
    pub(crate) const fn new(bytes: Buffer<u8>, start: usize, len: usize) -> Self {
        Self { bytes, start, len }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, at: usize) -> bool {
        let bit = self.start + at;
        at < self.len && self.bytes.values().get(bit / 8).is_some_and(|byte| (byte >> (bit % 8)) & 1 == 1)
    }

    pub(crate) fn slice(&self, range: Range<usize>) -> Self {
        let end = self.len.min(range.end);
        let start = end.min(range.start);
        Self { bytes: self.bytes.clone(), start: self.start + start, len: end - start }
    }

    /// Where the bytes lie in memory.
    pub(crate) fn address(&self) -> usize {
        self.bytes.values().as_ptr().addr()
    }

    /// Each bit of a range as a value of its own, 0 or 1.
    #[inline(always)]
    fn load<T: From<u8>>(&self, range: Range<usize>, out: &mut [T]) {
        let bit = self.start + range.start;
        let bytes = self.bytes.values().get(bit / 8..).unwrap_or_default();
        let shift = u32::try_from(bit % 8).unwrap_or(0);
        // Eight bits may lie in two bytes.
        let next = bytes.iter().skip(1).copied().chain([0]);
        for ((out, low), high) in out.chunks_mut(8).zip(bytes).zip(next) {
            let eight = (u16::from(*low) | (u16::from(high) << 8)) >> shift;
            let [eight, _] = eight.to_le_bytes();
            for (place, value) in (0_u32..).zip(out) {
                *value = T::from((eight >> place) & 1);
            }
        }
    }
}

/// Which values are known.
#[derive(Clone, Debug)]
pub(crate) enum Known {
    /// All of them.
    All,
    /// None of them.
    Nothing,
    /// Those with a byte that is 1.
    Bytes(Vec<u8>),
    /// Those with a bit that is 1.
    Bits(Bits),
}

impl Known {
    pub(crate) fn get(&self, row: usize) -> bool {
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::Bytes(bytes) => bytes.get(row) == Some(&1),
            Self::Bits(bits) => bits.get(row),
        }
    }

    pub(crate) fn slice(&self, rows: Range<usize>) -> Self {
        match self {
            Self::All => Self::All,
            Self::Nothing => Self::Nothing,
            Self::Bytes(bytes) => Self::Bytes(bytes.get(rows).unwrap_or_default().to_vec()),
            Self::Bits(bits) => Self::Bits(bits.slice(rows)),
        }
    }

    /// 1 for each row of a range that is known, 0 for the others.
    pub(crate) fn load(&self, rows: Range<usize>, out: &mut [u8]) {
        match self {
            Self::All => out.fill(1),
            Self::Nothing => out.fill(0),
            Self::Bytes(bytes) => {
                for (out, byte) in out.iter_mut().zip(bytes.get(rows).unwrap_or_default()) {
                    *out = *byte;
                }
            }
            Self::Bits(bits) => bits.load(rows, out),
        }
    }
}

/// Keys of a dictionary of members.
#[derive(Clone, Debug)]
pub(crate) enum MemberKeys {
    I8(Buffer<i8>),
    I16(Buffer<i16>),
    I32(Buffer<i32>),
    U8(Buffer<u8>),
    U16(Buffer<u16>),
    U32(Buffer<u32>),
}

/// Values in one of the forms that others keep them in.
#[derive(Clone, Debug)]
pub(crate) enum Values {
    I64(Buffer<i64>),
    I32(Buffer<i32>),
    /// 128 bits, as the two halves of each in the order of the machine.
    Halves(Buffer<i64>),
    /// Keys, and which member each stands for.
    Members(MemberKeys, Arc<[i64]>),
    Bits(Bits),
    /// So many times 0: a column that is not there.
    Zeros(usize),
}

/// Values of a column that somebody else owns.
///
/// INVARIANT: each known value was checked: with its factor it lies in the range of the fact.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) values: Values,
    pub(crate) known: Known,
    /// Units of the fact in one unit of the values.
    pub(crate) factor: i64,
    /// What a missing value means, in units of the fact.
    pub(crate) means: Option<i64>,
}

/// Which half of 128 bits holds the lower ones.
const LOW: usize = if cfg!(target_endian = "little") { 0 } else { 1 };

impl Shared {
    pub(crate) const fn len(&self) -> usize {
        match &self.values {
            Values::I64(values) => values.len(),
            Values::I32(values) => values.len(),
            Values::Halves(values) => values.len() / 2,
            Values::Members(MemberKeys::I8(keys), _) => keys.len(),
            Values::Members(MemberKeys::I16(keys), _) => keys.len(),
            Values::Members(MemberKeys::I32(keys), _) => keys.len(),
            Values::Members(MemberKeys::U8(keys), _) => keys.len(),
            Values::Members(MemberKeys::U16(keys), _) => keys.len(),
            Values::Members(MemberKeys::U32(keys), _) => keys.len(),
            Values::Bits(bits) => bits.len(),
            Values::Zeros(len) => *len,
        }
    }

    pub(crate) fn get(&self, row: usize) -> Option<i64> {
        let (mut data, mut valid) = ([0], [0]);
        if row < self.len() {
            self.load(row..row + 1, &mut data, &mut valid);
        }
        (valid == [1]).then_some(data[0])
    }

    pub(crate) fn slice(&self, rows: Range<usize>) -> Self {
        let values = match &self.values {
            Values::I64(values) => Values::I64(values.slice(rows.clone())),
            Values::I32(values) => Values::I32(values.slice(rows.clone())),
            Values::Halves(values) => Values::Halves(values.slice(rows.start * 2..rows.end * 2)),
            Values::Members(keys, members) => Values::Members(keys.slice(rows.clone()), Arc::clone(members)),
            Values::Bits(bits) => Values::Bits(bits.slice(rows.clone())),
            Values::Zeros(len) => Values::Zeros(rows.end.min(*len).saturating_sub(rows.start)),
        };
        Self { values, known: self.known.slice(rows), factor: self.factor, means: self.means }
    }

    /// The rows of a range in units; what is unknown is 0.
    pub(crate) fn load(&self, rows: Range<usize>, data: &mut [i64], valid: &mut [u8]) {
        match &self.values {
            Values::I64(values) => scale(values.part(rows.clone()).iter().copied(), self.factor, data),
            Values::I32(values) => scale(values.part(rows.clone()).iter().map(|v| i64::from(*v)), self.factor, data),
            Values::Halves(values) => {
                let halves = values.part(rows.start * 2..rows.end * 2);
                let pairs = halves.as_chunks::<2>().0;
                scale(pairs.iter().map(|pair| pair[LOW]), self.factor, data);
            }
            Values::Members(keys, members) => keys.load(rows.clone(), members, data),
            Values::Bits(bits) => bits.load(rows.clone(), data),
            Values::Zeros(_) => data.fill(0),
        }
        self.known.load(rows, valid);
        match (&self.known, self.means) {
            (Known::All, _) => {}
            (_, None) => {
                for (data, valid) in data.iter_mut().zip(valid) {
                    *data &= -i64::from(*valid);
                }
            }
            (_, Some(means)) => {
                for (data, valid) in data.iter_mut().zip(valid) {
                    *data = if *valid == 1 { *data } else { means };
                    *valid = 1;
                }
            }
        }
    }
}

/// What stands at an unknown place means nothing and may be anything: the product wraps.
#[inline(always)]
fn scale(values: impl Iterator<Item = i64>, factor: i64, data: &mut [i64]) {
    if factor == 1 {
        for (data, value) in data.iter_mut().zip(values) {
            *data = value;
        }
    } else {
        for (data, value) in data.iter_mut().zip(values) {
            *data = value.wrapping_mul(factor);
        }
    }
}

impl Values {
    /// Where the first value lies in memory, which tells whether it was copied.
    pub(crate) fn address(&self) -> usize {
        match self {
            Self::I64(values) | Self::Halves(values) => values.values().as_ptr().addr(),
            Self::I32(values) => values.values().as_ptr().addr(),
            Self::Members(MemberKeys::I8(keys), _) => keys.values().as_ptr().addr(),
            Self::Members(MemberKeys::I16(keys), _) => keys.values().as_ptr().addr(),
            Self::Members(MemberKeys::I32(keys), _) => keys.values().as_ptr().addr(),
            Self::Members(MemberKeys::U8(keys), _) => keys.values().as_ptr().addr(),
            Self::Members(MemberKeys::U16(keys), _) => keys.values().as_ptr().addr(),
            Self::Members(MemberKeys::U32(keys), _) => keys.values().as_ptr().addr(),
            Self::Bits(bits) => bits.address(),
            Self::Zeros(_) => 0,
        }
    }
}

impl MemberKeys {
    fn slice(&self, rows: Range<usize>) -> Self {
        match self {
            Self::I8(keys) => Self::I8(keys.slice(rows)),
            Self::I16(keys) => Self::I16(keys.slice(rows)),
            Self::I32(keys) => Self::I32(keys.slice(rows)),
            Self::U8(keys) => Self::U8(keys.slice(rows)),
            Self::U16(keys) => Self::U16(keys.slice(rows)),
            Self::U32(keys) => Self::U32(keys.slice(rows)),
        }
    }

    fn load(&self, rows: Range<usize>, members: &[i64], data: &mut [i64]) {
        match self {
            Self::I8(keys) => look_up(keys.part(rows), members, data),
            Self::I16(keys) => look_up(keys.part(rows), members, data),
            Self::I32(keys) => look_up(keys.part(rows), members, data),
            Self::U8(keys) => look_up(keys.part(rows), members, data),
            Self::U16(keys) => look_up(keys.part(rows), members, data),
            Self::U32(keys) => look_up(keys.part(rows), members, data),
        }
    }
}

/// A key outside the dictionary stands at an unknown place.
#[inline(always)]
fn look_up<K: Copy + TryInto<usize>>(keys: &[K], members: &[i64], data: &mut [i64]) {
    for (data, key) in data.iter_mut().zip(keys) {
        let key = (*key).try_into().unwrap_or(usize::MAX);
        *data = members.get(key).copied().unwrap_or(0);
    }
}
