//! Decisions as a table for people: all rows of a small input, the first and last ones of a large one.

use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::Decimal128Type;
use arrow_array::{Array, RecordBatch};
use console::Style;
use xinpei::check::typed::Typed;
use xinpei::explain::words::{self, Noun};
use xinpei::{Rulebook, Status};

use super::tally::{Words, misfit, status_of};
use crate::columns::{Columns, safe};
use crate::failure::Failure;
use crate::language::Lang;
use crate::output::Context;
use crate::words::style;

/// Most rows of a table; an input with more is shown by its first and last rows.
const MOST: usize = 5_000;
/// First and last rows of a large input.
const HEAD: usize = 20;
const TAIL: usize = 5;
/// How many reasons a row shows.
const REASONS: usize = 2;
/// Columns that a table reads.
pub(super) const COLUMNS: &str = "enterprise,name,status,score,grade,coverage,reasons";

type Row = [String; 7];

/// The rows of a table, of which no more are kept than are shown.
pub(super) struct Table<'a> {
    context: Context,
    typed: &'a Typed,
    texts: Texts<'a>,
    head: Vec<Row>,
    /// The last rows behind those of `head`.
    tail: Vec<RecordBatch>,
    rows: usize,
}

/// The texts of reasons: of overrides by their id, of losses by their code.
struct Texts<'a> {
    overrides: BTreeMap<&'a str, &'a str>,
    losses: BTreeMap<&'a str, &'a str>,
}

impl<'a> Table<'a> {
    pub(super) fn new(rulebook: &'a Rulebook, context: Context) -> Self {
        let typed = rulebook.typed();
        let code = context.lang.code();
        let mut losses = BTreeMap::new();
        for characteristic in &typed.characteristics {
            losses.entry(characteristic.code.as_str()).or_insert_with(|| characteristic.reason.text(code));
        }
        let overrides = typed.overrides.iter().map(|rule| (rule.id.as_str(), rule.label.text(code))).collect();
        Self { context, typed, texts: Texts { overrides, losses }, head: Vec::new(), tail: Vec::new(), rows: 0 }
    }

    /// Takes decisions; they must have the [`COLUMNS`].
    pub(super) fn add(&mut self, records: &RecordBatch) -> Result<(), Failure> {
        let rows = records.num_rows();
        self.rows += rows;
        let taken = rows.min(MOST - self.head.len());
        for row in 0..taken {
            let cells = self.row(records, row).ok_or_else(misfit)?;
            self.head.push(cells);
        }
        let behind = (rows - taken).min(TAIL);
        if behind > 0 {
            self.tail.push(records.slice(rows - behind, behind));
            // No more batches are kept than have one of the last rows.
            let mut kept = 0;
            let wanted = self.tail.iter().rev().take_while(|batch| {
                let more = kept < TAIL;
                kept += batch.num_rows();
                more
            });
            let wanted = wanted.count();
            self.tail.drain(..self.tail.len() - wanted);
        }
        Ok(())
    }

    /// The table.
    pub(super) fn render(mut self) -> Result<String, Failure> {
        let mut last = Vec::new();
        for batch in &self.tail {
            for row in 0..batch.num_rows() {
                last.push(self.row(batch, row).ok_or_else(misfit)?);
            }
        }
        let lang = self.context.lang;
        let head: Row = [
            lang.pick("统一社会信用代码", "enterprise"),
            lang.pick("名称", "name"),
            lang.noun(Noun::Status),
            lang.noun(Noun::Score),
            lang.noun(Noun::Grade),
            lang.noun(Noun::Coverage),
            // Two of them, where there are more.
            lang.pick(Noun::Reason.many("zh"), "top reasons"),
        ]
        .map(|title| self.context.dim(title));
        let mut gap = None;
        if self.rows > MOST {
            let before = last.len().saturating_sub(TAIL);
            // A few rows over the most: the last ones begin in the head.
            let missing = TAIL.saturating_sub(last.len());
            let mut behind = self.head.split_off(MOST - missing);
            behind.extend(last.into_iter().skip(before));
            last = behind;
            self.head.truncate(HEAD);
            gap = Some(self.rows - HEAD - last.len());
        }
        let rows = || std::iter::once(&head).chain(&self.head).chain(&last);
        // A column of names without any name is left out.
        let named = rows().skip(1).any(|row| !row[1].is_empty());
        let mut columns = Columns::default().right(if named { &[3, 5] } else { &[2, 4] });
        for row in rows() {
            columns.row(row.iter().enumerate().filter(|(at, _)| named || *at != 1).map(|(_, cell)| cell.clone()));
        }
        let text = columns.render(self.context.width);
        let Some(gap) = gap else { return Ok(text) };
        let hint = match self.context.lang {
            Lang::Zh => format!("… 另有 {gap} 行；全部写入文件用 --out，如 --out decisions.csv"),
            Lang::En => format!("… {gap} more rows; all of them with --out FILE, such as --out decisions.csv"),
        };
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let (before, after) = lines.split_at_checked(HEAD + 1).unwrap_or((&lines, &[]));
        Ok(format!("{}{}\n{}", before.concat(), self.context.dim(&hint), after.concat()))
    }

    /// The cells of a row; `None` if a column is not as expected.
    fn row(&self, records: &RecordBatch, row: usize) -> Option<Row> {
        let lang = self.context.lang;
        let text = |name: &str| {
            let column = records.column_by_name(name)?.as_string_opt::<i32>()?;
            Some(if column.is_null(row) { String::new() } else { safe(column.value(row)) })
        };
        let decimal = |name: &str| {
            let column = records.column_by_name(name)?.as_primitive_opt::<Decimal128Type>()?;
            Some(if column.is_null(row) { String::new() } else { column.value_as_string(row) })
        };
        let word =
            |name: &str| Some(Words::new(&records.column_by_name(name)?.slice(row, 1))?.get(0).map(str::to_owned));
        let status = status_of(&word("status")??)?;
        let grade = word("grade")?.map_or_else(String::new, |grade| self.grade(&grade, status));
        Some([
            text("enterprise")?,
            text("name")?,
            self.context.paint(words::status(status, lang.code()), style(status)),
            decimal("score")?,
            grade,
            decimal("coverage")?,
            self.reasons(records, row)?,
        ])
    }

    fn reasons(&self, records: &RecordBatch, row: usize) -> Option<String> {
        let list = records.column_by_name("reasons")?.as_list_opt::<i32>()?.value(row);
        let reasons = list.as_struct_opt()?;
        let codes = Words::new(reasons.column_by_name("code")?)?;
        let lost = reasons.column_by_name("lost")?;
        let mut texts = Vec::new();
        for at in 0..reasons.len().min(REASONS) {
            let code = codes.get(at)?;
            // An override loses no points of its own.
            let known = if lost.is_null(at) { &self.texts.overrides } else { &self.texts.losses };
            texts.push(known.get(code).copied().unwrap_or(code));
        }
        Some(texts.join(self.context.lang.pick("；", "; ")))
    }

    /// A grade in the colour of its place; provisional ones step back.
    fn grade(&self, grade: &str, status: Status) -> String {
        let grades = &self.typed.grades;
        let place = grades.iter().position(|g| g.id == grade).unwrap_or(0);
        let style = match place * 3 / grades.len().max(1) {
            _ if status == Status::Refer => Style::new().dim(),
            0 => Style::new().green(),
            1 => Style::new().yellow(),
            _ => Style::new().red(),
        };
        self.context.paint(grade, style)
    }
}
