//! Rows of a CSV file or a spreadsheet, each with the line on which it starts.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use csv::StringRecord;
use xinpei::diagnostic::suggest;
use xinpei::{Cell, Error, FaultKind};

use crate::cells::CellReader;
use crate::dossiers::Columnar;
use crate::folder::Notice;
use crate::limits;
use crate::records::SpelledRows;
use crate::sheet::{Doubt, Kind, Sheet};
use crate::text::{self, Decoded, Encoding};

/// The rows of one file.
pub(crate) struct Rows<R: Read> {
    name: String,
    path: Option<PathBuf>,
    encoding: Encoding,
    source: Source<R>,
    header: Vec<String>,
    record: StringRecord,
    /// Cells of the row that are not what they say.
    doubts: Vec<(usize, Doubt)>,
}

/// Where rows come from.
enum Source<R: Read> {
    Csv(Box<csv::Reader<Decoded<R>>>),
    Sheet(Sheet),
    Columns(Box<SpelledRows>),
}

/// One row.
pub(crate) struct Row<'a> {
    /// The line on which it starts.
    pub(crate) line: u64,
    /// Its cells, which are as many as the header's unless `wrong` says otherwise.
    pub(crate) cells: &'a StringRecord,
    /// Why the row cannot be read.
    pub(crate) wrong: Option<String>,
    doubts: &'a [(usize, Doubt)],
}

impl Row<'_> {
    /// The cell of a column, without blanks around it.
    pub(crate) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).unwrap_or("").trim()
    }

    /// The cell of a column as a key, or why it can be none.
    pub(crate) fn key(&self, column: usize) -> Result<&str, String> {
        let text = self.cell(column);
        match self.doubt(column) {
            None => Ok(text),
            Some(Doubt::Digits) => Err("the key is a number longer than a sheet keeps; make the column a text".into()),
            Some(Doubt::Formula) => {
                Err("the key is a formula without a value; save the file with a spreadsheet program".into())
            }
            Some(Doubt::Error) => Err(format!("the key is the error `{text}`")),
        }
    }

    fn doubt(&self, column: usize) -> Option<Doubt> {
        self.doubts.iter().find(|(at, _)| *at == column).map(|(_, doubt)| *doubt)
    }

    /// The cell of a column as a reader reads it.
    pub(crate) fn read<'a>(&'a self, column: usize, reader: &'a CellReader) -> Cell<'a> {
        // Errors and formulas without a value are texts that no fact has.
        if self.doubt(column) == Some(Doubt::Digits) {
            return Cell::Bad(FaultKind::TooManyDigits, self.cell(column));
        }
        reader.read(self.cell(column))
    }
}

impl Rows<File> {
    /// Opens a file and reads its header. What the file is shows in how it begins.
    pub(crate) fn open(name: &str, path: &Path, encoding: Encoding) -> Result<Self, Error> {
        if let Some(columnar) = Columnar::of(path)? {
            let rows = SpelledRows::open(name, path, columnar)?;
            return Ok(Self::with(name, Some(path), Source::Columns(Box::new(rows)), encoding));
        }
        let mut file = File::open(path).map_err(|e| Error::read(path, e))?;
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        match if file.metadata().is_ok_and(|m| m.is_file()) { Kind::of(path, &mut file)? } else { Kind::Text } {
            Kind::Package => {
                let sheet = Sheet::read(name, path, file)?;
                Self::over(name, Some(path), Source::Sheet(sheet), encoding)
            }
            Kind::Container => Err(Error::input(format!(
                "`{name}` is an .xls file or has a password; save it as .xlsx without a password"
            ))),
            Kind::Text if matches!(ending.as_str(), "xlsx" | "xlsm" | "xls") => {
                Err(Error::input(format!("`{name}` is no .xlsx file, though it is called one; save it again as .xlsx")))
            }
            Kind::Text => Self::new(name, Some(path), file, encoding),
        }
    }
}

impl<R: Read> Rows<R> {
    /// Rows from bytes; the header is read at once. `path` is read again when the bytes are not
    /// text, to find out which encoding fits.
    pub(crate) fn new(name: &str, path: Option<&Path>, input: R, encoding: Encoding) -> Result<Self, Error> {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            // Rows are measured against the header here, so that a long row is a reject that still
            // has its key.
            .flexible(true)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(Decoded::new(input, encoding, true));
        Self::over(name, path, Source::Csv(Box::new(reader)), encoding)
    }

    /// What is not read of the file.
    pub(crate) fn notice(&self) -> Option<Notice> {
        match &self.source {
            Source::Sheet(sheet) => Notice::of_sheets(&self.name, sheet.others()),
            Source::Csv(_) | Source::Columns(_) => None,
        }
    }

