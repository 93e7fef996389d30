//! A comparison as a page for people.

use std::fmt::Write;

use xinpei::Rulebook;
use xinpei_assure::compare::page::{self, Sheet};
use xinpei_assure::{Moved, Report};

use crate::columns::{Columns, safe};
use crate::output::Context;

/// What a page is made of.
pub(super) struct Page<'a> {
    pub(super) context: &'a Context,
    pub(super) report: &'a Report,
    pub(super) moves: &'a [Moved],
    /// Names of the enterprises of `moves`.
    pub(super) names: &'a [String],
    pub(super) new: &'a Rulebook,
    pub(super) rejects: usize,
}

impl Page<'_> {
    pub(super) fn render(&self) -> String {
        let (report, language) = (self.report, self.context.lang.code());
        let mut text = format!("{}\n\n", page::title(report, language));
        let mut sheets = page::sheets(report, self.new.typed(), language).into_iter();
        if let Some(counts) = sheets.next() {
            text.push_str(&columns(&counts, Columns::default()).render(self.context.width));
        }
        self.rejected(&mut text);
        for sheet in sheets {
            self.sheet(&mut text, &sheet);
        }
        if let Some(sheet) = page::enterprises(report, self.moves, self.names, self.new.typed(), language) {
            self.sheet(&mut text, &sheet);
            self.more(&mut text);
        }
        text
    }

    fn sheet(&self, text: &mut String, sheet: &Sheet) {
        let _ = writeln!(text, "\n{}", self.context.bold(&sheet.title));
        let width = self.context.width.filter(|_| !sheet.long);
        text.push_str(&columns(sheet, Columns::indented(2)).render(width));
    }

    fn rejected(&self, text: &mut String) {
        let rows = self.rejects;
        let _ = match (self.context.lang.code(), rows) {
            (_, 0) => Ok(()),
            ("zh", _) => writeln!(text, "另有 {rows} 行被拒收，未参与比较"),
            (_, 1) => writeln!(text, "1 more row was rejected and not compared"),
            _ => writeln!(text, "{rows} more rows were rejected and not compared"),
        };
    }

    fn more(&self, text: &mut String) {
        let (all, told) = (self.report.moved, u64::try_from(self.moves.len()).unwrap_or(u64::MAX));
        if told < all {
            let more = all - told;
            let _ = match self.context.lang.code() {
                "zh" => writeln!(text, "  另有 {more} 户；--moved {all} 全部列出"),
                _ => writeln!(text, "  and {more} more; --moved {all} tells them all"),
            };
        }
    }
}

fn columns(sheet: &Sheet, columns: Columns) -> Columns {
    let mut columns = columns.right(&sheet.right);
    if !sheet.head.is_empty() {
        columns.row(sheet.head.clone());
    }
    sheet.rows.iter().for_each(|row| columns.row(row.iter().map(|cell| safe(cell))));
    columns
}
