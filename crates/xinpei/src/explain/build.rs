//! Builds the decision of a row.

use rust_decimal::Decimal;

use super::decision::{CharacteristicPoints, Decision, Fired, Follows, Reason, RulebookRef, SectionPoints, Status};
use super::{losses, receipt};
use crate::date::Date;
use crate::decimal;
use crate::evaluate::outcome::{Characteristic, Effect, LANGUAGE, NodeId, Outcome, Section, Type};
use crate::fault::{Fault, FaultKind};
use crate::id::Id;

impl Outcome<'_> {
    /// Everything the engine says about the enterprise of a row below [`Outcome::rows`].
    #[must_use]
    pub fn decision(&self, row: usize) -> Decision {
        let program = self.program;
        let typed = &program.typed;
        let outputs = &program.outputs;
        let mut faults = self.faults(row);
        if row >= self.rows() {
            let (fact, value) = ("enterprise".to_owned(), "there is no such row".to_owned());
            faults.push(Fault { fact, kind: FaultKind::RequiredMissing, value });
        }
        let rated = self.flag(outputs.rated, row);
        let status = match (faults.is_empty(), rated) {
            (false, _) => Status::Refer,
            (true, true) => Status::Rated,
            (true, false) => Status::Unrated,
        };
        let grade = self.value(outputs.grade, row).and_then(|rank| {
            let index = typed.grades.len().checked_sub(1)?.checked_sub(usize::try_from(rank).ok()?)?;
            typed.grades.get(index).map(|g| g.id.clone())
        });
        let overrides = self.fired(row);
        let mut decision = Decision {
            enterprise: self.batch.enterprises.get(row).to_owned(),
            rulebook: RulebookRef {
                id: typed.manifest.id.text.clone(),
                version: typed.manifest.version.text.clone(),
                digest: format!("sha256:{}", typed.digest),
                language: LANGUAGE,
            },
            as_of: self.as_of,
            status,
            score: self.number(outputs.score, row),
            grade,
            coverage: self.coverage(row),
            sections: self.sections(row),
            characteristics: self.characteristics(row),
            reasons: self.reasons(row, &overrides),
            overrides,
            outcomes: self.follows(row),
            faults,
            facts: receipt::facts(program, &self.batch, row, self.as_of),
            receipt: String::new(),
        };
        decision.receipt = receipt::receipt(&decision);
        decision
    }

    /// The decisions of all rows, in the order of the batch.
    pub fn decisions(&self) -> impl Iterator<Item = Decision> {
        (0..self.rows()).map(|row| self.decision(row))
    }

    fn flag(&self, id: NodeId, row: usize) -> bool {
        self.value(id, row) == Some(1)
    }

    /// The number of a node without zeros at the end; 0 where it is not known.
    fn trimmed(&self, id: NodeId, row: usize) -> Decimal {
        let digits = self.program.arena.node(id).ty.number().map_or(0, |number| number.digits);
        decimal::trimmed(self.value(id, row).unwrap_or(0), digits)
    }

    fn coverage(&self, row: usize) -> Decimal {
        decimal::from_units(self.share(row), 2)
    }

    /// The coverage of a row in whole hundredths, rounded down.
    pub(crate) fn share(&self, row: usize) -> i128 {
        let outputs = &self.program.outputs;
        let present = self.value(outputs.present, row).unwrap_or(0);
        if outputs.attainable == 0 {
            return 100;
        }
        decimal::divide(present.saturating_mul(100), outputs.attainable, decimal::Rounding::Floor).unwrap_or(0)
    }

    fn sections(&self, row: usize) -> Vec<SectionPoints> {
        let typed = &self.program.typed;
        let section = |(section, id): (&Section, &NodeId)| SectionPoints {
            id: section.id.clone(),
            points: self.trimmed(*id, row),
            max: decimal::trimmed(section.points.high, section.points.digits),
        };
        typed.sections.iter().zip(&self.program.outputs.sections).map(section).collect()
    }

    fn characteristics(&self, row: usize) -> Vec<CharacteristicPoints> {
        let typed = &self.program.typed;
        let outputs = &self.program.outputs;
        let line = |(index, (characteristic, values)): (usize, (&Characteristic, &Vec<NodeId>))| {
            let value = match values.as_slice() {
                [] => None,
                [one] => self.plain(*one, row),
                more => {
                    let shown: Option<Vec<String>> = more.iter().map(|id| self.plain(*id, row)).collect();
                    shown.map(|shown| shown.join(" / "))
                }
            };
            let (points, digits) = self.points(index, row).unwrap_or_default();
            CharacteristicPoints {
                id: characteristic.id.clone(),
                section: typed.sections.get(characteristic.section).map_or_else(Id::default, |s| s.id.clone()),
                value,
                points: decimal::trimmed(points, digits),
                max: characteristic.max,
                missing: !self.answered(index, row),
            }
        };
        typed.characteristics.iter().zip(&outputs.values).enumerate().map(line).collect()
    }

    /// A value in its plain spelling.
    pub(crate) fn plain(&self, id: NodeId, row: usize) -> Option<String> {
        let units = self.value(id, row)?;
        let small = i64::try_from(units).ok();
        Some(match &self.program.arena.node(id).ty {
            Type::Number(numeric) => decimal::text(units, numeric.digits),
            Type::Flag => (units == 1).to_string(),
            Type::Date => Date::from_days(i32::try_from(units).ok()?).to_string(),
            Type::Category(category) => self.program.dictionary.members(*category)?.name(small?)?.to_owned(),
            Type::Grade => return None,
        })
    }

    fn fired(&self, row: usize) -> Vec<Fired> {
        let typed = &self.program.typed;
        let grade = |index: usize| typed.grades.get(index).map(|g| g.id.clone());
        let fired = typed.overrides.iter().zip(&self.program.outputs.overrides).filter(|(_, id)| self.flag(**id, row));
        fired
            .map(|(rule, _)| {
                let (effect, grade, notch) = match rule.effect {
                    Effect::Cap(index) => ("cap", grade(index), None),
                    Effect::Veto(index) => ("veto", grade(index), None),
                    Effect::Notch(notches) => ("notch", None, Some(notches)),
                    Effect::Unrated => ("unrated", None, None),
                };
                Fired { id: rule.id.clone(), effect, grade, notch, text: rule.label.clone(), basis: rule.basis.clone() }
            })
            .collect()
    }

    fn reasons(&self, row: usize, overrides: &[Fired]) -> Vec<Reason> {
        let program = self.program;
        // A notch upwards is in the overrides, but no reason for a loss.
        let against = overrides.iter().filter(|o| o.notch.is_none_or(|notches| notches < 0));
        let mut reasons: Vec<Reason> =
            against.map(|o| Reason { code: o.id.clone(), lost: None, text: o.text.clone() }).collect();
        for loss in losses(self, row, program.typed.manifest.reasons) {
            let first = program.codes.first.get(loss.code).and_then(|i| program.typed.characteristics.get(*i));
            if let Some(characteristic) = first {
                let lost = decimal::trimmed(loss.lost, program.codes.digits);
                reasons.push(Reason {
                    code: characteristic.code.clone(),
                    lost: Some(lost),
                    text: characteristic.reason.clone(),
                });
            }
        }
        reasons
    }

    fn follows(&self, row: usize) -> Vec<Follows> {
        let outputs = &self.program.outputs;
        let nodes = outputs.outcomes.iter().zip(&outputs.details).zip(&outputs.rates);
        let list = self.program.typed.outcomes.iter().zip(nodes);
        list.filter(|(_, ((id, _), _))| self.flag(**id, row))
            .map(|(rule, ((_, (until, amount)), rate))| Follows {
                id: rule.id.clone(),
                kind: rule.kind.clone(),
                department: rule.department.0.clone(),
                text: rule.label.clone(),
                basis: rule.basis.clone(),
                until: until.and_then(|id| i32::try_from(self.value(id, row)?).ok()).map(Date::from_days),
                amount: amount.and_then(|id| self.number(id, row)),
                rate: rate.and_then(|id| self.number(id, row)),
                severity: rule.severity.clone(),
                publicity: rule.publicity.clone(),
            })
            .collect()
    }
}
