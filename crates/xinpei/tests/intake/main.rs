//! Record batches become the batches that the same dossiers become value by value.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on says so")]

mod events;
mod random;
mod schema;
mod sharing;
mod types;

use std::sync::{Arc, LazyLock};

use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{Field, Schema};
use xinpei::arrow::{Binding, Intake};
use xinpei::author::folder::RuleFiles;
use xinpei::cells::CellReader;
use xinpei::check::typed::FactKind;
use xinpei::column::{Column, FactColumn, Table};
use xinpei::{Batch, BatchBuilder, Cell, Dictionary, Rulebook};

const FACTS: &str = "
department: a
label: {zh: 某, en: A}
facts:
  - {id: a.money, label: {zh: 钱, en: Money}, type: money, range: {from: -1_000, to: 1_000_000}}
  - {id: a.ratio, label: {zh: 比, en: Ratio}, type: number, digits: 4, range: {from: -10, to: 10}}
  - {id: a.count, label: {zh: 数, en: Count}, type: count, range: {from: 0, to: 1_000}, missing: {means: 7}}
  - {id: a.whole, label: {zh: 整, en: Whole}, type: number, digits: 0, missing: required}
  - {id: a.day, label: {zh: 日, en: Day}, type: date, range: {from: 2000-01-01, to: 2030-12-31}}
  - {id: a.flag, label: {zh: 是, en: Flag}, type: flag, missing: {means: false}}
  - id: a.grade
    label: {zh: 级, en: Grade}
    type: category
    members: {A: {zh: A级, en: Grade A}, B: {zh: B级, en: Grade B}, M: {zh: M级, en: Grade M}}
  - id: a.cases
    label: {zh: 案, en: Cases}
    type: events
    order: filed
    fields:
      - {id: filed, label: {zh: 日, en: Filed}, type: date}
      - {id: due, label: {zh: 额, en: Due}, type: money, range: {from: 0}}
      - {id: status, label: {zh: 态, en: Status}, type: category, members: [open, closed], missing: required}
  - id: a.list
    label: {zh: 表, en: List}
    type: events
    missing: {means: empty}
    fields:
      - {id: n, label: {zh: 数, en: N}, type: count}
      - {id: yes, label: {zh: 是, en: Yes}, type: flag}
";

const SECTION: &str = "
section: a
label: {zh: 某, en: A}
characteristics:
  - {id: a.money, label: {zh: 钱, en: M}, basis: pilot, of: a.money, points: [{upto: 100, points: 0.5}, {points: 3}], missing: 1}
  - {id: a.ratio, label: {zh: 比, en: R}, basis: pilot, of: a.ratio, points: [{upto: 0, points: 7}, {points: 3}], missing: 2}
  - {id: a.count, label: {zh: 数, en: C}, basis: pilot, of: a.count + a.whole, points: [{upto: 9, points: 7}, {points: 3}], missing: 2}
  - {id: a.day, label: {zh: 日, en: D}, basis: pilot, of: days_since(a.day), points: [{upto: 900, points: 7}, {points: 3}], missing: 2}
  - {id: a.flag, label: {zh: 是, en: F}, basis: pilot, of: a.flag, points: {true: 1, false: 9}, missing: 2}
  - {id: a.grade, label: {zh: 级, en: G}, basis: pilot, of: a.grade, points: {A: 9, B: 4, M: 2}, missing: 1}
  - {id: a.cases, label: {zh: 案, en: E}, basis: pilot, of: 'a.cases.filter(|c| c.status == \"open\").sum(|c| c.due)', points: [{upto: 90, points: 7}, {points: 3}], missing: 2}
  - {id: a.list, label: {zh: 表, en: L}, basis: pilot, of: 'a.list.filter(|c| c.yes).count()', points: [{upto: 1, points: 7}, {points: 3}], missing: 2}
";

