//! Bytes of a delivered file → text, strictly by its declared encoding.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

use encoding_rs::{Decoder, DecoderResult};
use xinpei::Error;

use crate::limits;

/// How the characters of a file are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    Utf8,
    /// GBK, what Chinese Windows calls ANSI.
    Gbk,
    /// GB 18030, which contains GBK.
    Gb18030,
}

/// The words for [`Encoding`], in the order of its variants.
pub const ENCODINGS: &[&str] = &["utf-8", "gbk", "gb18030"];

impl Encoding {
    /// The encoding that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "utf-8" => Self::Utf8,
            "gbk" => Self::Gbk,
            "gb18030" => Self::Gb18030,
            _ => return None,
        })
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Gbk => "gbk",
            Self::Gb18030 => "gb18030",
        }
    }

    fn decoder(self) -> Decoder {
        let codec = match self {
            Self::Utf8 => encoding_rs::UTF_8,
            Self::Gbk => encoding_rs::GBK,
            Self::Gb18030 => encoding_rs::GB18030,
        };
        codec.new_decoder_without_bom_handling()
    }
}

/// What may be added behind the last line, so that a reader can tell whether it came to the end.
pub(crate) const END: &str = "\u{1}\u{1}end of file\u{1}\u{1}";

/// Reads text: the bytes decoded, without a byte order mark, each line ended by a line feed alone.
pub(crate) struct Decoded<R> {
    input: R,
    encoding: Encoding,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What of `raw` is not decoded yet.
    rest: Range<usize>,
    decoded: Vec<u8>,
    /// Text that is ready, and how much of it was handed out.
    ready: Vec<u8>,
    given: usize,
    /// Nothing was read yet.
    first: bool,
    /// Nothing was decoded yet.
    fresh: bool,
    /// The input has ended, or it failed.
    ended: bool,
    done: bool,
    /// A carriage return at the end of the last piece, which may belong to a line feed.
    held: bool,
    line: u64,
    marked: bool,
}

impl<R: Read> Decoded<R> {
    /// Text from bytes; with `marked`, the line [`END`] stands behind the last one.
    pub(crate) fn new(input: R, encoding: Encoding, marked: bool) -> Self {
        Self {
            input,
            encoding,
            decoder: encoding.decoder(),
            raw: vec![0; limits::CHUNK_BYTES],
            rest: 0..0,
            decoded: vec![0; limits::CHUNK_BYTES * 2],
            ready: Vec::with_capacity(limits::CHUNK_BYTES * 2),
            given: 0,
            first: true,
            fresh: true,
            ended: false,
            done: false,
            held: false,
            line: 1,
            marked,
        }
    }

    /// Reads until there is some text or the end.
    fn fill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        while self.ready.is_empty() && !self.done {
            if self.rest.is_empty() && !self.ended {
                self.load()?;
            }
            // The decoder learns of the end only with the last bytes.
            let last = self.ended;
            let source = self.raw.get(self.rest.clone()).unwrap_or_default();
            let (result, read, written) =
                self.decoder.decode_to_utf8_without_replacement(source, &mut self.decoded, last);
            self.rest.start += read;
            self.take(written);
            match result {
                DecoderResult::Malformed(..) => return self.fail(Why::Bytes),
                DecoderResult::InputEmpty if last => self.end(),
                _ => {}
            }
        }
        Ok(())
    }

    /// Reads the next bytes; the first ones are looked at for signs of another encoding.
    fn load(&mut self) -> io::Result<()> {
        let mut end = 0;
        while let Some(space) = self.raw.get_mut(end..).filter(|s| !s.is_empty()) {
            match self.input.read(space) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(n) => end += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        self.rest = 0..end;
        let head = self.raw.get(..end).unwrap_or_default();
        match suspect(head, self.encoding).filter(|_| self.first) {
            Some(why) => self.fail(why),
            None => {
                self.first = false;
                Ok(())
            }
        }
    }

    fn fail(&mut self, why: Why) -> io::Result<()> {
        self.done = true;
        Err(io::Error::new(io::ErrorKind::InvalidData, Malformed { line: self.line, why }))
    }

    /// Moves decoded text to what is ready; a line end of two characters becomes one.
    fn take(&mut self, written: usize) {
        let mut text = self.decoded.get(..written).unwrap_or_default();
        if self.fresh && !text.is_empty() {
            self.fresh = false;
            text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        }
        self.line += count(text);
        if !self.held && !text.contains(&b'\r') {
            self.ready.extend_from_slice(text);
            return;
        }
        for byte in text {
            if self.held && *byte != b'\n' {
                self.ready.push(b'\r');
            }
            self.held = *byte == b'\r';
            if !self.held {
                self.ready.push(*byte);
            }
        }
    }

    fn end(&mut self) {
        self.done = true;
        if self.marked {
            self.ready.push(b'\n');
            self.ready.extend_from_slice(END.as_bytes());
            self.ready.push(b'\n');
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given >= self.ready.len() {
            self.fill()?;
        }
        let n = self.ready.get(self.given..).unwrap_or_default().read(out)?;
        self.given += n;
        Ok(n)
    }
}

fn count(text: &[u8]) -> u64 {
    text.iter().map(|b| u64::from(*b == b'\n')).sum()
}

/// What the first bytes betray about another encoding.
fn suspect(head: &[u8], encoding: Encoding) -> Option<Why> {
    if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
        return Some(Why::Utf16);
    }
    if encoding == Encoding::Utf8 {
        return None;
    }
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The last character may be cut off where the piece ends.
        Err(e) if e.error_len().is_none() => {
            head.get(..e.valid_up_to()).and_then(|h| std::str::from_utf8(h).ok()).unwrap_or("")
        }
        Err(_) => return None,
    };
    // UTF-8 read as GBK rarely fails: it becomes nonsense. Chinese text in GBK is never valid UTF-8.
    valid.contains(|c: char| ('\u{3000}'..='\u{9fff}').contains(&c) || c == '\u{feff}').then_some(Why::Utf8)
}

