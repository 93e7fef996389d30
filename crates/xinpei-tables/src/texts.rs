//! A small file of rows as texts: what a program reads that is no dossier.

use std::path::Path;

use xinpei::Error;

use crate::rows::Rows;
use crate::text::Encoding;

/// The rows of a CSV file or of the first sheet of an .xlsx file, as texts without blanks around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// The names of the columns.
    pub header: Vec<String>,
    /// Each row with its line and one text a column.
    pub rows: Vec<(u64, Vec<String>)>,
}

impl Texts {
    /// Reads a file of at most `most` rows.
    ///
    /// # Errors
    /// When it cannot be read, has more rows, or a row or a cell is not what it says.
    pub fn read(path: &Path, encoding: Encoding, most: usize) -> Result<Self, Error> {
        let name = path.display().to_string();
        let mut file = Rows::open(&name, path, encoding)?;
        let header = file.header().to_vec();
        let mut rows = Vec::new();
        while let Some(row) = file.next()? {
            let at = |what: &str| Error::input(format!("`{name}`, line {}: {what}", row.line));
            if let Some(wrong) = &row.wrong {
                return Err(at(wrong));
            }
            if rows.len() == most {
                return Err(Error::input(format!("`{name}` has more than {most} rows")));
            }
            let cells: Result<Vec<String>, Error> =
                (0..header.len()).map(|column| row.key(column).map(str::to_owned).map_err(|what| at(&what))).collect();
            rows.push((row.line, cells?));
        }
        Ok(Self { header, rows })
    }
}
