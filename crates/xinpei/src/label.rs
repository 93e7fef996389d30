//! A text in each language of a rulebook.

use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

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

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Label;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text in each language")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Label, A::Error> {
                // The order of languages is part of a label, which a map of the library would lose.
                let mut texts = Vec::new();
                while let Some((language, text)) = map.next_entry::<String, String>()? {
                    texts.push((language.into(), text.into()));
                }
                Ok(Label(texts.into()))
            }
        }
        deserializer.deserialize_map(Texts)
    }
}
