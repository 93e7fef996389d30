//! What the decisions of a run add up to.

use std::fmt::Write;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_buffer::NullBuffer;
use xinpei::explain::words::{self, Noun};
use xinpei::{FaultKind, Rulebook, Status};
use xinpei_tables::Reject;

use crate::columns::{Columns, bar, safe};
use crate::failure::Failure;
use crate::language::Lang;
use crate::output::Context;

/// How many faults and rejects are shown.
pub(super) const SHOWN: usize = 20;

/// Columns that a tally reads.
pub(super) const COLUMNS: &str = "enterprise,status,grade,faults";

/// Counts of decisions and rejects, in the order of the input.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Rows that should become decisions.
    rows: u64,
    decisions: u64,
    /// Rows among `rows` that were left out.
    rejected: u64,
    /// Rows of the other files of a folder, and how many of them belong to an enterprise.
    others: Option<(u64, u64)>,
    /// Rated enterprises by grade, best first.
    grades: Vec<u64>,
    unrated: u64,
    refer: u64,
    faults: u64,
    first_faults: Vec<[String; 4]>,
    rejects: u64,
    first_rejects: Vec<Reject>,
}

impl Tally {
    /// Counts rows that were read.
    pub(super) const fn read(&mut self, rows: u64, rejected: u64) {
        self.rows += rows;
        self.rejected += rejected;
    }

    /// Counts rows of files that only add facts.
    pub(super) const fn others(&mut self, others: Option<(u64, u64)>) {
        self.others = others;
    }

    /// Counts rejects, of whatever file.
    pub(super) fn reject(&mut self, rejects: &[Reject]) {
        self.rejects += count(rejects.len());
        let room = SHOWN.saturating_sub(self.first_rejects.len());
        self.first_rejects.extend(rejects.iter().take(room).cloned());
    }

    /// Counts decisions.
    pub(super) fn add(&mut self, rulebook: &Rulebook, records: &RecordBatch, lang: Lang) -> Result<(), Failure> {
        let grades = &rulebook.typed().grades;
        self.grades.resize(grades.len(), 0);
        self.decisions += count(records.num_rows());
        let column = |name: &str| records.column_by_name(name).and_then(Words::new).ok_or_else(misfit);
        let (status, grade) = (column("status")?, column("grade")?);
        // What each key of a dictionary stands for.
        let statuses: Vec<Option<Status>> = status.words.iter().map(|word| word.and_then(status_of)).collect();
        let places: Vec<Option<usize>> =
            grade.words.iter().map(|name| grades.iter().position(|g| Some(g.id.as_str()) == name)).collect();
        for row in 0..records.num_rows() {
            match status.key(row).and_then(|key| *statuses.get(key)?).ok_or_else(misfit)? {
                Status::Refer => self.refer += 1,
                Status::Unrated => self.unrated += 1,
                Status::Rated => {
                    let place = grade.key(row).and_then(|key| *places.get(key)?);
                    if let Some(count) = place.and_then(|place| self.grades.get_mut(place)) {
                        *count += 1;
                    }
                }
            }
        }
        self.add_faults(records, lang).ok_or_else(misfit)
    }

    fn add_faults(&mut self, records: &RecordBatch, lang: Lang) -> Option<()> {
        let list = records.column_by_name("faults")?.as_list_opt::<i32>()?;
        let more = list.value_offsets().last()? - list.value_offsets().first()?;
        self.faults += u64::try_from(more).ok()?;
        if more == 0 || self.first_faults.len() >= SHOWN {
            return Some(());
        }
        let enterprises = records.column_by_name("enterprise")?.as_string_opt::<i32>()?;
        for row in 0..list.len() {
            let faults = list.value(row);
            let faults = faults.as_struct_opt()?;
            let facts = faults.column_by_name("fact")?.as_string_opt::<i32>()?;
            let kinds = Words::new(faults.column_by_name("kind")?)?;
            let values = faults.column_by_name("value")?.as_string_opt::<i32>()?;
            for fault in 0..faults.len() {
                if self.first_faults.len() >= SHOWN {
                    return Some(());
                }
                let word = kinds.get(fault)?;
                let kind = FaultKind::ALL.iter().find(|kind| kind.word() == word)?;
                self.first_faults.push([
                    safe(enterprises.value(row)),
                    facts.value(fault).to_owned(),
                    words::fault(*kind, lang.code()).to_owned(),
                    safe(values.value(fault)),
                ]);
            }
        }
        Some(())
    }

    /// How many rows there were.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether there are rejects.
    pub(super) const fn rejects(&self) -> u64 {
        self.rejects
    }

    /// Makes sure that nothing was lost. `total` is how many rows the input says it has.
    pub(super) fn check(&self, total: Option<u64>) -> Result<(), Failure> {
        if self.rows == self.decisions + self.rejected && total.is_none_or(|total| total == self.rows) {
            return Ok(());
        }
        Err(Failure::error(format!(
            "rows were lost: {} were read{}, {} became decisions and {} rejects; this is a mistake of the program, and nothing was written",
            self.rows,
            total.map_or_else(String::new, |total| format!(" of {total}")),
            self.decisions,
            self.rejected
        )))
    }

