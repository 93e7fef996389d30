//! All facts of one enterprise.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::value::RawValue;

use crate::date::Date;
use crate::decimal;
use crate::error::Error;

/// The value of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Not known.
    Missing,
    /// Money, a number or a count.
    Number(Decimal),
    /// True or false.
    Flag(bool),
    /// A civil date.
    Date(Date),
    /// A member of a category; also a number or a date as text.
    Text(String),
    /// A table of events, each a map from field to value.
    Events(Vec<BTreeMap<String, Value>>),
}

/// All facts of one enterprise, by the ids of the dictionary.
///
/// ```
/// use xinpei::Dossier;
/// let dossier = Dossier::from_json(r#"{"enterprise": "91000000MA00000157", "facts": {"tax.arrears": 1250.00}}"#)?;
/// assert_eq!(dossier.enterprise, "91000000MA00000157");
/// # Ok::<(), xinpei::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dossier {
    /// The key of the enterprise.
    pub enterprise: String,
    /// Its facts; an absent one is missing.
    pub facts: BTreeMap<String, Value>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `enterprise` and `facts`")]
struct Raw<'a> {
    enterprise: String,
    #[serde(borrow)]
    facts: Pairs<'a>,
}

/// The entries of an object; one that stands twice is an error, where a map would keep the last.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> serde::Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of facts")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut seen = std::collections::BTreeSet::new();
                let mut pairs = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, &'de RawValue>()? {
                    if !seen.insert(key.clone()) {
                        return Err(serde::de::Error::custom(format!("`{key}` stands twice")));
                    }
                    pairs.push((key, value));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

impl Dossier {
    /// Reads `{"enterprise": "…", "facts": {"tax.arrears": "1250.00", …}}`. Numbers may stand with or
    /// without quotes and stay exact; dates and members are texts; tables are arrays of objects.
    ///
    /// # Errors
    /// When the text is not JSON of this shape.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        if !text.trim_start().starts_with('{') {
            return Err(Error::input(
                "a dossier is one object with `enterprise` and `facts`; write one a line or a file",
            ));
        }
        let raw: Raw<'_> =
            serde_json::from_str(text).map_err(|e| Error::input(format!("this is not a dossier: {e}")))?;
        let facts = raw.facts.0.into_iter().map(|(id, raw)| Ok((id, value(raw.get(), true)?)));
        Ok(Self { enterprise: raw.enterprise, facts: facts.collect::<Result<_, Error>>()? })
    }
}

/// A value as JSON writes it; numbers are read from their text.
fn value(raw: &str, events: bool) -> Result<Value, Error> {
    let wrong = |e: serde_json::Error| Error::input(format!("this is not a value: {e}"));
    Ok(match raw.as_bytes().first() {
        Some(b'"') => Value::Text(serde_json::from_str(raw).map_err(wrong)?),
        Some(b't') => Value::Flag(true),
        Some(b'f') => Value::Flag(false),
        Some(b'n') => Value::Missing,
        Some(b'[') if events => {
            let rows: Vec<Pairs<'_>> = serde_json::from_str(raw).map_err(wrong)?;
            let row = |row: Pairs<'_>| row.0.into_iter().map(|(id, raw)| Ok((id, value(raw.get(), false)?))).collect();
            Value::Events(rows.into_iter().map(row).collect::<Result<_, Error>>()?)
        }
        Some(b'[' | b'{') => {
            return Err(Error::input(format!(
                "`{}` is nested deeper than a table of events",
                raw.chars().take(40).collect::<String>()
            )));
        }
        // A number that is not exact stays text, and becomes a fault of its fact.
        _ => decimal::parse(raw).map_or_else(|_| Value::Text(raw.to_owned()), Value::Number),
    })
}
