//! A file of recorded decisions: what is kept of it is where each line stands, 24 bytes a decision.

use std::collections::BTreeMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use xinpei::Date;

use crate::failure::Failure;

/// What a recorded decision says about how it was made.
#[derive(Deserialize)]
struct Made {
    enterprise: String,
    rulebook: MadeBy,
    as_of: String,
    facts: String,
}

#[derive(Deserialize)]
pub(super) struct MadeBy {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) digest: String,
}

/// One recorded decision.
pub(super) struct Recorded {
    pub(super) line: u32,
    pub(super) text: String,
    pub(super) enterprise: String,
    pub(super) as_of: Date,
    pub(super) facts: String,
    pub(super) digest: String,
    version: (String, String),
}

/// A file of recorded decisions, one a line.
pub(super) struct Record {
    path: PathBuf,
    input: BufReader<File>,
    position: u64,
    /// By version, then by enterprise, then by line.
    entries: Vec<Entry>,
    /// Which of `entries` were looked up.
    found: Vec<bool>,
    versions: Vec<Version>,
}

/// A version of a rulebook that made some of the decisions, and the first date that it decided on.
#[derive(Clone)]
pub(super) struct Version {
    pub(super) id: String,
    pub(super) version: String,
    pub(super) as_of: Date,
}

/// Where a decision stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    version: u32,
    /// Of the enterprise; others may share it.
    hash: u64,
    line: u32,
    offset: u64,
}

impl Record {
    /// Reads a file through, to know where each decision stands.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let cannot = |e| xinpei::Error::read(path, e);
        let file = File::open(path).map_err(cannot)?;
        if !file.metadata().map_err(cannot)?.is_file() {
            return Err(Failure::error(format!("`{}` is read twice, so it must be a file", path.display())));
        }
        let mut record = Self {
            path: path.to_owned(),
            input: BufReader::with_capacity(256 * 1024, file),
            position: 0,
            entries: Vec::new(),
            found: Vec::new(),
            versions: Vec::new(),
        };
        let mut known: BTreeMap<(String, String), u32> = BTreeMap::new();
        let mut line = 0_u32;
        loop {
            line = line.checked_add(1).ok_or_else(|| Failure::error("too many lines to replay at once"))?;
            let offset = record.position;
            let Some(text) = record.read_line()? else { break };
            if text.trim().is_empty() {
                continue;
            }
            let made = record.parse(line, text)?;
            let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
            let version = *known.entry(made.version.clone()).or_insert(next);
            if version == next {
                let (id, version) = made.version;
                record.versions.push(Version { id, version, as_of: made.as_of });
            }
            record.entries.push(Entry { version, hash: hash(&made.enterprise), line, offset });
        }
        record.entries.sort_unstable();
        record.found = vec![false; record.entries.len()];
        Ok(record)
    }

    /// The versions that made the decisions, in the order in which they first appear.
    pub(super) fn versions(&self) -> Vec<Version> {
        self.versions.clone()
    }

    /// The decisions that a version made about an enterprise, in the order of lines.
    pub(super) fn of(&mut self, version: usize, enterprise: &str) -> Result<Vec<Recorded>, Failure> {
        let key = (u32::try_from(version).unwrap_or(u32::MAX), hash(enterprise));
        let start = self.entries.partition_point(|e| (e.version, e.hash) < key);
        let mut all = Vec::new();
        for place in start..self.entries.len() {
            let Some(entry) = self.entries.get(place).copied().filter(|e| (e.version, e.hash) == key) else { break };
            let recorded = self.read(entry)?;
            if recorded.enterprise == enterprise
                && let Some(found) = self.found.get_mut(place)
                && !*found
            {
                *found = true;
                all.push(recorded);
            }
        }
        Ok(all)
    }

    /// The decisions that nobody looked up, by line, each with its place.
    pub(super) fn left(&self) -> Vec<(u32, usize)> {
        let all = self.entries.iter().zip(&self.found).enumerate();
        let mut left: Vec<(u32, usize)> =
            all.filter(|(_, (_, found))| !**found).map(|(place, (entry, _))| (entry.line, place)).collect();
        left.sort_unstable();
        left
    }

    /// The decision at a place.
    pub(super) fn at(&mut self, place: usize) -> Result<Option<Recorded>, Failure> {
        self.entries.get(place).copied().map(|entry| self.read(entry)).transpose()
    }

    fn read(&mut self, entry: Entry) -> Result<Recorded, Failure> {
        // Most reads go on where the last one ended, and need no new buffer.
        let step = i64::try_from(entry.offset).ok().zip(i64::try_from(self.position).ok()).map(|(to, from)| to - from);
        match step {
            Some(step) => self.input.seek_relative(step),
            None => self.input.seek(SeekFrom::Start(entry.offset)).map(drop),
        }
        .map_err(|e| xinpei::Error::read(&self.path, e))?;
        self.position = entry.offset;
        let text = self.read_line()?.unwrap_or_default();
        self.parse(entry.line, text)
    }

    fn read_line(&mut self) -> Result<Option<String>, Failure> {
        let mut text = String::new();
        let read = self.input.read_line(&mut text).map_err(|e| xinpei::Error::read(&self.path, e))?;
        self.position += u64::try_from(read).unwrap_or(0);
        if text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        Ok((read > 0).then_some(text))
    }

    fn parse(&self, line: u32, text: String) -> Result<Recorded, Failure> {
        let wrong = |why: String| {
            Failure::error(format!("`{}` line {line} is not a recorded decision: {why}", self.path.display()))
        };
        let made: Made = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        let as_of = Date::parse(&made.as_of).ok_or_else(|| wrong(format!("`{}` is not a date", made.as_of)))?;
        Ok(Recorded {
            line,
            text,
            enterprise: made.enterprise,
            as_of,
            facts: made.facts,
            digest: made.rulebook.digest,
            version: (made.rulebook.id, made.rulebook.version),
        })
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
