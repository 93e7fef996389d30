//! `xinpei explain`.

use crate::place::{CODES, Place};

#[test]
fn a_page_on_one_enterprise() {
    let ran = Place::new().run(&["explain", CODES[1], "data", "--as-of", "2026-06-15", "--sources"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let squeezed = ran
        .out
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n");
    for line in [
        "91000000MA00000232 启源机械",
        "rated · score 67 · grade B Fair · coverage 1.00",
        "Tax credit 42 / 60",
        "Tax credit grade Grade B 30 / 40 ███████▌ Tax bureau",
        "Tax arrears 9,999.99 12 / 20 ██████ Tax bureau",
        "Open enforcement cases of two years 1 25 / 40 ██████▎ Court",
        "score 67",
        "−15 Open enforcement cases of two years\n−10 Tax credit grade\n−8 Tax arrears",
        "Committee entitlement Priority support, until 2027-06-15 the zone's own choice\nalert An enforcement case is open the zone's own choice",
        "tax.arrears 9,999.99 arrears.csv:2 欠税",
        "court.cases.status settled cases.csv:3 状态",
    ] {
        assert!(squeezed.contains(line), "`{line}` is not in:\n{}", ran.out);
    }
}

#[test]
fn what_is_missing_and_overridden() {
    let ran = Place::new().run(&["explain", CODES[2], "data", "--as-of", "2026-06-15", "--lang", "zh"]);
    for line in [
        "  纳税信用级别        缺失  15 / 40  ███▊        税务局\n",
        "\n缺失的数据\n  税务局  纳税信用级别  tax.grade\n",
        "  不高于 D  失信被执行人  最高人民法院",
    ] {
        assert!(ran.out.contains(line), "`{line}` is not in:\n{}", ran.out);
    }
}

/// Two lines beside those of the other tests. By hand: 9 999.99 / 1000 is 10 without a fraction, and 10 less
/// 10 is nothing; the second enterprise is not listed.
const MORE: &str = "section: more
label: {zh: 其他, en: Others}
characteristics:
  - id: more.owed
    label: {zh: 欠税扣分, en: Owed}
    basis: pilot
    formula: 10 - round(bare(tax.arrears) / 1000, 0)
    at_least: 0
    at_most: 10
    missing: 5
  - id: more.listed
    label: {zh: 名单, en: Listed}
    basis: pilot
    first:
      - {when: court.dishonest || tax.grade == \"C\", points: 0}
      - {points: 5}
    missing: 0
";

/// What a formula comes to are its points: it is told by the facts that it reads, as a list of conditions
/// is.
#[test]
fn a_formula_and_a_list_of_conditions_tell_their_facts() {
    let place = Place::new();
    place.write("rules/county/2026.1/sections/3-more.yaml", MORE);
    let ran = place.run(&["explain", CODES[1], "data", "--as-of", "2026-06-15"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let squeezed = ran.out.lines().map(line).collect::<Vec<_>>().join("\n");
    let expected = "Others 5 / 15\nOwed 0 / 10 Tax bureau\nTax arrears 9,999.99\n\
                    Listed 5 / 5 ██████████ Court, Tax bureau\nDishonest judgment debtor no\nTax credit grade Grade B\n";
    assert!(squeezed.contains(expected), "{}", ran.out);
    // The canonical decision says what it always did.
    let json = place.run(&["explain", CODES[1], "data", "--as-of", "2026-06-15", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let lines = json["decision"]["characteristics"].as_array().unwrap();
    let owed = lines.iter().find(|line| line["id"] == "more.owed").unwrap();
    assert_eq!((&owed["value"], &owed["points"]), (&"0".into(), &"0".into()));
}

#[test]
fn what_changed_since_another_date() {
    let place = Place::new();
    // From July on a version deducts 20 for an open case: 30 + 12 + 20 = 62.
    place.change("rules/county/2026.1/rulebook.yaml", "{from: 2026-01-01}", "{from: 2026-01-01, to: 2026-06-30}");
    assert_eq!(place.run(&["new", "rules/county/2026.2"]).code, 0);
    place.change("rules/county/2026.2/rulebook.yaml", "{from: 2026-01-01}", "{from: 2026-07-01}");
    place.change("rules/county/2026.2/sections/2-court.yaml", "deduct: 15", "deduct: 20");
    let args = ["explain", CODES[1], "data", "--as-of", "2026-07-31", "--against", "2026-06-15"];
    let ran = place.run(&args);
    let squeezed = ran
        .out
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n");
    let expected =
        "compared with 2026-06-15 (county 2026.1)\nscore 67 → 62 −5\nOpen enforcement cases of two years 25 → 20 −5\n";
    assert!(squeezed.contains(expected), "{}", ran.out);
    let json: serde_json::Value =
        serde_json::from_str(&place.run(&[&args[..], &["--format", "json"]].concat()).out).unwrap();
    assert_eq!(json["decision"]["score"], "62");
    assert_eq!(json["changes"]["characteristics"][0]["id"], "court.cases");
    let steps: Vec<&str> =
        json["waterfall"].as_array().unwrap().iter().map(|s| s["amount"].as_str().unwrap()).collect();
    assert_eq!(steps, ["30", "12", "20"]);
}

#[test]
fn an_enterprise_that_is_not_there() {
    let place = Place::new();
    place.run(&["explain", CODES[4], "data", "--as-of", "2026-06-15"]).refused(&["`data` has no enterprise"]);
    place
        .run(&["explain", "91000000MA00000223", "data", "--as-of", "2026-06-15"])
        .refused(&["did you mean `91000000MA00000232`?"]);
    place.write("data/register.csv", "代码,名称,级别\n12345,错码,A\n");
    place.run(&["explain", "12345", "data", "--as-of", "2026-06-15"]).refused(&["was rejected", "register.csv:2"]);
}
