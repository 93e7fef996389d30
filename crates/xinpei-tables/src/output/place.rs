//! Where an unfinished file stands: without a name where the system can, else hidden.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many names are tried for a hidden file, some of which an earlier run may have left.
const TRIES: u32 = 100;

/// The hidden files of the process. Whoever names or renames one holds the lock.
static HIDDEN: Mutex<Hidden> = Mutex::new(Hidden { files: BTreeSet::new(), closed: false });

struct Hidden {
    files: BTreeSet<PathBuf>,
    /// The process is about to end.
    closed: bool,
}

/// Where an unfinished file stands.
#[derive(Debug)]
pub(super) enum Place {
    /// It has no name; the system forgets it with its last handle.
    #[cfg(target_os = "linux")]
    Unnamed,
    /// A hidden file beside the target, until it has its final name.
    Hidden(Option<PathBuf>),
}

impl Place {
    /// An empty file beside `target`.
    pub(super) fn open(target: &Path) -> io::Result<(Self, File)> {
        #[cfg(target_os = "linux")]
        if let Some(file) = unnamed::open(super::folder(target)) {
            return Ok((Self::Unnamed, file));
        }
        Self::hidden(target)
    }

    fn hidden(target: &Path) -> io::Result<(Self, File)> {
        let mut hidden = lock()?;
        let (path, file) = free_name(target, |path| OpenOptions::new().write(true).create_new(true).open(path))?;
        hidden.files.insert(path.clone());
        Ok((Self::Hidden(Some(path)), file))
    }

    /// Gives the file its final name, in one step.
    pub(super) fn settle(&mut self, file: &File, target: &Path) -> io::Result<()> {
        let mut hidden = lock()?;
        match self {
            #[cfg(target_os = "linux")]
            Self::Unnamed => unnamed::settle(file, target)?,
            Self::Hidden(path) => {
                let _ = file;
                if let Some(path) = &*path {
                    fs::rename(path, target)?;
                    hidden.files.remove(path);
                }
                *path = None;
            }
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Self::Hidden(Some(path)) = self {
            // Nobody is left to hear of a failure; the file is hidden and named after its target.
            let _ = fs::remove_file(&*path);
            HIDDEN.lock().unwrap_or_else(PoisonError::into_inner).files.remove(path);
        }
    }
}

/// Removes all hidden files and lets nobody make or settle another.
pub(super) fn abandon_all() {
    let mut hidden = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
    hidden.closed = true;
    for path in std::mem::take(&mut hidden.files) {
        let _ = fs::remove_file(path);
    }
}

fn lock() -> io::Result<MutexGuard<'static, Hidden>> {
    let hidden = HIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
    if hidden.closed { Err(io::Error::other("the process is ending")) } else { Ok(hidden) }
}

/// Makes something under the first hidden name beside `target` that is free.
fn free_name<T>(target: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(PathBuf, T)> {
    for attempt in 0..TRIES {
        let mut name = OsString::from(".");
        name.push(target.file_name().unwrap_or_default());
        name.push(format!(".{}-{attempt}.part", std::process::id()));
        let path = target.with_file_name(name);
        match make(&path) {
            Ok(made) => return Ok((path, made)),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    Err(io::Error::other("too many unfinished files stand beside it; remove those that end in .part"))
}

/// Files without a name: <https://man7.org/linux/man-pages/man2/open.2.html>, `O_TMPFILE`.
#[cfg(target_os = "linux")]
mod unnamed {
    use std::fs::{self, File};
    use std::io;
    use std::os::fd::AsRawFd;
    use std::path::{Path, PathBuf};

    use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, openat};

    /// A file without a name; `None` where the file system has none, or one could not be named later.
    pub(super) fn open(folder: &Path) -> Option<File> {
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let file = File::from(openat(CWD, folder, flags, Mode::from_raw_mode(0o666)).ok()?);
        fs::symlink_metadata(link_to(&file)).is_ok().then_some(file)
    }

    /// Names a file; one that has the name already is replaced.
    pub(super) fn settle(file: &File, target: &Path) -> io::Result<()> {
        let name =
            |path: &Path| -> io::Result<()> { Ok(linkat(CWD, link_to(file), CWD, path, AtFlags::SYMLINK_FOLLOW)?) };
        match name(target) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                // A name cannot be taken over by a link, but by a rename.
                let (hidden, ()) = super::free_name(target, name)?;
                fs::rename(&hidden, target).inspect_err(|_| {
                    let _ = fs::remove_file(&hidden);
                })
            }
            done => done,
        }
    }

    /// The system's link to an open file.
    fn link_to(file: &File) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_file_is_renamed_or_removed() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("a.csv");
        let left = folder.path().join(format!(".a.csv.{}-0.part", std::process::id()));
        fs::write(&left, "left").unwrap();
        let (place, _file) = Place::hidden(&target).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        drop(place);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let (mut place, file) = Place::hidden(&target).unwrap();
        place.settle(&file, &target).unwrap();
        drop(place);
        assert!(target.is_file());
        assert_eq!(fs::read_to_string(&left).unwrap(), "left");
    }
}