    /// Decisions by grade, faults and rejects, and that nothing was lost. `written` says that all
    /// rejects stand in a file.
    pub(super) fn summary(&self, rulebook: &Rulebook, context: &Context, written: bool) -> String {
        let mut text = format!("\n{}", self.by_grade(rulebook, context));
        text.push_str(&self.faults(context));
        text.push_str(&self.list_rejects(context, written));
        let _ = writeln!(text, "\n{}", self.counts(context.lang));
        text
    }

    /// That nothing was lost, in two lines.
    pub(super) fn counts(&self, lang: Lang) -> String {
        let (rows, decisions, rejected) = (self.rows, self.decisions, self.rejected);
        let mut text = match lang {
            Lang::Zh => format!("输入 {rows} 行 = 决定 {decisions} 户 + 拒收 {rejected} 行"),
            Lang::En => format!("rows in {rows} = decisions {decisions} + rejects {rejected}"),
        };
        if let Some((rows, attached)) = self.others {
            let rejected = rows.saturating_sub(attached);
            let _ = match lang {
                Lang::Zh => write!(text, "\n其他文件 {rows} 行 = 归入企业 {attached} 行 + 拒收 {rejected} 行"),
                Lang::En => write!(text, "\nrows of other files {rows} = attached {attached} + rejects {rejected}"),
            };
        }
        text
    }

    /// Decisions by grade, each with its share.
    fn by_grade(&self, rulebook: &Rulebook, context: &Context) -> String {
        let lang = context.lang;
        let mut columns = Columns::default().right(&[2, 3]);
        let mut row = |name: &str, meaning: &str, count: u64| {
            columns.row([
                name.to_owned(),
                meaning.to_owned(),
                count.to_string(),
                words::percent(count, self.decisions),
                bar(i128::from(count), i128::from(self.decisions), 40),
            ]);
        };
        for (grade, count) in rulebook.typed().grades.iter().zip(self.grades.iter().chain(std::iter::repeat(&0))) {
            row(&grade.id, grade.label.text(lang.code()), *count);
        }
        for (status, count) in [(Status::Unrated, self.unrated), (Status::Refer, self.refer)] {
            if count > 0 {
                row(words::status(status, lang.code()), "", count);
            }
        }
        columns.render(context.width)
    }

    /// The first faults, and how many more there are.
    fn faults(&self, context: &Context) -> String {
        if self.faults == 0 {
            return String::new();
        }
        let lang = context.lang;
        let mut text = format!("\n{} ({})\n", lang.nouns(Noun::Fault), self.faults);
        let mut columns = Columns::indented(2);
        self.first_faults.iter().for_each(|cells| columns.row(cells.clone()));
        text.push_str(&columns.render(context.width));
        let more = self.faults.saturating_sub(count(self.first_faults.len()));
        if more > 0 {
            let hint = lang.pick("其余见 --format json", "all of them with --format json");
            let _ = writeln!(text, "  … {more} {}; {hint}", lang.pick("条", "more"));
        }
        text
    }

    /// The first rejects, and how many more there are.
    fn list_rejects(&self, context: &Context, written: bool) -> String {
        if self.rejects == 0 {
            return String::new();
        }
        let lang = context.lang;
        let mut text = format!("\n{} ({})\n", lang.nouns(Noun::Reject), self.rejects);
        let mut columns = Columns::indented(2);
        for reject in &self.first_rejects {
            columns.row([
                format!("{}:{}", safe(&reject.file), reject.line),
                safe(&reject.enterprise),
                safe(&reject.reason),
            ]);
        }
        text.push_str(&columns.render(context.width));
        let more = self.rejects.saturating_sub(count(self.first_rejects.len()));
        if more > 0 {
            let hint = if written { "" } else { hint(lang) };
            let _ = writeln!(text, "  … {more} {}{hint}", lang.pick("行", "more"));
        }
        text
    }
}

/// How to see all rejects.
pub(super) const fn hint(lang: Lang) -> &'static str {
    lang.pick("；全部写入文件用 --rejects", "; all of them with --rejects FILE")
}

/// A column of words, each a key into a dictionary.
pub(super) struct Words<'a> {
    keys: Vec<usize>,
    nulls: Option<&'a NullBuffer>,
    pub(super) words: &'a StringArray,
}

impl<'a> Words<'a> {
    pub(super) fn new(array: &'a ArrayRef) -> Option<Self> {
        let dictionary = array.as_any_dictionary_opt()?;
        let words = dictionary.values().as_string_opt::<i32>()?;
        let keys = if words.is_empty() { Vec::new() } else { dictionary.normalized_keys() };
        Some(Self { keys, nulls: array.nulls(), words })
    }

    /// The key of a row; `None` where there is no word.
    pub(super) fn key(&self, row: usize) -> Option<usize> {
        self.keys.get(row).copied().filter(|_| self.nulls.is_none_or(|nulls| nulls.is_valid(row)))
    }

    /// The word of a row.
    pub(super) fn get(&self, row: usize) -> Option<&'a str> {
        self.key(row).filter(|key| *key < self.words.len()).map(|key| self.words.value(key))
    }
}

pub(super) fn status_of(word: &str) -> Option<Status> {
    [Status::Rated, Status::Unrated, Status::Refer].into_iter().find(|status| status.word() == word)
}

pub(super) fn misfit() -> Failure {
    Failure::error("a column of the decisions is not as expected; this is a mistake of the program")
}

pub(super) fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
