//! Decisions as a table for a screen: the model, and its plain text.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
use xinpei::Decision;

/// A table for a screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with one text a column.
    pub rows: Vec<Vec<String>>,
}

/// A column of a [`Table`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub title: String,
    /// Whether its texts are numbers, which line up on the right.
    pub right: bool,
}

impl Column {
    fn new(title: &str, right: bool) -> Self {
        Self { title: title.to_owned(), right }
    }
}

impl Table {
    /// One row a decision: enterprise, name, status, score, grade, coverage and the reasons in
    /// `language`. `names` go with the decisions; without any, the column is left out.
    pub fn decisions<'a>(decisions: impl IntoIterator<Item = &'a Decision>, names: &[String], language: &str) -> Self {
        let named = names.iter().any(|n| !n.is_empty());
        let mut columns = vec![
            Column::new("enterprise", false),
            Column::new("name", false),
            Column::new("status", false),
            Column::new("score", true),
            Column::new("grade", false),
            Column::new("coverage", true),
            Column::new("reasons", false),
        ];
        let mut rows = Vec::new();
        for (at, decision) in decisions.into_iter().enumerate() {
            let reasons: Vec<&str> = decision.reasons.iter().map(|r| r.text.text(language)).collect();
            rows.push(vec![
                decision.enterprise.clone(),
                names.get(at).cloned().unwrap_or_default(),
                decision.status.word().to_owned(),
                decision.score.map_or_else(String::new, |s| s.to_string()),
                decision.grade.clone().unwrap_or_default(),
                decision.coverage.to_string(),
                reasons.join("; "),
            ]);
        }
        if !named {
            columns.remove(1);
            for row in &mut rows {
                row.remove(1);
            }
        }
        Self { columns, rows }
    }

    /// The table in lines, columns two blanks apart, each as wide as its longest text. With
    /// `width`, the last column ends there, cut with `…`.
    #[must_use]
    pub fn text(&self, width: Option<usize>) -> String {
        let titles: Vec<String> = self.columns.iter().map(|c| c.title.clone()).collect();
        let mut widths: Vec<usize> = titles.iter().map(|t| t.width()).collect();
        for row in &self.rows {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = (*widest).max(cell.width());
            }
        }
        let last = self.columns.len().saturating_sub(1);
        if let Some(width) = width {
            let before: usize = widths.iter().take(last).map(|w| w + 2).sum();
            if let Some(widest) = widths.last_mut() {
                // A column narrower than this tells nothing; the line is then longer than the screen.
                *widest = (*widest).min(width.saturating_sub(before).max(8));
            }
        }
        let mut out = String::new();
        for row in std::iter::once(&titles).chain(&self.rows) {
            let mut line = String::new();
            for (((at, cell), column), width) in row.iter().enumerate().zip(&self.columns).zip(&widths) {
                if at > 0 {
                    line.push_str("  ");
                }
                let cell = cut(cell, *width);
                let blanks = " ".repeat(width.saturating_sub(cell.width()));
                if column.right {
                    line.push_str(&blanks);
                }
                line.push_str(&cell);
                if !column.right {
                    line.push_str(&blanks);
                }
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

/// A text that is at most so many cells of a screen wide; what does not show is made visible.
fn cut(text: &str, width: usize) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.width() <= width {
        return text;
    }
    let mut short = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        short.push(c);
    }
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        Table {
            columns: vec![Column::new("name", false), Column::new("score", true), Column::new("reasons", false)],
            rows: vec![
                vec!["晨源电子".into(), "782.50".into(), "Tax arrears; Open cases".into()],
                vec!["ab".into(), "5".into(), String::new()],
            ],
        }
    }

    /// A Chinese character is two cells wide.
    #[test]
    fn columns_line_up() {
        assert_eq!(
            table().text(None),
            "name       score  reasons\n晨源电子  782.50  Tax arrears; Open cases\nab             5\n"
        );
        assert_eq!(
            table().text(Some(30)),
            "name       score  reasons\n晨源电子  782.50  Tax arrears…\nab             5\n"
        );
    }

    #[test]
    fn a_cut_never_splits_a_character() {
        assert_eq!(cut("欠税余额", 6), "欠税…");
        assert_eq!(cut("欠税余额", 7), "欠税余…");
        assert_eq!(cut("欠税余额", 8), "欠税余额");
        assert_eq!(cut("a\u{1b}[31m", 20), "a\u{fffd}[31m");
    }
}
