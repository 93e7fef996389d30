//! Dossiers from a department folder, a CSV or a JSON file, batch by batch.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use xinpei::{Batch, Date, Rulebook};
use xinpei_tables::{Delivery, Dossiers, ENCODINGS, Encoding, FileCount, Mapping, Notice, Reject, Source};

use crate::failure::Failure;
use crate::rules;

/// Rows that are read and scored together.
const ROWS: usize = 8192;

/// Where dossiers come from, and the rules for them.
#[derive(Debug, clap::Args)]
pub(crate) struct InputArgs {
    /// A department folder with mapping.yaml, a .csv, or a .json or .jsonl file
    pub(crate) input: PathBuf,
    /// A rulebook's folder or one version's folder [default: what mapping.yaml names]
    #[arg(long)]
    pub(crate) rules: Option<PathBuf>,
    /// How the characters of a .csv are written: utf-8, gbk or gb18030
    #[arg(long, default_value = "utf-8", value_parser = encoding)]
    pub(crate) encoding: Encoding,
}

fn encoding(word: &str) -> Result<Encoding, String> {
    Encoding::from_word(&word.to_ascii_lowercase()).ok_or_else(|| format!("known here: {}", ENCODINGS.join(", ")))
}

/// An input that was found, before anything but its mapping is read.
pub(crate) struct Found<'a> {
    args: &'a InputArgs,
    mapping: Option<Mapping>,
}

/// An input, read with a rulebook.
pub(crate) struct Input {
    pub(crate) rulebook: Arc<Rulebook>,
    kind: Kind,
    rejects: Vec<Reject>,
    rows: usize,
}

enum Kind {
    /// A whole delivery; rows from `at` on are still to come.
    Folder {
        delivery: Box<Delivery>,
        at: usize,
    },
    File(Box<Dossiers>),
}

/// Some rows of an input.
pub(crate) struct Piece {
    pub(crate) batch: Batch,
    /// The names of the enterprises; empty where the input has none.
    pub(crate) names: Vec<String>,
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
            "csv" | "json" | "jsonl" | "ndjson" | "" => None,
            other => {
                return Err(Failure::error(format!(
                    "`{}` ends in `.{other}`; an input is a folder, a .csv, a .json or a .jsonl",
                    path.display()
                )));
            }
        };
        Ok(Found { args: self, mapping })
    }

    /// Reads the input with the rules in force on a day.
    pub(crate) fn open(&self, as_of: Date) -> Result<Input, Failure> {
        let found = self.find()?;
        let rulebook = rules::in_force(&found.rules()?, as_of)?;
        found.open(rulebook, as_of)
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

    /// Reads the input with a rulebook.
    pub(crate) fn open(&self, rulebook: Rulebook, as_of: Date) -> Result<Input, Failure> {
        let (kind, rejects, rows) = match &self.mapping {
            Some(mapping) => {
                let mut delivery = Box::new(Delivery::read(mapping, &rulebook, as_of).map_err(Failure::of_mapping)?);
                let rejects = std::mem::take(&mut delivery.rejects);
                let rows = delivery.batch.rows() + register(&delivery.files, mapping).map_or(0, |count| count.rejected);
                (Kind::Folder { delivery, at: 0 }, rejects, rows)
            }
            None => (
                Kind::File(Box::new(Dossiers::open(&self.args.input, self.args.encoding, rulebook.dictionary())?)),
                Vec::new(),
                0,
            ),
        };
        Ok(Input { rulebook: Arc::new(rulebook), kind, rejects, rows })
    }
}

fn register<'a>(files: &'a [FileCount], mapping: &Mapping) -> Option<&'a FileCount> {
    files.iter().zip(&mapping.files).find(|(_, file)| file.register).map(|(count, _)| count)
}

impl Input {
    /// The next rows; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Piece>, Failure> {
        match &mut self.kind {
            Kind::Folder { delivery, at } => {
                let rows = *at..delivery.batch.rows().min(at.saturating_add(ROWS));
                if rows.is_empty() {
                    return Ok(None);
                }
                *at = rows.end;
                let names = delivery.names.get(rows.clone()).unwrap_or_default().to_vec();
                Ok(Some(Piece { batch: delivery.batch.slice(rows), names }))
            }
            Kind::File(dossiers) => {
                let Some(portion) = dossiers.portion(ROWS)? else { return Ok(None) };
                self.rows += portion.rows;
                self.rejects.extend(portion.rejects);
                Ok(Some(Piece { batch: portion.batch, names: portion.names }))
            }
        }
    }

    /// What a reader should know about the files.
    pub(crate) fn notices(&self) -> &[Notice] {
        match &self.kind {
            Kind::Folder { delivery, .. } => &delivery.notices,
            Kind::File(_) => &[],
        }
    }

    /// Rows that were left out, as far as the input was read.
    pub(crate) fn rejects(&self) -> &[Reject] {
        &self.rejects
    }

    /// Rows that should become decisions, as far as the input was read.
    pub(crate) const fn rows(&self) -> usize {
        self.rows
    }

    /// Rows of the other files of a folder, and how many of them belong to an enterprise.
    pub(crate) fn others(&self) -> Option<(usize, usize)> {
        let Kind::Folder { delivery, .. } = &self.kind else { return None };
        let all = |count: fn(&FileCount) -> usize| delivery.files.iter().map(count).sum::<usize>();
        // The register's rows and those that were taken from it are known already.
        Some((all(|f| f.rows).checked_sub(self.rows)?, all(|f| f.attached).checked_sub(delivery.batch.rows())?))
    }

    /// The cells that the facts of an enterprise came from; a file of dossiers has none to tell.
    pub(crate) fn sources(&self, enterprise: &str) -> Result<Vec<Source>, Failure> {
        match &self.kind {
            Kind::Folder { delivery, .. } => Ok(delivery.sources(enterprise)?),
            Kind::File(_) => Ok(Vec::new()),
        }
    }
}
