//! `xinpei plan`: what one enterprise should do to reach the next grade, or why nothing helps.

mod page;

use std::path::PathBuf;

use clap::ValueEnum;
use rust_decimal::Decimal;
use serde_json::json;
use xinpei::{Date, Dossier, Value, decimal};
use xinpei_cultivate::{Request, Wanted, plan_row};

use self::page::Page;
use super::find::{Hit, find};
use crate::failure::Failure;
use crate::input::InputArgs;
use crate::output::{self, Context, Destination};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The key of the enterprise: its unified social credit code
    code: String,
    #[command(flatten)]
    input: InputArgs,
    /// The day on which the plan starts, such as 2026-06-30
    #[arg(long, value_name = "DATE", value_parser = crate::cli::date)]
    as_of: Date,
    /// A grade or a score to reach, a product that is to admit the enterprise, by its id as `xinpei match`
    /// has it, or `best`: the best that time and budget allow. Where a grade and a product have the same
    /// name, the grade is meant [default: the next better grade]
    #[arg(long, value_name = "GRADE|PRODUCT|SCORE|best", allow_hyphen_values = true)]
    target: Option<String>,
    /// How many months the plan may take
    #[arg(long, value_name = "N", default_value_t = Request::default().months, value_parser = clap::value_parser!(u32).range(0..=120))]
    months: u32,
    /// How much the plan may cost, in yuan
    #[arg(long, value_name = "CNY", value_parser = amount)]
    budget: Option<Decimal>,
    /// How many plans with other measures are told beside the best
    #[arg(long, value_name = "N", default_value_t = 2)]
    others: usize,
    /// Allow score and grade to fall below those of today after a step
    #[arg(long)]
    allow_dips: bool,
    /// How many nodes each search may look at
    #[arg(long, value_name = "N", default_value_t = Request::default().nodes)]
    node_limit: u64,
    /// Write the facts at the end of the plan to a file, as a dossier that `xinpei score` reads
    #[arg(long, value_name = "FILE")]
    facts: Option<PathBuf>,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: PlanFormat,
}

/// How a plan is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    /// For people
    #[default]
    Text,
    /// For programs, and for `xinpei replay`
    Json,
    /// A page in both languages, to print and hand over
    Html,
}

fn amount(text: &str) -> Result<Decimal, String> {
    let amount = decimal::parse(text).ok().filter(|amount| !amount.is_sign_negative());
    amount.ok_or_else(|| format!("`{text}` is no amount of yuan; write it as 50000 or 1250.50"))
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let Hit { rulebook, input, portion, row, decision: _ } = find(&args.input, &args.code, args.as_of)?;
    if rulebook.typed().measures.is_empty() {
        return Err(Failure::error(format!(
            "the rulebook `{} {}` has no measures; write them in measures/*.yaml",
            rulebook.id(),
            rulebook.version()
        )));
    }
    let request = Request {
        target: args.target.as_deref().map_or(Wanted::NextGrade, |word| Wanted::of(word, &rulebook)),
        months: args.months,
        budget: args.budget,
        others: args.others,
        allow_dips: args.allow_dips,
        nodes: args.node_limit,
        ..Request::default()
    };
    let answer = plan_row(&rulebook, &portion.batch, row, args.as_of, &request)?;
    if let (Some(path), Some(plan)) = (&args.facts, &answer.plan) {
        write_facts(path, &plan.facts, &args.input)?;
    } else if let Some(path) = &args.facts {
        context.notice(&format!("there is no plan: `{}` was not written", path.display()));
    }
    let name = portion.names.get(row).map(String::as_str);
    match args.format {
        PlanFormat::Json => output::print_json(&answer)?,
        PlanFormat::Html => output::print(&xinpei_cultivate::page(&rulebook, &answer, name))?,
        PlanFormat::Text => {
            output::print(&Page { context, rulebook: &rulebook, name, answer: &answer }.render())?;
        }
    }
    context.notices(&input.notices());
    Ok(())
}

/// Writes a dossier as one line of JSON.
fn write_facts(path: &std::path::Path, dossier: &Dossier, input: &InputArgs) -> Result<(), Failure> {
    use std::io::Write as _;
    let facts: serde_json::Map<String, serde_json::Value> =
        dossier.facts.iter().map(|(id, value)| (id.clone(), as_json(value))).collect();
    let found = input.find()?;
    output::outside(Some(path), &found.rules()?)?;
    let mut out = Destination::open(Some(path), found.inputs())?;
    writeln!(out, "{}", json!({"enterprise": dossier.enterprise, "facts": facts}))?;
    out.finish()
}

fn as_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Missing => serde_json::Value::Null,
        Value::Number(number) => json!(number.to_string()),
        Value::Flag(flag) => json!(flag),
        Value::Date(date) => json!(date.to_string()),
        Value::Text(text) => json!(text),
        Value::Events(rows) => {
            let row = |row: &std::collections::BTreeMap<String, Value>| -> serde_json::Value {
                row.iter().map(|(id, value)| (id.clone(), as_json(value))).collect::<serde_json::Map<_, _>>().into()
            };
            rows.iter().map(row).collect::<Vec<_>>().into()
        }
    }
}
