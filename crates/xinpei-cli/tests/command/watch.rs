//! `xinpei watch`.

use crate::place::CODES;
use crate::zone::{county, json, later, words};

#[test]
fn two_deliveries() {
    let place = county();
    later(&place);
    let run = |more: &[&str]| place.run(&[&["watch", "data", "later", "--as-of", "2026-06-15"], more].concat());
    let text = words(&run(&[]));
    for said in [
        "4 enterprises watched: 2 have a better grade and 1 a worse one; 0 came and 1 are gone.",
        "Worse grades (1) 晨泰电子 A 100 → B 70 Tax arrears -20, Tax credit grade -10",
        "恒川商贸 D 75 → B 75 ⊖ Dishonest judgment debtor",
        "启源机械 B 67 → A 82 Open enforcement cases of two years +15",
        "Products that no longer admit (2) 晨泰电子 B 70 Credit line ✗ No tax arrears 晨泰电子 B 70 Micro loan ✗ Arrears below 10 000",
        "Adverse records that ran out or were lifted (1) 恒川商贸 B 75 Published as dishonest was until 2026-06-19",
        "Alerts that ended (1) 启源机械 A 82 An enforcement case is open",
        "Reached the admission line (1) 恒川商贸 T0 → T2 D 75 → B 75",
        "Fell below the admission line (1) 晨泰电子 T2 → T1",
        "Enterprises that are gone (1) 云图新材",
    ] {
        assert!(text.contains(said), "`{said}` is not in:\n{text}");
    }
    // The other way round: what ended came, with the facts that caused it.
    let back = words(&place.run(&["watch", "later", "data", "--as-of", "2026-06-15"]));
    for said in [
        "Dishonesty: newly on public lists (1) 恒川商贸 D 75 Published as dishonest Dishonest judgment debtor no → yes, until 2026-06-19",
        "New alerts: high (1) 启源机械 B 67 An enforcement case is open Enforcement cases 1 record, latest 2026-01-15 → 2 records, latest 2026-02-01",
        "New enterprises (1) 云图新材",
    ] {
        assert!(back.contains(said), "`{said}` is not in:\n{back}");
    }
    let zh = words(&run(&["--lang", "zh"]));
    assert!(zh.contains("监测 4 户：等级上升 2 户，下降 1 户；新增 0 户，减少 1 户。"), "{zh}");
}

#[test]
fn for_one_lender_and_for_one_department() {
    let place = county();
    later(&place);
    let run = |more: &[&str]| place.run(&[&["watch", "data", "later", "--as-of", "2026-06-15"], more].concat());
    // The lender's products admitted the first, the second and the fourth, which is gone.
    let lender = json(&run(&["--lender", "town_bank", "--format", "json"]));
    assert_eq!((&lender["watched"], &lender["worse"]), (&2.into(), &1.into()));
    let first = &lender["enterprises"][0];
    assert_eq!((&first["enterprise"], &first["went"][0]["id"]), (&CODES[0].into(), &"town_bank.line".into()));
    let court = json(&run(&["--department", "court", "--format", "json"]));
    let list = court["enterprises"].as_array().expect("a list");
    assert_eq!((list.len(), &list[0]["enterprise"]), (1, &CODES[2].into()));
    run(&["--lender", "town"]).refused(&["there is no lender `town`", "`town_bank`"]);
    run(&["--department", "tax"]).refused(&["there is no department `tax`"]);
}

/// The open case of the second was filed on 2026-01-15 and counts for 24 months: on 2028-01-15 these are over,
/// on 2028-02-15 there are 25.
#[test]
fn two_dates_over_one_delivery() {
    let place = county();
    let run = |since: &str, as_of: &str| place.run(&["watch", "data", "--since", since, "--as-of", as_of]);
    let same = words(&run("2026-06-15", "2028-02-14"));
    assert!(same.contains("0 have a better grade and 0 a worse one"), "{same}");
    let text = words(&run("2026-06-15", "2028-02-15"));
    assert!(text.contains("启源机械 B 67 → A 82 Open enforcement cases of two years +15"), "{text}");
    assert!(text.contains("Stale sources (1) arrears.csv"), "{text}");
    run("2026-06-16", "2026-06-15").refused(&["--since 2026-06-16 lies after --as-of 2026-06-15"]);
    assert_eq!(place.run(&["watch", "data", "--as-of", "2026-06-15"]).code, 2);
}
