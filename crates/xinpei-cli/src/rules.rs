//! Finds the folders of rulebooks, and opens what a verb needs of them.

use std::fs;
use std::path::{Path, PathBuf};

use xinpei::author::folder::RuleFiles;
use xinpei::author::versions::folders;
use xinpei::diagnostic::Diagnostics;
use xinpei::{Date, Rulebook, Versions};

use crate::failure::Failure;

/// The folders of all versions that a path names: one version's folder, a rulebook's folder with its
/// versions inside, or a folder of such folders.
pub(crate) fn versions(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let before = found.len();
        collect(path, 2, &mut found)?;
        if found.len() == before {
            return Err(Failure::error(format!(
                "`{}` holds no rulebook: a version's folder has a rulebook.yaml",
                path.display()
            )));
        }
    }
    Ok(found)
}

fn collect(path: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if path.join("rulebook.yaml").is_file() {
        found.push(path.to_owned());
        return Ok(());
    }
    let entries = fs::read_dir(path).map_err(|e| xinpei::Error::read(path, e))?;
    let mut inside = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| xinpei::Error::read(path, e))?.path();
        if depth > 0 && entry.is_dir() {
            inside.push(entry);
        }
    }
    inside.sort();
    inside.iter().try_for_each(|folder| collect(folder, depth - 1, found))
}

/// Reads and checks one version.
pub(crate) fn check(folder: &Path) -> Result<(Option<Rulebook>, Diagnostics), Failure> {
    Ok(Rulebook::check(&RuleFiles::read(folder)?))
}

/// Reads one version that must be without mistakes.
pub(crate) fn load(folder: &Path) -> Result<Rulebook, Failure> {
    Rulebook::load(folder).map_err(|e| Failure::of(&e, folder))
}

/// The version in force on a day, of the rulebook in `path`; or the version in `path` itself.
pub(crate) fn in_force(path: &Path, as_of: Date) -> Result<Rulebook, Failure> {
    let versions = Versions::open(path).map_err(|e| blame(path, &e))?;
    load(versions.folder_in_force(as_of)?)
}

/// The folder of the one version in `path`.
pub(crate) fn single(path: &Path, why: &str) -> Result<PathBuf, Failure> {
    let list = folders(path)?;
    match list.as_slice() {
        [folder] => Ok(folder.clone()),
        several => {
            let names: Vec<String> = several.iter().map(|folder| folder.display().to_string()).collect();
            Err(Failure::error(format!(
                "`{}` has {} versions, and {why}; name it: {}",
                path.display(),
                list.len(),
                names.join(" or ")
            )))
        }
    }
}

/// The one version in `path`, whenever it is in force.
pub(crate) fn one(path: &Path) -> Result<Rulebook, Failure> {
    load(&single(path, "one is compared")?)
}

/// Why a date cannot be decided on, if it cannot.
type Check = Box<dyn Fn(Date) -> Result<(), String> + Send + Sync>;

/// The one version in `path`, for rows that are decided on dates of their own; and why a date cannot be
/// decided on.
pub(crate) fn only(path: &Path) -> Result<(Rulebook, Check), Failure> {
    let list = folders(path)?;
    let [folder] = list.as_slice() else {
        let names: Vec<String> = list.iter().map(|folder| format!("--rules {}", folder.display())).collect();
        return Err(Failure::error(format!(
            "`{}` has {} versions, and the rows of one run are decided by one; name it: {}",
            path.display(),
            list.len(),
            names.join(" or ")
        )));
    };
    let rulebook = load(folder)?;
    let manifest = &rulebook.typed().manifest;
    let (version, from, to) = (manifest.version.text.clone(), manifest.from, manifest.to);
    // Where other versions stand beside it, one of them may be in force.
    let versions = folder.canonicalize().ok().and_then(|full| Versions::open(full.parent()?).ok());
    let check = move |date: Date| {
        if from <= date && to.is_none_or(|to| date <= to) {
            return Ok(());
        }
        let name = versions.as_ref().and_then(|v| v.folder_in_force(date).ok()?.file_name());
        Err(match name {
            Some(name) => format!("on {date} the version `{}` is in force, not `{version}`", name.to_string_lossy()),
            None => format!("on {date} the version `{version}` is not in force, nor is another"),
        })
    };
    Ok((rulebook, Box::new(check)))
}

/// One version by its name, of the rulebook in `path`; or the version in `path` itself.
pub(crate) fn version(path: &Path, id: &str, version: &str) -> Result<Rulebook, Failure> {
    let named =
        |folder: &PathBuf| folder.canonicalize().is_ok_and(|full| full.file_name().is_some_and(|name| name == version));
    let Some(folder) = folders(path)?.into_iter().find(named) else {
        return Err(Failure::error(format!(
            "`{}` has no version `{version}` of `{id}`, by which a decision was made",
            path.display()
        )));
    };
    let rulebook = load(&folder)?;
    if rulebook.id() != id {
        return Err(Failure::error(format!(
            "`{}` is the rulebook `{}`, and a decision was made by `{id}`",
            path.display(),
            rulebook.id()
        )));
    }
    Ok(rulebook)
}

/// Diagnostics of a rulebook's folder as a whole, such as two versions in force on one day.
pub(crate) fn between_versions(path: &Path) -> Result<(), Failure> {
    Versions::open(path).map(drop).map_err(|e| blame(path, &e))
}

/// Finds out in which version's folder the diagnostics of an error stand.
fn blame(path: &Path, error: &xinpei::Error) -> Failure {
    let Some(diagnostics) = error.diagnostics() else { return Failure::of(error, path) };
    let is_in = |folder: &PathBuf| {
        diagnostics.sorted().first().is_some_and(|d| {
            let file = folder.join(diagnostics.files.path(d.span.file));
            fs::read_to_string(file).is_ok_and(|text| text == diagnostics.files.text(d.span.file))
        })
    };
    let folder = folders(path).ok().and_then(|all| all.into_iter().find(is_in));
    Failure::of(error, folder.as_deref().unwrap_or(path))
}
