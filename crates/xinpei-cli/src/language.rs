//! The language of what the command says.

use std::env;

use clap::ValueEnum;
use xinpei::explain::words::Noun;

/// A language of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// Chinese
    Zh,
    /// English
    En,
}

impl Lang {
    /// Chinese where the environment asks for it, else English.
    pub(crate) fn of_environment() -> Self {
        let first =
            ["LC_ALL", "LANG"].into_iter().filter_map(|name| env::var(name).ok()).find(|value| !value.is_empty());
        if first.is_some_and(|value| value.to_ascii_lowercase().starts_with("zh")) { Self::Zh } else { Self::En }
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
