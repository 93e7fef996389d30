//! `xinpei replay`: decides recorded decisions again and names the first difference of each.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use xinpei::Date;
use xinpei::explain::decision::Decision;
use xinpei::explain::difference;

use crate::cli::Format;
use crate::failure::Failure;
use crate::input::{self, Input};
use crate::output::{self, Context};
use crate::rules;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Recorded decisions, one a line, as `xinpei score --format json` writes them
    decisions: PathBuf,
    #[command(flatten)]
    input: input::InputArgs,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What a recorded decision says about how it was made.
#[derive(Deserialize)]
struct Recorded {
    enterprise: String,
    rulebook: RecordedRulebook,
    as_of: String,
    facts: String,
}

#[derive(Deserialize)]
struct RecordedRulebook {
    id: String,
    version: String,
    digest: String,
}

/// A recorded decision that waits for its replay.
struct Waiting {
    line: usize,
    text: String,
    facts: String,
    digest: String,
}

/// Decisions that one rulebook version made on one date, by enterprise.
type Group = BTreeMap<String, Vec<Waiting>>;

/// A decision that is no longer the same.
#[derive(Serialize)]
struct Difference {
    line: usize,
    enterprise: String,
    path: String,
    recorded: String,
    now: String,
    /// What else differs, and so may be the cause: `facts`, `rulebook`.
    cause: Vec<&'static str>,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let (mut same, mut differences) = (0, Vec::new());
    let found = args.input.find()?;
    let rules = found.rules()?;
    for ((as_of, id, version), group) in read(&args.decisions)? {
        let rulebook = rules::version(&rules, &id, &version)?;
        let input = found.open(rulebook, as_of)?;
        same += replay(input, as_of, group, &mut differences)?;
    }
    differences.sort_by_key(|d| d.line);
    match args.format {
        Format::Json => output::print_json(
            &serde_json::json!({"same": same, "differ": differences.len(), "differences": differences}),
        )?,
        Format::Text if !differences.is_empty() => output::print(&text(&args.decisions, &differences))?,
        Format::Text => {}
    }
    context.notice(&format!("{same} same, {} differ", differences.len()));
    if differences.is_empty() { Ok(()) } else { Err(Failure::Found) }
}

/// Reads recorded decisions, by date and version.
fn read(path: &Path) -> Result<BTreeMap<(Date, String, String), Group>, Failure> {
    let file = File::open(path).map_err(|e| xinpei::Error::read(path, e))?;
    let mut groups: BTreeMap<(Date, String, String), Group> = BTreeMap::new();
    for (line, text) in (1..).zip(BufReader::new(file).lines()) {
        let text = text.map_err(|e| xinpei::Error::read(path, e))?;
        if text.trim().is_empty() {
            continue;
        }
        let wrong =
            |why: String| Failure::error(format!("`{}` line {line} is not a recorded decision: {why}", path.display()));
        let recorded: Recorded = serde_json::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        let as_of = Date::parse(&recorded.as_of).ok_or_else(|| wrong(format!("`{}` is not a date", recorded.as_of)))?;
        let group = groups.entry((as_of, recorded.rulebook.id, recorded.rulebook.version)).or_default();
        let waiting = Waiting { line, text, facts: recorded.facts, digest: recorded.rulebook.digest };
        group.entry(recorded.enterprise).or_default().push(waiting);
    }
    Ok(groups)
}

/// Decides again; how many decisions are the same.
fn replay(
    mut input: Input,
    as_of: Date,
    mut group: Group,
    differences: &mut Vec<Difference>,
) -> Result<usize, Failure> {
    let mut same = 0;
    while let Some(piece) = input.next()? {
        let outcome = input.rulebook.score(&piece.batch, as_of);
        for (row, enterprise) in piece.batch.enterprises.iter().enumerate() {
            for waiting in group.remove(enterprise).unwrap_or_default() {
                let now = outcome.decision(row);
                match compare(&waiting, &now)? {
                    None => same += 1,
                    Some(difference) => differences.push(difference),
                }
            }
        }
    }
    for (enterprise, waiting) in group {
        differences.extend(waiting.into_iter().map(|w| Difference {
            line: w.line,
            enterprise: enterprise.clone(),
            path: "enterprise".into(),
            recorded: enterprise.clone(),
            now: "not in the input".into(),
            cause: Vec::new(),
        }));
    }
    Ok(same)
}

fn compare(waiting: &Waiting, now: &Decision) -> Result<Option<Difference>, Failure> {
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
            "sections" => now.sections.get(index).map(|s| &s.id),
            "characteristics" => now.characteristics.get(index).map(|c| &c.id),
            "overrides" => now.overrides.get(index).map(|o| &o.id),
            "reasons" => now.reasons.get(index).map(|r| &r.code),
            "outcomes" => now.outcomes.get(index).map(|o| &o.id),
            _ => None,
        }
    };
    entry().map_or_else(|| path.to_owned(), |id| format!("{path} ({id})"))
}

fn text(path: &Path, differences: &[Difference]) -> String {
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
    text
}
