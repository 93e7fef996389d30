//! Decisions as columns say what decisions say, cell by cell.

use std::path::PathBuf;
use std::sync::OnceLock;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int8Type, Int16Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::DataType;
use rust_decimal::Decimal;
use xinpei::arrow::{Columns, decisions, schema};
use xinpei::{Batch, BatchBuilder, Date, Decision, Rulebook, Scratch, Versions};
use xinpei_tables::{Delivery, Mapping};
use xinpei_tests::generator::{self, Rng};

use crate::agreement::{load, taste};

/// The text of a cell; `None` when it is null.
fn text(array: &ArrayRef, row: usize) -> Option<String> {
    if array.is_null(row) {
        return None;
    }
    Some(match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(row).to_owned(),
        DataType::Date32 => Date::from_days(array.as_primitive::<Date32Type>().value(row)).to_string(),
        DataType::Decimal128(..) => array.as_primitive::<Decimal128Type>().value_as_string(row),
        DataType::Dictionary(key, _) => {
            let (at, values) = match **key {
                DataType::Int8 => {
                    let array = array.as_dictionary::<Int8Type>();
                    (usize::try_from(array.keys().value(row)), array.values())
                }
                _ => {
                    let array = array.as_dictionary::<Int16Type>();
                    (usize::try_from(array.keys().value(row)), array.values())
                }
            };
            values.as_string::<i32>().value(at.expect("a key")).to_owned()
        }
        other => panic!("no cell is of type {other}"),
    })
}

/// The items of a list, each with the texts of its fields.
fn items(array: &ArrayRef, row: usize) -> Vec<Vec<Option<String>>> {
    let items = array.as_list::<i32>().value(row);
    let columns: Vec<ArrayRef> = match items.data_type() {
        DataType::Struct(_) => items.as_struct().columns().to_vec(),
        _ => vec![items.clone()],
    };
    (0..items.len()).map(|item| columns.iter().map(|column| text(column, item)).collect()).collect()
}

fn number(text: Option<String>) -> Option<Decimal> {
    text.map(|t| Decimal::from_str_exact(&t).expect("a number"))
}

/// Panics unless a row of columns says what a decision says. Every column must be known here.
pub fn same(records: &RecordBatch, row: usize, decision: &Decision, name: &str) {
    for (field, column) in records.schema().fields().iter().zip(records.columns()) {
        let title = field.name().as_str();
        let some = |text: &str| Some(text.to_owned());
        match title.split_once(':') {
            Some(("section", id)) => {
                let section = decision.sections.iter().find(|s| s.id == id).expect("a section");
                assert_eq!(number(text(column, row)), Some(section.points), "{title} of row {row}");
                continue;
            }
            Some(("characteristic", id)) => {
                let line = decision.characteristics.iter().find(|c| c.id == id).expect("a characteristic");
                assert_eq!(number(text(column, row)), Some(line.points), "{title} of row {row}");
                continue;
            }
            _ => {}
        }
        let expected = match title {
            "enterprise" => some(&decision.enterprise),
            "name" => some(name).filter(|n| !n.is_empty()),
            "as_of" => some(&decision.as_of.to_string()),
            "status" => some(decision.status.word()),
            "score" => decision.score.map(|s| s.to_string()),
            "grade" => decision.grade.clone(),
            "coverage" => some(&decision.coverage.to_string()),
            "receipt" => some(&decision.receipt),
            "reasons" => {
                let found: Vec<(Option<String>, Option<Decimal>)> =
                    items(column, row).into_iter().map(|mut r| (r.remove(0), number(r.remove(0)))).collect();
                let expected: Vec<_> = decision.reasons.iter().map(|r| (some(&r.code), r.lost)).collect();
                assert_eq!(found, expected, "reasons of row {row}");
                continue;
            }
            "overrides" | "outcomes" => {
                let found: Vec<Option<String>> = items(column, row).into_iter().flatten().collect();
                let expected: Vec<Option<String>> = match title {
                    "overrides" => decision.overrides.iter().map(|o| some(&o.id)).collect(),
                    _ => decision.outcomes.iter().map(|o| some(&o.id)).collect(),
                };
                assert_eq!(found, expected, "{title} of row {row}");
                continue;
            }
            "faults" => {
                let expected: Vec<Vec<Option<String>>> =
                    decision.faults.iter().map(|f| vec![some(&f.fact), some(f.kind.word()), some(&f.value)]).collect();
                assert_eq!(items(column, row), expected, "faults of row {row}");
                continue;
            }
            other => panic!("nothing is known of the column {other}"),
        };
        assert_eq!(text(column, row), expected, "{title} of row {row}");
    }
}

