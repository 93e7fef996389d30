//! Points with fractions: a bound that rounds a gain down would miss plans that need all of it.

use xinpei::author::folder::RuleFiles;
use xinpei::{Date, Dossier, Rulebook};
use xinpei_cultivate::{Request, Status, Wanted, plan};

/// Three lines of 2.4 points each: together 7.2, rounded down one by one 6.
fn rulebook(cap: &str) -> Rulebook {
    let line = |at: usize| {
        format!(
            "  - id: l.x{at}\n    label: {{en: line}}\n    basis: pilot\n    of: f.x{at}\n    points: {{true: 2.4, false: 0}}\n    missing: 0\n"
        )
    };
    let fact = |at: usize| format!("  - {{id: f.x{at}, label: {{en: flag}}, type: flag, mutability: free}}\n");
    let measure = |at: usize| {
        format!(
            "  - {{id: m.a{at}, label: {{en: measure}}, basis: pilot, evidence: {{en: proof}}, effects: [{{fact: f.x{at}, set: true}}], cost: {}, duration: 1 months}}\n",
            10 + at
        )
    };
    let all = |part: &dyn Fn(usize) -> String| (0..3).map(part).collect::<String>();
    let texts = [
        (
            "rulebook.yaml",
            "rulebook: halves\nversion: \"1\"\nlanguage: 1\ntitle: {en: Halves}\nauthority: {en: Test}\neffective: {from: 2000-01-01}\nlanguages: [en]\nkey: text\nscore: {digits: 1, rounding: half_up}\n".to_owned(),
        ),
        ("grades.yaml", "grades:\n  - {id: A, from: 7, label: {en: a}}\n  - {id: B, label: {en: b}}\n".to_owned()),
        ("facts/d.yaml", format!("department: d\nlabel: {{en: d}}\nfacts:\n{}", all(&fact))),
        ("sections/s.yaml", format!("section: s\nlabel: {{en: s}}\n{cap}characteristics:\n{}", all(&line))),
        ("measures/d.yaml", format!("department: d\nlabel: {{en: d}}\nmeasures:\n{}", all(&measure))),
    ];
    Rulebook::from_files(&RuleFiles::from_texts(texts.iter().map(|(p, t)| (*p, t.as_str())))).unwrap()
}

#[test]
fn fractions_of_points_add_up() {
    let dossier =
        Dossier::from_json(r#"{"enterprise": "e", "facts": {"f.x0": false, "f.x1": false, "f.x2": false}}"#).unwrap();
    let as_of = Date::parse("2026-06-30").unwrap();
    // 2.4 needs one measure, 4.8 two, 7.2 three; a cap of 7.1 leaves 7.2 out of reach.
    for (cap, score, cost) in [
        ("", "2.4", Some(10)),
        ("", "4.8", Some(21)),
        ("", "7.2", Some(33)),
        ("max: 7.1\n", "7.1", Some(33)),
        ("max: 7.1\n", "7.2", None),
    ] {
        let target = Wanted::Score(score.parse().unwrap());
        let request = Request { target, ..Request::default() };
        let answer = plan(&rulebook(cap), &dossier, as_of, &request).unwrap();
        let status = if cost.is_some() { Status::Optimal } else { Status::Infeasible };
        assert_eq!(answer.status, status, "{cap}{score}");
        assert_eq!(answer.plan.map(|p| p.cost), cost.map(rust_decimal::Decimal::from), "{cap}{score}");
    }
}

/// A measure that costs a grade is worth taking where it brings enough for two.
#[test]
fn a_notch_is_made_up_for() {
    let fact = |id: &str| format!("  - {{id: {id}, label: {{en: flag}}, type: flag, mutability: free}}\n");
    let line = |id: &str, of: &str, points: &str| {
        format!(
            "  - id: {id}\n    label: {{en: line}}\n    basis: pilot\n    of: {of}\n    points: {{true: {points}, false: 0}}\n    missing: 0\n"
        )
    };
    let measure = |id: &str, effects: &str, cost: i64| {
        format!(
            "  - {{id: {id}, label: {{en: measure}}, basis: pilot, evidence: {{en: proof}}, effects: [{effects}], cost: {cost}, duration: 1 months}}\n"
        )
    };
    let texts = [
        (
            "rulebook.yaml",
            "rulebook: notch\nversion: \"1\"\nlanguage: 1\ntitle: {en: Notch}\nauthority: {en: Test}\neffective: {from: 2000-01-01}\nlanguages: [en]\nkey: text\nscore: {digits: 0, rounding: half_up}\n".to_owned(),
        ),
        (
            "grades.yaml",
            "grades:\n  - {id: A, from: 70, label: {en: a}}\n  - {id: B, from: 40, label: {en: b}}\n  - {id: C, from: 20, label: {en: c}}\n  - {id: D, label: {en: d}}\noverrides:\n  - {id: o.bad, label: {en: bad}, basis: pilot, when: f.bad, notch: -1}\n".to_owned(),
        ),
        ("facts/d.yaml", format!("department: d\nlabel: {{en: d}}\nfacts:\n{}{}{}", fact("f.big"), fact("f.bad"), fact("f.dear"))),
        (
            "sections/s.yaml",
            format!(
                "section: s\nlabel: {{en: s}}\ncharacteristics:\n{}{}",
                line("l.big", "f.big", "48"),
                line("l.dear", "f.dear", "24")
            ),
        ),
        (
            "measures/d.yaml",
            format!(
                "department: d\nlabel: {{en: d}}\nmeasures:\n{}{}",
                measure("m.big", "{fact: f.big, set: true}, {fact: f.bad, set: true}", 1),
                measure("m.dear", "{fact: f.dear, set: true}", 50)
            ),
        ),
    ];
    let rulebook = Rulebook::from_files(&RuleFiles::from_texts(texts.iter().map(|(p, t)| (*p, t.as_str())))).unwrap();
    let dossier =
        Dossier::from_json(r#"{"enterprise": "e", "facts": {"f.big": false, "f.bad": false, "f.dear": false}}"#)
            .unwrap();
    let as_of = Date::parse("2026-06-30").unwrap();
    // 48 is B, and one grade down is C, the target; 24 without the notch is C too, but dearer.
    let answer = plan(&rulebook, &dossier, as_of, &Request::default()).unwrap();
    assert_eq!((answer.status, answer.plan.map(|p| p.cost)), (Status::Optimal, Some(rust_decimal::Decimal::from(1))));
    // B needs 70 with the notch, which 72 has.
    let request = Request { target: Wanted::Grade("B".into()), ..Request::default() };
    let answer = plan(&rulebook, &dossier, as_of, &request).unwrap();
    assert_eq!((answer.status, answer.plan.map(|p| p.cost)), (Status::Optimal, Some(rust_decimal::Decimal::from(51))));
}
