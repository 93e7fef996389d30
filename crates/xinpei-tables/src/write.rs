//! Decisions in files: lines of JSON, CSV, Parquet, Arrow, spreadsheets.

mod cells;
mod csv;
mod ipc;
mod parquet;
mod recut;
mod xlsx;

use std::io::{self, Write};
use std::path::Path;

use arrow_schema::ArrowError;
use xinpei::Decision;
use xinpei::arrow::{RecordBatch, SchemaRef};

/// Writes a decision as one line of JSON, its canonical form.
///
/// # Errors
/// When writing fails.
pub fn json_line(out: &mut impl Write, decision: &Decision) -> io::Result<()> {
    out.write_all(decision.to_json().as_bytes())?;
    out.write_all(b"\n")
}

/// A form in which decisions are written as columns; `DECISIONS.md` of this crate describes each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A Parquet file.
    Parquet,
    /// An Arrow file, which can be mapped into memory.
    Arrow,
    /// An Arrow stream, which can be read while it is written.
    ArrowStream,
    /// Comma-separated values.
    Csv,
    /// A spreadsheet with one sheet.
    Xlsx,
}

impl Format {
    /// The format that the ending of a path names: `.parquet`; `.arrow`, `.feather` or `.ipc`;
    /// `.arrows`; `.csv`; `.xlsx`. Upper and lower case are the same.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match ending.as_str() {
            "parquet" => Self::Parquet,
            "arrow" | "feather" | "ipc" => Self::Arrow,
            "arrows" => Self::ArrowStream,
            "csv" => Self::Csv,
            "xlsx" => Self::Xlsx,
            _ => return None,
        })
    }

    /// The most decisions that a file has room for; `None` where nothing limits them. An input that
    /// is known to have more need not be scored.
    #[must_use]
    pub const fn room(self) -> Option<u64> {
        match self {
            Self::Xlsx => Some(xlsx::ROOM),
            _ => None,
        }
    }
}

/// Writes decisions as columns.
///
/// What is written depends on the rows and their order, not on the batches they come in.
pub struct DecisionWriter<W: Write + Send>(Form<W>);

enum Form<W: Write + Send> {
    Parquet(Box<parquet::Parquet<W>>),
    Ipc(Box<ipc::Ipc<W>>),
    Csv(Box<csv::Csv<W>>),
    Xlsx(Box<xlsx::Xlsx<W>>),
}

impl<W: Write + Send> std::fmt::Debug for DecisionWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DecisionWriter").finish_non_exhaustive()
    }
}

impl<W: Write + Send> DecisionWriter<W> {
    /// Starts a file of decisions with this schema, which is one of [`xinpei::arrow::schema`].
    ///
    /// # Errors
    /// When writing fails.
    pub fn new(format: Format, out: W, schema: &SchemaRef) -> io::Result<Self> {
        Ok(Self(match format {
            Format::Parquet => Form::Parquet(Box::new(parquet::Parquet::new(out, schema)?)),
            Format::Arrow => Form::Ipc(Box::new(ipc::Ipc::new(out, schema, false)?)),
            Format::ArrowStream => Form::Ipc(Box::new(ipc::Ipc::new(out, schema, true)?)),
            Format::Csv => Form::Csv(Box::new(csv::Csv::new(out, schema)?)),
            Format::Xlsx => Form::Xlsx(Box::new(xlsx::Xlsx::new(out, schema)?)),
        }))
    }

    /// Writes the rows of a batch with that schema.
    ///
    /// # Errors
    /// When writing fails, or the format has no room for so many decisions ([`Format::room`]).
    pub fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        match &mut self.0 {
            Form::Parquet(form) => form.write(batch),
            Form::Ipc(form) => form.write(batch),
            Form::Csv(form) => form.write(batch),
            Form::Xlsx(form) => form.write(batch),
        }
    }

    /// Writes what is still held back and gives the output back, which is to be committed then.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(self) -> io::Result<W> {
        match self.0 {
            Form::Parquet(form) => form.finish(),
            Form::Ipc(form) => form.finish(),
            Form::Csv(form) => form.finish(),
            Form::Xlsx(form) => form.finish(),
        }
    }
}

pub(crate) fn csv_cause(error: ::csv::Error) -> io::Error {
    match error.into_kind() {
        ::csv::ErrorKind::Io(cause) => cause,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn arrow_cause(error: ArrowError) -> io::Error {
    match error {
        ArrowError::IoError(_, cause) => cause,
        other => io::Error::other(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{RULES, rulebook};
    use xinpei::arrow::{Columns, decisions};
    use xinpei::{Batch, BatchBuilder, Date, Dossier, Rulebook};

    const DOSSIERS: [&str; 2] = [
        r#"{"enterprise": "91110000600037341L", "facts": {"tax.grade": "A", "court.cases": []}}"#,
        r#"{"enterprise": "91000000MA00000157", "facts": {"tax.grade": "B", "court.dishonest": true, "tax.arrears": -1}}"#,
    ];

    /// The rulebook, its decisions, and the batch that they are of.
    fn decided() -> (Rulebook, Batch) {
        let rulebook = rulebook(RULES);
        let mut builder = BatchBuilder::new(rulebook.dictionary());
        for text in DOSSIERS {
            builder.dossier(&Dossier::from_json(text).unwrap());
        }
        let batch = builder.finish();
        (rulebook, batch)
    }

    fn csv(rulebook: &Rulebook, batch: &Batch, columns: &Columns, names: &[String]) -> String {
        let outcome = rulebook.score(batch, Date::parse("2026-06-30").unwrap());
        let mut writer = DecisionWriter::new(Format::Csv, Vec::new(), &columns.schema()).unwrap();
        writer.write(&decisions(&outcome, columns, names).unwrap()).unwrap();
        String::from_utf8(writer.finish().unwrap()).unwrap()
    }

    /// First row: 60 for grade A and 40 without open cases. Second row: 10 for another grade and 5
    /// because nothing is known of cases, so 50 and 35 are lost; dishonest caps at C; −1 lies outside the range. Of the
    /// 50 + 40 points between worst and best, 50 rest on a known grade: 0.55.
    #[test]
    fn a_row_a_decision() {
        let (rulebook, batch) = decided();
        let text = csv(&rulebook, &batch, &Columns::standard(&rulebook), &[]);
        let decisions: Vec<Decision> = DOSSIERS
            .map(|text| rulebook.decide(&Dossier::from_json(text).unwrap(), Date::parse("2026-06-30").unwrap()))
            .to_vec();
        let expected = format!(
            "enterprise,status,score,grade,coverage,section:tax,reasons,lost,overrides,outcomes,faults,receipt\n\
             91110000600037341L,rated,100,A,1.00,100,,,,,0,{}\n\
             91000000MA00000157,refer,15,C,0.55,15,court.dishonest;tax.grade;court.open,;50;35,court.dishonest,,1,{}\n",
            decisions[0].receipt, decisions[1].receipt
        );
        assert_eq!(text, expected);
    }

    #[test]
    fn lines_of_json_are_the_canonical_form() {
        let (rulebook, batch) = decided();
        let decisions: Vec<Decision> = rulebook.score(&batch, Date::parse("2026-06-30").unwrap()).decisions().collect();
        let mut out = Vec::new();
        for decision in &decisions {
            json_line(&mut out, decision).unwrap();
        }
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().collect::<Vec<_>>(), decisions.iter().map(Decision::to_json).collect::<Vec<_>>());
    }
}
