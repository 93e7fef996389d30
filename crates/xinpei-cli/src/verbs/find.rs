//! Finds one enterprise in an input, and decides on it.

use std::path::Path;

use xinpei::explain::decision::Decision;
use xinpei::{Date, Rulebook, uscc};
use xinpei_tables::{Portion, Reject};

use crate::failure::Failure;
use crate::input::{Input, InputArgs, ROWS};

/// An enterprise that was found.
pub(super) struct Hit {
    pub(super) rulebook: Rulebook,
    pub(super) input: Input,
    pub(super) portion: Portion,
    pub(super) row: usize,
    pub(super) decision: Decision,
}

/// The row of the enterprise, and the decision about it on a date.
pub(super) fn find(args: &InputArgs, code: &str, as_of: Date) -> Result<Hit, Failure> {
    let (rulebook, mut input) = args.open(as_of)?;
    let code = if rulebook.dictionary().uscc { uscc::normalise(code) } else { code.to_owned() };
    let mut near: Option<String> = None;
    let mut reject = input.rejects().iter().find(|r| r.enterprise == code).cloned();
    while let Some(portion) = input.next(ROWS)? {
        let found = portion.batch.enterprises.iter().position(|key| key == code);
        if let Some(row) = found {
            let decision = rulebook.score(&portion.batch.slice(row..row + 1), as_of).decision(0);
            return Ok(Hit { rulebook, input, portion, row, decision });
        }
        near = near.or_else(|| portion.batch.enterprises.iter().find(|key| is_near(&code, key)).map(str::to_owned));
        reject = reject.or_else(|| portion.rejects.into_iter().find(|r| r.enterprise == code));
    }
    Err(missing(&args.input, reject.as_ref(), &code, near.as_deref()))
}

/// Whether a key may have been meant: one or two characters differ. Keys resemble each other, so
/// more would name a stranger.
fn is_near(key: &str, other: &str) -> bool {
    let differ = key.chars().zip(other.chars()).filter(|(a, b)| a != b).count();
    key.chars().count() == other.chars().count() && differ <= 2
}

fn missing(path: &Path, reject: Option<&Reject>, code: &str, near: Option<&str>) -> Failure {
    if let Some(reject) = reject {
        return Failure::error(format!(
            "the row of `{code}` was rejected: {}:{}: {}",
            reject.file, reject.line, reject.reason
        ));
    }
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Failure::error(format!("`{}` has no enterprise `{code}`{hint}", path.display()))
}
