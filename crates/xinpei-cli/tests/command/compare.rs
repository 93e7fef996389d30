//! `xinpei diff` and `xinpei compare`.

use crate::place::{CODES, Place};

/// The starter's rules, and a second version in which arrears earn 12 points up to 5 000 and not 10 000.
fn two_versions() -> Place {
    let place = Place::new();
    for file in place.files("rules/county/2026.1") {
        let text = place.read(&format!("rules/county/2026.1/{file}"));
        place.write(&format!("rules/county/2026.2/{file}"), text);
    }
    place.change("rules/county/2026.2/rulebook.yaml", "version: \"2026.1\"", "version: \"2026.2\"");
    place.change("rules/county/2026.2/rulebook.yaml", "from: 2026-01-01", "from: 2027-01-01");
    place.change(
        "rules/county/2026.2/sections/1-tax.yaml",
        "{below: 10_000, points: 12}",
        "{below: 5_000, points: 12}",
    );
    place
}

const OLD: &str = "rules/county/2026.1";
const NEW: &str = "rules/county/2026.2";

#[test]
fn a_difference_in_words() {
    let place = two_versions();
    let ran = place.run(&["diff", OLD, NEW]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("from 5,000, below 10,000 CNY: 12 → "), "{}", ran.out);
    assert!(ran.out.contains("  version: 2026.1 → 2026.2\n"), "{}", ran.out);
    let zh = place.run(&["diff", OLD, NEW, "--lang", "zh"]).out;
    assert!(zh.contains("不低于 5,000、低于 10,000 元：12 → "), "{zh}");
    let json: serde_json::Value =
        serde_json::from_str(&place.run(&["diff", OLD, NEW, "--format", "json"]).out).unwrap();
    let change = json["changes"].as_array().unwrap().iter().find(|c| c["id"] == "tax.arrears").unwrap();
    assert_eq!((change["action"].as_str(), change["details"][0]["old"].as_str()), (Some("changed"), Some("12")));
    let same = place.run(&["diff", OLD, OLD]);
    assert_eq!((same.code, same.out.lines().last()), (0, Some("Both say the same.")));
}

/// By hand: the second enterprise owes 9 999.99 yuan, which is in the open band now: 67 − 12 = 55 points,
/// grade C, or B where B begins at 55. The others stay: 100 + 67 + 75 = 242, and 230 after.
#[test]
fn two_versions_over_one_folder() {
    let place = two_versions();
    let run = |place: &Place, more: &[&str]| {
        let mut args = vec!["compare", OLD, NEW, "data", "--as-of", "2026-06-15"];
        args.extend(more);
        place.run(&args)
    };
    let ran = run(&place, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let words = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("enterprises 3 nothing changes 2 66.7 % something changes 1 33.3 %"), "{}", ran.out);
    assert!(words.contains("another grade or status 1 33.3 % a better grade 0 0.0 % a worse grade 1"), "{}", ran.out);
    assert!(words.contains("sum of all scores 242 → 230 (−12)"), "{}", ran.out);
    assert!(words.contains("A C D total A 1 · · 1 B · 1 · 1 D · · 1 1 total 1 1 1 3"), "{}", ran.out);
    let ran = run(&place, &["--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((&json["moved"], &json["worse"]), (&1.into(), &1.into()));
    let moved = &json["moves"][0];
    assert_eq!(moved["enterprise"], CODES[1]);
    assert_eq!(moved["new"]["score"], "55");
    assert_eq!((&moved["old"]["grade"], &moved["new"]["grade"]), (&"B".into(), &"C".into()));
    assert_eq!(moved["shifts"].as_array().unwrap().len(), 1);
    assert_eq!((&moved["shifts"][0]["id"], &moved["shifts"][0]["shift"]), (&"tax.arrears".into(), &"-12".into()));
    let zh = run(&place, &["--lang", "zh"]).out;
    assert!(zh.contains("启源机械") && zh.contains("B 67 → C 55"), "{zh}");
    place.change("rules/county/2026.2/grades.yaml", "{id: B, from: 60", "{id: B, from: 55");
    let words = run(&place, &[]).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("another grade or status 0 0.0 %") && words.contains("(−12)"), "{words}");
    place.change("rules/county/2026.2/grades.yaml", "{id: B, from: 55", "{id: B, from: 60");
    assert!(run(&place, &["--moved", "0"]).out.lines().all(|line| !line.contains("启源机械")));
}

#[test]
fn rulebooks_with_other_facts_read_the_input_each() {
    let place = two_versions();
    place.change(
        "rules/county/2026.2/facts/tax.yaml",
        "facts:\n",
        "facts:\n  - {id: tax.more, label: {zh: 多, en: More}, type: flag}\n",
    );
    let ran = place.run(&["compare", OLD, NEW, "data", "--as-of", "2026-06-15"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("242 → 230"), "{}", ran.out);
    place.write(
        "in.csv",
        format!("enterprise,tax.grade,tax.arrears,tax.more\n{},A,7000,true\n12345,A,1,true\n", CODES[0]),
    );
    let ran = place.run(&["compare", OLD, NEW, "in.csv", "--as-of", "2026-06-15"]);
    assert!(ran.out.contains("1 more row was rejected and not compared"), "{}{}", ran.out, ran.err);
}

#[test]
fn what_cannot_be_compared() {
    let place = two_versions();
    place
        .run(&["diff", "rules/county", NEW])
        .refused(&["`rules/county` has 2 versions", "2026.1 or rules/county/2026.2"]);
    place.run(&["diff", "nowhere", NEW]).refused(&["`nowhere` is not a folder"]);
    place.run(&["compare", OLD, NEW, "nothing.csv", "--as-of", "2026-06-15"]).refused(&["`nothing.csv`"]);
    place.change("rules/county/2026.2/grades.yaml", "from: 60", "from: sixty");
    let ran = place.run(&["diff", OLD, NEW]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("grades.yaml:") && ran.err.contains("`sixty` is not a decimal number"), "{}", ran.err);
}
