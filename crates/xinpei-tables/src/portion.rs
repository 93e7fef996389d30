//! A number of dossiers at a time, from a file of any size.

use xinpei::{Batch, BatchBuilder, Date, Dictionary};

use crate::reject::{Reject, key};
use crate::seen::Seen;

/// Some of the dossiers of an input.
#[derive(Clone, Debug)]
pub struct Portion {
    /// The dossiers.
    pub batch: Batch,
    /// The names of the enterprises, row by row; empty where the input has none.
    pub names: Vec<String>,
    /// The dates on which they are decided, row by row; empty where one date holds for all.
    pub dates: Vec<Date>,
    /// Rows that were left out.
    pub rejects: Vec<Reject>,
    /// Rows that were read: as many as dossiers and rejects together.
    pub rows: usize,
}

/// Takes dossiers row by row, whoever reads them: keys are checked, each enterprise is taken once, and
/// what is not taken is a [`Reject`].
#[derive(Debug)]
pub struct Taker {
    file: String,
    pub(crate) dictionary: Dictionary,
    seen: Seen,
    builder: BatchBuilder,
    names: Vec<String>,
    dates: Vec<Date>,
    rejects: Vec<Reject>,
    rows: usize,
}

impl Taker {
    /// Nothing is taken yet; `file` is where rejects are said to come from.
    #[must_use]
    pub fn new(file: &str, dictionary: &Dictionary) -> Self {
        Self {
            file: file.to_owned(),
            dictionary: dictionary.clone(),
            seen: Seen::default(),
            builder: BatchBuilder::new(dictionary),
            names: Vec::new(),
            dates: Vec::new(),
            rejects: Vec::new(),
            rows: 0,
        }
    }

    /// How many rows the portion has so far.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// Takes a row if its key is right and new; `fill` then starts the row with the key that it is given
    /// and sets its facts. `date` is the row's own.
    pub fn take(
        &mut self,
        line: u64,
        enterprise: &str,
        name: &str,
        date: Option<Date>,
        fill: impl FnOnce(&mut BatchBuilder, &str),
    ) {
        let taken = key(enterprise, self.dictionary.uscc).and_then(|key| {
            self.seen.take(&key, date, line).map(|()| key).map_err(|first| repeated("line", first, date))
        });
        match taken {
            Ok(key) => {
                self.rows += 1;
                self.names.push(name.to_owned());
                self.dates.extend(date);
                fill(&mut self.builder, &key);
            }
            Err(reason) => self.reject(line, enterprise, reason),
        }
    }

    /// Leaves a row out, for a reason in one line.
    pub fn reject(&mut self, line: u64, enterprise: &str, reason: String) {
        self.rows += 1;
        self.rejects.push(Reject { file: self.file.clone(), line, enterprise: enterprise.to_owned(), reason });
    }

    /// What was taken since the last portion; `None` if nothing was.
    #[must_use]
    pub fn portion(&mut self) -> Option<Portion> {
        if self.rows == 0 {
            return None;
        }
        let builder = std::mem::replace(&mut self.builder, BatchBuilder::new(&self.dictionary));
        Some(Portion {
            batch: builder.finish(),
            names: std::mem::take(&mut self.names),
            dates: std::mem::take(&mut self.dates),
            rejects: std::mem::take(&mut self.rejects),
            rows: std::mem::take(&mut self.rows),
        })
    }
}

/// Why a row whose enterprise was there before is a reject.
pub(crate) fn repeated(noun: &str, first: u32, date: Option<Date>) -> String {
    let on = date.map_or_else(String::new, |date| format!(" on {date}"));
    format!("repeated: {noun} {first} has the enterprise already{on}")
}
