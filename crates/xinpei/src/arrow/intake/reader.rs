//! One column: which values it may hold, and how each is read.

use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Float32Type, Float64Type,
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, BooleanArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;
use rust_decimal::Decimal;

use super::texts::{Texts, is_text};
use super::{Binding, names, number};
use crate::cells::{CellReader, Translated};
use crate::check::typed::{Type, ValueType};
use crate::column::units::{self, Wrong};
use crate::column::{Cell, Dictionary};
use crate::date::Date;
use crate::fault::FaultKind;

/// How the values of one column are read, whatever batch they come in.
///
/// | value | columns that fit |
/// |---|---|
/// | money, number, count | int8 … int64, uint8 … uint64, decimal32 … decimal128, text; float32 and float64 with `digits` |
/// | date | date32, date64 at midnight, text |
/// | flag | bool, text |
/// | category | text, plain or as a dictionary |
///
/// Texts are read by [`CellReader`], as those of a CSV file. With translations (`values`) a column of
/// whole numbers, decimals, floats, flags or dates fits every value: its plain spelling is
/// translated, or else read as a text. A column of nulls fits everything.
#[derive(Clone, Debug)]
pub struct ColumnReader {
    pub(super) value: ValueType,
    pub(super) dictionary: Dictionary,
    pub(super) data_type: DataType,
    pub(super) cells: CellReader,
    pub(super) times: Option<Decimal>,
    pub(super) digits: Option<u32>,
    pub(super) translates: bool,
    /// For whole numbers and decimals of a number: how they become units.
    pub(super) conversion: Option<number::Conversion>,
}

impl ColumnReader {
    /// A reader of a column for a value of the dictionary.
    ///
    /// # Errors
    /// When the type of the column does not fit the value: what is wrong, as a part of a sentence
    /// that starts with the column.
    pub fn new(
        data_type: &DataType,
        value: &ValueType,
        dictionary: &Dictionary,
        binding: &Binding,
    ) -> Result<Self, String> {
        let values: BTreeMap<String, Translated> = binding.values.clone();
        let translates = !values.is_empty();
        let number = value.ty.number();
        if number.is_none() && binding.times.is_some() {
            return Err(format!("is multiplied (`times`), but `{}` is {}", binding.target, names::value(value)));
        }
        if binding.times.is_some_and(|times| times.is_zero()) {
            return Err(
                "is multiplied by 0; write the factor between the unit of the column and that of the fact".to_owned()
            );
        }
        fits(data_type, value, binding, translates)?;
        let conversion = number.and_then(|numeric| {
            let scale = scale(data_type)?;
            number::Conversion::new(scale, binding.times, numeric)
        });
        Ok(Self {
            value: value.clone(),
            dictionary: dictionary.clone(),
            data_type: data_type.clone(),
            cells: CellReader::new(value, dictionary).times(binding.times).values(values),
            times: binding.times,
            digits: binding.digits,
            translates,
            conversion,
        })
    }

    /// The values of a column; `None` if it has another type than the one that was announced.
    #[must_use]
    pub fn open<'a>(&'a self, array: &'a dyn Array) -> Option<Cells<'a>> {
        if array.data_type() != &self.data_type {
            return None;
        }
        let form = match &self.data_type {
            DataType::Null => Form::Nothing,
            DataType::Boolean => Form::Flags(array.as_boolean()),
            DataType::Int8 => whole::<Int8Type>(array),
            DataType::Int16 => whole::<Int16Type>(array),
            DataType::Int32 => whole::<Int32Type>(array),
            DataType::Int64 => whole::<Int64Type>(array),
            DataType::UInt8 => whole::<UInt8Type>(array),
            DataType::UInt16 => whole::<UInt16Type>(array),
            DataType::UInt32 => whole::<UInt32Type>(array),
            DataType::UInt64 => whole::<UInt64Type>(array),
            DataType::Decimal32(..) => whole::<Decimal32Type>(array),
            DataType::Decimal64(..) => whole::<Decimal64Type>(array),
            DataType::Decimal128(..) => whole::<Decimal128Type>(array),
            DataType::Float32 => float::<Float32Type>(array),
            DataType::Float64 => float::<Float64Type>(array),
            DataType::Date32 => Form::Days(Box::new(|row| i64::from(at::<Date32Type>(array, row)))),
            DataType::Date64 => Form::Milliseconds(Box::new(|row| at::<Date64Type>(array, row))),
            _ => Form::Texts(Texts::new(array)?),
        };
        Some(Cells { reader: self, nulls: array.nulls(), form })
    }
}