    fn over(name: &str, path: Option<&Path>, source: Source<R>, encoding: Encoding) -> Result<Self, Error> {
        let mut rows = Self::with(name, path, source, encoding);
        let header = rows.next()?.map(|row| row.cells.iter().map(|c| c.trim().to_owned()).collect());
        let header: Vec<String> =
            header.ok_or_else(|| Error::input(format!("`{name}` is empty; its first line must name the columns")))?;
        // The whole file would be one header, and no row would be left to miss.
        if header.iter().any(|cell| cell.split('\r').skip(1).any(|rest| !rest.starts_with('\n'))) {
            return Err(Error::input(format!(
                "the lines of `{name}` end in carriage returns; save it with the line ends of Windows or Linux"
            )));
        }
        rows.header = header;
        Ok(rows)
    }

    fn with(name: &str, path: Option<&Path>, source: Source<R>, encoding: Encoding) -> Self {
        let header = match &source {
            Source::Columns(rows) => rows.header(),
            Source::Csv(_) | Source::Sheet(_) => Vec::new(),
        };
        Self {
            name: name.to_owned(),
            path: path.map(Path::to_owned),
            encoding,
            source,
            header,
            record: StringRecord::new(),
            doubts: Vec::new(),
        }
    }

    /// Reads a column: a key, or one that holds a `number` or another value; with how many `digits`
    /// floats are read.
    pub(crate) fn want(&mut self, at: usize, digits: Option<u32>, number: bool) -> Result<(), Error> {
        match &mut self.source {
            Source::Columns(rows) => rows.want(at, digits, number),
            _ if digits.is_some() => Err(Error::input(format!(
                "`{}`: `digits` of the column `{}` is for columns of floats, and the file has texts; remove it",
                self.name,
                self.header.get(at).map_or("", String::as_str)
            ))),
            _ => Ok(()),
        }
    }

    /// The names of the columns.
    pub(crate) fn header(&self) -> &[String] {
        &self.header
    }

    /// The place of a column that must be there, once.
    pub(crate) fn column(&self, column: &str) -> Result<usize, Error> {
        let mut found = self.header.iter().enumerate().filter(|(_, c)| *c == column).map(|(at, _)| at);
        match (found.next(), found.next()) {
            (Some(at), None) => Ok(at),
            (Some(_), Some(_)) => {
                Err(Error::input(format!("`{}` has the column `{column}` twice; rename or remove one", self.name)))
            }
            (None, _) => {
                let names = self.header.iter().map(String::as_str).filter(|c| !c.is_empty());
                Err(Error::input(format!("`{}` has no column `{column}`; {}", self.name, suggest(column, names))))
            }
        }
    }

