//! `xinpei match`: which lenders' products admit an enterprise, and why others do not.

mod page;
mod result;

use xinpei::{Batch, Date, Placement, Rulebook, Scratch, uscc};
use xinpei_cultivate::{Admission, Request, is_untouched};
use xinpei_tables::Portion;

use self::result::{Entry, Offer, Record, Road};
use crate::cli::Format;
use crate::failure::Failure;
use crate::input::{InputArgs, ROWS};
use crate::output::{self, Context};
use crate::page::Page;
use crate::zone::{Firm, Head};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
#[command(
    allow_missing_positional = true,
    after_help = "\
Products stand in products/*.yaml: each asks for a least grade and for conditions, and has a limit and a rate.\n\
An enterprise is admitted if all of them are known to hold. With --product, --lender or one enterprise every\n\
condition is told with the facts behind it; for one enterprise also the cheapest plan that opens each product\n\
which does not admit it.\n\n\
  xinpei match 91000000MA0000242C examples/yuanhe --as-of 2026-06-30\n\
  xinpei match examples/yuanhe --as-of 2026-06-30 --product rural_bank.receivables\n\
  xinpei match examples/yuanhe --as-of 2026-06-30 --recommend"
)]
pub(crate) struct Args {
    /// The key of one enterprise: its unified social credit code [default: all of them]
    enterprise: Option<String>,
    #[command(flatten)]
    input: InputArgs,
    /// The date that is decided on, such as 2026-06-30
    #[arg(long, value_name = "DATE", value_parser = crate::cli::date)]
    as_of: Date,
    /// One product, by its id
    #[arg(long, value_name = "ID")]
    product: Option<String>,
    /// Products of one lender, by its id
    #[arg(long, value_name = "ID", conflicts_with = "product")]
    lender: Option<String>,
    /// For each lender the enterprises that it can be recommended: admitted, and without a grave alert
    #[arg(long, conflicts_with = "enterprise")]
    recommend: bool,
    /// How many months a plan may take
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u32).range(0..=120))]
    months: u32,
    /// How many enterprises are shown for each product
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    shown: usize,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let (rulebook, mut input) = args.input.open(args.as_of)?;
    let wanted = wanted(args, &rulebook)?;
    let code = args.enterprise.as_ref().map(|code| match rulebook.dictionary().uscc {
        true => uscc::normalise(code),
        false => code.clone(),
    });
    // Over all products and enterprises the facts behind conditions would be more than anybody reads.
    let narrow = code.is_some() || args.product.is_some() || args.lender.is_some();
    let mut record = Record::new(Head::new(&rulebook, args.as_of, None), &rulebook, &wanted);
    let mut scratch = Scratch::default();
    let mut rejects = input.rejected();
    while let Some(portion) = input.next(ROWS)? {
        rejects += portion.rejects.len();
        let placement = rulebook.place(&portion.batch, args.as_of, &mut scratch);
        for row in 0..portion.batch.rows() {
            let key = portion.batch.enterprises.get(row);
            if code.as_ref().is_some_and(|code| code != key) {
                continue;
            }
            let mut entry = Entry::of(&rulebook, &placement, (&portion, row), &wanted, narrow);
            if code.is_some() {
                roads(args, &rulebook, (&placement, &portion, row), &mut entry)?;
            }
            record.add(entry);
        }
    }
    record.rejects = rejects;
    if let (Some(code), true) = (&code, record.enterprises.is_empty()) {
        return Err(Failure::error(format!(
            "`{}` has no enterprise `{code}`, or its row was rejected: see `xinpei score`",
            args.input.input.display()
        )));
    }
    if args.recommend {
        record.recommend(&rulebook);
    }
    match args.format {
        Format::Json => output::print_json(&record)?,
        Format::Text => {
            let page = Page { context, rulebook: &rulebook, record: &record, shown: args.shown };
            let text = match (&code, args.recommend, &args.product) {
                (Some(_), ..) => page.one(),
                (None, true, _) => page.recommended(),
                (None, false, Some(_)) => page.product(),
                (None, false, None) => page.all(),
            };
            output::print(&text)?;
        }
    }
    context.notices(&input.notices());
    Ok(())
}

