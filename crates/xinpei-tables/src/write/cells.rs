//! Columns of decisions as cells of one text or number each, for CSV and spreadsheets.

use std::fmt::Write as _;
use std::io;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int8Type, Int16Type, Int32Type};
use arrow_array::{Array, Date32Array, Decimal128Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Schema};
use xinpei::Date;

/// What parts the items of a list in one cell.
const BETWEEN: char = ';';

/// What a cell is, besides its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// Nothing is in it.
    Empty,
    /// A number in its plain spelling.
    Number,
    /// A date, as 2026-06-30.
    Date,
    /// A text that comes from rules or the engine.
    Word,
    /// A text that comes from the input.
    Foreign,
}

/// The columns of a batch, ready to be read cell by cell.
pub(super) struct Cells<'a>(Vec<Column<'a>>);

enum Column<'a> {
    Foreign(&'a StringArray),
    Text(&'a StringArray),
    Date(&'a Date32Array),
    /// Numbers, and whether zeros at the end of the fraction are left out.
    Number(Numbers<'a>, bool),
    Words(Words<'a>),
    /// Lists of words.
    List(&'a [i32], Words<'a>),
    /// Lists of numbers.
    Numbers(&'a [i32], Numbers<'a>),
    /// How many items a list has.
    Count(&'a [i32]),
}

struct Numbers<'a> {
    values: &'a Decimal128Array,
    digits: usize,
}

struct Words<'a> {
    /// Key by row; one beyond the words where there is none.
    keys: Vec<usize>,
    words: &'a StringArray,
}

/// The titles of the columns: those of the schema, and `lost` beside `reasons`.
pub(super) fn titles(schema: &Schema) -> Vec<String> {
    let mut titles = Vec::with_capacity(schema.fields().len() + 1);
    for field in schema.fields() {
        titles.push(field.name().clone());
        if field.name() == "reasons" {
            titles.push("lost".to_owned());
        }
    }
    titles
}

impl<'a> Cells<'a> {
    /// The columns of a batch of decisions.
    pub(super) fn new(batch: &'a RecordBatch) -> io::Result<Self> {
        let mut columns = Vec::with_capacity(batch.num_columns() + 1);
        let schema = batch.schema_ref();
        for (field, array) in schema.fields().iter().zip(batch.columns()) {
            let name = field.name().as_str();
            match (name, array.data_type()) {
                ("enterprise" | "name", DataType::Utf8) => columns.push(Column::Foreign(array.as_string())),
                (_, DataType::Utf8) => columns.push(Column::Text(array.as_string())),
                (_, DataType::Date32) => columns.push(Column::Date(array.as_primitive::<Date32Type>())),
                // A score has the digits that its rulebook declares; points have those they need.
                (_, DataType::Decimal128(..)) => columns.push(Column::Number(numbers(array), name.contains(':'))),
                (_, DataType::Dictionary(..)) => columns.push(Column::Words(words(array)?)),
                ("reasons", DataType::List(_)) => {
                    let list = array.as_list::<i32>();
                    let items = list.values().as_struct();
                    let column = |name: &str| items.column_by_name(name).ok_or_else(|| strange(name));
                    columns.push(Column::List(list.value_offsets(), words(column("code")?)?));
                    columns.push(Column::Numbers(list.value_offsets(), numbers(column("lost")?)));
                }
                ("faults", DataType::List(_)) => columns.push(Column::Count(array.as_list::<i32>().value_offsets())),
                (_, DataType::List(_)) => {
                    let list = array.as_list::<i32>();
                    columns.push(Column::List(list.value_offsets(), words(list.values())?));
                }
                _ => return Err(strange(name)),
            }
        }
        Ok(Self(columns))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Writes the text of a cell behind what `out` has, and says what it is.
    pub(super) fn write(&self, column: usize, row: usize, out: &mut String) -> Sort {
        let Some(column) = self.0.get(column) else { return Sort::Empty };
        match column {
            Column::Foreign(texts) | Column::Text(texts) => {
                if texts.is_null(row) {
                    return Sort::Empty;
                }
                out.push_str(texts.value(row));
                if matches!(column, Column::Foreign(_)) { Sort::Foreign } else { Sort::Word }
            }
            Column::Date(dates) => {
                let _ = write!(out, "{}", Date::from_days(dates.value(row)));
                Sort::Date
            }
            Column::Number(numbers, trim) => numbers.write(row, *trim, out),
            Column::Words(words) => words.write(row, out),
            Column::List(offsets, words) => {
                let items = items(offsets, row);
                each(items, out, |item, out| words.write(item, out))
            }
            Column::Numbers(offsets, numbers) => {
                let items = items(offsets, row);
                let several = items.len() > 1;
                let sort = each(items, out, |item, out| numbers.write(item, true, out));
                if several { Sort::Word } else { sort }
            }
            Column::Count(offsets) => {
                let _ = write!(out, "{}", items(offsets, row).len());
                Sort::Number
            }
        }
    }
}

impl Numbers<'_> {
    fn write(&self, row: usize, trim: bool, out: &mut String) -> Sort {
        if self.values.is_null(row) {
            return Sort::Empty;
        }
        plain(self.values.value(row), self.digits, trim, out);
        Sort::Number
    }
}

impl Words<'_> {
    fn write(&self, row: usize, out: &mut String) -> Sort {
        match self.keys.get(row) {
            Some(key) if *key < self.words.len() => {
                out.push_str(self.words.value(*key));
                Sort::Word
            }
            _ => Sort::Empty,
        }
    }
}

/// The items of a list.
fn items(offsets: &[i32], row: usize) -> std::ops::Range<usize> {
    let at = |row: usize| offsets.get(row).and_then(|o| usize::try_from(*o).ok()).unwrap_or(0);
    at(row)..at(row + 1)
}

/// All items in one cell.
fn each(items: std::ops::Range<usize>, out: &mut String, mut item: impl FnMut(usize, &mut String) -> Sort) -> Sort {
    let mut sort = Sort::Empty;
    let start = items.start;
    for at in items {
        if at > start {
            out.push(BETWEEN);
        }
        sort = match (item(at, out), sort) {
            (Sort::Empty, sort) => sort,
            (other, _) => other,
        };
    }
    sort
}

fn numbers(array: &dyn Array) -> Numbers<'_> {
    let values = array.as_primitive::<Decimal128Type>();
    Numbers { values, digits: usize::try_from(values.scale()).unwrap_or(0) }
}

fn words(array: &dyn Array) -> io::Result<Words<'_>> {
    let (keys, words) = match array.data_type() {
        DataType::Dictionary(key, _) => match **key {
            DataType::Int8 => {
                let array = array.as_dictionary::<Int8Type>();
                (array.keys().iter().map(|k| k.map(i32::from)).collect::<Vec<_>>(), array.values())
            }
            DataType::Int16 => {
                let array = array.as_dictionary::<Int16Type>();
                (array.keys().iter().map(|k| k.map(i32::from)).collect(), array.values())
            }
            _ => {
                let array = array.as_dictionary::<Int32Type>();
                (array.keys().iter().collect(), array.values())
            }
        },
        other => return Err(strange(&other.to_string())),
    };
    let key = |key: Option<i32>| key.and_then(|k| usize::try_from(k).ok()).unwrap_or(usize::MAX);
    Ok(Words { keys: keys.into_iter().map(key).collect(), words: words.as_string() })
}

