//! A recorded plan, made again: every step is scored anew, and the first difference is named.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::Deserialize;
use serde_json::json;
use xinpei::Date;
use xinpei::explain::between;
use xinpei_cultivate::{Request, plan_row};

use super::Args;
use super::recorded::MadeBy;
use crate::cli::Format;
use crate::failure::Failure;
use crate::input::ROWS;
use crate::output::{self, Context};
use crate::rules;

/// The largest file that can be a plan, in bytes.
const LARGEST: u64 = 16 * 1024 * 1024;

/// What a recorded plan says about how it was made.
#[derive(Deserialize)]
struct Made {
    enterprise: String,
    rulebook: MadeBy,
    as_of: String,
    request: Request,
    facts: String,
}

/// A recorded plan.
pub(super) struct Plan {
    text: String,
    made: Made,
    as_of: Date,
}

/// The plan in a file; `None` where it holds decisions.
pub(super) fn recorded(path: &Path) -> Result<Option<Plan>, Failure> {
    let cannot = |e| xinpei::Error::read(path, e);
    let file = File::open(path).map_err(cannot)?;
    let size = file.metadata().map_err(cannot)?;
    if !size.is_file() || size.len() > LARGEST {
        return Ok(None);
    }
    let mut input = BufReader::new(file);
    let mut line = String::new();
    if input.read_line(&mut line).is_err() {
        return Ok(None);
    }
    // A decision is one line and has no request; a plan for people to read begins with a bare brace.
    if line.trim() != "{" && !line.contains("\"request\":{") {
        return Ok(None);
    }
    input.read_to_string(&mut line).map_err(cannot)?;
    let wrong = |why: String| Failure::error(format!("`{}` is not a recorded plan: {why}", path.display()));
    let made: Made = serde_json::from_str(&line).map_err(|e| wrong(e.to_string()))?;
    let as_of = Date::parse(&made.as_of).ok_or_else(|| wrong(format!("`{}` is not a date", made.as_of)))?;
    Ok(Some(Plan { text: line, made, as_of }))
}

/// Plans again for the same enterprise on the same day.
pub(super) fn replay(recorded: &Plan, args: &Args, context: &Context) -> Result<(), Failure> {
    let made = &recorded.made;
    let found = args.input.find()?;
    let rulebook = rules::version(&found.rules()?, &made.rulebook.id, &made.rulebook.version)?;
    let mut input = found.open(&rulebook, recorded.as_of, None)?;
    let mut answer = None;
    while let Some(portion) = input.next(ROWS)? {
        if let Some(row) = portion.batch.enterprises.iter().position(|key| key == made.enterprise) {
            answer = Some(plan_row(&rulebook, &portion.batch, row, recorded.as_of, &made.request)?);
            break;
        }
    }
    let Some(answer) = answer else {
        return Err(Failure::error(format!("`{}` is not in the input", made.enterprise)));
    };
    // A plan is written for people too: how its text is laid out does not matter.
    let difference =
        between(&recorded.text, &answer.to_json(), "a recorded plan")?.filter(|(path, ..)| !path.contains(' '));
    let mut cause = Vec::new();
    if made.rulebook.digest != answer.rulebook.digest {
        cause.push("rulebook");
    }
    if made.facts != answer.facts {
        cause.push("facts");
    }
    match (args.format, &difference) {
        (Format::Json, _) => {
            let told = difference.as_ref().map(|(path, recorded, now)| {
                json!({"enterprise": made.enterprise, "path": path, "recorded": recorded, "now": now, "cause": cause})
            });
            let differ = told.is_some();
            output::print_json(&json!({
                "same": usize::from(!differ),
                "differ": usize::from(differ),
                "differences": told.into_iter().collect::<Vec<_>>(),
            }))?;
        }
        (Format::Text, Some((path, recorded, now))) => {
            let cause = if cause.is_empty() { String::new() } else { format!("  [{} changed]", cause.join(" and ")) };
            output::print(&format!(
                "{}: {}  {path}: {recorded} → {now}{cause}",
                args.decisions.display(),
                made.enterprise
            ))?;
        }
        (Format::Text, None) => {}
    }
    let steps = answer.plan.as_ref().map_or(0, |plan| plan.steps.len());
    if difference.is_some() {
        context.notice("the plan differs");
        return Err(Failure::Found);
    }
    context.notice(&format!("the plan is the same; steps scored again: {steps}"));
    Ok(())
}
