//! Every kind of cell, one line a case. Expectations are the table of the format.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::*;
use crate::testing::{RULES, dictionary};
use xinpei::check::typed::FactKind;
use xinpei::{Cell, decimal};

/// What a cell becomes, as text: `missing`, `1234.50`, `true`, `2026-06-30`, `A`, or `!kind`.
fn read(fact: &str, change: impl Fn(CellReader) -> CellReader, text: &str) -> String {
    let dictionary = dictionary(RULES);
    let fact = &dictionary.facts()[dictionary.fact(fact).unwrap()];
    let FactKind::Value(value) = &fact.kind else { panic!("a table") };
    let reader = change(CellReader::new(value, &dictionary));
    match reader.read(text) {
        Cell::Missing => "missing".into(),
        Cell::Number(n) => n.to_string(),
        Cell::Flag(f) => f.to_string(),
        Cell::Date(d) => d.to_string(),
        Cell::Text(t) => t.to_owned(),
        Cell::Bad(kind, shown) => {
            assert_eq!(shown, text.trim());
            format!("!{}", kind.word())
        }
    }
}

fn all(fact: &str, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(read(fact, |r| r, text), *expected, "{fact} ← `{text}`");
    }
}

#[test]
fn numbers() {
    all(
        "tax.arrears",
        &[
            ("0", "0"),
            ("1234.50", "1234.50"),
            ("1,234.50", "1234.50"),
            ("12,345,678", "12345678"),
            ("-1,234", "-1234"),
            (" 5 ", "5"),
            ("\u{3000}5\u{3000}", "5"),
            ("+5", "5"),
            ("０", "0"),
            ("－5", "-5"),
            ("１，２３４．５０", "1234.50"),
            ("¥1,234.50", "1234.50"),
            ("￥ 80", "80"),
            ("¥-3", "-3"),
            ("007", "7"),
            ("9223372036854775807", "9223372036854775807"),
            ("123456789012345678901.2345", "123456789012345678901.2345"),
            ("", "missing"),
            ("   ", "missing"),
            ("\u{3000}\u{a0}\t", "missing"),
            ("-", "!not_a_number"),
            ("—", "!not_a_number"),
            ("无", "!not_a_number"),
            ("1,23,4", "!not_a_number"),
            ("1,2345", "!not_a_number"),
            ("1234,567", "!not_a_number"),
            (",123", "!not_a_number"),
            ("1,", "!not_a_number"),
            ("0,123", "!not_a_number"),
            ("1,234.5,0", "!not_a_number"),
            ("1_000", "!not_a_number"),
            ("1e5", "!not_a_number"),
            ("1.5E3", "!not_a_number"),
            ("0x10", "!not_a_number"),
            ("1 234", "!not_a_number"),
            ("٣", "!not_a_number"),
            ("三", "!not_a_number"),
            ("5.", "!not_a_number"),
            (".5", "!not_a_number"),
            ("1.2.3", "!not_a_number"),
            ("--5", "!not_a_number"),
            ("5万", "!not_a_number"),
            ("12%", "!not_a_number"),
            ("NaN", "!not_a_number"),
            ("inf", "!not_a_number"),
            ("NULL", "!not_a_number"),
            ("0.1234567890123456789", "!too_many_digits"),
            ("99999999999999999999999999999999", "!too_many_digits"),
        ],
    );
    // Only money may stand behind a ¥.
    all("labour.staff", &[("12", "12"), ("1,200", "1200"), ("¥12", "!not_a_number")]);
}

#[test]
fn factors_are_exact() {
    let times = |n: &'static str| move |r: CellReader| r.times(Some(decimal::parse(n).unwrap()));
    assert_eq!(read("tax.arrears", times("10000"), "12.3456"), "123456");
    assert_eq!(read("tax.arrears", times("10_000"), "1,000.05"), "10000500");
    assert_eq!(read("tax.arrears", times("0.01"), "12345"), "123.45");
    assert_eq!(read("tax.arrears", times("0.001"), "1"), "0.001");
    // The product has 30 digits: more than can be kept, and a rounded product is refused.
    assert_eq!(read("tax.arrears", times("9.9"), "1234567890123456789012345678"), "!too_many_digits");
    assert_eq!(read("tax.arrears", times("10000"), "-"), "!not_a_number");
}

