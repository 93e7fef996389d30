//! What measures and months make of facts, in small worlds worked out by hand.

use rust_decimal::Decimal;
use xinpei_cultivate::{Answer, Plan, Request, Status, Wanted, plan};

use super::{Town, day, dossier, load};

fn line(id: &str, of: &str, points: &str) -> String {
    format!(
        "  - id: {id}\n    label: {{en: line}}\n    basis: pilot\n    of: '{of}'\n    points: {points}\n    missing: 0\n"
    )
}

fn measure(id: &str, effects: &str, more: &str) -> String {
    format!(
        "  - {{id: {id}, label: {{en: measure}}, basis: pilot, evidence: {{en: proof}}, effects: [{effects}], cost: 10, {more}}}\n"
    )
}

/// What is said on 30 June 2026 of the way to grade A, which asks for 60 points.
fn ask(facts: &str, lines: &str, measures: &str, values: &str) -> Answer {
    let request = Request { target: Wanted::Grade("A".into()), unlock: 0, further: 0, ..Request::default() };
    Town { facts, lines, measures, ..Town::default() }.ask(values, &request)
}

/// The measures of a plan and its review day.
fn told(plan: &Plan) -> (Vec<&str>, xinpei::Date) {
    (plan.steps.iter().map(|s| s.measure.as_str()).collect(), plan.review)
}

const REPORTS: &str = "  - {id: t.reports, label: {en: reports}, type: events, order: made, mutability: free, fields: [{id: made, label: {en: made}, type: date}, {id: sum, label: {en: sum}, type: count, range: {from: 0, to: 9}, mutability: free}]}
  - {id: f.first, label: {en: first}, type: flag, mutability: free}
";

