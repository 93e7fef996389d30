//! Comparisons against whole decisions, row by row.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails where it must")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rust_decimal::Decimal;
use xinpei::author::edit::{Change, Tree};
use xinpei::author::folder::RuleFiles;
use xinpei::{Batch, Date, Decision, Rulebook, Scratch, Status};
use xinpei_assure::{Again, Census, Comparison, Report};
use xinpei_tables::{Delivery, Mapping};

fn rulebook(version: &str) -> Rulebook {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules/yuanhe").join(version);
    let mut files = RuleFiles::read(&folder).unwrap();
    files.files.retain(|path, _| !path.starts_with("cases/"));
    Rulebook::from_files(&RuleFiles { lock: None, ..files }).unwrap_or_else(|e| panic!("{e}"))
}

fn as_of() -> Date {
    Date::parse("2026-06-30").unwrap()
}

/// The fictitious enterprises of the examples, with the dirt that real exports have.
fn enterprises(rulebook: &Rulebook) -> Batch {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/yuanhe");
    let mapping = Mapping::read(&folder).unwrap_or_else(|e| panic!("{e}"));
    Delivery::read(&mapping, rulebook, as_of()).unwrap_or_else(|e| panic!("{e}")).batch
}

/// What whole decisions say, by id.
struct Seen {
    standing: String,
    score: Option<Decimal>,
    points: BTreeMap<String, Decimal>,
    sections: BTreeMap<String, Decimal>,
    outcomes: BTreeMap<String, (Option<Date>, Option<Decimal>)>,
    fired: BTreeSet<String>,
}

impl Seen {
    fn of(d: &Decision) -> Self {
        let standing = match d.status {
            Status::Rated => d.grade.clone().unwrap(),
            Status::Unrated => "unrated".to_owned(),
            Status::Refer => "refer".to_owned(),
        };
        Self {
            standing,
            score: d.score,
            points: d.characteristics.iter().map(|c| (c.id.to_string(), c.points)).collect(),
            sections: d.sections.iter().map(|s| (s.id.to_string(), s.points)).collect(),
            outcomes: d.outcomes.iter().map(|o| (o.id.clone(), (o.until, o.amount))).collect(),
            fired: d.overrides.iter().map(|o| o.id.clone()).collect(),
        }
    }
}

/// What a report says, counted again over whole decisions.
fn check(report: &Report, pairs: &[(Seen, Seen)]) {
    let count = |wanted: &dyn Fn(&Seen, &Seen) -> bool| {
        u64::try_from(pairs.iter().filter(|(a, b)| wanted(a, b)).count()).unwrap()
    };
    let sum = |of: &dyn Fn(&Seen, &Seen) -> Decimal| pairs.iter().map(|(a, b)| of(a, b)).sum::<Decimal>();
    assert_eq!(report.rows, u64::try_from(pairs.len()).unwrap());
    for (from, cells) in report.matrix.old.iter().zip(&report.matrix.counts) {
        for (to, rows) in report.matrix.new.iter().zip(cells) {
            assert_eq!(*rows, count(&|a, b| a.standing == *from && b.standing == *to), "{from} → {to}");
        }
    }
    assert_eq!(report.matrix.counts.iter().flatten().sum::<u64>(), report.rows);
    assert_eq!(report.moved, count(&|a, b| a.standing != b.standing));
    assert_eq!(
        report.changed,
        count(&|a, b| {
            (a.score, &a.standing, &a.points, &a.sections, &a.outcomes, &a.fired)
                != (b.score, &b.standing, &b.points, &b.sections, &b.outcomes, &b.fired)
        })
    );
    // Scores: sums, and quantiles from the sorted list.
    let mut shifts: Vec<Decimal> = pairs.iter().filter_map(|(a, b)| Some(b.score? - a.score?)).collect();
    shifts.sort();
    assert_eq!(report.score.rows, u64::try_from(shifts.len()).unwrap());
    assert_eq!(report.score.sum, shifts.iter().sum::<Decimal>());
    assert_eq!(report.score.old_sum, sum(&|a, b| b.score.and(a.score).unwrap_or_default()));
    assert_eq!(report.score.up, u64::try_from(shifts.iter().filter(|s| **s > Decimal::ZERO).count()).unwrap());
    for quantile in &report.score.quantiles {
        let share = usize::try_from(quantile.percent).unwrap();
        let at = (0..shifts.len()).find(|at| (at + 1) * 100 >= share * shifts.len()).unwrap();
        assert_eq!(quantile.shift, shifts[at], "{share} %");
    }
    let get = |map: &BTreeMap<String, Decimal>, id: &str| map.get(id).copied().unwrap_or_default();
    for shift in &report.characteristics {
        let of = |s: &Seen| get(&s.points, &shift.id);
        assert_eq!(shift.sum, sum(&|a, b| of(b) - of(a)), "{}", shift.id);
        assert_eq!(shift.up, count(&|a, b| of(b) > of(a)), "{}", shift.id);
        assert_eq!(shift.down, count(&|a, b| of(b) < of(a)), "{}", shift.id);
    }
    for shift in &report.sections {
        let of = |s: &Seen| get(&s.sections, &shift.id);
        assert_eq!(shift.sum, sum(&|a, b| of(b) - of(a)), "{}", shift.id);
        assert_eq!((shift.up, shift.down), (count(&|a, b| of(b) > of(a)), count(&|a, b| of(b) < of(a))));
    }
    for one in &report.outcomes {
        let of = |s: &Seen| s.outcomes.get(&one.id).copied();
        assert_eq!(one.old, count(&|a, _| of(a).is_some()), "{}", one.id);
        assert_eq!(one.new, count(&|_, b| of(b).is_some()), "{}", one.id);
        assert_eq!(one.gained, count(&|a, b| of(a).is_none() && of(b).is_some()), "{}", one.id);
        assert_eq!(one.lost, count(&|a, b| of(a).is_some() && of(b).is_none()), "{}", one.id);
        assert_eq!(one.changed, count(&|a, b| of(a).zip(of(b)).is_some_and(|(a, b)| a != b)), "{}", one.id);
        let amount = |s: &Seen| of(s).and_then(|(_, amount)| amount).unwrap_or_default();
        assert_eq!(one.old_amount, sum(&|a, _| amount(a)), "{}", one.id);
        assert_eq!(one.new_amount, sum(&|_, b| amount(b)), "{}", one.id);
    }
    for one in &report.overrides {
        let of = |s: &Seen| s.fired.contains(&one.id);
        assert_eq!((one.old, one.new), (count(&|a, _| of(a)), count(&|_, b| of(b))), "{}", one.id);
        assert_eq!(one.gained, count(&|a, b| !of(a) && of(b)), "{}", one.id);
    }
}

