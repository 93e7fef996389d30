//! Rule files into the folder of their version: each file whole or not at all.

use std::fs;
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use xinpei::author::folder::RuleFiles;
use xinpei::{Error, Rulebook};

use crate::output::Output;

/// Files that are written side by side before any of them appears.
const TOGETHER: usize = 200;

/// Writes the files of a rulebook into a folder, which is made if need be, and returns the paths of
/// those that were written, inside the folder. Files that say the same byte for byte are left alone.
///
/// The folder is `<id>/<version>`, as the rulebook names itself: what is saved also loads from there.
/// `rulebook.yaml` comes last, so that a folder half filled is no rulebook.
///
/// # Errors
/// When the rules have mistakes ([`Error::diagnostics`]); when the folder has another name, holds
/// something else, or is a version that was released; and when it cannot be written to.
pub fn save_rules(files: &RuleFiles, folder: impl AsRef<Path>) -> Result<Vec<String>, Error> {
    let folder = folder.as_ref();
    let nameless = RuleFiles { id: None, version: None, lock: None, ..files.clone() };
    let rulebook = Rulebook::from_files(&nameless)?;
    let (id, version) = (rulebook.id(), rulebook.version());
    let full =
        fs::canonicalize(folder).or_else(|_| std::path::absolute(folder)).map_err(|e| Error::write(folder, e))?;
    let name = |path: Option<&Path>| path.and_then(|p| p.file_name()).and_then(|n| n.to_str()).map(str::to_owned);
    if name(Some(&full)).as_deref() != Some(version) || name(full.parent()).as_deref() != Some(id) {
        return Err(Error::input(format!(
            "`{}` is not the folder of {id} {version}; save it into `{}`, or change `rulebook.version`",
            folder.display(),
            Path::new("…").join(id).join(version).display()
        )));
    }
    let there = existing(folder, &full, id, version)?;
    let inside = |path: &&String| Path::new(path.as_str()).components().all(|c| matches!(c, Component::Normal(_)));
    if let Some(path) = files.files.keys().find(|path| !inside(path)) {
        return Err(Error::input(format!("`{path}` is no path inside a folder")));
    }
    if let Some(stranger) = there.files.keys().find(|path| !files.files.contains_key(*path)) {
        return Err(Error::input(format!(
            "`{}` holds `{stranger}`, which is not of this rulebook; remove it first, or save into another folder",
            folder.display()
        )));
    }
    let mut new: Vec<(&String, &Vec<u8>)> =
        files.files.iter().filter(|(path, bytes)| there.files.get(*path) != Some(*bytes)).collect();
    let lock = full.with_file_name(format!("{version}.lock"));
    if lock.exists() && !new.is_empty() {
        return Err(Error::input(format!(
            "{id} {version} was released and is never changed (`{}`); change `rulebook.version` and `rulebook.effective`, and save into a folder of that name",
            lock.display()
        )));
    }
    new.sort_by_key(|(path, _)| *path == "rulebook.yaml");
    for part in new.chunks(TOGETHER) {
        let outputs = part.iter().map(|(path, bytes)| prepare(&full.join(path), bytes));
        for output in outputs.collect::<Result<Vec<_>, _>>()? {
            output.commit()?;
        }
    }
    Ok(new.into_iter().map(|(path, _)| path.clone()).collect())
}

/// What the folder holds so far: nothing, or this version of this rulebook.
fn existing(folder: &Path, full: &Path, id: &str, version: &str) -> Result<RuleFiles, Error> {
    if !full.exists() {
        return Ok(RuleFiles::default());
    }
    if !full.is_dir() {
        return Err(Error::input(format!("`{}` is a file; name a folder", folder.display())));
    }
    let mut entries = fs::read_dir(full).map_err(|e| Error::read(folder, e))?;
    if entries.next().is_none() {
        return Ok(RuleFiles::default());
    }
    let other = |what: &str| {
        Error::input(format!("`{}` is not empty and {what}; save into an empty or new folder", folder.display()))
    };
    if !full.join("rulebook.yaml").is_file() {
        return Err(other("holds no rulebook"));
    }
    let there = RuleFiles::read(full)?;
    let mut out = xinpei::diagnostic::Diagnostics::default();
    let text = there.files.get("rulebook.yaml").and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("");
    let root = xinpei::author::yaml::parse(0, text, &mut out);
    let says = |key: &str, word: &str| root.as_ref().and_then(|r| r.get(key)?.text()).is_some_and(|text| text == word);
    if !says("rulebook", id) || !says("version", version) {
        return Err(other(&format!("holds another rulebook than {id} {version}")));
    }
    Ok(there)
}

fn prepare(path: &Path, bytes: &[u8]) -> Result<Output, Error> {
    let folder: PathBuf = path.parent().map(Path::to_owned).unwrap_or_default();
    fs::create_dir_all(&folder).map_err(|e| Error::write(&folder, e))?;
    let mut output = Output::create(path, [])?;
    output.write_all(bytes).map_err(|e| output.failed(e))?;
    Ok(output)
}
