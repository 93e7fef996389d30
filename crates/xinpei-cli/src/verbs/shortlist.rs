//! `xinpei shortlist`: which enterprises to cultivate, so that most reach the admission line.

mod page;
mod result;

use std::thread;

use clap::ValueEnum;
use rust_decimal::Decimal;
use xinpei::{Date, Scratch, decimal};
use xinpei_cultivate::{Admission, Aim, Candidate, Means, NODES, Planner, Prospect, Request, shortlist};
use xinpei_tables::Portion;

use self::result::{Record, Row};
use super::progress::Progress;
use crate::cli::Format;
use crate::failure::Failure;
use crate::input::{InputArgs, ROWS};
use crate::output::{self, Context};
use crate::page::Page;
use crate::zone::{Firm, Head};
use crate::{pipeline, stop};

/// Rows that one thread plans for at a time.
const PIECE: usize = 64;

/// What the shortlist is to bring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum By {
    /// The most enterprises
    #[default]
    Enterprises,
    /// The most credit that lenders' products then allow
    Credit,
}

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An enterprise is taken in if the rules of tiers.yaml select it and no bar holds. Its cheapest plan to the line\n\
counts; of all that have one those are chosen who are most within budget and capacity. Nothing is left unsaid:\n\
every enterprise is on the list, left out by how much, refused by which rule, or without a plan and why.\n\n\
  xinpei shortlist examples/yuanhe --as-of 2026-06-30 --budget 500000 --capacity 20")]
pub(crate) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// The day on which plans start, such as 2026-06-30
    #[arg(long, value_name = "DATE", value_parser = crate::cli::date)]
    as_of: Date,
    /// What all plans together may cost, in yuan [default: no bound]
    #[arg(long, value_name = "YUAN", value_parser = yuan, allow_negative_numbers = true)]
    budget: Option<Decimal>,
    /// How many enterprises can be looked after [default: no bound]
    #[arg(long, value_name = "COUNT")]
    capacity: Option<usize>,
    /// The grade that counts as admission [default: the line of tiers.yaml]
    #[arg(long, value_name = "GRADE")]
    line: Option<String>,
    /// What is to be the most
    #[arg(long, value_enum, default_value_t)]
    by: By,
    /// How many months a plan may take
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(0..=120))]
    months: u32,
    /// Take in everybody, whatever the rules of selection and bars say
    #[arg(long)]
    everybody: bool,
    /// How many nodes the search of each plan may look at
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    node_limit: u64,
    /// How many threads plan; the result does not depend on it [default: one for each core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// How many of those left out are shown
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    shown: usize,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Reads an amount of the command line.
fn yuan(text: &str) -> Result<Decimal, String> {
    match decimal::parse(text) {
        Ok(amount) if amount >= Decimal::ZERO && amount.normalize().scale() <= 2 => Ok(amount),
        Ok(_) => Err("an amount in yuan is not below zero and has two digits after the point at most".to_owned()),
        Err(_) => Err(format!("`{text}` is no amount; write it as 500000 or 1250.50")),
    }
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let (rulebook, mut input) = args.input.open(args.as_of)?;
    if rulebook.typed().measures.is_empty() {
        return Err(Failure::error(format!(
            "the rulebook `{} {}` has no measures; write them in measures/*.yaml",
            rulebook.id(),
            rulebook.version()
        )));
    }
    let request = Request { months: args.months, nodes: args.node_limit, ..Request::default() };
    let line = match &args.line {
        Some(grade) => Admission::of_grade(&rulebook, grade, request)?,
        None => Admission::of_tiers(&rulebook, request)?,
    };
    stop::tidily(context)?;
    let threads = args.threads.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
    let progress = Progress::new(context, input.total(), false);
    let mut rows: Vec<Row> = Vec::new();
    let mut rejects = input.rejected();
    let worker = || {
        let mut scratch = Scratch::default();
        let line = &line;
        let planner = line.planner();
        move |portion: Portion, give: &mut dyn FnMut((Vec<Row>, usize), usize) -> bool| {
            let found = prospects(line, &planner, &portion, args, &mut scratch)?;
            let weight = found.len() * 512;
            give((found, portion.rejects.len()), weight);
            Ok(())
        }
    };
    // Reading is cheap beside planning: pieces are cut small, so that all threads have some.
    let mut waiting: Option<(Portion, usize)> = None;
    let next = || loop {
        if let Some((portion, at)) = &mut waiting
            && let Some(piece) = cut(portion, at)
        {
            return Ok(Some(piece));
        }
        match input.next(ROWS)? {
            Some(portion) => waiting = Some((portion, 0)),
            None => return Ok(None),
        }
    };
    pipeline::run(threads, next, worker, |(found, refused)| {
        progress.add(u64::try_from(found.len()).unwrap_or(0));
        rejects += refused;
        rows.extend(found);
        Ok(())
    })?;
    let rate = progress.finish(u64::try_from(rows.len()).unwrap_or(0));
    let ready: Vec<usize> =
        rows.iter().enumerate().filter(|(_, r)| matches!(r.prospect, Prospect::Ready(_))).map(|(at, _)| at).collect();
    let candidates: Vec<Candidate> = ready
        .iter()
        .filter_map(|at| match &rows.get(*at)?.prospect {
            Prospect::Ready(way) => Some(Candidate { cost: way.cost, months: way.months, credit: way.credit }),
            _ => None,
        })
        .collect();
    let aim = if args.by == By::Credit { Aim::Credit } else { Aim::Enterprises };
    let means = Means { budget: args.budget, capacity: args.capacity };
    let choice = shortlist(&candidates, means, aim, NODES);
    let head = Head::new(&rulebook, args.as_of, None);
    let record = Record::new(head, &rulebook, &line, (means, aim), &rows, &ready, &choice, rejects);
    match args.format {
        Format::Json => output::print_json(&record)?,
        Format::Text => {
            output::print(&Page { context, rulebook: &rulebook, record: &record, shown: args.shown }.render())?
        }
    }
    if let Some(rate) = rate {
        context.notice(&rate);
    }
    context.notices(&input.notices());
    Ok(())
}

/// The next rows of a portion; its rejects go with the first ones. `None` where nothing is left.
fn cut(portion: &mut Portion, at: &mut usize) -> Option<Portion> {
    let rejects = std::mem::take(&mut portion.rejects);
    let rows = *at..portion.batch.rows().min(*at + PIECE);
    *at = rows.end;
    if rows.is_empty() && rejects.is_empty() {
        return None;
    }
    let names = portion.names.get(rows.clone()).unwrap_or_default().to_vec();
    Some(Portion { batch: portion.batch.slice(rows.clone()), names, dates: Vec::new(), rejects, rows: rows.len() })
}

/// How far each enterprise of a portion is from the line.
fn prospects(
    line: &Admission<'_>,
    planner: &Planner<'_>,
    portion: &Portion,
    args: &Args,
    scratch: &mut Scratch,
) -> Result<Vec<Row>, Failure> {
    let placement = line.rulebook().place(&portion.batch, args.as_of, scratch);
    let mut rows = Vec::with_capacity(portion.batch.rows());
    for row in 0..portion.batch.rows() {
        let prospect = line.prospect(planner, (&placement, &portion.batch), row, !args.everybody, scratch)?;
        rows.push(Row {
            firm: Firm::of(portion, row),
            score: placement.score(row),
            grade: placement.grade(row),
            tier: placement.tier(row),
            prospect,
        });
    }
    Ok(rows)
}
