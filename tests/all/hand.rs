//! Tables worked out by hand: rounding, Kleene's logic, months, runs, and what overrides add up to.

use crate::tiny::{decide, dossier, files, load, today, with};

/// The shown value of the only characteristic, or nothing when it is missing.
fn value(facts: &[&str], of: &str, given: &str) -> Option<String> {
    let line = format!("id: s.x, of: '{of}', points: [{{points: 1}}], missing: 0");
    decide(&files(facts, &[&line]), given).characteristics[0].value.clone()
}

#[test]
fn every_rounding_of_a_half_and_beside_it() {
    let facts = ["id: a.n, type: number, digits: 2, range: {from: -1000, to: 1000}"];
    // The number, and how each mode rounds it to a whole one.
    let modes = ["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"];
    for (n, expected) in [
        ("2.50", ["3", "2", "2", "3", "2", "3", "2"]),
        ("3.50", ["4", "4", "3", "4", "3", "4", "3"]),
        ("-2.50", ["-3", "-2", "-2", "-3", "-2", "-2", "-3"]),
        ("-3.50", ["-4", "-4", "-3", "-4", "-3", "-3", "-4"]),
        ("2.49", ["2", "2", "2", "3", "2", "3", "2"]),
        ("2.51", ["3", "3", "3", "3", "2", "3", "2"]),
        ("-2.49", ["-2", "-2", "-2", "-3", "-2", "-2", "-3"]),
        ("-2.51", ["-3", "-3", "-3", "-3", "-2", "-2", "-3"]),
        ("0.50", ["1", "0", "0", "1", "0", "1", "0"]),
        ("-0.50", ["-1", "0", "0", "-1", "0", "0", "-1"]),
        ("4.00", ["4", "4", "4", "4", "4", "4", "4"]),
    ] {
        for (mode, expected) in modes.iter().zip(expected) {
            let given = format!("{{\"a.n\": {n}}}");
            let rounded = value(&facts, &format!("round(a.n, 0, \"{mode}\")"), &given);
            assert_eq!(rounded.as_deref(), Some(expected), "round {n} {mode}");
            // The same quotient in other ways: the divisor alone, both signs turned, and beyond 64 bits.
            for division in [
                "a.n / 1",
                "(a.n * 4) / 4",
                "(-a.n) / (-1)",
                "(a.n * 100_000_000_000_000_000) / 100_000_000_000_000_000",
            ] {
                let divided = value(&facts, &format!("round({division}, 0, \"{mode}\")"), &given);
                assert_eq!(divided.as_deref(), Some(expected), "{division} of {n} {mode}");
            }
        }
    }
}

#[test]
fn kleenes_tables() {
    let facts = ["id: a.p, type: flag", "id: a.q, type: flag"];
    let (t, f, u) = (Some("true"), Some("false"), None);
    // p, q, p && q, p || q, !p, p == q, otherwise(p, q), choose(p, q, !q)
    for (p, q, and, or, not, same, otherwise, choose) in [
        (t, t, t, t, f, t, t, t),
        (t, f, f, t, f, f, t, f),
        (t, u, u, t, f, u, t, u),
        (f, t, f, t, t, f, f, f),
        (f, f, f, f, t, t, f, t),
        (f, u, f, u, t, u, f, u),
        (u, t, u, t, u, u, t, u),
        (u, f, f, u, u, u, f, u),
        (u, u, u, u, u, u, u, u),
    ] {
        let given: Vec<String> =
            [("a.p", p), ("a.q", q)].iter().filter_map(|(id, v)| v.map(|v| format!("\"{id}\": {v}"))).collect();
        let given = format!("{{{}}}", given.join(", "));
        for (expression, expected) in [
            ("a.p && a.q", and),
            ("a.p || a.q", or),
            ("!a.p", not),
            ("a.p == a.q", same),
            ("otherwise(a.p, a.q)", otherwise),
            ("choose(a.p, a.q, !a.q)", choose),
        ] {
            let line = format!("id: s.x, of: '{expression}', points: {{true: 1, false: 2}}, missing: 0");
            let got = decide(&files(&facts, &[&line]), &given).characteristics[0].value.clone();
            assert_eq!(got.as_deref(), expected, "{expression} of {given}");
        }
    }
}

