//! How decisions are written: what the call says, else the ending of the file.

use std::io::{self, IsTerminal};
use std::path::Path;

use clap::ValueEnum;

use crate::failure::Failure;

/// How decisions are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table for people, with a summary; of more than 5,000 rows the first and the last ones
    Text,
    /// One decision a line, whole and in its canonical form (.jsonl, .ndjson, .json)
    Json,
    /// One row an enterprise (.csv)
    Csv,
    /// Columns, compressed (.parquet)
    Parquet,
    /// Columns as they are in memory (.arrow, .feather, .ipc)
    Arrow,
    /// The same as a stream, which can be read while it is written (.arrows)
    ArrowStream,
    /// A workbook of one sheet (.xlsx)
    Xlsx,
}

/// Endings and what they mean.
const ENDINGS: &[(&str, Format)] = &[
    ("parquet", Format::Parquet),
    ("arrow", Format::Arrow),
    ("feather", Format::Arrow),
    ("ipc", Format::Arrow),
    ("arrows", Format::ArrowStream),
    ("csv", Format::Csv),
    ("xlsx", Format::Xlsx),
    ("jsonl", Format::Json),
    ("ndjson", Format::Json),
    ("json", Format::Json),
    ("txt", Format::Text),
];

impl Format {
    /// The format of a file, or of stdout where there is none.
    pub(super) fn choose(said: Option<Self>, file: Option<&Path>) -> Result<Self, Failure> {
        let Some(file) = file else {
            let format = said.unwrap_or(Self::Text);
            if matches!(format, Self::Parquet | Self::Arrow | Self::ArrowStream | Self::Xlsx)
                && io::stdout().is_terminal()
            {
                let name = format.to_possible_value().map_or_else(String::new, |v| v.get_name().to_owned());
                return Err(Failure::error(format!(
                    "a terminal cannot show {name}; add --out FILE, or send stdout into a file"
                )));
            }
            return Ok(format);
        };
        let ending = file.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
        let meant = ENDINGS.iter().find(|(name, _)| Some(*name) == ending.as_deref()).map(|(_, format)| *format);
        said.or(meant).ok_or_else(|| {
            let endings: Vec<String> = ENDINGS.iter().map(|(name, _)| format!(".{name}")).collect();
            Failure::error(format!(
                "the ending of `{}` names no format; end it in {}, or add --format",
                file.display(),
                endings.join(", ")
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_call_goes_before_the_ending() {
        let choose = |said, file: &str| Format::choose(said, Some(Path::new(file))).ok();
        assert_eq!(choose(None, "a/b.PARQUET"), Some(Format::Parquet));
        assert_eq!(choose(None, "b.tar.arrow"), Some(Format::Arrow));
        assert_eq!(choose(Some(Format::Csv), "b.parquet"), Some(Format::Csv));
        assert_eq!(choose(Some(Format::Csv), "/dev/full"), Some(Format::Csv));
        assert_eq!((choose(None, "b"), choose(None, "b.xls")), (None, None));
    }
}