/// A whole number of `10^-digits` in its plain spelling.
fn plain(units: i128, digits: usize, trim: bool, out: &mut String) {
    let start = out.len();
    let magnitude = units.unsigned_abs();
    let _ = match u64::try_from(magnitude) {
        Ok(small) => write!(out, "{small:0>width$}", width = digits + 1),
        Err(_) => write!(out, "{magnitude:0>width$}", width = digits + 1),
    };
    if digits > 0 {
        out.insert(out.len() - digits, '.');
        if trim {
            let kept = out.trim_end_matches('0').trim_end_matches('.').len();
            out.truncate(kept);
        }
    }
    if units < 0 {
        out.insert(start, '-');
    }
}

/// A column that no decision has.
fn strange(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("`{what}` is no column of decisions"))
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn numbers_are_spelt_plainly() {
        let cases = [
            (12_50, 2, false, "12.50"),
            (12_50, 2, true, "12.5"),
            (-5, 2, false, "-0.05"),
            (0, 2, false, "0.00"),
            (0, 3, true, "0"),
            (-1200, 2, true, "-12"),
            (1200, 0, true, "1200"),
            (123_456_789_012_345_678_901_234_567, 3, false, "123456789012345678901234.567"),
        ];
        for (units, digits, trim, expected) in cases {
            let mut text = String::from("100,");
            plain(units, digits, trim, &mut text);
            assert_eq!(text, format!("100,{expected}"));
        }
    }
}
