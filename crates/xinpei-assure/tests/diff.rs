//! Differences in words, of changes that are made one by one.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails where it must")]

use std::path::Path;

use xinpei::Rulebook;
use xinpei::author::edit::{Change, Tree};
use xinpei::author::folder::RuleFiles;
use xinpei_assure::Difference;
use xinpei_assure::diff::{Action, Kind};

fn files(version: &str) -> RuleFiles {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules/yuanhe").join(version);
    let mut files = RuleFiles::read(&folder).unwrap();
    files.files.retain(|path, _| !path.starts_with("cases/"));
    RuleFiles { lock: None, ..files }
}

fn edited(files: &RuleFiles, path: &str, from: &str, to: &str) -> RuleFiles {
    let mut files = RuleFiles { id: None, version: None, ..files.clone() };
    let text = String::from_utf8(files.files[path].clone()).unwrap();
    assert!(text.contains(from), "{path} has no `{from}`");
    files.files.insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
    files
}

fn load(files: &RuleFiles) -> Rulebook {
    Rulebook::from_files(files).unwrap_or_else(|e| panic!("{e}"))
}

/// The lines that tell a change, in English, without the heading.
fn told(old: &Rulebook, new: &Rulebook) -> Vec<String> {
    let text = Difference::between(old, new).text("en");
    text.lines().skip(2).map(|line| line.trim().to_owned()).collect()
}

fn trial(old: &Rulebook, changes: &[Change]) -> Vec<String> {
    told(old, &old.with_changes(changes).unwrap_or_else(|e| panic!("{e}")))
}

fn band(edge: Option<(&str, &str)>, points: &str) -> Tree {
    let edge = edge.map(|(key, at)| (key, Tree::number(at)));
    Tree::map(edge.into_iter().chain([("points", Tree::number(points))]))
}

#[test]
fn layout_and_spelling_are_no_difference() {
    let files = files("2026.1");
    let old = load(&files);
    let mut new = files.clone();
    // Comments, quotes, keys in another order, underscores, an expression on two lines, a band split
    // in two with the same points, an edge that means the same, `else` for what it stood for.
    for (path, from, to) in [
        ("sections/02-tax.yaml", "section: tax\n", "# Tax\nsection: \"tax\"\n"),
        ("grades.yaml", "{id: AAA, from: 930, label", "{from: 930.00, id: AAA, label"),
        ("sections/03-arrears.yaml", "{below: 10_000, points", "{below: 10000, points"),
        ("grades.yaml", "when: registry.abnormal && years", "when: registry.abnormal &&\n      years"),
        ("scripts/court.rhai", "//", "// Said otherwise:"),
        ("sections/07-environment.yaml", "red: 2, black: 0}", "red: 2, else: 0}"),
        ("sections/06-labour.yaml", "      - {upto: 2, points: 2}\n", "      - {below: 3, points: 2}\n"),
        (
            "sections/06-labour.yaml",
            "{below: 0.8, points: 6}",
            "{below: 0.7, points: 6}\n      - {below: 0.8, points: 6}",
        ),
    ] {
        new = edited(&new, path, from, to);
    }
    let new = load(&new);
    assert_ne!(old.digest(), new.digest());
    assert_eq!(told(&old, &new), ["They differ in remarks only."]);
    assert_eq!(told(&old, &old), ["Both say the same."]);
}

#[test]
fn bands_are_told_one_by_one() {
    let old = load(&files("2026.1"));
    // The rule file says: up to 0: 40, below 10 000: 28, below 50 000: 15, below 500 000: 5, the rest 0.
    let points = [
        band(Some(("upto", "0")), "40"),
        band(Some(("below", "5_000")), "28"),
        band(Some(("below", "20000")), "20"),
        band(Some(("below", "50_000")), "15"),
        band(Some(("below", "500_000")), "5"),
        band(None, "0"),
    ];
    let change = Change::set("tax.arrears", "points", Tree::List(points.to_vec()));
    let new = old.with_changes(&[change]).unwrap();
    let difference = Difference::between(&old, &new);
    let [rule] = difference.changes.as_slice() else { panic!("{difference:?}") };
    assert_eq!((rule.kind, rule.id.as_str(), rule.action), (Kind::Characteristic, "tax.arrears", Action::Changed));
    let said: Vec<(&str, &str)> = rule.details.iter().map(|d| (d.text.text("zh"), d.text.text("en"))).collect();
    assert_eq!(
        said,
        [
            ("不低于 5,000、低于 10,000 元：28 → 20 分", "from 5,000, below 10,000 CNY: 28 → 20 points"),
            ("不低于 10,000、低于 20,000 元：15 → 20 分", "from 10,000, below 20,000 CNY: 15 → 20 points"),
        ]
    );
}