/// The rules of these tests, with keys of one kind.
fn rulebook(key: &str) -> Rulebook {
    let head = format!(
        "rulebook: t\nversion: \"1\"\nlanguage: 1\ntitle: {{zh: 某, en: T}}\nauthority: {{zh: 某, en: T}}\neffective: {{from: 2020-01-01}}\nlanguages: [zh, en]\nkey: {key}\nscore: {{digits: 1, rounding: half_up}}\n"
    );
    let grades = "grades:\n  - {id: A, from: 20, label: {zh: 好, en: Good}}\n  - {id: C, label: {zh: 差, en: Bad}}\n";
    let files = [
        ("rulebook.yaml", head.as_str()),
        ("facts/a.yaml", FACTS),
        ("sections/a.yaml", SECTION),
        ("grades.yaml", grades),
    ];
    match Rulebook::from_files(&RuleFiles::from_texts(files)) {
        Ok(rulebook) => rulebook,
        Err(error) => panic!("{error}"),
    }
}

static TEXT: LazyLock<Rulebook> = LazyLock::new(|| rulebook("text"));

fn dictionary() -> Dictionary {
    TEXT.dictionary().clone()
}

fn keys(rows: usize) -> ArrayRef {
    Arc::new(StringArray::from_iter_values((0..rows).map(|row| format!("e{row}"))))
}

/// Records of the columns that are given; the key and the fact that is required are added.
fn records(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    let rows = columns.first().map_or(0, |(_, array)| array.len());
    let mut all = vec![("enterprise", keys(rows))];
    if !columns.iter().any(|(name, _)| *name == "a.whole") {
        all.push(("a.whole", Arc::new(StringArray::from(vec!["1"; rows]))));
    }
    all.extend(columns.iter().map(|(name, array)| (*name, Arc::clone(array))));
    let fields: Vec<Field> =
        all.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), all.into_iter().map(|(_, array)| array).collect()).unwrap()
}

fn intake(records: &RecordBatch, bindings: Option<&[Binding]>) -> Intake {
    Intake::new(records.schema_ref(), &dictionary(), "enterprise", bindings).unwrap()
}

fn error(records: &RecordBatch, bindings: Option<&[Binding]>) -> String {
    Intake::new(records.schema_ref(), &dictionary(), "enterprise", bindings).unwrap_err().to_string()
}

fn value<'a>(batch: &'a Batch, fact: &str) -> &'a Column {
    match &batch.facts[dictionary().fact(fact).unwrap()] {
        FactColumn::Value(column) => column,
        FactColumn::Events(_) => panic!("a table"),
    }
}

fn table<'a>(batch: &'a Batch, fact: &str) -> &'a Table {
    match &batch.facts[dictionary().fact(fact).unwrap()] {
        FactColumn::Events(table) => table,
        FactColumn::Value(_) => panic!("a value"),
    }
}

/// A batch with one fact, read from cells of text as those of a CSV file; the other way to the same.
fn by_text(fact: &str, cells: &[&str], change: impl Fn(CellReader) -> CellReader) -> Batch {
    let dictionary = dictionary();
    let at = dictionary.fact(fact).unwrap();
    let whole = dictionary.fact("a.whole").unwrap();
    let FactKind::Value(kind) = &dictionary.facts()[at].kind else { panic!("a table") };
    let reader = change(CellReader::new(kind, &dictionary));
    let mut builder = BatchBuilder::new(&dictionary);
    for (row, cell) in cells.iter().enumerate() {
        builder.row(&format!("e{row}"));
        if at != whole {
            builder.set(whole, Cell::Text("1"));
        }
        match reader.read(cell) {
            Cell::Missing => {}
            cell => builder.set(at, cell),
        }
    }
    builder.finish()
}

/// Column by column and fault by fault.
fn same(now: &Batch, expected: &Batch) {
    assert_eq!(now.enterprises, expected.enterprises);
    assert_eq!(now.faults, expected.faults);
    let dictionary = dictionary();
    for (at, fact) in dictionary.facts().iter().enumerate() {
        assert_eq!(now.facts[at], expected.facts[at], "{}", fact.id);
    }
}

/// Decisions on both batches are the same bytes.
fn decides_alike(now: &Batch, expected: &Batch) {
    let as_of = xinpei::Date::parse("2026-06-30").unwrap();
    let (now, expected) = (TEXT.score(now, as_of), TEXT.score(expected, as_of));
    for (a, b) in now.decisions().zip(expected.decisions()) {
        assert_eq!(a.to_json(), b.to_json());
    }
    assert_eq!(now.rows(), expected.rows());
}