/// Digits after the point of whole numbers and decimals.
fn scale(data_type: &DataType) -> Option<i32> {
    match data_type {
        DataType::Decimal32(_, scale) | DataType::Decimal64(_, scale) | DataType::Decimal128(_, scale) => {
            Some(i32::from(*scale))
        }
        other => other.is_integer().then_some(0),
    }
}

/// Whether a column of a type may hold a value.
fn fits(data_type: &DataType, value: &ValueType, binding: &Binding, translates: bool) -> Result<(), String> {
    let is = format!("is {}", names::column(data_type));
    let (target, noun) = (&binding.target, names::value(value));
    let float = matches!(data_type, DataType::Float32 | DataType::Float64);
    if binding.digits.is_some() && !float {
        return Err(format!("{is}: `digits` is for columns of floats; remove it"));
    }
    if float && matches!(value.ty, Type::Number(_)) && binding.digits.is_none() {
        return Err(format!(
            "{is}, which is not exact: say in the mapping with how many `digits` it is read for `{target}`, or deliver decimals"
        ));
    }
    let plain = scale(data_type).is_some();
    let fits = match (&value.ty, data_type) {
        (_, DataType::Null) => true,
        (Type::Number(_), _) if plain || float => true,
        (Type::Flag, DataType::Boolean) | (Type::Date, DataType::Date32 | DataType::Date64) => true,
        (_, other) if is_text(other) => true,
        (_, DataType::Boolean | DataType::Date32 | DataType::Date64) => translates,
        _ => translates && (plain || float && binding.digits.is_some()),
    };
    if fits {
        return Ok(());
    }
    Err(match (&value.ty, data_type) {
        (Type::Date, DataType::Timestamp(..)) => {
            format!("{is}, but `{target}` is a date: cast it to a date first, in the time zone that counts")
        }
        (Type::Number(_), DataType::Decimal256(..)) => {
            format!("{is}, but `{target}` is {noun} of at most 64 bits: cast it to decimal128 first")
        }
        (Type::Category(_) | Type::Flag, _) if plain => format!(
            "{is}, but `{target}` is {noun}, which is read from {}; or translate the numbers with `values`",
            names::fitting(value)
        ),
        _ => format!("{is}, but `{target}` is {noun}, which is read from {}", names::fitting(value)),
    })
}

/// The values of one column of a batch.
pub struct Cells<'a> {
    reader: &'a ColumnReader,
    nulls: Option<&'a NullBuffer>,
    pub(super) form: Form<'a>,
}

impl std::fmt::Debug for Cells<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cells").field("data_type", &self.reader.data_type).finish_non_exhaustive()
    }
}

