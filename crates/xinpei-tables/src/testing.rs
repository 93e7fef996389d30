//! A small rulebook that the tests of this crate share.

use xinpei::author::folder::RuleFiles;
use xinpei::{Dictionary, Rulebook};

/// Rule files by path.
pub(crate) const RULES: &[(&str, &str)] = &[
    (
        "rulebook.yaml",
        r#"
rulebook: small
version: "1"
language: 1
title: {zh: 小规则, en: Small}
authority: {zh: 某处, en: Somewhere}
effective: {from: 2020-01-01}
languages: [zh, en]
key: uscc
score: {digits: 0, rounding: half_up}
"#,
    ),
    (
        "facts/court.yaml",
        r#"
department: court
label: {zh: 法院, en: Court}
refresh: 10 days
facts:
  - id: court.dishonest
    label: {zh: 失信, en: Dishonest}
    type: flag
    missing: {means: false}
  - {id: court.dishonest_on, label: {zh: 列入日期, en: Listed on}, type: date}
  - id: court.cases
    label: {zh: 案件, en: Cases}
    type: events
    order: filed
    fields:
      - {id: filed, label: {zh: 立案日期, en: Filed}, type: date}
      - {id: due, label: {zh: 金额, en: Due}, type: money, range: {from: 0}}
      - {id: status, label: {zh: 状态, en: Status}, type: category, members: {open: {zh: 执行中, en: Open}, closed: {zh: 结案, en: Closed}}}
"#,
    ),
    (
        "facts/tax.yaml",
        r#"
department: tax
label: {zh: 税务局, en: Tax bureau}
refresh: 1 month
facts:
  - id: tax.grade
    label: {zh: 级别, en: Grade}
    type: category
    members:
      A: {zh: A级, en: Grade A}
      B: {zh: B级, en: Grade B}
      M: {zh: M级, en: B}
      C: {zh: 差级, en: Grade C}
      D: {zh: 差级, en: Grade D}
  - id: tax.arrears
    label: {zh: 欠税, en: Arrears}
    type: money
    range: {from: 0}
  - {id: labour.staff, label: {zh: 人数, en: Staff}, type: count, unit: person}
"#,
    ),
    (
        "sections/tax.yaml",
        r#"
section: tax
label: {zh: 纳税, en: Tax}
characteristics:
  - id: tax.grade
    label: {zh: 级别, en: Grade}
    basis: pilot
    of: tax.grade
    points: {A: 60, else: 10}
    missing: 0
  - id: court.open
    label: {zh: 未结案件, en: Open cases}
    basis: pilot
    of: court.cases.filter(|c| c.status == "open").count()
    points: [{upto: 0, points: 40}, {points: 0}]
    missing: 5
"#,
    ),
    (
        "grades.yaml",
        r#"
grades:
  - {id: A, from: 80, label: {zh: 好, en: Good}}
  - {id: C, label: {zh: 差, en: Bad}}
overrides:
  - {id: court.dishonest, label: {zh: 失信, en: Dishonest}, basis: pilot, when: court.dishonest, cap: C}
"#,
    ),
];

/// The rulebook of these files.
pub(crate) fn rulebook(files: &[(&str, &str)]) -> Rulebook {
    Rulebook::from_files(&RuleFiles::from_texts(files.iter().copied())).unwrap()
}

/// Its dictionary.
pub(crate) fn dictionary(files: &[(&str, &str)]) -> Dictionary {
    rulebook(files).dictionary().clone()
}
