//! Rules that end: no day behind the last one is looked at, and the answer says so.

use xinpei_cultivate::{Request, Status, until};

use super::{Town, day};

/// The third birthday, on 15 January 2027, brings 30 points: grade A on the review day of 30 January, seven
/// months after 30 June 2026; the one before is 30 December.
const BIRTHDAY: Town<'_> = Town {
    to: None,
    edges: Some((30, 10)),
    unrated_below: None,
    facts: "  - {id: firm.founded, label: {en: founded}, type: date, mutability: time_driven}\n",
    lines: "  - id: firm.age\n    label: {en: age}\n    basis: pilot\n    of: years_since(firm.founded)\n    \
            points: [{below: 3, points: 0}, {points: 30}]\n    missing: 0\n",
    overrides: "",
    measures: "",
    products: "",
};
const FACTS: &str = r#"{"firm.founded": "2024-01-15"}"#;

#[test]
fn a_plan_ends_while_the_rules_are_in_force() {
    for (to, told) in [
        (None, None),
        (Some("2027-06-30"), None),
        (Some("2027-06-29"), Some("2027-06-29")),
        (Some("2027-01-30"), Some("2027-01-30")),
    ] {
        let answer = Town { to, ..BIRTHDAY }.ask(FACTS, &Request::default());
        assert_eq!((answer.status, answer.rules_until), (Status::Optimal, told.map(day)), "{to:?}");
        assert_eq!(answer.plan.unwrap().review, day("2027-01-30"));
        // What was asked is told as it was asked.
        assert_eq!(answer.request, Request::default());
    }
}

#[test]
fn no_day_behind_the_rules_is_told() {
    let answer = Town { to: Some("2027-01-29"), ..BIRTHDAY }.ask(FACTS, &Request::default());
    let certificate = answer.certificate.as_ref().unwrap();
    assert_eq!((answer.status, certificate.months), (Status::Infeasible, 6));
    assert_eq!((certificate.waiting, certificate.earliest), (None, None));
    assert!(
        answer.to_json().contains("\"as_of\":\"2026-06-30\"")
            && answer.to_json().contains("\"rules_until\":\"2027-01-29\"")
    );
    assert_eq!(until(&answer, false).unwrap(), "Rules known until 2027-01-29: later days were not looked at.");
    assert!(until(&answer, true).unwrap().starts_with("规则有效期至 2027-01-29"));
    // Without an end the same months are too few, but waiting and a later day are told.
    let short = Request { months: 6, ..Request::default() };
    let answer = BIRTHDAY.ask(FACTS, &short);
    let certificate = answer.certificate.as_ref().unwrap();
    assert_eq!((certificate.waiting, certificate.earliest), (Some(day("2027-01-30")), Some(day("2027-01-30"))));
    assert_eq!((answer.rules_until, until(&answer, false)), (None, None));
    // The months asked for are within the rules; what a certificate tells beyond them is cut.
    let answer = Town { to: Some("2027-01-29"), ..BIRTHDAY }.ask(FACTS, &short);
    assert_eq!(answer.rules_until, Some(day("2027-01-29")));
    assert_eq!(answer.certificate.unwrap().waiting, None);
}

/// Rules that have ended are applied to the day that was asked for, and to no other.
#[test]
fn rules_that_have_ended() {
    let answer = Town { to: Some("2026-03-31"), ..BIRTHDAY }.ask(FACTS, &Request::default());
    assert_eq!((answer.status, answer.certificate.unwrap().months), (Status::Infeasible, 0));
    assert_eq!(answer.rules_until, Some(day("2026-03-31")));
}
