//! A department folder: the register decides who is scored, every other file adds facts.

mod gather;
mod notice;
mod sources;

use std::sync::Arc;

use xinpei::check::typed::Department;
use xinpei::{Batch, Date, Error, Rulebook};

pub use notice::Notice;
pub use sources::Source;

use crate::mapping::{Bound, Mapping};
use crate::reject::Reject;

/// All that the departments delivered, joined by enterprise.
///
/// Nothing is lost on the way: the rows of the register are the batch's rows and the rejects of that
/// file, and every row of another file was attached to an enterprise or is a reject.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The dossiers, one a row of the register, in its order.
    pub batch: Batch,
    /// The names of the enterprises, row by row; empty where the register has none.
    pub names: Vec<String>,
    /// Rows that were left out, in the order of the mapping's files, then of lines.
    pub rejects: Vec<Reject>,
    /// What a reader should know about the files, in the order of the mapping.
    pub notices: Vec<Notice>,
    /// What was read, in the order of the mapping.
    pub files: Vec<FileCount>,
    bound: Arc<Bound>,
    departments: Arc<[Department]>,
}

/// How many rows of one file were used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileCount {
    /// The file, as the mapping names it.
    pub file: String,
    /// Rows, the header not among them.
    pub rows: usize,
    /// Rows that became part of a dossier.
    pub attached: usize,
    /// Rows that are rejects.
    pub rejected: usize,
}

impl Delivery {
    /// Reads every file that a mapping names.
    ///
    /// A file other than the register may be absent: its facts are then unknown for every
    /// enterprise, even those whose absence otherwise has a meaning, and its tables are missing
    /// rather than empty. A [`Notice`] says so.
    ///
    /// # Errors
    /// When the mapping names facts that the dictionary lacks (with all mistakes as
    /// [`Error::diagnostics`]); when the register is absent, a file cannot be read, is not text in
    /// its declared encoding, or lacks a column that the mapping names.
    pub fn read(mapping: &Mapping, rulebook: &Rulebook, as_of: Date) -> Result<Self, Error> {
        let bound = mapping.bind(rulebook.dictionary())?;
        let departments = &rulebook.typed().departments;
        let gathered = gather::gather(&bound)?;
        let notices = notice::notices(&bound, &gathered, departments, as_of);
        let gather::Gathered { batch, names, rejects, files, .. } = gathered;
        Ok(Self {
            batch,
            names,
            rejects,
            notices,
            files,
            bound: Arc::new(bound),
            departments: departments.as_slice().into(),
        })
    }
}

#[cfg(test)]
mod tests;
