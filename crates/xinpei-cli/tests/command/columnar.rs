//! `xinpei score` over files of columns: what fits, what is told, and what leaves nothing behind.

#![expect(clippy::unwrap_used, reason = "a test whose files cannot be made has failed")]

use std::fs::{self, File};
use std::sync::Arc;

use arrow_array::{ArrayRef, Date32Array, Float64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use xinpei::Date;

use crate::place::{CODES, Place};

const SCORE: [&str; 6] = ["score", "in.parquet", "--rules", "rules/county", "--as-of", "2026-06-15"];

fn write<const N: usize>(place: &Place, columns: [(&str, ArrayRef); N]) {
    let records = RecordBatch::try_from_iter(columns).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(place.path("in.parquet")).unwrap(), records.schema(), None);
    writer.as_mut().unwrap().write(&records).unwrap();
    writer.unwrap().close().unwrap();
}

fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

/// Three rows of which the last repeats the first, with a column too much.
fn three(place: &Place) {
    let keys = texts(&[CODES[0], CODES[1], CODES[0]]);
    write(place, [("enterprise", keys), ("tax.grade", texts(&["A", "B", "C"])), ("tax.grad", texts(&["x", "y", "z"]))]);
}

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    SCORE.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn rejects_have_the_number_of_their_row_and_columns_that_nobody_claims_are_told_once() {
    let place = Place::new();
    three(&place);
    let ran = place.run(&with(&["--out", "d.csv", "--rejects", "r.csv", "--columns", "enterprise,grade,score"]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    // Grade A 40 or B 30; nothing is known of arrears, 10, and of cases, 20.
    assert_eq!(place.read("d.csv").lines().count(), 3);
    assert_eq!(
        place.read("r.csv"),
        format!("file,line,enterprise,reason\nin.parquet,3,{},repeated: row 1 has the enterprise already\n", CODES[0])
    );
    assert_eq!(ran.err.matches("tax.grad` (did you mean `tax.grade`?)").count(), 1, "{}", ran.err);
    assert!(ran.err.starts_with("rows in 3 = decisions 2 + rejects 1\n"), "{}", ran.err);
    let zh = place.run(&with(&["--out", "d.csv", "--lang", "zh"]));
    assert!(zh.err.contains("in.parquet 中有不是事实的列，未读取：tax.grad（是否为 tax.grade？）"), "{}", zh.err);
}

#[test]
fn damaged_files_leave_nothing() {
    let place = Place::new();
    three(&place);
    let whole = fs::read(place.path("in.parquet")).unwrap();
    let names = || fs::read_dir(place.path("")).unwrap().count();
    let before = names();
    place.write("in.parquet", &whole[..whole.len() / 2]);
    place.run(&with(&["--out", "d.parquet"])).refused(&["`in.parquet` is no complete Parquet file"]);
    // The description at the end is whole, the first page is not.
    let mut torn = whole.clone();
    torn[4..40].fill(0xff);
    place.write("in.parquet", &torn);
    place.run(&with(&["--out", "d.parquet", "--rejects", "r.csv"])).refused(&["row group 0 is damaged"]);
    place.write("in.parquet", "enterprise,tax.grade\n");
    place.run(&with(&["--out", "d.parquet"])).refused(&["is no Parquet file though it is called one"]);
    place.write("in.parquet", &whole);
    place.run(&with(&["--out", "in.parquet"])).refused(&["is an input"]);
    assert_eq!(names(), before);
}

#[test]
fn each_row_may_have_its_own_date() {
    let place = Place::new();
    let days = |day: &str| Date::parse(day).unwrap().days();
    let dates = Date32Array::from(vec![days("2026-06-30"), days("2026-12-31"), days("2025-01-01")]);
    let keys = || texts(&[CODES[0], CODES[0], CODES[1]]);
    write(&place, [("enterprise", keys()), ("tax.grade", texts(&["A", "B", "A"])), ("day", Arc::new(dates))]);
    let mut args = with(&["--format", "csv", "--columns", "enterprise,as_of,status", "--rejects", "r.csv"]);
    args[5] = "column:day";
    let ran = place.run(&args);
    assert_eq!(
        ran.out,
        format!("enterprise,as_of,status\n{0},2026-06-30,rated\n{0},2026-12-31,rated\n", CODES[0]),
        "{}",
        ran.err
    );
    assert!(
        place.read("r.csv").contains("on 2025-01-01 the version `2026.1` is not in force"),
        "{}",
        place.read("r.csv")
    );
    args[5] = "column:dy";
    place.run(&args).refused(&["no column `dy`; did you mean `day`?"]);
    args[5] = "column:tax.grade";
    place.run(&args);
    assert_eq!(place.read("r.csv").matches("has no date: `A`").count(), 2);
}

#[test]
fn floats_need_digits() {
    let place = Place::new();
    let float: ArrayRef = Arc::new(Float64Array::from(vec![1250.005]));
    write(&place, [("enterprise", texts(&[CODES[0]])), ("tax.arrears", float)]);
    place.run(&with(&[])).refused(&["`tax.arrears`", "not exact", "`digits`"]);
    let mapping = |digits: &str| {
        let text = format!(
            "mapping: 1\nrules: rules/county\nfiles:\n  - file: in.parquet\n    register: true\n    key: enterprise\n    columns: {{tax.arrears: {{fact: tax.arrears{digits}}}}}\n"
        );
        place.write("one.yaml", text);
        place.run(&["score", "one.yaml", "--as-of", "2026-06-15", "--format", "json"])
    };
    mapping("").refused(&["`digits`"]);
    // A float of 1250.005 rounded to two digits, ties to even.
    let ran = mapping(", digits: 2");
    assert!(ran.out.contains("\"value\":\"1250.00\""), "{}{}", ran.out, ran.err);
}
