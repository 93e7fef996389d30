//! What a reader should know about the files of a delivery.

use std::collections::BTreeSet;
use std::fmt;

use xinpei::check::typed::Department;
use xinpei::diagnostic::nearest;
use xinpei::{Date, Dictionary};

use super::gather::Gathered;
use crate::mapping::Bound;

/// Something about one file that changes no fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The file is not there; its facts are unknown for every enterprise.
    Absent {
        /// The file.
        file: String,
        /// The ids of the facts that are unknown.
        facts: Vec<String>,
    },
    /// The department should have delivered again before the as-of date.
    Late {
        /// The file.
        file: String,
        /// The id of the department.
        department: String,
        /// The day it delivered.
        delivered: Date,
        /// The last day on which the file was fresh, by the department's `refresh`.
        due: Date,
        /// Days from then to the as-of date.
        days: i32,
        /// Completed civil months from then to the as-of date.
        months: i32,
    },
    /// The file was delivered after the as-of date, so it may know what nobody knew then.
    AfterAsOf {
        /// The file.
        file: String,
        /// The day it was delivered.
        delivered: Date,
    },
    /// Sheets of a spreadsheet after the first, which are not read.
    Sheets {
        /// The file.
        file: String,
        /// The sheets, in their order.
        sheets: Vec<String>,
    },
    /// Columns that the mapping neither uses nor ignores.
    Unclaimed {
        /// The file.
        file: String,
        /// The columns, in the order of the header.
        columns: Vec<String>,
    },
    /// Columns that are named by no fact, in a file whose columns are named by facts.
    NoFact {
        /// The file.
        file: String,
        /// The columns, each with the fact that may have been meant.
        columns: Vec<(String, Option<String>)>,
    },
}

impl Notice {
    /// The file that it is about.
    #[must_use]
    pub fn file(&self) -> &str {
        match self {
            Self::Absent { file, .. }
            | Self::Late { file, .. }
            | Self::AfterAsOf { file, .. }
            | Self::Sheets { file, .. }
            | Self::Unclaimed { file, .. }
            | Self::NoFact { file, .. } => file,
        }
    }

    /// Whether a file with these facts is old, or of the future. A file is as old as the day it was
    /// delivered; each department whose facts it holds has its own idea of how old that may be.
    pub(crate) fn late(
        (file, delivered): (&str, Option<Date>),
        facts: &BTreeSet<usize>,
        dictionary: &Dictionary,
        departments: &[Department],
        as_of: Date,
    ) -> Vec<Self> {
        let Some(delivered) = delivered else { return Vec::new() };
        let file = file.to_owned();
        if delivered > as_of {
            return vec![Self::AfterAsOf { file, delivered }];
        }
        let owners: BTreeSet<usize> =
            facts.iter().filter_map(|at| Some(dictionary.facts().get(*at)?.department)).collect();
        let late = |department: &Department| {
            let (days, months) = department.refresh?;
            let due = Date::from_days(delivered.add_months(i32::from(months)).days() + i32::from(days));
            (due < as_of).then(|| Self::Late {
                file: file.clone(),
                department: department.id.clone(),
                delivered,
                due,
                days: as_of.days() - due.days(),
                months: due.months_until(as_of),
            })
        };
        owners.into_iter().filter_map(|at| late(departments.get(at)?)).collect()
    }

    /// What to say of sheets that are not read, if there are any.
    pub(crate) fn of_sheets(file: &str, sheets: &[String]) -> Option<Self> {
        (!sheets.is_empty()).then(|| Self::Sheets { file: file.to_owned(), sheets: sheets.to_vec() })
    }

    /// What to say of columns that nothing claims, if there are any; `facts` is the dictionary where
    /// columns are named by facts.
    pub(crate) fn left_over(file: &str, columns: Vec<String>, facts: Option<&Dictionary>) -> Option<Self> {
        if columns.is_empty() {
            return None;
        }
        let file = file.to_owned();
        let Some(dictionary) = facts else { return Some(Self::Unclaimed { file, columns }) };
        let meant = |column: String| {
            let known = dictionary.facts().iter().map(|f| f.id.as_str());
            let near = nearest(&column, known).map(str::to_owned);
            (column, near)
        };
        Some(Self::NoFact { file, columns: columns.into_iter().map(meant).collect() })
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |words: &[String]| words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Absent { file, facts } => {
                write!(f, "`{file}` is absent; unknown for every enterprise: {}", list(facts))
            }
            Self::Late { file, department, delivered, due, days, months } => {
                write!(
                    f,
                    "`{file}` was delivered on {delivered} and was fresh until {due} by the refresh of `{department}`: "
                )?;
                match (days, months) {
                    (1, _) => f.write_str("1 day late"),
                    (_, 0) => write!(f, "{days} days late"),
                    (_, 1) => write!(f, "{days} days (1 month) late"),
                    _ => write!(f, "{days} days ({months} months) late"),
                }
            }
            Self::AfterAsOf { file, delivered } => {
                write!(f, "`{file}` was delivered on {delivered}, after the as-of date")
            }
            Self::Sheets { file, sheets } => {
                write!(f, "`{file}` has more sheets than the first, which were not read: {}", list(sheets))
            }
            Self::Unclaimed { file, columns } => {
                write!(f, "`{file}` has columns that the mapping neither uses nor ignores: {}", list(columns))
            }
            Self::NoFact { file, columns } => {
                let one = |(column, near): &(String, Option<String>)| match near {
                    Some(near) => format!("`{column}` (did you mean `{near}`?)"),
                    None => format!("`{column}`"),
                };
                let all: Vec<String> = columns.iter().map(one).collect();
                write!(f, "`{file}` has columns that are no facts and were not read: {}", all.join(", "))
            }
        }
    }
}

/// All notices, in the order of the mapping's files.
pub(super) fn notices(bound: &Bound, gathered: &Gathered, departments: &[Department], as_of: Date) -> Vec<Notice> {
    let mut notices = Vec::new();
    let said = gathered.unclaimed.iter().zip(&gathered.sheets);
    for ((file, absent), (unclaimed, sheets)) in bound.files.iter().zip(&gathered.absent).zip(said) {
        if *absent {
            let facts = file.facts().into_iter().filter_map(|at| Some(bound.dictionary.facts().get(at)?.id.clone()));
            notices.push(Notice::Absent { file: file.file.clone(), facts: facts.collect() });
            continue;
        }
        notices.extend(Notice::late(
            (&file.file, file.delivered),
            &file.facts(),
            &bound.dictionary,
            departments,
            as_of,
        ));
        notices.extend(sheets.clone());
        if !unclaimed.is_empty() {
            notices.push(Notice::Unclaimed { file: file.file.clone(), columns: unclaimed.clone() });
        }
    }
    notices
}
