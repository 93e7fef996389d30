//! A points table as a spreadsheet.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};
use xinpei::Error;

use super::{COLUMNS, Table};

/// Digits that a number of a sheet keeps for certain.
const NUMBER_DIGITS: usize = 15;

impl Table {
    /// The table as the bytes of an .xlsx file with one sheet. Numbers stand as numbers, and as texts where a
    /// sheet would not keep their digits.
    ///
    /// # Errors
    /// When there are more rows than a sheet has.
    pub fn to_xlsx(&self) -> Result<Vec<u8>, Error> {
        self.book()
            .map_err(|e| Error::input(format!("the table cannot be a spreadsheet: {}", e.to_string().to_lowercase())))
    }

    fn book(&self) -> Result<Vec<u8>, XlsxError> {
        let mut book = Workbook::new();
        // The same file tomorrow.
        book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
        let sheet = book.add_worksheet();
        sheet.set_name("points")?;
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (title, column) in COLUMNS.iter().zip(0_u16..) {
            sheet.write_string_with_format(0, column, *title, &bold)?;
        }
        for ((_, cells), row) in self.rows.iter().zip(1_u32..) {
            for ((cell, title), column) in cells.iter().zip(COLUMNS).zip(0_u16..) {
                let number = matches!(title, "from" | "to" | "points" | "digits" | "baseline");
                let short = cell.bytes().filter(u8::is_ascii_digit).count() <= NUMBER_DIGITS;
                match cell.parse::<f64>() {
                    _ if cell.is_empty() => {}
                    Ok(value) if number && short => drop(sheet.write_number(row, column, value)?),
                    _ => drop(sheet.write_string(row, column, cell)?),
                }
            }
        }
        book.save_to_buffer()
    }
}
