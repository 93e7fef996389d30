//! Dossiers from one CSV file or spreadsheet: a row an enterprise, a column a fact.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use xinpei::check::typed::{FactKind, Missing};
use xinpei::diagnostic::suggest;
use xinpei::{Cell, Dictionary, Error};

use crate::cells::CellReader;
use crate::dated::Dated;
use crate::folder::Notice;
use crate::portion::{Portion, Taker};
use crate::records::{KEY, NAME};
use crate::rows::Rows;
use crate::text::Encoding;

/// Dossiers from one CSV file, or from the first sheet of an .xlsx file. Its header has the column
/// `enterprise`, perhaps `name`, and ids of facts; cells are read as in a department folder. Other
/// columns are reported and not read. Tables of events do not fit into one row.
pub struct CsvDossiers<R: Read> {
    rows: Rows<R>,
    taker: Taker,
    key: usize,
    name: Option<usize>,
    /// Place in a row, fact, and how to read it.
    columns: Vec<(usize, usize, CellReader)>,
    /// Columns that are no facts.
    unclaimed: Vec<String>,
    file: String,
    /// The column with the date of each row, its place, and how to read it.
    dated: Option<(Dated, usize, CellReader)>,
}

impl<R: Read> std::fmt::Debug for CsvDossiers<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CsvDossiers").field("header", &self.rows.header()).finish_non_exhaustive()
    }
}

impl CsvDossiers<File> {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read, or its header does not fit the dictionary.
    pub fn open(path: &Path, encoding: Encoding, dictionary: &Dictionary) -> Result<Self, Error> {
        let name = path.display().to_string();
        Self::over(Rows::open(&name, path, encoding)?, &name, dictionary)
    }
}

impl<R: Read> CsvDossiers<R> {
    /// Reads from any source of bytes; `name` stands for it in messages.
    ///
    /// # Errors
    /// When it cannot be read, or its header does not fit the dictionary.
    pub fn new(name: &str, input: R, encoding: Encoding, dictionary: &Dictionary) -> Result<Self, Error> {
        Self::over(Rows::new(name, None, input, encoding)?, name, dictionary)
    }

    fn over(rows: Rows<R>, name: &str, dictionary: &Dictionary) -> Result<Self, Error> {
        let key = rows.column(KEY)?;
        let mut columns = Vec::new();
        let mut unclaimed = Vec::new();
        for (at, id) in rows.header().iter().enumerate().filter(|(_, id)| !matches!(id.as_str(), KEY | NAME)) {
            let fact = dictionary.fact(id).and_then(|fact| Some((fact, &dictionary.facts().get(fact)?.kind)));
            match fact {
                Some((fact, FactKind::Value(value))) => {
                    rows.column(id)?;
                    columns.push((at, fact, CellReader::new(value, dictionary)));
                }
                Some(_) => {
                    return Err(Error::input(format!(
                        "`{name}` has the column `{id}`, which is a table of events; give dossiers as JSON lines or a department folder"
                    )));
                }
                None => unclaimed.push(id.clone()),
            }
        }
        // A table cannot stand here: where one is required, every row has the fault.
        for fact in dictionary.facts().iter().filter(|fact| matches!(fact.kind, FactKind::Value(_))) {
            if fact.missing == Missing::Required && !rows.header().contains(&fact.id) {
                return Err(Error::input(format!(
                    "`{name}` has no column for the fact `{}`, which is required; {}",
                    fact.id,
                    suggest(&fact.id, unclaimed.iter().map(String::as_str))
                )));
            }
        }
        let label = if rows.header().iter().any(|c| c == NAME) { Some(rows.column(NAME)?) } else { None };
        let taker = Taker::new(name, dictionary);
        Ok(Self { rows, taker, key, name: label, columns, unclaimed, file: name.to_owned(), dated: None })
    }

    /// Reads from now on the date of each row from a column.
    pub(crate) fn date_by(&mut self, dated: Dated) -> Result<(), Error> {
        let at = self.rows.column(dated.column())?;
        let reader = Dated::reader(&self.taker.dictionary);
        self.dated = Some((dated, at, reader));
        Ok(())
    }

    /// What a reader should know about the file.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        let dated = self.dated.as_ref().map(|(dated, ..)| dated.column());
        let free = self.unclaimed.iter().filter(|column| Some(column.as_str()) != dated).cloned();
        let left_over = Notice::left_over(&self.file, free.collect(), Some(&self.taker.dictionary));
        self.rows.notice().into_iter().chain(left_over).collect()
    }

    /// Up to `most` more rows; `None` at the end.
    ///
    /// # Errors
    /// When the input cannot be read further.
    pub fn portion(&mut self, most: usize) -> Result<Option<Portion>, Error> {
        while self.taker.rows() < most.max(1) {
            let Some(row) = self.rows.next()? else { break };
            let enterprise = row.cell(self.key);
            if let Some(wrong) = row.wrong.clone().or_else(|| row.key(self.key).err()) {
                self.taker.reject(row.line, enterprise, wrong);
                continue;
            }
            let date = self.dated.as_ref().map(|(dated, at, reader)| dated.cell(&row.read(*at, reader), row.cell(*at)));
            let date = match date.transpose() {
                Ok(date) => date,
                Err(reason) => {
                    self.taker.reject(row.line, enterprise, reason);
                    continue;
                }
            };
            let name = self.name.map_or("", |at| row.cell(at));
            self.taker.take(row.line, enterprise, name, date, |builder, key| {
                builder.row(key);
                for (at, fact, reader) in &self.columns {
                    match row.read(*at, reader) {
                        Cell::Missing => {}
                        cell => builder.set(*fact, cell),
                    }
                }
            });
        }
        Ok(self.taker.portion())
    }
}

