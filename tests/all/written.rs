//! Files of decisions: read back they say what decisions say, and batches leave no trace in them.

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Schema};
use calamine::{Data, Reader, Xlsx};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rust_decimal::Decimal;
use xinpei::arrow::decisions::{GROUPS, Group};
use xinpei::arrow::{Columns, decisions};
use xinpei::{Batch, Date, Decision, Rulebook};
use xinpei_tables::{DecisionWriter, Format};

use crate::columns::{same, yuanhe};

/// Record batches of the example's decisions, cut into so many rows, and the decisions themselves.
fn cut(rows: usize) -> (Columns, Vec<RecordBatch>, Vec<Decision>) {
    let (rulebook, batch, as_of) = yuanhe();
    let columns = Columns::all(rulebook);
    let (records, expected) = cut_in(rows, &columns, (rulebook, batch, as_of));
    (columns, records, expected)
}

/// The same for columns that are there already.
fn cut_in(
    rows: usize,
    columns: &Columns,
    (rulebook, batch, as_of): (&Rulebook, &Batch, Date),
) -> (Vec<RecordBatch>, Vec<Decision>) {
    let expected = rulebook.score(batch, as_of).decisions().collect();
    let starts = (0..batch.rows()).step_by(rows);
    let records = starts.map(|start| {
        let part = batch.slice(start..batch.rows().min(start + rows));
        let names: Vec<String> = part.enterprises.iter().map(name).collect();
        decisions(&rulebook.score(&part, as_of), columns, &names).expect("columns")
    });
    (records.collect(), expected)
}

/// A name that only its enterprise has; some have none.
fn name(enterprise: &str) -> String {
    if enterprise.ends_with(['1', '2']) { String::new() } else { format!("={enterprise}, \"公司\"") }
}

fn written(format: Format, columns: &Columns, records: &[RecordBatch]) -> Vec<u8> {
    let mut writer = DecisionWriter::new(format, Vec::new(), &columns.schema()).expect("a writer");
    for batch in records {
        writer.write(batch).expect("it writes");
    }
    writer.finish().expect("it ends")
}

/// Panics unless these batches, one after the other, are those decisions.
fn are(schema: &Schema, batches: &[RecordBatch], expected: &[Decision]) {
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), expected.len());
    let rows = batches.iter().flat_map(|batch| (0..batch.num_rows()).map(move |row| (batch, row)));
    for ((batch, row), decision) in rows.zip(expected) {
        assert_eq!(batch.schema_ref().fields(), schema.fields());
        same(batch, row, decision, &name(&decision.enterprise));
    }
}

#[test]
fn parquet_says_what_decisions_say() {
    let (columns, records, expected) = cut(500);
    let bytes = written(Format::Parquet, &columns, &records);
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).expect("Parquet");
    assert_eq!(reader.schema().metadata(), columns.schema().metadata());
    let batches: Vec<RecordBatch> = reader.build().expect("a reader").map(|b| b.expect("a batch")).collect();
    are(&columns.schema(), &batches, &expected);
}

#[test]
fn arrow_says_what_decisions_say() {
    let (columns, records, expected) = cut(500);
    let bytes = written(Format::Arrow, &columns, &records);
    let reader = arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(bytes), None).expect("Arrow");
    assert_eq!(reader.schema(), columns.schema());
    are(&columns.schema(), &reader.map(|b| b.expect("a batch")).collect::<Vec<_>>(), &expected);

    let bytes = written(Format::ArrowStream, &columns, &records);
    let reader = arrow_ipc::reader::StreamReader::try_new(bytes.as_slice(), None).expect("Arrow");
    are(&columns.schema(), &reader.map(|b| b.expect("a batch")).collect::<Vec<_>>(), &expected);
}

/// What a decision says in the cells of a row, spelt by hand.
pub fn cells(decision: &Decision, name: &str) -> Vec<String> {
    let plain = |number: Decimal| number.normalize().to_string();
    let joined = |words: Vec<&str>| words.join(";");
    let mut row = vec![
        decision.enterprise.clone(),
        name.to_owned(),
        decision.as_of.to_string(),
        decision.status.word().to_owned(),
        decision.score.map_or_else(String::new, |s| s.to_string()),
        decision.grade.clone().unwrap_or_default(),
        decision.coverage.to_string(),
    ];
    row.extend(decision.sections.iter().map(|s| plain(s.points)));
    row.extend(decision.characteristics.iter().map(|c| plain(c.points)));
    row.push(joined(decision.reasons.iter().map(|r| r.code.as_str()).collect()));
    let lost: Vec<String> = decision.reasons.iter().map(|r| r.lost.map_or_else(String::new, plain)).collect();
    row.push(lost.join(";"));
    row.push(joined(decision.overrides.iter().map(|o| o.id.as_str()).collect()));
    row.push(joined(decision.outcomes.iter().map(|o| o.id.as_str()).collect()));
    row.push(decision.faults.len().to_string());
    row.push(decision.receipt.clone());
    row
}

