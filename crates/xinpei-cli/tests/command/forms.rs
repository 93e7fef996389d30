//! The same dossiers in every form are decided with the same bytes.

#![expect(clippy::unwrap_used, reason = "a test whose files cannot be made has failed")]

use std::fs::{self, File};
use std::path::Path;

use arrow_ipc::writer::{FileWriter, StreamWriter};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use rust_xlsxwriter::Workbook;
use xinpei::{Batch, BatchBuilder, Cell, Date, Dictionary, Rulebook, Versions, decimal};
use xinpei_tables::{Delivery, Mapping};
use xinpei_tests::export;
use xinpei_tests::generator::Rng;

use crate::place::Place;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Writes the dossiers of a batch in all forms that hold tables of events too.
fn write_columns(place: &Place, batch: &Batch, dictionary: &Dictionary) {
    let records = export::records(batch, dictionary);
    let file = |name: &str| File::create(place.path(name)).unwrap();
    // Several row groups and batches, which do not end together.
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(150)).build();
    let mut writer = ArrowWriter::try_new(file("d.parquet"), records.schema(), Some(properties)).unwrap();
    writer.write(&records).unwrap();
    writer.close().unwrap();
    let mut writer = FileWriter::try_new(file("d.arrow"), &records.schema()).unwrap();
    let mut stream = StreamWriter::try_new(file("d.arrows"), &records.schema()).unwrap();
    for start in (0..records.num_rows()).step_by(70) {
        let part = records.slice(start, 70.min(records.num_rows() - start));
        writer.write(&part).unwrap();
        stream.write(&part).unwrap();
    }
    writer.finish().unwrap();
    stream.finish().unwrap();
    place.write("d.jsonl", export::lines(batch, dictionary));
}

/// Writes the single values of the dossiers as CSV and as a workbook.
fn write_cells(place: &Place, batch: &Batch, dictionary: &Dictionary) -> String {
    let rows = export::cells(batch, dictionary);
    let text: String = rows.iter().map(|row| row.join(",") + "\n").collect();
    place.write("d.csv", &text);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (at, row) in (0_u32..).zip(&rows) {
        for (column, cell) in (0_u16..).zip(row).filter(|(_, cell)| !cell.is_empty()) {
            // Numbers as numbers, where a sheet keeps them for certain.
            match cell.parse::<f64>() {
                Ok(number) if cell.len() < 15 => sheet.write_number(at, column, number).unwrap(),
                _ => sheet.write_string(at, column, cell).unwrap(),
            };
        }
    }
    book.save(place.path("d.xlsx")).unwrap();
    text
}

/// Decisions as JSON and as Parquet.
fn decide(place: &Place, input: &str, rules: &Path) -> (String, Vec<u8>) {
    let rules = rules.display().to_string();
    let score = ["score", input, "--rules", &rules, "--as-of", "2026-06-30", "--batch-rows", "64"];
    let ran = place.run(&[&score[..], &["--format", "json"]].concat());
    assert_eq!(ran.code, 0, "{input}: {}", ran.err);
    let columns = place.run(&[&score[..], &["--out", "out.parquet", "--columns", "all"]].concat());
    assert_eq!(columns.code, 0, "{input}: {}", columns.err);
    (ran.out, fs::read(place.path("out.parquet")).unwrap())
}

/// The names of enterprises are no facts: without them the column `name` is the same.
fn codes() -> Vec<String> {
    let as_of = Date::parse("2026-06-30").unwrap();
    let mapping = Mapping::read(&Path::new(ROOT).join("examples/yuanhe")).unwrap();
    let rulebook = Versions::open(&mapping.rules).unwrap().in_force(as_of).unwrap();
    let delivery = Delivery::read(&mapping, &rulebook, as_of).unwrap();
    delivery.batch.enterprises.iter().map(str::to_owned).collect()
}

#[test]
fn size_classes_in_six_forms() {
    let place = Place::new();
    let rules = Path::new(ROOT).join("rules/sme-size");
    let rulebook = Rulebook::load(rules.join("2011.1")).unwrap();
    let dictionary = rulebook.dictionary();
    let mut rng = Rng::new(7);
    let mut builder = BatchBuilder::new(dictionary);
    let members: Vec<String> = dictionary.members(0).unwrap().names().map(str::to_owned).collect();
    for code in codes() {
        builder.row(&code);
        for (at, fact) in dictionary.facts().iter().enumerate() {
            match fact.id.as_str() {
                "size.industry" => builder.set(at, Cell::Text(&members[rng.below(16)])),
                _ if rng.below(10) == 0 => {}
                "size.staff" => builder.set(at, Cell::Number(rng.below(1500).into())),
                _ => builder
                    .set(at, Cell::Number(decimal::from_units(i128::try_from(rng.below(9_000_000_000)).unwrap(), 2))),
            }
        }
    }
    let batch = builder.finish();
    assert_eq!((batch.rows(), batch.faults.len()), (500, 0));
    write_columns(&place, &batch, dictionary);
    let csv = write_cells(&place, &batch, dictionary);
    let facts = dictionary.facts().iter().map(|f| format!("{0}: {0}", f.id)).collect::<Vec<_>>().join(", ");
    place.write("department/register.csv", csv);
    place.write(
        "department/mapping.yaml",
        format!(
            "mapping: 1\nrules: {}\nfiles:\n  - {{file: register.csv, register: true, key: enterprise, columns: {{{facts}}}}}\n",
            rules.display()
        ),
    );
    let first = decide(&place, "department", &rules);
    assert_eq!(first.0.lines().count(), 500);
    let rated = first.0.lines().filter(|line| line.contains("\"status\":\"rated\"")).count();
    assert!(rated > 300, "{rated}");
    for form in ["d.csv", "d.parquet", "d.arrow", "d.arrows", "d.jsonl", "d.xlsx"] {
        let now = decide(&place, form, &rules);
        assert!(first.0 == now.0, "{form}");
        assert!(first.1 == now.1, "{form} in columns");
    }
}

/// The example's enterprises without faults, with all their records. A fault is a value that does not
/// fit, so columns with types cannot hold it.
#[test]
fn records_of_departments_in_five_forms() {
    let place = Place::new();
    let as_of = Date::parse("2026-06-30").unwrap();
    let mapping = Mapping::read(&Path::new(ROOT).join("examples/yuanhe")).unwrap();
    let rulebook = Versions::open(&mapping.rules).unwrap().in_force(as_of).unwrap();
    let delivery = Delivery::read(&mapping, &rulebook, as_of).unwrap();
    let clean: Vec<usize> =
        (0..delivery.batch.rows()).filter(|row| delivery.batch.faults_of(*row).next().is_none()).collect();
    assert!(clean.len() > 400, "{}", clean.len());
    let batch = delivery.batch.take(&clean);
    write_columns(&place, &batch, rulebook.dictionary());
    let folder = Path::new(ROOT).join("examples/yuanhe");
    let all = decide(&place, &folder.display().to_string(), &mapping.rules).0;
    let first: String =
        all.lines().enumerate().filter(|(row, _)| clean.contains(row)).map(|(_, l)| format!("{l}\n")).collect();
    let columns = decide(&place, "d.jsonl", &mapping.rules).1;
    for form in ["d.jsonl", "d.parquet", "d.arrow", "d.arrows"] {
        let now = decide(&place, form, &mapping.rules);
        for (was, is) in first.lines().zip(now.0.lines()) {
            assert_eq!(was, is, "{form}");
        }
        assert!(first == now.0, "{form}");
        assert!(columns == now.1, "{form} in columns");
    }
}
