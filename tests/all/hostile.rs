//! Hostile scripts: whatever a function does, its row has a fault, soon, and the other rows are scored.

use std::time::{Duration, Instant};

use xinpei::{BatchBuilder, FaultKind};

use crate::tiny::{dossier, files, load, mistakes, today, with};

/// How long one row may take, on a busy machine and in a debug build.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a function does, by name; `x` is 1.
const HOSTILE: &[(&str, &str)] = &[
    ("endless", "loop { }"),
    ("endless_work", "let n = 0; while true { n += 1; } n"),
    ("long_range", "let n = 0; for i in 0..9_000_000_000_000 { n += 1; } n"),
    ("range_function", "let n = 0; for i in range(0, 9_000_000_000_000) { n += 1; } n"),
    ("array_doubling", "let a = [1]; loop { a += a; }"),
    ("array_in_array", "let a = []; loop { a.push(a); }"),
    ("array_padding", "let a = []; a.pad(9_000_000_000, 1); a.len()"),
    ("array_insert", "let a = [1]; loop { a.insert(0, a.len()); }"),
    ("array_extract", "let a = [1]; loop { a.append(a.extract(0)); }"),
    ("array_splice", "let a = [1, 2]; loop { a.splice(0, 1, a); }"),
    ("array_sort", "let a = []; a.pad(300, 1); a.sort(|p, q| { let n = 0; while true { n += 1; } 0 }); 1"),
    ("array_closures", "let a = []; a.pad(300, 1); a.map(|v| { let n = 0; while n < 30_000 { n += 1; } n }); 1"),
    (
        "array_filters",
        "let a = []; a.pad(300, 1); a.filter(|v| a.filter(|w| { let n = 0; while n < 30_000 { n += 1; } true }).len() > 0).len()",
    ),
    ("array_chain", "let a = []; a.pad(200, 1); loop { a = a.map(|v| v + 1); }"),
    ("deep_recursion", "recurse(x)"),
    ("mutual_recursion", "ping(x)"),
    ("wide_recursion", "branch(x, 24)"),
    ("huge_text", "let s = \"x\"; loop { s += s; }"),
    ("text_padding", "let s = \"x\"; s.pad(9_000_000_000, \"y\"); s.len()"),
    ("text_interpolation", "let s = \"x\"; loop { s = `${s}${s}`; }"),
    ("text_replace", "let s = \"xxxxxxxx\"; loop { s.replace(\"x\", \"xxxxxxxx\"); }"),
    ("text_split", "let s = \"x\"; s.pad(60_000, \"y\"); loop { s.split(\"\"); }"),
    ("blob", "let b = blob(9_000_000_000, 1); b.len()"),
    ("blob_growth", "let b = blob(1, 1); loop { b += b; }"),
    ("map_growth", "let m = #{}; let n = 0; loop { m[n.to_string()] = n; n += 1; }"),
    ("map_in_map", "let m = #{}; loop { m = #{a: m, b: m}; }"),
    ("variables", "let n = 0; loop { let a = n; n = a + 1; }"),
    ("modulo_by_zero", "let z = 0; 7 % z"),
    ("division_by_zero", "let z = 0; 7 / z"),
    ("decimal_by_zero", "let z = 0.0; 7.5 / z"),
    ("integer_overflow", "let n = 9223372036854775807; n + 1"),
    ("integer_product", "let n = 9223372036854775807; n * 2"),
    ("integer_power", "let n = 10; n ** 40"),
    ("integer_sign", "let n = -9223372036854775807 - 1; -n"),
    ("decimal_overflow", "let n = 79228162514264337593543950335.0; n * 10.0"),
    ("decimal_power", "let n = 10.0; n ** 90.0"),
    ("thrown", "throw \"no\""),
    ("no_such_function", "read_file(\"/etc/passwd\")"),
    ("no_such_property", "let m = #{}; m.a.b.c"),
    ("out_of_bounds", "let a = [1]; a[9_000_000_000]"),
    ("negative_index", "let a = [1]; a[-5]"),
    ("wrong_type", "\"text\""),
    ("out_of_range", "1_000_000"),
    ("clock", "timestamp()"),
    ("pause", "sleep(3); 5"),
    ("pause_of_decimals", "sleep(3.0); 5"),
    ("pointer", "let f = Fn(\"pointer\"); f.call(x)"),
    ("curried", "let f = |n| n; loop { f = f.curry(1); }"),
    ("shared", "let a = [1]; let f = || a; loop { a.push(f.call()); }"),
];

