//! The command line.

use clap::{Parser, ValueEnum};

use crate::language::Lang;
use crate::verbs::Verb;

/// Scores small and medium enterprises from public records by rules that people can read.
#[derive(Debug, Parser)]
#[command(
    name = "xinpei",
    version,
    after_help = "Results go to stdout, everything else to stderr.\nExit codes: 0 fine; 1 a rulebook has mistakes, a case fails or a decision differs; 2 the call or the machine is at fault."
)]
pub(crate) struct Cli {
    /// Language of texts [default: zh where the environment asks for Chinese, else en]
    #[arg(long, global = true, value_enum)]
    pub(crate) lang: Option<Lang>,
    /// What to do
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Reads a date of the command line.
pub(crate) fn date(text: &str) -> Result<xinpei::Date, String> {
    let wrong = || format!("`{text}` is not a date of the calendar; write it as 2026-06-30");
    let date = xinpei::Date::parse(text).ok_or_else(wrong)?;
    let (first, last) = (xinpei::date::FIRST, xinpei::date::LAST);
    if date < first || date > last {
        return Err(format!("`{text}` lies outside the calendar of the rules, which is from {first} to {last}"));
    }
    Ok(date)
}

/// The date that is decided on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AsOf {
    /// One for all rows.
    Date(xinpei::Date),
    /// A column of the input has one for each row.
    Column(String),
}

/// Reads a date, or `column:NAME`.
pub(crate) fn as_of(text: &str) -> Result<AsOf, String> {
    match text.strip_prefix("column:").map(str::trim) {
        Some("") => Err("name the column: column:NAME".to_owned()),
        Some(name) => Ok(AsOf::Column(name.to_owned())),
        None => date(text).map(AsOf::Date),
    }
}
