//! What changed between two decisions about one enterprise.

use rust_decimal::Decimal;
use serde::Serialize;
use xinpei::explain::decision::Decision;
use xinpei::explain::words::signed;

/// What changed; empty lists where nothing did.
#[derive(Debug, Serialize)]
pub(super) struct Changes {
    pub(super) as_of: String,
    pub(super) version: String,
    /// Status, score, grade and coverage, before and now, where they differ.
    pub(super) result: Vec<Change>,
    /// Characteristics whose points moved, that are new, or that are gone.
    pub(super) characteristics: Vec<Change>,
    /// Overrides that fire now and did not before.
    pub(super) overrides_came: Vec<String>,
    /// Overrides that fired before and do not now.
    pub(super) overrides_went: Vec<String>,
    /// Outcomes that follow now and did not before.
    pub(super) outcomes_came: Vec<String>,
    /// Outcomes that followed before and do not now.
    pub(super) outcomes_went: Vec<String>,
}

/// One thing that changed.
#[derive(Debug, Serialize)]
pub(super) struct Change {
    /// What.
    pub(super) id: String,
    /// On the other date; absent where it did not exist.
    pub(super) before: Option<String>,
    /// On the as-of date; absent where it does not exist.
    pub(super) now: Option<String>,
    /// By how much a number rose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) by: Option<String>,
    /// The values behind the points, where they differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) values: Option<(Option<String>, Option<String>)>,
}

impl Changes {
    /// What changed from `before` to `now`.
    pub(super) fn between(before: &Decision, now: &Decision) -> Self {
        let (came, went) = ids(before.overrides.iter().map(|o| &o.id), now.overrides.iter().map(|o| &o.id));
        let (outcomes_came, outcomes_went) =
            ids(before.outcomes.iter().map(|o| &o.id), now.outcomes.iter().map(|o| &o.id));
        Self {
            as_of: before.as_of.to_string(),
            version: before.rulebook.version.clone(),
            result: result(before, now),
            characteristics: characteristics(before, now),
            overrides_came: came,
            overrides_went: went,
            outcomes_came,
            outcomes_went,
        }
    }

    /// Whether nothing changed.
    pub(super) fn is_empty(&self) -> bool {
        let lists = [&self.overrides_came, &self.overrides_went, &self.outcomes_came, &self.outcomes_went];
        self.result.is_empty() && self.characteristics.is_empty() && lists.iter().all(|list| list.is_empty())
    }
}

fn result(before: &Decision, now: &Decision) -> Vec<Change> {
    let number = |n: Option<Decimal>| n.map(|n| n.to_string());
    let mut list = Vec::new();
    let mut add = |id: &str, a: Option<String>, b: Option<String>, by: Option<Decimal>| {
        if a != b {
            list.push(Change { id: id.to_owned(), before: a, now: b, by: by.map(signed), values: None });
        }
    };
    add("status", Some(before.status.word().into()), Some(now.status.word().into()), None);
    add("score", number(before.score), number(now.score), before.score.zip(now.score).map(|(a, b)| b - a));
    add("grade", before.grade.clone(), now.grade.clone(), None);
    add("coverage", number(Some(before.coverage)), number(Some(now.coverage)), Some(now.coverage - before.coverage));
    list
}

/// In the order of the rulebook that holds now; what is gone stands last.
fn characteristics(before: &Decision, now: &Decision) -> Vec<Change> {
    let mut list = Vec::new();
    for line in &now.characteristics {
        let old = before.characteristics.iter().find(|c| c.id == line.id);
        if old.is_none_or(|old| old.points != line.points) {
            list.push(Change {
                id: line.id.to_string(),
                before: old.map(|old| old.points.to_string()),
                now: Some(line.points.to_string()),
                by: old.map(|old| signed(line.points - old.points)),
                values: old.filter(|old| old.value != line.value).map(|old| (old.value.clone(), line.value.clone())),
            });
        }
    }
    for old in before.characteristics.iter().filter(|old| now.characteristics.iter().all(|c| c.id != old.id)) {
        list.push(Change {
            id: old.id.to_string(),
            before: Some(old.points.to_string()),
            now: None,
            by: None,
            values: None,
        });
    }
    list
}

/// What came and what went.
fn ids<'a>(
    before: impl Iterator<Item = &'a String>,
    now: impl Iterator<Item = &'a String>,
) -> (Vec<String>, Vec<String>) {
    let (before, now): (Vec<&String>, Vec<&String>) = (before.collect(), now.collect());
    let only = |these: &[&String], others: &[&String]| {
        these.iter().filter(|id| !others.contains(id)).map(|id| (*id).clone()).collect()
    };
    (only(&now, &before), only(&before, &now))
}