#[cfg(test)]
mod tests {
    use xinpei::Date;

    use super::*;
    use crate::testing::{RULES, dictionary};

    fn portions(text: &str, most: usize) -> Result<Vec<Portion>, Error> {
        let mut input = CsvDossiers::new("a.csv", text.as_bytes(), Encoding::Utf8, &dictionary(RULES))?;
        let mut all = Vec::new();
        while let Some(portion) = input.portion(most)? {
            all.push(portion);
        }
        Ok(all)
    }

    /// 91110000600037341L is a code with right check characters; 91000000MA00000157 too.
    const TEXT: &str = "enterprise,name,tax.arrears,tax.grade\n\
        91110000600037341L,甲,\"1,250.00\",A级\n\
        91000000ma00000157,乙,,X\n\
        91110000600037341L,丙,1,A\n\
        91110000600037341N,丁,1,A\n\
        ,戊,1,A\n\
        1,2\n";

    #[test]
    fn rows_are_dossiers_or_rejects() {
        let all = portions(TEXT, 100).unwrap();
        let [portion] = all.as_slice() else { panic!("one portion") };
        assert_eq!(portion.batch.enterprises, ["91110000600037341L", "91000000MA00000157"]);
        assert_eq!(portion.names, ["甲", "乙"]);
        let rejects: Vec<(u64, &str, &str)> =
            portion.rejects.iter().map(|r| (r.line, r.enterprise.as_str(), r.reason.as_str())).collect();
        assert_eq!(
            rejects,
            [
                (4, "91110000600037341L", "repeated: line 2 has the enterprise already"),
                (5, "91110000600037341N", "the code is wrong: its check character is wrong (GB 32100)"),
                (6, "", "the row names no enterprise"),
                (7, "1", "the row has 2 cells where the header has 4"),
            ]
        );
        assert_eq!(portion.rows, portion.batch.rows() + portion.rejects.len());
        let faults: Vec<(usize, &str)> = portion.batch.faults.iter().map(|(row, f)| (*row, f.value.as_str())).collect();
        assert_eq!(faults, [(1, "X")]);
    }

    /// An enterprise of an earlier portion is repeated all the same.
    #[test]
    fn portions_are_parts_of_one_input() {
        let all = portions(TEXT, 2).unwrap();
        assert_eq!(all.iter().map(|p| (p.batch.rows(), p.rejects.len())).collect::<Vec<_>>(), [(2, 0), (0, 2), (0, 2)]);
        assert_eq!(all.iter().map(|p| p.rows).collect::<Vec<_>>(), [2, 2, 2]);
    }

    #[test]
    fn the_header_must_fit() {
        let error = |text: &str| portions(text, 1).unwrap_err().to_string();
        assert!(error("code,tax.grade\n").starts_with("`a.csv` has no column `enterprise`"));
        assert!(error("enterprise,court.cases\n").contains("table of events"));
        assert!(error("enterprise,tax.grade,tax.grade\n").contains("twice"));
        assert!(error("").contains("is empty"));
        // Line ends of an old Macintosh would make one line of the file, and no row would be missed.
        assert!(error("enterprise,tax.grade\r91110000600037341L,A\r").contains("carriage returns"));
        assert_eq!(portions("enterprise,\"two\r\nlines\"\r\n91110000600037341L,A\r\n", 9).unwrap().len(), 1);
        assert_eq!(portions("enterprise\n", 1).unwrap().len(), 0);
    }

    #[test]
    fn columns_that_are_no_facts_are_reported_once() {
        let text = "enterprise,tax.grad,tax.grade,,day\n91110000600037341L,A,B,x,2026-06-30\n";
        let mut input = CsvDossiers::new("a.csv", text.as_bytes(), Encoding::Utf8, &dictionary(RULES)).unwrap();
        let said = |input: &CsvDossiers<&[u8]>| input.notices().iter().map(Notice::to_string).collect::<Vec<_>>();
        let start =
            "`a.csv` has columns that are no facts and were not read: `tax.grad` (did you mean `tax.grade`?), ``";
        assert_eq!(said(&input), [format!("{start}, `day`")]);
        input.date_by(Dated::new("day", |_| Ok(()))).unwrap();
        assert_eq!(said(&input), [start]);
        let portion = input.portion(1).unwrap().unwrap();
        assert_eq!(portion.dates, [Date::parse("2026-06-30").unwrap()]);
    }

    #[test]
    fn rows_without_a_date_are_rejects() {
        let text = "enterprise,day\n91110000600037341L,2026-02-29\n91110000600037341L,\n91110000600037341L,2026/6/30\n91110000600037341L,20260630\n91110000600037341L,2026-07-31\n91110000600037341L,2027-01-01\n";
        let mut input = CsvDossiers::new("a.csv", text.as_bytes(), Encoding::Utf8, &dictionary(RULES)).unwrap();
        assert!(input.date_by(Dated::new("days", |_| Ok(()))).unwrap_err().to_string().contains("`day`"));
        let late = Date::parse("2026-12-31").unwrap();
        let check = move |date| if date > late { Err("too late".to_owned()) } else { Ok(()) };
        input.date_by(Dated::new("day", check)).unwrap();
        let portion = input.portion(100).unwrap().unwrap();
        assert_eq!(portion.batch.rows(), 2);
        let reasons: Vec<(u64, &str)> = portion.rejects.iter().map(|r| (r.line, r.reason.as_str())).collect();
        assert_eq!(
            reasons,
            [
                (2, "the column `day` has no date: `2026-02-29`"),
                (3, "the row has no date in the column `day`"),
                (5, "repeated: line 4 has the enterprise already on 2026-06-30"),
                (7, "too late"),
            ]
        );
    }
}
