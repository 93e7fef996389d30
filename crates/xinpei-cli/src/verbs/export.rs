//! `xinpei export`: a rulebook for other programs.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;
use xinpei::Date;
use xinpei_exchange::{pmml, sql, table};

use super::import::refused;
use crate::cli::date;
use crate::failure::Failure;
use crate::output::{Context, Destination};
use crate::rules;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A version's folder, or a rulebook's folder with one version
    rules: PathBuf,
    /// What is written
    #[arg(long, value_enum)]
    to: Kind,
    /// The file; a table ends in .csv or .xlsx [default: stdout]
    #[arg(long)]
    out: Option<PathBuf>,
    /// The table that the SQL statement reads, as SQL names it
    #[arg(long, default_value = "dossiers")]
    table: String,
    /// The as-of date, for a SQL statement of rules that look at it
    #[arg(long, value_name = "DATE", value_parser = date)]
    as_of: Option<Date>,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A PMML 4.4 Scorecard
    Pmml,
    /// One SQL statement, for DuckDB
    Sql,
    /// A points table
    Table,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let folder = rules::single(&args.rules, "one is exported")?;
    let rulebook = rules::load(&folder)?;
    let sheet = args.out.as_ref().and_then(|out| out.extension()).is_some_and(|e| e.eq_ignore_ascii_case("xlsx"));
    let exported = match args.to {
        Kind::Pmml => pmml::export(&rulebook).map(|(text, notes)| (text.into_bytes(), notes)),
        Kind::Sql => {
            let options = sql::Options { table: args.table.clone(), as_of: args.as_of };
            sql::export(&rulebook, &options).map(|(text, notes)| (text.into_bytes(), notes))
        }
        Kind::Table => table::export(&rulebook).and_then(|(table, notes)| {
            let bytes = if sheet { table.to_xlsx()? } else { table.to_csv().into_bytes() };
            Ok((bytes, notes))
        }),
    };
    let (bytes, notes) = exported.map_err(|failure| refused(&folder, failure))?;
    let mut out = Destination::open(args.out.as_deref(), [])?;
    out.write_all(&bytes)?;
    out.finish()?;
    for note in notes {
        context.notice(&format!("note: {note}"));
    }
    Ok(())
}
