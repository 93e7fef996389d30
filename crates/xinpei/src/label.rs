//! A text in each language of a rulebook.

use std::sync::Arc;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

/// One text in each language of the rulebook, in the rulebook's order of languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label(Arc<[(Arc<str>, Arc<str>)]>);

impl Label {
    /// A label from pairs of language and text.
    pub fn new<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(texts.into_iter().map(|(language, text)| (language.into(), text.into())).collect())
    }

    /// The text in `language`, or in the first language of the rulebook.
    #[must_use]
    pub fn text(&self, language: &str) -> &str {
        self.0.iter().find(|(l, _)| &**l == language).or_else(|| self.0.first()).map_or("", |(_, text)| text)
    }

    /// All pairs of language and text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(l, t)| (&**l, &**t))
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (language, text) in self.iter() {
            map.serialize_entry(language, text)?;
        }
        map.end()
    }
}