/// Reports on the first of July, August, September and October are four on 30 October, and three a month before.
#[test]
fn a_report_each_month() {
    let lines = line("l.reports", "t.reports.count()", "[{below: 4, points: 0}, {points: 60}]");
    let monthly =
        measure("m.report", "{events: t.reports, every: month, add: {sum: 1}}", "duration: 1 months, continuing: true");
    let answer = ask(REPORTS, &lines, &monthly, r#"{"t.reports": [], "f.first": false}"#);
    assert_eq!(told(&answer.plan.unwrap()), (vec!["m.report"], day("2026-10-30")));
}

/// A month that has a report gets no other: the one on 1 July, a day after 30 June, is that of July.
#[test]
fn a_month_has_one_report() {
    let lines = [
        line("l.reports", "t.reports.count()", "[{below: 4, points: 0}, {points: 30}]"),
        line("l.first", "f.first", "{true: 30, false: 0}"),
    ]
    .concat();
    let measures = [
        measure(
            "m.first",
            "{events: t.reports, add: {made: as_of, sum: 2}}, {fact: f.first, set: true}",
            "duration: 1 days",
        ),
        measure("m.report", "{events: t.reports, every: month, add: {sum: 1}}", "duration: 1 months, continuing: true"),
    ]
    .concat();
    let answer = ask(REPORTS, &lines, &measures, r#"{"t.reports": [], "f.first": false}"#);
    assert_eq!(told(&answer.plan.unwrap()), (vec!["m.first", "m.report"], day("2026-10-30")));
}

/// Of a table that is not known, a report that is added is the only one.
#[test]
fn the_first_report_of_a_table_that_is_not_known() {
    let lines = line("l.reports", "t.reports.count()", "[{below: 1, points: 0}, {points: 60}]");
    let add = measure("m.add", "{events: t.reports, add: {made: as_of, sum: 2}}", "duration: 1 days");
    let answer = ask(REPORTS, &lines, &add, r#"{"f.first": false}"#);
    assert_eq!(told(&answer.plan.unwrap()), (vec!["m.add"], day("2026-07-30")));
}

const AGE: &str =
    "  - {id: f.age, label: {en: age}, type: count, unit: month, range: {from: 0, to: 40}, mutability: time_driven}
  - {id: f.n, label: {en: number}, type: count, range: {from: 0, to: 20}, mutability: free}
";

/// 38 months are 40, the most that there is, two months later: nothing needs to be done.
#[test]
fn an_age_comes_to_its_end() {
    let lines = line("l.age", "bare(f.age)", "[{below: 40, points: 0}, {points: 60}]");
    let answer = ask(AGE, &lines, "", r#"{"f.age": 38, "f.n": 0}"#);
    assert_eq!(told(&answer.plan.unwrap()), (vec![], day("2026-08-30")));
    // And stays there.
    let lines = line("l.age", "bare(f.age)", "[{below: 40, points: 60}, {points: 0}]");
    assert_eq!(ask(AGE, &lines, "", r#"{"f.age": 40, "f.n": 0}"#).status, Status::Infeasible);
}

/// What is 10 months old on 30 June is 12 on 30 August, when the measure writes it down.
#[test]
fn an_effect_reads_the_age_of_its_day() {
    let lines = line("l.n", "f.n", "[{below: 12, points: 0}, {points: 60}]");
    let note = measure("m.note", "{fact: f.n, set: 'min(bare(f.age), 20)'}", "duration: 2 months");
    let answer = ask(AGE, &lines, &note, r#"{"f.age": 10, "f.n": 0}"#);
    assert_eq!(told(&answer.plan.unwrap()), (vec!["m.note"], day("2026-08-30")));
}

/// A number stays in its range: 10 + 15 is 20, and 10 − 15 is 0.
#[test]
fn a_number_stays_in_its_range() {
    for (add, points, after) in
        [(15, "[{below: 11, points: 0}, {points: 60}]", "20"), (-15, "[{below: 9, points: 60}, {points: 0}]", "0")]
    {
        let more = measure("m.more", &format!("{{fact: f.n, add: {add}}}"), "duration: 1 months");
        let answer = ask(AGE, &line("l.n", "f.n", points), &more, r#"{"f.age": 10, "f.n": 10}"#);
        let change = answer.plan.unwrap().changes.into_iter().find(|c| c.fact == "f.n").unwrap();
        assert_eq!((change.before.as_deref(), change.after.as_deref()), (Some("10"), Some(after)));
    }
}

/// The move brings 60 points on 30 July, but holds a firm of less than two years down to C; it is two on 15 August.
#[test]
fn a_cap_ends_with_a_birthday() {
    let facts = "  - {id: firm.founded, label: {en: founded}, type: date, mutability: time_driven}
  - {id: firm.moved, label: {en: moved}, type: flag, mutability: free}
";
    let lines = line("l.moved", "firm.moved", "{true: 60, false: 0}");
    let town = Town {
        facts,
        lines: &lines,
        overrides: "overrides:\n  - {id: o.young, label: {en: young}, basis: pilot, when: 'firm.moved && years_since(firm.founded) < 2', cap: C}\n",
        measures: &measure("m.move", "{fact: firm.moved, set: true}", "duration: 1 months"),
        ..Town::default()
    };
    let request = Request { target: Wanted::Grade("A".into()), unlock: 0, further: 0, ..Request::default() };
    let answer = town.ask(r#"{"firm.founded": "2024-08-15", "firm.moved": false}"#, &request);
    assert_eq!(told(&answer.plan.unwrap()), (vec!["m.move"], day("2026-08-30")));
}

/// Eight measures bring 1, 2, 4 … 128 points for as many yuan: each number of points up to 255 can be bought, for as
/// many yuan and in one way. So the best that a budget buys is as many points as it has yuan.
#[test]
fn the_best_of_many_sums() {
    let all = |part: &dyn Fn(u32) -> String| (0..8).map(part).collect::<String>();
    let facts = all(&|at| format!("  - {{id: f.x{at}, label: {{en: flag}}, type: flag, mutability: free}}\n"));
    let lines = all(&|at| line(&format!("l.x{at}"), &format!("f.x{at}"), &format!("{{true: {}, false: 0}}", 1 << at)));
    let measures = all(&|at| {
        let effect = format!("{{fact: f.x{at}, set: true}}");
        measure(&format!("m.x{at}"), &effect, "duration: 1 months").replace("cost: 10", &format!("cost: {}", 1 << at))
    });
    let values: Vec<String> = (0..8).map(|at| format!("\"f.x{at}\": false")).collect();
    let town = Town { facts: &facts, lines: &lines, measures: &measures, ..Town::default() };
    for (budget, best) in [(Some(200), 200), (Some(77), 77), (Some(29), 29), (None, 255)] {
        let budget = budget.map(Decimal::from);
        let request = Request { target: Wanted::Best, budget, unlock: 0, further: 0, ..Request::default() };
        let plan = town.ask(&format!("{{{}}}", values.join(", ")), &request).plan.unwrap();
        assert_eq!((plan.cost, plan.result.score), (Decimal::from(best), Some(Decimal::from(best))));
    }
}

/// A line that a script computes from a table without dates is changed by what changes the table: one paper of 5 or
/// more is there, and goes.
#[test]
fn a_script_reads_a_table() {
    let papers = "  - {id: t.papers, label: {en: papers}, type: events, mutability: free, fields: [{id: sum, label: {en: sum}, type: count, range: {from: 0, to: 9}, mutability: free}]}\n";
    let lines = line("l.large", "large(t.papers)", "[{below: 1, points: 60}, {points: 0}]");
    let measures = measure("m.drop", "{events: t.papers, where: 'sum >= 5', remove: true}", "duration: 1 months");
    let mut texts = Town { facts: papers, lines: &lines, measures: &measures, ..Town::default() }.texts();
    let declared = "functions:\n  - {id: large, label: {en: large}, basis: pilot, opaque: true, returns: {type: count, range: {from: 0, to: 1000}}}\n";
    let body = "fn large(list) {\n    if list == () { return (); }\n    let n = 0;\n    let at = 0;\n    while at < list.len() {\n        if list[at].sum >= 5 { n += 1; }\n        at += 1;\n    }\n    n\n}\n";
    texts.extend([("scripts/functions.yaml", declared.to_owned()), ("scripts/a.rhai", body.to_owned())]);
    let facts = dossier(r#"{"t.papers": [{"sum": 7}]}"#);
    let request = Request { unlock: 0, further: 0, target: Wanted::Grade("A".into()), ..Request::default() };
    let answer = plan(&load(&texts), &facts, day("2026-06-30"), &request).unwrap();
    assert_eq!(told(&answer.plan.unwrap()), (vec!["m.drop"], day("2026-07-30")));
}

/// The second measure writes down what the first has made: 5 after it, 1 without. No line reads both, and they
/// are one plan all the same, for 20 yuan: 60 points ask for 5.
#[test]
fn an_effect_reads_what_another_measure_made() {
    let facts = "  - {id: f.made, label: {en: made}, type: count, range: {from: 0, to: 9}, mutability: only_up}\n  \
                 - {id: f.filed, label: {en: filed}, type: count, range: {from: 0, to: 9}, mutability: free}\n";
    let lines = [
        line("l.made", "f.made", "[{below: 9, points: 0}, {points: 1}]"),
        line("l.filed", "f.filed", "[{below: 5, points: 0}, {points: 60}]"),
    ]
    .concat();
    let measures = [
        measure("m.make", "{fact: f.made, raise_to: 5}", "duration: 5 days"),
        measure("m.file", "{fact: f.filed, set: f.made}", "duration: 10 days"),
    ]
    .concat();
    let plan = ask(facts, &lines, &measures, r#"{"f.made": 1, "f.filed": 1}"#).plan.unwrap();
    assert_eq!(told(&plan), (vec!["m.make", "m.file"], day("2026-07-30")));
    assert_eq!(plan.cost, Decimal::from(20));
}
