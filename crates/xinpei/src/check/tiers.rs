//! Tiers and the rules of cultivation: conditions over facts and results, the last tier for the rest.

use std::collections::BTreeSet;

use super::dictionary::duplicate;
use super::lower::{Failed, Lowered, Lowerer, Stage};
use super::typed::{Rule, Tier, Tiers};
use crate::author::source::{self, Source};
use crate::diagnostic::{Code, suggest};

pub(super) fn check(lowerer: &mut Lowerer<'_>, source: &Source) -> Option<Tiers> {
    lowerer.stage = Stage::Grade;
    let from = source.tiers.as_ref()?;
    let mut tiers = Vec::new();
    for (at, tier) in from.tiers.iter().enumerate() {
        if from.tiers.iter().take(at).any(|t| t.id.text == tier.id.text) {
            duplicate(&tier.id, "tier", lowerer.out);
        }
        match lowerer.tier(tier, at + 1 == from.tiers.len()) {
            Ok(checked) => tiers.push(checked),
            Err(Failed) => lowerer.dropped(&tier.id),
        }
    }
    let mut ids = BTreeSet::new();
    let mut rules = |lowerer: &mut Lowerer<'_>, list: &[source::Rule]| -> Vec<Rule> {
        let mut checked = Vec::new();
        for rule in list {
            if !ids.insert(rule.id.text.clone()) {
                duplicate(&rule.id, "rule of cultivation", lowerer.out);
            }
            match lowerer.lower_rule(&rule.when) {
                Ok(when) => checked.push(Rule {
                    id: rule.id.text.clone(),
                    label: rule.label.clone(),
                    basis: rule.basis.clone(),
                    when,
                }),
                Err(Failed) => lowerer.dropped(&rule.id),
            }
        }
        checked
    };
    let selection = rules(lowerer, &from.selection);
    let bars = rules(lowerer, &from.bars);
    let success = rules(lowerer, &from.success);
    let removal = rules(lowerer, &from.removal);
    let line = lowerer.line(from).ok()?;
    Some(Tiers { tiers, line, selection, bars, success, removal })
}

impl Lowerer<'_> {
    fn tier(&mut self, from: &source::Tier, last: bool) -> Lowered<Tier> {
        let bare = from.floor.is_none() && from.when.is_none();
        if last && !bare {
            return self.fail(
                Code::OpenTier,
                from.id.span,
                "the last tier does not take the rest",
                "end `tiers` with one that has neither `floor` nor `when`",
            );
        }
        if !last && bare {
            return self.fail(
                Code::OpenTier,
                from.id.span,
                "nothing reaches the tiers below this one",
                "write `floor` or `when`; only the last tier takes the rest",
            );
        }
        let floor = from.floor.as_ref().map(|grade| self.floor(grade));
        let when = from.when.as_ref().map(|when| self.lower_rule(when));
        let floor = floor.transpose()?;
        let mut conditions: Vec<_> = floor.iter().map(|(_, when)| *when).collect();
        conditions.extend(when.transpose()?);
        Ok(Tier {
            id: from.id.text.clone(),
            label: from.label.clone(),
            basis: from.basis.clone(),
            floor: floor.map(|(at, _)| at),
            conditions,
        })
    }

    /// The place of the tier that cultivation leads to.
    fn line(&mut self, from: &source::Tiers) -> Lowered<usize> {
        let names = || from.tiers.iter().map(|t| t.id.text.as_str());
        match names().position(|id| id == from.line.text) {
            Some(at) if at + 1 == from.tiers.len() => self.fail(
                Code::UnknownTier,
                from.line.span,
                "everybody reaches the last tier",
                "name a tier above it, which cultivation leads to",
            ),
            Some(at) => Ok(at),
            None => {
                let help = suggest(&from.line.text, names());
                self.fail(Code::UnknownTier, from.line.span, format!("there is no tier `{}`", from.line.text), help)
            }
        }
    }
}
