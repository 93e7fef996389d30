//! `xinpei check`, `xinpei test` and `xinpei new`.

use crate::place::Place;

#[test]
fn a_clean_rulebook() {
    let place = Place::new();
    let ran = place.run(&["check", "rules/county/2026.1"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let start = "county 2026.1: clean, 3 characteristics, 2 sections, 1 override, 2 outcomes, 1 function (0 opaque), digest sha256:";
    assert!(ran.out.starts_with(start), "{}", ran.out);
    assert_eq!(place.run(&["check", "rules", "--format", "json"]).out, "[]\n");
}

#[test]
fn a_mistake_is_shown_where_it_is() {
    let place = Place::new();
    place.change("rules/county/2026.1/sections/1-tax.yaml", "max: 60\n", "max: 60\nbogus: 1\n");
    let ran = place.run(&["check", "rules/county"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("error[X0201]: a section has no key `bogus`"), "{}", ran.out);
    assert!(ran.out.contains("rules/county/2026.1/sections/1-tax.yaml:5:1"), "{}", ran.out);
    assert!(ran.out.contains("5 │ bogus: 1\n"), "{}", ran.out);
    assert_eq!(ran.err, "rules/county/2026.1: 1 mistake\n");
    let json: serde_json::Value =
        serde_json::from_str(&place.run(&["check", "rules", "--format", "json"]).out).unwrap();
    assert_eq!(json[0]["code"], "X0201");
    assert_eq!((json[0]["line"].as_u64(), json[0]["column"].as_u64()), (Some(5), Some(1)));
    // Every verb that needs the rules says the same, beside its results.
    let ran = place.run(&["score", "data", "--as-of", "2026-06-30"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("rules/county/2026.1/sections/1-tax.yaml:5:1"), "{}", ran.err);
    let ran = place.run(&["test", "rules"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, "0 passed, 0 failed\n"));
}

#[test]
fn a_picture_points_below_chinese_text() {
    let place = Place::new();
    place.change(
        "rules/county/2026.1/facts/tax.yaml",
        "label: {zh: 欠税余额, en: Tax arrears}",
        "label: {zh: 欠税余额, cn: Tax arrears}",
    );
    let ran = place.run(&["check", "rules/county"]);
    let picture = ran.out.split("error[").find(|picture| picture.starts_with("X0219")).expect("a picture");
    let (line, marks) =
        picture.lines().zip(picture.lines().skip(1)).find(|(line, _)| line.contains("欠税余额")).expect("a line");
    // Four Chinese characters are eight columns wide: the marks start four places further right.
    let before = line.split("cn").next().unwrap().chars().count() + 4;
    assert_eq!(marks.chars().take_while(|c| *c != '━').count(), before, "{}", ran.out);
}

#[test]
fn a_file_that_is_missing_has_no_line() {
    let place = Place::new();
    std::fs::remove_file(place.path("rules/county/2026.1/grades.yaml")).unwrap();
    let ran = place.run(&["check", "rules/county", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let missing = json.as_array().unwrap().iter().find(|d| d["code"] == "X0211").expect("the file is missed");
    assert_eq!((missing["file"].as_str(), missing.get("line")), (Some("rules/county/2026.1/grades.yaml"), None));
}

#[test]
fn what_is_no_rulebook_is_refused() {
    let place = Place::new();
    place.run(&["check", "nowhere"]).refused(&["`nowhere`", "no such file"]);
    place.run(&["check", "data"]).refused(&["`data`", "rulebook.yaml"]);
    place.run(&["test", "nowhere"]).refused(&["`nowhere`"]);
}

#[test]
fn a_released_version_may_not_change() {
    let place = Place::new();
    let ran = place.run(&["check", "rules/county/2026.1", "--release"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("county 2026.1 is released: wrote rules/county/2026.1.lock"), "{}", ran.err);
    assert!(place.read("rules/county/2026.1.lock").starts_with("sha256:"));
    assert!(place.run(&["check", "rules/county", "--release"]).err.contains("was released before"));
    // Another spelling of the same rules is no change.
    place.change("rules/county/2026.1/grades.yaml", "from: 80,", "from:  80,");
    assert_eq!(place.run(&["check", "rules/county"]).code, 0);
    place.change("rules/county/2026.1/grades.yaml", "from:  80,", "from: 85,");
    let ran = place.run(&["check", "rules/county", "--release"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("X0310"), "{}", ran.out);
}

#[test]
fn two_versions_in_force_on_one_day() {
    let place = Place::new();
    assert_eq!(place.run(&["new", "rules/county/2026.2"]).code, 0);
    let ran = place.run(&["check", "rules/county"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("X0309") && ran.out.contains("rules/county/2026."), "{}", ran.out);
    assert_eq!(place.run(&["check", "rules/county/2026.2"]).code, 0);
}

#[test]
fn a_listing_names_every_characteristic() {
    let ran = Place::new().run(&["check", "rules/county", "--listing"]);
    assert_eq!(ran.code, 0);
    for id in ["tax.grade", "tax.arrears", "court.cases"] {
        assert!(ran.out.contains(id), "{}", ran.out);
    }
}

#[test]
fn cases_pass_or_fail() {
    let place = Place::new();
    let ran = place.run(&["test", "rules"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "3 passed, 0 failed\n", ""));
    place.change("rules/county/2026.1/cases/first.yaml", "score: 67", "score: 68");
    let ran = place.run(&["test", "rules"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains("rules/county/2026.1/cases/first.yaml:9: an-open-case\n    score: expected 68, got 67\n"),
        "{}",
        ran.out
    );
    assert!(ran.out.ends_with("2 passed, 1 failed\n"), "{}", ran.out);
    let json: serde_json::Value = serde_json::from_str(&place.run(&["test", "rules", "--format", "json"]).out).unwrap();
    assert_eq!((json["passed"].as_u64(), json["failures"][0]["id"].as_str()), (Some(2), Some("an-open-case")));
}

#[test]
fn new_overwrites_nothing_and_checks_names() {
    let place = Place::new();
    place.run(&["new", "rules/county/2026.1"]).refused(&["is not empty"]);
    place.run(&["new", "rules/My County/2026.1"]).refused(&["`My County` is not an id"]);
    place.run(&["new", "/"]).refused(&["names no id"]);
    assert_eq!(place.run(&["new", "rules/other/1"]).code, 0);
    assert_eq!(place.run(&["test", "rules/other"]).out, "3 passed, 0 failed\n");
}
