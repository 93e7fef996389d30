//! Columns of text, aligned by the width that the terminal gives each character.

use console::{Alignment, measure_text_width, pad_str, truncate_str};

/// Rows of cells. Chinese characters are two columns wide, colours none.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
    indent: usize,
}

/// What stands between two columns.
const GAP: &str = "  ";

impl Columns {
    /// Columns that start so far to the right.
    pub(crate) fn indented(indent: usize) -> Self {
        Self { indent, ..Self::default() }
    }

    /// Aligns columns to the right.
    pub(crate) fn right(mut self, columns: &[usize]) -> Self {
        self.right = columns.to_vec();
        self
    }

    /// Adds a row.
    pub(crate) fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Whether there is no row.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, cut to the width of a terminal if there is one.
    pub(crate) fn render(&self, width: Option<usize>) -> String {
        let mut widths: Vec<usize> = Vec::new();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (most, cell) in widths.iter_mut().zip(row) {
                *most = measure_text_width(cell).max(*most);
            }
        }
        let mut text = String::new();
        for row in &self.rows {
            let mut line = " ".repeat(self.indent);
            for ((column, cell), width) in row.iter().enumerate().zip(&widths) {
                if column > 0 {
                    line.push_str(GAP);
                }
                let side = if self.right.contains(&column) { Alignment::Right } else { Alignment::Left };
                line.push_str(&pad_str(cell, *width, side, None));
            }
            let line = line.trim_end();
            match width {
                Some(width) => text.push_str(&truncate_str(line, width, "…")),
                None => text.push_str(line),
            }
            text.push('\n');
        }
        text
    }
}

/// A text of the data for a screen: what does not show, such as the start of a colour, is made visible.
pub(crate) fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// A bar of `full` columns for the share `part / whole`, in eighths of a column.
pub(crate) fn bar(part: i128, whole: i128, full: i128) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if whole <= 0 || part <= 0 {
        return String::new();
    }
    let eighths = part.min(whole).saturating_mul(full * 8) / whole;
    let (blocks, rest) = (usize::try_from(eighths / 8).unwrap_or(0), usize::try_from(eighths % 8).unwrap_or(0));
    let last = EIGHTHS.get(rest).copied().unwrap_or("");
    // What is there is seen, however little.
    if blocks == 0 && rest == 0 { "▏".into() } else { format!("{}{last}", "█".repeat(blocks)) }
}

#[cfg(test)]
mod tests {
    use super::{Columns, bar};

    #[test]
    fn chinese_is_two_columns_wide() {
        let mut columns = Columns::default().right(&[1]);
        columns.row(["欠税", "5"]);
        columns.row(["tax", "40"]);
        assert_eq!(columns.render(None), "欠税   5\ntax   40\n");
    }

    #[test]
    fn a_bar_shows_eighths() {
        assert_eq!(bar(10, 10, 4), "████");
        assert_eq!(bar(5, 16, 4), "█▎");
        assert_eq!(bar(1, 1000, 4), "▏");
        assert_eq!(bar(0, 1000, 4), "");
        assert_eq!(bar(3, 0, 4), "");
    }
}
