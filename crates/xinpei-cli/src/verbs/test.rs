//! `xinpei test`: runs the cases that rule authors wrote.

use std::fmt::Write;
use std::path::PathBuf;

use console::Style;
use serde::Serialize;
use xinpei::cases;

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
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Serialize)]
struct Record {
    rulebook: String,
    version: String,
    file: String,
    line: usize,
    id: String,
    failures: Vec<String>,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let mut failed = Vec::new();
    let (mut passed, mut broken) = (0_usize, 0_usize);
    for folder in rules::versions(&args.rules)? {
        let rulebook = match rules::load(&folder) {
            Ok(rulebook) => rulebook,
            Err(Failure::Rules(folder, diagnostics)) => {
                // The other rulebooks are still tested.
                context.notice(&diagnose::render(&folder, &diagnostics, context.err_colours));
                broken += 1;
                continue;
            }
            Err(other) => return Err(other),
        };
        for case in cases::run(&rulebook) {
            if case.failures.is_empty() {
                passed += 1;
                continue;
            }
            failed.push(Record {
                rulebook: rulebook.id().to_owned(),
                version: rulebook.version().to_owned(),
                file: folder.join(&case.file).display().to_string(),
                line: case.line,
                id: case.id,
                failures: case.failures,
            });
        }
    }
    match args.format {
        Format::Json => {
            output::print_json(&serde_json::json!({"passed": passed, "failed": failed.len(), "failures": failed}))?
        }
        Format::Text if !failed.is_empty() => {
            let mut text = String::new();
            for case in &failed {
                let _ = writeln!(
                    text,
                    "{}:{}: {}",
                    case.file,
                    case.line,
                    context.paint(&case.id, Style::new().red().bold())
                );
                for failure in &case.failures {
                    let _ = writeln!(text, "    {failure}");
                }
            }
            output::print(&text)?;
        }
        Format::Text => {}
    }
    if broken > 0 {
        context.notice(&format!("{broken} of the rulebooks have mistakes and were not tested"));
    } else if passed == 0 && failed.is_empty() {
        context.notice("there are no cases: write some in cases/*.yaml");
    }
    if args.format == Format::Text {
        output::print(&format!("{passed} passed, {} failed", failed.len()))?;
    }
    if failed.is_empty() && broken == 0 { Ok(()) } else { Err(Failure::Found) }
}