fn compare(old: &Rulebook, new: &Rulebook) -> Report {
    let mut comparison = Comparison::new(old, new);
    let mut parts = Comparison::new(old, new);
    let mut pairs = Vec::new();
    let all = enterprises(old);
    assert_eq!(all.rows(), 500);
    let (a, b) = (old.score(&all, as_of()), new.score(&all, as_of()));
    let rows = comparison.add(&a, &b).unwrap();
    for (row, pair) in a.decisions().zip(b.decisions()).enumerate() {
        let moved = comparison.explain(&a, &b, row);
        assert_eq!((&moved.old.score, &moved.new.grade), (&pair.0.score, &pair.1.grade));
        let pair = (Seen::of(&pair.0), Seen::of(&pair.1));
        // The shifts add up to that of the score, to the last digit.
        if let (Some(before), Some(after)) = (moved.old.score, moved.new.score) {
            assert_eq!(moved.shifts.iter().map(|s| s.shift).sum::<Decimal>(), after - before, "{row}");
        }
        if !rows.changed.contains(&row) {
            assert!(moved.shifts.is_empty() && moved.outcomes_gained.is_empty() && moved.outcomes_changed.is_empty());
        }
        assert_eq!(rows.moved.contains(&row), pair.0.standing != pair.1.standing);
        pairs.push(pair);
    }
    let report = comparison.finish();
    check(&report, &pairs);
    // However the rows are batched, and whoever counts them.
    for rows in [0..1, 1..200, 200..200, 200..450] {
        let part = all.slice(rows);
        parts.add(&old.score(&part, as_of()), &new.score(&part, as_of())).unwrap();
    }
    let mut last = Comparison::new(old, new);
    let part = all.slice(450..500);
    last.add(&old.score(&part, as_of()), &new.score(&part, as_of())).unwrap();
    parts.absorb(last).unwrap();
    assert_eq!(parts.finish(), report);
    report
}

#[test]
fn against_whole_decisions() {
    let old = rulebook("2025.1");
    let report = compare(&old, &rulebook("2026.1"));
    assert!(report.moved > 0 && report.score.up > 0 && report.changed < report.rows);
    let trial = old
        .with_changes(&[
            Change::set("tax.arrears", "points[1].points", Tree::number("20.125")),
            Change::set("sections.environment", "max", Tree::number("30")),
            Change::set("rulebook", "score.digits", Tree::number("3")),
            Change::set("grades.AA", "from", Tree::number("860.5")),
            Change::set("overrides.court.dishonest", "cap", Tree::text("B")),
            Change::set("bank.compensation_low", "amount", Tree::text("round(bank.loans * 0.155, 3)")),
        ])
        .unwrap_or_else(|e| panic!("{e}"));
    let report = compare(&old, &trial);
    assert!(report.score.down > 0 && report.better + report.worse > 0);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["score"]["sum"], report.score.sum.to_string());
    let same = compare(&old, &old);
    assert_eq!((same.changed, same.moved, same.score.up), (0, 0, 0));
}

