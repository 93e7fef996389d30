//! The report of a zone, as data.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::Serialize;
use xinpei::check::typed::{Outcome, Rule};
use xinpei::{Cultivation, Label, Placement, Rulebook};

use crate::verbs::then::Stand;
use crate::zone::{Firm, Head, Stale};

/// The whole result.
#[derive(Serialize)]
pub(super) struct Record {
    #[serde(flatten)]
    pub(super) head: Head,
    pub(super) enterprises: usize,
    /// Enterprises with wrong data; their grades are provisional.
    pub(super) refer: usize,
    pub(super) unrated: usize,
    pub(super) rejects: usize,
    /// Enterprises above the last tier; absent without tiers.
    pub(super) archived: Option<usize>,
    pub(super) tiers: Vec<Count>,
    pub(super) grades: Vec<Count>,
    /// What points are lost for, the most points first.
    pub(super) losses: Vec<Loss>,
    /// Overrides that fired, the most frequent first.
    pub(super) overrides: Vec<Count>,
    /// Public lists, and who stands on them.
    pub(super) publicity: Vec<Listing>,
    pub(super) departments: Vec<Department>,
    pub(super) products: Vec<Given>,
    pub(super) cultivation: Option<Growth>,
    pub(super) stale: Vec<Stale>,
    #[serde(skip)]
    line: usize,
}

/// How many enterprises something is true of.
#[derive(Clone, Serialize)]
pub(super) struct Count {
    pub(super) id: String,
    pub(super) label: Label,
    pub(super) count: usize,
}

/// What a line of the card costs the zone.
#[derive(Serialize)]
pub(super) struct Loss {
    pub(super) id: String,
    pub(super) label: Label,
    pub(super) enterprises: usize,
    #[serde(serialize_with = "plain")]
    pub(super) points: Decimal,
}

/// A public list.
#[derive(Serialize)]
pub(super) struct Listing {
    pub(super) id: String,
    /// `honest` or `dishonest`.
    pub(super) publicity: String,
    pub(super) label: Label,
    pub(super) department: String,
    pub(super) entries: Vec<Entry>,
    /// Entries whose last day lies before the day of the report: they are not listed, and must come off.
    pub(super) over: Vec<Entry>,
    /// Entries that rest on a fact which is at fault: they are not listed before a person has looked.
    pub(super) withheld: Vec<Entry>,
    /// The ids of the facts that the list rests on.
    #[serde(skip)]
    facts: BTreeSet<String>,
}

impl Listing {
    /// Whether nobody would stand on it.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.over.is_empty() && self.withheld.is_empty()
    }
}

/// Who stands on a list, and until when.
#[derive(Serialize)]
pub(super) struct Entry {
    #[serde(flatten)]
    pub(super) firm: Firm,
    /// The last day; absent where the list has no fixed term or its start is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<String>,
}

/// What a department owes and sees.
#[derive(Serialize)]
pub(super) struct Department {
    pub(super) id: String,
    pub(super) label: Label,
    pub(super) support: Vec<Given>,
    pub(super) sanctions: Vec<Given>,
    /// Lists that are not public.
    pub(super) lists: Vec<Given>,
    pub(super) alerts: Vec<Given>,
}

/// An outcome and how many it follows for.
#[derive(Serialize)]
pub(super) struct Given {
    #[serde(skip)]
    at: usize,
    pub(super) id: String,
    pub(super) label: Label,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) severity: Option<String>,
    pub(super) count: usize,
    /// The sum of all amounts, where it has amounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) amount: Option<String>,
    #[serde(skip)]
    sum: Decimal,
}

/// How cultivation goes.
#[derive(Serialize)]
pub(super) struct Growth {
    /// Below the line and taken in on the day of the report.
    pub(super) open: usize,
    /// Below the line and not taken in.
    pub(super) refused: usize,
    /// Why they are not taken in; one enterprise may have several reasons.
    pub(super) unmet: Vec<Count>,
    pub(super) barred: Vec<Count>,
    /// With an earlier day: those who were below the line and taken in then.
    pub(super) since: Option<Since>,
}

/// What has become of those who were in cultivation.
#[derive(Serialize)]
pub(super) struct Since {
    pub(super) cultivated: usize,
    /// At or above the line now.
    pub(super) reached: usize,
    /// A rule of success holds now.
    pub(super) success: Vec<Count>,
    /// A rule of removal holds now.
    pub(super) removal: Vec<Count>,
    /// One of each at least.
    pub(super) succeeded: usize,
    pub(super) removed: usize,
    /// Neither, and the score is not higher than it was.
    pub(super) stagnant: usize,
}