#[test]
fn months_at_their_ends() {
    let facts = ["id: a.d, type: date", "id: a.e, type: date"];
    for (from, to, months, years) in [
        ("2026-01-31", "2026-02-27", "0", "0"),
        ("2026-01-31", "2026-02-28", "1", "0"),
        ("2024-01-31", "2024-02-28", "0", "0"),
        ("2024-01-31", "2024-02-29", "1", "0"),
        ("2026-01-31", "2026-03-30", "1", "0"),
        ("2026-01-31", "2026-03-31", "2", "0"),
        ("2026-01-31", "2026-04-30", "3", "0"),
        ("2026-02-28", "2026-03-27", "0", "0"),
        ("2026-02-28", "2026-03-28", "1", "0"),
        ("2024-02-29", "2025-02-27", "11", "0"),
        ("2024-02-29", "2025-02-28", "12", "1"),
        ("2024-02-29", "2028-02-28", "47", "3"),
        ("2024-02-29", "2028-02-29", "48", "4"),
        ("2026-06-30", "2026-06-30", "0", "0"),
        // Backwards as forwards.
        ("2026-02-28", "2026-01-31", "-1", "0"),
        ("2025-02-28", "2024-02-29", "-12", "-1"),
        ("2199-12-31", "1900-01-01", "-3599", "-299"),
    ] {
        let given = format!("{{\"a.d\": \"{from}\", \"a.e\": \"{to}\"}}");
        assert_eq!(value(&facts, "months_between(a.d, a.e)", &given).as_deref(), Some(months), "{from} to {to}");
        let line = "id: s.x, of: years_since(a.d), points: [{points: 1}], missing: 0";
        let decision = load(&files(&facts, &[line])).decide(&dossier(&given), to.parse().expect("a date"));
        assert_eq!(decision.characteristics[0].value.as_deref(), Some(years), "years from {from} to {to}");
    }
    for (from, months, to) in [
        ("2026-01-31", "1", Some("2026-02-28")),
        ("2024-01-31", "1", Some("2024-02-29")),
        ("2026-03-31", "-1", Some("2026-02-28")),
        ("2026-12-31", "2", Some("2027-02-28")),
        ("2024-02-29", "12", Some("2025-02-28")),
        ("2024-02-29", "-48", Some("2020-02-29")),
        ("2199-12-31", "1", None),
        ("1900-01-31", "-1", None),
        ("1900-03-31", "-2", Some("1900-01-31")),
    ] {
        let got = value(&facts, &format!("add_months(a.d, {months})"), &format!("{{\"a.d\": \"{from}\"}}"));
        assert_eq!(got.as_deref(), to, "{from} and {months} months");
    }
    for (from, days, to) in [
        ("2024-02-28", "1", Some("2024-02-29")),
        ("2026-02-28", "1", Some("2026-03-01")),
        ("2100-02-28", "1", Some("2100-03-01")),
        ("2000-02-28", "1", Some("2000-02-29")),
        ("2026-01-01", "-1", Some("2025-12-31")),
        ("2199-12-31", "1", None),
        ("1900-01-01", "-1", None),
    ] {
        let got = value(&facts, &format!("add_days(a.d, {days})"), &format!("{{\"a.d\": \"{from}\"}}"));
        assert_eq!(got.as_deref(), to, "{from} and {days} days");
    }
}

#[test]
fn a_month_without_a_record_breaks_a_run() {
    let table = |every: &str| {
        format!(
            "id: a.t, type: events, order: d, {every}fields: [{{id: d, label: {{en: d}}, type: date}}, {{id: late, label: {{en: l}}, type: flag}}]"
        )
    };
    let records = |months: &[(&str, bool)]| {
        let rows: Vec<String> =
            months.iter().map(|(month, late)| format!("{{\"d\": \"{month}-15\", \"late\": {late}}}")).collect();
        format!("{{\"a.t\": [{}]}}", rows.join(", "))
    };
    for (months, by_month, by_record) in [
        (&[("2026-01", true), ("2026-02", true), ("2026-03", true)][..], "3", "3"),
        (&[("2026-01", true), ("2026-03", true)], "1", "2"),
        (&[("2025-11", true), ("2025-12", true), ("2026-01", true), ("2026-03", true)], "3", "4"),
        (&[("2026-01", true), ("2026-02", false), ("2026-03", true), ("2026-04", true)], "2", "2"),
        (&[("2026-04", true), ("2026-03", true), ("2026-01", true)], "2", "3"),
        (&[("2026-01", false)], "0", "0"),
        (&[], "0", "0"),
    ] {
        let run = "a.t.run(|c| c.late)";
        assert_eq!(value(&[&table("every: month, ")], run, &records(months)).as_deref(), Some(by_month), "{months:?}");
        assert_eq!(value(&[&table("")], run, &records(months)).as_deref(), Some(by_record), "{months:?}");
    }
}

#[test]
fn the_dearest_of_a_month_counts_once() {
    let table = "id: a.t, type: events, order: d, fields: [{id: d, label: {en: d}, type: date}, {id: n, label: {en: n}, type: count}]";
    let records = r#"{"a.t": [{"d": "2026-01-01", "n": 3}, {"d": "2026-01-31", "n": 2}, {"d": "2026-02-01", "n": 5}, {"d": "2025-01-15", "n": 4}]}"#;
    // All: 3 + 2 + 5 + 4 = 14; by month: 3 + 5 + 4 = 12; once: 5. Ceiling 13.
    for (per, points) in [("event", "87"), ("month", "88"), ("once", "95")] {
        let line = format!("id: s.x, each: a.t, start: 100, deduct: n, per: {per}, at_most: 13, missing: 0");
        assert_eq!(
            decide(&files(&[table], &[&line]), records).characteristics[0].points.to_string(),
            points,
            "per {per}"
        );
    }
}

