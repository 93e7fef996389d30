//! What has become of enterprises, as data.

use rust_decimal::Decimal;
use serde::Serialize;
use xinpei::check::typed::Outcome;
use xinpei::{Batch, Date, Label, Placement, Rulebook, Scratch};

use crate::verbs::then::{Before, Stand, Then};
use crate::zone::{self, Cause, Firm, Head, Parts, Stale};

/// Most lines of the card that are told of a move.
const LINES: usize = 4;

/// The whole result.
#[derive(Serialize)]
pub(super) struct Record {
    #[serde(flatten)]
    pub(super) head: Head,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) lender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) department: Option<String>,
    /// Enterprises that are in both, and not filtered out.
    pub(super) watched: usize,
    pub(super) better: usize,
    pub(super) worse: usize,
    /// Those of whom there is something to tell, in the order of the later delivery.
    pub(super) enterprises: Vec<Watched>,
    /// In the later delivery only.
    pub(super) come: Vec<Firm>,
    /// In the earlier delivery only.
    pub(super) gone: Vec<Firm>,
    /// Sources of the later delivery that are late or absent.
    pub(super) stale: Vec<Stale>,
    pub(super) rejects: usize,
}

/// What has become of one enterprise.
#[derive(Serialize)]
pub(super) struct Watched {
    #[serde(flatten)]
    pub(super) firm: Firm,
    pub(super) before: Standing,
    pub(super) now: Standing,
    /// 1 where the grade is better, -1 where it is worse.
    pub(super) moved: i8,
    pub(super) overrides_came: Vec<String>,
    pub(super) overrides_went: Vec<String>,
    /// Where another grade came from: the lines of the card that moved most, with their points.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) lines: Vec<(String, String)>,
    pub(super) came: Vec<Follow>,
    pub(super) went: Vec<Follow>,
}

/// Where an enterprise stands.
#[derive(Serialize)]
pub(super) struct Standing {
    pub(super) score: Option<String>,
    pub(super) grade: Option<String>,
    pub(super) tier: Option<String>,
    /// Whether a person must look at its data first.
    pub(super) refer: bool,
}

/// An outcome that came or went.
#[derive(Serialize)]
pub(super) struct Follow {
    #[serde(skip)]
    pub(super) at: usize,
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) department: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) severity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) publicity: Option<String>,
    /// The last day; of what went, as it was before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<String>,
    /// Of a product that no longer admits: what is not met.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) unmet: Vec<Label>,
    /// The facts behind it, as they are now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) facts: Vec<Changed>,
}

/// A fact, and its value before where that was another.
#[derive(Serialize)]
pub(super) struct Changed {
    #[serde(flatten)]
    pub(super) now: Cause,
    /// The same fact before, where its value was another.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "value")]
    pub(super) before: Option<Cause>,
}

/// Of a fact before its value alone is told.
fn value<S: serde::Serializer>(cause: &Option<Cause>, serializer: S) -> Result<S::Ok, S::Error> {
    cause.as_ref().and_then(|cause| cause.value.as_ref()).serialize(serializer)
}