#[test]
fn every_kind_of_change() {
    let old = load(&files("2026.1"));
    let set = |rule: &str, field: &str, value: Tree| Change::set(rule, field, value);
    let number = Tree::number;
    assert_eq!(
        trial(&old, &[set("environment.rating", "points.blue", number("17"))])[1..],
        ["Environmental credit rating  environment.rating", "Blue (blue): 18 → 17 points"]
    );
    assert_eq!(trial(&old, &[set("labour.harmonious", "points.true", number("2"))])[2..], ["yes: 3 → 2 points"]);
    assert_eq!(trial(&old, &[set("labour.disputes", "points[1].upto", number("3"))])[2..], ["3: 0 → 2 points"]);
    assert_eq!(
        trial(&old, &[set("labour.penalties", "missing", number("1")), set("labour.penalties", "start", number("3"))])
            [2..],
        ["without any event: 4 → 3 points", "points when not known: 2 → 1"]
    );
    assert_eq!(
        trial(&old, &[set("labour.penalties", "deduct.points.general", number("3"))])[2..].join("\n"),
        "each event costs, General (general): 2 → 3 points"
    );
    assert_eq!(
        trial(&old, &[set("labour.contracts", "formula", Tree::text("labour.contract_share * 7"))])[2..],
        ["formula: labour.contract_share * 8 → labour.contract_share * 7"]
    );
    assert_eq!(
        trial(&old, &[set("finance.cash", "first[1].points", number("7"))])[2..],
        ["when finance.operating_cash > 0: 8 → 7"]
    );
    assert_eq!(trial(&old, &[set("sections.tax", "max", number("190"))])[1..], ["Tax credit  tax", "cap: 140 → 190"]);
    assert_eq!(
        trial(&old, &[set("grades.AA", "from", number("870"))])[..],
        ["Grades", "Very good  AA", "lower edge: from 880 points → from 870 points"]
    );
    assert_eq!(
        trial(&old, &[set("overrides.court.dishonest", "cap", Tree::text("C"))])[1..],
        ["Dishonest judgment debtor  court.dishonest", "effect: not above CC → not above C"]
    );
}

#[test]
fn what_is_new_and_what_is_gone() {
    let files = files("2026.1");
    let old = load(&files);
    let override_of = "  - id: registry.young\n";
    let fresh = "  - id: tax.fresh\n    label: {zh: 新欠税, en: Fresh arrears}\n    basis: pilot\n    when: tax.arrears > 0\n    cap: A\n";
    let mut new = edited(&files, "grades.yaml", override_of, &format!("{fresh}{override_of}"));
    let text = String::from_utf8(new.files["sections/10-innovation.yaml"].clone()).unwrap();
    let gone = text.find("\n  - id: property.infringements").unwrap();
    new.files.insert("sections/10-innovation.yaml".to_owned(), text.as_bytes()[..gone + 1].to_vec());
    new = edited(
        &new,
        "facts/tax.yaml",
        "facts:\n",
        "facts:\n  - {id: tax.fresh, label: {zh: 新, en: New}, type: flag}\n",
    );
    let said = told(&old, &load(&new));
    assert_eq!(
        said,
        [
            "Characteristics",
            "Intellectual property infringed in three years  property.infringements  (removed)",
            "section: innovation",
            "at most: 2 points",
            "",
            "Overrides",
            "Fresh arrears  tax.fresh  (new)",
            "effect: not above A",
            "when: tax.arrears > 0",
            "basis: pilot",
            "",
            "Facts",
            "New  tax.fresh  (new)",
            "type: flag",
            "department: tax",
        ]
    );
    // The same the other way round: the characteristic is told whole.
    let back = told(&load(&new), &old);
    let from = back.iter().position(|line| line.contains("property.infringements  (new)")).unwrap();
    assert_eq!(
        back[from + 1..from + 8],
        [
            "section: innovation",
            "at most: 2 points",
            "scored: property.infringements",
            "0: 2 points",
            "1 and more: 0 points",
            "points when not known: 0 points",
            "basis: pilot",
        ]
    );
}