/// Bytes that are not text in the declared encoding.
#[derive(Debug)]
pub(crate) struct Malformed {
    line: u64,
    why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Bytes,
    Utf8,
    Utf16,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} is not text in the declared encoding", self.line)
    }
}

impl std::error::Error for Malformed {}

/// An error of reading, told in the user's words: which file and line, and which encoding fits.
pub(crate) fn explain(name: &str, path: Option<&Path>, encoding: Encoding, cause: io::Error) -> Error {
    let Some(malformed) = cause.get_ref().and_then(|e| e.downcast_ref::<Malformed>()) else {
        return Error::read(path.unwrap_or(Path::new(name)), cause);
    };
    let (line, word) = (malformed.line, encoding.word());
    Error::input(match malformed.why {
        Why::Utf16 => format!("`{name}` is UTF-16; save it as UTF-8"),
        Why::Utf8 => format!("`{name}` is declared as {word} but is UTF-8; write `encoding: utf-8`"),
        Why::Bytes => {
            let other = if encoding == Encoding::Utf8 { Encoding::Gb18030 } else { Encoding::Utf8 };
            let fits = path.is_some_and(|path| fits(path, other));
            let advice = match (fits, other) {
                (true, Encoding::Utf8) => "the file is UTF-8: write `encoding: utf-8`".to_owned(),
                (true, _) => "the file can be read as gbk: write `encoding: gbk`".to_owned(),
                (false, _) => format!("it may be damaged: export it again, or declare one of {}", ENCODINGS.join(", ")),
            };
            format!("`{name}` line {line} has bytes that are not {word}; {advice}")
        }
    })
}

/// Whether a whole file is text in an encoding.
fn fits(path: &Path, encoding: Encoding) -> bool {
    File::open(path).is_ok_and(|file| io::copy(&mut Decoded::new(file, encoding, false), &mut io::sink()).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], encoding: Encoding) -> Result<String, String> {
        let mut text = String::new();
        match Decoded::new(bytes, encoding, false).read_to_string(&mut text) {
            Ok(_) => Ok(text),
            Err(e) => Err(explain("a.csv", None, encoding, e).to_string()),
        }
    }

    /// 中文 is D6 D0 CE C4 in GBK; 㐀 (U+3400) is 81 39 EE 39 in GB 18030.
    #[test]
    fn each_encoding_is_read() {
        assert_eq!(read("中文\n".as_bytes(), Encoding::Utf8).unwrap(), "中文\n");
        assert_eq!(read(b"\xd6\xd0\xce\xc4\n", Encoding::Gbk).unwrap(), "中文\n");
        assert_eq!(read(b"\x81\x39\xee\x39", Encoding::Gb18030).unwrap(), "㐀");
        assert_eq!(read(b"", Encoding::Utf8).unwrap(), "");
    }

    #[test]
    fn marks_and_carriage_returns_vanish() {
        assert_eq!(read(b"\xef\xbb\xbfa,b\r\n1,2\r\n", Encoding::Utf8).unwrap(), "a,b\n1,2\n");
        assert_eq!(read(b"\x84\x31\x95\x33a", Encoding::Gb18030).unwrap(), "a");
        assert_eq!(read(b"a\rb\r\r\nc", Encoding::Utf8).unwrap(), "a\rb\r\nc");
        assert_eq!(read("a\u{feff}b".as_bytes(), Encoding::Utf8).unwrap(), "a\u{feff}b");
    }

    #[test]
    fn malformed_bytes_name_their_line() {
        let error = read(b"a\nb\n\xd6\xd0", Encoding::Utf8).unwrap_err();
        assert!(error.starts_with("`a.csv` line 3 has bytes that are not utf-8"), "{error}");
        // Half a character at the very end.
        let error = read(b"a\n\xd6\xd0\xce", Encoding::Gbk).unwrap_err();
        assert!(error.starts_with("`a.csv` line 2 has bytes that are not gbk"), "{error}");
        assert!(read(b"\xff\xfea\0", Encoding::Utf8).unwrap_err().contains("UTF-16"));
    }

    #[test]
    fn the_encoding_that_fits_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, b"\xd6\xd0\xce\xc4\n").unwrap();
        let cause = io::copy(&mut Decoded::new(File::open(&path).unwrap(), Encoding::Utf8, false), &mut io::sink())
            .unwrap_err();
        let error = explain("a.csv", Some(&path), Encoding::Utf8, cause).to_string();
        assert_eq!(
            error,
            "`a.csv` line 1 has bytes that are not utf-8; the file can be read as gbk: write `encoding: gbk`"
        );
        // UTF-8 under a declared GBK would decode into nonsense without an error.
        assert!(
            encoding_rs::GBK
                .decode_without_bom_handling_and_without_replacement("统一社会信用代码".as_bytes())
                .is_some()
        );
        let error = read("统一社会信用代码".as_bytes(), Encoding::Gbk).unwrap_err();
        assert_eq!(error, "`a.csv` is declared as gbk but is UTF-8; write `encoding: utf-8`");
    }

    /// A character cut by the end of a piece is whole again.
    #[test]
    fn pieces_join() {
        let text = format!("a{}", "汉\r\n".repeat(limits::CHUNK_BYTES));
        assert_eq!(read(text.as_bytes(), Encoding::Utf8).unwrap(), text.replace('\r', ""));
        let (gbk, ..) = encoding_rs::GBK.encode(&text);
        assert_eq!(read(&gbk, Encoding::Gbk).unwrap(), text.replace('\r', ""));
    }
}
