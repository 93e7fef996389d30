//! Dossiers from JSON: one a line, or a single one.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use xinpei::{Dictionary, Dossier, Error};

use crate::dated::Dated;
use crate::limits;
use crate::portion::{Portion, Taker};
use crate::text::{self, Decoded, Encoding};

/// Dossiers from JSON lines, or from a file that is one dossier over several lines.
///
/// The shape of a dossier is that of [`Dossier::from_json`]. A line that is none is a reject.
pub struct JsonDossiers<R> {
    name: String,
    path: Option<PathBuf>,
    input: BufReader<Decoded<R>>,
    /// The line that is read next.
    line: u64,
    /// Texts that were read ahead, each with its line.
    ahead: VecDeque<(u64, String)>,
    started: bool,
    taker: Taker,
    dated: Option<Dated>,
}

impl<R> std::fmt::Debug for JsonDossiers<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JsonDossiers").field("name", &self.name).field("line", &self.line).finish_non_exhaustive()
    }
}

impl JsonDossiers<File> {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path, dictionary: &Dictionary) -> Result<Self, Error> {
        let file = File::open(path).map_err(|e| Error::read(path, e))?;
        let mut dossiers = Self::new(&path.display().to_string(), file, dictionary);
        dossiers.path = Some(path.to_owned());
        Ok(dossiers)
    }
}

impl<R: Read> JsonDossiers<R> {
    /// Reads from any source of bytes; `name` stands for it in messages.
    #[must_use]
    pub fn new(name: &str, input: R, dictionary: &Dictionary) -> Self {
        Self {
            name: name.to_owned(),
            path: None,
            input: BufReader::new(Decoded::new(input, Encoding::Utf8, false)),
            line: 1,
            ahead: VecDeque::new(),
            started: false,
            taker: Taker::new(name, dictionary),
            dated: None,
        }
    }

    /// Reads from now on the date of each row from a fact, or from a key of that name among the facts.
    pub(crate) fn date_by(&mut self, dated: Dated) {
        self.dated = Some(dated);
    }

    /// Up to `most` more dossiers and rejects; `None` at the end.
    ///
    /// # Errors
    /// When the input cannot be read further.
    pub fn portion(&mut self, most: usize) -> Result<Option<Portion>, Error> {
        if !self.started {
            self.started = true;
            self.look_ahead()?;
        }
        while self.taker.rows() < most.max(1) {
            let next = match self.ahead.pop_front() {
                Some(next) => Some(next),
                None => self.line()?,
            };
            let Some((line, text)) = next else { break };
            match Dossier::from_json(&text) {
                Ok(mut dossier) => {
                    let enterprise = std::mem::take(&mut dossier.enterprise);
                    let date = self.dated.as_ref().map(|dated| {
                        let date = dated.value(dossier.facts.get(dated.column()));
                        if self.taker.dictionary.fact(dated.column()).is_none() {
                            dossier.facts.remove(dated.column());
                        }
                        date
                    });
                    let date = match date.transpose() {
                        Ok(date) => date,
                        Err(reason) => {
                            self.taker.reject(line, &enterprise, reason);
                            continue;
                        }
                    };
                    self.taker.take(line, &enterprise, "", date, |builder, key| {
                        key.clone_into(&mut dossier.enterprise);
                        builder.dossier(&dossier);
                    });
                }
                Err(error) => self.taker.reject(line, &key(&text), error.to_string()),
            }
        }
        Ok(self.taker.portion())
    }

    /// Finds out whether the input is one dossier over several lines: its first line alone is no
    /// JSON, but all lines together are.
    fn look_ahead(&mut self) -> Result<(), Error> {
        let Some(first) = self.line()? else { return Ok(()) };
        let mut whole = first.1.clone();
        let line = first.0;
        let complete = is_json(&whole);
        self.ahead.push_back(first);
        if complete {
            return Ok(());
        }
        while u64::try_from(whole.len()).is_ok_and(|n| n <= limits::DOSSIER_BYTES) {
            let Some(next) = self.line()? else {
                if is_json(&whole) {
                    self.ahead = VecDeque::from([(line, whole)]);
                }
                return Ok(());
            };
            whole.push('\n');
            whole.push_str(&next.1);
            self.ahead.push_back(next);
        }
        Ok(())
    }

    /// The next line that is not blank, and its number.
    fn line(&mut self) -> Result<Option<(u64, String)>, Error> {
        loop {
            let mut bytes = Vec::new();
            let input = self.input.by_ref().take(limits::DOSSIER_BYTES + 1);
            let read = { input }
                .read_until(b'\n', &mut bytes)
                .map_err(|e| text::explain(&self.name, self.path.as_deref(), Encoding::Utf8, e))?;
            if read == 0 {
                return Ok(None);
            }
            if u64::try_from(read).is_ok_and(|n| n > limits::DOSSIER_BYTES) {
                return Err(Error::input(format!(
                    "`{}` line {} is longer than {} bytes",
                    self.name,
                    self.line,
                    limits::DOSSIER_BYTES
                )));
            }
            let line = self.line;
            self.line += 1;
            // INVARIANT: the decoder hands out UTF-8, and a line feed ends no character but itself.
            let text = String::from_utf8(bytes).unwrap_or_default();
            if !text.trim().is_empty() {
                return Ok(Some((line, text)));
            }
        }
    }
}

