//! Rows of a spreadsheet as texts, the way a CSV file would spell them.
//!
//! | cell | its text |
//! |---|---|
//! | text | as it is |
//! | number | see below |
//! | number in the format of a date | `2026-06-30`; with a time of day the day, a blank and the fraction, which is no date |
//! | true or false | `true`, `false` |
//! | error, such as `#N/A` | as it is, which is a value of no fact |
//! | formula | what it came to when the file was saved; the formula itself where nothing was saved, which is a value of no fact |
//! | empty | missing |
//!
//! A spreadsheet keeps numbers as binary floats and shows 15 digits of them. A number whose shortest
//! spelling has at most 15 digits is that spelling: 0.1 is 0.1. One with more is the rest of a
//! calculation, as 0.30000000000000004 is, when it is below 10^13, is no whole number, and ends in two
//! zeros when it is rounded to 15 digits; then it is those digits without the zeros: 0.3. A whole
//! number up to 2^53 is itself. Every other number has digits that a sheet does not keep for certain:
//! as a fact it is a fault, as a key a reject, never a guess.

mod package;

use std::fs::File;
use std::io::{BufReader, Read as _, Seek, SeekFrom};
use std::path::Path;

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx, XlsxError};
use csv::StringRecord;
use xinpei::{Date, Error};

use self::package::Bounds;

/// The rows of one sheet, kept as texts one after the other.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    text: String,
    /// Where each cell ends in the text.
    ends: Vec<u32>,
    /// For each row its number in the sheet and its first cell.
    rows: Vec<(u32, usize)>,
    /// Cells that are not what they say, rising.
    doubts: Vec<(usize, Doubt)>,
    /// The row that comes next.
    next: usize,
    /// Sheets after this one that can be seen, and are not read.
    others: Vec<String>,
    /// How large it may become.
    bounds: Bounds,
}

/// Why a cell is not what its text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// It is a number with digits that a sheet does not keep.
    Digits,
    /// It is a formula whose value was not saved.
    Formula,
    /// It is an error.
    Error,
}

/// What a file is, by how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text, as far as one can see.
    Text,
    /// A package of compressed files, as an .xlsx is.
    Package,
    /// The older container: an .xls, or an .xlsx with a password.
    Container,
}

impl Kind {
    /// Looks at the beginning of a file.
    pub(crate) fn of(path: &Path, file: &mut File) -> Result<Self, Error> {
        let mut head = Vec::with_capacity(8);
        let read = file.by_ref().take(8).read_to_end(&mut head);
        // A pipe cannot be read twice, and holds no spreadsheet.
        read.map_err(|e| Error::read(path, e))?;
        file.seek(SeekFrom::Start(0)).map_err(|e| Error::read(path, e))?;
        Ok(match head.as_slice() {
            [b'P', b'K', 3, 4, ..] => Self::Package,
            [0xd0, 0xcf, 0x11, 0xe0, ..] => Self::Container,
            _ => Self::Text,
        })
    }
}

impl Sheet {
    /// Reads the first sheet that can be seen; `name` stands for the file in messages.
    ///
    /// # Errors
    /// When it is no spreadsheet, a damaged one, or larger than [`crate::limits`] allow.
    pub(crate) fn read(name: &str, path: &Path, file: File) -> Result<Self, Error> {
        Self::read_within(name, path, file, Bounds::default())
    }

    fn read_within(name: &str, path: &Path, file: File, bounds: Bounds) -> Result<Self, Error> {
        bounds.check(name, &file)?;
        let wrong = |error: XlsxError| match error {
            XlsxError::Io(cause) => Error::read(path, cause),
            other => Error::input(format!(
                "`{name}` is no .xlsx file, or a damaged one ({}); save it again as .xlsx",
                other.to_string().to_lowercase()
            )),
        };
        let mut book = Xlsx::new(BufReader::new(file)).map_err(wrong)?;
        let seen = |s: &&calamine::Sheet| s.typ == SheetType::WorkSheet && s.visible == SheetVisible::Visible;
        let mut names = book.sheets_metadata().iter().filter(seen).map(|s| s.name.clone());
        let first = names.next().ok_or_else(|| Error::input(format!("`{name}` has no sheet that can be seen")))?;
        let others = names.collect();
        let epoch = if book.has_1904_epoch() { Epoch::Of1904 } else { Epoch::Of1900 };
        let mut cells = book.worksheet_cells_reader(&first).map_err(wrong)?;
        let mut sheet = Self { others, bounds, ..Self::default() };
        let mut spelt = String::new();
        let mut row = Vec::new();
        let mut number = 0;
        while let Some(cell) = cells.next_cell_with_formula().map_err(wrong)? {
            spelt.clear();
            let mut doubt = spell(&cell.value, epoch, &mut spelt);
            if matches!(cell.value, DataRef::Empty)
                && let Some(formula) = &cell.formula
            {
                doubt = Some(Doubt::Formula);
                spelt.push('=');
                spelt.push_str(formula);
            }
            if spelt.trim().is_empty() {
                continue;
            }
            if cell.pos.0 != number {
                sheet.close(name, number, &mut row)?;
                number = cell.pos.0;
            }
            row.push((cell.pos.1, spelt.clone(), doubt));
        }
        sheet.close(name, number, &mut row)?;
        Ok(sheet)
    }

    /// Sheets that are not read.
    pub(crate) fn others(&self) -> &[String] {
        &self.others
    }

