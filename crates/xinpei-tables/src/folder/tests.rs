//! Small department folders: what becomes of every row.

use std::path::Path;

use super::*;
use crate::testing::{RULES, rulebook};
use tempfile::TempDir;
use xinpei::{Fault, FaultKind};

/// 91110000600037341L and 91000000MA00000157 are right codes; so are these.
const A: &str = "91110000600037341L";
const B: &str = "91000000MA00000157";

fn code(serial: u32) -> String {
    let unit = format!("MA{serial:06}");
    let body = format!("91000000{unit}{}", xinpei::uscc::unit_check_character(&unit).unwrap());
    format!("{body}{}", xinpei::uscc::check_character(&body).unwrap())
}

/// Writes a folder: name and bytes of each file.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

fn read(folder: &Path) -> Result<Delivery, Error> {
    let mapping = Mapping::read(folder)?;
    Delivery::read(&mapping, &rulebook(RULES), Date::parse("2026-06-30").unwrap())
}

/// INVARIANT: no row is lost.
fn count(delivery: &Delivery) {
    let register = &delivery.files[0];
    assert_eq!(register.rows, delivery.batch.rows() + register.rejected);
    assert_eq!(delivery.names.len(), delivery.batch.rows());
    for file in &delivery.files {
        assert_eq!(file.rows, file.attached + file.rejected, "{}", file.file);
        assert_eq!(file.rejected, delivery.rejects.iter().filter(|r| r.file == file.file).count());
    }
}

fn rejects(delivery: &Delivery) -> Vec<String> {
    delivery.rejects.iter().map(|r| format!("{}:{} {} {}", r.file, r.line, r.enterprise, r.reason)).collect()
}

fn value(delivery: &Delivery, fact: &str, row: usize) -> Option<i64> {
    match &delivery.batch.facts[delivery.bound.dictionary.fact(fact).unwrap()] {
        xinpei::column::FactColumn::Value(column) => column.get(row),
        xinpei::column::FactColumn::Events(_) => panic!("a table"),
    }
}

/// The events of a row: their fields, field by field; `None` where the table is missing.
fn events(delivery: &Delivery, row: usize) -> Option<Vec<Vec<Option<i64>>>> {
    let xinpei::column::FactColumn::Events(table) =
        &delivery.batch.facts[delivery.bound.dictionary.fact("court.cases").unwrap()]
    else {
        panic!("a table")
    };
    table.known(row).then(|| table.events(row).map(|at| table.fields.iter().map(|f| f.get(at)).collect()).collect())
}

const MAPPING: &str = "\
mapping: 1
rules: rules
files:
  - {file: cases.csv, events: court.cases, key: code, delivered: 2026-06-25, columns: {立案: filed, 金额(万): {field: due, times: 10000}, 状态: status}}
  - {file: tax.csv, delivered: 2026-03-31, key: code, columns: {级别: tax.grade, 欠税: tax.arrears}, ignore: [note]}
  - {file: register.csv, register: true, encoding: gbk, key: 代码, name: 名称, columns: {人数: labour.staff, 失信: court.dishonest}}
";

fn register() -> Vec<u8> {
    let text = format!(
        "代码,名称,人数,失信,备注\r\n{B},乙,5,,x\r\n{A},甲,\"1,200\",是,\r\n\r\n{B},丙,6,否,\r\n9111,丁,7,否,\r\n{},戊,8,不详,\r\n,己,9,否,\r\n{},庚,9,否,,\r\n",
        code(3),
        code(4)
    );
    encoding_rs::GBK.encode(&text).0.into_owned()
}

fn cases() -> String {
    format!(
        "code,立案,金额(万),状态\n{A},2026/3/1,1.5,执行中\n{},20250101,2,open\n{B},2026-02-30,3,closed\n {} ,2024年5月6日,,结案\n{A},2026-01-01,\"1,000\",\n",
        code(9),
        A.to_lowercase()
    )
}

fn tax() -> String {
    format!(
        "code,级别,欠税,note,extra\n{A},A级,0,,\n{A},A,0.00,,\n{B},,12.345,\"a\nb\",\n{B},B,,,\n{},D,1,,\n{A},A,0\n",
        code(9)
    )
}

