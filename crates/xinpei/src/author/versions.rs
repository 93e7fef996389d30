//! Which version of a rulebook is in force on a day.

use std::fs;
use std::path::{Path, PathBuf};

use super::folder::RuleFiles;
use super::read;
use super::source::Source;
use crate::date::Date;
use crate::diagnostic::{Code, Diagnostics};
use crate::error::Error;
use crate::rulebook::Rulebook;

/// The versions of one rulebook.
#[derive(Debug)]
pub struct Versions {
    folder: PathBuf,
    /// Folder, first and last day in force, in the order of the first days.
    list: Vec<(PathBuf, Date, Option<Date>)>,
}

impl Versions {
    /// Opens `rules/<id>` with its versions inside, or the folder of one version.
    ///
    /// # Errors
    /// When the folder cannot be read, has no version, or two versions are in force on one day.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let folders = folders(folder)?;
        let mut list: Vec<(PathBuf, Source)> = Vec::new();
        for path in folders {
            let mut out = Diagnostics::default();
            let source = read::read(&RuleFiles::read(&path)?, &mut out);
            let Some(source) = source.filter(|s| !s.lost.contains("rulebook.yaml")) else {
                return Err(Error::rules(out));
            };
            list.push((path, source));
        }
        list.sort_by_key(|(_, source)| source.manifest.from);
        for pair in list.windows(2) {
            if let [(_, a), (_, b)] = pair
                && a.manifest.to.is_none_or(|to| to >= b.manifest.from)
            {
                return Err(Error::rules(overlap(a, b)));
            }
        }
        let list = list.into_iter().map(|(path, source)| (path, source.manifest.from, source.manifest.to)).collect();
        Ok(Self { folder: folder.to_owned(), list })
    }

    /// The folder of the version in force on a day.
    ///
    /// # Errors
    /// When none is.
    pub fn folder_in_force(&self, as_of: Date) -> Result<&Path, Error> {
        let found = self.list.iter().find(|(_, from, to)| *from <= as_of && to.is_none_or(|to| as_of <= to));
        found.map(|(path, ..)| path.as_path()).ok_or_else(|| {
            let windows: Vec<String> = self
                .list
                .iter()
                .map(|(path, from, to)| {
                    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
                    format!("{name} from {from}{}", to.map_or_else(String::new, |to| format!(" to {to}")))
                })
                .collect();
            Error::input(format!(
                "no version of `{}` is in force on {as_of}: {}",
                self.folder.display(),
                windows.join(", ")
            ))
        })
    }

    /// Loads the version in force on a day.
    ///
    /// # Errors
    /// When none is, or it has mistakes.
    pub fn in_force(&self, as_of: Date) -> Result<Rulebook, Error> {
        Rulebook::load(self.folder_in_force(as_of)?)
    }

    /// The folders of all versions, in the order of their first days.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        self.list.iter().map(|(path, ..)| path.as_path())
    }
}

/// The folders of the versions inside a rulebook's folder, or the folder of one version itself.
///
/// # Errors
/// When it cannot be read or holds no rulebook.
pub fn folders(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    if !folder.is_dir() {
        return Err(Error::input(format!("`{}` is not a folder", folder.display())));
    }
    if folder.join("rulebook.yaml").is_file() {
        return Ok(vec![folder.to_owned()]);
    }
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| Error::read(folder, e))? {
        let path = entry.map_err(|e| Error::read(folder, e))?.path();
        if path.join("rulebook.yaml").is_file() {
            folders.push(path);
        }
    }
    folders.sort();
    if folders.is_empty() {
        return Err(Error::input(format!("`{}` has no rulebook.yaml and no version inside", folder.display())));
    }
    Ok(folders)
}

/// Two versions in force on one day, reported in the later one.
fn overlap(a: &Source, b: &Source) -> Diagnostics {
    let mut out = Diagnostics::default();
    out.files = std::sync::Arc::clone(&b.files);
    let until = a.manifest.to.map_or_else(|| "without end".to_owned(), |to| format!("to {to}"));
    out.error(
        Code::OverlappingWindows,
        b.manifest.window,
        format!(
            "version {} is in force from {} {until}, and this one from {}",
            a.manifest.version.text, a.manifest.from, b.manifest.from
        ),
    )
    .help("end the earlier window the day before the later one starts");
    out
}
