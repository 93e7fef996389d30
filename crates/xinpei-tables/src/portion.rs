//! A number of dossiers at a time, from a file of any size.

use std::collections::HashMap;
use std::fs::File;
use std::path::Path;

use xinpei::{Batch, BatchBuilder, Dictionary, Error};

use crate::csv_in::CsvDossiers;
use crate::json_in::JsonDossiers;
use crate::reject::{Reject, key};
use crate::text::Encoding;

/// Some of the dossiers of an input.
#[derive(Clone, Debug)]
pub struct Portion {
    /// The dossiers.
    pub batch: Batch,
    /// The names of the enterprises, row by row; empty where the input has none.
    pub names: Vec<String>,
    /// Rows that were left out.
    pub rejects: Vec<Reject>,
    /// Rows that were read: as many as dossiers and rejects together.
    pub rows: usize,
}

/// An input of dossiers in one file: CSV by the ending `.csv`, else JSON lines or one dossier.
#[derive(Debug)]
pub enum Dossiers {
    /// One row a dossier.
    Csv(CsvDossiers<File>),
    /// One line a dossier, or one dossier.
    Json(JsonDossiers<File>),
}

impl Dossiers {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be read, or the header of a CSV file does not fit the dictionary.
    pub fn open(path: &Path, encoding: Encoding, dictionary: &Dictionary) -> Result<Self, Error> {
        let csv = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
        Ok(if csv {
            Self::Csv(CsvDossiers::open(path, encoding, dictionary)?)
        } else {
            Self::Json(JsonDossiers::open(path, dictionary)?)
        })
    }

    /// Up to `most` more rows; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read further.
    pub fn portion(&mut self, most: usize) -> Result<Option<Portion>, Error> {
        match self {
            Self::Csv(input) => input.portion(most),
            Self::Json(input) => input.portion(most),
        }
    }
}

/// What both kinds of input share: keys are checked, each enterprise is taken once.
#[derive(Debug)]
pub(crate) struct Taker {
    file: String,
    pub(crate) dictionary: Dictionary,
    /// The line of each enterprise; looked up, never walked through.
    seen: HashMap<String, u64>,
    builder: BatchBuilder,
    names: Vec<String>,
    rejects: Vec<Reject>,
    rows: usize,
}

impl Taker {
    pub(crate) fn new(file: &str, dictionary: &Dictionary) -> Self {
        Self {
            file: file.to_owned(),
            dictionary: dictionary.clone(),
            seen: HashMap::new(),
            builder: BatchBuilder::new(dictionary),
            names: Vec::new(),
            rejects: Vec::new(),
            rows: 0,
        }
    }

    /// How many rows the portion has so far.
    pub(crate) const fn rows(&self) -> usize {
        self.rows
    }

    /// Takes a row if its key is right and new; `fill` then sets its facts.
    pub(crate) fn take(&mut self, line: u64, enterprise: &str, name: &str, fill: impl FnOnce(&mut BatchBuilder, &str)) {
        let key = match key(enterprise, self.dictionary.uscc) {
            Ok(key) => key,
            Err(reason) => return self.reject(line, enterprise, reason),
        };
        if let Some(first) = self.seen.get(&key) {
            let reason = format!("repeated: line {first} has the enterprise already");
            return self.reject(line, enterprise, reason);
        }
        self.rows += 1;
        self.names.push(name.to_owned());
        fill(&mut self.builder, &key);
        self.seen.insert(key, line);
    }

    pub(crate) fn reject(&mut self, line: u64, enterprise: &str, reason: String) {
        self.rows += 1;
        self.rejects.push(Reject { file: self.file.clone(), line, enterprise: enterprise.to_owned(), reason });
    }

    /// What was taken since the last portion; `None` if nothing was.
    pub(crate) fn portion(&mut self) -> Option<Portion> {
        if self.rows == 0 {
            return None;
        }
        let builder = std::mem::replace(&mut self.builder, BatchBuilder::new(&self.dictionary));
        Some(Portion {
            batch: builder.finish(),
            names: std::mem::take(&mut self.names),
            rejects: std::mem::take(&mut self.rejects),
            rows: std::mem::take(&mut self.rows),
        })
    }
}
