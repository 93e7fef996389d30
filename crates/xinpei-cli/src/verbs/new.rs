//! `xinpei new`: a small rulebook that checks clean, to start from.

use std::fs;
use std::path::{Path, PathBuf};

use xinpei::author::shape::is_word;

use crate::cli::Format;
use crate::failure::Failure;
use crate::output::{self, Context};

/// The files of the starter, with `{{id}}`, `{{version}}` and `{{year}}` to fill in.
const FILES: &[(&str, &str)] = &[
    ("rulebook.yaml", include_str!("../starter/rulebook.yaml")),
    ("facts/tax.yaml", include_str!("../starter/facts/tax.yaml")),
    ("facts/court.yaml", include_str!("../starter/facts/court.yaml")),
    ("sections/1-tax.yaml", include_str!("../starter/sections/1-tax.yaml")),
    ("sections/2-court.yaml", include_str!("../starter/sections/2-court.yaml")),
    ("grades.yaml", include_str!("../starter/grades.yaml")),
    ("outcomes/committee.yaml", include_str!("../starter/outcomes/committee.yaml")),
    ("scripts/court.rhai", include_str!("../starter/scripts/court.rhai")),
    ("cases/first.yaml", include_str!("../starter/cases/first.yaml")),
];

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The folder of the version, such as rules/mycounty/2026.1: its last two names are id and version
    folder: PathBuf,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let (id, version) = names(&args.folder)?;
    if fs::read_dir(&args.folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Failure::error(format!("`{}` is not empty", args.folder.display())));
    }
    let mut written = Vec::new();
    for (path, text) in FILES {
        let file = args.folder.join(path);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).map_err(|e| xinpei::Error::write(folder, e))?;
        }
        let text = text.replace("{{id}}", id).replace("{{version}}", version).replace("{{year}}", year(version));
        fs::write(&file, text).map_err(|e| xinpei::Error::write(&file, e))?;
        written.push(file.display().to_string());
    }
    match args.format {
        Format::Text => output::print(&written.join("\n"))?,
        Format::Json => output::print_json(&written)?,
    }
    let folder = args.folder.display();
    context.notice(&format!("next: xinpei check {folder} && xinpei test {folder}"));
    Ok(())
}

/// Id and version, by the last two names of a path.
pub(super) fn names(folder: &Path) -> Result<(&str, &str), Failure> {
    fn name(path: Option<&Path>) -> Option<&str> {
        path?.file_name()?.to_str()
    }
    let (id, version) = (name(folder.parent()), name(Some(folder)));
    let (Some(id), Some(version)) = (id, version) else {
        return Err(Failure::error(format!(
            "`{}` names no id and version; write `rules/mycounty/2026.1`",
            folder.display()
        )));
    };
    if !id.split('-').all(is_word) {
        return Err(Failure::error(format!("`{id}` is not an id: lower-case words, joined by `-`")));
    }
    if !version.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-') {
        return Err(Failure::error(format!("`{version}` is not a version: letters, digits, `.` and `-`")));
    }
    Ok((id, version))
}

/// The year that a version starts with, or one to be changed.
fn year(version: &str) -> &str {
    version
        .get(..4)
        .filter(|y| {
            y.bytes().all(|b| b.is_ascii_digit()) && matches!(y.as_bytes(), [b'1', b'9', ..] | [b'2', b'0', ..])
        })
        .unwrap_or("2026")
}
