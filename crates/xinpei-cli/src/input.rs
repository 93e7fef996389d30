//! Dossiers from a department folder or a file, portion by portion.

use std::path::{Path, PathBuf};

use xinpei::{Date, Rulebook};
use xinpei_tables::{Dated, Delivery, Dossiers, ENCODINGS, Encoding, Lane, Mapping, Notice, Portion, Reject, Source};

use crate::failure::Failure;
use crate::rules;

/// Rows that are read and scored together, unless somebody says otherwise.
pub(crate) const ROWS: usize = 8192;

/// Endings of files of dossiers; a file may have none.
const ENDINGS: &[&str] =
    &["parquet", "arrow", "arrows", "feather", "ipc", "csv", "xlsx", "xlsm", "xls", "jsonl", "ndjson", "json", ""];

/// Where dossiers come from, and the rules for them.
#[derive(Debug, clap::Args)]
pub(crate) struct InputArgs {
    /// A department folder with mapping.yaml, or a file with a row an enterprise and a column a fact:
    /// .parquet, .arrow, .csv, .xlsx, .jsonl
    pub(crate) input: PathBuf,
    /// A rulebook's folder or one version's folder [default: what mapping.yaml names]
    #[arg(long)]
    pub(crate) rules: Option<PathBuf>,
    /// How the characters of a .csv are written: utf-8, gbk or gb18030
    #[arg(long, default_value = "utf-8", value_parser = encoding)]
    pub(crate) encoding: Encoding,
}

/// Reads the name of an encoding.
pub(crate) fn encoding(word: &str) -> Result<Encoding, String> {
    Encoding::from_word(&word.to_ascii_lowercase()).ok_or_else(|| format!("known here: {}", ENCODINGS.join(", ")))
}

/// An input that was found, before anything but its mapping is read.
pub(crate) struct Found<'a> {
    args: &'a InputArgs,
    mapping: Option<Mapping>,
}

/// An input, read with a rulebook.
pub(crate) struct Input {
    kind: Kind,
    rejects: Vec<Reject>,
}

enum Kind {
    /// A whole delivery; rows from `at` on are still to come.
    Folder {
        delivery: Box<Delivery>,
        /// Which of its files is the register.
        register: Option<usize>,
        at: usize,
    },
    File(Box<Dossiers>),
}

impl InputArgs {
    /// Finds the input.
    pub(crate) fn find(&self) -> Result<Found<'_>, Failure> {
        let path = &self.input;
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
        let mapping = match ending.as_str() {
            _ if path.is_dir() => {
                if !path.join("mapping.yaml").is_file() {
                    return Err(Failure::error(format!(
                        "the folder `{}` has no mapping.yaml, which says what its files hold",
                        path.display()
                    )));
                }
                Some(Mapping::read(path).map_err(Failure::of_mapping)?)
            }
            "yaml" | "yml" => Some(Mapping::read(path).map_err(Failure::of_mapping)?),
            other if ENDINGS.contains(&other) => None,
            other => {
                return Err(Failure::error(format!(
                    "`{}` ends in `.{other}`; an input is a folder with mapping.yaml, or a file that ends in .{}",
                    path.display(),
                    ENDINGS.join(", .").trim_end_matches(", .")
                )));
            }
        };
        Ok(Found { args: self, mapping })
    }

    /// Reads the input with the rules in force on a day.
    pub(crate) fn open(&self, as_of: Date) -> Result<(Rulebook, Input), Failure> {
        let found = self.find()?;
        let rulebook = rules::in_force(&found.rules()?, as_of)?;
        let input = found.open(&rulebook, as_of, None)?;
        Ok((rulebook, input))
    }
}

