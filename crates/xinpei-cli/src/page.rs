//! What pages of text share: the record that is shown, its language, headings, and what is left out.

use std::fmt::Write;

use xinpei::explain::decision::Status;
use xinpei::explain::words::{self, Noun};
use xinpei::{Label, Rulebook};

use crate::columns::safe;
use crate::output::Context;

/// Everything that a page about a portfolio is made of.
pub(crate) struct Page<'a, R> {
    pub(crate) context: &'a Context,
    pub(crate) rulebook: &'a Rulebook,
    pub(crate) record: &'a R,
    /// How many rows are shown under each heading.
    pub(crate) shown: usize,
}

impl<R> Page<'_, R> {
    /// The one of two texts that is in the language of the page.
    pub(crate) fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.context.lang.pick(zh, en)
    }

    /// The noun of a thing in the language of the page.
    pub(crate) fn noun(&self, noun: Noun) -> &'static str {
        self.context.lang.noun(noun)
    }

    /// That there is no grade.
    pub(crate) fn unrated(&self) -> &'static str {
        words::status(Status::Unrated, self.context.lang.code())
    }

    /// A label in the language of the page.
    pub(crate) fn label(&self, label: &Label) -> String {
        safe(label.text(self.context.lang.code()))
    }

    /// A heading.
    pub(crate) fn heading(&self, (zh, en): (&str, &str), text: &mut String) {
        let _ = writeln!(text, "\n{}", self.context.bold(self.say(zh, en)));
    }

    /// A heading with how many there are.
    pub(crate) fn counted(&self, (zh, en): (&str, &str), count: usize, text: &mut String) {
        let _ = writeln!(text, "\n{}", self.context.bold(&format!("{} ({count})", self.say(zh, en))));
    }

    /// How many of all are not shown; `what` is what Chinese counts them by.
    pub(crate) fn more(&self, all: usize, what: &str, text: &mut String) {
        if all > self.shown {
            let left = all - self.shown;
            let _ = match self.context.lang.code() {
                "zh" => writeln!(text, "  … {left} {what}；全部见 --format json"),
                _ => writeln!(text, "  … {left} more; all of them with --format json"),
            };
        }
    }
}
