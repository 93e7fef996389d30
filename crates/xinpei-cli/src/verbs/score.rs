//! `xinpei score`: every enterprise of an input, as a table, a file of columns, JSON lines or CSV.

mod format;

mod sink;
mod table;
mod tally;
mod work;

use std::path::PathBuf;
use std::thread;

use xinpei::{Rulebook, Scratch};
use xinpei_tables::{Dated, Lane, same};

use self::format::Format;
use self::sink::{Rejects, Sink};
use self::tally::Tally;
use self::work::{Scored, Sheet};
use super::progress::Progress;
use crate::cli::AsOf;
use crate::failure::Failure;
use crate::input::{self, Input};
use crate::output::{self, Context, Destination};
use crate::{pipeline, rules, stop};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Decisions leave in the order of the input, and the same bytes whatever --threads and --batch-rows.\n\
A file appears whole or not at all. Rows that cannot be scored are rejects: rows in = decisions + rejects.\n\n\
  xinpei score examples/yuanhe --as-of 2026-06-30 --out decisions.parquet --rejects rejects.csv\n\
  xinpei score dossiers.parquet --rules rules/yuanhe --as-of 2026-06-30 --out decisions.arrow --columns enterprise,score,grade")]
pub(crate) struct Args {
    #[command(flatten)]
    input: input::InputArgs,
    /// The date that is decided on, such as 2026-06-30; or column:NAME, a column of the input with the
    /// date of each row. Then --rules names one version: rows on whose date it is not in force are
    /// rejects, as are rows without a date, and an enterprise may stand in several rows, once a date
    #[arg(long, value_name = "DATE|column:NAME", value_parser = crate::cli::as_of)]
    as_of: AsOf,
    /// Write decisions into this file; its ending says how: .parquet .arrow .csv .xlsx .jsonl .txt
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How decisions are written [default: as the ending of --out says; text on stdout]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Which columns are written, parted by commas: enterprise, name, as_of, status, score, grade,
    /// coverage, sections, characteristics, reasons, overrides, outcomes, faults, receipt, all, or one
    /// such as section:tax [default: all but name, as_of and characteristics]
    #[arg(long, value_name = "NAMES")]
    columns: Option<String>,
    /// Write every rejected row into this file, as CSV: file, line, enterprise, reason
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// How many threads score; the result does not depend on it [default: one for each core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
    /// How many rows are read and scored together; the result does not depend on it
    #[arg(long, value_name = "ROWS", default_value_t = 8192, value_parser = clap::value_parser!(u32).range(1..=1 << 20))]
    batch_rows: u32,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let format = Format::choose(args.format, args.out.as_deref())?;
    if let (Some(columns), Format::Text | Format::Json) = (&args.columns, format) {
        return Err(Failure::error(format!(
            "--columns {columns} needs a format with columns: csv, parquet, arrow or xlsx; see --format"
        )));
    }
    if let (Some(out), Some(rejects)) = (&args.out, &args.rejects)
        && same(out, rejects)
    {
        return Err(Failure::error("--out and --rejects name the same file"));
    }
    let found = args.input.find()?;
    let (rulebook, as_of, dated) = match &args.as_of {
        AsOf::Date(date) => (rules::in_force(&found.rules()?, *date)?, *date, None),
        AsOf::Column(name) => {
            let (rulebook, check) = rules::only(&found.rules()?)?;
            let from = rulebook.typed().manifest.from;
            (rulebook, from, Some(Dated::new(name, check)))
        }
    };
    let wanted = args.columns.as_deref();
    let sheet = Sheet::new(&rulebook, as_of, format, wanted)?;
    stop::tidily(context)?;
    let mut inputs = found.inputs();
    let rejects = args.rejects.as_deref().map(|path| Destination::open(Some(path), inputs.clone())).transpose()?;
    inputs.extend(args.rejects.as_deref());
    let rules = found.rules()?;
    output::outside(args.out.as_deref(), &rules)?;
    output::outside(args.rejects.as_deref(), &rules)?;
    let out = Destination::open(args.out.as_deref(), inputs)?;
    let mut input = found.open(&rulebook, as_of, dated)?;
    let page = if args.out.is_some() { context.plain() } else { *context };
    // Lines that run over the same screen tell enough.
    let busy = args.out.is_none() && context.width.is_some() && format != Format::Text;
    let mut run = Run {
        context,
        rulebook: &rulebook,
        sink: Sink::new(out, format, &rulebook, wanted, sheet.columns(), page)?,
        rejects: Rejects::new(rejects)?,
        tally: Tally::default(),
        progress: Progress::new(context, input.total(), busy),
    };
    run.begin(&input)?;
    let threads = args.threads.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
    let rows = usize::try_from(args.batch_rows).unwrap_or(input::ROWS);
    let worker = || {
        let mut scratch = Scratch::default();
        let sheet = &sheet;
        move |mut lane: Lane, give: &mut dyn FnMut(Scored, usize) -> bool| {
            while let Some(portion) = lane.portion()? {
                let scored = sheet.score(portion, &mut scratch)?;
                let weight = scored.weight();
                if !give(scored, weight) {
                    break;
                }
            }
            Ok(())
        }
    };
    pipeline::run(threads, || input.lane(rows), worker, |scored| run.write(&scored))?;
    run.finish(&input, &page, format)
}

/// A run under way: what is written and counted, in the order of the input.
struct Run<'a> {
    context: &'a Context,
    rulebook: &'a Rulebook,
    sink: Sink<'a>,
    rejects: Rejects,
    tally: Tally,
    progress: Progress,
}

impl Run<'_> {
    /// Takes what was left out before the first portion.
    fn begin(&mut self, input: &Input) -> Result<(), Failure> {
        let rejected = tally::count(input.rejected());
        self.tally.read(rejected, rejected);
        self.tally.others(input.others().map(|(rows, attached)| (tally::count(rows), tally::count(attached))));
        self.tally.reject(input.rejects());
        self.rejects.write(input.rejects())
    }

    /// Takes a portion.
    fn write(&mut self, scored: &Scored) -> Result<(), Failure> {
        self.tally.read(scored.rows, tally::count(scored.rejects.len()));
        self.tally.reject(&scored.rejects);
        self.tally.add(self.rulebook, &scored.records, self.context.lang)?;
        self.rejects.write(&scored.rejects)?;
        self.sink.write(scored)?;
        self.progress.add(scored.rows);
        Ok(())
    }

    /// Makes sure that nothing was lost, and puts the files in their places.
    fn finish(self, input: &Input, page: &Context, format: Format) -> Result<(), Failure> {
        let rate = self.progress.finish(self.tally.rows());
        self.tally.check(None)?;
        let written = self.rejects.written();
        let text = format == Format::Text;
        let summary = if text { self.tally.summary(self.rulebook, page, written) } else { String::new() };
        let out = self.sink.finish(&summary)?;
        // Both are complete before one of them appears.
        self.rejects.finish()?;
        out.finish()?;
        if !text {
            let hint = if self.tally.rejects() > 0 && !written { tally::hint(self.context.lang) } else { "" };
            self.context.notice(&format!("{}{hint}", self.tally.counts(self.context.lang)));
        }
        if let Some(rate) = rate {
            self.context.notice(&rate);
        }
        self.context.notices(&input.notices());
        Ok(())
    }
}