/// The titles of those cells.
fn titles(columns: &Columns) -> Vec<String> {
    let schema = columns.schema();
    let titles = schema.fields().iter().map(|f| f.name().clone());
    titles.flat_map(|t| if t == "reasons" { vec![t, "lost".into()] } else { vec![t] }).collect()
}

#[test]
fn csv_says_what_decisions_say() {
    let (columns, records, expected) = cut(500);
    let bytes = written(Format::Csv, &columns, &records);
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    assert_eq!(reader.headers().expect("a header").iter().collect::<Vec<_>>(), titles(&columns));
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    assert_eq!(rows.len(), expected.len());
    for (row, decision) in rows.iter().zip(&expected) {
        // A name that a spreadsheet would run is made a text.
        let name = name(&decision.enterprise).replacen('=', "'=", 1);
        assert_eq!(row.iter().collect::<Vec<_>>(), cells(decision, &name));
    }
}

/// The rows of the sheet of a file: texts, and numbers in their plain spelling.
fn sheet(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(std::io::Cursor::new(bytes)).expect("a spreadsheet");
    assert_eq!(book.sheet_names(), ["decisions"]);
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Float(number) => format!("number {number}"),
        Data::DateTime(date) => format!("date {}", date.as_f64()),
        other => panic!("no cell is {other:?}"),
    };
    let range = book.worksheet_range("decisions").expect("the sheet");
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

#[test]
fn spreadsheets_say_what_decisions_say() {
    let (columns, records, expected) = cut(500);
    let rows = sheet(written(Format::Xlsx, &columns, &records));
    let titles = titles(&columns);
    assert_eq!(rows[0], titles);
    assert_eq!(rows.len(), 501);
    for (row, decision) in rows[1..].iter().zip(&expected) {
        let cells = cells(decision, &name(&decision.enterprise));
        let cells: Vec<String> = cells
            .into_iter()
            .zip(&titles)
            .map(|(cell, title)| match title.as_str() {
                // 2026-06-30 is day 46,203 of a sheet: 126 years and 32 leap days, the one of 1900
                // that never was among them, and 181 days of the year.
                "as_of" => "date 46203".to_owned(),
                "enterprise" | "name" | "status" | "grade" | "reasons" | "overrides" | "outcomes" | "receipt" => cell,
                _ if cell.is_empty() || cell.contains(';') => cell,
                _ => format!("number {}", Decimal::from_str_exact(&cell).expect("a number").normalize()),
            })
            .collect();
        assert_eq!(*row, cells);
    }
}

/// A sheet ends at row 1,048,576; the header takes one.
#[test]
fn a_sheet_has_room_for_so_many_decisions() {
    let (rulebook, batch, as_of) = yuanhe();
    let columns = Columns::parse("status", rulebook).expect("columns");
    let part = batch.slice(0..1);
    let one = decisions(&rulebook.score(&part, as_of), &columns, &[]).expect("columns");
    let rows = |rows: usize| arrow_select::concat::concat_batches(&columns.schema(), vec![&one; rows]).expect("rows");
    assert_eq!(Format::Xlsx.room(), Some(1_048_575));
    assert_eq!(Format::Csv.room(), None);
    let mut writer = DecisionWriter::new(Format::Xlsx, Vec::new(), &columns.schema()).expect("a writer");
    writer.write(&rows(1_048_575)).expect("there is room");
    let error = writer.write(&one).expect_err("no room").to_string();
    assert_eq!(error, "a sheet has room for 1,048,575 decisions and there are more; write Parquet or CSV");
}

/// Every format.
const FORMATS: [Format; 5] = [Format::Parquet, Format::Arrow, Format::ArrowStream, Format::Csv, Format::Xlsx];

#[test]
fn batches_leave_no_trace() {
    let (columns, records, _) = cut(500);
    let files = FORMATS.map(|format| written(format, &columns, &records));
    for rows in [1, 7] {
        let (columns, records, _) = cut(rows);
        for (format, whole) in FORMATS.into_iter().zip(&files) {
            assert!(written(format, &columns, &records) == *whole, "{format:?} in batches of {rows}");
        }
    }
}

