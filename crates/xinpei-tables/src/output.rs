//! A file that is written whole or not at all.

mod place;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use xinpei::Error;

use self::place::Place;

/// Bytes that are gathered before they are written.
const BUFFER: usize = 256 * 1024;

/// A file on its way. What is written has no name until [`Output::commit`] gives it the target's;
/// when the output is dropped before, or the process is killed, nothing is left. Where the system
/// knows no files without a name, a hidden file beside the target takes the place, which is removed
/// when the output is dropped.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("decisions.jsonl");
/// use std::io::Write;
/// let mut output = xinpei_tables::Output::create(&path, [])?;
/// output.write_all(b"{}\n")?;
/// assert!(!path.exists());
/// output.commit()?;
/// assert!(path.exists());
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Output {
    /// Where the text shall stand.
    target: PathBuf,
    /// Where it stands now; `None` where it goes straight into a device or a pipe.
    place: Option<Place>,
    writer: BufWriter<File>,
}

impl Output {
    /// Opens an output for `path`. `inputs` are the files that are read meanwhile.
    ///
    /// # Errors
    /// When the path is one of the inputs or a folder, or its folder is missing or cannot be
    /// written to.
    pub fn create<'a>(path: &Path, inputs: impl IntoIterator<Item = &'a Path>) -> Result<Self, Error> {
        if inputs.into_iter().any(|input| same(path, input)) {
            return Err(Error::input(format!("`{}` is an input; write to another file", path.display())));
        }
        if path.is_dir() {
            return Err(Error::input(format!("`{}` is a folder; name a file in it", path.display())));
        }
        let target = resolve(path);
        if fs::metadata(&target).is_ok_and(|m| !m.is_file()) {
            let file = OpenOptions::new().write(true).open(&target).map_err(|e| Error::write(path, e))?;
            return Ok(Self { target, place: None, writer: BufWriter::with_capacity(BUFFER, file) });
        }
        if target.file_name().is_none() {
            return Err(Error::input(format!("`{}` names no file", path.display())));
        }
        let folder = folder(&target);
        if !folder.is_dir() {
            return Err(Error::input(format!(
                "cannot write `{}`: there is no folder `{}`; make it first",
                path.display(),
                folder.display()
            )));
        }
        let (place, file) = Place::open(&target).map_err(|e| Error::write(path, e))?;
        // Whoever could read the old file can read the new one, and nobody else.
        if let Ok(old) = fs::metadata(&target) {
            file.set_permissions(old.permissions()).map_err(|e| Error::write(path, e))?;
        }
        Ok(Self { target, place: Some(place), writer: BufWriter::with_capacity(BUFFER, file) })
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// When not everything could be written; the target is then as it was.
    pub fn commit(mut self) -> Result<(), Error> {
        let done = self.writer.flush().and_then(|()| match &mut self.place {
            // Without this a crash soon after could leave an empty file under the final name.
            Some(place) => {
                self.writer.get_ref().sync_all()?;
                place.settle(self.writer.get_ref(), &self.target)
            }
            None => Ok(()),
        });
        done.map_err(|e| Error::write(&self.target, e))
    }

    /// An error of writing to this output, with its path.
    #[must_use]
    pub fn failed(&self, cause: io::Error) -> Error {
        match cause.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(named) => named.clone(),
            None => Error::write(&self.target, cause),
        }
    }

    /// Gives up every output of the process that was not committed: hidden files are removed, and
    /// none can be opened or committed from now on. For a process that is about to end although
    /// others still write.
    pub fn abandon_all() {
        place::abandon_all();
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes).map_err(|cause| named(&self.target, cause))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush().map_err(|cause| named(&self.target, cause))
    }
}

/// An error of writing that tells its file, through whatever writes into it.
fn named(target: &Path, cause: io::Error) -> io::Error {
    // Whoever writes tries again, and nobody reads an interruption.
    if cause.kind() == io::ErrorKind::Interrupted {
        return cause;
    }
    io::Error::new(cause.kind(), Error::write(target, cause))
}

