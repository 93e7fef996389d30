//! The files of one rulebook, from a folder or from memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::error::Error;
use crate::limits;

/// The files of one rulebook by path inside its folder, and what the folder says about it.
#[derive(Clone, Debug, Default)]
pub struct RuleFiles {
    /// The id, by the name of the parent folder; `None` when it is not known.
    pub id: Option<String>,
    /// The version, by the name of the folder; `None` when it is not known.
    pub version: Option<String>,
    /// Content by path, `/` between folders.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The digest that was released, from the lock file beside the folder.
    pub lock: Option<String>,
}

impl RuleFiles {
    /// Rule files from memory: pairs of path and text.
    pub fn from_texts<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let files = texts.into_iter().map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect();
        Self { files, ..Self::default() }
    }

    /// Reads the folder of one rulebook version and the lock file beside it.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read, or is no rulebook.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        if !folder.is_dir() {
            return Err(Error::input(format!("`{}` is not a folder", folder.display())));
        }
        if !folder.join("rulebook.yaml").is_file() {
            return Err(Error::input(format!("`{}` has no rulebook.yaml", folder.display())));
        }
        let full = fs::canonicalize(folder).map_err(|e| Error::read(folder, e))?;
        let name = |path: Option<&Path>| Some(path?.file_name()?.to_str()?.to_owned());
        let mut files = BTreeMap::new();
        collect(&full, "", &mut files)?;
        let version = name(Some(&full));
        let lock = version.as_ref().map(|v| full.with_file_name(format!("{v}.lock"))).filter(|p| p.is_file());
        let lock = lock.map(|path| fs::read_to_string(&path).map_err(|e| Error::read(&path, e))).transpose()?;
        Ok(Self { id: name(full.parent()), version, files, lock: lock.map(|l| l.trim().to_owned()) })
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) -> Result<(), Error> {
    let entries = fs::read_dir(folder).map_err(|e| Error::read(folder, e))?;
    for entry in entries {
        let entry = entry.map_err(|e| Error::read(folder, e))?;
        let path = entry.path();
        let Some(name) = path.file_name().and_then(|n| n.to_str()).map(str::to_owned) else {
            return Err(Error::input(format!("the name of `{}` is not UTF-8", path.display())));
        };
        // Editors and file managers leave hidden files behind; they are nobody's rules.
        if name.starts_with('.') || name.ends_with('~') {
            continue;
        }
        let inner = format!("{prefix}{name}");
        if path.is_dir() {
            if prefix.matches('/').count() > 4 {
                return Err(Error::input(format!("folders are nested too deeply below `{}`", path.display())));
            }
            collect(&path, &format!("{inner}/"), files)?;
        } else if !path.is_file() {
            return Err(Error::input(format!("`{}` is no ordinary file", path.display())));
        } else if files.len() <= limits::RULEBOOK_FILES {
            // A file over the limit is not read whole: its first bytes are enough to report it.
            let mut content = Vec::new();
            let file = fs::File::open(&path).map_err(|e| Error::read(&path, e))?;
            let most = u64::try_from(limits::RULE_FILE_BYTES).unwrap_or(u64::MAX).saturating_add(4);
            std::io::Read::read_to_end(&mut std::io::Read::take(file, most), &mut content)
                .map_err(|e| Error::read(&path, e))?;
            files.insert(inner, content);
        }
    }
    Ok(())
}
