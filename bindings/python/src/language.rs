//! The language of what is shown.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::prelude::*;
use xinpei::Label;
use xinpei::explain::words::Noun;

use crate::errors;

/// A language of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lang {
    Zh,
    En,
}

static CHINESE: AtomicBool = AtomicBool::new(false);

impl Lang {
    /// The language that was chosen last.
    pub(crate) fn current() -> Self {
        if CHINESE.load(Ordering::Relaxed) { Self::Zh } else { Self::En }
    }

    /// Its name in a rulebook.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The one of two texts that is in this language.
    pub(crate) const fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// The noun of a thing in this language.
    pub(crate) fn noun(self, noun: Noun) -> &'static str {
        noun.one(self.code())
    }

    /// The noun of several things in this language.
    pub(crate) fn nouns(self, noun: Noun) -> &'static str {
        noun.many(self.code())
    }
}

/// Chooses the language of what is shown, `"zh"` or `"en"`, and returns the one that holds now.
#[pyfunction]
#[pyo3(signature = (code=None))]
pub(crate) fn language(code: Option<&str>) -> PyResult<&'static str> {
    match code {
        None => {}
        Some("zh") => CHINESE.store(true, Ordering::Relaxed),
        Some("en") => CHINESE.store(false, Ordering::Relaxed),
        Some(other) => return Err(errors::input(format!("there is no language `{other}`; choose `zh` or `en`"))),
    }
    Ok(Lang::current().code())
}

/// A label in the language that was chosen.
pub(crate) fn said(label: &Label) -> String {
    label.text(Lang::current().code()).to_owned()
}

/// A label in all its languages.
pub(crate) fn all(label: &Label) -> BTreeMap<String, String> {
    label.iter().map(|(language, text)| (language.to_owned(), text.to_owned())).collect()
}
