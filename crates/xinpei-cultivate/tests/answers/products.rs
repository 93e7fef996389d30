//! A product as the target: the least grade and all conditions together, told by the rules as they are.

use rust_decimal::Decimal;
use xinpei::Rulebook;
use xinpei_cultivate::{Answer, Request, Status, Wanted, plan};

use super::{Town, day, dossier, load};

/// Two patents are 30 points, grade B; four are 60, grade A. A patent more takes two months and CNY 1,000, to
/// file takes ten days and CNY 50. The loan is for those of grade B who have filed; nothing changes sales.
const TOWN: Town<'_> = Town {
    to: None,
    edges: None,
    unrated_below: None,
    facts: "  - {id: firm.patents, label: {en: patents}, type: count, range: {from: 0, to: 100}, mutability: only_up}
  - {id: firm.filed, label: {en: filed}, type: flag, missing: {means: false}, mutability: only_up}
  - {id: firm.sales, label: {en: sales}, type: money, range: {from: 0, to: 1_000_000}}
",
    lines: "  - id: firm.patents
    label: {en: patents}
    basis: pilot
    of: firm.patents
    points: [{below: 2, points: 0}, {below: 4, points: 30}, {points: 60}]
    missing: 0
",
    overrides: "",
    measures: "  - id: firm.invent
    label: {en: a patent more}
    basis: pilot
    evidence: {en: letter}
    effects: [{fact: firm.patents, add: 2}]
    cost: 1_000
    duration: 2 months
  - id: firm.file
    label: {en: file}
    basis: pilot
    evidence: {en: copy}
    when: '!firm.filed'
    effects: [{fact: firm.filed, set: true}]
    cost: 50
    duration: 10 days
",
    products: "  - id: bank.loan
    label: {en: Loan}
    basis: pilot
    floor: B
    conditions: [{label: {en: filed}, when: firm.filed}]
    limit: 1_000
  - id: bank.big
    label: {en: Big loan}
    basis: a treaty
    floor: B
    conditions: [{label: {en: filed}, when: firm.filed}, {label: {en: sales of 5 000}, when: firm.sales >= 5_000}]
    limit: 1_000
  - id: bank.open
    label: {en: Open loan}
    basis: pilot
    conditions: [{label: {en: filed}, when: firm.filed}]
    limit: 1_000
  - id: bank.graded
    label: {en: Graded loan}
    basis: pilot
    floor: B
    conditions: [{label: {en: good or large}, when: 'grade >= \"A\" || firm.sales >= 5_000'}]
    limit: 1_000
",
};

fn to(product: &str) -> Request {
    Request { target: Wanted::Product(product.to_owned()), ..Request::default() }
}

/// The measures, what they cost, and the review day.
fn told(answer: &Answer) -> (Vec<&str>, Decimal, String) {
    let plan = answer.plan.as_ref().unwrap();
    (plan.steps.iter().map(|s| s.measure.as_str()).collect(), plan.cost, plan.review.to_string())
}

#[test]
fn the_cheapest_plan_to_grade_and_conditions() {
    // Grade B is there: to file is enough. Grade C: a patent more as well, and the review two months later.
    for (patents, measures, cost, review) in
        [(2, vec!["firm.file"], 50, "2026-07-30"), (0, vec!["firm.file", "firm.invent"], 1_050, "2026-08-30")]
    {
        let facts = format!("{{\"firm.patents\": {patents}, \"firm.filed\": false}}");
        let answer = TOWN.ask(&facts, &to("bank.loan"));
        assert_eq!(answer.status, Status::Optimal);
        assert_eq!(told(&answer), (measures, Decimal::from(cost), review.to_owned()));
        // Everything that is told is told by the rules without a gate.
        let rulebook = TOWN.rulebook();
        let grade = if patents == 2 { "B" } else { "C" };
        assert_eq!(answer.start.grade.as_deref(), Some(grade));
        let plan = answer.plan.as_ref().unwrap();
        let end = rulebook.decide(&plan.facts, plan.review);
        assert_eq!((&end.receipt, end.grade.as_deref()), (&plan.receipt, Some("B")));
        assert_eq!(plan.result.grade.as_deref(), Some("B"));
        assert_eq!(plan.steps.first().unwrap().after.grade.as_deref(), Some(grade));
        assert_eq!(answer.rulebook.digest, rulebook.digest());
        let target = answer.target.as_ref().unwrap();
        assert_eq!((target.product.as_deref(), target.grade.as_deref()), (Some("bank.loan"), Some("B")));
        assert_eq!(target.score, Some(Decimal::from(30)));
        assert!(answer.to_json().contains("\"target\":{\"product\":\"bank.loan\"},"), "{}", answer.to_json());
    }
}

