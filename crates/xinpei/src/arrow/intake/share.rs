//! Columns whose values all fit are taken as they are, without a copy.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, ArrowPrimitiveType, Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, Int8Type,
    Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type,
};
use arrow_array::{Array, BooleanArray};
use arrow_buffer::{ArrowNativeType, Buffer as Bytes, NullBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::reader::ColumnReader;
use super::texts::Texts;
use crate::check::typed::Type;
use crate::column::Column;
use crate::column::shared::{Bits, Buffer, Known, MemberKeys, Shared, Values};
use crate::column::units;

/// Bits of somebody else.
fn bits(bytes: &Bytes, start: usize, len: usize) -> Bits {
    Bits::new(Buffer::new(ScalarBuffer::<u8>::from(bytes.clone())), start, len)
}

/// Which rows of a column are known.
pub(super) fn known(nulls: Option<&NullBuffer>) -> Known {
    match nulls.filter(|nulls| nulls.null_count() > 0) {
        Some(nulls) => Known::Bits(bits(nulls.buffer(), nulls.offset(), nulls.len())),
        None => Known::All,
    }
}

/// Keys, and the units that each stands for.
type Keyed<K> = (Buffer<K>, Arc<[i64]>);

impl ColumnReader {
    /// The column without a copy of its values, if each known one of a window fits as it is.
    pub(super) fn share(&self, array: &dyn Array, window: Range<usize>, means: Option<i64>) -> Option<Column> {
        if self.translates && !matches!(self.data_type, DataType::Dictionary(..)) {
            return None;
        }
        if self.data_type.is_null() {
            return Some(Column::absent(array.len(), means));
        }
        let (values, factor) = self.values(array, window)?;
        Some(Shared { values, known: known(array.nulls()), factor, means }.into())
    }

    fn values(&self, array: &dyn Array, window: Range<usize>) -> Option<(Values, i64)> {
        let days = || (1, i64::from(self.value.dates.0.days()), i64::from(self.value.dates.1.days()));
        let whole = || self.conversion.as_ref()?.bounds();
        match (&self.data_type, &self.value.ty) {
            (DataType::Boolean, Type::Flag) => {
                let array: &BooleanArray = array.as_boolean_opt()?;
                let values = array.values();
                Some((Values::Bits(bits(values.inner(), values.offset(), values.len())), 1))
            }
            (DataType::Date32, Type::Date) => narrow::<Date32Type>(array, window, days(), Values::I32),
            (DataType::Int32, _) => narrow::<Int32Type>(array, window, whole()?, Values::I32),
            (DataType::Decimal32(..), _) => narrow::<Decimal32Type>(array, window, whole()?, Values::I32),
            (DataType::Int64, _) => narrow::<Int64Type>(array, window, whole()?, Values::I64),
            (DataType::Decimal64(..), _) => narrow::<Decimal64Type>(array, window, whole()?, Values::I64),
            (DataType::Decimal128(..), _) => halves(array, window, whole()?),
            (DataType::Dictionary(key, _), _) => {
                let members = |keys: MemberKeys, table| Some((Values::Members(keys, table), 1));
                match **key {
                    DataType::Int8 => {
                        self.keys::<Int8Type>(array, window).and_then(|(k, t)| members(MemberKeys::I8(k), t))
                    }
                    DataType::Int16 => {
                        self.keys::<Int16Type>(array, window).and_then(|(k, t)| members(MemberKeys::I16(k), t))
                    }
                    DataType::Int32 => {
                        self.keys::<Int32Type>(array, window).and_then(|(k, t)| members(MemberKeys::I32(k), t))
                    }
                    DataType::UInt8 => {
                        self.keys::<UInt8Type>(array, window).and_then(|(k, t)| members(MemberKeys::U8(k), t))
                    }
                    DataType::UInt16 => {
                        self.keys::<UInt16Type>(array, window).and_then(|(k, t)| members(MemberKeys::U16(k), t))
                    }
                    DataType::UInt32 => {
                        self.keys::<UInt32Type>(array, window).and_then(|(k, t)| members(MemberKeys::U32(k), t))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The keys of a dictionary of texts, and the units that each stands for.
    fn keys<K: ArrowDictionaryKeyType>(&self, array: &dyn Array, window: Range<usize>) -> Option<Keyed<K::Native>> {
        let dictionary = array.as_dictionary_opt::<K>()?;
        let texts = Texts::new(array)?;
        let (entries, count) = texts.entries()?;
        // A dictionary that is larger than the column costs more than it saves.
        if count > array.len().max(256) {
            return None;
        }
        let read = |at: usize| {
            let cell = self.cells.read(entries.get(at)?);
            units::read(cell, &self.value, &self.dictionary).ok().flatten()
        };
        let units: Vec<Option<i64>> = (0..count).map(read).collect();
        let keys = dictionary.keys();
        if units.contains(&None) {
            // An entry that fits nowhere matters only where a row uses it.
            let fits =
                |row: usize| keys.is_null(row) || units.get(keys.value(row).as_usize()).is_some_and(Option::is_some);
            if !window.clone().all(fits) {
                return None;
            }
        }
        let table = units.into_iter().map(|units| units.unwrap_or(0)).collect();
        Some((Buffer::new(keys.values().clone()), table))
    }
}

/// Rows that are checked in one pass.
const STRIDE: usize = 1024;

/// Whether each known number of a window lies between two bounds. Most columns pass without a look
/// at what is known, because a missing number is stored as 0.
fn inside<T: Copy>(values: &[T], nulls: Option<&NullBuffer>, window: &Range<usize>, out: impl Fn(T) -> bool) -> bool {
    let mut start = window.start;
    for stride in values.get(window.clone()).unwrap_or_default().chunks(STRIDE) {
        if stride.iter().fold(false, |any, value| any | out(*value)) {
            let wrong = |(at, value): (usize, &T)| out(*value) && nulls.is_none_or(|nulls| nulls.is_valid(start + at));
            if stride.iter().enumerate().any(wrong) {
                return false;
            }
        }
        start += stride.len();
    }
    true
}

fn narrow<T: ArrowPrimitiveType<Native: Into<i64>>>(
    array: &dyn Array,
    window: Range<usize>,
    (factor, low, high): (i64, i64, i64),
    form: fn(Buffer<T::Native>) -> Values,
) -> Option<(Values, i64)> {
    let array = array.as_primitive_opt::<T>()?;
    let values = array.values();
    let fit = inside(values, array.nulls(), &window, |value| {
        let value: i64 = value.into();
        (value < low) | (value > high)
    });
    fit.then(|| (form(Buffer::new(values.clone())), factor))
}

fn halves(array: &dyn Array, window: Range<usize>, (factor, low, high): (i64, i64, i64)) -> Option<(Values, i64)> {
    let array = array.as_primitive_opt::<Decimal128Type>()?;
    let halves = ScalarBuffer::<i64>::new(array.values().inner().clone(), 0, array.len() * 2);
    let pairs = halves.as_chunks::<2>().0;
    let fit = inside(pairs, array.nulls(), &window, |pair| {
        let (lower, upper) = if cfg!(target_endian = "little") { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
        (upper != lower >> 63) | (lower < low) | (lower > high)
    });
    fit.then(|| (Values::Halves(Buffer::new(halves)), factor))
}
