//! Overrides and outcomes: conditions over facts and results.

use std::collections::BTreeSet;

use super::card::Card;
use super::dictionary::duplicate;
use super::lower::{Lowered, Lowerer, Stage};
use super::typed::{Effect, Outcome, Override, Type};
use crate::author::source::{self, Source};
use crate::diagnostic::{Code, suggest};

/// Overrides and outcomes.
pub(super) struct Conditions {
    pub(super) overrides: Vec<Override>,
    pub(super) outcomes: Vec<Outcome>,
}

pub(super) fn check(lowerer: &mut Lowerer<'_>, source: &Source, card: &Card) -> Conditions {
    let number = |i: usize| u32::try_from(i).unwrap_or(u32::MAX);
    let results = &mut lowerer.results;
    results.score = Some(card.score.clone());
    results.sections =
        card.sections.iter().enumerate().map(|(i, s)| (s.id.to_string(), (number(i), s.points.clone()))).collect();
    results.points = card
        .characteristics
        .iter()
        .enumerate()
        .map(|(i, c)| (c.id.to_string(), (number(i), c.points.clone())))
        .collect();
    lowerer.stage = Stage::Score;
    let mut overrides: Vec<Override> = Vec::new();
    let mut ids = BTreeSet::new();
    for rule in &source.overrides {
        if !ids.insert(rule.id.text.clone()) {
            duplicate(&rule.id, "override", lowerer.out);
        }
        if let Ok(checked) = lowerer.override_rule(rule) {
            overrides.push(checked);
        } else {
            lowerer.dropped(&rule.id);
        }
    }
    lowerer.results.fired = overrides.iter().enumerate().map(|(i, o)| (o.id.clone(), number(i))).collect();
    lowerer.stage = Stage::Grade;
    let mut outcomes = Vec::new();
    for rule in &source.outcomes {
        if !ids.insert(rule.id.text.clone()) {
            duplicate(&rule.id, "override or outcome", lowerer.out);
        }
        if let Ok(checked) = lowerer.outcome_rule(rule) {
            outcomes.push(checked);
        } else {
            lowerer.dropped(&rule.id);
        }
    }
    Conditions { overrides, outcomes }
}

impl Lowerer<'_> {
    fn override_rule(&mut self, rule: &source::Override) -> Lowered<Override> {
        let effect = match &rule.effect {
            source::Effect::Cap(grade) => self.grade_index(grade).map(Effect::Cap),
            source::Effect::Veto(grade) => self.grade_index(grade).map(Effect::Veto),
            source::Effect::Unrated => Ok(Effect::Unrated),
            source::Effect::Notch(number) => {
                match i32::try_from(number.value).ok().filter(|n| *n != 0 && n.abs() < 1_000) {
                    Some(notches) => Ok(Effect::Notch(notches)),
                    None => self.fail(
                        Code::ZeroNotch,
                        number.span,
                        "a notch moves at least one grade",
                        "write -1 for one grade down",
                    ),
                }
            }
        };
        let when = self.lower_rule(&rule.when);
        Ok(Override {
            id: rule.id.text.clone(),
            label: rule.label.clone(),
            basis: rule.basis.clone(),
            when: when?,
            effect: effect?,
        })
    }

    pub(super) fn grade_index(&mut self, grade: &source::Text) -> Lowered<usize> {
        match self.results.grades.iter().position(|g| *g == grade.text) {
            Some(index) => Ok(index),
            None => {
                let help = suggest(&grade.text, self.results.grades.iter().map(String::as_str));
                self.fail(Code::UnknownGrade, grade.span, format!("there is no grade `{}`", grade.text), help)
            }
        }
    }

    fn outcome_rule(&mut self, rule: &source::Outcome) -> Lowered<Outcome> {
        let when = self.lower_rule(&rule.when);
        let until = rule.until.as_ref().map(|node| self.until(node));
        let amount = rule.amount.as_ref().map(|node| {
            let id = self.lower_value(node, None)?;
            match self.ty(id) {
                Type::Number(_) => Ok(id),
                other => self.fail(
                    Code::OutcomeNotANumber,
                    node.span,
                    format!("`amount` is {}", other.noun()),
                    "write a number",
                ),
            }
        });
        Ok(Outcome {
            id: rule.id.text.clone(),
            kind: rule.kind.clone(),
            label: rule.label.clone(),
            department: rule.department.clone(),
            basis: rule.basis.clone(),
            when: when?,
            until: until.transpose()?,
            amount: amount.transpose()?,
            rate: None,
            severity: self.of_kind(rule, "severity", rule.severity.as_ref(), "alert")?,
            publicity: self.of_kind(rule, "publicity", rule.publicity.as_ref(), "listing")?,
        })
    }

    /// The word behind a key that outcomes of one kind have.
    fn of_kind(
        &mut self,
        rule: &source::Outcome,
        key: &str,
        word: Option<&source::Text>,
        kind: &str,
    ) -> Lowered<Option<String>> {
        match word {
            Some(word) if rule.kind != kind => self.fail(
                Code::OutcomeKey,
                word.span,
                format!("`{key}` goes with the kind `{kind}`, and this is of the kind `{}`", rule.kind),
                "remove it, or change the kind",
            ),
            word => Ok(word.map(|w| w.text.clone())),
        }
    }
}