fn plain<S: serde::Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn count(id: &str, label: &Label) -> Count {
    Count { id: id.to_owned(), label: label.clone(), count: 0 }
}

fn counts(rules: &[Rule]) -> Vec<Count> {
    rules.iter().map(|rule| count(&rule.id, &rule.label)).collect()
}

/// Whether a fault lies in one of these facts, or in a field of its events.
fn rests_on(facts: &BTreeSet<String>, fault: &str) -> bool {
    let table = fault.rsplit_once('.').map_or(fault, |(table, _)| table);
    facts.contains(fault) || facts.contains(table)
}

/// Counts the rules that hold, or those that do not.
fn tally(list: &mut [Count], holds: &[Option<bool>], keep: fn(Option<bool>) -> bool) -> bool {
    let mut any = false;
    for (count, holds) in list.iter_mut().zip(holds) {
        if keep(*holds) {
            count.count += 1;
            any = true;
        }
    }
    any
}

impl Department {
    /// Everything that is counted.
    fn all(&mut self) -> impl Iterator<Item = &mut Given> {
        self.support.iter_mut().chain(&mut self.sanctions).chain(&mut self.lists).chain(&mut self.alerts)
    }
}

impl Record {
    /// Nothing is counted yet.
    pub(super) fn new(head: Head, rulebook: &Rulebook) -> Self {
        let typed = rulebook.typed();
        let tiers = typed.tiers.as_ref();
        let outcomes = || typed.outcomes.iter().enumerate();
        let given = |(at, o): (usize, &Outcome)| Given {
            at,
            id: o.id.clone(),
            label: o.label.clone(),
            severity: o.severity.clone(),
            count: 0,
            amount: o.amount.map(|_| String::new()),
            sum: Decimal::ZERO,
        };
        let mut departments: Vec<Department> = Vec::new();
        for (at, outcome) in outcomes().filter(|(_, o)| o.kind != "product" && o.publicity.is_none()) {
            let place = departments.iter().position(|d| d.id == outcome.department.0).unwrap_or_else(|| {
                let (id, label) = outcome.department.clone();
                departments.push(Department {
                    id,
                    label,
                    support: Vec::new(),
                    sanctions: Vec::new(),
                    lists: Vec::new(),
                    alerts: Vec::new(),
                });
                departments.len() - 1
            });
            let Some(department) = departments.get_mut(place) else { continue };
            let list = match outcome.kind.as_str() {
                "entitlement" => &mut department.support,
                "sanction" => &mut department.sanctions,
                "listing" => &mut department.lists,
                _ => &mut department.alerts,
            };
            list.push(given((at, outcome)));
        }
        let facts = |at: usize| -> BTreeSet<String> {
            let outputs = &rulebook.program().outputs;
            let until = outputs.details.get(at).and_then(|(until, _)| *until);
            let below = outputs.outcomes.get(at).copied().into_iter().chain(until);
            let facts = below.flat_map(|id| rulebook.facts_below(id)).filter_map(|fact| typed.facts.get(fact));
            facts.map(|fact| fact.id.clone()).collect()
        };
        let listing = |(at, o): (usize, &Outcome)| {
            Some(Listing {
                id: o.id.clone(),
                publicity: o.publicity.clone()?,
                label: o.label.clone(),
                department: o.department.0.clone(),
                entries: Vec::new(),
                over: Vec::new(),
                withheld: Vec::new(),
                facts: facts(at),
            })
        };
        let since = |tiers: &xinpei::check::typed::Tiers| Since {
            cultivated: 0,
            reached: 0,
            success: counts(&tiers.success),
            removal: counts(&tiers.removal),
            succeeded: 0,
            removed: 0,
            stagnant: 0,
        };
        Self {
            enterprises: 0,
            refer: 0,
            unrated: 0,
            rejects: 0,
            archived: tiers.map(|_| 0),
            tiers: tiers.iter().flat_map(|t| &t.tiers).map(|t| count(&t.id, &t.label)).collect(),
            grades: typed.grades.iter().map(|g| count(&g.id, &g.label)).collect(),
            losses: typed
                .characteristics
                .iter()
                .map(|c| Loss { id: c.id.to_string(), label: c.label.clone(), enterprises: 0, points: Decimal::ZERO })
                .collect(),
            overrides: typed.overrides.iter().map(|o| count(&o.id, &o.label)).collect(),
            publicity: outcomes().filter_map(listing).collect(),
            departments,
            products: outcomes().filter(|(_, o)| o.kind == "product").map(given).collect(),
            cultivation: tiers.map(|tiers| Growth {
                open: 0,
                refused: 0,
                unmet: counts(&tiers.selection),
                barred: counts(&tiers.bars),
                since: head.since.as_ref().map(|_| since(tiers)),
            }),
            stale: Vec::new(),
            line: tiers.map_or(0, |t| t.line),
            head,
        }
    }

