//! What the decisions of a run add up to.

use std::fmt::Write;

use xinpei::check::typed::Typed;
use xinpei::explain::decision::{Decision, Status};
use xinpei::{Fault, Rulebook};

use crate::columns::{Columns, bar, safe};
use crate::output::Context;
use crate::words;

/// How many faults and rejects are shown.
pub(super) const SHOWN: usize = 20;

/// Counts of decisions; those of several batches are merged in the order of the input.
#[derive(Debug, Default)]
pub(super) struct Tally {
    decisions: usize,
    /// Rated enterprises by grade, best first.
    grades: Vec<usize>,
    unrated: usize,
    refer: usize,
    faults: usize,
    first_faults: Vec<(String, Fault)>,
}

impl Tally {
    /// Counts a decision.
    pub(super) fn add(&mut self, typed: &Typed, decision: &Decision) {
        self.grades.resize(typed.grades.len(), 0);
        self.decisions += 1;
        match decision.status {
            Status::Refer => self.refer += 1,
            Status::Unrated => self.unrated += 1,
            Status::Rated => {
                let index = typed.grades.iter().position(|g| Some(&g.id) == decision.grade.as_ref());
                if let Some(count) = index.and_then(|i| self.grades.get_mut(i)) {
                    *count += 1;
                }
            }
        }
        self.faults += decision.faults.len();
        let room = SHOWN.saturating_sub(self.first_faults.len());
        self.first_faults.extend(decision.faults.iter().take(room).map(|f| (decision.enterprise.clone(), f.clone())));
    }

    /// Adds the counts of the batch that follows.
    pub(super) fn merge(&mut self, next: Self) {
        self.decisions += next.decisions;
        self.grades.resize(self.grades.len().max(next.grades.len()), 0);
        self.grades.iter_mut().zip(next.grades).for_each(|(count, more)| *count += more);
        self.unrated += next.unrated;
        self.refer += next.refer;
        self.faults += next.faults;
        let room = SHOWN.saturating_sub(self.first_faults.len());
        self.first_faults.extend(next.first_faults.into_iter().take(room));
    }

    /// How many decisions there are.
    pub(super) const fn decisions(&self) -> usize {
        self.decisions
    }

    /// Decisions by grade, each with its share.
    pub(super) fn by_grade(&self, rulebook: &Rulebook, context: &Context) -> String {
        let lang = context.lang;
        let mut columns = Columns::default().right(&[2, 3]);
        let mut row = |name: &str, meaning: &str, count: usize| {
            columns.row([
                name.to_owned(),
                meaning.to_owned(),
                count.to_string(),
                percent(count, self.decisions),
                share(count, self.decisions),
            ]);
        };
        for (grade, count) in rulebook.typed().grades.iter().zip(self.grades.iter().chain(std::iter::repeat(&0))) {
            row(&grade.id, grade.label.text(lang.code()), *count);
        }
        for (status, count) in [(Status::Unrated, self.unrated), (Status::Refer, self.refer)] {
            if count > 0 {
                row(words::status(status, lang), "", count);
            }
        }
        columns.render(context.width)
    }

    /// The first faults, and how many more there are.
    pub(super) fn faults(&self, context: &Context) -> String {
        if self.faults == 0 {
            return String::new();
        }
        let lang = context.lang;
        let mut text = format!("\n{} ({})\n", lang.pick("数据错误", "faults"), self.faults);
        let mut columns = Columns::indented(2);
        for (enterprise, fault) in &self.first_faults {
            columns.row(
                [&safe(enterprise), &fault.fact, words::fault(fault.kind, lang), &safe(&fault.value)].map(String::from),
            );
        }
        text.push_str(&columns.render(context.width));
        if self.faults > SHOWN {
            let hint = lang.pick("其余见 --format json", "all of them with --format json");
            let _ = writeln!(text, "  … {} {}; {hint}", self.faults - SHOWN, lang.pick("条", "more"));
        }
        text
    }
}

/// A share in percent, to one digit.
fn percent(count: usize, whole: usize) -> String {
    let permille = (count * 2000 + whole).checked_div(whole * 2).unwrap_or(0);
    format!("{}.{} %", permille / 10, permille % 10)
}

fn share(count: usize, whole: usize) -> String {
    let number = |n: usize| i128::try_from(n).unwrap_or(i128::MAX);
    bar(number(count), number(whole), 40)
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn shares_are_rounded_to_one_digit() {
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(2, 3), "66.7 %");
        assert_eq!(percent(500, 500), "100.0 %");
        assert_eq!(percent(0, 0), "0.0 %");
    }
}