/// Panics unless every number has room in its declared digits.
fn fits(column: &ArrayRef) {
    match column.data_type() {
        DataType::Decimal128(all, _) => {
            column.as_primitive::<Decimal128Type>().validate_decimal_precision(*all).expect("it has room");
        }
        DataType::List(_) => fits(column.as_list::<i32>().values()),
        DataType::Struct(_) => column.as_struct().columns().iter().for_each(fits),
        _ => {}
    }
}

fn of(rulebook: &Rulebook, names: &str) -> Columns {
    Columns::parse(names, rulebook).expect("columns of every rulebook")
}

/// Every column of a batch against its decisions.
fn check(rulebook: &Rulebook, batch: &Batch, as_of: Date) -> Vec<Decision> {
    let columns = Columns::all(rulebook);
    let outcome = rulebook.score(batch, as_of);
    let records = decisions(&outcome, &columns, &[]).expect("columns");
    for lean in [Columns::all(rulebook), Columns::standard(rulebook), of(rulebook, "reasons"), of(rulebook, "coverage")]
    {
        // What is evaluated for some columns alone is what everything says.
        let scored = lean.score(rulebook, batch, as_of, &mut Scratch::default()).expect("the same rulebook");
        let alone = decisions(&scored, &lean, &[]).expect("columns");
        for (field, column) in alone.schema().fields().iter().zip(alone.columns()) {
            assert_eq!(records.column_by_name(field.name()), Some(column), "{}", field.name());
        }
    }
    let expected: Vec<Decision> = outcome.decisions().collect();
    assert_eq!(records.num_rows(), expected.len());
    records.columns().iter().for_each(fits);
    for (row, decision) in expected.iter().enumerate() {
        same(&records, row, decision, "");
    }
    expected
}

/// The example's rulebook and dossiers.
pub fn yuanhe() -> (&'static Rulebook, &'static Batch, Date) {
    static EXAMPLE: OnceLock<(Rulebook, Batch, Date)> = OnceLock::new();
    let (rulebook, batch, as_of) = EXAMPLE.get_or_init(read);
    (rulebook, batch, *as_of)
}

fn read() -> (Rulebook, Batch, Date) {
    let as_of = Date::parse("2026-06-30").expect("a date");
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/yuanhe"));
    let mapping = Mapping::read(&folder).expect("a mapping");
    let rulebook = Versions::open(&mapping.rules).expect("rules").in_force(as_of).expect("a rulebook");
    let batch = Delivery::read(&mapping, &rulebook, as_of).expect("a delivery").batch;
    (rulebook, batch, as_of)
}

#[test]
fn the_example_says_the_same_in_columns() {
    let (rulebook, batch, as_of) = yuanhe();
    let decisions = check(rulebook, batch, as_of);
    assert_eq!(decisions.len(), 500);
    // Cells of every sort are there to be compared.
    assert!(decisions.iter().any(|d| !d.faults.is_empty()));
    assert!(decisions.iter().any(|d| d.score.is_none()));
    assert!(decisions.iter().any(|d| d.overrides.len() > 1));
    assert!(decisions.iter().any(|d| !d.outcomes.is_empty()));
}

#[test]
fn random_rulebooks_say_the_same_in_columns() {
    for seed in 0..120 {
        let (book, rulebook) = load(seed);
        let mut rng = Rng::new(seed ^ 0xc01);
        let as_of = generator::as_of(&mut rng);
        let mut builder = BatchBuilder::new(rulebook.dictionary());
        for _ in 0..9 {
            let taste = taste(&mut rng);
            builder.dossier(&generator::dossier(&book, &mut rng, taste));
        }
        check(&rulebook, &builder.finish(), as_of);
    }
}

