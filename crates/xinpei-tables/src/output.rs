//! A file that is written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use xinpei::Error;

/// A file on its way. What is written goes into a temporary file beside the target, which takes the
/// target's name on [`Output::commit`] and is removed when the output is dropped before.
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
    /// Where it stands now; `None` where it goes straight into a device or a pipe, and when it has
    /// moved.
    temporary: Option<PathBuf>,
    writer: BufWriter<File>,
}

/// How many names are tried for a temporary file, some of which an earlier run may have left.
const TRIES: u32 = 100;

impl Output {
    /// Opens an output for `path`. `inputs` are the files that are read meanwhile.
    ///
    /// # Errors
    /// When the path is one of the inputs or a folder, or its folder cannot be written to.
    pub fn create<'a>(path: &Path, inputs: impl IntoIterator<Item = &'a Path>) -> Result<Self, Error> {
        if inputs.into_iter().any(|input| same(path, input)) {
            return Err(Error::input(format!("`{}` is an input; write to another file", path.display())));
        }
        if path.is_dir() {
            return Err(Error::input(format!("`{}` is a folder; name a file in it", path.display())));
        }
        // A link stays a link: its target is replaced.
        let target = match fs::canonicalize(path) {
            Ok(target) => target,
            Err(_) => path.to_owned(),
        };
        if fs::metadata(&target).is_ok_and(|m| !m.is_file()) {
            let file = OpenOptions::new().write(true).open(&target).map_err(|e| Error::write(path, e))?;
            return Ok(Self { target, temporary: None, writer: BufWriter::new(file) });
        }
        let Some(name) = target.file_name() else {
            return Err(Error::input(format!("`{}` names no file", path.display())));
        };
        for attempt in 0..TRIES {
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{}-{attempt}.part", std::process::id()));
            let temporary = target.with_file_name(hidden);
            match OpenOptions::new().write(true).create_new(true).open(&temporary) {
                Ok(file) => {
                    let output = Self { target, temporary: Some(temporary), writer: BufWriter::new(file) };
                    // Whoever could read the old file can read the new one, and nobody else.
                    if let Ok(old) = fs::metadata(&output.target) {
                        output
                            .writer
                            .get_ref()
                            .set_permissions(old.permissions())
                            .map_err(|e| Error::write(path, e))?;
                    }
                    return Ok(output);
                }
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(Error::write(path, e)),
            }
        }
        Err(Error::input(format!(
            "beside `{}` stand too many unfinished files; remove those that end in .part",
            path.display()
        )))
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// When not everything could be written; the target is then as it was.
    pub fn commit(mut self) -> Result<(), Error> {
        let done = self.writer.flush().and_then(|()| match &self.temporary {
            // Without this a crash soon after could leave an empty file under the final name.
            Some(temporary) => self.writer.get_ref().sync_all().and_then(|()| fs::rename(temporary, &self.target)),
            None => Ok(()),
        });
        done.map_err(|e| Error::write(&self.target, e))?;
        self.temporary = None;
        Ok(())
    }

    /// An error of writing to this output, with its path.
    #[must_use]
    pub fn failed(&self, cause: io::Error) -> Error {
        Error::write(&self.target, cause)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            // Nobody is left to hear of a failure; the file is hidden and named after its target.
            let _ = fs::remove_file(temporary);
        }
    }
}

/// Whether two paths lead to one file.
fn same(a: &Path, b: &Path) -> bool {
    match (fs::canonicalize(a), fs::canonicalize(b)) {
        (Ok(x), Ok(y)) => x == y || same_file(&x, &y),
        _ => a == b,
    }
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
        assert_eq!(names(folder.path()).len(), 1);
        drop(output);
        assert_eq!(names(folder.path()), [] as [String; 0]);
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
        assert!(Output::create(&folder.path().join("no").join("a.csv"), []).unwrap_err().is_io());
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