/// The key of a text that is no dossier, as far as it can be read: empty where it has none, or two.
fn key(text: &str) -> String {
    let mut found = Found { keys: Vec::new() };
    // Where the text breaks off, what stands before remains.
    let _ = (&mut found).deserialize(&mut serde_json::Deserializer::from_str(text));
    match found.keys.as_slice() {
        [key] => key.clone(),
        _ => String::new(),
    }
}

/// The keys that a text names, gathered while it is read.
struct Found {
    keys: Vec<String>,
}

impl<'de> DeserializeSeed<'de> for &mut Found {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Found {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if name != "enterprise" {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            match map.next_value()? {
                serde_json::Value::String(key) => self.keys.push(key),
                serde_json::Value::Number(key) => self.keys.push(key.to_string()),
                _ => {}
            }
        }
        Ok(())
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{RULES, dictionary};

    fn read(text: &str) -> Portion {
        JsonDossiers::new("a.jsonl", text.as_bytes(), &dictionary(RULES)).portion(100).unwrap().unwrap()
    }

    #[test]
    fn lines_are_dossiers_or_rejects() {
        let portion = read(
            "{\"enterprise\": \"91110000600037341L\", \"facts\": {\"tax.arrears\": 0.10}}\n\
             \n\
             {\"enterprise\": \"91000000MA00000157\", \"facts\": {}\n\
             {\"enterprise\": \"91110000600037341l\", \"facts\": {}}\n\
             {\"enterprise\": \"9111\", \"facts\": {}}\n\
             {\"enterprise\": \"91000000MA00000157\", \"facts\": {}}",
        );
        assert_eq!(portion.batch.enterprises, ["91110000600037341L", "91000000MA00000157"]);
        let rejects: Vec<(u64, &str)> = portion.rejects.iter().map(|r| (r.line, r.enterprise.as_str())).collect();
        assert_eq!(rejects, [(3, "91000000MA00000157"), (4, "91110000600037341l"), (5, "9111")]);
        assert!(portion.rejects[0].reason.starts_with("this is not a dossier"));
        assert_eq!(portion.rows, 5);
    }

    /// A line that is no dossier is told by its key, wherever one can be read.
    #[test]
    fn what_is_no_dossier_keeps_its_key() {
        for (text, key) in [
            (r#"{"enterprise": "91110000600037341L", "facts": []}"#, "91110000600037341L"),
            (r#"{"enterprise": "91110000600037341L"}"#, "91110000600037341L"),
            (
                r#"{"facts": {"tax.grade": "A", "tax.grade": "B"}, "enterprise": "91110000600037341L"}"#,
                "91110000600037341L",
            ),
            (r#"{"enterprise": "91110000600037341L", "fact": {}}"#, "91110000600037341L"),
            (r#"{"enterprise": "91110000600037341L", "facts": {"tax.grade": "A"#, "91110000600037341L"),
            (r#"{"enterprise": 9111, "facts": {}}"#, "9111"),
            // None, two, or one that breaks off: nothing is guessed.
            (r#"{"facts": {"enterprise": "91110000600037341L"}}"#, ""),
            (r#"{"enterprise": "91110000600037341L", "enterprise": "91000000MA00000157", "facts": {}}"#, ""),
            (r#"{"enterprise": "9111000"#, ""),
            (r#"["91110000600037341L"]"#, ""),
            (r#"{"enterprise": null, "facts": {}}"#, ""),
        ] {
            let portion = read(text);
            let found: Vec<&str> = portion.rejects.iter().map(|r| r.enterprise.as_str()).collect();
            assert_eq!(found, [key], "{text}");
        }
    }

    #[test]
    fn one_dossier_may_run_over_lines() {
        let portion = read("\n{\n  \"enterprise\": \"91110000600037341L\",\n  \"facts\": {\"tax.grade\": \"A\"}\n}\n");
        assert_eq!((portion.batch.rows(), portion.rejects.len()), (1, 0));
        // One value, but no dossier: one reject, on the line where it starts.
        let portion = read("\n{\n  \"enterprise\": 1\n}\n");
        assert_eq!((portion.batch.rows(), portion.rejects.len(), portion.rejects[0].line), (0, 1, 2));
    }

    #[test]
    fn a_broken_first_line_is_one_reject() {
        let portion = read("{\"enterprise\": \n{\"enterprise\": \"91110000600037341L\", \"facts\": {}}\n");
        assert_eq!((portion.batch.rows(), portion.rejects.len()), (1, 1));
        assert!(JsonDossiers::new("a", "\n\n".as_bytes(), &dictionary(RULES)).portion(1).unwrap().is_none());
        let mut input = JsonDossiers::new("a", b"{}\n\xd6\xd0".as_slice(), &dictionary(RULES));
        assert!(input.portion(1).and_then(|_| input.portion(1)).unwrap_err().to_string().contains("line 2"));
    }
}
