//! A column of texts, however they are stored.

use arrow_array::types::{ArrowDictionaryKeyType, Int8Type, Int16Type, Int32Type, Int64Type};
use arrow_array::types::{UInt8Type, UInt16Type, UInt32Type, UInt64Type};
use arrow_array::{Array, DictionaryArray, LargeStringArray, StringArray, StringViewArray};
use arrow_buffer::ArrowNativeType;
use arrow_schema::DataType;

/// A column of texts: plain, large, views, or a dictionary of one of these.
#[derive(Debug)]
pub struct Texts<'a>(Form<'a>);

#[derive(Debug)]
enum Form<'a> {
    Plain(&'a StringArray),
    Large(&'a LargeStringArray),
    View(&'a StringViewArray),
    /// The dictionary as it is stored, its keys, and its texts.
    Dictionary(&'a dyn Array, fn(&dyn Array, usize) -> usize, Box<Texts<'a>>),
}

/// Whether a type is one of texts.
pub(super) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => {
            matches!(**values, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
        }
        _ => false,
    }
}

impl<'a> Texts<'a> {
    /// The texts of a column; `None` if it is no column of texts.
    #[must_use]
    pub fn new(array: &'a dyn Array) -> Option<Self> {
        let any = array.as_any();
        Some(Self(match array.data_type() {
            DataType::Utf8 => Form::Plain(any.downcast_ref()?),
            DataType::LargeUtf8 => Form::Large(any.downcast_ref()?),
            DataType::Utf8View => Form::View(any.downcast_ref()?),
            DataType::Dictionary(key, _) => match **key {
                DataType::Int8 => Self::dictionary::<Int8Type>(array)?,
                DataType::Int16 => Self::dictionary::<Int16Type>(array)?,
                DataType::Int32 => Self::dictionary::<Int32Type>(array)?,
                DataType::Int64 => Self::dictionary::<Int64Type>(array)?,
                DataType::UInt8 => Self::dictionary::<UInt8Type>(array)?,
                DataType::UInt16 => Self::dictionary::<UInt16Type>(array)?,
                DataType::UInt32 => Self::dictionary::<UInt32Type>(array)?,
                DataType::UInt64 => Self::dictionary::<UInt64Type>(array)?,
                _ => return None,
            },
            _ => return None,
        }))
    }

    fn dictionary<K: ArrowDictionaryKeyType>(array: &'a dyn Array) -> Option<Form<'a>> {
        fn key<K: ArrowDictionaryKeyType>(array: &dyn Array, row: usize) -> usize {
            let keys = array.as_any().downcast_ref::<DictionaryArray<K>>().map(|d| d.keys().values());
            keys.and_then(|keys| keys.get(row)).map_or(usize::MAX, |key| key.as_usize())
        }
        let values = array.as_any().downcast_ref::<DictionaryArray<K>>()?.values();
        Some(Form::Dictionary(array, key::<K>, Box::new(Self::new(values)?)))
    }

    /// The text of a row; `None` where there is none.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&'a str> {
        match &self.0 {
            Form::Plain(array) => (row < array.len() && array.is_valid(row)).then(|| array.value(row)),
            Form::Large(array) => (row < array.len() && array.is_valid(row)).then(|| array.value(row)),
            Form::View(array) => (row < array.len() && array.is_valid(row)).then(|| array.value(row)),
            Form::Dictionary(array, key, values) => {
                if row < array.len() && array.is_valid(row) {
                    values.get(key(*array, row))
                } else {
                    None
                }
            }
        }
    }

    /// The texts that are stored one after the other with offsets of 32 bits, if none is missing.
    pub(super) fn plain(&self) -> Option<&'a StringArray> {
        match &self.0 {
            Form::Plain(array) if array.null_count() == 0 => Some(array),
            _ => None,
        }
    }

    /// The texts of a dictionary, and how many there are.
    pub(super) fn entries(&self) -> Option<(&Self, usize)> {
        match &self.0 {
            Form::Dictionary(_, _, values) => Some((values, values.len())),
            _ => None,
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.0 {
            Form::Plain(array) => array.len(),
            Form::Large(array) => array.len(),
            Form::View(array) => array.len(),
            Form::Dictionary(array, ..) => array.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