/// What is compared from a census is what a comparison of every enterprise says, and rows of the batch are
/// told by their place in it.
#[test]
fn only_what_a_trial_can_touch() {
    let old = rulebook("2026.1");
    let all = enterprises(&old).slice(0..250);
    let parts = [all.slice(0..80), all.slice(80..250)];
    let mut census = Census::new(&old);
    for part in &parts {
        let mut one = Census::new(&old);
        one.add(&old.score(part, as_of())).unwrap();
        census.absorb(one).unwrap();
    }
    let number = |rule: &str, field: &str, text: &str| vec![Change::set(rule, field, Tree::number(text))];
    let text = |rule: &str, field: &str, text: &str| vec![Change::set(rule, field, Tree::text(text))];
    // A change, and whether only some enterprises are decided on again.
    let trials = [
        (number("tax.arrears", "points[1].points", "35"), true),
        (number("tax.arrears", "points[1].below", "20_000"), true),
        (number("tax.grade", "points.B", "0"), true),
        (number("labour.penalties", "missing", "1"), true),
        (number("labour.penalties", "deduct.points.general", "3"), true),
        (number("finance.cash", "first[1].points", "7"), true),
        (text("labour.contracts", "formula", "labour.contract_share * 7"), true),
        (text("tax.arrears", "of", "otherwise(tax.arrears, 5000)"), true),
        (
            [number("power.late_run", "points[1].points", "12"), number("court.dishonest", "missing", "1")].concat(),
            true,
        ),
        // The most points weigh in the coverage, under whose floor nobody is rated.
        (number("power.late_run", "points[0].points", "17"), false),
        (text("tax.grade", "label.en", "Grade"), true),
        (number("grades.AA", "from", "870"), false),
        (number("sections.tax", "max", "120"), false),
        (text("overrides.court.dishonest", "cap", "C"), false),
        (text("overrides.court.dishonest", "when", "court.dishonest && score > 0"), false),
        (text("bank.compensation_low", "amount", "round(bank.loans * 0.17, 2)"), false),
        (number("rulebook", "score.digits", "1"), false),
        (text("rulebook", "score.rounding", "down"), false),
    ];
    let mut fewest = 250;
    for (changes, quick) in trials {
        let new = old.with_changes(&changes).unwrap_or_else(|e| panic!("{changes:?}: {e}"));
        let mut full = Comparison::new(&old, &new);
        let whole = full.add(&old.score(&all, as_of()), &new.score(&all, as_of())).unwrap();
        let mut again = Again::new(&old, &new);
        let mut last = Again::new(&old, &new);
        let first = again.add(&parts[0], as_of()).unwrap();
        let second = last.add(&parts[1], as_of()).unwrap();
        again.absorb(last).unwrap();
        assert_eq!(again.finish(&census).unwrap(), full.finish(), "{changes:?}");
        let join = |a: &[usize], b: &[usize]| a.iter().copied().chain(b.iter().map(|row| row + 80)).collect::<Vec<_>>();
        assert_eq!(join(&first.changed, &second.changed), whole.changed, "{changes:?}");
        assert_eq!(join(&first.moved, &second.moved), whole.moved, "{changes:?}");
        let touched = new.revision_of(&old).touched(&all, as_of(), &mut Scratch::default());
        assert_eq!(touched.is_some(), quick, "{changes:?}");
        fewest = touched.map_or(fewest, |rows| fewest.min(rows.len()));
    }
    assert_eq!(fewest, 0);
    let other = Census::new(&rulebook("2025.1"));
    assert!(Again::new(&old, &old).finish(&other).is_err() && census.absorb(other).is_err());
    let trial = old.with_changes(&number("grades.AA", "from", "870")).unwrap();
    let mut again = Again::new(&old, &trial);
    again.add(&all, as_of()).unwrap();
    assert!(again.finish(&Census::new(&old)).is_err());
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let (old, new) = (rulebook("2025.1"), rulebook("2026.1"));
    let mut comparison = Comparison::new(&old, &new);
    let all = enterprises(&old);
    let (one, two) = (all.slice(0..3), all.slice(1..4));
    let mut refuse = |a: &xinpei::Outcome<'_>, b: &xinpei::Outcome<'_>, word: &str| {
        let error = comparison.add(a, b).unwrap_err();
        assert!(error.is_input() && error.to_string().contains(word), "{error}");
    };
    refuse(&new.score(&one, as_of()), &new.score(&one, as_of()), "not of yuanhe 2025.1");
    refuse(&old.score(&one, as_of()), &old.score(&one, as_of()), "not of yuanhe 2026.1");
    refuse(&old.score(&one, as_of()), &new.score(&two, as_of()), "same enterprises");
    let later = Date::parse("2026-07-01").unwrap();
    refuse(&old.score(&one, as_of()), &new.score(&one, later), "different dates");
    assert_eq!(comparison.clone().finish().rows, 0);
    assert!(comparison.absorb(Comparison::new(&new, &old)).is_err());
}