impl Watched {
    /// What has become of the enterprise of a row.
    pub(super) fn of(
        then: &Then<'_>,
        before: &Before,
        (placement, batch, row, firm): (&Placement<'_>, &Batch, usize, Firm),
        parts: &mut Parts<'_>,
        scratch: &mut Scratch,
    ) -> Self {
        let rulebook = then.rulebook;
        let typed = rulebook.typed();
        let as_of = placement.outcome().as_of;
        let now = Stand::of(placement, row, rulebook);
        let old = &before.stand;
        // Better grades stand first; without a grade there is nothing to compare.
        let moved = match (old.grade, now.grade) {
            (Some(a), Some(b)) if b < a => 1,
            (Some(a), Some(b)) if b > a => -1,
            _ => 0,
        };
        let facts = then.facts(before);
        let overrides = |keep: fn(bool, bool) -> bool| -> Vec<String> {
            let both = old.overrides.iter().zip(&now.overrides).zip(&typed.overrides);
            both.filter(|((a, b), _)| keep(**a, **b)).map(|(_, rule)| rule.id.clone()).collect()
        };
        let mut watched = Self {
            overrides_came: overrides(|a, b| !a && b),
            overrides_went: overrides(|a, b| a && !b),
            before: standing(rulebook, old),
            now: standing(rulebook, &now),
            moved,
            lines: Vec::new(),
            came: Vec::new(),
            went: Vec::new(),
            firm,
        };
        let earlier = facts.as_ref().map(|facts| rulebook.place(facts, then.since, scratch));
        if let (true, Some(earlier)) = (moved != 0, &earlier) {
            watched.lines = lines(rulebook, earlier, placement, row);
        }
        let mut probes = Scratch::default();
        for (at, outcome) in typed.outcomes.iter().enumerate() {
            let (was, is) = (old.outcomes.get(at) == Some(&true), now.outcomes.get(at) == Some(&true));
            if was == is {
                continue;
            }
            let mut follow = Follow::new(at, outcome);
            if is {
                follow.until = placement.until(at, row).map(|day| day.to_string());
                if outcome.kind == "alert" || outcome.publicity.as_deref() == Some("dishonest") {
                    let behind = parts.facts(at, batch, row, as_of, &mut probes);
                    follow.facts = behind
                        .into_iter()
                        .filter_map(|fact| changed((rulebook, as_of), batch, row, facts.as_ref(), fact))
                        .collect();
                }
                watched.came.push(follow);
            } else {
                let day: Option<Date> = earlier.as_ref().and_then(|placement| placement.until(at, 0));
                follow.until = day.map(|day| day.to_string());
                if let Some(product) = typed.products.iter().position(|p| p.outcome == at) {
                    let conditions = typed.products.get(product).map(|p| p.conditions.as_slice()).unwrap_or_default();
                    let holds = placement.conditions(product, row);
                    let unmet = conditions.iter().zip(holds).filter(|(_, holds)| *holds != Some(true));
                    follow.unmet = unmet.map(|(condition, _)| condition.label.clone()).collect();
                }
                watched.went.push(follow);
            }
        }
        watched
    }

    /// Whether there is something to tell.
    fn telling(&self) -> bool {
        let lists = !self.came.is_empty() || !self.went.is_empty();
        lists || self.moved != 0 || !self.overrides_came.is_empty() || !self.overrides_went.is_empty()
    }
}

/// A fact as it is now, and as it was where that is another value.
fn changed(
    (rulebook, as_of): (&Rulebook, Date),
    batch: &Batch,
    row: usize,
    before: Option<&Batch>,
    fact: usize,
) -> Option<Changed> {
    let now = zone::cause((rulebook, as_of), batch, row, fact)?;
    let before = before.and_then(|batch| zone::cause((rulebook, as_of), batch, 0, fact));
    let before = before.filter(|cause| cause.value != now.value || cause.latest != now.latest);
    Some(Changed { now, before })
}

fn standing(rulebook: &Rulebook, stand: &Stand) -> Standing {
    let typed = rulebook.typed();
    let tiers = typed.tiers.as_ref().map(|t| t.tiers.as_slice()).unwrap_or_default();
    Standing {
        score: stand.score.map(|s| s.to_string()),
        grade: stand.grade.and_then(|at| typed.grades.get(at)).map(|g| g.id.clone()),
        tier: stand.tier.and_then(|at| tiers.get(at)).map(|t| t.id.clone()),
        refer: stand.faults,
    }
}

/// The lines of the card that moved most: id and points.
fn lines(rulebook: &Rulebook, before: &Placement<'_>, now: &Placement<'_>, row: usize) -> Vec<(String, String)> {
    let points = |placement: &Placement<'_>, line: usize, row: usize| {
        let (units, digits) = placement.outcome().points(line, row).unwrap_or_default();
        xinpei::decimal::from_units(units, digits)
    };
    let mut list: Vec<(Decimal, &str)> = Vec::new();
    for (at, line) in rulebook.typed().characteristics.iter().enumerate() {
        let shift = points(now, at, row) - points(before, at, 0);
        if !shift.is_zero() {
            list.push((shift, &line.id));
        }
    }
    list.sort_by_key(|(shift, _)| std::cmp::Reverse(shift.abs()));
    list.truncate(LINES);
    list.into_iter().map(|(shift, id)| (id.to_owned(), shift.normalize().to_string())).collect()
}

impl Follow {
    fn new(at: usize, outcome: &Outcome) -> Self {
        Self {
            at,
            id: outcome.id.clone(),
            kind: outcome.kind.clone(),
            department: outcome.department.0.clone(),
            severity: outcome.severity.clone(),
            publicity: outcome.publicity.clone(),
            until: None,
            unmet: Vec::new(),
            facts: Vec::new(),
        }
    }
}

impl Record {
    pub(super) fn new(head: Head, lender: Option<String>, department: Option<String>) -> Self {
        Self {
            head,
            lender,
            department,
            watched: 0,
            better: 0,
            worse: 0,
            enterprises: Vec::new(),
            come: Vec::new(),
            gone: Vec::new(),
            stale: Vec::new(),
            rejects: 0,
        }
    }

    /// Adds an enterprise, unless a filter leaves it out or nothing has become of it.
    pub(super) fn add(&mut self, mut watched: Watched) {
        self.watched += 1;
        self.better += usize::from(watched.moved > 0);
        self.worse += usize::from(watched.moved < 0);
        if let Some(lender) = &self.lender {
            let theirs = |f: &Follow| f.kind != "product" || f.department == *lender;
            watched.came.retain(theirs);
            watched.went.retain(theirs);
        }
        if let Some(department) = &self.department {
            watched.came.retain(|f| f.department == *department);
            watched.went.retain(|f| f.department == *department);
            if watched.came.is_empty() && watched.went.is_empty() {
                return;
            }
        }
        if watched.telling() {
            self.enterprises.push(watched);
        }
    }

    /// Whether a lender watches the enterprise: one of its products admitted it before.
    pub(super) fn mine(&self, rulebook: &Rulebook, before: &Stand) -> bool {
        let Some(lender) = &self.lender else { return true };
        let typed = rulebook.typed();
        typed.products.iter().any(|p| {
            typed.outcomes.get(p.outcome).is_some_and(|o| o.department.0 == *lender)
                && before.outcomes.get(p.outcome) == Some(&true)
        })
    }
}
