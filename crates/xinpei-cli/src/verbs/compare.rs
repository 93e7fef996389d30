//! `xinpei compare`: two rulebooks over the same enterprises.

mod page;

use std::path::{Path, PathBuf};

use serde::Serialize;
use xinpei::{Batch, Date, Rulebook, Scratch};
use xinpei_assure::{Comparison, Moved, Report};
use xinpei_tables::Encoding;

use self::page::Page;
use crate::cli::Format;
use crate::failure::Failure;
use crate::input::{Input, InputArgs, ROWS};
use crate::output::{self, Context};
use crate::rules;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Both versions decide on the same date, whether they are in force on it or not. All sums are exact, and a\n\
quantile is a shift that occurs.\n\n\
  xinpei compare rules/yuanhe/2025.1 rules/yuanhe/2026.1 examples/yuanhe --as-of 2026-06-30")]
pub(crate) struct Args {
    /// The folder of the version before
    old: PathBuf,
    /// The folder of the version after
    new: PathBuf,
    /// A department folder with mapping.yaml, or a file with a row an enterprise and a column a fact:
    /// .parquet, .arrow, .csv, .xlsx, .jsonl
    input: PathBuf,
    /// The date that is decided on, such as 2026-06-30
    #[arg(long, value_name = "DATE", value_parser = crate::cli::date)]
    as_of: Date,
    /// How many enterprises with another grade or status are told one by one
    #[arg(long, value_name = "COUNT", default_value_t = 20)]
    moved: usize,
    /// How the characters of a .csv are written: utf-8, gbk or gb18030
    #[arg(long, default_value = "utf-8", value_parser = crate::input::encoding)]
    encoding: Encoding,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The result as JSON.
#[derive(Serialize)]
struct Record<'a> {
    as_of: String,
    #[serde(flatten)]
    report: &'a Report,
    /// Enterprises with another grade or status, the first ones in the order of the input.
    moves: &'a [Moved],
    /// Rows of the input that were left out.
    rejects: usize,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let (old, new) = (rules::one(&args.old)?, rules::one(&args.new)?);
    let open = |rulebook: &Rulebook, folder: &Path| -> Result<Input, Failure> {
        let input = InputArgs { input: args.input.clone(), rules: Some(folder.to_owned()), encoding: args.encoding };
        input.find()?.open(rulebook, args.as_of, None)
    };
    let mut input = open(&new, &args.new)?;
    // With the same dictionary one reading serves both.
    let shared = xinpei::BatchBuilder::new(new.dictionary()).finish().fits(old.dictionary());
    let mut before = if shared { None } else { Some(open(&old, &args.old)?) };
    let mut run = Run {
        old: &old,
        new: &new,
        as_of: args.as_of,
        most: args.moved,
        comparison: Comparison::new(&old, &new),
        moves: Vec::new(),
        names: Vec::new(),
        scratch: (Scratch::default(), Scratch::default()),
    };
    let mut rejects = input.rejected();
    while let Some(portion) = input.next(ROWS)? {
        rejects += portion.rejects.len();
        match &mut before {
            None => run.add(&portion.batch, &portion.batch, &portion.names)?,
            Some(before) => {
                let earlier = before.next(ROWS)?.map(|portion| portion.batch);
                let same = earlier.as_ref().is_some_and(|b| b.enterprises == portion.batch.enterprises);
                match earlier.filter(|_| same) {
                    Some(earlier) => run.add(&earlier, &portion.batch, &portion.names)?,
                    None => {
                        return Err(Failure::error(format!(
                            "the two rulebooks read different enterprises from `{}`; see what `xinpei score` rejects with each",
                            args.input.display()
                        )));
                    }
                }
            }
        }
    }
    let report = run.comparison.finish();
    match args.format {
        Format::Json => {
            let as_of = args.as_of.to_string();
            output::print_json(&Record { as_of, report: &report, moves: &run.moves, rejects })?;
        }
        Format::Text => {
            let page = Page { context, report: &report, moves: &run.moves, names: &run.names, new: &new, rejects };
            output::print(&page.render())?;
        }
    }
    context.notices(&input.notices());
    Ok(())
}

/// A comparison under way.
struct Run<'a> {
    old: &'a Rulebook,
    new: &'a Rulebook,
    as_of: Date,
    most: usize,
    comparison: Comparison,
    moves: Vec<Moved>,
    /// Names of the enterprises that are told.
    names: Vec<String>,
    scratch: (Scratch, Scratch),
}

impl Run<'_> {
    fn add(&mut self, before: &Batch, after: &Batch, names: &[String]) -> Result<(), Failure> {
        let old = self.old.score_with(before, self.as_of, &mut self.scratch.0);
        let new = self.new.score_with(after, self.as_of, &mut self.scratch.1);
        let rows = self.comparison.add(&old, &new)?;
        for row in rows.moved.into_iter().take(self.most - self.moves.len()) {
            self.moves.push(self.comparison.explain(&old, &new, row));
            self.names.push(names.get(row).cloned().unwrap_or_default());
        }
        Ok(())
    }
}