/// What an enterprise can do, and how facts may change.
#[test]
fn measures_in_words() {
    let old = load(&files("2026.1"));
    let set = |rule: &str, field: &str, value| Change::set(rule, field, value);
    let text = |rule: &str, field: &str, text: &str| set(rule, field, Tree::text(text));
    let one = |changes: &[Change], words: &[&str]| {
        let said = trial(&old, changes);
        assert_eq!(said[..1], ["Measures"]);
        assert_eq!(said[2..], *words, "{changes:?}");
    };
    one(
        &[text("measures.tax.pay_arrears", "cost", "round(tax.arrears * 1.2, 2)")],
        &["cost: round(tax.arrears * 1.09, 2) → round(tax.arrears * 1.2, 2)"],
    );
    one(&[text("measures.tax.pay_arrears", "duration", "1 months")], &["takes: 15 days → 1 months"]);
    one(
        &[set("measures.tax.pay_arrears", "effects[0].reduce_to", Tree::number("100"))],
        &["effect: tax.arrears reduce_to 0 → tax.arrears reduce_to 100"],
    );
    one(
        &[text("measures.tax.correct_filings", "effects[0].set.status", "on_time")],
        &[
            "effect: tax.filings where status == \"missed\" set status: late, days_late: min(max(days_since(period), 0), 4_000) → tax.filings where status == \"missed\" set status: on_time, days_late: min(max(days_since(period), 0), 4_000)",
        ],
    );
    one(
        &[
            text("measures.tax.repair_grade_c", "evidence.en", "A form"),
            set("measures.tax.repair_grade_c", "requires", Tree::List(vec![Tree::text("tax.pay_arrears")])),
        ],
        &[
            "evidence: The form of the repair → A form",
            "requires: tax.correct_filings, tax.pay_arrears, tax.pay_fees → tax.pay_arrears",
        ],
    );
    // The spelling of numbers and the order of what is required are no difference.
    let same = [
        text("measures.tax.pay_fees", "cost", "tax.fee_arrears  + 0"),
        set("measures.tax.correct_filings", "cost", Tree::number("1000.00")),
    ];
    assert_eq!(trial(&old, &same[1..]), ["Both say the same."]);
    assert_eq!(trial(&old, &same[..1])[2..], ["cost: tax.fee_arrears → tax.fee_arrears + 0"]);
    assert_eq!(
        trial(&old, &[text("facts.tax.fee_arrears", "mutability", "free")])[2..],
        ["how it may change: only_down → free"]
    );
    // A measure that is gone, and one that is new.
    let mut new = files("2026.1");
    let path = "measures/tax.yaml";
    let whole = String::from_utf8(new.files[path].clone()).unwrap();
    let (start, end) = (whole.find("  - id: tax.keep_filing").unwrap(), whole.find("  - id: tax.lift_").unwrap());
    new.files.insert(path.to_owned(), format!("{}{}", &whole[..start], &whole[end..]).into_bytes());
    let new = load(&new);
    assert_eq!(told(&old, &new), ["Measures", "File in time from now on  tax.keep_filing  (removed)"]);
    assert_eq!(
        told(&new, &old)[1..],
        [
            "File in time from now on  tax.keep_filing  (new)",
            "department: tax",
            "effect: tax.filings every month add status: on_time, days_late: 0, due: 0, sales: round(min(finance.revenue * 0.0833, 10_000_000_000), 2)",
            "cost: 0",
            "takes: 1 days",
            "basis: 税收征收管理法 按期申报",
        ]
    );
}