#[test]
fn dates() {
    all(
        "court.dishonest_on",
        &[
            ("2026-06-30", "2026-06-30"),
            ("2026/6/30", "2026-06-30"),
            ("2026/06/05", "2026-06-05"),
            ("20260630", "2026-06-30"),
            ("2026年6月30日", "2026-06-30"),
            ("２０２６年６月３０日", "2026-06-30"),
            ("2024-02-29", "2024-02-29"),
            ("", "missing"),
            ("2026-02-30", "!not_a_date"),
            ("20260230", "!not_a_date"),
            ("2026/2/30", "!not_a_date"),
            ("2026年2月30日", "!not_a_date"),
            ("2025-02-29", "!not_a_date"),
            ("2026-6-30", "!not_a_date"),
            ("2026-06-30 00:00:00", "!not_a_date"),
            ("26/6/30", "!not_a_date"),
            ("2026/6", "!not_a_date"),
            ("30/6/2026", "!not_a_date"),
            ("2026.6.30", "!not_a_date"),
            ("2026年6月", "!not_a_date"),
            ("2026/006/30", "!not_a_date"),
            ("2026/+6/30", "!not_a_date"),
            ("0", "!not_a_date"),
            ("00000000", "!not_a_date"),
            ("46203", "!not_a_date"),
            ("99999999", "!not_a_date"),
        ],
    );
}

#[test]
fn flags() {
    all(
        "court.dishonest",
        &[
            ("true", "true"),
            ("是", "true"),
            ("有", "true"),
            ("Y", "true"),
            ("1", "true"),
            ("false", "false"),
            ("否", "false"),
            ("无", "false"),
            ("N", "false"),
            ("0", "false"),
            ("TRUE", "true"),
            ("n", "false"),
            ("１", "true"),
            ("", "missing"),
            ("不是", "!not_a_flag"),
            ("yes", "true"),
            ("No", "false"),
            ("ok", "!not_a_flag"),
            ("2", "!not_a_flag"),
            ("-", "!not_a_flag"),
        ],
    );
}

/// In the dictionary of the tests, `M` is also labelled `B` in English, and `C` and `D` share the
/// Chinese label `差级`.
#[test]
fn members_by_id_and_label() {
    all(
        "tax.grade",
        &[
            ("A", "A"),
            ("A级", "A"),
            ("Grade A", "A"),
            (" A级 ", "A"),
            ("B", "B"),
            ("M级", "M"),
            ("差级", "!unknown_member"),
            ("Grade C", "C"),
            ("a", "!unknown_member"),
            ("E", "!unknown_member"),
            ("A,B", "!unknown_member"),
            ("", "missing"),
        ],
    );
}

#[test]
fn translations_go_first() {
    let values = |r: CellReader| {
        r.values(BTreeMap::from([
            ("失信".to_owned(), Translated::Flag(true)),
            ("0".to_owned(), Translated::Flag(true)),
            ("-".to_owned(), Translated::Missing),
        ]))
    };
    assert_eq!(read("court.dishonest", values, "失信"), "true");
    assert_eq!(read("court.dishonest", values, " 0 "), "true");
    assert_eq!(read("court.dishonest", values, "-"), "missing");
    assert_eq!(read("court.dishonest", values, "否"), "false");
    assert_eq!(read("court.dishonest", values, "守信"), "!not_a_flag");
    let fixed = |r: CellReader| {
        let values = BTreeMap::from([("无欠税".to_owned(), Translated::Number(Decimal::ONE))]);
        r.times(Some(Decimal::TEN)).values(values)
    };
    assert_eq!(read("tax.arrears", fixed, "无欠税"), "1");
    assert_eq!(read("tax.arrears", fixed, "1"), "10");
}
