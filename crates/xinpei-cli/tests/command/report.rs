//! `xinpei report`.

use crate::place::CODES;
use crate::zone::{county, json, later, words};

#[test]
fn the_county_on_a_day() {
    let place = county();
    let text = words(&place.run(&["report", "data", "--as-of", "2026-06-15"]));
    for said in [
        "5 enterprises; 4 have an archive: coverage 80.0 %, the aim is 100 %",
        "A Good 2 40.0 %",
        "T2 Admitted 1 20.0 %",
        "4 are below the admission line: 3 can be cultivated, 1 are not taken in",
        // Against the full points: 8 + 20 + 8 of arrears, 10 + 25 + 10 + 15 of the grade, 15 of the case.
        "60 4 80.0 % Tax credit grade 36 3 60.0 % Tax arrears 15 1 20.0 % Open enforcement cases of two years",
        "Published as dishonest (1) 恒川商贸 91000000MA0000031W until 2026-06-19",
        "Committee entitlement 4 Priority support alert, high 1 An enforcement case is open",
        "1 100,000.00 Credit line 3 135,000.01 Micro loan",
    ] {
        assert!(text.contains(said), "`{said}` is not in:\n{text}");
    }
    let zh = words(&place.run(&["report", "data", "--as-of", "2026-06-15", "--lang", "zh"]));
    assert!(zh.contains("企业 5 户；已建档 4 户，建档率 80.0 %（目标 100 %）"), "{zh}");
}

/// Listed on 2024-06-20 for two years: 2026-06-19 is the last day.
#[test]
fn nothing_is_listed_after_its_last_day() {
    let place = county();
    let on = |day: &str| {
        let report = json(&place.run(&["report", "data", "--as-of", day, "--format", "json"]));
        let list =
            report["publicity"].as_array().expect("lists").iter().find(|l| l["id"] == "court.publicity").cloned();
        let list = list.expect("the list");
        let count = |key: &str| list[key].as_array().expect("entries").len();
        (count("entries"), count("over"))
    };
    assert_eq!((on("2026-06-18"), on("2026-06-19"), on("2026-06-20")), ((1, 0), (1, 0), (0, 1)));
    let text = words(&place.run(&["report", "data", "--as-of", "2026-06-20"]));
    assert!(text.contains("Published as dishonest (0) 1 are past their last day: not listed"), "{text}");
}

/// A fact behind a list that is at fault keeps an enterprise off it; a fault elsewhere does not.
#[test]
fn nothing_is_listed_on_faulty_data() {
    let place = county();
    let counts = || {
        let report = json(&place.run(&["report", "data", "--as-of", "2026-06-15", "--format", "json"]));
        let lists = report["publicity"].as_array().expect("lists").clone();
        let count = |key: &str| lists[0][key].as_array().expect("entries").len();
        (count("entries"), count("withheld"), report["refer"].as_u64())
    };
    place.write("data/arrears.csv", format!("代码,欠税,备注\n{},many,\n", CODES[2]));
    assert_eq!(counts(), (1, 0, Some(1)));
    place.write("data/dishonest.csv", format!("代码,失信,列入\n{},是,2024-06-31\n", CODES[2]));
    assert_eq!(counts(), (0, 1, Some(1)));
}

/// The second, the fourth and the fifth were in cultivation: the second still owes, the fourth is gone, the
/// fifth has paid.
#[test]
fn how_cultivation_went() {
    let place = county();
    later(&place);
    place.write("later/arrears.csv", format!("代码,欠税,备注\n{},\"9,999.99\",\n", CODES[1]));
    let run = |more: &[&str]| {
        place.run(
            &[&["report", "later", "--as-of", "2026-07-15", "--since", "2026-06-15", "--earlier", "data"], more]
                .concat(),
        )
    };
    let since = &json(&run(&["--format", "json"]))["cultivation"]["since"];
    let count = |key: &str| since[key].as_u64().expect("a count");
    // The second has 82 points now, 67 before: there is progress.
    assert_eq!((count("cultivated"), count("reached"), count("succeeded"), count("stagnant")), (2, 1, 1, 0));
    let text = words(&run(&[]));
    assert!(
        text.contains("since 2026-06-15: of 2 in cultivation then 1 have reached the line, a success rate of 50.0 %"),
        "{text}"
    );
    assert!(text.contains("success 1 Arrears paid"), "{text}");
}