impl Found<'_> {
    /// The folder of the rules.
    pub(crate) fn rules(&self) -> Result<PathBuf, Failure> {
        let named = self.args.rules.clone().or_else(|| self.mapping.as_ref().map(|m| m.rules.clone()));
        let input = self.args.input.display();
        named.ok_or_else(|| match self.args.input.exists() {
            true => Failure::error(format!("`{input}` names no rules; add --rules FOLDER")),
            false => Failure::error(format!("there is no file or folder `{input}`")),
        })
    }

    /// Every file that is read.
    pub(crate) fn inputs(&self) -> Vec<&Path> {
        match &self.mapping {
            Some(mapping) => mapping.inputs().collect(),
            None => vec![self.args.input.as_path()],
        }
    }

    /// Reads the input with a rulebook, on one date or on those of a column.
    pub(crate) fn open(&self, rulebook: &Rulebook, as_of: Date, dated: Option<Dated>) -> Result<Input, Failure> {
        let Some(mapping) = &self.mapping else {
            let mut dossiers = Dossiers::open(&self.args.input, self.args.encoding, rulebook.dictionary())?;
            if let Some(dated) = dated {
                dossiers.date_by(dated)?;
            }
            return Ok(Input { kind: Kind::File(Box::new(dossiers)), rejects: Vec::new() });
        };
        if let Some(mut dossiers) = Dossiers::mapped(mapping, rulebook, as_of).map_err(Failure::of_mapping)? {
            if let Some(dated) = dated {
                dossiers.date_by(dated)?;
            }
            return Ok(Input { kind: Kind::File(Box::new(dossiers)), rejects: Vec::new() });
        }
        if let Some(dated) = dated {
            return Err(Failure::error(format!(
                "`--as-of column:{}` needs a file with a row an enterprise; the files of a folder are joined for one date",
                dated.column()
            )));
        }
        let mut delivery = Box::new(Delivery::read(mapping, rulebook, as_of).map_err(Failure::of_mapping)?);
        let rejects = std::mem::take(&mut delivery.rejects);
        let register = mapping.files.iter().position(|file| file.register);
        Ok(Input { kind: Kind::Folder { delivery, register, at: 0 }, rejects })
    }
}

impl Input {
    /// The next rows, at most so many; `None` at the end.
    pub(crate) fn next(&mut self, most: usize) -> Result<Option<Portion>, Failure> {
        match &mut self.kind {
            Kind::Folder { delivery, at, .. } => {
                let rows = *at..delivery.batch.rows().min(at.saturating_add(most));
                if rows.is_empty() {
                    return Ok(None);
                }
                *at = rows.end;
                let names = delivery.names.get(rows.clone()).unwrap_or_default().to_vec();
                let batch = delivery.batch.slice(rows.clone());
                Ok(Some(Portion { batch, names, dates: Vec::new(), rejects: Vec::new(), rows: rows.len() }))
            }
            Kind::File(dossiers) => Ok(dossiers.portion(most)?),
        }
    }

    /// The next piece, which is read in portions of at most so many rows; `None` at the end.
    pub(crate) fn lane(&mut self, most: usize) -> Result<Option<Lane>, Failure> {
        match &mut self.kind {
            Kind::Folder { .. } => Ok(self.next(most)?.map(Lane::ready)),
            Kind::File(dossiers) => Ok(dossiers.lane(most)?),
        }
    }

    /// How many rows will be read, where that is known beforehand.
    pub(crate) fn total(&self) -> Option<u64> {
        match &self.kind {
            Kind::Folder { delivery, .. } => u64::try_from(delivery.batch.rows()).ok(),
            Kind::File(dossiers) => dossiers.total(),
        }
    }

    /// What a reader should know about the files.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        match &self.kind {
            Kind::Folder { delivery, .. } => delivery.notices.clone(),
            Kind::File(dossiers) => dossiers.notices(),
        }
    }

    /// Rows that were left out before the first portion, of whatever file.
    pub(crate) fn rejects(&self) -> &[Reject] {
        &self.rejects
    }

    /// How many of the rejects are rows that should have become decisions.
    pub(crate) fn rejected(&self) -> usize {
        let Kind::Folder { delivery, register, .. } = &self.kind else { return 0 };
        register.and_then(|at| delivery.files.get(at)).map_or(0, |count| count.rejected)
    }

    /// Rows of the other files of a folder, and how many of them belong to an enterprise.
    pub(crate) fn others(&self) -> Option<(usize, usize)> {
        let Kind::Folder { delivery, register, .. } = &self.kind else { return None };
        let others = || delivery.files.iter().enumerate().filter(|(at, _)| Some(*at) != *register);
        Some((others().map(|(_, f)| f.rows).sum(), others().map(|(_, f)| f.attached).sum()))
    }

    /// The cells that the facts of an enterprise came from; a file of dossiers has none to tell.
    pub(crate) fn sources(&self, enterprise: &str) -> Result<Vec<Source>, Failure> {
        match &self.kind {
            Kind::Folder { delivery, .. } => Ok(delivery.sources(enterprise)?),
            Kind::File(_) => Ok(Vec::new()),
        }
    }
}