/// The products that are asked for, by their place.
fn wanted(args: &Args, rulebook: &Rulebook) -> Result<Vec<usize>, Failure> {
    let typed = rulebook.typed();
    if typed.products.is_empty() {
        return Err(Failure::error(format!(
            "the rulebook `{} {}` has no products; write them in products/*.yaml",
            rulebook.id(),
            rulebook.version()
        )));
    }
    let outcome = |at: &usize| typed.products.get(*at).and_then(|p| typed.outcomes.get(p.outcome));
    let all: Vec<usize> = (0..typed.products.len()).collect();
    let (what, asked, name): (_, _, fn(&xinpei::check::typed::Outcome) -> &str) = match (&args.product, &args.lender) {
        (Some(id), _) => ("product", id, |o| &o.id),
        (None, Some(id)) => ("lender", id, |o| &o.department.0),
        (None, None) => return Ok(all),
    };
    let found: Vec<usize> = all.iter().copied().filter(|at| outcome(at).is_some_and(|o| name(o) == asked)).collect();
    if found.is_empty() {
        let mut known: Vec<&str> = all.iter().filter_map(outcome).map(name).collect();
        known.dedup();
        return Err(Failure::error(format!(
            "there is no {what} `{asked}`; {}",
            xinpei::diagnostic::suggest(asked, known)
        )));
    }
    Ok(found)
}

/// Finds the plan that opens each product which does not admit the enterprise.
fn roads(
    args: &Args,
    rulebook: &Rulebook,
    (placement, portion, row): (&Placement<'_>, &Portion, usize),
    entry: &mut Entry,
) -> Result<(), Failure> {
    let mut scratch = Scratch::default();
    for offer in entry.offers.iter_mut().filter(|offer| !offer.admitted) {
        let request = Request { months: args.months, ..Request::default() };
        let line = Admission::of_product(rulebook, offer.at, request)?;
        let prospect = line.prospect(&line.planner(), (placement, &portion.batch), row, false, &mut scratch)?;
        let fixed = fixed(args, rulebook, &portion.batch.slice(row..row + 1), offer, &mut scratch);
        offer.road = Some(Road::of(rulebook, offer, &prospect, &fixed));
    }
    Ok(())
}

/// Of the conditions that are not met those that no measure touches and no month of waiting meets.
fn fixed(args: &Args, rulebook: &Rulebook, one: &Batch, offer: &Offer, scratch: &mut Scratch) -> Vec<usize> {
    let conditions = rulebook.typed().products.get(offer.at).map(|p| p.conditions.as_slice()).unwrap_or_default();
    let untouched = |at: &usize| conditions.get(*at).is_some_and(|c| is_untouched(rulebook, c.when));
    let mut list: Vec<usize> =
        offer.unmet.iter().filter(|u| !u.graded).map(|u| u.condition).filter(untouched).collect();
    let last = rulebook.typed().manifest.to;
    for month in 1..=args.months {
        let day = args.as_of.add_months(i32::try_from(month).unwrap_or(i32::MAX));
        // What holds when these rules have ended is not known.
        if last.is_some_and(|last| day > last) {
            break;
        }
        let holds = rulebook.place(one, day, scratch).conditions(offer.at, 0);
        list.retain(|at| holds.get(*at) != Some(&Some(true)));
    }
    list
}

impl Entry {
    /// What every wanted product says to the enterprise of a row; the facts behind it if they are asked for.
    fn of(
        rulebook: &Rulebook,
        placement: &Placement<'_>,
        (portion, row): (&Portion, usize),
        wanted: &[usize],
        facts: bool,
    ) -> Self {
        let typed = rulebook.typed();
        let alerts =
            typed.outcomes.iter().enumerate().filter(|(at, o)| o.kind == "alert" && placement.follows(*at, row));
        Self {
            firm: Firm::of(portion, row),
            grade_at: placement.grade(row),
            grade: placement.grade(row).and_then(|at| typed.grades.get(at)).map(|g| g.id.clone()),
            score: placement.score(row).map(|s| s.to_string()),
            faults: placement.outcome().faults(row).len(),
            alerts: alerts.map(|(at, _)| at).collect(),
            offers: wanted
                .iter()
                .filter_map(|at| Offer::of(rulebook, placement, (&portion.batch, row), *at, facts))
                .collect(),
        }
    }
}