#[test]
fn a_product_that_admits_already() {
    let answer = TOWN.ask(r#"{"firm.patents": 2, "firm.filed": true}"#, &to("bank.loan"));
    assert_eq!((answer.status, answer.plan), (Status::Reached, None));
}

/// Without a least grade only the conditions are asked for, and no edge is told.
#[test]
fn a_product_for_every_grade() {
    let answer = TOWN.ask(r#"{"firm.patents": 0}"#, &to("bank.open"));
    assert_eq!(told(&answer), (vec!["firm.file"], Decimal::from(50), "2026-07-30".to_owned()));
    let target = answer.target.unwrap();
    assert_eq!((target.grade, target.score), (None, None));
}

/// What stands in the way is the condition that nothing changes, not the one that a measure meets; and the
/// certificate says with which sales there is a plan.
#[test]
fn a_condition_in_the_way() {
    let answer = TOWN.ask(r#"{"firm.patents": 2, "firm.sales": 100}"#, &to("bank.big"));
    let certificate = answer.certificate.unwrap();
    assert_eq!(answer.status, Status::Infeasible);
    let blocked: Vec<_> =
        certificate.blocked.iter().map(|b| (b.id.as_str(), b.label.text("en"), b.basis.as_str())).collect();
    assert_eq!(blocked, [("bank.big", "sales of 5 000", "a treaty")]);
    assert_eq!(certificate.blocked.first().unwrap().facts, ["firm.sales"]);
    let unlock: Vec<_> = certificate.unlock.iter().map(|r| (r.fact.as_str(), r.needed.as_str())).collect();
    assert_eq!(unlock, [("firm.sales", "5000.00")]);
    // A measure that does not apply to the enterprise meets nothing: what it would change stands in the way.
    let texts =
        Town { measures: &TOWN.measures.replace("!firm.filed", "!firm.filed && firm.patents > 2"), ..TOWN }.texts();
    let request = to("bank.loan");
    let answer = plan(&load(&texts), &dossier(r#"{"firm.patents": 2}"#), day("2026-06-30"), &request).unwrap();
    let blocked = answer.certificate.unwrap().blocked;
    assert_eq!(blocked.iter().map(|b| b.label.text("en")).collect::<Vec<_>>(), ["filed"]);
}

/// A condition that reads the grade is looked at when the plan to the least grade is there.
#[test]
fn a_condition_on_the_grade() {
    let rulebook = TOWN.rulebook();
    let ask = |facts: &str| plan(&rulebook, &dossier(facts), day("2026-06-30"), &to("bank.graded"));
    let met = ask(r#"{"firm.patents": 0, "firm.sales": 6000}"#).unwrap();
    assert_eq!(told(&met), (vec!["firm.invent"], Decimal::from(1_000), "2026-08-30".to_owned()));
    let short = ask(r#"{"firm.patents": 0, "firm.sales": 100}"#).unwrap_err().to_string();
    assert!(short.contains("a condition of `bank.graded` reads the grade"), "{short}");
}

#[test]
fn names() {
    let rulebook = TOWN.rulebook();
    assert_eq!(Wanted::of("bank.loan", &rulebook), Wanted::Product("bank.loan".into()));
    assert_eq!(Wanted::of("A", &rulebook), Wanted::Grade("A".into()));
    assert_eq!((Wanted::of("best", &rulebook), Wanted::of("30", &rulebook)), (Wanted::Best, Wanted::Score(30.into())));
    let fail = |rulebook: &Rulebook, word: &str| {
        let request = Request { target: Wanted::of(word, rulebook), ..Request::default() };
        plan(rulebook, &dossier("{}"), day("2026-06-30"), &request).unwrap_err().to_string()
    };
    assert_eq!(
        fail(&rulebook, "bank.lone"),
        "there is no grade `bank.lone` and no product of that name; grades here: `A`, `B`, `C`; products here: \
         `bank.loan`, `bank.big`, `bank.open`, `bank.graded`"
    );
    let bare = Town { products: "", measures: "", ..TOWN }.rulebook();
    let none = "grades here: `A`, `B`, `C`; the rulebook has no products";
    assert_eq!(fail(&bare, "bank.loan"), format!("there is no grade `bank.loan`; {none}"));
    let unknown = plan(&bare, &dossier("{}"), day("2026-06-30"), &to("bank.loan")).unwrap_err().to_string();
    assert_eq!(unknown, format!("there is no product `bank.loan`; {none}"));
}

/// Of a grade and a product of one name the grade is meant.
#[test]
fn a_grade_goes_first() {
    let texts = TOWN
        .texts()
        .into_iter()
        .map(|(path, text)| (path, text.replace("id: B,", "id: bank.loan,").replace("floor: B", "floor: bank.loan")));
    let texts: Vec<(&str, String)> = texts.collect();
    let rulebook = load(&texts);
    assert_eq!(Wanted::of("bank.loan", &rulebook), Wanted::Grade("bank.loan".into()));
}