    /// Adds a row with its cells in their places; a row without cells is passed over.
    fn close(&mut self, name: &str, number: u32, row: &mut Vec<Spelt>) -> Result<(), Error> {
        if row.is_empty() {
            return Ok(());
        }
        row.sort_by_key(|(column, ..)| *column);
        self.rows.push((number.saturating_add(1), self.ends.len()));
        let mut place = 0;
        for (column, text, doubt) in row.drain(..) {
            while place < column {
                self.push(name, "")?;
                place += 1;
            }
            self.doubts.extend(doubt.map(|doubt| (self.ends.len(), doubt)));
            self.push(name, &text)?;
            place += 1;
        }
        Ok(())
    }

    fn push(&mut self, name: &str, text: &str) -> Result<(), Error> {
        let Bounds { text: most, cells, .. } = self.bounds;
        if self.ends.len() >= cells {
            return Err(Bounds::passed(name, cells, "cells"));
        }
        let end = self.text.len().saturating_add(text.len());
        let fits = u32::try_from(end).ok().filter(|_| end <= most);
        self.ends.push(fits.ok_or_else(|| Bounds::passed(name, most, "bytes of text"))?);
        self.text.push_str(text);
        Ok(())
    }

    /// Puts the next row into `record`, with at least so many cells, and into `doubts` which of them
    /// are not what they say; returns its number in the sheet, counted from 1.
    pub(crate) fn next(
        &mut self,
        least: usize,
        record: &mut StringRecord,
        doubts: &mut Vec<(usize, Doubt)>,
    ) -> Option<u64> {
        let (number, first) = *self.rows.get(self.next)?;
        self.next += 1;
        let last = self.rows.get(self.next).map_or(self.ends.len(), |(_, first)| *first);
        record.clear();
        doubts.clear();
        for cell in first..last {
            record.push_field(self.cell(cell));
        }
        while record.len() < least {
            record.push_field("");
        }
        let start = self.doubts.partition_point(|(cell, _)| *cell < first);
        let of_row = self.doubts.get(start..).unwrap_or_default().iter().take_while(|(cell, _)| *cell < last);
        doubts.extend(of_row.map(|(cell, doubt)| (cell - first, *doubt)));
        Some(u64::from(number))
    }

    fn cell(&self, cell: usize) -> &str {
        let end = |cell: usize| self.ends.get(cell).and_then(|end| usize::try_from(*end).ok());
        let start = cell.checked_sub(1).and_then(end).unwrap_or(0);
        end(cell).and_then(|end| self.text.get(start..end)).unwrap_or("")
    }
}

/// A cell: its column, its text, and whether it is what the text says.
type Spelt = (u32, String, Option<Doubt>);

/// From which day a file counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Epoch {
    /// Day 1 is 1900-01-01, and 1900 has a 29 February that never was.
    Of1900,
    /// Day 0 is 1904-01-01.
    Of1904,
}

/// Writes the text of a cell, and says whether it is what the text says.
fn spell(cell: &DataRef<'_>, epoch: Epoch, out: &mut String) -> Option<Doubt> {
    match cell {
        DataRef::Empty => {}
        DataRef::String(text) => out.push_str(text),
        DataRef::SharedString(text) => out.push_str(text),
        DataRef::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        DataRef::Error(error) => {
            out.push_str(&error.to_string());
            return Some(Doubt::Error);
        }
        DataRef::Int(number) => out.push_str(&number.to_string()),
        DataRef::Float(number) => return number_into(*number, out).then_some(Doubt::Digits),
        DataRef::DateTime(serial) if serial.is_datetime() => date(serial.as_f64(), epoch, out),
        // How long something takes is no number and no date.
        DataRef::DateTime(serial) => {
            out.push_str(&serial.as_f64().to_string());
            out.push_str(" days");
        }
        DataRef::DateTimeIso(text) => {
            let midnight = text.split_once('T').filter(|(_, time)| time.bytes().all(|b| b"0:.Z".contains(&b)));
            out.push_str(midnight.map_or(text.as_str(), |(date, _)| date));
        }
        DataRef::DurationIso(text) => out.push_str(text),
    }
    None
}

/// The greatest whole number up to which a float keeps every one.
const WHOLE: f64 = 9_007_199_254_740_992.0;
/// Below this, 15 digits reach two places behind the point.
const CENTS: f64 = 10_000_000_000_000.0;
/// Digits that a spreadsheet shows.
const SHOWN: usize = 15;

/// Spells a number; whether it has digits that a sheet does not keep. See the head of this file.
fn number_into(value: f64, out: &mut String) -> bool {
    if value == 0.0 {
        out.push('0');
        return false;
    }
    // The shortest spelling that is read back as the same float.
    let short = value.to_string();
    let digits = short.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    let whole = !short.contains('.');
    let sure = if whole { value.abs() <= WHOLE } else { digits <= SHOWN };
    if !sure
        && !whole
        && value.abs() < CENTS
        && let rounded = format!("{value:.14e}")
        && rounded.split_once('e').is_some_and(|(mantissa, _)| mantissa.ends_with("00"))
        && let Ok(rounded) = rounded.parse::<f64>()
    {
        out.push_str(&rounded.to_string());
        return false;
    }
    out.push_str(&short);
    !sure
}

/// Spells a date that is kept as a count of days.
fn date(serial: f64, epoch: Epoch, out: &mut String) {
    let text = serial.to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let days = whole.parse::<i32>().ok().and_then(|serial| match (epoch, serial) {
        (Epoch::Of1900, 1..=59) => Some(serial - 25_568),
        (Epoch::Of1900, 61..=2_958_465) => Some(serial - 25_569),
        (Epoch::Of1904, 0..=2_957_003) => Some(serial - 24_107),
        _ => None,
    });
    match days {
        Some(days) => out.push_str(&Date::from_days(days).to_string()),
        // Outside the calendar of a sheet.
        None => return out.push_str(&text),
    }
    if let Some(fraction) = fraction {
        out.push_str(" 0.");
        out.push_str(fraction);
    }
}

#[cfg(test)]
mod tests;
