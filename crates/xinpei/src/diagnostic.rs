//! What a rule author got wrong: code, place, message, help; all mistakes at once.

mod code;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use code::Code;

use crate::limits;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something a reader should know; the rulebook is usable.
    Note,
    /// The rulebook cannot be used.
    Error,
}

/// A range of bytes in one rule file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Index of the file in [`Files`].
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The part of this span from `start` on, `len` bytes long.
    #[must_use]
    pub fn part(self, start: usize, len: usize) -> Self {
        let at = self.start.saturating_add(u32::try_from(start).unwrap_or(u32::MAX));
        let to = at.saturating_add(u32::try_from(len).unwrap_or(u32::MAX));
        Self { file: self.file, start: at.min(self.end), end: to.clamp(at.min(self.end), self.end) }
    }
}

/// The texts of a rulebook's files, by path inside the folder, in the order of their paths.
#[derive(Clone, Debug, Default)]
pub struct Files(Vec<(String, String)>);

impl Files {
    /// Adds a file and returns its index.
    pub fn push(&mut self, path: String, text: String) -> u32 {
        self.0.push((path, text));
        u32::try_from(self.0.len() - 1).unwrap_or(u32::MAX)
    }

    /// The path of a file.
    #[must_use]
    pub fn path(&self, file: u32) -> &str {
        self.get(file).map_or("", |(path, _)| path)
    }

    /// The text of a file.
    #[must_use]
    pub fn text(&self, file: u32) -> &str {
        self.get(file).map_or("", |(_, text)| text)
    }

    /// All paths and texts, in the order of the files.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    fn get(&self, file: u32) -> Option<&(String, String)> {
        self.0.get(usize::try_from(file).ok()?)
    }

    /// The text that a span covers.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let range = usize::try_from(span.start).unwrap_or(0)..usize::try_from(span.end).unwrap_or(0);
        self.text(span.file).get(range).unwrap_or("")
    }

    /// Line and column (in characters) of the start of a span, both counted from 1.
    #[must_use]
    pub fn line_column(&self, span: Span) -> (usize, usize) {
        let text = self.text(span.file);
        let mut start = usize::try_from(span.start).unwrap_or(0).min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = text.get(..start).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        (line, before.get(line_start..).unwrap_or("").chars().count() + 1)
    }
}

/// One mistake of a rule author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which kind of mistake; `xinpei explain-code` prints a page on it.
    pub code: Code,
    /// Whether the rulebook can still be used.
    pub severity: Severity,
    /// Where.
    pub span: Span,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// Diagnostics together with the texts they point into.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    /// The files that were read.
    pub files: Arc<Files>,
    list: Vec<Diagnostic>,
    /// How many more there were than are kept.
    pub left_out: usize,
}

impl Diagnostics {
    /// Reports an error.
    pub fn error(&mut self, code: Code, span: Span, message: impl Into<String>) -> &mut Self {
        self.push(Diagnostic { code, severity: Severity::Error, span, message: message.into(), help: None })
    }

    /// Reports something a reader should know.
    pub fn note(&mut self, code: Code, span: Span, message: impl Into<String>) -> &mut Self {
        self.push(Diagnostic { code, severity: Severity::Note, span, message: message.into(), help: None })
    }

    /// Adds what to do about the diagnostic reported last.
    pub fn help(&mut self, help: impl Into<String>) {
        if self.left_out == 0
            && let Some(last) = self.list.last_mut()
        {
            last.help = Some(help.into());
        }
    }

    fn push(&mut self, diagnostic: Diagnostic) -> &mut Self {
        if self.list.len() < limits::DIAGNOSTICS {
            self.list.push(diagnostic);
        } else {
            self.left_out += 1;
        }
        self
    }

    /// Whether a diagnostic is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.left_out > 0 || self.list.iter().any(|d| d.severity == Severity::Error)
    }

    /// Whether an error stands in a file outside a folder.
    #[must_use]
    pub fn has_errors_outside(&self, folder: &str) -> bool {
        let outside = |d: &&Diagnostic| !self.files.path(d.span.file).starts_with(folder);
        self.left_out > 0 || self.list.iter().filter(outside).any(|d| d.severity == Severity::Error)
    }

    /// All diagnostics in the order of files and lines, repeated ones once.
    #[must_use]
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut list: Vec<&Diagnostic> = self.list.iter().collect();
        list.sort_by_key(|d| (d.span.file, d.span.start, d.code));
        let mut seen = BTreeSet::new();
        list.retain(|d| seen.insert((d.code, d.severity, d.span, &d.message)));
        list
    }
}

/// The message of a parser in our own style: it starts in lower case, the user's words in backticks.
pub(crate) fn tidy(message: &str) -> String {
    let message = message.trim_end_matches('.').replace('\'', "`");
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The member of `known` that `word` was probably meant to be.
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Any letter is one step away from any other: a single one suggests nothing.
    let limit = match word.chars().count() {
        0 | 1 => 0,
        2..=5 => 1,
        n => n / 3,
    };
    known
        .into_iter()
        .map(|k| (distance(word, k, limit), k))
        .filter(|(d, _)| *d <= limit)
        .min_by_key(|(d, _)| *d)
        .map(|(_, k)| k)
}

/// A help text that names the nearest known word, or else the first few.
#[must_use]
pub fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = nearest(word, known.clone()) {
        return format!("did you mean `{near}`?");
    }
    let all: Vec<&str> = known.into_iter().take(13).collect();
    let shown: Vec<String> = all.iter().take(12).map(|k| format!("`{k}`")).collect();
    if all.is_empty() {
        "there is none yet".into()
    } else {
        format!("known here: {}{}", shown.join(", "), if all.len() > 12 { ", …" } else { "" })
    }
}

/// Edit distance, where two letters in the wrong order are one slip; given up above `limit`.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    // Rows of the table: entry `j` is the distance of the first letters of `a` to the first `j` of `b`.
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX - 1);
            let mut best = (at(&row, j) + usize::from(x != y)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            if let (Some(i), Some(j)) = (i.checked_sub(1), j.checked_sub(1))
                && a.get(i) == Some(y)
                && b.get(j) == Some(x)
            {
                best = best.min(at(&before, j) + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}
