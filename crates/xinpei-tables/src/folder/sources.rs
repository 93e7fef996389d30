//! Where the facts of one enterprise came from, found by reading the files again.

use std::collections::BTreeSet;

use xinpei::check::typed::FactKind;
use xinpei::{Date, Error};

use super::Delivery;
use crate::mapping::Role;
use crate::reject::key;
use crate::rows::Rows;

/// One cell that a fact of an enterprise came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The fact, or a field of an event as `court.cases.due`.
    pub fact: String,
    /// The id of the department that the dictionary says owns it.
    pub department: String,
    /// The file, as the mapping names it.
    pub file: String,
    /// The line on which the row starts, counted from 1.
    pub line: u64,
    /// The column.
    pub column: String,
    /// The text of the cell, as it was delivered.
    pub text: String,
    /// The day the file was delivered, if the mapping says so.
    pub delivered: Option<Date>,
}

impl Delivery {
    /// The cells that the facts of one enterprise came from, in the order of the mapping's files,
    /// then of lines and columns; blank cells and rejected rows are not among them.
    ///
    /// The files are read again: this is for one enterprise, not for all.
    ///
    /// # Errors
    /// When a file can no longer be read as it was.
    pub fn sources(&self, enterprise: &str) -> Result<Vec<Source>, Error> {
        let dictionary = &self.bound.dictionary;
        let Ok(wanted) = key(enterprise, dictionary.uscc) else { return Ok(Vec::new()) };
        // What becomes a right code is one: nothing is checked again.
        let is_wanted = |cell: &str| cell == wanted || (dictionary.uscc && xinpei::uscc::normalise(cell) == wanted);
        let rejected: BTreeSet<(&str, u64)> = self.rejects.iter().map(|r| (r.file.as_str(), r.line)).collect();
        let mut sources = Vec::new();
        for file in self.bound.files.iter().filter(|f| f.path.exists()) {
            let mut rows = Rows::open(&file.file, &file.path, file.encoding)?;
            let at = rows.column(&file.key)?;
            let places =
                file.columns.iter().map(|c| Ok((rows.column(&c.column)?, c))).collect::<Result<Vec<_>, Error>>()?;
            rows.want(at, None, false)?;
            for (at, column) in &places {
                rows.want(*at, column.digits, column.number)?;
            }
            while let Some(row) = rows.next()? {
                let here = row.wrong.is_none() && is_wanted(row.cell(at));
                if !here || rejected.contains(&(file.file.as_str(), row.line)) {
                    continue;
                }
                for (at, column) in places.iter().filter(|(at, _)| !row.cell(*at).is_empty()) {
                    let index = if let Role::Events(table) = file.role { table } else { column.target };
                    let Some(fact) = dictionary.facts().get(index) else { continue };
                    let field = match (&fact.kind, file.role) {
                        (FactKind::Events(events), Role::Events(_)) => events.fields.get(column.target),
                        _ => None,
                    };
                    sources.push(Source {
                        fact: field.map_or_else(|| fact.id.clone(), |f| format!("{}.{}", fact.id, f.id)),
                        department: self.departments.get(fact.department).map_or_else(String::new, |d| d.id.clone()),
                        file: file.file.clone(),
                        line: row.line,
                        column: column.column.clone(),
                        text: row.cell(*at).to_owned(),
                        delivered: file.delivered,
                    });
                }
            }
        }
        Ok(sources)
    }
}