#[test]
fn the_register_decides_and_the_rest_joins() {
    let (register, cases, tax) = (register(), cases(), tax());
    let folder = folder(&[
        ("mapping.yaml", MAPPING.as_bytes()),
        ("register.csv", &register),
        ("cases.csv", cases.as_bytes()),
        ("tax.csv", tax.as_bytes()),
    ]);
    let delivery = read(folder.path()).unwrap();
    assert_eq!(delivery.batch.enterprises, [B.to_owned(), A.to_owned(), code(3)]);
    assert_eq!(delivery.names, ["乙", "甲", "戊"]);
    let counts: Vec<(usize, usize, usize)> = delivery.files.iter().map(|f| (f.rows, f.attached, f.rejected)).collect();
    assert_eq!(counts, [(5, 4, 1), (6, 2, 4), (7, 3, 4)]);
    assert_eq!(
        rejects(&delivery),
        [
            format!("cases.csv:3 {} the enterprise is not in the register", code(9)),
            format!("tax.csv:3 {A} repeated: line 2 says the same"),
            format!("tax.csv:6 {B} repeated: line 4 says otherwise about `tax.grade`"),
            format!("tax.csv:7 {} the enterprise is not in the register", code(9)),
            format!("tax.csv:8 {A} the row has 3 cells where the header has 5"),
            format!("register.csv:5 {B} repeated: line 2 lists the enterprise already"),
            "register.csv:6 9111 the code is wrong: has not 18 characters".to_owned(),
            "register.csv:8  the row names no enterprise".to_owned(),
            format!("register.csv:9 {} the row has 6 cells where the header has 5", code(4)),
        ]
    );
    // Counts: 5 and 1,200 and 8; flags: absent means false, 是 is true, 不详 is a fault and unknown.
    assert_eq!([0, 1, 2].map(|row| value(&delivery, "labour.staff", row)), [Some(5), Some(1200), Some(8)]);
    assert_eq!([0, 1, 2].map(|row| value(&delivery, "court.dishonest", row)), [Some(0), Some(1), None]);
    // Members count from 0; 12.345 yuan has half a fen too much.
    assert_eq!([0, 1, 2].map(|row| value(&delivery, "tax.grade", row)), [None, Some(0), None]);
    assert_eq!([0, 1, 2].map(|row| value(&delivery, "tax.arrears", row)), [None, Some(0), None]);
    // By date: 2024-05-06, 2026-01-01, 2026-03-01 in days since 1970; 1,000 and 1.5 times ten
    // thousand yuan in fen; members count by name: closed is 0, open is 1.
    let of_a = vec![
        vec![Some(19849), None, Some(0)],
        vec![Some(20454), Some(1_000_000_000), None],
        vec![Some(20513), Some(1_500_000), Some(1)],
    ];
    assert_eq!(events(&delivery, 1), Some(of_a));
    assert_eq!(events(&delivery, 0), Some(vec![vec![None, Some(3_000_000), Some(0)]]));
    assert_eq!(events(&delivery, 2), Some(vec![]));
    let fault = |fact: &str, kind, value: &str| Fault { fact: fact.into(), kind, value: value.into() };
    assert_eq!(
        delivery.batch.faults,
        [
            (0, fault("court.cases.filed", FaultKind::NotADate, "2026-02-30")),
            (0, fault("tax.arrears", FaultKind::TooManyDigits, "12.345")),
            (2, fault("court.dishonest", FaultKind::NotAFlag, "不详")),
        ]
    );
    let outcome = rulebook(RULES);
    assert_eq!(outcome.score(&delivery.batch, Date::parse("2026-06-30").unwrap()).decisions().count(), 3);
    // Count in the order of the register.
    let mut sorted = delivery.clone();
    sorted.files.rotate_right(1);
    count(&sorted);
}

/// The tax bureau delivers every month: 31 March is fresh until 30 April; 61 days and two months
/// later is the as-of date. The court delivers every 10 days: 25 June is fresh until 5 July.
#[test]
fn notices_tell_what_changes_no_fact() {
    let (register, cases, tax) = (register(), cases(), tax());
    let folder = folder(&[
        ("mapping.yaml", MAPPING.as_bytes()),
        ("register.csv", &register),
        ("cases.csv", cases.as_bytes()),
        ("tax.csv", tax.as_bytes()),
    ]);
    let texts: Vec<String> = read(folder.path()).unwrap().notices.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "`tax.csv` was delivered on 2026-03-31 and was fresh until 2026-04-30 by the refresh of `tax`: 61 days (2 months) late",
            "`tax.csv` has columns that the mapping neither uses nor ignores: `extra`",
            "`register.csv` has columns that the mapping neither uses nor ignores: `备注`",
        ]
    );
    for (delivered, expected) in
        [("2026-05-30", None), ("2026-05-29", Some("1 day late")), ("2026-07-01", Some("after the as-of date"))]
    {
        std::fs::write(folder.path().join("mapping.yaml"), MAPPING.replace("2026-03-31", delivered)).unwrap();
        let notices = read(folder.path()).unwrap().notices;
        let first = notices
            .iter()
            .find(|n| n.file() == "tax.csv" && !matches!(n, Notice::Unclaimed { .. }))
            .map(ToString::to_string);
        assert_eq!(first.is_some(), expected.is_some(), "{delivered}");
        assert!(first.is_none_or(|n| n.ends_with(expected.unwrap_or(""))), "{delivered}");
    }
}

