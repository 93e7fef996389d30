//! Which rule of one rulebook is which rule of the other.

use xinpei::check::typed::Typed;
use xinpei::{Label, Rulebook};

use crate::diff::Side;

/// A rule of either rulebook, or of both.
#[derive(Clone, Debug)]
pub(super) struct Tie {
    pub(super) id: String,
    pub(super) label: Label,
    /// Its index in the old rulebook.
    pub(super) old: Option<usize>,
    /// Its index in the new one.
    pub(super) new: Option<usize>,
}

/// Two rulebooks, rule by rule: those of the new one in their order, then those that are gone.
#[derive(Debug)]
pub(super) struct Ties {
    pub(super) old: Side,
    pub(super) new: Side,
    pub(super) grades: (Vec<String>, Vec<String>),
    /// Digits of the finer score, and what the units of each score count in it.
    pub(super) digits: u32,
    pub(super) factors: (i128, i128),
    pub(super) sections: Vec<Tie>,
    pub(super) characteristics: Vec<Tie>,
    pub(super) overrides: Vec<Tie>,
    pub(super) outcomes: Vec<Tie>,
}

impl Ties {
    pub(super) fn new(old: &Rulebook, new: &Rulebook) -> Self {
        let (a, b) = (old.typed(), new.typed());
        let digits = a.score.digits.max(b.score.digits);
        let factor = |typed: &Typed| xinpei::decimal::pow10(digits - typed.score.digits).unwrap_or(1);
        let grades = |typed: &Typed| typed.grades.iter().map(|g| g.id.clone()).collect();
        Self {
            old: Side::of(old),
            new: Side::of(new),
            grades: (grades(a), grades(b)),
            digits,
            factors: (factor(a), factor(b)),
            sections: tie(&a.sections, &b.sections, |s| (s.id.as_str(), &s.label)),
            characteristics: tie(&a.characteristics, &b.characteristics, |c| (c.id.as_str(), &c.label)),
            overrides: tie(&a.overrides, &b.overrides, |o| (o.id.as_str(), &o.label)),
            outcomes: tie(&a.outcomes, &b.outcomes, |o| (o.id.as_str(), &o.label)),
        }
    }
}

fn tie<T>(old: &[T], new: &[T], name: impl Fn(&T) -> (&str, &Label)) -> Vec<Tie> {
    let find = |list: &[T], id: &str| list.iter().position(|rule| name(rule).0 == id);
    let one = |rule: &T, old, new| {
        let (id, label) = name(rule);
        Tie { id: id.to_owned(), label: crate::words::label(label), old, new }
    };
    let mut ties: Vec<Tie> =
        new.iter().enumerate().map(|(at, rule)| one(rule, find(old, name(rule).0), Some(at))).collect();
    let gone = old.iter().enumerate().filter(|(_, rule)| find(new, name(rule).0).is_none());
    ties.extend(gone.map(|(at, rule)| one(rule, Some(at), None)));
    ties
}
