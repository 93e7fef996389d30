//! What cannot be carried, and what an import brings.

use std::fmt;

use xinpei::Error;
use xinpei::author::folder::RuleFiles;
use xinpei::diagnostic::suggest;

/// Most things that one list has; whoever mends so many looks again.
const LISTED: usize = 500;

/// One thing that cannot be carried, or that reads otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// The line of the file that was read; 0 where there is none.
    pub line: u32,
    /// The element, column or rule.
    pub place: String,
    /// What about it, in words.
    pub what: String,
}

impl Item {
    /// An item with a place and no line.
    pub fn new(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { line: 0, place: place.into(), what: what.into() }
    }

    /// The same at a line.
    #[must_use]
    pub fn at(mut self, line: u32) -> Self {
        self.line = line;
        self
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Why nothing was brought in or out.
#[derive(Clone, Debug)]
pub enum Failure {
    /// A file cannot be read or written, or is not of the format.
    Error(Error),
    /// The format and the rules do not fit; everything that does not.
    Refused(Vec<Item>),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Error(error) => error.fmt(f),
            Self::Refused(items) => {
                write!(f, "{} cannot be carried:", if items.len() == 1 { "one thing" } else { "some things" })?;
                items.iter().try_for_each(|item| write!(f, "\n  {item}"))
            }
        }
    }
}

impl std::error::Error for Failure {}

/// A scorecard that was brought in.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The rule files; they check clean, and their cases pass.
    pub files: RuleFiles,
    /// The name that the other program uses for each fact: pairs of name and id.
    pub names: Vec<(String, String)>,
    /// What reads otherwise than before.
    pub notes: Vec<Item>,
}

/// Gathers what is refused and what is noted.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) refused: Vec<Item>,
    pub(crate) notes: Vec<Item>,
}

impl Findings {
    pub(crate) fn refuse(&mut self, line: u32, place: impl Into<String>, what: impl Into<String>) {
        if self.refused.len() >= LISTED {
            return;
        }
        let item = Item::new(place, what).at(line);
        if !self.refused.contains(&item) {
            self.refused.push(item);
        }
    }

    pub(crate) fn note(&mut self, line: u32, place: impl Into<String>, what: impl Into<String>) {
        let item = Item::new(place, what).at(line);
        if !self.notes.contains(&item) {
            self.notes.push(item);
        }
    }

    /// What the caller says about fields that there are not.
    pub(crate) fn strangers<'a>(
        &mut self,
        given: impl Iterator<Item = &'a String>,
        known: impl Iterator<Item = &'a str> + Clone,
    ) {
        for name in given {
            if !known.clone().any(|k| k == name) {
                self.refuse(
                    0,
                    format!("`{name}`"),
                    format!("there is no such field; {}", suggest(name, known.clone())),
                );
            }
        }
    }

    /// An error once something is refused.
    pub(crate) fn settle(&mut self) -> Result<(), Failure> {
        if self.refused.is_empty() {
            return Ok(());
        }
        self.refused.sort();
        Err(Failure::Refused(std::mem::take(&mut self.refused)))
    }
}