#[test]
fn notches_then_the_lowest_cap_then_the_lowest_veto() {
    let facts: Vec<String> = ["up", "down", "cap_b", "cap_c", "veto_b", "veto_m", "none"]
        .iter()
        .map(|id| format!("id: o.{id}, type: flag, missing: {{means: false}}"))
        .collect();
    let facts: Vec<&str> = facts.iter().map(String::as_str).collect();
    let score = "id: a.n, type: count, range: {from: 0, to: 100}";
    let rules =
        files(&[&[score][..], &facts].concat(), &["id: s.x, formula: a.n, at_least: 0, at_most: 100, missing: 0"]);
    let grades = "\
grades:
  - {id: A, from: 90, label: {en: A}}
  - {id: B, from: 70, label: {en: B}}
  - {id: M, by: override, label: {en: M}}
  - {id: C, from: 40, label: {en: C}}
  - {id: D, label: {en: D}}
overrides:
  - {id: r.cap_b, label: {en: x}, basis: pilot, when: o.cap_b, cap: B}
  - {id: r.veto_m, label: {en: x}, basis: pilot, when: o.veto_m, veto: M}
  - {id: r.up, label: {en: x}, basis: pilot, when: o.up, notch: 1}
  - {id: r.none, label: {en: x}, basis: pilot, when: o.none, unrated: true}
  - {id: r.down, label: {en: x}, basis: pilot, when: o.down, notch: -2}
  - {id: r.veto_b, label: {en: x}, basis: pilot, when: o.veto_b, veto: B}
  - {id: r.cap_c, label: {en: x}, basis: pilot, when: o.cap_c, cap: C}
";
    let rulebook = load(&with(rules, "grades.yaml", grades));
    for (score, flags, grade) in [
        (90, &[][..], Some("A")),
        (89, &[], Some("B")),
        (40, &[], Some("C")),
        (39, &[], Some("D")),
        // Notches count the grades that a score can reach, and end at the best and the last.
        (89, &["up"], Some("A")),
        (95, &["up"], Some("A")),
        (75, &["down"], Some("D")),
        (95, &["down"], Some("C")),
        (95, &["up", "down"], Some("B")),
        (10, &["down"], Some("D")),
        // A cap comes after the notches, whatever stands first.
        (89, &["up", "cap_b"], Some("B")),
        (95, &["cap_b", "cap_c"], Some("C")),
        (39, &["cap_b"], Some("D")),
        // A veto sets, up or down, and the lowest of them.
        (95, &["veto_m"], Some("M")),
        (10, &["veto_b"], Some("B")),
        (95, &["veto_b", "veto_m"], Some("M")),
        (95, &["cap_c", "veto_b"], Some("B")),
        (95, &["up", "none"], None),
    ] {
        let flags: String = flags.iter().map(|flag| format!(", \"o.{flag}\": true")).collect();
        let decision = rulebook.decide(&dossier(&format!("{{\"a.n\": {score}{flags}}}")), today());
        assert_eq!(decision.grade.as_deref(), grade, "{score}{flags}");
        assert_eq!(decision.status.word(), if grade.is_some() { "rated" } else { "unrated" });
    }
}

#[test]
fn coverage_is_compared_exactly_and_shown_rounded_down() {
    let facts = ["id: a.p, type: flag", "id: a.q, type: flag", "id: a.r, type: flag"];
    let lines = ["p", "q", "r"].map(|id| format!("id: s.{id}, of: a.{id}, points: {{true: 1, false: 0}}, missing: 0"));
    let rules = files(&facts, &lines.each_ref().map(String::as_str));
    let manifest = String::from_utf8(rules.files["rulebook.yaml"].clone()).expect("text");
    for (floor, given, coverage, status) in [
        ("0.333333333333333333", r#"{"a.p": true}"#, "0.33", "rated"),
        ("0.333333333333333334", r#"{"a.p": true}"#, "0.33", "unrated"),
        ("0.666666666666666666", r#"{"a.p": true, "a.r": false}"#, "0.66", "rated"),
        ("0.67", r#"{"a.p": true, "a.r": false}"#, "0.66", "unrated"),
        ("0.66", r#"{"a.p": true, "a.r": false}"#, "0.66", "rated"),
        ("1", r#"{"a.p": true, "a.q": true, "a.r": false}"#, "1.00", "rated"),
        ("0", "{}", "0.00", "rated"),
    ] {
        let rules = with(rules.clone(), "rulebook.yaml", &format!("{manifest}coverage: {{unrated_below: {floor}}}\n"));
        let decision = decide(&rules, given);
        assert_eq!(decision.coverage.to_string(), coverage, "{given}");
        assert_eq!(decision.status.word(), status, "{given} and a floor of {floor}");
        assert_eq!(decision.score.is_some(), status == "rated");
    }
}
