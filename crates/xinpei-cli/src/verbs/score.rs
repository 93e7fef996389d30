//! `xinpei score`: every enterprise of an input, as a table, JSON lines or CSV.

mod forms;
mod pipeline;
mod tally;

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};
use xinpei::Date;
use xinpei_tables::write;

use self::forms::{Format, Scored, Sheet, Writer};
use self::tally::{SHOWN, Tally};
use crate::columns::{Columns, safe};
use crate::failure::Failure;
use crate::input::{self, Input};
use crate::language::Lang;
use crate::output::{Context, Destination};
use crate::rules;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    input: input::InputArgs,
    /// The date that is decided on, such as 2026-06-30
    #[arg(long, value_name = "DATE", value_parser = crate::cli::date)]
    as_of: Date,
    /// Write decisions into this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How decisions are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write every rejected row into this file, as CSV
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// How many threads score; the result does not depend on it [default: one for each core]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    if args.out.is_some() && args.out == args.rejects {
        return Err(Failure::error("--out and --rejects name the same file"));
    }
    let found = args.input.find()?;
    let rulebook = rules::in_force(&found.rules()?, args.as_of)?;
    let mut input = found.open(rulebook, args.as_of)?;
    let rulebook = Arc::clone(&input.rulebook);
    let page = if args.out.is_some() { context.plain() } else { *context };
    let sheet = Sheet { rulebook: &rulebook, context: page, format: args.format, as_of: args.as_of };
    let mut writer = Writer::new(Destination::open(args.out.as_deref(), found.inputs())?, &sheet)?;
    let rejects = match &args.rejects {
        Some(path) => Some(Destination::open(Some(path), found.inputs())?),
        None => None,
    };
    let mut tally = Tally::default();
    let threads = args.threads.map_or_else(|| thread::available_parallelism().map_or(1, usize::from), usize::from);
    // Lines that run over the same screen tell enough.
    let seen = args.format != Format::Text && args.out.is_none() && context.width.is_some();
    let progress = if seen { ProgressBar::hidden() } else { progress(context) };
    let write = |scored: Scored| {
        progress.inc(u64::try_from(scored.tally.decisions()).unwrap_or(0));
        tally.merge(writer.write(scored)?);
        Ok(())
    };
    pipeline::run(threads, || input.next(), |piece| sheet.score(&piece), write)?;
    progress.finish_and_clear();
    let written = args.rejects.is_some();
    match args.format {
        Format::Text => writer.finish(&sheet, &summary(&tally, &input, &sheet, written))?,
        Format::Json | Format::Csv => {
            writer.finish(&sheet, "")?;
            context.notice(&counts(&tally, &input, context.lang));
        }
    }
    context.notices(input.notices());
    if let Some(mut out) = rejects {
        write::rejects(&mut out, input.rejects())?;
        out.finish()?;
    }
    Ok(())
}

/// A counter of rows, where somebody watches.
fn progress(context: &Context) -> ProgressBar {
    if !context.watched {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    match ProgressStyle::with_template("{spinner} {human_pos} {msg} {elapsed} ({per_sec})") {
        Ok(style) => bar.with_style(style).with_message(context.lang.pick("户", "enterprises")),
        Err(_) => ProgressBar::hidden(),
    }
}

/// Decisions by grade, faults and rejects, and that nothing was lost.
fn summary(tally: &Tally, input: &Input, sheet: &Sheet<'_>, written: bool) -> String {
    let (context, lang) = (&sheet.context, sheet.context.lang);
    let mut text = format!("\n{}", tally.by_grade(sheet.rulebook, context));
    text.push_str(&tally.faults(context));
    let rejects = input.rejects();
    if !rejects.is_empty() {
        let _ = write!(text, "\n{} ({})\n", lang.pick("拒收的行", "rejects"), rejects.len());
        let mut columns = Columns::indented(2);
        for reject in rejects.iter().take(SHOWN) {
            columns.row([
                format!("{}:{}", safe(&reject.file), reject.line),
                safe(&reject.enterprise),
                safe(&reject.reason),
            ]);
        }
        text.push_str(&columns.render(context.width));
        if rejects.len() > SHOWN {
            let hint = if written {
                ""
            } else {
                lang.pick("；全部写入文件用 --rejects", "; all of them with --rejects FILE")
            };
            let _ = writeln!(text, "  … {} {}{hint}", rejects.len() - SHOWN, lang.pick("行", "more"));
        }
    }
    let _ = writeln!(text, "\n{}", counts(tally, input, lang));
    text
}

/// That nothing was lost, in two lines.
fn counts(tally: &Tally, input: &Input, lang: Lang) -> String {
    let (rows, decisions) = (input.rows(), tally.decisions());
    let rejected = rows.saturating_sub(decisions);
    let mut text = match lang {
        Lang::Zh => format!("输入 {rows} 行 = 决定 {decisions} 户 + 拒收 {rejected} 行"),
        Lang::En => format!("rows in {rows} = decisions {decisions} + rejects {rejected}"),
    };
    if let Some((rows, attached)) = input.others() {
        let rejected = rows.saturating_sub(attached);
        let _ = match lang {
            Lang::Zh => write!(text, "\n其他文件 {rows} 行 = 归入企业 {attached} 行 + 拒收 {rejected} 行"),
            Lang::En => write!(text, "\nrows of other files {rows} = attached {attached} + rejects {rejected}"),
        };
    }
    text
}
