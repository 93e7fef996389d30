//! Points, sections, score, grade, overrides, reasons and outcomes of one enterprise.

use std::cell::RefCell;
use std::collections::HashMap;

use rust_decimal::Decimal;
use xinpei::author::source::Per;
use xinpei::check::typed::{Aggregate, Band, Each, Effect, NodeId, Op, Scoring, Type, Typed};
use xinpei::{Date, Dossier};

use super::node::{Results, Row};
use super::number::{self, Mode, quotient, with_digits};
use super::opaque::Sandbox;
use super::result::{Expected, Follow, Reason};
use super::value::Value;
use super::{aggregate, calendar, dossier};

/// What stays the same from facts to outcomes.
struct Given<'a> {
    typed: &'a Typed,
    facts: &'a dossier::Facts,
    as_of: jiff::civil::Date,
    sandbox: &'a Sandbox,
}

impl<'a> Given<'a> {
    /// Nothing is computed yet, and so much of the result is known.
    fn row(&self, results: &'a Results) -> Row<'a> {
        let Self { typed, facts, as_of, sandbox } = *self;
        Row { typed, facts, as_of, results, sandbox, known: RefCell::new(HashMap::new()), faults: RefCell::default() }
    }
}

/// Decides on one enterprise.
#[must_use]
pub fn decide(typed: &Typed, given: &Dossier, as_of: Date) -> Expected {
    let facts = dossier::read(typed, given);
    let sandbox = Sandbox::new(typed);
    let mut results = Results::default();
    let with = Given { typed, facts: &facts, as_of: calendar::civil(as_of), sandbox: &sandbox };
    let mut expected = Expected::default();
    let mut faults = facts.faults.clone();

    // Characteristics and sections.
    let empty = Results::default();
    let mut points = Vec::new();
    let mut known = Vec::new();
    {
        let row = with.row(&empty);
        for line in &typed.characteristics {
            let answer = score_line(&row, &line.scoring);
            let got = answer.unwrap_or(line.missing).normalize();
            expected.lines.push((line.id.to_string(), got, answer.is_none(), shown(&row, &line.values)));
            points.push(got);
            known.push(answer.is_some());
        }
        faults.extend(row.faults.take().into_iter().map(|(name, _)| (name, "script".to_owned())));
    }
    for section in &typed.sections {
        let mut sum: Decimal = points[section.characteristics.clone()].iter().sum();
        if let Some(floor) = section.floor {
            sum = sum.max(floor);
        }
        if let Some(max) = section.max {
            sum = sum.min(max);
        }
        results.sections.push(sum);
        expected.sections.push((section.id.to_string(), sum.normalize()));
    }
    let score =
        number::round(results.sections.iter().sum(), typed.manifest.digits, Mode::of(typed.manifest.rounding.word()));
    results.points.clone_from(&points);
    results.score = Some(score);

    // Overrides.
    {
        let row = with.row(&results);
        let fired: Vec<bool> = typed.overrides.iter().map(|rule| row.flag(rule.when, 0) == Some(true)).collect();
        faults.extend(row.faults.take().into_iter().map(|(name, _)| (name, "script".to_owned())));
        results.fired = fired;
    }
    let fired = || typed.overrides.iter().zip(&results.fired).filter(|(_, fired)| **fired).map(|(rule, _)| rule);
    expected.overrides = fired().map(|rule| rule.id.clone()).collect();
    let (coverage, enough) = coverage(typed, &known);
    expected.coverage = coverage;
    let rated = enough && !fired().any(|rule| rule.effect == Effect::Unrated);
    let grade = grade(typed, score, &fired().map(|rule| rule.effect).collect::<Vec<_>>());
    results.rated = rated;
    if rated {
        expected.score = Some(score);
        expected.grade = Some(typed.grades[grade].id.clone());
        results.grade = Some(typed.grades.len() - 1 - grade);
    } else {
        results.score = None;
    }
    expected.reasons = reasons(typed, &points, &expected.overrides);

    // Outcomes.
    let row = with.row(&results);
    for rule in &typed.outcomes {
        if row.flag(rule.when, 0) == Some(true) {
            let until = rule.until.and_then(|id| row.value(id, 0)).map(|d| d.date().to_string());
            let amount = rule.amount.and_then(|id| row.number(id, 0));
            expected.outcomes.push(Follow { id: rule.id.clone(), until, amount });
        }
    }
    force(&row);
    faults.extend(row.faults.take().into_iter().map(|(name, _)| (name, "script".to_owned())));
    expected.faults = faults.into_iter().collect();
    expected.status = match (expected.faults.is_empty(), rated) {
        (false, _) => "refer",
        (true, true) => "rated",
        (true, false) => "unrated",
    }
    .to_owned();
    expected
}

/// Calls every function that a rule names: one that fails is a fault even where its value is not needed.
fn force(row: &Row<'_>) {
    let typed = row.typed;
    let mut work: Vec<NodeId> = typed.overrides.iter().map(|rule| rule.when).collect();
    for rule in &typed.outcomes {
        work.extend([Some(rule.when), rule.until, rule.amount].into_iter().flatten());
    }
    for line in &typed.characteristics {
        work.extend(&line.values);
        match &line.scoring {
            Scoring::Bands(of, _) | Scoring::Members(of, _) | Scoring::Formula(of, ..) => work.push(*of),
            Scoring::Grid(of, second, _) => work.extend([*of, *second]),
            Scoring::First(rows) => {
                work.extend(rows.iter().flat_map(|(when, points)| when.iter().chain([points])).copied())
            }
            Scoring::Each(each) => work.extend(each.mask.iter().chain([&each.cost]).copied()),
        }
    }
    let mut seen = vec![false; typed.arena.len()];
    while let Some(id) = work.pop() {
        if !std::mem::replace(&mut seen[id as usize], true) {
            if let Op::Opaque(..) = typed.arena.node(id).op {
                row.value(id, 0);
            }
            work.extend(typed.arena.operands(id));
        }
    }
}

/// The points of a known answer.
fn score_line(row: &Row<'_>, scoring: &Scoring) -> Option<Decimal> {
    match scoring {
        Scoring::Bands(of, bands) => band(row, *of, bands),
        Scoring::Members(of, points) => Some(match row.value(*of, 0)? {
            Value::Member(m) => points[m as usize],
            Value::Flag(f) => points[usize::from(f)],
            other => panic!("{other:?} is no member"),
        }),
        Scoring::Grid(of, second, rows) => {
            let value = row.value(*of, 0)?;
            let ty = &row.typed.arena.node(*of).ty;
            let found = rows.iter().find(|(edge, _)| edge.is_none_or(|edge| row.within(&value, edge, ty)));
            band(row, *second, &found.expect("the last band is open").1)
        }
        Scoring::First(rows) => {
            for (when, points) in rows {
                match when {
                    Some(when) if !row.flag(*when, 0)? => {}
                    _ => return row.number(*points, 0),
                }
            }
            panic!("the last line has no condition")
        }
        Scoring::Each(each) => deductions(row, each),
        Scoring::Formula(of, at_least, at_most) => Some(row.number(*of, 0)?.max(*at_least).min(*at_most)),
    }
}

fn band(row: &Row<'_>, of: NodeId, bands: &[Band]) -> Option<Decimal> {
    let value = row.value(of, 0)?;
    let ty = &row.typed.arena.node(of).ty;
    let found = bands.iter().find(|band| band.edge.is_none_or(|edge| row.within(&value, edge, ty)));
    Some(found.expect("the last band is open").points)
}

fn deductions(row: &Row<'_>, each: &Each) -> Option<Decimal> {
    let digits = row.typed.arena.node(each.cost).ty.number().expect("a number").digits;
    let sum_up = |kind, value| {
        aggregate::sum_up(row, kind, each.table, each.mask, value, if value.is_some() { digits } else { 0 })
    };
    let deducted = match each.per {
        Per::Event => sum_up(Aggregate::Sum, Some(each.cost))?.number(),
        Per::Month => sum_up(Aggregate::MonthlyMax, Some(each.cost))?.number(),
        Per::Once => match sum_up(Aggregate::Count, None)?.number() {
            none if none.is_zero() => Decimal::ZERO,
            _ => sum_up(Aggregate::Max, Some(each.cost))?.number(),
        },
    };
    Some(each.start - deducted.min(each.at_most))
}

/// What a decision shows as the value of a line.
fn shown(row: &Row<'_>, values: &[NodeId]) -> Option<String> {
    let plain = |id: &NodeId| {
        let ty = &row.typed.arena.node(*id).ty;
        row.value(*id, 0).map(|value| match (value, ty) {
            (Value::Number(n), Type::Number(numeric)) => with_digits(n, numeric.digits).to_string(),
            (Value::Flag(f), _) => f.to_string(),
            (Value::Date(d), _) => d.to_string(),
            (Value::Member(m), Type::Category(category)) => {
                row.typed.categories[*category as usize].name(m.into()).expect("a member").to_owned()
            }
            (other, ty) => panic!("{other:?} of {ty:?} is never shown"),
        })
    };
    let parts: Vec<String> = values.iter().map(plain).collect::<Option<_>>()?;
    (!parts.is_empty()).then(|| parts.join(" / "))
}

/// The share of attainable points that rests on present facts, and whether it is enough to rate.
fn coverage(typed: &Typed, known: &[bool]) -> (Decimal, bool) {
    let weight = |known: &dyn Fn(usize) -> bool| -> Decimal {
        let list = typed.characteristics.iter().enumerate();
        list.filter(|(i, _)| known(*i)).map(|(_, line)| line.max - line.min).sum()
    };
    let (present, attainable) = (weight(&|i| known[i]), weight(&|_| true));
    let share = quotient(present, attainable, 2, Mode::Floor).unwrap_or(Decimal::new(100, 2));
    let enough = match &typed.manifest.unrated_below {
        None => true,
        Some(floor) => {
            // present >= floor · attainable, as whole numbers of the smallest unit of all three.
            let digits = present.normalize().scale().max(attainable.normalize().scale());
            let floor = floor.value.normalize();
            let one = 10_i128.pow(floor.scale());
            let (present, attainable) = (number::units(present, digits), number::units(attainable, digits));
            let product = |a: i128, b: i128| a.checked_mul(b).expect("points and a share fit 128 bits");
            product(present, one) >= product(floor.mantissa(), attainable)
        }
    };
    (share, enough)
}

/// The grade by index, best first: notches, then the lowest cap, then the lowest veto.
fn grade(typed: &Typed, score: Decimal, effects: &[Effect]) -> usize {
    let banded: Vec<usize> = (0..typed.grades.len()).filter(|i| !typed.grades[*i].by_override).collect();
    let by_score = banded
        .iter()
        .position(|i| typed.grades[*i].from.is_none_or(|from| score >= from))
        .expect("the last grade takes the rest");
    let notches: i64 = effects.iter().map(|e| if let Effect::Notch(n) = e { i64::from(*n) } else { 0 }).sum();
    let moved = (i64::try_from(by_score).expect("few grades") - notches)
        .clamp(0, i64::try_from(banded.len()).expect("few grades") - 1);
    let mut grade = banded[usize::try_from(moved).expect("not below zero")];
    for effect in effects {
        if let Effect::Cap(cap) = effect {
            grade = grade.max(*cap);
        }
    }
    let vetoes = effects.iter().filter_map(|e| if let Effect::Veto(to) = e { Some(*to) } else { None });
    vetoes.max().unwrap_or(grade)
}

/// Overrides first, then the largest losses; those of one code together, ties in document order.
fn reasons(typed: &Typed, points: &[Decimal], overrides: &[String]) -> Vec<Reason> {
    let mut codes: Vec<(&str, Decimal)> = Vec::new();
    for (line, points) in typed.characteristics.iter().zip(points) {
        let lost = (line.baseline - points).max(Decimal::ZERO);
        match codes.iter_mut().find(|(code, _)| *code == line.code) {
            Some((_, sum)) => *sum += lost,
            None => codes.push((&line.code, lost)),
        }
    }
    let lifts =
        |id: &String| typed.overrides.iter().any(|o| o.id == *id && matches!(o.effect, Effect::Notch(n) if n > 0));
    let mut list: Vec<Reason> =
        overrides.iter().filter(|id| !lifts(id)).map(|id| Reason { code: id.clone(), lost: None }).collect();
    let mut left: Vec<(&str, Decimal)> = codes.into_iter().filter(|(_, lost)| *lost > Decimal::ZERO).collect();
    for _ in 0..typed.manifest.reasons {
        let Some(most) = left.iter().map(|(_, lost)| *lost).max() else { break };
        let at = left.iter().position(|(_, lost)| *lost == most).expect("one has the most");
        let (code, lost) = left.remove(at);
        list.push(Reason { code: code.to_owned(), lost: Some(lost.normalize()) });
    }
    list
}