    /// The next row; `None` at the end of the file. Lines without any character are passed over.
    pub(crate) fn next(&mut self) -> Result<Option<Row<'_>>, Error> {
        let reader = match &mut self.source {
            Source::Csv(reader) => reader,
            Source::Columns(rows) => {
                let line = rows.next(&mut self.record)?;
                return Ok(line.map(|line| Row { line, cells: &self.record, wrong: None, doubts: &[] }));
            }
            Source::Sheet(sheet) => {
                let Some(line) = sheet.next(self.header.len(), &mut self.record, &mut self.doubts) else {
                    return Ok(None);
                };
                let wrong = self.wrong(0);
                return Ok(Some(Row { line, cells: &self.record, wrong, doubts: &self.doubts }));
            }
        };
        let more = reader.read_record(&mut self.record).map_err(|e| {
            let cause = match e.into_kind() {
                csv::ErrorKind::Io(cause) => cause,
                other => std::io::Error::other(format!("{other:?}")),
            };
            text::explain(&self.name, self.path.as_deref(), self.encoding, cause)
        })?;
        // INVARIANT: the decoder ends every line with one line feed and adds the line `END`, so the
        // lines behind a row less those inside it are the line on which it starts.
        let cells = self.record.as_slice();
        let inside = cells.bytes().filter(|b| *b == b'\n').count();
        let inside = u64::try_from(inside).unwrap_or(u64::MAX);
        let behind = reader.position().line();
        if !more || cells.contains('\u{1}') && cells.contains(text::END) {
            if self.record.len() == 1 && inside == 0 || !more {
                return Ok(None);
            }
            let line = behind.saturating_sub(inside);
            return Err(Error::input(format!(
                "`{}` line {line} opens a quote that is never closed; close it, or double it inside a text",
                self.name
            )));
        }
        let line = behind.saturating_sub(inside).saturating_sub(1);
        if inside >= limits::LINES_PER_ROW {
            return Err(Error::input(format!(
                "`{}` line {line} starts a row that runs over {} lines; a quote is probably not closed",
                self.name,
                inside + 1
            )));
        }
        let wrong = self.wrong(inside);
        Ok(Some(Row { line, cells: &self.record, wrong, doubts: &[] }))
    }

    /// Why the row, which runs over so many more lines, does not fit the header.
    fn wrong(&self, inside: u64) -> Option<String> {
        (!self.header.is_empty() && self.record.len() != self.header.len()).then(|| {
            let over = if inside > 0 { format!(" and runs over {} lines", inside + 1) } else { String::new() };
            format!("the row has {} cells where the header has {}{over}", self.record.len(), self.header.len())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line, cells, and what is wrong.
    type Read = (u64, Vec<String>, Option<String>);

    fn rows(text: &str) -> Result<Vec<Read>, String> {
        let mut rows = Rows::new("a.csv", None, text.as_bytes(), Encoding::Utf8).map_err(|e| e.to_string())?;
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(|e| e.to_string())? {
            all.push((row.line, row.cells.iter().map(str::to_owned).collect(), row.wrong));
        }
        Ok(all)
    }

    fn lines(text: &str) -> Vec<u64> {
        rows(text).unwrap().into_iter().map(|(line, ..)| line).collect()
    }

    /// Lines counted by hand, as an editor shows them.
    #[test]
    fn lines_are_those_of_an_editor() {
        assert_eq!(lines("a,b\n1,2\n3,4\n"), [2, 3]);
        assert_eq!(lines("a,b\n1,2\n3,4"), [2, 3]);
        assert_eq!(lines("a,b\r\n1,2\r\n3,4\r\n"), [2, 3]);
        assert_eq!(lines("a,b\n\n1,2\n\n\n3,4\n\n"), [3, 6]);
        assert_eq!(lines("a,b\r\n\r\n1,2\r\n\r\n3,4"), [3, 5]);
        assert_eq!(lines("a,b\n1,\"x\ny\"\n3,4\n"), [2, 4]);
        assert_eq!(lines("a,b\r\n1,\"x\r\n\r\ny\"\r\n\r\n3,4\r\n"), [2, 6]);
        assert_eq!(lines("\n\na,b\n1,2\n"), [4]);
        assert_eq!(lines("a,b\n1,\"\n\"\n"), [2]);
        assert_eq!(lines("a,b\n"), [] as [u64; 0]);
    }

    #[test]
    fn a_row_of_another_length_does_not_stop_the_file() {
        let all = rows("a,b\n1,2,3\n4\n5,6\n").unwrap();
        assert_eq!(all[0].2.as_deref(), Some("the row has 3 cells where the header has 2"));
        assert_eq!(all[1].2.as_deref(), Some("the row has 1 cells where the header has 2"));
        assert_eq!(all[2], (4, vec!["5".into(), "6".into()], None));
    }

    #[test]
    fn an_open_quote_is_an_error() {
        let error = rows("a,b\n\n1,\"2\n3,4\n").unwrap_err();
        assert!(error.starts_with("`a.csv` line 3 opens a quote"), "{error}");
        assert!(rows("a,b\n1,\"2").unwrap_err().starts_with("`a.csv` line 2 opens"));
        let long = format!("a,b\n1,\"{}\"\n", "x\n".repeat(60));
        assert!(rows(&long).unwrap_err().contains("runs over 61 lines"));
        // A quote inside a cell that does not start with one is a character like any other.
        assert_eq!(rows("a,b\n1,5\"x\n").unwrap()[0].1[1], "5\"x");
    }

    /// Texts of every shape up to five pieces: reading ends, and the line of a row that does
    /// not start with a quote starts with the row's first cell.
    #[test]
    fn no_text_leads_astray() {
        const PIECES: &[&str] = &["a", "b", ",", "\"", "\n", "\r\n", "\r", " "];
        let mut seen = 0;
        for number in 0..PIECES.len().pow(5) {
            let mut rest = number;
            let mut text = String::from("h,h2\n");
            while rest > 0 {
                text.push_str(PIECES[rest % PIECES.len()]);
                rest /= PIECES.len();
            }
            let Ok(rows) = rows(&text) else { continue };
            let lines: Vec<&str> = text.split('\n').collect();
            let mut last = 1;
            for (line, cells, _) in rows {
                assert!(line > last, "{text:?}");
                last = line;
                let start = lines[usize::try_from(line).unwrap() - 1];
                let plain = !start.starts_with('"');
                assert!(
                    !plain || start.starts_with(cells[0].split('\n').next().unwrap()),
                    "{text:?} line {line}: {cells:?}"
                );
                seen += 1;
            }
        }
        assert!(seen > 10_000);
    }

    #[test]
    fn columns_are_found_by_name() {
        let rows = Rows::new("a.csv", None, " 纳税级别 ,b,b\n".as_bytes(), Encoding::Utf8).unwrap();
        assert_eq!(rows.column("纳税级别").unwrap(), 0);
        assert_eq!(
            rows.column("纳税级").unwrap_err().to_string(),
            "`a.csv` has no column `纳税级`; did you mean `纳税级别`?"
        );
        assert!(rows.column("b").unwrap_err().to_string().contains("twice"));
        assert!(Rows::new("a.csv", None, "\n\n".as_bytes(), Encoding::Utf8).is_err());
    }
}
