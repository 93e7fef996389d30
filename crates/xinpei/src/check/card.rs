//! Sections, characteristics and grades: how points come about, and between which limits.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::dictionary::duplicate;
use super::lower::{Lowered, Lowerer};
use super::typed::{Characteristic, Grade, Numeric, Op, Scoring, Section};
use crate::author::source::{self, Source};
use crate::decimal;
use crate::diagnostic::{Code, suggest};
use crate::limits;

/// The scorecard.
pub(super) struct Card {
    pub(super) sections: Vec<Section>,
    pub(super) characteristics: Vec<Characteristic>,
    pub(super) grades: Vec<Grade>,
    pub(super) score: Numeric,
}

pub(super) fn check(lowerer: &mut Lowerer<'_>, source: &Source) -> Card {
    let mut card =
        Card { sections: Vec::new(), characteristics: Vec::new(), grades: Vec::new(), score: Numeric::plain(0, 0, 0) };
    let mut ids = BTreeSet::new();
    for section in &source.sections {
        if card.sections.iter().any(|s| s.id == section.id.text) {
            duplicate(&section.id, "section", lowerer.out);
        }
        let first = card.characteristics.len();
        for characteristic in &section.characteristics {
            if !ids.insert(characteristic.id.text.clone()) {
                duplicate(&characteristic.id, "characteristic", lowerer.out);
            }
            if let Ok(checked) =
                lowerer.characteristic(characteristic, card.sections.len(), source.manifest.own_baseline)
            {
                card.characteristics.push(checked);
            } else {
                lowerer.dropped(&characteristic.id);
            }
        }
        let mine = card.characteristics.get(first..).unwrap_or_default();
        let points = lowerer.section_points(section, mine);
        card.sections.push(Section {
            id: section.id.text.as_str().into(),
            label: section.label.clone(),
            max: section.max.map(|n| n.value),
            floor: section.floor.map(|n| n.value),
            characteristics: first..card.characteristics.len(),
            points,
        });
    }
    let total = sum(card.sections.iter().map(|s| &s.points));
    let digits = source.manifest.digits;
    card.score = if digits >= total.digits {
        total.with_digits(digits).unwrap_or(total)
    } else {
        let factor = decimal::pow10(total.digits - digits).unwrap_or(1);
        let edge = |v| decimal::divide(v, factor, source.manifest.rounding).unwrap_or(0);
        Numeric::plain(digits, edge(total.low), edge(total.high))
    };
    card.grades = lowerer.grades(source, &card.score);
    card
}

/// The range of a sum of points.
pub(super) fn sum<'n>(parts: impl Iterator<Item = &'n Numeric> + Clone) -> Numeric {
    let digits = parts.clone().map(|n| n.digits).max().unwrap_or(0);
    let mut total = Numeric::plain(digits, 0, 0);
    for part in parts.filter_map(|n| n.with_digits(digits)) {
        total.low = total.low.saturating_add(part.low);
        total.high = total.high.saturating_add(part.high);
    }
    total
}

/// The digits that hold all these numbers, and their range.
pub(super) fn spanning(values: impl Iterator<Item = Decimal> + Clone) -> Numeric {
    let digits = values.clone().map(|v| v.normalize().scale()).max().unwrap_or(0);
    let units: Vec<i128> = values.filter_map(|v| decimal::to_units(v, digits)).collect();
    Numeric::plain(digits, units.iter().copied().min().unwrap_or(0), units.iter().copied().max().unwrap_or(0))
}

/// The decimals at the ends of a range.
pub(super) fn ends(numeric: &Numeric) -> (Decimal, Decimal) {
    (decimal::from_units(numeric.low, numeric.digits), decimal::from_units(numeric.high, numeric.digits))
}

