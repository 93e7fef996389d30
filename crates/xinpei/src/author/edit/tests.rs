//! Changes of single files: what the text looks like afterwards.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails where it must")]

use super::{Change, Tree};
use crate::author::folder::RuleFiles;
use crate::author::yaml::{self, Kind, Node};
use crate::date::Date;
use crate::diagnostic::Diagnostics;

const SECTION: &str = "\
# Of the tax bureau
section: tax
label: {zh: 税, en: Tax}
max: 200   # cap
characteristics:
  - id: tax.arrears
    label: {zh: 欠税, en: \"Arrears\"}
    basis: pilot
    of: tax.arrears
    points:                    # by upper edge
      - {upto: 0, points: 60}  # none
      - {below: 10_000, points: 40}
      # the rest
      - {points: 0}
    missing: 0   # nothing known

  - id: tax.grade
    label:
      zh: 级别
      en: >-
        Grade
        of tax

    basis: pilot
    of: tax.grade
    points: {A: 80, 'B': 60, else: 0} # by member
    missing: 30
  - id: tax.block
    points:
      - upto: 5
        points: 3
      -   points: 1
    first: [
      {when: a, points: 1}, # one
      {points: 0}
    ]
";

fn file(text: &str) -> RuleFiles {
    RuleFiles::from_texts([("sections/a.yaml", text)])
}

fn changed(text: &str, change: Change) -> String {
    let files = file(text).with_changes(&[change]).unwrap();
    String::from_utf8(files.files["sections/a.yaml"].clone()).unwrap()
}

fn refused(text: &str, change: Change) -> String {
    let error = file(text).with_changes(&[change]).unwrap_err();
    assert!(error.is_input(), "{error}");
    error.to_string()
}

/// Changes the section; the lines that went, and those that came.
fn lines(change: Change) -> (Vec<String>, Vec<String>) {
    let new = changed(SECTION, change);
    let (old, new): (Vec<&str>, Vec<&str>) = (SECTION.lines().collect(), new.lines().collect());
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let part = |all: &[&str]| all[head..all.len() - tail].iter().map(|l| (*l).to_owned()).collect();
    (part(&old), part(&new))
}

fn check(rule: &str, field: &str, value: Option<Tree>, old: &[&str], new: &[&str]) {
    let (was, is) = lines(Change { rule: rule.into(), field: field.into(), value });
    assert_eq!(was, old, "{rule} {field}");
    assert_eq!(is, new, "{rule} {field}");
}

fn number(text: &str) -> Option<Tree> {
    Some(Tree::number(text))
}

#[test]
fn a_single_value_changes_its_line_only() {
    check(
        "tax.arrears",
        "points[0].points",
        number("55"),
        &["      - {upto: 0, points: 60}  # none"],
        &["      - {upto: 0, points: 55}  # none"],
    );
    check(
        "tax.arrears",
        "points[1].below",
        number("12000"),
        &["      - {below: 10_000, points: 40}"],
        &["      - {below: 12000, points: 40}"],
    );
    check(
        "tax.arrears",
        "missing",
        number("-5"),
        &["    missing: 0   # nothing known"],
        &["    missing: -5   # nothing known"],
    );
    check("tax", "max", number("210.5"), &["max: 200   # cap"], &["max: 210.5   # cap"]);
    let members = "    points: {A: 80, 'B': 60, else: 0} # by member";
    check("tax.grade", "points.B", number("61"), &[members], &["    points: {A: 80, 'B': 61, else: 0} # by member"]);
    check("tax.block", "points[1].points", number("2"), &["      -   points: 1"], &["      -   points: 2"]);
    // The rule and its field in one.
    check("tax.block.points[0].upto", "", number("6"), &["      - upto: 5"], &["      - upto: 6"]);
    check(
        "characteristics.tax.block",
        "first[1].points",
        Some(Tree::text("x + 1")),
        &["      {points: 0}"],
        &["      {points: x + 1}"],
    );
}

#[test]
fn the_same_value_changes_nothing() {
    check("tax.arrears", "points[1].below", number("10000.00"), &[], &[]);
    check("tax.grade", "label.en", Some(Tree::text("Grade of tax")), &[], &[]);
    let points = [("else", Tree::number("0")), ("A", Tree::number("80")), ("B", Tree::number("60"))];
    check("tax.grade", "points", Some(Tree::map(points)), &[], &[]);
}

#[test]
fn texts_are_quoted_where_they_must_be() {
    let en = |text: &str| {
        let (_, new) = lines(Change::set("tax.grade", "label.zh", Tree::text(text)));
        new.concat().trim().to_owned()
    };
    assert_eq!(en("级别 2"), "zh: 级别 2");
    assert_eq!(en("a: b"), "zh: 'a: b'");
    assert_eq!(en("it's # 1"), "zh: 'it''s # 1'");
    assert_eq!(en("!present(x)"), "zh: '!present(x)'");
    assert_eq!(en("true"), "zh: \"true\"");
    assert_eq!(en("007"), "zh: \"007\"");
    assert_eq!(en("2026-01-01"), "zh: \"2026-01-01\"");
    assert_eq!(en("two\nlines\u{7}"), "zh: \"two\\nlines\\u0007\"");
    assert_eq!(en("x in [\"A\", 'B']"), "zh: x in [\"A\", 'B']");
    assert_eq!(en("- x"), "zh: '- x'");
    assert_eq!(en(""), "zh: \"\"");
    // Quotes that are there stay; inside braces commas and brackets need some.
    let arrears = |text: &str| lines(Change::set("tax.arrears", "label.en", Tree::text(text))).1.concat();
    assert_eq!(arrears("Owed"), "    label: {zh: 欠税, en: \"Owed\"}");
    let label = |text: &str| lines(Change::set("sections.tax", "label.en", Tree::text(text))).1.concat();
    assert_eq!(label("Tax, owed"), "label: {zh: 税, en: 'Tax, owed'}");
    let date = Date::parse("2026-04-01").unwrap();
    check("tax.block", "points[0].upto", Some(Tree::Date(date)), &["      - upto: 5"], &["      - upto: 2026-04-01"]);
}

#[test]
fn a_block_of_text_is_replaced_whole() {
    check(
        "tax.grade",
        "label.en",
        Some(Tree::text("Class")),
        &["      en: >-", "        Grade", "        of tax"],
        &["      en: Class"],
    );
}

#[test]
fn keys_are_added_where_the_format_has_them() {
    check("tax.arrears", "baseline", number("60"), &[], &["    baseline: 60"]);
    let new = changed(SECTION, Change::set("tax.arrears", "baseline", Tree::number("60")));
    assert!(new.contains("    missing: 0   # nothing known\n    baseline: 60\n\n  - id: tax.grade"), "{new}");
    let new = changed(SECTION, Change::set("sections.tax", "floor", Tree::number("0")));
    assert!(new.contains("max: 200   # cap\nfloor: 0\ncharacteristics:"), "{new}");
    // Between members, `else` stays last.
    check(
        "tax.grade",
        "points.C",
        number("20"),
        &["    points: {A: 80, 'B': 60, else: 0} # by member"],
        &["    points: {A: 80, 'B': 60, C: 20, else: 0} # by member"],
    );
    check("tax.arrears", "reason.code", Some(Tree::text("owed")), &[], &["    reason: {code: owed}"]);
    check("tax.arrears", "points[2].upto", number("9"), &["      - {points: 0}"], &["      - {upto: 9, points: 0}"]);
    let rows = vec![Tree::map([("when", Tree::text("a, b")), ("points", Tree::number("1"))])];
    let came = &["    first:", "      - {when: 'a, b', points: 1}"];
    check("tax.arrears", "first", Some(Tree::List(rows)), &[], came);
}

#[test]
fn keys_and_entries_are_removed() {
    check("tax", "max", None, &["max: 200   # cap"], &[]);
    check("tax.arrears", "missing", None, &["    missing: 0   # nothing known"], &[]);
    check("tax.arrears", "points[1].below", None, &["      - {below: 10_000, points: 40}"], &["      - {points: 40}"]);
    check("tax.arrears", "points[1]", None, &["      - {below: 10_000, points: 40}"], &[]);
    check("tax.block", "points[0].upto", None, &["      - upto: 5", "        points: 3"], &["      - points: 3"]);
    check(
        "tax.block",
        "first",
        None,
        &["    first: [", "      {when: a, points: 1}, # one", "      {points: 0}", "    ]"],
        &[],
    );
    check(
        "tax.grade",
        "label",
        None,
        &["    label:", "      zh: 级别", "      en: >-", "        Grade", "        of tax"],
        &[],
    );
}

#[test]
fn the_last_key_leaves_an_empty_map() {
    let text = "section: a\ncharacteristics:\n  - id: a.a\n    reason:   # why\n      code: x\n    missing: 1\n";
    let new = changed(text, Change::remove("a.a", "reason.code"));
    assert!(new.contains("    reason:   # why\n      {}\n    missing: 1\n"), "{new}");
    let text = text.replace("   # why", "");
    let new = changed(&text, Change::remove("a.a", "reason.code"));
    assert!(new.contains("    reason: {}\n    missing: 1\n"), "{new}");
    let back = changed(&new, Change::set("a.a", "reason.code", Tree::text("y")));
    assert!(back.contains("    reason: {code: y}\n"), "{back}");
}

fn band(edge: Option<(&str, &str)>, points: &str) -> Tree {
    let edge = edge.map(|(key, at)| (key, Tree::number(at)));
    Tree::map(edge.into_iter().chain([("points", Tree::number(points))]))
}

#[test]
fn a_block_of_points_keeps_its_style_and_its_comments() {
    let four = [
        band(Some(("upto", "0")), "60"),
        band(Some(("below", "5000")), "50"),
        band(Some(("upto", "20000")), "30"),
        band(None, "0"),
    ];
    let old = &["      - {below: 10_000, points: 40}"];
    let new = &["      - {below: 5000, points: 50}", "      - {upto: 20000, points: 30}"];
    check("tax.arrears", "points", Some(Tree::List(four.to_vec())), old, new);
    let one = Tree::List(vec![band(None, "1")]);
    let text = changed(SECTION, Change::set("tax.arrears", "points", one));
    assert!(
        text.contains("    points:                    # by upper edge\n      # the rest\n      - {points: 1}\n"),
        "{text}"
    );
    // Maps over several lines stay so.
    let three = Tree::List(vec![band(Some(("upto", "5")), "3"), band(Some(("below", "7")), "2"), band(None, "1")]);
    check("tax.block", "points", Some(three), &[], &["      - below: 7", "        points: 2"]);
    let members = Tree::map([("A", Tree::number("75")), ("C", Tree::number("5"))]);
    check(
        "tax.grade",
        "points",
        Some(members),
        &["    points: {A: 80, 'B': 60, else: 0} # by member"],
        &["    points: {A: 75, C: 5} # by member"],
    );
    // A map takes the place of a list, and a list that of a map.
    let members = Tree::map([("A", Tree::number("75")), ("B", Tree::number("5"))]);
    let text = changed(SECTION, Change::set("tax.block", "points", members));
    assert!(text.contains("  - id: tax.block\n    points: {A: 75, B: 5}\n    first: ["), "{text}");
    let text = changed(SECTION, Change::set("tax.grade", "points", Tree::List(four.to_vec())));
    assert!(text.contains("    points:\n      - {upto: 0, points: 60}\n      - {below: 5000, points: 50}\n"), "{text}");
    // A list in brackets over several lines.
    let rows = [("a", "1"), ("b", "2")].map(|(a, p)| Tree::map([("when", Tree::text(a)), ("points", Tree::number(p))]));
    let rows = rows.into_iter().chain([Tree::map([("points", Tree::number("0"))])]).collect();
    let text = changed(SECTION, Change::set("tax.block", "first", Tree::List(rows)));
    assert!(
        text.contains(
            "    first: [\n      {when: a, points: 1},\n      {when: b, points: 2},\n      {points: 0}\n    ]\n"
        ),
        "{text}"
    );
}

#[test]
fn several_changes_follow_one_another() {
    let changes = [
        Change::remove("tax.arrears", "points[2]"),
        Change::set("tax.arrears", "points[1]", band(None, "1")),
        Change::set("tax.arrears", "points[0].points", Tree::number("59")),
    ];
    let files = file(SECTION).with_changes(&changes).unwrap();
    let text = String::from_utf8(files.files["sections/a.yaml"].clone()).unwrap();
    assert!(text.contains("# by upper edge\n      - {upto: 0, points: 59}  # none\n      - {points: 1}\n"), "{text}");
}

#[test]
fn what_there_is_not_is_named() {
    let set = |rule: &str, field: &str| refused(SECTION, Change::set(rule, field, Tree::number("1")));
    assert_eq!(set("tax.arears", "missing"), "the rulebook has no rule `tax.arears`; did you mean `tax.arrears`?");
    let said = set("tax.arrears", "mising");
    assert!(
        said.contains("no field `mising`; did you mean `missing`?, in the change of `tax.arrears.mising`"),
        "{said}"
    );
    let said = set("tax.arrears", "points[3].points");
    assert!(said.contains("entries are [0] to [2]"), "{said}");
    let said = set("tax.arrears", "points[0].point");
    assert!(said.contains("did you mean `points`?"), "{said}");
    assert!(set("tax.arrears", "missing.x").contains("a single value has no field `x`"));
    assert!(set("tax.arrears", "").contains("names no field"));
    for field in ["points[", "points[x]", "a..b", "a.", "points[0]x", "[\"a"] {
        assert!(set("tax.arrears", field).contains("is not the path of a field"), "{field}");
    }
    let said = refused(SECTION, Change::remove("tax.arrears", "baseline"));
    assert!(said.contains("there is no `baseline` to remove"), "{said}");
    let said = refused(SECTION, Change::set("tax.arrears", "missing", Tree::number("1e3")));
    assert!(said.contains("`1e3` is not an exact decimal number"), "{said}");
    let twice = Tree::Map(vec![("A".into(), Tree::number("1")), ("A".into(), Tree::number("2"))]);
    assert!(refused(SECTION, Change::set("tax.grade", "points", twice)).contains("`A` stands twice"));
}

#[test]
fn aliases_are_not_followed() {
    let text = "section: a\ncharacteristics:\n  - id: a.a\n    points: &p [{upto: 1, points: 2}, {points: &n 0}]\n    missing: 1\n  - id: a.b\n    points: *p\n    missing: *n\n";
    let said = refused(text, Change::set("a.b", "points[0].points", Tree::number("3")));
    assert_eq!(
        said,
        "`a.b.points[0].points` is written as an alias in `sections/a.yaml`, line 7; write the value out there first"
    );
    // The value behind an anchor stands in two places.
    let said = refused(text, Change::set("a.a", "points[0].points", Tree::number("3")));
    assert!(said.contains("by an anchor and an alias"), "{said}");
    // The alias itself may go, and so may anything beside it.
    let new = changed(text, Change::set("a.b", "missing", Tree::number("7")));
    assert_eq!(new, text.replace("missing: *n", "missing: 7"));
    let new = changed(text, Change::set("a.b", "points", Tree::List(vec![band(None, "4")])));
    assert!(new.contains("  - id: a.b\n    points:\n      - {points: 4}\n    missing: *n"), "{new}");
    let new = changed(text, Change::set("a.a", "missing", Tree::number("2")));
    assert_eq!(new, text.replace("missing: 1", "missing: 2"));
}

#[test]
fn files_that_cannot_be_read_are_diagnosed() {
    for text in [SECTION.replace('\n', "\r\n"), format!("{SECTION}{SECTION}"), format!("{SECTION}x: [\n")] {
        let error = file(&text).with_changes(&[Change::set("tax", "max", Tree::number("1"))]).unwrap_err();
        assert!(error.diagnostics().is_some_and(|d| d.has_errors() && !d.files.text(0).is_empty()), "{error}");
    }
    let bytes = RuleFiles { files: [("sections/a.yaml".to_owned(), vec![0xff])].into(), ..RuleFiles::default() };
    assert!(bytes.with_changes(&[]).unwrap_err().diagnostics().is_some());
}

#[test]
fn one_id_for_two_rules() {
    let files = RuleFiles::from_texts([
        ("sections/a.yaml", "section: a\ncharacteristics:\n  - {id: a.a, label: {zh: x}, missing: 1}\n"),
        (
            "grades.yaml",
            "grades:\n  - {id: A, from: 5}\n  - {id: B}\noverrides:\n  - {id: a.a, label: {zh: x}, cap: A}\n",
        ),
        ("facts/a.yaml", "facts:\n  - {id: a.a, label: {zh: x}, type: money}\n"),
    ]);
    let text = |rule: &str, field: &str, path: &str| {
        let value = if field == "label.zh" { Tree::text("y") } else { Tree::number("9") };
        files
            .with_changes(&[Change::set(rule, field, value)])
            .map(|f| String::from_utf8(f.files[path].clone()).unwrap())
    };
    assert!(text("a.a", "missing", "sections/a.yaml").unwrap().contains("missing: 9"));
    assert!(text("a.a", "cap", "grades.yaml").unwrap().contains("cap: 9"));
    assert!(text("a.a", "range.to", "facts/a.yaml").unwrap().contains("type: money, range: {to: 9}}"));
    assert!(text("facts.a.a", "label.zh", "facts/a.yaml").unwrap().contains("zh: y"));
    assert!(text("grades.A", "from", "grades.yaml").unwrap().contains("{id: A, from: 9}"));
    assert!(text("grades", "A.from", "grades.yaml").unwrap().contains("{id: A, from: 9}"));
    let said = text("a.a", "label.zh", "grades.yaml").unwrap_err().to_string();
    assert!(said.contains("`overrides.a.a` or `characteristics.a.a`"), "{said}");
}

/// A value of a file as a change gives it.
fn tree(node: &Node) -> Tree {
    match &node.kind {
        Kind::Scalar { text, plain: true } if crate::decimal::parse(text).is_ok() => Tree::number(text),
        Kind::Scalar { text, plain: true } if text == "true" || text == "false" => Tree::Flag(text == "true"),
        Kind::Scalar { text, .. } => Date::parse(text).map_or_else(|| Tree::text(text), Tree::Date),
        Kind::List(list) => Tree::List(list.iter().map(tree).collect()),
        Kind::Map(map) => Tree::Map(map.iter().map(|(key, node)| (key.text.clone(), tree(node))).collect()),
    }
}

/// Every field below a node: its path, and the node.
fn fields<'a>(node: &'a Node, path: &str, all: &mut Vec<(String, &'a Node)>) {
    if !path.is_empty() {
        all.push((path.to_owned(), node));
    }
    for (key, child) in node.map().unwrap_or_default() {
        fields(child, &format!("{path}[\"{}\"]", key.text), all);
    }
    for (at, child) in node.list().unwrap_or_default().iter().enumerate() {
        fields(child, &format!("{path}[{at}]"), all);
    }
}

/// Fields of the rules that ship, every third one, are changed, taken away and put back.
#[test]
fn fields_of_the_rules_that_ship() {
    let rules = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let (mut changed, mut removed) = (0, 0);
    for folder in
        ["yuanhe/2026.1", "tax-credit/2025.1", "sme-size/2011.1", "power-credit/2005.1", "labour-credit/2017.1"]
    {
        let files = RuleFiles::read(&rules.join(folder)).unwrap();
        let rule_files = files.files.iter().filter(|(path, _)| path.ends_with(".yaml") && !path.starts_with("cases/"));
        for (path, bytes) in rule_files {
            let text = std::str::from_utf8(bytes).unwrap();
            let one = RuleFiles::from_texts([(path.as_str(), text)]);
            let root = yaml::parse(0, text, &mut Diagnostics::default()).unwrap();
            let mut rules: Vec<(String, &Node)> = Vec::new();
            for list in ["characteristics", "overrides", "grades", "outcomes", "facts", "functions"] {
                let entries = root.get(list).and_then(Node::list).unwrap_or_default();
                rules.extend(entries.iter().map(|n| (format!("{list}.{}", n.get("id").unwrap().text().unwrap()), n)));
            }
            if path == "rulebook.yaml" {
                rules.push(("rulebook".to_owned(), &root));
            }
            for (rule, node) in rules {
                let mut all = Vec::new();
                fields(node, "", &mut all);
                for (field, node) in all.into_iter().step_by(3) {
                    // Colours of the environmental rating are written once and repeated by an alias.
                    if rule.starts_with("facts.environment.rating") && field.starts_with("[\"members\"]") {
                        let said = one.with_changes(&[Change::remove(&rule, &field)]).map(|_| ());
                        let own = rule.ends_with("_before") && field == "[\"members\"]";
                        assert!(own || said.unwrap_err().to_string().contains("alias"), "{rule} {field}");
                        continue;
                    }
                    let at = format!("{folder}/{path} {rule} {field}");
                    let after = |change: Change, files: &RuleFiles| {
                        let new = files.with_changes(&[change]).unwrap_or_else(|e| panic!("{at}: {e}"));
                        String::from_utf8(new.files[path].clone()).unwrap()
                    };
                    let lines = |new: &str| {
                        let differ = text.lines().zip(new.lines()).filter(|(a, b)| a != b).count();
                        (differ, new.lines().count().abs_diff(text.lines().count()))
                    };
                    // The value it has changes nothing.
                    assert_eq!(after(Change::set(&rule, &field, tree(node)), &one), text, "{at}");
                    if node.text().is_some_and(|t| !t.contains('\n')) && field != "[\"id\"]" {
                        let new = after(Change::set(&rule, &field, Tree::number("77")), &one);
                        let long = text.get(node.span.start as usize..node.span.end as usize).unwrap().contains('\n');
                        assert!(long || lines(&new) == (1, 0), "{at}\n{new}");
                        changed += 1;
                    }
                    if field == "[\"id\"]" || !field.ends_with("\"]") {
                        continue;
                    }
                    let without = after(Change::remove(&rule, &field), &one);
                    assert_ne!(without, text, "{at}");
                    let back = RuleFiles::from_texts([(path.as_str(), without.as_str())]);
                    let back = after(Change::set(&rule, &field, tree(node)), &back);
                    let again = yaml::parse(0, &back, &mut Diagnostics::default()).unwrap();
                    assert!(super::same(&root, &again), "{at}\n{back}");
                    removed += 1;
                }
            }
        }
    }
    assert!(changed > 1_000 && removed > 1_000, "{changed} {removed}");
}
