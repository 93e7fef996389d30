//! `xinpei check`: every mistake of a rulebook, with its place and what to do about it.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use xinpei::Rulebook;
use xinpei::diagnostic::{Code, Diagnostics, Severity};
use xinpei::rulebook::lock_text;

use crate::cli::Format;
use crate::failure::Failure;
use crate::output::{self, Context};
use crate::{diagnose, rules};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folders of versions, or of rulebooks with their versions inside
    #[arg(required = true)]
    rules: Vec<PathBuf>,
    /// Write the lock file of each clean version: from then on it may not change
    #[arg(long)]
    release: bool,
    /// Print what each rulebook is compiled to
    #[arg(long, conflicts_with = "format")]
    listing: bool,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let mut wrong = false;
    let mut records = Vec::new();
    let folders = rules::versions(&args.rules)?;
    for folder in &folders {
        let (rulebook, diagnostics) = rules::check(folder)?;
        match args.format {
            Format::Json => records.extend(diagnose::records(folder, &diagnostics)),
            Format::Text => {
                let text = diagnose::render(folder, &diagnostics, context.colours);
                if !text.is_empty() {
                    output::print(&format!("{text}\n"))?;
                }
            }
        }
        match rulebook.filter(|_| !diagnostics.has_errors()) {
            Some(rulebook) => {
                if args.listing {
                    output::print(&rulebook.program().listing())?;
                }
                if args.format == Format::Text {
                    output::print(&summary(&rulebook))?;
                }
                if args.release {
                    release(folder, &rulebook, context)?;
                }
            }
            None => {
                wrong = true;
                context.notice(&format!("{}: {}", folder.display(), mistakes(&diagnostics)));
            }
        }
    }
    for (folder, diagnostics) in between(&folders) {
        wrong = true;
        match args.format {
            Format::Json => records.extend(diagnose::records(&folder, &diagnostics)),
            Format::Text => output::print(&diagnose::render(&folder, &diagnostics, context.colours))?,
        }
    }
    if args.format == Format::Json {
        output::print_json(&records)?;
    }
    if wrong { Err(Failure::Found) } else { Ok(()) }
}

/// What is wrong between the versions of one rulebook, where several were checked.
fn between(folders: &[PathBuf]) -> Vec<(PathBuf, Diagnostics)> {
    let mut parents: Vec<&Path> = folders.iter().filter_map(|f| f.parent()).collect();
    parents.sort_unstable();
    parents.dedup();
    let several = |parent: &&Path| folders.iter().filter(|f| f.parent() == Some(*parent)).count() > 1;
    let found = parents.into_iter().filter(several).filter_map(|parent| match rules::between_versions(parent) {
        // A version that cannot be read has been reported already.
        Err(Failure::Rules(folder, diagnostics))
            if diagnostics.sorted().iter().any(|d| d.code == Code::OverlappingWindows) =>
        {
            Some((folder, diagnostics))
        }
        _ => None,
    });
    found.collect()
}

/// `1 section`, `2 sections`.
fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn notes(diagnostics: &Diagnostics) -> usize {
    diagnostics.sorted().iter().filter(|d| d.severity == Severity::Note).count()
}

fn mistakes(diagnostics: &Diagnostics) -> String {
    let errors = diagnostics.sorted().len() - notes(diagnostics) + diagnostics.left_out;
    let mut text = count(errors, "mistake");
    if notes(diagnostics) > 0 {
        let _ = write!(text, ", {}", count(notes(diagnostics), "note"));
    }
    text
}

fn summary(rulebook: &Rulebook) -> String {
    let typed = rulebook.typed();
    let functions = typed.script.lines().filter(|line| line.trim_start().starts_with("fn ")).count();
    let mut parts = vec![
        "clean".to_owned(),
        count(typed.characteristics.len(), "characteristic"),
        count(typed.sections.len(), "section"),
    ];
    parts.extend([count(typed.overrides.len(), "override"), count(typed.outcomes.len(), "outcome")]);
    let tiers = typed.tiers.as_ref().map_or(0, |t| t.tiers.len());
    for (number, noun) in [(typed.products.len(), "product"), (tiers, "tier"), (typed.measures.len(), "measure")] {
        parts.extend((number > 0).then(|| count(number, noun)));
    }
    parts.push(format!("{} ({} opaque)", count(functions, "function"), typed.opaque.len()));
    format!("{} {}: {}, digest {}", rulebook.id(), rulebook.version(), parts.join(", "), rulebook.digest())
}

/// Writes the lock file beside the folder of a clean version.
fn release(folder: &Path, rulebook: &Rulebook, context: &Context) -> Result<(), Failure> {
    let full = fs::canonicalize(folder).map_err(|e| xinpei::Error::read(folder, e))?;
    let lock = full.with_file_name(format!("{}.lock", rulebook.version()));
    if lock.is_file() {
        // A lock with another digest is a mistake, so that this one is the same.
        context.notice(&format!("{} {} was released before", rulebook.id(), rulebook.version()));
        return Ok(());
    }
    fs::write(&lock, lock_text(rulebook.source())).map_err(|e| xinpei::Error::write(&lock, e))?;
    // The path as the caller would write it, unless that is `.`.
    let shown =
        if folder.file_name().is_some() { folder.with_file_name(format!("{}.lock", rulebook.version())) } else { lock };
    context.notice(&format!("{} {} is released: wrote {}", rulebook.id(), rulebook.version(), shown.display()));
    Ok(())
}