pub(super) enum Form<'a> {
    Nothing,
    Flags(&'a BooleanArray),
    Whole(Box<dyn Fn(usize) -> i128 + 'a>),
    /// Shortest decimal texts.
    Floats(Box<dyn Fn(usize) -> String + 'a>),
    Days(Box<dyn Fn(usize) -> i64 + 'a>),
    Milliseconds(Box<dyn Fn(usize) -> i64 + 'a>),
    Texts(Texts<'a>),
}

fn at<T: ArrowPrimitiveType>(array: &dyn Array, row: usize) -> T::Native {
    array.as_primitive_opt::<T>().and_then(|a| a.values().get(row).copied()).unwrap_or_default()
}

fn whole<'a, T: ArrowPrimitiveType<Native: Into<i128>>>(array: &'a dyn Array) -> Form<'a> {
    let values: &[T::Native] = array.as_primitive_opt::<T>().map_or(&[], |a| a.values());
    Form::Whole(Box::new(|row| values.get(row).copied().unwrap_or_default().into()))
}

fn float<'a, T: ArrowPrimitiveType<Native: std::fmt::Display>>(array: &'a dyn Array) -> Form<'a> {
    Form::Floats(Box::new(|row| at::<T>(array, row).to_string()))
}

const DAY: i64 = 86_400_000;

impl Cells<'_> {
    /// Shows the cell of a row to `take`.
    pub fn with<R>(&self, row: usize, take: impl FnOnce(Cell<'_>) -> R) -> R {
        if self.nulls.is_some_and(|nulls| row >= nulls.len() || nulls.is_null(row)) {
            return take(Cell::Missing);
        }
        let reader = self.reader;
        match &self.form {
            Form::Nothing => take(Cell::Missing),
            Form::Texts(texts) => take(texts.get(row).map_or(Cell::Missing, |text| reader.cells.read(text))),
            Form::Flags(flags) => {
                let flag = row < flags.len() && flags.value(row);
                self.plain(if flag { "true" } else { "false" }, matches!(reader.value.ty, Type::Flag), take, |take| {
                    take(Cell::Flag(flag))
                })
            }
            Form::Whole(at) => {
                let (number, scale) = (at(row), scale(&reader.data_type).unwrap_or(0));
                let text = || number::text(number, scale);
                if reader.translates {
                    let text = text();
                    if let Some(cell) = reader.cells.translated(&text) {
                        return take(cell);
                    }
                    if reader.value.ty.number().is_none() {
                        return take(reader.cells.read(&text));
                    }
                }
                match number::decimal(number, scale, reader.times) {
                    Some(number) => take(Cell::Number(number)),
                    None => take(Cell::Bad(FaultKind::TooManyDigits, &text())),
                }
            }
            Form::Floats(at) => {
                let text = at(row);
                if reader.translates {
                    if let Some(cell) = reader.cells.translated(&text) {
                        return take(cell);
                    }
                    if reader.value.ty.number().is_none() {
                        return take(reader.cells.read(&text));
                    }
                }
                let number = number::rounded(&text, reader.digits.unwrap_or(0));
                let number = number.and_then(|number| match reader.times {
                    Some(factor) => crate::cells::exact_product(number, factor).ok_or(FaultKind::TooManyDigits),
                    None => Ok(number),
                });
                match number {
                    Ok(number) => take(Cell::Number(number)),
                    Err(kind) => take(Cell::Bad(kind, &text)),
                }
            }
            Form::Days(at) => self.date(at(row), take),
            Form::Milliseconds(at) => {
                let milliseconds = at(row);
                if milliseconds.rem_euclid(DAY) == 0 {
                    return self.date(milliseconds.div_euclid(DAY), take);
                }
                let day =
                    i32::try_from(milliseconds.div_euclid(DAY)).map_or(Date::from_days(i32::MAX), Date::from_days);
                let seconds = milliseconds.rem_euclid(DAY) / 1_000;
                let (h, m, s) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
                take(Cell::Bad(FaultKind::NotADate, &format!("{day}T{h:02}:{m:02}:{s:02}")))
            }
        }
    }

    /// A value with a plain spelling, which may be translated.
    fn plain<R, T: FnOnce(Cell<'_>) -> R>(&self, text: &str, own: bool, take: T, cell: impl FnOnce(T) -> R) -> R {
        let reader = self.reader;
        match reader.cells.translated(text) {
            Some(translated) => take(translated),
            None if own => cell(take),
            None => take(reader.cells.read(text)),
        }
    }

    fn date<R>(&self, days: i64, take: impl FnOnce(Cell<'_>) -> R) -> R {
        // The calendar ends long before 32 bits do; what lies outside is shown as days.
        match i32::try_from(days).ok().filter(|days| (-4_371_000..=2_932_000).contains(days)) {
            Some(days) => {
                let date = Date::from_days(days);
                let own = matches!(self.reader.value.ty, Type::Date);
                if own && !self.reader.translates {
                    return take(Cell::Date(date));
                }
                self.plain(&date.to_string(), own, take, |take| take(Cell::Date(date)))
            }
            None => take(Cell::Bad(FaultKind::OutOfRange, &format!("{days} days after 1970-01-01"))),
        }
    }

    /// The value of a row in units; `Ok(None)` is missing.
    pub(super) fn units(&self, row: usize) -> Result<Option<i64>, Wrong> {
        if let (Form::Whole(at), Some(conversion), false) =
            (&self.form, &self.reader.conversion, self.reader.translates)
        {
            if self.nulls.is_some_and(|nulls| row >= nulls.len() || nulls.is_null(row)) {
                return Ok(None);
            }
            if let Some(units) = conversion.units(at(row)) {
                return Ok(Some(units));
            }
        }
        self.with(row, |cell| units::read(cell, &self.reader.value, &self.reader.dictionary))
    }
}