/// Where a path leads: a link stays a link, and its target is replaced.
fn resolve(path: &Path) -> PathBuf {
    if let Ok(target) = fs::canonicalize(path) {
        return target;
    }
    match (fs::canonicalize(folder(path)), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

/// The folder that a path stands in.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Whether two paths lead to one file, which need not be there yet.
#[must_use]
pub fn same(a: &Path, b: &Path) -> bool {
    let (a, b) = (resolve(a), resolve(b));
    a == b || same_file(&a, &b)
}

#[cfg(unix)]
fn same_file(a: &Path, b: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (fs::metadata(a), fs::metadata(b)) {
        // Hard links have different paths.
        (Ok(a), Ok(b)) => a.is_file() && (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_file(_: &Path, _: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_commit_replaces_the_file_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "old").unwrap();
        let mut output = Output::create(&path, []).unwrap();
        output.write_all(b"new").unwrap();
        output.flush().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        output.commit().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["a.csv"]);
    }

    #[test]
    fn without_a_commit_nothing_happens() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let mut output = Output::create(&path, []).unwrap();
        output.write_all(b"half").unwrap();
        assert!(names(folder.path()).iter().all(|name| name.ends_with(".part")));
        drop(output);
        assert_eq!(names(folder.path()), [] as [String; 0]);
    }

    /// A process that is killed cannot tidy up, so there must be nothing to tidy.
    #[cfg(target_os = "linux")]
    #[test]
    fn nothing_has_a_name_before_the_commit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs::write(&path, "old").unwrap();
        let mut output = Output::create(&path, []).unwrap();
        output.write_all(b"half").unwrap();
        output.flush().unwrap();
        assert_eq!(names(folder.path()), ["a.csv"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }

    #[test]
    fn one_file_by_two_names() {
        let folder = tempfile::tempdir().unwrap();
        let (path, crooked) = (folder.path().join("new.csv"), folder.path().join(".").join("new.csv"));
        assert!(same(&path, &crooked));
        assert!(!same(&path, &folder.path().join("other.csv")));
        fs::write(&path, "").unwrap();
        assert!(same(&path, &crooked));
    }

    #[test]
    fn what_an_earlier_run_left_does_not_disturb() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let left = folder.path().join(format!(".a.csv.{}-0.part", std::process::id()));
        fs::write(&left, "left").unwrap();
        Output::create(&path, []).unwrap().commit().unwrap();
        assert_eq!(fs::read_to_string(&left).unwrap(), "left");
        assert_eq!(fs::read_to_string(&path).unwrap(), "");
    }

    #[test]
    fn an_input_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("in.csv");
        fs::write(&input, "in").unwrap();
        let crooked = folder.path().join(".").join("in.csv");
        let error = Output::create(&crooked, [input.as_path()]).unwrap_err();
        assert!(error.is_input() && error.to_string().contains("is an input"), "{error}");
        #[cfg(unix)]
        {
            let (link, hard) = (folder.path().join("link.csv"), folder.path().join("hard.csv"));
            std::os::unix::fs::symlink(&input, &link).unwrap();
            fs::hard_link(&input, &hard).unwrap();
            assert!(Output::create(&link, [input.as_path()]).is_err());
            assert!(Output::create(&hard, [input.as_path()]).is_err());
            // A link to another file stays a link.
            let (other, link) = (folder.path().join("other.csv"), folder.path().join("to-other.csv"));
            fs::write(&other, "old").unwrap();
            std::os::unix::fs::symlink(&other, &link).unwrap();
            fs::set_permissions(&other, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
            Output::create(&link, [input.as_path()]).unwrap().commit().unwrap();
            assert!(link.is_symlink());
            assert_eq!(fs::read_to_string(&other).unwrap(), "");
            assert_eq!(
                std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&other).unwrap().permissions()) & 0o777,
                0o600
            );
        }
        assert!(Output::create(folder.path(), []).unwrap_err().is_input());
        let error = Output::create(&folder.path().join("no").join("a.csv"), []).unwrap_err();
        assert!(error.is_input() && error.to_string().contains("there is no folder"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_written_to_and_stays() {
        let mut output = Output::create(Path::new("/dev/null"), []).unwrap();
        output.write_all(b"away").unwrap();
        output.commit().unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
