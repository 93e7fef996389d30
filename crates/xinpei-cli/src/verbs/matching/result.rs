//! What products say to enterprises, as data.

use rust_decimal::Decimal;
use serde::Serialize;
use xinpei::check::typed::Outcome;
use xinpei::{Batch, Label, Placement, Rulebook};
use xinpei_cultivate::Prospect;

use crate::zone::{Cause, Firm, Head, causes};

/// The whole result.
#[derive(Serialize)]
pub(super) struct Record {
    #[serde(flatten)]
    pub(super) head: Head,
    pub(super) products: Vec<Product>,
    pub(super) enterprises: Vec<Entry>,
    /// For each lender the enterprises that it can be recommended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) recommended: Vec<Recommended>,
    pub(super) rejects: usize,
}

/// What a product adds up to.
#[derive(Serialize)]
pub(super) struct Product {
    #[serde(skip)]
    pub(super) at: usize,
    pub(super) id: String,
    pub(super) lender: String,
    pub(super) label: Label,
    pub(super) admitted: usize,
    /// The sum of all limits, in yuan.
    #[serde(serialize_with = "plain")]
    pub(super) limits: Decimal,
    /// For each condition: what is asked, how many enterprises do not meet it, and how many meet all others.
    pub(super) conditions: Vec<Asked>,
}

/// A condition and whom it keeps out.
#[derive(Serialize)]
pub(super) struct Asked {
    pub(super) label: Label,
    pub(super) unmet: usize,
    pub(super) alone: usize,
}

/// An enterprise and its offers.
#[derive(Serialize)]
pub(super) struct Entry {
    #[serde(flatten)]
    pub(super) firm: Firm,
    #[serde(skip)]
    pub(super) grade_at: Option<usize>,
    pub(super) grade: Option<String>,
    pub(super) score: Option<String>,
    /// How many values of its data are wrong; then a person must look before anybody lends.
    pub(super) faults: usize,
    /// Alerts, by their place among the outcomes.
    #[serde(skip)]
    pub(super) alerts: Vec<usize>,
    pub(super) offers: Vec<Offer>,
}

/// What a product says to an enterprise.
#[derive(Serialize)]
pub(super) struct Offer {
    #[serde(skip)]
    pub(super) at: usize,
    pub(super) product: String,
    pub(super) admitted: bool,
    /// The most that is lent, in yuan; absent where it is not admitted or a fact of the formula is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<String>,
    /// Per cent a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rate: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<String>,
    /// Conditions that are not known to hold, with the facts behind them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) unmet: Vec<Unmet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) road: Option<Road>,
}

/// A condition that is not known to hold.
#[derive(Serialize)]
pub(super) struct Unmet {
    /// Its place among the conditions of the product.
    pub(super) condition: usize,
    pub(super) label: Label,
    /// `false`, or nothing where that is not known.
    pub(super) holds: Option<bool>,
    /// Whether it asks for a grade; then the facts behind it are those of the whole card, and not told.
    #[serde(skip)]
    pub(super) graded: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) facts: Vec<Cause>,
}

/// The plan that opens a product.
#[derive(Serialize)]
pub(super) struct Road {
    /// `plan`, `none`, `undecided` or `refer`.
    pub(super) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cost: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) months: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) review: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) measures: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) grade: Option<String>,
    /// Points needed and attainable at most, where these decide that there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) points: Option<(String, String)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) blocked: Vec<String>,
    /// Conditions that no measure and no waiting changes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) fixed: Vec<Label>,
}

/// What a lender is recommended.
#[derive(Serialize)]
pub(super) struct Recommended {
    pub(super) lender: String,
    pub(super) label: Label,
    /// The best first: by grade, score and order of the input.
    pub(super) enterprises: Vec<Pick>,
    /// Admitted to a product, but not recommended because of a grave alert or of faults.
    pub(super) withheld: Vec<Pick>,
}

/// An enterprise that a lender may be told of.
#[derive(Serialize)]
pub(super) struct Pick {
    #[serde(flatten)]
    pub(super) firm: Firm,
    pub(super) grade: Option<String>,
    pub(super) score: Option<String>,
    /// Products with limit and rate.
    pub(super) products: Vec<(String, Option<String>, Option<String>)>,
    /// Alerts, by their ids.
    pub(super) alerts: Vec<String>,
    pub(super) faults: usize,
}

fn plain<S: serde::Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

impl Offer {
    /// What a product says to the enterprise of a row, with the facts behind it if they are asked for.
    pub(super) fn of(
        rulebook: &Rulebook,
        placement: &Placement<'_>,
        (batch, row): (&Batch, usize),
        at: usize,
        facts: bool,
    ) -> Option<Self> {
        let typed = rulebook.typed();
        let product = typed.products.get(at)?;
        let outcome = product.outcome;
        let admitted = placement.admits(at, row);
        let mut offer = Self {
            at,
            product: typed.outcomes.get(outcome)?.id.clone(),
            admitted,
            limit: None,
            rate: None,
            until: None,
            unmet: Vec::new(),
            road: None,
        };
        if admitted {
            offer.limit = placement.amount(outcome, row).map(|n| n.to_string());
            offer.rate = placement.rate(outcome, row).map(|n| n.to_string());
            offer.until = placement.until(outcome, row).map(|day| day.to_string());
            return Some(offer);
        }
        let holds = placement.conditions(at, row);
        for (place, (condition, holds)) in product.conditions.iter().zip(holds).enumerate() {
            if holds != Some(true) {
                let graded = product.floor.is_some() && place == 0;
                let behind = if graded || !facts {
                    Vec::new()
                } else {
                    causes((rulebook, placement.outcome().as_of), batch, row, condition.when)
                };
                offer.unmet.push(Unmet {
                    condition: place,
                    label: condition.label.clone(),
                    holds,
                    graded,
                    facts: behind,
                });
            }
        }
        Some(offer)
    }
}