#[test]
fn columns_are_chosen_by_name_and_come_in_order() {
    let (rulebook, batch, as_of) = yuanhe();
    let names = |text: &str| -> Vec<String> {
        let columns = Columns::parse(text, rulebook).expect("columns");
        let schema = schema(rulebook, &columns).expect("a schema");
        schema.fields().iter().map(|f| f.name().clone()).collect()
    };
    let section = &rulebook.typed().sections[1].id;
    let line = &rulebook.typed().characteristics[2].id;
    assert_eq!(
        names(&format!(" characteristic:{line},section:{section}, score,enterprise,score,")),
        ["enterprise", "score", &format!("section:{section}"), &format!("characteristic:{line}")]
    );
    let sections = rulebook.typed().sections.len();
    assert_eq!(names("sections").len(), sections);
    assert_eq!(names("all").len(), 12 + sections + rulebook.typed().characteristics.len());
    let standard = Columns::standard(rulebook).schema();
    let standard: Vec<&str> =
        standard.fields().iter().map(|f| f.name().as_str()).filter(|n| !n.contains(':')).collect();
    assert_eq!(
        standard,
        ["enterprise", "status", "score", "grade", "coverage", "reasons", "overrides", "outcomes", "faults", "receipt"]
    );
    let error = |text: &str| Columns::parse(text, rulebook).expect_err("an error").to_string();
    assert_eq!(error("enterprise,scor"), "there is no column `scor`; did you mean `score`?");
    let near = format!("section:{section}x");
    assert_eq!(error(&near), format!("there is no column `{near}`; did you mean `section:{section}`?"));
    assert_eq!(error(" ,"), "` ,` names no column; name some, or `all`");

    // Names go with the rows; what is short or empty is null.
    let columns = Columns::parse("name,enterprise", rulebook).expect("columns");
    assert!(columns.names() && !Columns::standard(rulebook).names());
    let batch = batch.slice(0..3);
    let outcome = rulebook.score(&batch, as_of);
    let records = decisions(&outcome, &columns, &["甲".to_owned(), String::new()]).expect("columns");
    for (row, name) in ["甲", "", ""].into_iter().enumerate() {
        same(&records, row, &outcome.decision(row), name);
    }
}

#[test]
fn columns_of_another_rulebook_are_refused() {
    let (rulebook, batch, as_of) = yuanhe();
    let (_, other) = load(1);
    let outcome = rulebook.score(batch, as_of);
    let error = decisions(&outcome, &Columns::standard(&other), &[]).expect_err("an error").to_string();
    assert!(error.starts_with("the columns were chosen for") && error.contains("`yuanhe`"), "{error}");
}

/// What a reader relies on: dictionaries are whole and the same for every batch, and the metadata
/// names the rulebook and nothing else.
#[test]
fn dictionaries_and_metadata_belong_to_the_rulebook() {
    let (rulebook, batch, as_of) = yuanhe();
    let columns = Columns::all(rulebook);
    let words = |rows: std::ops::Range<usize>| -> Vec<String> {
        let batch = batch.slice(rows);
        let records = decisions(&rulebook.score(&batch, as_of), &columns, &[]).expect("columns");
        let grades = records.column_by_name("grade").expect("grades");
        let values = grades.as_dictionary::<Int16Type>().values();
        values.as_string::<i32>().iter().map(|g| g.expect("a grade").to_owned()).collect()
    };
    let grades: Vec<&str> = rulebook.typed().grades.iter().map(|g| g.id.as_str()).collect();
    assert_eq!(words(0..1), grades);
    assert_eq!(words(3..3), grades);
    let schema = columns.schema();
    let mut metadata: Vec<(&str, &str)> = schema.metadata().iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    metadata.sort_unstable();
    assert_eq!(
        metadata,
        [
            ("xinpei.digest", rulebook.digest().as_str()),
            ("xinpei.language", "1"),
            ("xinpei.rulebook", rulebook.id()),
            ("xinpei.version", rulebook.version()),
        ]
    );
}
