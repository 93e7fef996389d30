//! Sections, characteristics and grades: how points come about, and between which limits.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::dictionary::duplicate;
use super::lower::{Failed, Lowered, Lowerer};
use super::typed::{Band, Characteristic, Each, Edge, Grade, NodeId, Numeric, Op, Scoring, Section, Type, Unit};
use crate::author::source::{self, Source};
use crate::author::yaml;
use crate::date::Date;
use crate::decimal;
use crate::diagnostic::{Code, Span, suggest};
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
                lowerer.dictionary.note_broken(&characteristic.id.text);
            }
        }
        let mine = card.characteristics.get(first..).unwrap_or_default();
        let points = lowerer.section_points(section, mine);
        card.sections.push(Section {
            id: section.id.text.clone(),
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
fn spanning(values: impl Iterator<Item = Decimal> + Clone) -> Numeric {
    let digits = values.clone().map(|v| v.normalize().scale()).max().unwrap_or(0);
    let units: Vec<i128> = values.filter_map(|v| decimal::to_units(v, digits)).collect();
    Numeric::plain(digits, units.iter().copied().min().unwrap_or(0), units.iter().copied().max().unwrap_or(0))
}

/// The decimals at the ends of a range.
fn ends(numeric: &Numeric) -> (Decimal, Decimal) {
    (decimal::from_units(numeric.low, numeric.digits), decimal::from_units(numeric.high, numeric.digits))
}

impl Lowerer<'_> {
    fn section_points(&mut self, section: &source::Section, mine: &[Characteristic]) -> Numeric {
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
        let points = with_missing.with_digits(digits).ok_or(Failed)?;
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
            id: source.id.text.clone(),
            label: source.label.clone(),
            basis: source.basis.clone(),
            section,
            scoring,
            missing,
            max,
            min,
            baseline,
            code: source.code.clone().unwrap_or_else(|| source.id.text.clone()),
            reason: source.reason.clone().unwrap_or_else(|| source.label.clone()),
            points,
            values,
        })
    }

    /// How points come about, what is shown as the value, and the range of known points.
    fn scoring(&mut self, scoring: &source::Scoring, at: Span) -> Lowered<(Scoring, Vec<NodeId>, Numeric)> {
        match scoring {
            source::Scoring::Points { of, points } => self.points_of(of, points),
            source::Scoring::First(rows) => self.first(rows, at),
            source::Scoring::Each { table, filter, start, deduct, per, at_most } => {
                let super::lower::Val::Table(fact, mask) = self.lower(table, None)? else {
                    return self.fail(
                        Code::TypeMismatch,
                        table.span,
                        "`each` asks for a table of events",
                        "name a fact of type `events`",
                    );
                };
                let filter = filter.as_ref().map(|f| self.lower_condition(f, Some(fact))).transpose();
                let cost = match deduct {
                    source::Deduct::Expression(node) => self.lower_value(node, Some(fact)).map(|id| (id, node.span)),
                    source::Deduct::Points(of, points) => self.cost(of, points, fact).map(|id| (id, of.span)),
                };
                let (filter, (cost, span)) = (filter?, cost?);
                let mask = match filter {
                    Some(condition) => {
                        let condition = self.spread(condition, fact);
                        Some(self.restrict(mask, condition, table.span)?)
                    }
                    None => mask,
                };
                let cost = self.spread(cost, fact);
                let range = self.points_value(cost, span)?;
                if range.low < 0 {
                    return self.fail(
                        Code::NegativeDeduction,
                        span,
                        "an event may add points here",
                        "a deduction is not below zero; write max(…, 0)",
                    );
                }
                if *per == source::Per::Month && !self.dictionary.ordered(fact) {
                    return self.fail(
                        Code::MonthNeedsOrder,
                        table.span,
                        "`per: month` needs a table with an order",
                        "write `order: FIELD` in the dictionary",
                    );
                }
                if at_most.value < Decimal::ZERO {
                    return self.fail(
                        Code::NegativeDeduction,
                        at_most.span,
                        "the ceiling of deductions is below zero",
                        "write the most points that events can cost",
                    );
                }
                let known = spanning([start.value, start.value - at_most.value].into_iter());
                let known = known.with_digits(known.digits.max(range.digits)).ok_or(Failed)?;
                let count = self.count(fact, mask);
                let each = Each { table: fact, mask, start: start.value, cost, per: *per, at_most: at_most.value };
                Ok((Scoring::Each(each), vec![count], known))
            }
            source::Scoring::Formula { formula, at_least, at_most } => {
                let id = self.lower_value(formula, None)?;
                let range = self.points_value(id, formula.span)?;
                if at_least.value > at_most.value {
                    return self.fail(
                        Code::FloorAboveMax,
                        at_least.span,
                        "`at_least` lies above `at_most`",
                        "swap them",
                    );
                }
                let known = spanning([at_least.value, at_most.value].into_iter());
                let known = known.with_digits(known.digits.max(range.digits)).ok_or(Failed)?;
                Ok((Scoring::Formula(id, at_least.value, at_most.value), vec![id], known))
            }
        }
    }

    /// Points are plain numbers.
    fn points_value(&mut self, id: NodeId, at: Span) -> Lowered<Numeric> {
        let numeric = self.numeric(id, at)?;
        if let Unit::Of(_) = numeric.unit {
            return self.fail(
                Code::UnitMismatch,
                at,
                format!("points have no unit, this is in {}", numeric.unit),
                "drop the unit with `bare(…)`",
            );
        }
        Ok(numeric)
    }

    fn first(&mut self, rows: &[source::FirstRow], at: Span) -> Lowered<(Scoring, Vec<NodeId>, Numeric)> {
        let mut checked = Vec::new();
        let mut ranges = Vec::new();
        let mut failed = false;
        let last = rows.len().saturating_sub(1);
        for (i, row) in rows.iter().enumerate() {
            if i < last && row.when.is_none() {
                self.out
                    .error(Code::UnreachableRow, rows.get(i + 1).map_or(at, |r| r.span), "nothing reaches this line")
                    .help("the line above has no condition; put it last");
                failed = true;
            }
            let open = rows.iter().any(|r| r.when.is_none());
            if i == last && row.when.is_some() && !open {
                self.out
                    .error(Code::LastNotUnconditional, row.span, "the last line has a condition")
                    .help("end with a line that has `points` alone");
                failed = true;
            }
            let when = match &row.when {
                Some(when) => self.lower_condition(when, None).map(Some),
                None => Ok(None),
            };
            let points =
                self.lower_value(&row.points, None).and_then(|id| Ok((id, self.points_value(id, row.points.span)?)));
            if let (Ok(Some(when)), Some(condition)) = (&when, &row.when)
                && checked.iter().any(|(w, _)| *w == Some(*when))
            {
                self.out
                    .error(Code::UnreachableRow, condition.span, "nothing reaches this line")
                    .help("a line above has the same condition");
                failed = true;
            }
            match (when, points) {
                (Ok(when), Ok((id, range))) => {
                    checked.push((when, id));
                    ranges.push(range);
                }
                _ => failed = true,
            }
        }
        if failed || ranges.is_empty() {
            return Err(Failed);
        }
        let digits = ranges.iter().map(|r| r.digits).max().unwrap_or(0);
        let decimals = ranges.iter().flat_map(|r| [ends(r).0, ends(r).1]);
        let known = spanning(decimals.collect::<Vec<_>>().into_iter());
        let known = known.with_digits(known.digits.max(digits)).ok_or(Failed)?;
        Ok((Scoring::First(checked), Vec::new(), known))
    }

    fn points_of(&mut self, of: &[yaml::Node], points: &source::Points) -> Lowered<(Scoring, Vec<NodeId>, Numeric)> {
        let mut ids = Vec::new();
        for node in of {
            ids.push(self.lower_value(node, None)?);
        }
        match (ids.as_slice(), points) {
            ([id], source::Points::Bands(rows, span)) => {
                let bands = self.bands(*id, rows, *span)?;
                let known = spanning(bands.iter().map(|b| b.points));
                Ok((Scoring::Bands(*id, bands), ids, known))
            }
            ([id], source::Points::Members(rows, span)) => {
                let members = self.member_points(*id, rows, *span)?;
                let known = spanning(members.iter().copied());
                Ok((Scoring::Members(*id, members), ids, known))
            }
            ([id, second], source::Points::Bands(rows, span)) => {
                let edges = self.edges(*id, rows, *span);
                let inner: Vec<Lowered<Vec<Band>>> =
                    rows.iter().map(|row| self.bands(*second, &row.by, row.span)).collect();
                let inner: Lowered<Vec<Vec<Band>>> = inner.into_iter().collect();
                let grid: Vec<(Option<Edge>, Vec<Band>)> = edges?.into_iter().zip(inner?).collect();
                let all: Vec<Decimal> = grid.iter().flat_map(|(_, bands)| bands.iter().map(|b| b.points)).collect();
                let known = spanning(all.into_iter());
                Ok((Scoring::Grid(*id, *second, grid), ids, known))
            }
            (_, source::Points::Members(_, span)) => self.fail(
                Code::BadBand,
                *span,
                "two variables are scored by bands",
                "write `points` as a list of bands with `by`",
            ),
            (_, source::Points::Bands(_, span)) => self.fail(
                Code::BadBand,
                *span,
                "one or two expressions are scored by bands",
                "see rules/FORMAT.md, section 4",
            ),
        }
    }

    fn bands(&mut self, id: NodeId, rows: &[source::Band], at: Span) -> Lowered<Vec<Band>> {
        let edges = self.edges(id, rows, at)?;
        let bands =
            edges.into_iter().zip(rows).filter_map(|(edge, row)| Some(Band { edge, points: row.points?.value }));
        let bands: Vec<Band> = bands.collect();
        if bands.len() == rows.len() { Ok(bands) } else { Err(Failed) }
    }

    /// Upper edges in units of what is banded: rising, the last one open, each band reachable.
    fn edges(&mut self, id: NodeId, rows: &[source::Band], at: Span) -> Lowered<Vec<Option<Edge>>> {
        let ty = self.ty(id);
        if !matches!(ty, Type::Number(_) | Type::Date) {
            return self.fail(
                Code::BadBand,
                at,
                format!("{} has no bands", ty.noun()),
                "write the points of each member: `{A: 80, B: 60}`",
            );
        }
        let mut edges = Vec::new();
        let mut failed = false;
        let mut before: Option<Edge> = None;
        let last = rows.len().saturating_sub(1);
        for (i, row) in rows.iter().enumerate() {
            let Some(written) = &row.edge else {
                if i < last {
                    let span = rows.get(i + 1).map_or(at, |r| r.span);
                    self.out
                        .error(Code::UnreachableBand, span, "nothing reaches this band")
                        .help("the band above it is open; put it last");
                    failed = true;
                }
                edges.push(None);
                continue;
            };
            let span = written.node.span;
            let Some(edge) = edge_units(&ty, written) else {
                let text = written.node.text().unwrap_or("");
                if ty == Type::Date {
                    self.out
                        .error(Code::NotADate, span, format!("`{text}` is not a date of the calendar"))
                        .help("dates are banded here; write it as 2026-06-30");
                } else {
                    self.out
                        .error(Code::BadBand, span, format!("the edge `{text}` is not a number"))
                        .help("numbers are banded here; write it as 10_000 or 0.35");
                }
                failed = true;
                continue;
            };
            // The greatest unit that a band holds.
            let top = |e: Edge| e.at - i128::from(!e.inclusive);
            if before.is_some_and(|b| (b.at, b.inclusive) >= (edge.at, edge.inclusive)) {
                self.out
                    .error(Code::BadEdgeOrder, span, "this edge does not lie above the one before")
                    .help("write the bands from the lowest to the highest");
                failed = true;
            } else if before.is_some_and(|b| top(b) >= top(edge)) {
                self.out
                    .error(Code::UnreachableBand, span, "nothing reaches this band")
                    .help("no value lies between this edge and the one before");
                failed = true;
            } else if let Type::Number(n) = &ty
                && (edge.at < n.low || (edge.at == n.low && !edge.inclusive))
            {
                let low = decimal::from_units(n.low, n.digits);
                self.out
                    .error(Code::UnreachableBand, span, "nothing reaches this band")
                    .help(format!("the value is never below {low}"));
                failed = true;
            }
            before = Some(edge);
            edges.push(Some(edge));
        }
        match rows.last() {
            Some(row) if row.edge.is_some() => {
                self.out
                    .error(Code::OpenBandMissing, row.span, "the last band is not open")
                    .help("add a last line without edge: `- {points: …}`");
                failed = true;
            }
            Some(row) => {
                if let (Some(edge), Type::Number(n)) = (before, &ty)
                    && (edge.at > n.high || (edge.at == n.high && edge.inclusive))
                {
                    let high = decimal::from_units(n.high, n.digits);
                    self.out
                        .error(Code::UnreachableBand, row.span, "nothing reaches this band")
                        .help(format!("the value is never above {high}; let the band before be the open one"));
                    failed = true;
                }
            }
            None => failed = true,
        }
        if failed { Err(Failed) } else { Ok(edges) }
    }

    /// Points in the order of the members; for a flag `false` first.
    fn member_points(
        &mut self,
        id: NodeId,
        rows: &[(source::Text, source::Number)],
        at: Span,
    ) -> Lowered<Vec<Decimal>> {
        let names: Vec<String> = match self.ty(id) {
            Type::Flag => vec!["false".into(), "true".into()],
            Type::Category(category) => self.dictionary.members(category).names().map(str::to_owned).collect(),
            other => {
                return self.fail(
                    Code::BadBand,
                    at,
                    format!("{} has no members", other.noun()),
                    "write a list of bands: `- {upto: …, points: …}`",
                );
            }
        };
        let index: std::collections::BTreeMap<&str, usize> =
            names.iter().enumerate().map(|(i, n)| (n.as_str(), i)).collect();
        let mut points: Vec<Option<Decimal>> = vec![None; names.len()];
        let mut rest = None;
        let mut failed = false;
        for (name, number) in rows {
            match index.get(name.text.as_str()).and_then(|i| points.get_mut(*i)) {
                Some(slot) => *slot = Some(number.value),
                None if name.text == "else" => rest = Some((number.value, name.span)),
                None => {
                    self.out
                        .error(Code::UnknownPointsMember, name.span, format!("`{}` is no member", name.text))
                        .help(suggest(&name.text, names.iter().map(String::as_str)));
                    failed = true;
                }
            }
        }
        let gaps: Vec<&str> = names.iter().zip(&points).filter(|(_, p)| p.is_none()).map(|(n, _)| n.as_str()).collect();
        match rest {
            None if !gaps.is_empty() => {
                let shown: Vec<String> = gaps.iter().take(8).map(|g| format!("`{g}`")).collect();
                self.out
                    .error(Code::MemberWithoutPoints, at, format!("no points for {}", shown.join(", ")))
                    .help("list every member, or write `else`");
                failed = true;
            }
            Some((_, span)) if gaps.is_empty() => {
                self.out
                    .error(Code::ElseUnreachable, span, "nothing is left for `else`")
                    .help("all members are listed; remove it");
                failed = true;
            }
            _ => {}
        }
        if failed {
            return Err(Failed);
        }
        Ok(points.into_iter().map(|p| p.or(rest.map(|r| r.0)).unwrap_or_default()).collect())
    }

    /// What an event costs by band or member.
    fn cost(&mut self, of: &yaml::Node, points: &source::Points, table: u32) -> Lowered<NodeId> {
        let id = self.lower_value(of, Some(table))?;
        let id = self.spread(id, table);
        let units = |list: &[Decimal]| -> Option<(Numeric, Vec<i64>)> {
            let range = spanning(list.iter().copied());
            let units: Option<Vec<i64>> =
                list.iter().map(|p| i64::try_from(decimal::to_units(*p, range.digits)?).ok()).collect();
            Some((range, units?))
        };
        let (op, range) = match points {
            source::Points::Bands(rows, span) => {
                let bands = self.bands(id, rows, *span)?;
                let (range, units) = units(&bands.iter().map(|b| b.points).collect::<Vec<_>>()).ok_or(Failed)?;
                let edges: Vec<Edge> = bands.iter().filter_map(|b| b.edge).collect();
                (Op::Bands(id, edges.into(), units.into()), range)
            }
            source::Points::Members(rows, span) => {
                let members = self.member_points(id, rows, *span)?;
                let (range, units) = units(&members).ok_or(Failed)?;
                (Op::Members(id, units.into()), range)
            }
        };
        Ok(self.node(op, Type::Number(range), Some(table)))
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
        let mut before: Option<Decimal> = None;
        let banded: Vec<&source::Grade> = source.grades.iter().filter(|g| !g.by_override).collect();
        for (i, grade) in source.grades.iter().enumerate() {
            if source.grades.iter().take(i).any(|g| g.id.text == grade.id.text) {
                duplicate(&grade.id, "grade", self.out);
            }
        }
        for (i, grade) in banded.iter().enumerate() {
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
                    } else if self.dictionary.sound() && from.value > ends(score).1 {
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
                .error(Code::GradeNotOpen, source.manifest.id.span, "no grade takes the rest")
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

/// An edge in units of the banded type. An edge between two units is the lower one, inclusive.
fn edge_units(ty: &Type, edge: &source::Edge) -> Option<Edge> {
    let text = edge.node.text()?;
    match ty {
        Type::Date => Date::parse(text).map(|d| Edge { at: i128::from(d.days()), inclusive: edge.inclusive }),
        Type::Number(n) => {
            let value = decimal::parse(text).ok()?;
            match decimal::to_units(value, n.digits) {
                Some(at) => Some(Edge { at, inclusive: edge.inclusive }),
                None => {
                    let factor = decimal::pow10(value.scale().checked_sub(n.digits)?)?;
                    Some(Edge {
                        at: decimal::divide(value.mantissa(), factor, decimal::Rounding::Floor)?,
                        inclusive: true,
                    })
                }
            }
        }
        _ => None,
    }
}
