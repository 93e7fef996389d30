//! A small rulebook that fuzzers change one file of.

/// Its files.
pub const BASE: [(&str, &str); 5] = [
    (
        "rulebook.yaml",
        "rulebook: a\nversion: \"1\"\nlanguage: 1\ntitle: {en: t}\nauthority: {en: t}\neffective: {from: 2020-01-01}\nlanguages: [en]\nkey: text\nscore: {digits: 2, rounding: half_even}\n",
    ),
    (
        "facts/a.yaml",
        "department: d\nlabel: {en: d}\nfacts:\n  - {id: a.m, label: {en: m}, type: money}\n  - {id: a.n, label: {en: n}, type: number, digits: 3, range: {from: -10, to: 1_000}}\n  - {id: a.c, label: {en: c}, type: count, unit: person}\n  - {id: a.d, label: {en: d}, type: date}\n  - {id: a.f, label: {en: f}, type: flag}\n  - {id: a.k, label: {en: k}, type: category, members: [A, B, C]}\n  - id: a.t\n    label: {en: t}\n    type: events\n    order: on\n    fields:\n      - {id: on, label: {en: o}, type: date}\n      - {id: due, label: {en: u}, type: money}\n      - {id: ok, label: {en: k}, type: flag}\n",
    ),
    (
        "sections/a.yaml",
        "section: a\nlabel: {en: a}\nmax: 10\nfloor: 0\ncharacteristics:\n  - {id: a.a, label: {en: a}, basis: pilot, of: a.m, points: [{upto: 0, points: 5}, {below: 10.5, points: 2.5}, {points: 0}], missing: 1}\n  - {id: a.b, label: {en: b}, basis: pilot, of: a.k, points: {A: 5, else: 1}, missing: 0}\n",
    ),
    (
        "grades.yaml",
        "grades:\n  - {id: G, from: 5, label: {en: g}}\n  - {id: B, label: {en: b}}\noverrides:\n  - {id: o.a, label: {en: o}, basis: pilot, when: a.f, cap: B}\n",
    ),
    (
        "cases/a.yaml",
        "as_of: 2024-02-29\ncases:\n  - {id: one, note: 5 + 5, facts: {a.m: 0, a.k: A}, expect: {score: 10}}\n",
    ),
];

/// Facts of every type.
pub const FACTS: &str = r#"{"a.m": "12.34", "a.n": -1.5, "a.c": 7, "a.d": "2020-02-29", "a.f": true, "a.k": "B",
 "a.t": [{"on": "2024-01-31", "due": 5, "ok": true}, {"due": "-2.50", "ok": false}, {"on": "2023-12-01"}]}"#;
