//! `xinpei watch`: what has become of enterprises between two dates or two deliveries.

mod page;
mod result;

use std::path::PathBuf;

use xinpei::{Date, Rulebook, Scratch};
use xinpei_tables::Encoding;

use self::result::{Record, Watched};
use super::then::Then;
use crate::cli::Format;
use crate::failure::Failure;
use crate::input::{InputArgs, ROWS};
use crate::output::{self, Context};
use crate::page::Page;
use crate::rules;
use crate::zone::{Firm, Head, Parts, Stale};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
With one input its facts are looked at on two dates: what the calendar did. With two, the first is the earlier\n\
delivery: what the facts did. Both are decided by the rules in force on --as-of. The earlier delivery is kept\n\
in memory.\n\n\
  xinpei watch examples/yuanhe --since 2026-03-31 --as-of 2026-06-30\n\
  xinpei watch march june --since 2026-03-31 --as-of 2026-06-30 --lender rural_bank")]
pub(crate) struct Args {
    /// A department folder with mapping.yaml, or a file with a row an enterprise and a column a fact
    input: PathBuf,
    /// The later delivery, where the first one is the earlier
    newer: Option<PathBuf>,
    /// A rulebook's folder or one version's folder [default: what mapping.yaml names]
    #[arg(long)]
    rules: Option<PathBuf>,
    /// How the characters of a .csv are written: utf-8, gbk or gb18030
    #[arg(long, default_value = "utf-8", value_parser = crate::input::encoding)]
    encoding: Encoding,
    /// The later date, such as 2026-06-30
    #[arg(long, value_name = "DATE", value_parser = crate::cli::date)]
    as_of: Date,
    /// The earlier date; of two deliveries the same as --as-of if it is left out
    #[arg(long, value_name = "DATE", value_parser = crate::cli::date, required_unless_present = "newer")]
    since: Option<Date>,
    /// Only enterprises that a product of this lender admitted before
    #[arg(long, value_name = "ID")]
    lender: Option<String>,
    /// Only alerts, lists, support and sanctions of this department
    #[arg(long, value_name = "ID", conflicts_with = "lender")]
    department: Option<String>,
    /// How many enterprises are shown under each heading
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    shown: usize,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let since = args.since.unwrap_or(args.as_of);
    if since > args.as_of {
        return Err(Failure::error(format!("--since {since} lies after --as-of {}", args.as_of)));
    }
    let at = |path: &PathBuf| InputArgs { input: path.clone(), rules: args.rules.clone(), encoding: args.encoding };
    let (old, new) = (at(&args.input), at(args.newer.as_ref().unwrap_or(&args.input)));
    let (old, new) = (old.find()?, new.find()?);
    let rulebook = rules::in_force(&new.rules()?, args.as_of)?;
    known(args, &rulebook)?;
    let mut scratch = Scratch::default();
    let mut then = Then::read(&old, &rulebook, since, &mut scratch)?;
    let mut input = new.open(&rulebook, args.as_of, None)?;
    let mut record =
        Record::new(Head::new(&rulebook, args.as_of, Some(since)), args.lender.clone(), args.department.clone());
    record.rejects = input.rejected();
    let mut parts = Parts::new(&rulebook);
    let mut memory = Scratch::default();
    while let Some(portion) = input.next(ROWS)? {
        record.rejects += portion.rejects.len();
        let placement = rulebook.place(&portion.batch, args.as_of, &mut scratch);
        for row in 0..portion.batch.rows() {
            let firm = Firm::of(&portion, row);
            let Some(before) = then.take(&firm.enterprise) else {
                record.come.push(firm);
                continue;
            };
            if record.mine(&rulebook, &before.stand) {
                let row = (&placement, &portion.batch, row, firm);
                record.add(Watched::of(&then, &before, row, &mut parts, &mut memory));
            }
        }
    }
    record.gone = then.left();
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

/// Makes sure that the lender or the department exists.
fn known(args: &Args, rulebook: &Rulebook) -> Result<(), Failure> {
    let typed = rulebook.typed();
    let lenders = typed.products.iter().filter_map(|p| typed.outcomes.get(p.outcome));
    let lenders: Vec<&str> = lenders.map(|o| o.department.0.as_str()).collect();
    let departments: Vec<&str> = typed.outcomes.iter().map(|o| o.department.0.as_str()).collect();
    for (what, asked, known) in [("lender", &args.lender, lenders), ("department", &args.department, departments)] {
        if let Some(asked) = asked.as_ref().filter(|asked| !known.contains(&asked.as_str())) {
            let help = xinpei::diagnostic::suggest(asked, known);
            return Err(Failure::error(format!("there is no {what} `{asked}` among those that rules name; {help}")));
        }
    }
    Ok(())
}
