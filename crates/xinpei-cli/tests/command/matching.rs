//! `xinpei match`.

use crate::place::{CODES, Place};
use crate::zone::{county, json, words};

const DAY: [&str; 2] = ["--as-of", "2026-06-15"];

#[test]
fn what_one_enterprise_is_offered() {
    let place = county();
    let ran = place.run(&["match", CODES[1], "data", DAY[0], DAY[1]]);
    let text = words(&ran);
    for said in [
        "启源机械 67 B",
        "Town bank · Credit line not admitted town_bank.line",
        "✗ No tax arrears Tax arrears 9,999.99",
        "✗ No open case Enforcement cases 2 records, latest 2026-02-01",
        // Nothing closes the case.
        "no plan opens it: no measure changes: No open case",
        "Town bank · Micro loan admitted town_bank.micro limit CNY 40,000.01",
    ] {
        assert!(text.contains(said), "`{said}` is not in:\n{}", ran.out);
    }
    let text = words(&place.run(&["match", CODES[3], "data", DAY[0], DAY[1]]));
    assert!(text.contains("✗ No tax arrears Tax arrears 5,000.00"), "{text}");
    assert!(text.contains("→ can be opened in 1 month for CNY 5,000.00: Pay the arrears"), "{text}");
    let zh = words(&place.run(&["match", CODES[0], "data", DAY[0], DAY[1], "--lang", "zh"]));
    assert!(zh.contains("准入 town_bank.line 额度（元） 100,000.00 · 年利率 3.50 % · 有效至 2026-12-15"), "{zh}");
    // The third is D, and nothing takes it off the court's list.
    let text = words(&place.run(&["match", CODES[2], "data", DAY[0], DAY[1]]));
    assert!(text.contains("✗ Credit grade at least B is D → no plan opens it: Dishonest judgment debtor"), "{text}");
}

#[test]
fn what_products_admit() {
    let place = county();
    let all = json(&place.run(&["match", "data", DAY[0], DAY[1], "--format", "json"]));
    let product = |at: usize| &all["products"][at];
    assert_eq!((&product(0)["admitted"], &product(0)["limits"]), (&1.into(), &"100000.00".into()));
    // 50 000, 40 000.01, 45 000; the fifth owes too much, the third is D.
    assert_eq!((&product(1)["admitted"], &product(1)["limits"]), (&3.into(), &"135000.01".into()));
    let asked = &product(0)["conditions"];
    let counts: Vec<(u64, u64)> = asked
        .as_array()
        .expect("conditions")
        .iter()
        .map(|c| (c["unmet"].as_u64().expect("a count"), c["alone"].as_u64().expect("a count")))
        .collect();
    assert_eq!(counts, [(1, 1), (3, 2), (1, 0)]);
    let unmet = |all: &serde_json::Value| all["enterprises"][3]["offers"][0]["unmet"][0].clone();
    assert_eq!((&unmet(&all)["label"]["en"], unmet(&all).get("facts")), (&"No tax arrears".into(), None));
    let lender = json(&place.run(&["match", "data", DAY[0], DAY[1], "--lender", "town_bank", "--format", "json"]));
    assert_eq!(unmet(&lender)["facts"][0]["value"], "5000.00");
    let text = words(&place.run(&["match", "data", DAY[0], DAY[1], "--product", "town_bank.micro"]));
    assert!(text.contains("admitted 3 / 5 (60.0 %) · limits together CNY 135,000.01"), "{text}");
    assert!(text.contains("One condition away (2)") && text.contains("远航食品 B 65 Arrears below 10 000"), "{text}");
}

/// The second has a grave alert, an open case: it is admitted, but not recommended.
#[test]
fn what_a_lender_is_recommended() {
    let place = county();
    let text = words(&place.run(&["match", "data", DAY[0], DAY[1], "--recommend"]));
    let list = "Town bank · recommended (2) 晨泰电子 A 100 Credit line 100,000.00 3.50 %; Micro loan 50,000.00 云图新材 A 82 Micro loan 45,000.00";
    assert!(text.contains(list), "{text}");
    assert!(
        text.contains("for faults in the data (1) 启源机械 B 67 Micro loan 40,000.01 ! An enforcement case is open"),
        "{text}"
    );
}

#[test]
fn mistaken_calls() {
    let place = county();
    let run = |more: &[&str]| place.run(&[&["match", "data"], more, &DAY[..]].concat());
    run(&["--product", "town_bank.micr"]).refused(&["there is no product `town_bank.micr`", "`town_bank.micro`"]);
    run(&["--lender", "city"]).refused(&["there is no lender `city`", "`town_bank`"]);
    let unknown = place.run(&["match", "91000000MA00000900", "data", DAY[0], DAY[1]]);
    unknown.refused(&["has no enterprise `91000000MA00000900`"]);
    Place::new().run(&["match", "data", DAY[0], DAY[1]]).refused(&["has no products; write them in products/*.yaml"]);
}
