//! `xinpei report`: the zone on a day, for its leaders.

mod page;
mod result;

use std::path::PathBuf;

use xinpei::{Date, Scratch};

use self::result::Record;
use super::then::Then;
use crate::cli::Format;
use crate::failure::Failure;
use crate::input::{InputArgs, ROWS};
use crate::output::{self, Context};
use crate::page::Page;
use crate::zone::{Firm, Head, Stale};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
How many enterprises have an archive, a grade, a tier; what most of them lose points for; who stands on which\n\
public list and until when (nothing is listed after its last day); support, sanctions and alerts by\n\
department; products; and with an earlier date how many of those in cultivation have succeeded since.\n\n\
  xinpei report examples/yuanhe --as-of 2026-06-30\n\
  xinpei report examples/yuanhe --as-of 2026-06-30 --since 2026-03-31")]
pub(crate) struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// The day of the report, such as 2026-06-30
    #[arg(long, value_name = "DATE", value_parser = crate::cli::date)]
    as_of: Date,
    /// An earlier day, since when cultivation is looked at
    #[arg(long, value_name = "DATE", value_parser = crate::cli::date)]
    since: Option<Date>,
    /// The delivery of the earlier day [default: the same input]
    #[arg(long, value_name = "INPUT", requires = "since")]
    earlier: Option<PathBuf>,
    /// How many lines are shown under each heading
    #[arg(long, value_name = "COUNT", default_value_t = 10)]
    shown: usize,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    if let Some(since) = args.since.filter(|since| *since > args.as_of) {
        return Err(Failure::error(format!("--since {since} lies after --as-of {}", args.as_of)));
    }
    let (rulebook, mut input) = args.input.open(args.as_of)?;
    let mut scratch = Scratch::default();
    let mut then = match args.since {
        None => None,
        Some(since) => {
            let path = args.earlier.as_ref().unwrap_or(&args.input.input).clone();
            let earlier = InputArgs { input: path, rules: args.input.rules.clone(), encoding: args.input.encoding };
            Some(Then::read(&earlier.find()?, &rulebook, since, &mut scratch)?)
        }
    };
    let mut record = Record::new(Head::new(&rulebook, args.as_of, args.since), &rulebook);
    record.rejects = input.rejected();
    while let Some(portion) = input.next(ROWS)? {
        record.rejects += portion.rejects.len();
        let placement = rulebook.place(&portion.batch, args.as_of, &mut scratch);
        for row in 0..portion.batch.rows() {
            let firm = Firm::of(&portion, row);
            let before = then.as_mut().and_then(|then| then.take(&firm.enterprise));
            record.add(&rulebook, &placement, row, firm, before.as_ref().map(|before| &before.stand));
        }
    }
    record.finish();
    record.stale = Stale::of(&input.notices());
    match args.format {
        Format::Json => output::print_json(&record)?,
        Format::Text => {
            output::print(&Page { context, rulebook: &rulebook, record: &record, shown: args.shown }.render())?
        }
    }
    context.notices(&input.notices());
    Ok(())
}