/// What a script asks that no script may: it is refused as a whole.
const FORBIDDEN: &[(&str, &str)] = &[
    ("import", "import \"std\" as s; 5"),
    ("eval", "eval(\"5\")"),
    ("print", "print(\"here\"); 5"),
    ("debug", "debug(\"here\"); 5"),
    ("export", "let a = 5; export a; 5"),
];

fn script(body: &str) -> String {
    format!(
        "fn recurse(n) {{ recurse(n + 1) + 1 }}
fn ping(n) {{ pong(n) + 1 }}
fn pong(n) {{ ping(n) + 1 }}
fn branch(n, d) {{ if d == 0 {{ n }} else {{ branch(n, d - 1) + branch(n, d - 1) }} }}
fn hostile(x) {{ let v = [x]; if v[0] == 1 {{ {body} }} else {{ 5 }} }}
"
    )
}

fn rules(body: &str) -> xinpei::author::folder::RuleFiles {
    let count = "id: a.n, type: count";
    let line = "id: s.x, formula: hostile(a.n), at_least: 0, at_most: 100, missing: 50";
    let declared = "functions:\n  - {id: hostile, label: {en: x}, basis: pilot, opaque: true, returns: {type: count, range: {from: 0, to: 100}}}\n";
    with(with(files(&[count], &[line]), "scripts/s.rhai", &script(body)), "scripts/functions.yaml", declared)
}

#[test]
fn a_hostile_function_is_a_fault_of_its_row() {
    let mut wrong = Vec::new();
    for (name, body) in HOSTILE {
        let rules = rules(body);
        let refused = mistakes(&rules);
        if !refused.is_empty() {
            wrong.push(format!("{name} is refused: {refused:?}"));
            continue;
        }
        let rulebook = load(&rules);
        let mut builder = BatchBuilder::new(rulebook.dictionary());
        for n in [0, 1, 2] {
            builder.dossier(&dossier(&format!("{{\"a.n\": {n}}}")));
        }
        let batch = builder.finish();
        // A busy machine gets a second and a third chance.
        let mut took = Duration::MAX;
        for _ in 0..3 {
            let start = Instant::now();
            drop(rulebook.score(&batch, today()));
            took = took.min(start.elapsed());
            if took <= PATIENCE {
                break;
            }
        }
        if took > PATIENCE {
            wrong.push(format!("{name} took {took:?}"));
        }
        let outcome = rulebook.score(&batch, today());
        for (row, points) in [(0, "5"), (1, "50"), (2, "5")] {
            let decision = outcome.decision(row);
            let got = decision.characteristics[0].points.to_string();
            let faults: Vec<_> = decision.faults.iter().map(|f| (f.fact.as_str(), f.kind)).collect();
            let expected: &[_] = if row == 1 { &[("hostile", FaultKind::Script)] } else { &[] };
            if got != points || faults != expected {
                wrong.push(format!("{name}, row {row}: {got} points and {:?}", decision.faults));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_no_script_may_ask_never_runs() {
    for (name, body) in FORBIDDEN {
        let rules = rules(body);
        if mistakes(&rules).is_empty() {
            let rulebook = load(&rules);
            for n in [1, 2] {
                let decision = rulebook.decide(&dossier(&format!("{{\"a.n\": {n}}}")), today());
                assert_eq!(
                    decision.faults.first().map(|f| (f.fact.as_str(), f.kind)),
                    Some(("hostile", FaultKind::Script)),
                    "{name}: {n}"
                );
            }
        }
    }
}

#[test]
fn the_deepest_allowed_calls_fit_a_small_stack() {
    // Twenty calls, each from inside twenty brackets: within every limit, on half a usual stack.
    let open = "(1 + ".repeat(20);
    let close = ")".repeat(20);
    let body = format!(
        "down(20) }} else if v[0] == 7 {{ 0 }} else {{ 5 }} }} fn down(n) {{ if n < 1 {{ return 0; }} {open}down(n - 1){close} }} fn rest(v) {{ if v[0] == 1 {{ 5 "
    );
    let rules = rules(&body);
    assert_eq!(mistakes(&rules), Vec::<String>::new());
    let work = move || {
        let decision = load(&rules).decide(&dossier(r#"{"a.n": 1}"#), today());
        decision.faults.iter().map(|f| f.value.clone()).collect::<Vec<_>>()
    };
    let faults = std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(work)
        .expect("a thread")
        .join()
        .expect("the stack holds");
    // 20 · 20 = 400 lies outside the declared range.
    assert_eq!(faults.len(), 1, "{faults:?}");
}
