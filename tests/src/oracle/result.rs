//! What the oracle expects of a decision, and how it differs from one.

use rust_decimal::Decimal;
use xinpei::Decision;

/// A decision as the oracle sees it; everything in its plain spelling.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expected {
    pub status: String,
    pub score: Option<Decimal>,
    pub grade: Option<String>,
    pub coverage: Decimal,
    /// Id and points.
    pub sections: Vec<(String, Decimal)>,
    /// Id, points, whether the answer was not known, what was scored.
    pub lines: Vec<(String, Decimal, bool, Option<String>)>,
    pub overrides: Vec<String>,
    pub reasons: Vec<Reason>,
    pub outcomes: Vec<Follow>,
    /// The fact and the kind of fault, sorted.
    pub faults: Vec<(String, String)>,
}

/// A reason: its code and what was lost; nothing for an override.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub code: String,
    pub lost: Option<Decimal>,
}

/// An outcome that follows.
#[derive(Clone, Debug, PartialEq)]
pub struct Follow {
    pub id: String,
    pub until: Option<String>,
    pub amount: Option<Decimal>,
}

impl Expected {
    /// The parts of a decision that the oracle knows about.
    pub fn of(decision: &Decision) -> Self {
        let mut faults: Vec<(String, String)> =
            decision.faults.iter().map(|f| (f.fact.clone(), f.kind.word().to_owned())).collect();
        faults.sort();
        faults.dedup();
        Self {
            status: decision.status.word().to_owned(),
            score: decision.score,
            grade: decision.grade.clone(),
            coverage: decision.coverage,
            sections: decision.sections.iter().map(|s| (s.id.to_string(), s.points)).collect(),
            lines: decision
                .characteristics
                .iter()
                .map(|c| (c.id.to_string(), c.points, c.missing, c.value.clone()))
                .collect(),
            overrides: decision.overrides.iter().map(|o| o.id.clone()).collect(),
            reasons: decision.reasons.iter().map(|r| Reason { code: r.code.clone(), lost: r.lost }).collect(),
            outcomes: decision
                .outcomes
                .iter()
                .map(|o| Follow { id: o.id.clone(), until: o.until.map(|d| d.to_string()), amount: o.amount })
                .collect(),
            faults,
        }
    }

    /// Every part in which a decision differs, one line each.
    pub fn differences(&self, decision: &Decision) -> Vec<String> {
        let got = Self::of(decision);
        let mut list = Vec::new();
        macro_rules! same {
            ($($part:ident),*) => {
                $(if self.$part != got.$part {
                    list.push(format!("{}: expected {:?}, got {:?}", stringify!($part), self.$part, got.$part));
                })*
            };
        }
        same!(status, score, grade, coverage, sections, overrides, reasons, outcomes, faults);
        for (expected, got) in self.lines.iter().zip(&got.lines).filter(|(expected, got)| expected != got) {
            list.push(format!("line: expected {expected:?}, got {got:?}"));
        }
        if self.lines.len() != got.lines.len() {
            list.push(format!("lines: expected {}, got {}", self.lines.len(), got.lines.len()));
        }
        // A score shows all its digits: 782.50, not 782.5.
        if self.score.map(|s| s.to_string()) != got.score.map(|s| s.to_string()) {
            list.push(format!("score: expected {:?}, got {:?}", self.score, got.score));
        }
        list
    }
}
