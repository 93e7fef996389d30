//! How large a spreadsheet is unpacked, before anything of it is kept: a few kilobytes can become gigabytes.

use std::fs::File;
use std::io::{BufReader, Read};

use xinpei::Error;
use zip::ZipArchive;

use crate::limits;

/// How large a spreadsheet may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Bytes of all parts, unpacked.
    pub(super) bytes: u64,
    /// Bytes of the part with the texts that cells share, unpacked.
    pub(super) shared: u64,
    /// Bytes of all texts that are kept.
    pub(super) text: usize,
    /// Cells that are kept, the empty ones between others included.
    pub(super) cells: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            bytes: limits::SHEET_BYTES,
            shared: limits::SHEET_SHARED_BYTES,
            text: limits::SHEET_TEXT_BYTES,
            cells: limits::SHEET_CELLS,
        }
    }
}

impl Bounds {
    /// A spreadsheet with more than this.
    pub(super) fn passed(name: &str, most: impl std::fmt::Display, what: &str) -> Error {
        Error::input(format!("`{name}` holds more than {most} {what}; split it, or save it as .csv"))
    }

    /// Refuses a package that unpacks to more, by the sizes that its directory declares; whoever reads a part
    /// stops where it becomes larger than that. What is no package at all is for the reader to tell.
    pub(super) fn check(&self, name: &str, file: &File) -> Result<(), Error> {
        let Ok(mut archive) = ZipArchive::new(BufReader::new(file)) else { return Ok(()) };
        let (mut all, mut texts) = (0_u64, None);
        for at in 0..archive.len() {
            let Ok(part) = archive.by_index_raw(at) else { return Ok(()) };
            all = all.saturating_add(part.size());
            if part.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml")) {
                if part.size() > self.shared {
                    return Err(Self::passed(name, self.shared, "bytes of shared texts"));
                }
                texts = Some((at, part.size()));
            }
        }
        if all > self.bytes {
            return Err(Self::passed(name, self.bytes, "bytes when it is unpacked"));
        }
        let Some((at, size)) = texts else { return Ok(()) };
        let Ok(part) = archive.by_index(at) else { return Ok(()) };
        let mut head = Vec::new();
        // Where it breaks off, the reader tells.
        let _ = part.take(HEAD).read_to_end(&mut head);
        if count(&head).is_some_and(|texts| texts > size) {
            return Err(Error::input(format!(
                "`{name}` is a damaged .xlsx file: it says to have more texts than it holds; save it again as .xlsx"
            )));
        }
        Ok(())
    }
}

/// Bytes in which the head of a part stands.
const HEAD: u64 = 4096;

/// How many shared texts a part says to have; its reader makes room for as many at once.
fn count(head: &[u8]) -> Option<u64> {
    let text = String::from_utf8_lossy(head);
    let value = text.split_once("uniqueCount")?.1.trim_start().strip_prefix('=')?.trim_start();
    let digits = value.trim_start_matches(['"', '\'', '+', ' ']);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let digits = digits.get(..end).filter(|digits| !digits.is_empty())?;
    // A number that does not fit is too large in any case.
    Some(digits.parse().unwrap_or(u64::MAX))
}