/// An absent list says nothing about anybody: not even `means: false` holds.
#[test]
fn an_absent_file_leaves_its_facts_unknown() {
    let mapping = "\
mapping: 1
rules: rules
files:
  - {file: register.csv, register: true, key: code}
  - {file: court.csv, key: code, columns: {a: court.dishonest}}
  - {file: cases.csv, events: court.cases, key: code, columns: {a: filed}}
  - {file: more.csv, events: court.cases, key: code, columns: {b: due}}
";
    let text = format!("code\n{A}\n{B}\n");
    let more = format!("code,b\n{A},1\n");
    let whole = folder(&[
        ("mapping.yaml", mapping.as_bytes()),
        ("register.csv", text.as_bytes()),
        ("court.csv", b"code,a\n"),
        ("cases.csv", b"code,a\n"),
        ("more.csv", more.as_bytes()),
    ]);
    let delivery = read(whole.path()).unwrap();
    count(&delivery);
    assert_eq!((value(&delivery, "court.dishonest", 0), value(&delivery, "tax.grade", 0)), (Some(0), None));
    assert_eq!((events(&delivery, 0), events(&delivery, 1)), (Some(vec![vec![None, Some(100), None]]), Some(vec![])));

    std::fs::remove_file(whole.path().join("court.csv")).unwrap();
    std::fs::remove_file(whole.path().join("cases.csv")).unwrap();
    let delivery = read(whole.path()).unwrap();
    count(&delivery);
    assert_eq!(value(&delivery, "court.dishonest", 0), None);
    // Half of a table is no table.
    assert_eq!((events(&delivery, 0), events(&delivery, 1)), (None, None));
    let notices: Vec<String> = delivery.notices.iter().map(ToString::to_string).collect();
    assert_eq!(
        notices,
        [
            "`court.csv` is absent; unknown for every enterprise: `court.dishonest`",
            "`cases.csv` is absent; unknown for every enterprise: `court.cases`"
        ]
    );
    assert_eq!(delivery.sources(A).unwrap().len(), 1);

    std::fs::remove_file(whole.path().join("register.csv")).unwrap();
    assert!(read(whole.path()).unwrap_err().is_io());
}

#[test]
fn a_mapped_column_must_be_there() {
    let register = register();
    let folder = folder(&[
        ("mapping.yaml", MAPPING.as_bytes()),
        ("register.csv", &register),
        ("cases.csv", b"code,\xe7\xab\x8b\xe6\xa1\x88\n"),
        ("tax.csv", b""),
    ]);
    let error = read(folder.path()).unwrap_err();
    assert!(error.is_input());
    assert!(error.to_string().starts_with("`cases.csv` has no column `金额(万)`"), "{error}");
    std::fs::write(folder.path().join("cases.csv"), cases()).unwrap();
    assert!(read(folder.path()).unwrap_err().to_string().starts_with("`tax.csv` is empty"));
    std::fs::write(folder.path().join("tax.csv"), b"code,\xbc\xb6\xb1\xf0\n").unwrap();
    assert!(read(folder.path()).unwrap_err().to_string().contains("write `encoding: gbk`"));
}

#[test]
fn facts_can_be_traced_to_their_cells() {
    let (register, cases, tax) = (register(), cases(), tax());
    let folder = folder(&[
        ("mapping.yaml", MAPPING.as_bytes()),
        ("register.csv", &register),
        ("cases.csv", cases.as_bytes()),
        ("tax.csv", tax.as_bytes()),
    ]);
    let delivery = read(folder.path()).unwrap();
    let sources: Vec<String> = delivery
        .sources(" 91110000600037341l")
        .unwrap()
        .iter()
        .map(|s| format!("{} {} {}:{} {} {}", s.fact, s.department, s.file, s.line, s.column, s.text))
        .collect();
    assert_eq!(
        sources,
        [
            "court.cases.filed court cases.csv:2 立案 2026/3/1",
            "court.cases.due court cases.csv:2 金额(万) 1.5",
            "court.cases.status court cases.csv:2 状态 执行中",
            "court.cases.filed court cases.csv:5 立案 2024年5月6日",
            "court.cases.status court cases.csv:5 状态 结案",
            "court.cases.filed court cases.csv:6 立案 2026-01-01",
            "court.cases.due court cases.csv:6 金额(万) 1,000",
            "tax.grade tax tax.csv:2 级别 A级",
            "tax.arrears tax tax.csv:2 欠税 0",
            "labour.staff tax register.csv:3 人数 1,200",
            "court.dishonest court register.csv:3 失信 是",
        ]
    );
    assert_eq!(delivery.sources(&code(9)).unwrap(), []);
}
