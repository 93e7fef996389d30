//! Traps that peers fell into, and those that their number formats set.

use xinpei::{BatchBuilder, Date, Dossier, Scratch};

use crate::tiny::{decide, dossier, files, load, mistakes, points, today, with};

const WIDE: &str = "id: a.n, type: number, digits: 0, range: {from: 0, to: 1_000_000_000_000}";

#[test]
fn a_limit_of_a_formula_holds_whatever_its_digits() {
    // 10^12 · 10^12 is far above 10.123456.
    let rules = files(&[WIDE], &["id: s.x, formula: a.n * a.n, at_least: 0, at_most: 10.123456, missing: 0"]);
    if mistakes(&rules).is_empty() {
        assert_eq!(points(&rules, r#"{"a.n": 1000000000000}"#), "10.123456");
        assert_eq!(points(&rules, r#"{"a.n": 3}"#), "9");
    }
}

#[test]
fn a_ceiling_of_deductions_holds_whatever_its_digits() {
    let table = "id: a.t, type: events, fields: [{id: n, label: {en: n}, type: number, digits: 0, range: {from: 0, to: 9_000_000_000_000_000_000}}]";
    let rules = files(&[table], &["id: s.x, each: a.t, start: 0, deduct: n, at_most: 100.000001, missing: 0"]);
    if mistakes(&rules).is_empty() {
        assert_eq!(points(&rules, r#"{"a.t": [{"n": 5}]}"#), "-5");
        assert_eq!(
            points(&rules, r#"{"a.t": [{"n": 9000000000000000000}, {"n": 9000000000000000000}]}"#),
            "-100.000001"
        );
    }
}

#[test]
fn a_line_is_scored_or_refused_but_never_dropped() {
    let table = "id: a.t, type: events, fields: [{id: n, label: {en: n}, type: count}]";
    let nine = "id: a.m, type: number, digits: 9, range: {from: 0, to: 10}";
    for line in [
        "id: s.x, of: a.n, points: [{upto: 5, points: 100_000_000_000}, {points: 0}], missing: 0.000000000000000001",
        "id: s.x, formula: a.m * a.m, at_least: 0, at_most: 100_000_000_000, missing: 0",
        "id: s.x, each: a.t, start: 0, deduct: {of: n, points: [{below: 1, points: 0.000000000000000001}, {points: 10}]}, at_most: 5, missing: 0",
        "id: s.x, each: a.t, start: 0.000000000000000001, deduct: 1, at_most: 100_000_000_000, missing: 0",
        "id: s.x, first: [{when: a.n > 1, points: 0.000000000000000001}, {points: 100_000_000_000}], missing: 0",
        "id: s.x, of: a.n, points: [{upto: 5, points: 0.000000000000000001}, {points: 100_000_000_000}], missing: 0",
    ] {
        let rules = files(
            &[WIDE, nine, table],
            &[line, "id: s.y, of: a.n, points: [{upto: 5, points: 1}, {points: 0}], missing: 0"],
        );
        if mistakes(&rules).is_empty() {
            assert_eq!(load(&rules).typed().characteristics.len(), 2, "dropped without a word: {line}");
        }
    }
}

#[test]
fn branches_without_a_value_are_statements() {
    let script = "
fn nested(n) { let p = 0; if n > 1 { if n > 5 { p = 7; } } p }
fn chain(n) { let p = 0; if n > 10 { p = 3; } else if n > 5 { p = 2; } else { p = 1; } p }
fn block(n) { let p = 0; { if n > 1 { p = 4; } } p }
fn inner(n) { let a = 0; let x = if n > 1 { a = 5; 1 } else { 2 }; a + x }
";
    let cases = [
        ("nested", [("0", "0"), ("2", "0"), ("6", "7")]),
        ("chain", [("0", "1"), ("6", "2"), ("11", "3")]),
        ("block", [("0", "0"), ("2", "4"), ("9", "4")]),
        ("inner", [("0", "2"), ("2", "6"), ("9", "6")]),
    ];
    let mut wrong = Vec::new();
    for (function, expected) in cases {
        let line = format!("id: s.x, formula: {function}(a.n), at_least: 0, at_most: 100, missing: 0");
        let rules = with(files(&[WIDE], &[&line]), "scripts/s.rhai", script);
        let refused = mistakes(&rules);
        if !refused.is_empty() {
            wrong.push(format!("`{function}` is refused: {refused:?}"));
            continue;
        }
        for (n, expected) in expected {
            let got = points(&rules, &format!("{{\"a.n\": {n}}}"));
            if got != expected {
                wrong.push(format!("{function}({n}): expected {expected}, got {got}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn memory_of_an_earlier_rulebook_is_never_used() {
    let mut scratch = Scratch::default();
    for n in 1..=5 {
        // Each rulebook is loaded where the one before lived.
        let line = format!("id: s.x, formula: a.n + {n}, at_least: 0, at_most: 100, missing: 0");
        let rulebook = Box::new(load(&files(&[WIDE], &[&line])));
        let decision = rulebook.decide_with(&dossier(r#"{"a.n": 10}"#), today(), &mut scratch);
        assert_eq!(decision.characteristics[0].points.to_string(), (10 + n).to_string());
        drop(rulebook);
    }
}

#[test]
fn a_fact_that_stands_twice_in_a_dossier_is_an_error() {
    let twice = r#"{"enterprise": "e", "facts": {"a.n": 1, "a.n": 2}}"#;
    assert!(Dossier::from_json(twice).is_err(), "the last one wins in silence");
    let twice = r#"{"enterprise": "e", "facts": {"a.t": [{"n": 1, "n": 2}]}}"#;
    assert!(Dossier::from_json(twice).is_err(), "the last one wins in silence");
}

#[test]
fn an_as_of_date_outside_the_calendar_never_wraps_around() {
    let line = "id: s.x, formula: bare(days_since(a.d)) * 80_000_000_000_000, at_least: 0, at_most: 100, missing: 0";
    let rules = files(&["id: a.d, type: date"], &[line]);
    let rulebook = load(&rules);
    let decision = rulebook.decide(&dossier(r#"{"a.d": "1900-01-01"}"#), "9999-12-31".parse().expect("a date"));
    // The day lies outside the calendar of facts: nothing that rests on it is known.
    assert!(decision.characteristics[0].missing);
    assert_eq!(decision.characteristics[0].points.to_string(), "0");
}

#[test]
fn a_member_keeps_its_spelling_in_the_digest() {
    let of = |members: &str| {
        let fact = format!("id: a.c, type: category, members: {members}");
        load(&files(&[&fact], &["id: s.x, of: a.c, points: {else: 1, z: 2}, missing: 0"])).digest()
    };
    assert_ne!(of("[01, z]"), of("[1, z]"), "industry codes 01 and 1 are different members");
    assert_ne!(of("[1.0, z]"), of("[1.00, z]"));
    assert_ne!(of("['a  b', z]"), of("['a b', z]"), "spaces inside a member are part of it");
}

#[test]
fn a_version_keeps_its_spelling_in_the_digest() {
    let of = |version: &str| {
        let rules = files(&[WIDE], &["id: s.x, of: a.n, points: [{upto: 5, points: 1}, {points: 0}], missing: 0"]);
        let manifest =
            String::from_utf8(rules.files["rulebook.yaml"].clone()).expect("text").replace("version: one", version);
        load(&with(rules, "rulebook.yaml", &manifest)).digest()
    };
    assert_ne!(of("version: 2026.1"), of("version: 2026.10"));
    assert_eq!(of("version: 2026.1"), of("version: '2026.1'"), "quotes change nothing");
}

#[test]
fn a_text_inside_an_expression_keeps_its_spaces_in_the_digest() {
    let of = |text: &str| {
        let rules = files(&["id: a.c, type: category, members: ['a b', 'a  b']"], &[text]);
        load(&rules).digest()
    };
    let line = |member: &str| {
        format!("id: s.x, first: [{{when: 'a.c == \"{member}\"', points: 1}}, {{points: 0}}], missing: 0")
    };
    assert_ne!(of(&line("a b")), of(&line("a  b")));
}

#[test]
fn the_order_of_the_members_of_a_category_changes_no_receipt() {
    let of = |members: &str| {
        let fact = format!("id: a.c, type: category, members: {members}");
        let rules = files(&[&fact], &["id: s.x, of: a.c, points: {p: 1, q: 2}, missing: 0"]);
        let decision = decide(&rules, r#"{"a.c": "q"}"#);
        (decision.rulebook.digest.clone(), decision.to_json())
    };
    let (a, b) = (of("{p: {en: P}, q: {en: Q}}"), of("{q: {en: Q}, p: {en: P}}"));
    assert_eq!(a.0, b.0, "keys of a map have no order");
    assert_eq!(a.1, b.1);
}

#[test]
fn members_in_another_order_are_the_same_category() {
    let facts = [
        "id: a.c, type: category, members: {p: {en: P}, q: {en: Q}}",
        "id: a.d, type: category, members: {q: {en: Q}, p: {en: P}}",
    ];
    let rules = files(&facts, &["id: s.x, of: a.c == a.d, points: {true: 1, false: 0}, missing: 0"]);
    assert_eq!(mistakes(&rules), Vec::<String>::new());
    assert_eq!(points(&rules, r#"{"a.c": "q", "a.d": "q"}"#), "1");
    assert_eq!(points(&rules, r#"{"a.c": "q", "a.d": "p"}"#), "0");
}

#[test]
fn a_record_of_the_future_takes_no_part() {
    let table = "id: a.t, type: events, order: d, fields: [{id: d, label: {en: d}, type: date}, {id: n, label: {en: n}, type: count}]";
    let records = r#"{"a.t": [{"d": "2026-06-30", "n": 1}, {"d": "2026-07-01", "n": 10}, {"n": 100}]}"#;
    for (formula, expected) in [
        ("a.t.count()", "2"),
        ("a.t.sum(|c| c.n)", "101"),
        ("a.t.max(|c| c.n)", "100"),
        ("a.t.filter(|c| c.n > 5).count()", "1"),
        ("twice(a.t)", "202"),
    ] {
        let line = format!("id: s.x, formula: '{formula}', at_least: 0, at_most: 1000, missing: 7");
        let rules = with(
            files(&[table], &[&line]),
            "scripts/s.rhai",
            "fn twice(t) { let n = 0; for c in t { n += c.n * 2; } n }",
        );
        assert_eq!(points(&rules, records), expected, "{formula}");
    }
    let each = "id: s.x, each: a.t, start: 50, deduct: n, at_most: 1000, missing: 7";
    assert_eq!(points(&files(&[table], &[each]), records), "-51");
}

#[test]
fn a_filter_that_is_not_known_gives_an_opaque_function_no_table() {
    let table = "id: a.t, type: events, fields: [{id: n, label: {en: n}, type: count}]";
    let rules = files(
        &[table],
        &["id: s.x, formula: 'howmany(a.t.filter(|c| c.n > 1))', at_least: 0, at_most: 100, missing: 50"],
    );
    let rules = with(rules, "scripts/s.rhai", "fn howmany(t) { if t == () { return (); } t.len() }");
    let declared = "functions:\n  - {id: howmany, label: {en: x}, basis: pilot, opaque: true, returns: {type: count, range: {from: 0, to: 100}}}\n";
    let rules = with(rules, "scripts/functions.yaml", declared);
    assert_eq!(points(&rules, r#"{"a.t": [{"n": 5}, {"n": 0}]}"#), "1");
    assert_eq!(
        points(&rules, r#"{"a.t": [{"n": 5}, {}]}"#),
        "50",
        "a table is filtered only if every condition is known"
    );
}

/// Equal arguments bring equal results, in the row behind and after others; an error is one of every row that has it.
#[test]
fn an_opaque_function_is_called_anew_for_other_arguments() {
    let table = "id: a.t, type: events, fields: [{id: n, label: {en: n}, type: count}]";
    let rules = files(
        &[table, "id: a.n, type: count"],
        &["id: s.x, formula: 'f(a.t, a.n)', at_least: 0, at_most: 100, missing: 50"],
    );
    let script = "fn f(t, n) { if n == 13 { throw `bad`; } if t == () || n == () { return (); } t.len() * 10 + n }";
    let rules = with(rules, "scripts/s.rhai", script);
    let declared = "functions:\n  - {id: f, label: {en: x}, basis: pilot, opaque: true, returns: {type: count, range: {from: 0, to: 100}}}\n";
    let book = load(&with(rules, "scripts/functions.yaml", declared));
    let two = r#""a.t": [{"n": 5}, {}]"#;
    let rows = [
        (format!("{two}, \"a.n\": 1"), Some("21")),
        (format!("{two}, \"a.n\": 1"), Some("21")),
        (format!("{two}, \"a.n\": 2"), Some("22")),
        (r#""a.t": [{}, {"n": 5}], "a.n": 2"#.to_owned(), Some("22")),
        (r#""a.t": [{"n": 5}], "a.n": 2"#.to_owned(), Some("12")),
        (r#""a.t": [], "a.n": 2"#.to_owned(), Some("2")),
        (r#""a.n": 2"#.to_owned(), Some("50")),
        (format!("{two}, \"a.n\": 13"), None),
        (format!("{two}, \"a.n\": 13"), None),
        (format!("{two}, \"a.n\": 1"), Some("21")),
        (two.to_owned(), Some("50")),
    ];
    let mut builder = BatchBuilder::new(book.dictionary());
    for (row, (facts, _)) in rows.iter().enumerate() {
        let text = format!("{{\"enterprise\": \"e{row}\", \"facts\": {{{facts}}}}}");
        builder.dossier(&Dossier::from_json(&text).unwrap());
    }
    let batch = builder.finish();
    let mut scratch = Scratch::default();
    for day in ["2026-06-30", "2026-07-01"] {
        let outcome = book.score_with(&batch, Date::parse(day).unwrap(), &mut scratch);
        for (row, (facts, expected)) in rows.iter().enumerate() {
            let decision = outcome.decision(row);
            let points = decision.characteristics[0].points.to_string();
            match expected {
                Some(expected) => assert_eq!((points.as_str(), decision.faults.len()), (*expected, 0), "{facts}"),
                None => assert_eq!(decision.faults.len(), 1, "{facts}"),
            }
        }
    }
}

#[test]
fn a_run_over_records_of_unknown_order_is_not_known() {
    let table = "id: a.t, type: events, order: d, fields: [{id: d, label: {en: d}, type: date}, {id: f, label: {en: f}, type: flag}]";
    let rules = files(&[table], &["id: s.x, formula: 'a.t.run(|c| c.f)', at_least: 0, at_most: 100, missing: 50"]);
    assert_eq!(points(&rules, r#"{"a.t": [{"d": "2026-01-01", "f": true}, {"d": "2026-02-01", "f": true}]}"#), "2");
    let unordered = r#"{"a.t": [{"d": "2026-01-01", "f": true}, {"f": false}, {"d": "2026-02-01", "f": true}]}"#;
    assert_eq!(points(&rules, unordered), "50", "the record without a date may stand between the others");
}

#[test]
fn a_grid_of_one_row_asks_for_both_values() {
    let rules = files(
        &[WIDE, "id: a.m, type: money"],
        &["id: s.x, of: [a.m, a.n], points: [{by: [{upto: 5, points: 1}, {points: 2}]}], missing: 7"],
    );
    assert_eq!(points(&rules, r#"{"a.n": 3, "a.m": 1}"#), "1");
    assert_eq!(points(&rules, r#"{"a.n": 3}"#), "7", "a grid of two rows is missing here as well");
}

#[test]
fn a_category_may_have_more_than_256_members() {
    let names: Vec<String> = (0..1000).map(|i| format!("m{i:04}")).collect();
    let fact = format!("id: a.c, type: category, members: [{}]", names.join(", "));
    let rules = files(&[&fact], &["id: s.x, of: a.c, points: {m0255: 1, m0256: 2, m0999: 3, else: 0}, missing: 0"]);
    for (member, expected) in [("m0255", "1"), ("m0256", "2"), ("m0000", "0"), ("m0999", "3"), ("m0511", "0")] {
        assert_eq!(points(&rules, &format!("{{\"a.c\": \"{member}\"}}")), expected);
    }
}

#[test]
fn tiny_and_large_decimals_neither_panic_nor_round() {
    let rules = files(
        &["id: a.m, type: money"],
        &["id: s.x, of: a.m, points: [{upto: 0, points: 1}, {points: 0}], missing: 0"],
    );
    for (text, fault) in [
        ("0.10", None),
        ("0.001", Some("too_many_digits")),
        ("123456789012345678901.2345", Some("too_many_digits")),
        ("1234567890123456789012345678", Some("out_of_range")),
        ("79228162514264337593543950335", Some("out_of_range")),
        ("79228162514264337593543950336", Some("too_many_digits")),
        ("0.0000000000000000000000000001", Some("too_many_digits")),
        ("0.00000000000000000000000000000000000001", Some("too_many_digits")),
        ("1000000000000", None),
        ("1000000000000.01", Some("out_of_range")),
        ("1e3", Some("not_a_number")),
        ("1E-30", Some("not_a_number")),
        ("-0", None),
        ("-0.00", None),
    ] {
        let bare = decide(&rules, &format!("{{\"a.m\": {text}}}"));
        let quoted = decide(&rules, &format!("{{\"a.m\": \"{text}\"}}"));
        assert_eq!(bare.faults.first().map(|f| f.kind.word()), fault, "{text}");
        assert_eq!(bare.to_json(), quoted.to_json(), "{text} with and without quotes");
    }
    assert_eq!(decide(&rules, r#"{"a.m": -0.00}"#).characteristics[0].value.as_deref(), Some("0.00"));
}

#[test]
fn division_by_zero_is_missing_and_says_so() {
    let rules = files(&[WIDE], &["id: s.x, formula: 'round(10 / a.n, 2)', at_least: 0, at_most: 100, missing: 7"]);
    let decision = decide(&rules, r#"{"a.n": 0}"#);
    assert_eq!(
        (decision.characteristics[0].points.to_string(), decision.characteristics[0].missing),
        ("7".to_owned(), true)
    );
    assert_eq!(points(&rules, r#"{"a.n": 3}"#), "3.33");
}

#[test]
fn a_summary_ranks_the_same_losses_as_a_decision() {
    let rules = files(
        &[WIDE, "id: a.f, type: flag"],
        &[
            "id: s.x, of: a.n, points: [{upto: 5, points: 3.5}, {points: 10}], missing: 0",
            "id: s.y, of: a.f, points: {true: 0, false: 6.5}, missing: 0, reason: {code: joint}",
            "id: s.z, of: a.f, points: {true: 0, false: 0.01}, missing: 0, reason: {code: joint}",
        ],
    );
    let rulebook = load(&rules);
    let mut builder = BatchBuilder::new(rulebook.dictionary());
    for facts in [r#"{"a.n": 1, "a.f": true}"#, r#"{"a.n": 6, "a.f": true}"#, r#"{"a.n": 6, "a.f": false}"#, "{}"] {
        builder.dossier(&dossier(facts));
    }
    let batch = builder.finish();
    let summary = rulebook.summarise(&batch, today(), &mut Scratch::default());
    let outcome = rulebook.score(&batch, today());
    for row in 0..4 {
        let slow = xinpei::explain::losses(&outcome, row, 4);
        let fast: Vec<(usize, i128)> = summary.losses(row).map(|loss| (loss.code, loss.lost)).collect();
        assert_eq!(slow.iter().map(|l| (l.code, l.lost)).collect::<Vec<_>>(), fast, "row {row}");
    }
}

#[test]
fn a_number_may_be_as_large_as_the_format_says() {
    // Without a range a number lies within ±10^12, and within what 64 bits hold where it has more than 6 digits.
    for digits in 0..=9_u32 {
        let most = 10_i64.pow(18 - digits.max(6));
        let fact = format!("id: a.n, type: number, digits: {digits}");
        let rules = files(
            &[&fact],
            &[&format!("id: s.x, of: a.n, points: [{{below: {most}, points: 1}}, {{points: 2}}], missing: 7")],
        );
        assert_eq!(mistakes(&rules), Vec::<String>::new(), "{digits} digits");
        for (value, expected) in [(most - 1, "1"), (most, "2"), (-most, "1")] {
            assert_eq!(points(&rules, &format!("{{\"a.n\": {value}}}")), expected, "{value} with {digits} digits");
        }
        assert_eq!(points(&rules, &format!("{{\"a.n\": {}}}", most + 1)), "7");
    }
}

#[test]
fn a_date_outside_the_calendar_never_wraps_around() {
    let line = "id: s.x, formula: bare(days_since(a.d)) * 80_000_000_000_000, at_least: -5, at_most: 100, missing: 0";
    let rules = files(&["id: a.d, type: date, range: {from: 0001-01-01, to: 9999-12-31}"], &[line]);
    if mistakes(&rules).is_empty() {
        assert_eq!(points(&rules, r#"{"a.d": "0001-01-01"}"#), "100");
        assert_eq!(points(&rules, r#"{"a.d": "9999-12-31"}"#), "-5");
    }
}

#[test]
fn a_table_holds_ten_thousand_records_and_not_one_more() {
    let table = "id: a.t, type: events, fields: [{id: n, label: {en: n}, type: count}]";
    let rules = files(&[table], &["id: s.x, formula: 'a.t.sum(|c| c.n)', at_least: 0, at_most: 100_000, missing: 7"]);
    let records = |count: usize| format!("{{\"a.t\": [{}]}}", vec![r#"{"n": 2}"#; count].join(", "));
    assert_eq!(points(&rules, &records(10_000)), "20000");
    let decision = decide(&rules, &records(10_001));
    assert_eq!(decision.characteristics[0].points.to_string(), "7");
    assert_eq!(decision.faults.iter().map(|f| f.kind.word()).collect::<Vec<_>>(), ["too_many_events"]);
}

#[test]
fn a_long_sum_is_evaluated_or_refused_in_words() {
    for count in [30, 60, 100, 1000] {
        let sum = vec!["a.n"; count].join(" + ");
        let line = format!("id: s.x, formula: {sum}, at_least: 0, at_most: 100_000, missing: 7");
        let rules = files(&[WIDE], &[&line]);
        match mistakes(&rules).first() {
            None => assert_eq!(points(&rules, r#"{"a.n": 2}"#), (2 * count).to_string()),
            Some(mistake) => assert!(mistake.contains("nested too deeply"), "{count}: {mistake}"),
        }
        assert!(count > 30 || mistakes(&rules).is_empty(), "thirty terms are a usual sum");
    }
}

/// Constants are filled once; the day is one of them, and a longer batch needs more of it.
#[test]
fn memory_of_one_day_serves_another() {
    let line = "id: s.x, of: days_since(a.d), points: [{upto: 10, points: 5}, {points: 1}], missing: 0";
    let rulebook = load(&files(&["id: a.d, type: date"], &[line]));
    let mut builder = BatchBuilder::new(rulebook.dictionary());
    for day in 1..=20 {
        builder.dossier(&dossier(&format!(r#"{{"a.d": "2026-06-{day:02}"}}"#)));
    }
    let batch = builder.finish();
    let mut scratch = Scratch::default();
    for day in ["2026-06-20", "2026-06-30", "2026-06-25"] {
        let day = Date::parse(day).expect("a date");
        let again = rulebook.score_with(&batch, day, &mut scratch);
        assert!(again.decisions().eq(rulebook.score(&batch, day).decisions()), "{day}");
    }
}
