//! Decisions as a spreadsheet.

use std::io::{self, Write};

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use xinpei::Date;

use super::cells::{Cells, Sort, titles};
use crate::guard;

/// The rows of a sheet, the header included.
const SHEET_ROWS: u32 = 1_048_576;
/// The columns of a sheet.
const SHEET_COLUMNS: usize = 16_384;
/// The most decisions that a sheet has room for.
pub(super) const ROOM: u64 = SHEET_ROWS as u64 - 1;
/// Digits that a number of a sheet keeps.
const NUMBER_DIGITS: usize = 15;
/// 1970-01-01 as a sheet counts days.
const EPOCH: i32 = 25_569;
/// The name of the sheet.
const SHEET: &str = "decisions";

/// Decisions as a spreadsheet with one sheet. Rows wait in a temporary file.
pub(super) struct Xlsx<W: Write + Send> {
    out: W,
    book: Workbook,
    look: Look,
    /// The row that is written next.
    row: u32,
}

/// How cells are shown.
struct Look {
    title: Format,
    date: Format,
    /// Numbers with so many digits after the point.
    digits: Vec<Format>,
}

impl<W: Write + Send> Xlsx<W> {
    /// Starts with the header.
    pub(super) fn new(out: W, schema: &Schema) -> io::Result<Self> {
        let titles = titles(schema);
        if titles.len() > SHEET_COLUMNS {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("a sheet has room for 16,384 columns and {} were asked for; choose fewer", titles.len()),
            ));
        }
        let mut book = Workbook::new();
        let look = Look {
            title: Format::new().set_bold(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            digits: (0..10).map(|n| Format::new().set_num_format(format!("0.{}", "0".repeat(n)))).collect(),
        };
        guarded(|| {
            // The same file tomorrow.
            let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
            book.set_properties(&DocProperties::new().set_creation_datetime(&made));
            let sheet = book.add_worksheet_with_constant_memory()?;
            sheet.set_name(SHEET)?;
            sheet.set_freeze_panes(1, 1)?;
            for (title, column) in titles.iter().zip(0_u16..) {
                sheet.set_column_width(column, if column == 0 { 22 } else { 14 })?;
                sheet.write_string_with_format(0, column, title, &look.title)?;
            }
            Ok(())
        })?;
        Ok(Self { out, book, look, row: 1 })
    }

    /// Writes the rows of a batch.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let rows = u32::try_from(batch.num_rows()).unwrap_or(u32::MAX);
        if rows > SHEET_ROWS - self.row {
            return Err(full());
        }
        let cells = Cells::new(batch)?;
        let (book, look, first) = (&mut self.book, &self.look, self.row);
        guarded(|| {
            let sheet = book.worksheet_from_name(SHEET)?;
            let mut text = String::new();
            for (row, at) in (first..first + rows).zip(0..) {
                for (column, of) in (0_u16..).zip(0..cells.len()) {
                    text.clear();
                    look.cell(sheet, row, column, cells.write(of, at, &mut text), &text)?;
                }
            }
            Ok(())
        })?;
        self.row += rows;
        Ok(())
    }

    /// Writes the file and gives the output back.
    pub(super) fn finish(mut self) -> io::Result<W> {
        let (book, out) = (&mut self.book, &mut self.out);
        guarded(|| book.save_to_writer(out))?;
        Ok(self.out)
    }
}

impl Look {
    fn cell(&self, sheet: &mut Worksheet, row: u32, column: u16, sort: Sort, text: &str) -> Result<(), XlsxError> {
        match sort {
            Sort::Empty if text.is_empty() => {}
            Sort::Number if exact(text) => {
                // A decimal of so few digits has a float of its own, which is spelt as it was.
                let number = text.parse::<f64>().unwrap_or_default();
                let after = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                match self.digits.get(after).filter(|_| after > 0) {
                    Some(format) => sheet.write_number_with_format(row, column, number, format)?,
                    None => sheet.write_number(row, column, number)?,
                };
            }
            Sort::Date => match Date::parse(text).map(|date| date.days() + EPOCH).filter(|serial| *serial > 60) {
                Some(serial) => drop(sheet.write_number_with_format(row, column, serial, &self.date)?),
                None => drop(sheet.write_string(row, column, text)?),
            },
            _ => drop(sheet.write_string(row, column, text)?),
        }
        Ok(())
    }
}

/// Whether a number is kept to its last digit.
fn exact(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).skip_while(|b| *b == b'0').count();
    digits <= NUMBER_DIGITS
}

/// The library takes a full disk under its temporary file for a mistake of the program and panics.
fn guarded<T>(work: impl FnOnce() -> Result<T, XlsxError>) -> io::Result<T> {
    match guard::guarded(work) {
        Some(result) => result.map_err(cause),
        None => Err(io::Error::new(
            io::ErrorKind::StorageFull,
            "the rows of the sheet could not be kept in the folder for temporary files; make room there, or write Parquet or CSV",
        )),
    }
}

/// There are more decisions than a sheet has rows.
fn full() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        "a sheet has room for 1,048,575 decisions and there are more; write Parquet or CSV",
    )
}

fn cause(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(cause) | XlsxError::TempFileError(_, cause) => cause,
        XlsxError::RowColumnLimitError => full(),
        XlsxError::MaxStringLengthExceeded => io::Error::new(
            io::ErrorKind::InvalidInput,
            "a cell of a sheet has room for 32,767 characters and one has more; write Parquet or CSV",
        ),
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::{exact, guarded};

    #[test]
    fn numbers_of_more_than_fifteen_digits_are_texts() {
        assert!(exact("-123456789012.345") && exact("0.000000000000001") && exact("0"));
        assert!(!exact("1234567890123.456") && !exact("1000000000000000"));
    }

    #[test]
    fn a_panic_is_an_error() {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let error = guarded::<()>(|| panic!("no room")).unwrap_err();
        std::panic::set_hook(hook);
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    }
}
