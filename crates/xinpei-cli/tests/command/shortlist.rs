//! `xinpei shortlist`.

use crate::place::{CODES, Place};
use crate::zone::{county, json, words};

fn run(place: &Place, more: &[&str]) -> crate::place::Ran {
    place.run(&[&["shortlist", "data", "--as-of", "2026-06-15"], more].concat())
}

/// Plans cost what is owed: 9 999.99, 5 000 and 20 000. Two of them cost 14 999.99 together.
#[test]
fn the_most_enterprises_within_a_budget() {
    let place = county();
    let list = json(&run(&place, &["--budget", "15000", "--format", "json"]));
    assert_eq!((&list["line"], &list["grade"], &list["cost"]), (&"T2".into(), &"B".into(), &"14999.99".into()));
    let names = |key: &str| -> Vec<&str> {
        list[key].as_array().expect("a list").iter().map(|e| e["enterprise"].as_str().expect("a key")).collect()
    };
    assert_eq!(names("chosen"), [CODES[3], CODES[1]]);
    assert_eq!(names("left"), [CODES[4]]);
    // 20 000 − (15 000 − 14 999.99)
    assert_eq!((&list["left"][0]["short"], &list["left"][0]["measures"][0]), (&"19999.99".into(), &"tax.pay".into()));
    assert_eq!(list["chosen"][1]["result"], serde_json::json!(["75", "B"]));
    let refused = &list["refused"][0];
    assert_eq!((&refused["unmet"][0], &refused["barred"][0]), (&"zone.graded".into(), &"zone.listed".into()));
    assert_eq!((&list["counts"]["enterprises"], &list["counts"]["reached"]), (&5.into(), &1.into()));

    let text = words(&run(&place, &["--capacity", "1"]));
    assert!(
        text.contains("Of 5 enterprises 1 have reached the line. A plan leads 3 there; 1 are chosen, for CNY 5,000.00"),
        "{text}"
    );
    assert!(text.contains("2 远航食品 T1 65 B → A 20,000.00 capacity 1 Pay the arrears"), "{text}");
    assert!(text.contains("not met 1 Has a tax credit grade barred by 1 Dishonest judgment debtor"), "{text}");
    let zh = words(&run(&place, &["--capacity", "1", "--lang", "zh"]));
    assert!(zh.contains("5 户中 1 户已达准入线；3 户有方案可达，选出 1 户，共需 5,000.00 元。"), "{zh}");
}

/// Once its arrears are paid the second may borrow 50 000, for its case is open; the others 100 000.
#[test]
fn the_most_credit_is_another_choice() {
    let place = county();
    let credit = json(&run(&place, &["--budget", "25000", "--by", "credit", "--format", "json"]));
    let names: Vec<&str> =
        credit["chosen"].as_array().expect("a list").iter().map(|e| e["enterprise"].as_str().expect("a key")).collect();
    assert_eq!((names, &credit["credit"]), (vec![CODES[3], CODES[4]], &"200000.00".into()));
    assert_eq!(credit["proved"], true);
    let most = json(&run(&place, &["--budget", "25000", "--format", "json"]));
    assert_eq!((&most["counts"]["chosen"], &most["credit"]), (&2.into(), &"150000.00".into()));
}

#[test]
fn a_grade_as_the_line_and_everybody() {
    let place = county();
    // To A: the second has 75 at most, and in 24 months its case counts no longer; the fourth has it.
    let list = json(&run(&place, &["--line", "A", "--everybody", "--format", "json", "--months", "6"]));
    assert_eq!((&list["counts"]["reached"], &list["counts"]["refused"]), (&2.into(), &0.into()));
    let none = list["none"].as_array().expect("a list");
    assert_eq!((none.len(), &none[0]["enterprise"]), (2, &CODES[1].into()));
    assert_eq!(none[1]["blocked"][0], "court.dishonest");
    assert_eq!(list["chosen"][0]["enterprise"], CODES[4]);
}

/// The bytes do not depend on the number of threads.
#[test]
fn threads_leave_no_trace() {
    let place = county();
    let one = run(&place, &["--budget", "15000", "--threads", "1", "--format", "json"]);
    let four = run(&place, &["--budget", "15000", "--threads", "4", "--format", "json"]);
    assert_eq!(one.out, four.out);
}

#[test]
fn mistaken_calls() {
    let place = county();
    run(&place, &["--line", "E"]).refused(&["there is no grade `E`; known here: `A`, `B`, `C`, `D`"]);
    assert!(run(&place, &["--budget", "-1"]).err.contains("not below zero"), "a budget below zero");
    std::fs::remove_file(place.path("rules/county/2026.1/tiers.yaml")).expect("the file was there");
    run(&place, &[]).refused(&["has no tiers.yaml, which names the line; say a grade"]);
    assert_eq!(run(&place, &["--line", "B"]).code, 0);
    let plain = Place::new();
    run(&plain, &[]).refused(&["has no measures; write them in measures/*.yaml"]);
}
