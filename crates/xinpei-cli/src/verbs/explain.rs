//! `xinpei explain`: how one enterprise came to its score, and what is missing.

mod against;
mod owners;
mod report;
mod waterfall;

use serde_json::json;
use xinpei::Date;
use xinpei::explain::decision::Decision;
use xinpei::explain::{Step, StepKind, waterfall};
use xinpei_tables::Source;

use self::against::Changes;
use self::report::Page;
use super::find::{Hit, find};
use crate::cli::Format;
use crate::failure::Failure;
use crate::input;
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
    let Hit { rulebook, input, portion, row, decision } = find(&args.input, &args.code, args.as_of)?;
    let changes = match args.against {
        Some(date) => Some(Changes::between(&find(&args.input, &args.code, date)?.decision, &decision)),
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
