//! Decisions as rows of a table, JSON lines or CSV.

use std::io::Write;

use clap::ValueEnum;
use console::Style;
use xinpei::explain::decision::{Decision, Status};
use xinpei::{Date, Rulebook};
use xinpei_tables::write::DecisionCsv;

use super::tally::Tally;
use crate::columns::{Columns, safe};
use crate::failure::Failure;
use crate::input::Piece;
use crate::output::{Context, Destination};
use crate::words;

/// How many reasons a table shows.
const REASONS: usize = 2;

/// How decisions are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table for people, with a summary
    #[default]
    Text,
    /// One decision a line, in its canonical form
    Json,
    /// One row an enterprise
    Csv,
}

/// What every batch is scored and written with.
pub(super) struct Sheet<'a> {
    pub(super) rulebook: &'a Rulebook,
    pub(super) context: Context,
    pub(super) format: Format,
    pub(super) as_of: Date,
}

/// A batch that was scored.
pub(super) struct Scored {
    /// Lines of JSON.
    lines: Vec<u8>,
    /// Decisions for CSV.
    decisions: Vec<Decision>,
    /// Rows for the table.
    rows: Vec<Vec<String>>,
    pub(super) tally: Tally,
}

/// Writes batches in their order.
pub(super) enum Writer {
    /// Rows wait until the width of every column is known.
    Table(Destination, Vec<Vec<String>>),
    Lines(Destination),
    Csv(Box<DecisionCsv<Destination>>),
}

impl Writer {
    /// Writes what stands before the first decision.
    pub(super) fn new(out: Destination, sheet: &Sheet<'_>) -> Result<Self, Failure> {
        Ok(match sheet.format {
            Format::Text => Self::Table(out, Vec::new()),
            Format::Json => Self::Lines(out),
            Format::Csv => Self::Csv(Box::new(DecisionCsv::new(out, sheet.rulebook)?)),
        })
    }

    /// Writes a batch.
    pub(super) fn write(&mut self, scored: Scored) -> Result<Tally, Failure> {
        match self {
            Self::Table(_, rows) => rows.extend(scored.rows),
            Self::Lines(out) => out.write_all(&scored.lines)?,
            Self::Csv(csv) => scored.decisions.iter().try_for_each(|decision| csv.decision(decision))?,
        }
        Ok(scored.tally)
    }

    /// Writes what stands behind the last decision.
    pub(super) fn finish(self, sheet: &Sheet<'_>, summary: &str) -> Result<(), Failure> {
        match self {
            Self::Table(mut out, rows) => {
                out.write_all(sheet.table(&rows).as_bytes())?;
                out.write_all(summary.as_bytes())?;
                out.finish()
            }
            Self::Lines(out) => out.finish(),
            Self::Csv(csv) => csv.finish()?.finish(),
        }
    }
}

impl Sheet<'_> {
    /// Scores a batch.
    pub(super) fn score(&self, piece: &Piece) -> Scored {
        let outcome = self.rulebook.score(&piece.batch, self.as_of);
        let mut scored = Scored { lines: Vec::new(), decisions: Vec::new(), rows: Vec::new(), tally: Tally::default() };
        for (row, decision) in outcome.decisions().enumerate() {
            scored.tally.add(self.rulebook.typed(), &decision);
            match self.format {
                Format::Text => scored.rows.push(self.row(&decision, piece.names.get(row).map_or("", String::as_str))),
                Format::Json => {
                    scored.lines.extend_from_slice(decision.to_json().as_bytes());
                    scored.lines.push(b'\n');
                }
                Format::Csv => scored.decisions.push(decision),
            }
        }
        scored
    }

    /// A row of the table.
    fn row(&self, decision: &Decision, name: &str) -> Vec<String> {
        let lang = self.context.lang;
        let reasons: Vec<&str> = decision.reasons.iter().take(REASONS).map(|r| r.text.text(lang.code())).collect();
        let status = words::status(decision.status, lang);
        vec![
            safe(&decision.enterprise),
            safe(name),
            self.context.paint(status, words::style(decision.status)),
            decision.score.map_or_else(String::new, |s| s.to_string()),
            decision.grade.as_ref().map_or_else(String::new, |grade| self.grade(grade, decision.status)),
            decision.coverage.to_string(),
            reasons.join(lang.pick("；", "; ")),
        ]
    }

    /// A grade in the colour of its place; provisional ones step back.
    fn grade(&self, grade: &str, status: Status) -> String {
        let grades = &self.rulebook.typed().grades;
        let place = grades.iter().position(|g| g.id == grade).unwrap_or(0);
        let style = match place * 3 / grades.len().max(1) {
            _ if status == Status::Refer => Style::new().dim(),
            0 => Style::new().green(),
            1 => Style::new().yellow(),
            _ => Style::new().red(),
        };
        self.context.paint(grade, style)
    }

    /// The table of all rows.
    pub(super) fn table(&self, rows: &[Vec<String>]) -> String {
        let head = match self.context.lang {
            crate::language::Lang::Zh => ["统一社会信用代码", "名称", "状态", "得分", "等级", "完整度", "主要原因"],
            crate::language::Lang::En => ["enterprise", "name", "status", "score", "grade", "coverage", "top reasons"],
        };
        // A column of names without any name is left out.
        let named = rows.iter().any(|row| row.get(1).is_some_and(|name| !name.is_empty()));
        let kept = |cells: Vec<String>| {
            cells.into_iter().enumerate().filter(move |(at, _)| named || *at != 1).map(|(_, cell)| cell)
        };
        let right = if named { [3, 5] } else { [2, 4] };
        let mut columns = Columns::default().right(&right);
        columns.row(kept(head.map(|h| self.context.dim(h)).to_vec()));
        rows.iter().for_each(|row| columns.row(kept(row.clone())));
        columns.render(self.context.width)
    }
}
