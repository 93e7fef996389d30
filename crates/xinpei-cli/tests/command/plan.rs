//! `xinpei plan`.

use crate::place::{CODES, Place};

/// Two measures for the county of the other tests.
const MEASURES: &str = "department: tax
label: {zh: 税务局, en: Tax bureau}
measures:
  - id: tax.pay
    label: {zh: 缴清欠税, en: Pay the arrears}
    basis: pilot
    evidence: {zh: 完税凭证, en: Tax receipt}
    when: tax.arrears > 0
    effects: [{fact: tax.arrears, reduce_to: 0}]
    cost: tax.arrears
    duration: 10 days
";

fn place() -> Place {
    let place = Place::new();
    place.write("rules/county/2026.1/measures/tax.yaml", MEASURES);
    place.change("rules/county/2026.1/facts/tax.yaml", "id: tax.arrears", "id: tax.arrears\n    mutability: only_down");
    place
}

#[test]
fn a_plan_on_a_page() {
    let place = place();
    let ran = place.run(&["plan", CODES[1], "data", "--as-of", "2026-06-15", "--target", "70", "--months", "12"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    // 67 points and 8 more without arrears.
    for line in [
        "now 67 B → target 70",
        "The target can be reached: measures 1, cost CNY 9,999.99, months 1. No plan is better.",
        "1. Pay the arrears  (tax.pay)",
        "   2026-06-15 → 2026-06-25   CNY 9,999.99",
        "   evidence Tax receipt",
        "     Tax arrears  9999.99 → 0.00  tax.arrears",
        "   on 2026-06-25: 75 B",
        "2026-07-15 review: 75 B, above the target by 5",
    ] {
        assert!(ran.out.contains(line), "`{line}` is not in:\n{}", ran.out);
    }
    let zh = place.run(&[
        "plan",
        CODES[1],
        "data",
        "--as-of",
        "2026-06-15",
        "--target",
        "70",
        "--months",
        "12",
        "--lang",
        "zh",
    ]);
    for line in [
        "可以达到目标：1 项措施，费用 9,999.99 元，1 个月。没有更省的方案。",
        "   材料 完税凭证",
        "1. 缴清欠税  (tax.pay)",
    ] {
        assert!(zh.out.contains(line), "`{line}` is not in:\n{}", zh.out);
    }
}

#[test]
fn the_facts_at_the_end_score_as_promised() {
    let place = place();
    let ran = place.run(&[
        "plan",
        CODES[1],
        "data",
        "--as-of",
        "2026-06-15",
        "--target",
        "70",
        "--months",
        "12",
        "--format",
        "json",
        "--facts",
        "end.jsonl",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let answer: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
    assert_eq!(answer["status"], "optimal");
    let score =
        place.run(&["score", "end.jsonl", "--rules", "rules/county", "--as-of", "2026-07-15", "--format", "json"]);
    let decision: serde_json::Value =
        serde_json::from_str(score.out.lines().next().expect("a decision")).expect("JSON");
    assert_eq!(decision["score"], answer["plan"]["result"]["score"], "{}{}", score.out, score.err);
    assert_eq!(decision["receipt"], answer["plan"]["receipt"]);
}

#[test]
fn why_there_is_none() {
    let place = place();
    let ran = place.run(&["plan", CODES[1], "data", "--as-of", "2026-06-15", "--target", "95"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for line in ["No plan reaches the target in time; this is why.", "needed 95   attainable at most"] {
        assert!(ran.out.contains(line), "`{line}` is not in:\n{}", ran.out);
    }
}

#[test]
fn mistaken_calls() {
    let place = place();
    let ran = place.run(&["plan", CODES[1], "data", "--as-of", "2026-06-15", "--target", "Z"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("there is no grade `Z`"), "{}", ran.err);
    let none = Place::new().run(&["plan", CODES[1], "data", "--as-of", "2026-06-15"]);
    assert_eq!(none.code, 2);
    assert!(none.err.contains("has no measures; write them in measures/*.yaml"), "{}", none.err);
}