impl Lowerer<'_> {
    /// Points as a rule writes them: few enough digits for every sum to stay exact.
    fn limited(&mut self, number: Option<&source::Number>) {
        let Some(number) = number else { return };
        if number.value.normalize().scale() > limits::POINT_DIGITS || number.value.abs() > Decimal::from(limits::POINTS)
        {
            self.out.error(Code::TooManyDigits, number.span, "these points have too many digits").help(format!(
                "at most {} up or down, with {} digits after the point",
                limits::POINTS,
                limits::POINT_DIGITS
            ));
        }
    }

    fn section_points(&mut self, section: &source::Section, mine: &[Characteristic]) -> Numeric {
        self.limited(section.floor.as_ref());
        self.limited(section.max.as_ref());
        let total = sum(mine.iter().map(|c| &c.points));
        let (floor, max) = (section.floor.map(|n| n.value), section.max.map(|n| n.value));
        if let (Some(floor), Some(cap)) = (&section.floor, &section.max)
            && floor.value > cap.value
        {
            self.out
                .error(Code::FloorAboveMax, floor.span, "the floor lies above the cap")
                .help("`floor` is the least, `max` the most");
        }
        let (low, high) = ends(&total);
        let clamp = |v: Decimal| {
            let v = floor.map_or(v, |f| v.max(f));
            max.map_or(v, |m| v.min(m))
        };
        let limits: Vec<Decimal> = [Some(clamp(low)), Some(clamp(high)), floor, max].into_iter().flatten().collect();
        let digits = spanning(limits.into_iter()).digits.max(total.digits);
        let units = |v: Decimal| decimal::to_units(v, digits).unwrap_or(0);
        Numeric::plain(digits, units(clamp(low)), units(clamp(high)))
    }

    fn characteristic(
        &mut self,
        source: &source::Characteristic,
        section: usize,
        own_baseline: bool,
    ) -> Lowered<Characteristic> {
        self.limited(Some(&source.missing));
        self.limited(source.baseline.as_ref());
        let (scoring, values, known) = self.scoring(&source.scoring, source.id.span)?;
        if known.digits > limits::POINT_DIGITS || !known.fits_i64() {
            return self.fail(
                Code::TooManyFractionDigits,
                source.id.span,
                "points have too many digits",
                format!("round them; at most {} digits after the point", limits::POINT_DIGITS),
            );
        }
        let (min, max) = ends(&known);
        let missing = source.missing.value;
        let with_missing = spanning([min, max, missing].into_iter());
        let digits = with_missing.digits.max(known.digits);
        let points = self.points_fit(with_missing.with_digits(digits).filter(Numeric::fits_i64), source.id.span)?;
        let baseline = match (&source.baseline, own_baseline) {
            (Some(number), true) => number.value,
            (None, false) => max,
            (Some(number), false) => {
                self.out
                    .error(Code::BaselineMismatch, number.span, "a baseline is not asked")
                    .help("write `baseline: custom` in rulebook.yaml, or remove this one");
                max
            }
            (None, true) => {
                self.out
                    .error(Code::BaselineMismatch, source.id.span, "the characteristic lacks its `baseline`")
                    .help("the rulebook's baseline is not `max`, so every characteristic writes its own");
                max
            }
        };
        self.promise(source, &scoring);
        Ok(Characteristic {
            id: source.id.text.as_str().into(),
            label: source.label.clone(),
            basis: source.basis.clone(),
            section,
            scoring,
            missing,
            max: max.normalize(),
            min,
            baseline,
            code: source.code.clone().unwrap_or_else(|| source.id.text.clone()),
            reason: source.reason.clone().unwrap_or_else(|| source.label.clone()),
            points,
            values,
        })
    }

    /// A promise that can be seen at once: bands of the very fact it names.
    fn promise(&mut self, source: &source::Characteristic, scoring: &Scoring) {
        let Some((fact, rises)) = &source.promise else { return };
        let Some(index) = self.dictionary.fact(&fact.text) else {
            if self.dictionary.may_be_broken(&fact.text, "facts/") {
                return;
            }
            let help = suggest(&fact.text, self.dictionary.facts.iter().map(|f| f.id.as_str()));
            self.out.error(Code::UnknownName, fact.span, format!("there is no fact `{}`", fact.text)).help(help);
            return;
        };
        let Scoring::Bands(id, bands) = scoring else { return };
        if self.arena.node(*id).op != Op::Fact(index) {
            return;
        }
        let broken = bands.windows(2).any(|pair| match pair {
            [a, b] => {
                if *rises {
                    b.points < a.points
                } else {
                    b.points > a.points
                }
            }
            _ => false,
        });
        if broken {
            let promised = if *rises { "fall" } else { "rise" };
            self.out
                .error(
                    Code::PromiseBroken,
                    fact.span,
                    format!("points {promised} somewhere when `{}` rises", fact.text),
                )
                .help("change the bands, or take the promise back");
        }
    }

    fn grades(&mut self, source: &Source, score: &Numeric) -> Vec<Grade> {
        let lifts =
            source.overrides.iter().any(|o| matches!(&o.effect, source::Effect::Notch(n) if n.value > Decimal::ZERO));
        let mut before: Option<Decimal> = None;
        let banded: Vec<&source::Grade> = source.grades.iter().filter(|g| !g.by_override).collect();
        for (i, grade) in source.grades.iter().enumerate() {
            if source.grades.iter().take(i).any(|g| g.id.text == grade.id.text) {
                duplicate(&grade.id, "grade", self.out);
            }
        }
        for (i, grade) in banded.iter().enumerate() {
            self.limited(grade.from.as_ref());
            match (&grade.from, i + 1 == banded.len()) {
                (Some(from), true) => {
                    self.out
                        .error(Code::GradeNotOpen, from.span, "the last grade does not take the rest")
                        .help("remove its `from`");
                }
                (None, false) => {
                    self.out
                        .error(
                            Code::MissingKey,
                            grade.id.span,
                            format!("the grade `{}` lacks its `from`", grade.id.text),
                        )
                        .help(
                            "only the last grade takes the rest; a grade that only overrides reach says `by: override`",
                        );
                }
                (Some(from), false) => {
                    if before.is_some_and(|b| from.value >= b) {
                        self.out
                            .error(Code::GradeOrder, from.span, "this edge does not lie below the one before")
                            .help("write grades from the best to the last");
                    } else if self.dictionary.sound() && !lifts && from.value > ends(score).1 {
                        self.out
                            .error(
                                Code::UnreachableGrade,
                                from.span,
                                format!("no score reaches this grade: the most is {}", ends(score).1),
                            )
                            .help("lower its edge, or raise the caps of the sections");
                    }
                    before = Some(from.value);
                }
                (None, true) => {}
            }
        }
        if banded.is_empty() && !self.dictionary.may_be_broken("", "grades.yaml") {
            self.out
                .error(
                    Code::GradeNotOpen,
                    source.grades.last().map_or(source.manifest.id.span, |g| g.id.span),
                    "no grade takes the rest",
                )
                .help("end `grades` with a grade without `from`");
        }
        self.results.grades = source.grades.iter().map(|g| g.id.text.clone()).collect();
        let grade = |g: &source::Grade| Grade {
            id: g.id.text.clone(),
            label: g.label.clone(),
            from: g.from.map(|n| n.value),
            by_override: g.by_override,
        };
        source.grades.iter().map(grade).collect()
    }
}