    /// Counts the enterprise of a row; `before` is where it stood on the earlier day.
    pub(super) fn add(
        &mut self,
        rulebook: &Rulebook,
        placement: &Placement<'_>,
        row: usize,
        firm: Firm,
        before: Option<&Stand>,
    ) {
        let typed = rulebook.typed();
        self.enterprises += 1;
        let faults = placement.outcome().faults(row);
        self.refer += usize::from(!faults.is_empty());
        let one = |list: &mut Vec<Count>, at: Option<usize>| match at.and_then(|at| list.get_mut(at)) {
            Some(count) => {
                count.count += 1;
                true
            }
            None => false,
        };
        self.unrated += usize::from(!one(&mut self.grades, placement.grade(row)));
        if let (Some(archived), Some(tier)) = (&mut self.archived, placement.tier(row)) {
            *archived += usize::from(tier + 1 < self.tiers.len());
            one(&mut self.tiers, Some(tier));
        }
        for (at, loss) in self.losses.iter_mut().enumerate() {
            if let Some(lost) = placement.lost(at, row) {
                loss.enterprises += 1;
                loss.points += lost;
            }
        }
        for (at, count) in self.overrides.iter_mut().enumerate() {
            count.count += usize::from(placement.fired(at, row));
        }
        for given in self
            .departments
            .iter_mut()
            .flat_map(Department::all)
            .chain(&mut self.products)
            .filter(|given| placement.follows(given.at, row))
        {
            given.count += 1;
            given.sum += placement.amount(given.at, row).unwrap_or_default();
        }
        let as_of = placement.outcome().as_of;
        let public = typed.outcomes.iter().enumerate().filter(|(_, o)| o.publicity.is_some());
        for ((at, _), listing) in public.zip(&mut self.publicity) {
            if placement.follows(at, row) {
                let until = placement.until(at, row);
                let entry = Entry { firm: firm.clone(), until: until.map(|day| day.to_string()) };
                // Nothing is listed after its last day, whatever its condition says.
                let over = until.is_some_and(|until| until < as_of);
                let doubtful = faults.iter().any(|fault| rests_on(&listing.facts, &fault.fact));
                match (over, doubtful) {
                    (true, _) => listing.over.push(entry),
                    (false, true) => listing.withheld.push(entry),
                    (false, false) => listing.entries.push(entry),
                }
            }
        }
        self.grow(placement, row, before);
    }

    /// Counts cultivation.
    fn grow(&mut self, placement: &Placement<'_>, row: usize, before: Option<&Stand>) {
        let Some(growth) = &mut self.cultivation else { return };
        let above = |tier: Option<usize>| tier.is_some_and(|tier| tier <= self.line);
        if !above(placement.tier(row)) {
            if placement.selected(row) {
                growth.open += 1;
            } else {
                growth.refused += 1;
                tally(&mut growth.unmet, &placement.rules(Cultivation::Selection, row), |holds| holds != Some(true));
                tally(&mut growth.barred, &placement.rules(Cultivation::Bars, row), |holds| holds == Some(true));
            }
        }
        let (Some(since), Some(before)) = (&mut growth.since, before) else { return };
        if before.faults || !before.selected || above(before.tier) {
            return;
        }
        since.cultivated += 1;
        since.reached += usize::from(above(placement.tier(row)));
        let holds = |list| placement.rules(list, row);
        let succeeded = tally(&mut since.success, &holds(Cultivation::Success), |holds| holds == Some(true));
        let removed = tally(&mut since.removal, &holds(Cultivation::Removal), |holds| holds == Some(true));
        since.succeeded += usize::from(succeeded);
        since.removed += usize::from(removed);
        since.stagnant += usize::from(!succeeded && !removed && placement.score(row) <= before.score);
    }

    /// Puts what was counted in order.
    pub(super) fn finish(&mut self) {
        self.losses.retain(|loss| loss.enterprises > 0);
        self.losses.sort_by_key(|loss| std::cmp::Reverse(loss.points));
        self.overrides.retain(|count| count.count > 0);
        self.overrides.sort_by_key(|count| std::cmp::Reverse(count.count));
        for given in self.departments.iter_mut().flat_map(Department::all).chain(&mut self.products) {
            given.amount = given.amount.as_ref().map(|_| given.sum.to_string());
        }
    }
}