impl Road {
    /// The plan that a prospect is; `fixed` are conditions that no measure and no waiting changes.
    pub(super) fn of(rulebook: &Rulebook, offer: &Offer, prospect: &Prospect, fixed: &[usize]) -> Self {
        let mut road = Self {
            status: "none",
            cost: None,
            months: None,
            review: None,
            measures: Vec::new(),
            grade: None,
            points: None,
            blocked: Vec::new(),
            fixed: Vec::new(),
        };
        match prospect {
            Prospect::Ready(way) => {
                let measures = &rulebook.typed().measures;
                road.status = "plan";
                road.cost = Some(way.cost.to_string());
                road.months = Some(way.months);
                road.review = Some(way.review.to_string());
                road.measures = way.measures.iter().filter_map(|at| measures.get(*at)).map(|m| m.id.clone()).collect();
                road.grade.clone_from(&way.grade);
            }
            Prospect::None { points, blocked } => {
                let text = |points: &Decimal| points.normalize().to_string();
                road.points = points.map(|(needed, attainable)| (text(&needed), text(&attainable)));
                road.blocked.clone_from(blocked);
                road.fixed =
                    offer.unmet.iter().filter(|u| fixed.contains(&u.condition)).map(|u| u.label.clone()).collect();
            }
            Prospect::Refer => road.status = "refer",
            _ => road.status = "undecided",
        }
        road
    }
}

impl Record {
    /// Nothing is added up yet.
    pub(super) fn new(head: Head, rulebook: &Rulebook, wanted: &[usize]) -> Self {
        let typed = rulebook.typed();
        let product = |at: &usize| {
            let product = typed.products.get(*at)?;
            let outcome = typed.outcomes.get(product.outcome)?;
            let asked = product.conditions.iter().map(|c| Asked { label: c.label.clone(), unmet: 0, alone: 0 });
            Some(Product {
                at: *at,
                id: outcome.id.clone(),
                lender: outcome.department.0.clone(),
                label: outcome.label.clone(),
                admitted: 0,
                limits: Decimal::ZERO,
                conditions: asked.collect(),
            })
        };
        let products = wanted.iter().filter_map(product).collect();
        Self { head, products, enterprises: Vec::new(), recommended: Vec::new(), rejects: 0 }
    }

    /// Adds an enterprise.
    pub(super) fn add(&mut self, entry: Entry) {
        for (product, offer) in self.products.iter_mut().zip(&entry.offers) {
            if offer.admitted {
                product.admitted += 1;
                let limit = offer.limit.as_deref().and_then(|l| xinpei::decimal::parse(l).ok());
                product.limits += limit.unwrap_or_default();
            }
            for unmet in &offer.unmet {
                if let Some(asked) = product.conditions.get_mut(unmet.condition) {
                    asked.unmet += 1;
                    asked.alone += usize::from(offer.unmet.len() == 1);
                }
            }
        }
        self.enterprises.push(entry);
    }

    /// Makes the list for each lender.
    pub(super) fn recommend(&mut self, rulebook: &Rulebook) {
        let typed = rulebook.typed();
        let lender = |at: usize| typed.products.get(at).and_then(|p| typed.outcomes.get(p.outcome));
        let mut lenders: Vec<&Outcome> = Vec::new();
        for outcome in self.products.iter().filter_map(|p| lender(p.at)) {
            if !lenders.iter().any(|o| o.department.0 == outcome.department.0) {
                lenders.push(outcome);
            }
        }
        for outcome in lenders {
            let id = &outcome.department.0;
            let mut list: Vec<(&Entry, Pick, bool)> = Vec::new();
            for entry in &self.enterprises {
                let mine = |offer: &&Offer| offer.admitted && lender(offer.at).is_some_and(|o| o.department.0 == *id);
                let products: Vec<_> = entry
                    .offers
                    .iter()
                    .filter(mine)
                    .map(|offer| (offer.product.clone(), offer.limit.clone(), offer.rate.clone()))
                    .collect();
                if products.is_empty() {
                    continue;
                }
                let alerts: Vec<&Outcome> = entry.alerts.iter().filter_map(|at| typed.outcomes.get(*at)).collect();
                let grave = alerts.iter().any(|o| o.severity.as_deref() == Some("high"));
                let pick = Pick {
                    firm: entry.firm.clone(),
                    grade: entry.grade.clone(),
                    score: entry.score.clone(),
                    products,
                    alerts: alerts.iter().map(|o| o.id.clone()).collect(),
                    faults: entry.faults,
                };
                list.push((entry, pick, grave || entry.faults > 0));
            }
            let score = |entry: &Entry| entry.score.as_deref().and_then(|s| xinpei::decimal::parse(s).ok());
            list.sort_by(|(a, ..), (b, ..)| {
                a.grade_at.unwrap_or(usize::MAX).cmp(&b.grade_at.unwrap_or(usize::MAX)).then(score(b).cmp(&score(a)))
            });
            let (withheld, good): (Vec<_>, Vec<_>) = list.into_iter().partition(|(.., withheld)| *withheld);
            let picks = |list: Vec<(&Entry, Pick, bool)>| list.into_iter().map(|(_, pick, _)| pick).collect();
            self.recommended.push(Recommended {
                lender: id.clone(),
                label: outcome.department.1.clone(),
                enterprises: picks(good),
                withheld: picks(withheld),
            });
        }
    }
}
