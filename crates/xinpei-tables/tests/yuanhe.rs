//! The example archive: what was planted in its files is what is found, and nothing else.

use std::collections::BTreeSet;
use std::path::PathBuf;

use xinpei::{Date, Versions};
use xinpei_tables::{Delivery, Mapping, Notice};

/// One line of `faults.tsv`.
struct Planted {
    file: String,
    line: u64,
    reject: bool,
    code: String,
    fact: String,
}

#[test]
fn what_was_planted_is_found() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/yuanhe"));
    let as_of = Date::parse("2026-06-30").unwrap();
    let mapping = Mapping::read(&folder).unwrap();
    let rulebook = Versions::open(&mapping.rules).unwrap().in_force(as_of).unwrap();
    let delivery = Delivery::read(&mapping, &rulebook, as_of).unwrap();
    let text = std::fs::read_to_string(folder.join("faults.tsv")).unwrap();
    let planted: Vec<Planted> = text
        .lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let [file, line, _, becomes, code, fact, _column, _cell] = cells.as_slice() else {
                panic!("eight cells a line")
            };
            Planted {
                file: (*file).to_owned(),
                line: line.parse().unwrap(),
                reject: *becomes == "reject",
                code: (*code).to_owned(),
                fact: (*fact).to_owned(),
            }
        })
        .collect();

    assert_eq!(delivery.batch.rows(), 500);
    for file in &delivery.files {
        assert_eq!(file.rows, file.attached + file.rejected, "{}", file.file);
    }

    let expected: BTreeSet<(String, u64)> =
        planted.iter().filter(|p| p.reject).map(|p| (p.file.clone(), p.line)).collect();
    let found: BTreeSet<(String, u64)> = delivery.rejects.iter().map(|r| (r.file.clone(), r.line)).collect();
    assert_eq!(found.len(), delivery.rejects.len());
    assert_eq!(found.symmetric_difference(&expected).collect::<Vec<_>>(), [] as [&(String, u64); 0]);

    let expected: BTreeSet<(String, String)> =
        planted.iter().filter(|p| !p.reject).map(|p| (p.code.clone(), p.fact.clone())).collect();
    let enterprise = |row: usize| delivery.batch.enterprises.get(row).to_owned();
    let found: BTreeSet<(String, String)> =
        delivery.batch.faults.iter().map(|(row, fault)| (enterprise(*row), fault.fact.clone())).collect();
    assert_eq!(found.symmetric_difference(&expected).collect::<Vec<_>>(), [] as [&(String, String); 0]);

    let notices: Vec<(&str, &str)> = delivery
        .notices
        .iter()
        .map(|notice| {
            let kind = match notice {
                Notice::Absent { .. } => "absent",
                Notice::Late { .. } => "late",
                Notice::AfterAsOf { .. } => "after",
                Notice::Sheets { .. } => "sheets",
                Notice::Unclaimed { .. } | Notice::NoFact { .. } => "unclaimed",
            };
            (kind, notice.file())
        })
        .collect();
    assert_eq!(
        notices.iter().map(|(kind, _)| *kind).collect::<BTreeSet<_>>(),
        BTreeSet::from(["absent", "late"]),
        "{notices:?}"
    );
    assert!(notices.contains(&("late", "水务公司_水费.csv")), "{notices:?}");

    // Every cell of the sources was delivered, and each fact that is known has one.
    let sources = delivery.sources(delivery.batch.enterprises.get(0)).unwrap();
    assert!(sources.iter().all(|s| !s.text.is_empty() && s.line > 1 && !s.department.is_empty()));
    assert!(sources.iter().any(|s| s.fact == "registry.established"));
}
