//! What is made of some rows: decisions as columns, and as lines of JSON where they are wanted.

use std::collections::BTreeMap;

use arrow_array::{RecordBatch, UInt32Array};
use arrow_schema::ArrowError;
use arrow_select::concat::concat_batches;
use arrow_select::take::take_record_batch;
use xinpei::arrow::{self, Columns};
use xinpei::{Batch, Date, Rulebook, Scratch};
use xinpei_tables::{Portion, Reject};

use super::format::Format;
use super::{table, tally};
use crate::failure::Failure;

/// What every portion is scored with.
pub(super) struct Sheet<'a> {
    pub(super) rulebook: &'a Rulebook,
    pub(super) as_of: Date,
    /// What is asked for, and what tallies and tables read.
    columns: Columns,
    lines: bool,
}

/// A portion that was scored.
pub(super) struct Scored {
    /// Rows that were read.
    pub(super) rows: u64,
    pub(super) records: RecordBatch,
    pub(super) lines: Lines,
    pub(super) rejects: Vec<Reject>,
}

/// Decisions in their canonical form, one after the other.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl<'a> Sheet<'a> {
    /// Rows are scored with a rulebook on a date; `wanted` are the columns that somebody asked for.
    pub(super) fn new(
        rulebook: &'a Rulebook,
        as_of: Date,
        format: Format,
        wanted: Option<&str>,
    ) -> Result<Self, Failure> {
        let columns = match (format, wanted) {
            (Format::Text, _) => Columns::parse(&format!("{},{}", table::COLUMNS, tally::COLUMNS), rulebook),
            (Format::Json, _) => Columns::parse(tally::COLUMNS, rulebook),
            (_, None) => Ok(Columns::standard(rulebook)),
            (_, Some(wanted)) => Columns::parse(&format!("{wanted},{}", tally::COLUMNS), rulebook),
        };
        Ok(Self { rulebook, as_of, columns: columns?, lines: format == Format::Json })
    }

    /// The columns that are made.
    pub(super) const fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Scores a portion: on the one date, or row by row on the dates that the portion has.
    pub(super) fn score(&self, portion: Portion, scratch: &mut Scratch) -> Result<Scored, Failure> {
        let one = portion.dates.first().copied().unwrap_or(self.as_of);
        let (records, lines) = if portion.dates.iter().all(|date| *date == one) {
            let mut lines = Lines::default();
            let records =
                self.decide(&portion.batch, one, &portion.names, scratch, |_, line| lines.push(line.as_bytes()))?;
            (records, lines)
        } else {
            self.by_date(&portion, scratch)?
        };
        Ok(Scored { rows: tally::count(portion.rows), records, lines, rejects: portion.rejects })
    }

    /// Decides on a batch on one date; `line` gets each decision as JSON where those are wanted.
    fn decide(
        &self,
        batch: &Batch,
        as_of: Date,
        names: &[String],
        scratch: &mut Scratch,
        mut line: impl FnMut(usize, String),
    ) -> Result<RecordBatch, Failure> {
        if !self.lines {
            let outcome = self.columns.score(self.rulebook, batch, as_of, scratch)?;
            return Ok(arrow::decisions(&outcome, &self.columns, names)?);
        }
        let outcome = self.rulebook.score_with(batch, as_of, scratch);
        outcome.decisions().enumerate().for_each(|(row, decision)| line(row, decision.to_json()));
        Ok(arrow::decisions(&outcome, &self.columns, names)?)
    }

    /// Decides on the rows of each date together, and puts them back into the order of the input.
    fn by_date(&self, portion: &Portion, scratch: &mut Scratch) -> Result<(RecordBatch, Lines), Failure> {
        let mut dates: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
        portion.dates.iter().enumerate().for_each(|(row, date)| dates.entry(*date).or_default().push(row));
        let mut texts = vec![String::new(); portion.dates.len()];
        let mut parts = Vec::new();
        // By row of the input: where it stands behind each other's parts.
        let mut places: Vec<(usize, u32)> = Vec::new();
        for (date, rows) in &dates {
            let names: Vec<String> = rows.iter().filter_map(|row| portion.names.get(*row).cloned()).collect();
            let keep = |row: usize, text| {
                if let Some(to) = rows.get(row).and_then(|row| texts.get_mut(*row)) {
                    *to = text;
                }
            };
            parts.push(self.decide(&portion.batch.take(rows), *date, &names, scratch, keep)?);
            places.extend(rows.iter().copied().zip(u32::try_from(places.len()).unwrap_or(u32::MAX)..));
        }
        places.sort_unstable();
        let order: UInt32Array = places.into_iter().map(|(_, place)| place).collect();
        let failed = |e: ArrowError| Failure::error(format!("cannot put rows in order: {e}"));
        let all = concat_batches(&self.columns.schema(), &parts).map_err(failed)?;
        let records = take_record_batch(&all, &order).map_err(failed)?;
        let mut lines = Lines::default();
        if self.lines {
            texts.iter().for_each(|text| lines.push(text.as_bytes()));
        }
        Ok((records, lines))
    }
}

impl Scored {
    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        let rejects = self.rejects.len() * 256;
        self.records.get_array_memory_size() + self.lines.bytes.capacity() + rejects
    }
}

impl Lines {
    fn push(&mut self, line: &[u8]) {
        self.bytes.extend_from_slice(line);
        self.bytes.push(b'\n');
        self.ends.push(self.bytes.len());
    }
}
