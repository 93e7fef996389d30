//! Rows of a file of columns as texts, the way a CSV file would spell them: for files that are joined
//! with others.

use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, DecimalType, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use csv::StringRecord;
use xinpei::arrow::{Texts, rounded, type_name};
use xinpei::{Date, Error};

use super::Source;
use super::parquet::Group;
use crate::dossiers::Columnar;

/// Rows that are read at a time.
const ROWS: usize = 8_192;
const DAY: i64 = 86_400_000;

/// The rows of a file of columns as texts.
#[derive(Debug)]
pub(crate) struct SpelledRows {
    source: Source,
    /// The row group that is read, if the file has such.
    group: Option<Group>,
    batch: Option<RecordBatch>,
    at: usize,
    line: u64,
    /// By column: whether somebody reads it, and with how many digits its floats.
    wanted: Vec<Option<u32>>,
    name: String,
}

impl SpelledRows {
    pub(crate) fn open(name: &str, path: &Path, columnar: Columnar) -> Result<Self, Error> {
        let source = Source::open(path, name, columnar)?;
        let wanted = vec![None; source.schema().fields().len()];
        Ok(Self { source, group: None, batch: None, at: 0, line: 0, wanted, name: name.to_owned() })
    }

    /// The names of the columns.
    pub(crate) fn header(&self) -> Vec<String> {
        self.source.schema().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Reads a column from now on: a key, or one that holds a number or another value.
    pub(crate) fn want(&mut self, at: usize, digits: Option<u32>, number: bool) -> Result<(), Error> {
        let schema = self.source.schema();
        let Some(field) = schema.fields().get(at) else { return Ok(()) };
        let ty = field.data_type();
        let float = matches!(ty, DataType::Float32 | DataType::Float64);
        let wrong = |why: String| Error::input(format!("`{}`: the column `{}` is {why}", self.name, field.name()));
        if float && number && digits.is_none() {
            return Err(wrong(format!(
                "{}, which is not exact: say in the mapping with how many `digits` it is read, or deliver decimals",
                type_name(ty)
            )));
        }
        if !float && digits.is_some() {
            return Err(wrong(format!("{}: `digits` is for columns of floats; remove it", type_name(ty))));
        }
        if !spells(ty) {
            return Err(wrong(format!("{}, which holds no single values; deliver it in another type", type_name(ty))));
        }
        if let Some(wanted) = self.wanted.get_mut(at) {
            *wanted = Some(digits.unwrap_or(u32::MAX));
        }
        Ok(())
    }

    /// The number of the next row, whose texts are put into `record`; `None` at the end.
    pub(crate) fn next(&mut self, record: &mut StringRecord) -> Result<Option<u64>, Error> {
        while self.batch.as_ref().is_none_or(|batch| self.at >= batch.num_rows()) {
            self.at = 0;
            self.batch = self.more()?;
            if self.batch.is_none() {
                return Ok(None);
            }
        }
        record.clear();
        let columns = self.batch.as_ref().map(RecordBatch::columns).unwrap_or_default();
        for (column, wanted) in columns.iter().zip(&self.wanted) {
            let text = wanted.and_then(|digits| spell(column, self.at, digits));
            record.push_field(text.as_deref().unwrap_or(""));
        }
        self.at += 1;
        self.line += 1;
        Ok(Some(self.line))
    }

    fn more(&mut self) -> Result<Option<RecordBatch>, Error> {
        match &mut self.source {
            Source::Ipc(ipc) => ipc.next(),
            Source::Memory(memory) => memory.next(),
            Source::Parquet(parquet) => loop {
                if let Some(batch) = self.group.as_mut().map_or(Ok(None), Group::next)? {
                    return Ok(Some(batch));
                }
                parquet.facts((0..self.wanted.len()).collect());
                match parquet.group(ROWS)? {
                    Some([all, _]) => self.group = Some(all),
                    None => return Ok(None),
                }
            },
        }
    }
}

/// Whether values of a type have a spelling of one cell.
fn spells(ty: &DataType) -> bool {
    let decimal = matches!(ty, DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..));
    let single = matches!(ty, DataType::Null | DataType::Boolean | DataType::Date32 | DataType::Date64);
    let float = matches!(ty, DataType::Float32 | DataType::Float64);
    let text = Texts::new(arrow_array::new_empty_array(ty).as_ref()).is_some();
    ty.is_integer() || decimal || single || float || text
}

/// The text of a cell; `None` where nothing is known.
fn spell(array: &ArrayRef, row: usize, digits: u32) -> Option<String> {
    if let Some(texts) = Texts::new(array.as_ref()) {
        return texts.get(row).map(str::to_owned);
    }
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Boolean => Some(array.as_boolean_opt()?.value(row).to_string()),
        DataType::Int8 => whole::<Int8Type>(array, row),
        DataType::Int16 => whole::<Int16Type>(array, row),
        DataType::Int32 => whole::<Int32Type>(array, row),
        DataType::Int64 => whole::<Int64Type>(array, row),
        DataType::UInt8 => whole::<UInt8Type>(array, row),
        DataType::UInt16 => whole::<UInt16Type>(array, row),
        DataType::UInt32 => whole::<UInt32Type>(array, row),
        DataType::UInt64 => whole::<UInt64Type>(array, row),
        DataType::Decimal32(..) => decimal::<Decimal32Type>(array, row),
        DataType::Decimal64(..) => decimal::<Decimal64Type>(array, row),
        DataType::Decimal128(..) => decimal::<Decimal128Type>(array, row),
        DataType::Float32 => float(whole::<Float32Type>(array, row)?, digits),
        DataType::Float64 => float(whole::<Float64Type>(array, row)?, digits),
        DataType::Date32 => Some(Date::from_days(array.as_primitive_opt::<Date32Type>()?.value(row)).to_string()),
        DataType::Date64 => {
            let milliseconds = array.as_primitive_opt::<Date64Type>()?.value(row);
            let day = i32::try_from(milliseconds.div_euclid(DAY)).map(Date::from_days).ok()?;
            // A time of day is no part of a date, and makes the text none.
            let rest = milliseconds.rem_euclid(DAY);
            Some(if rest == 0 { day.to_string() } else { format!("{day} +{rest} ms") })
        }
        _ => None,
    }
}

fn whole<T: ArrowPrimitiveType<Native: std::fmt::Display>>(array: &ArrayRef, row: usize) -> Option<String> {
    Some(array.as_primitive_opt::<T>()?.value(row).to_string())
}

fn decimal<T: DecimalType>(array: &ArrayRef, row: usize) -> Option<String> {
    Some(array.as_primitive_opt::<T>()?.value_as_string(row))
}

/// The shortest text of a float, rounded where somebody said how.
fn float(text: String, digits: u32) -> Option<String> {
    if digits == u32::MAX {
        return Some(text);
    }
    Some(rounded(&text, digits).map_or(text, |number| number.to_string()))
}
