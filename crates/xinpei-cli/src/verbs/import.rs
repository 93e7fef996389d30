//! `xinpei import`: a scorecard of another program as rule files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use serde_json::json;
use xinpei::Date;
use xinpei_exchange::table::{self, Table};
use xinpei_exchange::{Heading, Imported, pmml};
use xinpei_tables::{Encoding, save_rules};

use super::new::names;
use crate::cli::{Format, date};
use crate::columns::Columns;
use crate::failure::Failure;
use crate::input::encoding;
use crate::output::{self, Context};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A PMML document with one Scorecard, or a points table: .csv, .xlsx
    file: PathBuf,
    /// The folder of the new version, such as rules/mycounty/2026.1: its last two names are id and version
    #[arg(long)]
    out: PathBuf,
    /// What the file is [default: by its ending]
    #[arg(long, value_enum)]
    from: Option<Kind>,
    /// Digits after the point of numbers: N for all, NAME=N for one field
    #[arg(long, value_name = "N|NAME=N", value_parser = digits)]
    digits: Vec<(Option<String>, u32)>,
    /// Values of a field of text beyond those that the file names: NAME=A,B
    #[arg(long, value_name = "NAME=A,B", value_parser = members)]
    members: Vec<(String, Vec<String>)>,
    /// Carry the points of a PMML document and leave its reasons out
    #[arg(long)]
    points_only: bool,
    /// Of rows of a points table that overlap the first counts
    #[arg(long)]
    ordered: bool,
    /// How the characters of a .csv are written: utf-8, gbk or gb18030
    #[arg(long, default_value = "utf-8", value_parser = encoding)]
    encoding: Encoding,
    /// The first day in force
    #[arg(long, value_name = "DATE", default_value = "2000-01-01", value_parser = date)]
    effective_from: Date,
    /// Who issues the rulebook
    #[arg(long, default_value = "")]
    authority: String,
    /// Enterprises are named by their unified social credit code
    #[arg(long)]
    uscc: bool,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// A PMML document
    Pmml,
    /// A points table
    Table,
}

fn digits(text: &str) -> Result<(Option<String>, u32), String> {
    let (name, digits) = match text.rsplit_once('=') {
        Some((name, digits)) => (Some(name.to_owned()), digits),
        None => (None, text),
    };
    let digits = digits.parse().ok().filter(|d| *d <= 9).ok_or("digits lie between 0 and 9")?;
    Ok((name, digits))
}

fn members(text: &str) -> Result<(String, Vec<String>), String> {
    let (name, list) = text.split_once('=').ok_or("write NAME=A,B")?;
    Ok((name.to_owned(), list.split(',').map(|m| m.trim().to_owned()).collect()))
}

impl Args {
    fn kind(&self) -> Result<Kind, Failure> {
        let ending = self.file.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
        match (self.from, ending.as_str()) {
            (Some(kind), _) => Ok(kind),
            (None, "pmml" | "xml") => Ok(Kind::Pmml),
            (None, "csv" | "xlsx" | "xlsm") => Ok(Kind::Table),
            _ => Err(Failure::error(format!(
                "`{}` ends in neither .pmml, .xml, .csv nor .xlsx; say what it is with --from",
                self.file.display()
            ))),
        }
    }

    fn read(&self) -> Result<Imported, Failure> {
        let (id, version) = names(&self.out)?;
        let heading = Heading {
            from: self.effective_from,
            authority: self.authority.clone(),
            uscc: self.uscc,
            ..Heading::new(id, version)
        };
        let all = self.digits.iter().rev().find(|(name, _)| name.is_none()).map(|(_, digits)| *digits);
        let single: BTreeMap<String, u32> =
            self.digits.iter().filter_map(|(name, digits)| Some((name.clone()?, *digits))).collect();
        let members: BTreeMap<String, Vec<String>> = self.members.iter().cloned().collect();
        let imported = match self.kind()? {
            Kind::Pmml => {
                let text = text(&self.file)?;
                let mut options = pmml::Options::new(heading);
                options.digits = all.unwrap_or(options.digits);
                let options =
                    pmml::Options { field_digits: single, members, drop_reasons: self.points_only, ..options };
                pmml::import(&text, &options)
            }
            Kind::Table => {
                let table = Table::read(&self.file, self.encoding)?;
                let options = table::Options {
                    digits: all,
                    fact_digits: single,
                    members,
                    ordered: self.ordered,
                    ..table::Options::new(heading)
                };
                table::import(&table, &options)
            }
        };
        imported.map_err(|failure| refused(&self.file, failure))
    }
}

/// What a failure says about a file.
pub(super) fn refused(file: &Path, failure: xinpei_exchange::Failure) -> Failure {
    match failure {
        xinpei_exchange::Failure::Error(error) => Failure::of(&error, file),
        refused => Failure::error(format!("`{}`: {refused}", file.display())),
    }
}

fn text(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|e| xinpei::Error::read(path, e))?;
    String::from_utf8(bytes).map_err(|_| Failure::error(format!("`{}` is not UTF-8; save it as UTF-8", path.display())))
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let imported = args.read()?;
    let files = save_rules(&imported.files, &args.out)?;
    for note in &imported.notes {
        context.notice(&format!("note: {note}"));
    }
    let path = |file: &String| args.out.join(file).display().to_string();
    match args.format {
        Format::Text => {
            output::print(&files.iter().map(path).collect::<Vec<_>>().join("\n"))?;
            let mut columns = Columns::default();
            imported.names.iter().for_each(|(name, id)| columns.row([name.as_str(), id.as_str()]));
            context.notice(&format!("facts:\n{}", columns.render(None)));
        }
        Format::Json => output::print_json(&json!({
            "files": files.iter().map(path).collect::<Vec<_>>(),
            "facts": imported.names.iter().map(|(name, id)| json!({"name": name, "fact": id})).collect::<Vec<_>>(),
            "notes": imported.notes.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }))?,
    }
    let folder = args.out.display();
    context.notice(&format!("next: xinpei check {folder} && xinpei test {folder}"));
    Ok(())
}
