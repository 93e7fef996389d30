//! `xinpei replay`: decides recorded decisions again and names the first difference of each.

mod plan;
mod recorded;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::thread;

use serde::Serialize;
use xinpei::explain::decision::Decision;
use xinpei::explain::difference;
use xinpei::{Date, Rulebook, Scratch};
use xinpei_tables::Portion;

use self::recorded::{Record, Recorded};
use crate::cli::Format;
use crate::failure::Failure;
use crate::input::{self, Input, ROWS};
use crate::output::{self, Context};
use crate::{pipeline, rules};

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Recorded decisions, one a line, as `xinpei score --format json` writes them; or a plan, as
    /// `xinpei plan --format json` writes it
    decisions: PathBuf,
    #[command(flatten)]
    input: input::InputArgs,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// About how many bytes a difference takes.
const WEIGHT: usize = 512;
/// Most differences that are told; those on the first lines.
const TOLD: usize = 1_000;

/// A decision that is no longer the same.
#[derive(Serialize)]
struct Difference {
    line: u32,
    enterprise: String,
    path: String,
    recorded: String,
    now: String,
    /// What else differs, and so may be the cause: `facts`, `rulebook`.
    cause: Vec<&'static str>,
}

/// What was found.
#[derive(Default)]
struct Found {
    same: usize,
    differ: usize,
    /// The first differences, by line.
    first: BTreeMap<u32, Difference>,
}

impl Found {
    /// Whether a difference on a line would be told.
    fn wants(&self, line: u32) -> bool {
        self.first.len() < TOLD || self.first.last_key_value().is_some_and(|(last, _)| line < *last)
    }

    fn add(&mut self, difference: Difference) {
        self.differ += 1;
        if self.wants(difference.line) {
            self.first.insert(difference.line, difference);
        }
        if self.first.len() > TOLD {
            self.first.pop_last();
        }
    }
}

/// Some enterprises, and the decisions about them that were recorded, by date and row.
struct Lane {
    portion: Portion,
    recorded: BTreeMap<Date, Vec<(usize, Recorded)>>,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    if let Some(recorded) = plan::recorded(&args.decisions)? {
        return plan::replay(&recorded, args, context);
    }
    let mut found = Found::default();
    let input = args.input.find()?;
    let rules = input.rules()?;
    let mut record = Record::open(&args.decisions)?;
    for (number, version) in record.versions().into_iter().enumerate() {
        let rulebook = rules::version(&rules, &version.id, &version.version)?;
        let input = input.open(&rulebook, version.as_of, None)?;
        replay(&rulebook, input, number, &mut record, &mut found)?;
    }
    for (line, place) in record.left() {
        if !found.wants(line) {
            found.differ += 1;
        } else if let Some(recorded) = record.at(place)? {
            found.add(Difference {
                line,
                enterprise: recorded.enterprise.clone(),
                path: "enterprise".into(),
                recorded: recorded.enterprise,
                now: "not in the input".into(),
                cause: Vec::new(),
            });
        }
    }
    let Found { same, differ, first } = found;
    if same + differ == 0 {
        return Err(Failure::error(format!("`{}` holds no decision", args.decisions.display())));
    }
    let first: Vec<Difference> = first.into_values().collect();
    match args.format {
        Format::Json => {
            output::print_json(&serde_json::json!({"same": same, "differ": differ, "differences": first}))?;
        }
        Format::Text if differ > 0 => output::print(&text(&args.decisions, &first, differ - first.len()))?,
        Format::Text => {}
    }
    if args.format == Format::Text {
        output::print(&format!("{same} same, {differ} differ"))?;
    }
    if differ == 0 { Ok(()) } else { Err(Failure::Found) }
}

/// Decides again what a version decided.
fn replay(
    rulebook: &Rulebook,
    mut input: Input,
    version: usize,
    record: &mut Record,
    found: &mut Found,
) -> Result<(), Failure> {
    let next = || -> Result<Option<Lane>, Failure> {
        let Some(portion) = input.next(ROWS)? else { return Ok(None) };
        let mut recorded: BTreeMap<Date, Vec<(usize, Recorded)>> = BTreeMap::new();
        for (row, enterprise) in portion.batch.enterprises.iter().enumerate() {
            for decision in record.of(version, enterprise)? {
                recorded.entry(decision.as_of).or_default().push((row, decision));
            }
        }
        Ok(Some(Lane { portion, recorded }))
    };
    let worker = || {
        let mut scratch = Scratch::default();
        move |lane: Lane, give: &mut dyn FnMut(Option<Difference>, usize) -> bool| {
            for (as_of, recorded) in lane.recorded {
                let rows: Vec<usize> = recorded.iter().map(|(row, _)| *row).collect();
                let batch = lane.portion.batch.take(&rows);
                let outcome = rulebook.score_with(&batch, as_of, &mut scratch);
                for (row, (_, recorded)) in recorded.iter().enumerate() {
                    let difference = compare(recorded, &outcome.decision(row))?;
                    give(difference, WEIGHT);
                }
            }
            Ok(())
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    pipeline::run(threads, next, worker, |difference| {
        match difference {
            None => found.same += 1,
            Some(difference) => found.add(difference),
        }
        Ok(())
    })
}

fn compare(waiting: &Recorded, now: &Decision) -> Result<Option<Difference>, Failure> {
    let Some((path, recorded, found)) = difference(&waiting.text, now)? else { return Ok(None) };
    let mut cause = Vec::new();
    if waiting.digest != now.rulebook.digest {
        cause.push("rulebook");
    }
    if waiting.facts != now.facts {
        cause.push("facts");
    }
    // The same values in another spelling: both texts are whole decisions, too long to show.
    let spelling = path.contains(' ');
    let (recorded, found) = if spelling { ("as written".into(), "canonical".into()) } else { (recorded, found) };
    Ok(Some(Difference {
        line: waiting.line,
        enterprise: now.enterprise.clone(),
        path: named(&path, now),
        recorded,
        now: found,
        cause,
    }))
}

/// The path, with the id of the entry that it leads into.
fn named(path: &str, now: &Decision) -> String {
    let entry = || {
        let (list, rest) = path.split_once('[')?;
        let index: usize = rest.split_once(']')?.0.parse().ok()?;
        match list {
            "sections" => now.sections.get(index).map(|s| s.id.as_str()),
            "characteristics" => now.characteristics.get(index).map(|c| c.id.as_str()),
            "overrides" => now.overrides.get(index).map(|o| o.id.as_str()),
            "reasons" => now.reasons.get(index).map(|r| r.code.as_str()),
            "outcomes" => now.outcomes.get(index).map(|o| o.id.as_str()),
            _ => None,
        }
    };
    entry().map_or_else(|| path.to_owned(), |id| format!("{path} ({id})"))
}

fn text(path: &Path, differences: &[Difference], more: usize) -> String {
    let mut text = String::new();
    for d in differences {
        let cause = if d.cause.is_empty() { String::new() } else { format!("  [{} changed]", d.cause.join(" and ")) };
        let _ = writeln!(
            text,
            "{}:{}: {}  {}: {} → {}{cause}",
            path.display(),
            d.line,
            d.enterprise,
            d.path,
            d.recorded,
            d.now
        );
    }
    if more > 0 {
        let _ = writeln!(text, "… {more} more");
    }
    text
}
