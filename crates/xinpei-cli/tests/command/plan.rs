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
        "The target can be reached: 1 month, CNY 9,999.99, 1 measure. No plan is cheaper.",
        "1. Pay the arrears  (tax.pay)",
        "   2026-06-15 → 2026-06-25   CNY 9,999.99",
        "   evidence Tax receipt",
        "     Tax arrears  9999.99 → 0.00  tax.arrears",
        "   on 2026-06-25: 75 B",
        "  +10     Tax credit grade  is Grade B  → no measure\n",
        "  → Pay the arrears: +8, CNY 9,999.99\n",
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
        "可以达到目标：1 个月，9,999.99 元，1 项措施。没有更省的方案。",
        "   证明材料 完税凭证",
        "1. 缴清欠税  (tax.pay)",
        "  → 缴清欠税：+8，9,999.99 元\n",
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

/// A product of a lender as the target: the plan that `match` shows, kept and replayed like every other. The
/// score is 67, grade B, and the bank asks for B without arrears.
#[test]
fn a_product_as_the_target() {
    let place = place();
    place.write(
        "rules/county/2026.1/products/bank.yaml",
        "lender: bank
label: {zh: 银行, en: Bank}
products:
  - id: bank.credit
    label: {zh: 信用贷, en: Unsecured loan}
    basis: pilot
    floor: B
    conditions: [{label: {zh: 无欠税, en: No arrears}, when: tax.arrears == 0}]
    limit: 100_000
",
    );
    let call =
        |more: &[&str]| place.run(&[&["plan", CODES[1], "data", "--as-of", "2026-06-15", "--target"], more].concat());
    let text = call(&["bank.credit", "--lang", "en"]);
    assert_eq!(text.code, 0, "{}", text.err);
    for line in [
        "now 67 B → target Unsecured loan bank.credit B (from 60)\n",
        "The target can be reached: 1 month, CNY 9,999.99, 1 measure.",
        "2026-07-15 review: 75 B, above the target by 15",
    ] {
        assert!(text.out.contains(line), "`{line}` is not in:\n{}", text.out);
    }
    assert!(call(&["bank.credit", "--lang", "zh"]).out.contains("→ 目标 信用贷 bank.credit B (不低于 60)"));
    let page = call(&["bank.credit", "--format", "html"]).out;
    assert!(page.contains("目标 target <strong>信用贷 Unsecured loan · B (60)</strong>"), "{page}");
    let plan = call(&["bank.credit", "--format", "json"]).out;
    let answer: serde_json::Value = serde_json::from_str(&plan).expect("JSON");
    assert_eq!(answer["request"]["target"], serde_json::json!({"product": "bank.credit"}));
    // The same as the lender is shown.
    let matched = place.run(&["match", CODES[1], "data", "--as-of", "2026-06-15", "--format", "json"]);
    let matched: serde_json::Value = serde_json::from_str(&matched.out).expect("JSON");
    let road = &matched["enterprises"][0]["offers"][0]["road"];
    assert_eq!((&road["cost"], &road["review"]), (&answer["plan"]["cost"], &answer["plan"]["review"]), "{road}");
    assert_eq!(road["measures"][0], answer["plan"]["steps"][0]["measure"]);
    place.write("plan.json", &plan);
    let same = place.run(&["replay", "plan.json", "data"]);
    assert_eq!(same.code, 0, "{}{}", same.out, same.err);
    let wrong = call(&["bank.debit"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("no grade `bank.debit` and no product of that name; grades here: `A`, `B`, `C`, `D`; products here: `bank.credit`")
    );
}

/// A plan that was kept is made again and found the same; one whose text or facts changed is not.
#[test]
fn a_recorded_plan_replays() {
    let place = place();
    let call = ["plan", CODES[1], "data", "--as-of", "2026-06-15", "--target", "70", "--format", "json"];
    let plan = place.run(&call);
    place.write("plan.json", &plan.out);
    let same = place.run(&["replay", "plan.json", "data"]);
    assert_eq!(same.code, 0, "{}{}", same.out, same.err);
    assert!(same.err.contains("the plan is the same; steps scored again: 1"), "{}", same.err);
    place.write("other.json", plan.out.replace("\"cost\": \"9999.99\"", "\"cost\": \"9.99\""));
    let other = place.run(&["replay", "other.json", "data"]);
    assert_eq!(other.code, 1, "{}", other.err);
    assert!(other.out.contains("cost: 9.99 → 9999.99"), "{}", other.out);
    place.change("rules/county/2026.1/measures/tax.yaml", "duration: 10 days", "duration: 11 days");
    let moved = place.run(&["replay", "plan.json", "data"]);
    assert_eq!(moved.code, 1);
    assert!(moved.out.contains("[rulebook changed]"), "{}", moved.out);
    place.write("broken.json", "{\n");
    let broken = place.run(&["replay", "broken.json", "data"]);
    assert_eq!(broken.code, 2);
    assert!(broken.err.contains("is not a recorded plan"), "{}", broken.err);
}

#[test]
fn a_budget() {
    let place = place();
    let call = |more: &[&str]| {
        place.run(&[&["plan", CODES[1], "data", "--as-of", "2026-06-15", "--lang", "en"], more].concat())
    };
    let short = call(&["--target", "70", "--budget", "9999.98"]);
    assert_eq!(short.code, 0, "{}", short.err);
    assert!(short.out.contains("The budget is short; the cheapest plan costs CNY 9,999.99"), "{}", short.out);
    let best = call(&["--target", "best", "--budget", "9999.99"]);
    assert!(best.out.contains("2026-07-15 review: 75 B"), "{}", best.out);
    let wrong = call(&["--budget", "-1"]);
    assert_eq!(wrong.code, 2);
}

/// The page is the same each time, has both languages and no script, and text from data stays text.
#[test]
fn a_page_to_print() {
    let place = place();
    place.change("rules/county/2026.1/measures/tax.yaml", "en: Pay the arrears", "en: 'Pay <b>all</b> & more'");
    let call = ["plan", CODES[1], "data", "--as-of", "2026-06-15", "--target", "70", "--format", "html"];
    let (page, again) = (place.run(&call), place.run(&call));
    assert_eq!(page.code, 0, "{}", page.err);
    assert_eq!(page.out, again.out);
    for part in
        ["<!DOCTYPE html>", "缴清欠税", "Pay &lt;b&gt;all&lt;/b&gt; &amp; more", "<svg", "2026-07-15 复评 review"]
    {
        assert!(page.out.contains(part), "`{part}` is not in:\n{}", page.out);
    }
    assert!(!page.out.contains("<script") && !page.out.contains("<b>all"));
    // Every element that is opened is closed.
    for tag in ["main", "section", "dl", "table", "svg", "h1", "h2", "h3", "p", "tr", "td", "th", "dd", "dt", "span"] {
        let count = |text: &str| page.out.matches(text).count();
        assert_eq!(count(&format!("<{tag}>")) + count(&format!("<{tag} ")), count(&format!("</{tag}>")), "{tag}");
    }
}

/// The arrears are paid on 25 June, and the review is on 15 July: within rules that end on the 31st, and behind
/// rules that end on 30 June. Either way the answer says how far it looks.
#[test]
fn rules_that_end() {
    let place = place();
    let ends = |day: &str| {
        let file = "rules/county/2026.1/rulebook.yaml";
        let text = place.read(file);
        let line = text.lines().find(|line| line.starts_with("effective:")).expect("a window");
        place.write(file, text.replace(line, &format!("effective: {{from: 2026-01-01, to: {day}}}")));
    };
    let call = |more: &[&str]| {
        let words = ["plan", CODES[1], "data", "--as-of", "2026-06-15", "--target", "70", "--months", "12"];
        let ran = place.run(&[&words, more].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.out
    };
    ends("2026-07-31");
    let text = call(&["--lang", "en"]);
    assert!(text.contains("2026-07-15 review: 75 B"), "{text}");
    assert!(text.contains("\nRules known until 2026-07-31: later days were not looked at.\n"), "{text}");
    assert!(call(&["--lang", "zh"]).contains("\n规则有效期至 2026-07-31，"));
    let page = call(&["--format", "html"]);
    assert!(page.contains("规则有效期至 2026-07-31，") && page.contains("Rules known until 2026-07-31"), "{page}");
    let answer: serde_json::Value = serde_json::from_str(&call(&["--format", "json"])).expect("JSON");
    assert_eq!(answer["rules_until"], "2026-07-31");
    ends("2026-06-30");
    let text = call(&["--lang", "en"]);
    assert!(text.contains("No plan reaches the target in time") && !text.contains("2026-07"), "{text}");
    assert!(text.contains("Waiting alone is not enough while these rules are in force."), "{text}");
}