/// The two versions that ship differ in how long penalties count, and in nothing that is scored otherwise.
#[test]
fn the_two_versions_of_yuanhe() {
    let (old, new) = (load(&files("2025.1")), load(&files("2026.1")));
    let difference = Difference::between(&old, &new);
    let ids = |kind: Kind| {
        let of_kind = difference.changes.iter().filter(|c| c.kind == kind);
        of_kind.map(|c| c.id.as_str()).collect::<Vec<_>>()
    };
    // By the text of the files: the five characteristics that call `still_counts`.
    let penalties = ["registry", "tax", "labour", "environment", "safety"].map(|word| format!("{word}.penalties"));
    assert_eq!(ids(Kind::Characteristic), penalties);
    assert_eq!(ids(Kind::Override), ["credit.repeated_penalties"]);
    let outcomes = |action: Action| {
        let of_kind = difference.changes.iter().filter(|c| c.kind == Kind::Outcome && c.action == action);
        of_kind.map(|c| c.id.as_str()).collect::<Vec<_>>()
    };
    // Alerts have severities and lists are public now; three products stand in a file of lenders.
    let called = ["reform.honest_list", "reform.penalty_publicity", "reform.repair_advice"];
    assert!(called.iter().all(|id| outcomes(Action::Changed).contains(id)), "{:?}", outcomes(Action::Changed));
    let added = ["market.abnormal_list", "safety.publicity", "tax.honest_list", "tax.major_publicity"];
    assert_eq!(outcomes(Action::Added), added);
    assert_eq!(outcomes(Action::Removed), ["bank.credit_loan", "bank.tax_loan", "bank.mitigated_loan"]);
    assert!(ids(Kind::Product).contains(&"bank.credit_loan") && ids(Kind::Tier).len() == 6);
    assert_eq!(ids(Kind::Function), ["published_until", "still_counts", "term_end"]);
    assert!(ids(Kind::Grade).is_empty() && ids(Kind::Section).is_empty());
    // The older one has no measures, so that none of its facts says how it may change.
    let of = |kind: Kind| difference.changes.iter().filter(move |c| c.kind == kind);
    assert_eq!(of(Kind::Measure).count(), new.typed().measures.len());
    assert!(of(Kind::Measure).all(|c| c.action == Action::Added));
    assert!(of(Kind::Fact).flat_map(|c| &c.details).all(|d| ["mutability", "forbidden"].contains(&d.field)));
    let text = difference.text("zh");
    assert!(text.contains("施行期：2025-07-01 至 2026-03-31 → 2026-04-01 起"), "{text}");
    assert!(text.contains("计入条件：文字未变，所调用的函数有变：`still_counts`"), "{text}");
    assert!(text.contains("    − add_months(made_on, 36)\n"), "{text}");
    let json = serde_json::to_value(&difference).unwrap();
    assert_eq!(json["changes"][0]["details"][0]["field"], "version");
    assert_eq!(json["changes"][0]["details"][0]["new"], "2026.1");
    assert_eq!(json["changes"][1]["kind"], "characteristic");
}

/// Products, tiers and the rules of cultivation: by their conditions, each by its label.
#[test]
fn what_lenders_and_tiers_ask() {
    let files = files("2026.1");
    let old = load(&files);
    let told_of = |path: &str, from: &str, to: &str| told(&old, &load(&edited(&files, path, from, to)));
    let rural = "products/rural_bank.yaml";
    assert_eq!(
        told_of(rural, "when: finance.receivables >= 500_000", "when: finance.receivables >= 400_000"),
        [
            "Products",
            "Loan on receivables  rural_bank.receivables",
            "Receivables of CNY 500 000 or more: finance.receivables >= 500_000 → finance.receivables >= 400_000",
        ]
    );
    assert_eq!(told_of(rural, "floor: BB\n", "floor: B\n")[2], "least grade: BB → B");
    assert_eq!(told_of(rural, "    rate: 4.05\n", "")[2], "yearly rate: 4.05 → none");
    let gone = "      - {label: {zh: 无逾期贷款, en: No overdue loan}, when: bank.overdue == 0}\n";
    assert_eq!(told_of(rural, gone, "")[2], "No overdue loan: bank.overdue == 0 → none");
    let tiers = "tiers.yaml";
    assert_eq!(told_of(tiers, "line: T3", "line: T2"), ["Tiers", "admission line: T3 → T2"]);
    assert_eq!(
        told_of(tiers, "floor: BBB\n", "floor: BB\n")[1..],
        ["Admitted by lenders  T3", "least grade: BBB → BB"]
    );
    assert_eq!(
        told_of(tiers, "when: credit.committed\n", "when: credit.committed && !registry.abnormal\n")[2],
        "when: credit.committed → credit.committed && !registry.abnormal"
    );
    let outcomes = "outcomes/tax.yaml";
    assert_eq!(told_of(outcomes, "severity: medium", "severity: high")[2], "severity: medium → high");
    // An expression that computes the same is no difference.
    let rate = Change::set("rural_bank.receivables", "rate", Tree::text("4.25"));
    assert_eq!(trial(&old, &[rate])[2], "yearly rate: 4.05 → 4.25");
    assert_eq!(told_of(rural, "bank.loans == 0", "(bank.loans == 0)"), ["They differ in remarks only."]);
}
