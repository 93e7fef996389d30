//! Three measures that have nothing in common, each with a section of its own: worked out by hand.

use rust_decimal::Decimal;
use xinpei::author::folder::RuleFiles;
use xinpei::{Date, Dossier, Rulebook};
use xinpei_cultivate::{Request, Status, Wanted, plan};

/// Each measure brings 10 points for 5 yuan within a month; they stand in this order, with more said of each.
fn three(order: [usize; 3], more: &dyn Fn(usize) -> &'static str) -> Rulebook {
    let fact = |at: usize| format!("  - {{id: f.x{at}, label: {{en: flag}}, type: flag, mutability: free}}\n");
    let section = |at: usize| {
        format!(
            "section: s{at}\nlabel: {{en: s}}\ncharacteristics:\n  - id: l.x{at}\n    label: {{en: line}}\n    basis: pilot\n    of: f.x{at}\n    points: {{true: 10, false: 0}}\n    missing: 0\n"
        )
    };
    let measure = |at: usize| {
        format!(
            "  - {{id: m.a{at}, label: {{en: measure}}, basis: pilot, evidence: {{en: proof}}, effects: [{{fact: f.x{at}, set: true}}], cost: 5, duration: 1 months{}}}\n",
            more(at)
        )
    };
    let texts = [
        (
            "rulebook.yaml",
            "rulebook: three\nversion: \"1\"\nlanguage: 1\ntitle: {en: Three}\nauthority: {en: Test}\neffective: {from: 2000-01-01}\nlanguages: [en]\nkey: text\nscore: {digits: 0, rounding: half_up}\n".to_owned(),
        ),
        ("grades.yaml", "grades:\n  - {id: A, from: 10, label: {en: a}}\n  - {id: B, label: {en: b}}\n".to_owned()),
        ("facts/d.yaml", format!("department: d\nlabel: {{en: d}}\nfacts:\n{}", (0..3).map(fact).collect::<String>())),
        ("sections/0.yaml", section(0)),
        ("sections/1.yaml", section(1)),
        ("sections/2.yaml", section(2)),
        ("measures/d.yaml", format!("department: d\nlabel: {{en: d}}\nmeasures:\n{}", order.map(measure).concat())),
    ];
    Rulebook::from_files(&RuleFiles::from_texts(texts.iter().map(|(path, text)| (*path, text.as_str())))).unwrap()
}

/// The measures of the plan to a target, by their ids; `None` where there is none.
fn told(rulebook: &Rulebook, target: Wanted) -> Option<Vec<String>> {
    let facts = r#"{"enterprise": "e", "facts": {"f.x0": false, "f.x1": false, "f.x2": false}}"#;
    let request = Request { target, ..Request::default() };
    let as_of = Date::parse("2026-06-30").unwrap();
    let answer = plan(rulebook, &Dossier::from_json(facts).unwrap(), as_of, &request).unwrap();
    assert!(answer.plan.is_some() || answer.status == Status::Infeasible);
    let mut list: Vec<String> = answer.plan?.steps.into_iter().map(|s| s.measure).collect();
    list.sort();
    Some(list)
}

/// Of measures that are as good the first of the document is taken, wherever its section stands.
#[test]
fn the_first_of_equal_measures_is_taken() {
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let rulebook = three(order, &|_| "");
        // One of them is enough for A, and two for a score of 20.
        for (target, count) in [(Wanted::NextGrade, 1), (Wanted::Score(Decimal::from(20)), 2)] {
            let mut first: Vec<String> = order[..count].iter().map(|at| format!("m.a{at}")).collect();
            first.sort();
            assert_eq!(told(&rulebook, target), Some(first), "{order:?}");
        }
    }
}

/// What excludes each other is in no plan together, even where nothing else ties it.
#[test]
fn measures_that_exclude_each_other_are_not_in_one_plan() {
    let rulebook = three([0, 1, 2], &|at| if at == 1 { ", excludes: [m.a0]" } else { "" });
    let score = |n: i64| Wanted::Score(Decimal::from(n));
    // 20 takes two of them, but not the first two; 30 would take all.
    assert_eq!(told(&rulebook, score(20)), Some(vec!["m.a0".into(), "m.a2".into()]));
    assert_eq!(told(&rulebook, score(30)), None);
}
