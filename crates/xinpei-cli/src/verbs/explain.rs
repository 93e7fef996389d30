//! `xinpei explain`: how one enterprise came to its score, and what is missing.

mod against;
mod owners;
mod report;
mod waterfall;

use std::path::Path;

use serde_json::json;
use xinpei::explain::decision::Decision;
use xinpei::explain::{Step, StepKind, waterfall};
use xinpei::{Date, Rulebook, uscc};
use xinpei_tables::{Portion, Reject, Source};

use self::against::Changes;
use self::report::Page;
use crate::cli::Format;
use crate::failure::Failure;
use crate::input::{self, Input, ROWS};
use crate::output::{self, Context};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The key of the enterprise: its unified social credit code
    code: String,
    #[command(flatten)]
    input: input::InputArgs,
    /// The date that is decided on, such as 2026-06-30
    #[arg(long, value_name = "DATE", value_parser = crate::cli::date)]
    as_of: Date,
    /// Another date to compare with
    #[arg(long, value_name = "DATE", value_parser = crate::cli::date)]
    against: Option<Date>,
    /// Show the cells that the facts came from: file, line, column
    #[arg(long)]
    sources: bool,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let Hit { rulebook, input, portion, row, decision } = find(args, args.as_of)?;
    let changes = match args.against {
        Some(date) => Some(Changes::between(&find(args, date)?.decision, &decision)),
        None => None,
    };
    let sources = if args.sources { input.sources(&decision.enterprise)? } else { Vec::new() };
    let steps = waterfall(rulebook.typed(), &decision);
    match args.format {
        Format::Json => output::print_json(&record(&decision, &steps, changes.as_ref(), &sources))?,
        Format::Text => {
            let name = portion.names.get(row).map(String::as_str);
            let page = Page {
                context,
                rulebook: &rulebook,
                batch: &portion.batch,
                row,
                name,
                decision: &decision,
                steps: &steps,
                changes: changes.as_ref(),
                sources: &sources,
            };
            output::print(&page.render())?;
        }
    }
    context.notices(&input.notices());
    Ok(())
}

/// An enterprise that was found.
struct Hit {
    rulebook: Rulebook,
    input: Input,
    portion: Portion,
    row: usize,
    decision: Decision,
}

/// The row of the enterprise, and the decision about it on a date.
fn find(args: &Args, as_of: Date) -> Result<Hit, Failure> {
    let (rulebook, mut input) = args.input.open(as_of)?;
    let code = if rulebook.dictionary().uscc { uscc::normalise(&args.code) } else { args.code.clone() };
    let mut near: Option<String> = None;
    let mut reject = input.rejects().iter().find(|r| r.enterprise == code).cloned();
    while let Some(portion) = input.next(ROWS)? {
        let found = portion.batch.enterprises.iter().position(|key| key == code);
        if let Some(row) = found {
            let decision = rulebook.score(&portion.batch.slice(row..row + 1), as_of).decision(0);
            return Ok(Hit { rulebook, input, portion, row, decision });
        }
        near = near.or_else(|| portion.batch.enterprises.iter().find(|key| is_near(&code, key)).map(str::to_owned));
        reject = reject.or_else(|| portion.rejects.into_iter().find(|r| r.enterprise == code));
    }
    Err(missing(&args.input.input, reject.as_ref(), &code, near.as_deref()))
}

/// Whether a key may have been meant: one or two characters differ. Keys resemble each other, so
/// more would name a stranger.
fn is_near(key: &str, other: &str) -> bool {
    let differ = key.chars().zip(other.chars()).filter(|(a, b)| a != b).count();
    key.chars().count() == other.chars().count() && differ <= 2
}

fn missing(path: &Path, reject: Option<&Reject>, code: &str, near: Option<&str>) -> Failure {
    if let Some(reject) = reject {
        return Failure::error(format!(
            "the row of `{code}` was rejected: {}:{}: {}",
            reject.file, reject.line, reject.reason
        ));
    }
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Failure::error(format!("`{}` has no enterprise `{code}`{hint}", path.display()))
}

/// The page as JSON; the decision in its canonical form.
fn record(decision: &Decision, steps: &[Step], changes: Option<&Changes>, sources: &[Source]) -> serde_json::Value {
    let step = |step: &Step| {
        let kind = match step.kind {
            StepKind::Characteristic => "characteristic",
            StepKind::Limit => "limit",
            StepKind::Rounding => "rounding",
        };
        json!({"kind": kind, "id": step.id, "amount": step.amount.to_string(), "total": step.total.to_string()})
    };
    let source = |s: &Source| {
        let delivered = s.delivered.map(|date| date.to_string());
        json!({"fact": s.fact, "department": s.department, "file": s.file, "line": s.line, "column": s.column, "text": s.text, "delivered": delivered})
    };
    let (steps, sources): (Vec<_>, Vec<_>) = (steps.iter().map(step).collect(), sources.iter().map(source).collect());
    json!({"decision": decision, "waterfall": steps, "changes": changes, "sources": sources})
}