/// More rows than a batch that is written, and than a row group: the example many times over.
#[test]
fn large_files_are_cut_at_the_same_rows() {
    let (rulebook, batch, as_of) = yuanhe();
    let columns = Columns::parse("enterprise,score,grade,reasons,overrides,receipt", rulebook).expect("columns");
    let (records, expected) = cut_in(500, &columns, (rulebook, batch, as_of));
    let many = |times: usize| -> Vec<RecordBatch> { (0..times).map(|_| records[0].clone()).collect() };
    let (other, _) = cut_in(170, &columns, (rulebook, batch, as_of));
    for format in [Format::Parquet, Format::Arrow] {
        let whole = written(format, &columns, &many(280));
        let parts: Vec<RecordBatch> = (0..280).flat_map(|_| other.clone()).collect();
        assert!(written(format, &columns, &parts) == whole, "{format:?}");
        if format == Format::Parquet {
            let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(whole)).expect("Parquet");
            let groups: Vec<i64> = reader.metadata().row_groups().iter().map(|g| g.num_rows()).collect();
            assert_eq!(groups, [131_072, 8_928]);
            let batches: Vec<RecordBatch> =
                reader.with_batch_size(500).build().expect("a reader").map(|b| b.expect("a batch")).collect();
            let last = batches.last().expect("a batch");
            same(last, last.num_rows() - 1, expected.last().expect("a decision"), &name(&expected[499].enterprise));
        }
    }
}

#[test]
fn a_file_without_a_decision_has_its_columns() {
    let (columns, _, _) = cut(500);
    for format in FORMATS {
        let bytes = written(format, &columns, &[]);
        match format {
            Format::Parquet => {
                let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes)).expect("Parquet");
                assert_eq!(reader.schema().fields(), columns.schema().fields());
                assert_eq!(reader.build().expect("a reader").count(), 0);
            }
            Format::Arrow => {
                let reader = arrow_ipc::reader::FileReader::try_new(std::io::Cursor::new(bytes), None).expect("Arrow");
                assert_eq!((reader.schema(), reader.num_batches()), (columns.schema(), 0));
            }
            Format::ArrowStream => {
                let reader = arrow_ipc::reader::StreamReader::try_new(bytes.as_slice(), None).expect("Arrow");
                assert_eq!(reader.schema(), columns.schema());
                assert_eq!(reader.count(), 0);
            }
            Format::Xlsx => assert_eq!(sheet(bytes).len(), 1),
            Format::Csv => assert_eq!(bytes, format!("{}\n", titles(&columns).join(",")).as_bytes()),
        }
    }
}

/// The page that describes the schema is the code.
#[test]
fn the_schema_is_documented_as_it_is() {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/xinpei-tables/DECISIONS.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let line = |g: &Group| {
        let (null, mark) = (if g.null.is_empty() { "never" } else { g.null }, if g.standard { "" } else { " *" });
        format!(
            "| `{}`{mark} | `{}` | {} | {null} | {} |",
            g.column,
            g.ty,
            if g.name == g.column { "" } else { g.name },
            g.says
        )
    };
    let expected: Vec<String> = GROUPS.iter().map(line).collect();
    let rows =
        page.lines().skip_while(|l| !l.starts_with("| column | type |")).skip(2).take_while(|l| l.starts_with('|'));
    assert_eq!(rows.collect::<Vec<_>>(), expected, "the page should say\n{}", expected.join("\n"));
}

/// What the page says of types and nulls is what the schema has.
#[test]
fn the_groups_have_the_types_that_they_say() {
    fn said(ty: &DataType) -> String {
        match ty {
            DataType::Dictionary(key, value) => format!("Dictionary<{key}, {value}>"),
            DataType::Decimal128(3, 2) => "Decimal128(3, 2)".into(),
            DataType::Decimal128(..) => "Decimal128(p, s)".into(),
            DataType::List(item) => format!("List<{}>", said(item.data_type())),
            DataType::Struct(fields) => {
                let fields: Vec<String> =
                    fields.iter().map(|f| format!("{}: {}", f.name(), said(f.data_type()))).collect();
                format!("Struct<{}>", fields.join(", "))
            }
            other => other.to_string(),
        }
    }
    let (rulebook, ..) = yuanhe();
    for group in GROUPS {
        let schema = Columns::parse(group.name, rulebook).expect("columns").schema();
        assert!(!schema.fields().is_empty(), "{}", group.name);
        for field in schema.fields() {
            let start = group.column.trim_end_matches("ID");
            assert!(field.name().starts_with(start), "{} of {}", field.name(), group.name);
            assert_eq!(said(field.data_type()), group.ty, "{}", field.name());
            assert_eq!(field.is_nullable(), !group.null.is_empty() && group.name != "reasons", "{}", field.name());
        }
    }
}
