//! Files of columns: which rows become dossiers, and what is refused.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::ListBuilder;
use arrow_array::{
    ArrayRef, Date32Array, Decimal128Array, Float64Array, Int32Array, Int64Array, ListArray, RecordBatch, StringArray,
    TimestampSecondArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::WriterProperties;
use tempfile::TempDir;
use xinpei::column::FactColumn;
use xinpei::{Batch, Date, Error};

use crate::testing::{RULES, dictionary, rulebook};
use crate::{Dated, Delivery, Dossiers, Encoding, Mapping, Portion};

const A: &str = "91110000600037341L";
const B: &str = "91000000MA00000157";
const C: &str = "91000000MA00000232";

fn texts(values: &[Option<&str>]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

fn money(units: &[Option<i128>]) -> ArrayRef {
    Arc::new(Decimal128Array::from(units.to_vec()).with_precision_and_scale(20, 2).unwrap())
}

fn records<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    RecordBatch::try_from_iter(columns).unwrap()
}

/// Six rows of which three are dossiers: the third repeats the first, the fifth has a wrong check
/// character, the sixth no key.
fn six() -> RecordBatch {
    let keys = [Some(A), Some("91000000ma00000157"), Some(A), Some(C), Some("91110000600037341N"), None];
    let names = [Some("甲"), Some(" 乙 "), Some("丙"), None, Some("丁"), Some("戊")];
    let units = [Some(125_000), None, Some(1), Some(-1), Some(2), Some(3)];
    records([("enterprise", texts(&keys)), ("name", texts(&names)), ("tax.arrears", money(&units))])
}

struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file of columns by its ending; `rows` to a row group or batch.
    fn write(&self, name: &str, records: &RecordBatch, rows: usize) -> PathBuf {
        let path = self.path(name);
        let file = File::create(&path).unwrap();
        let parts =
            (0..records.num_rows()).step_by(rows).map(|at| records.slice(at, rows.min(records.num_rows() - at)));
        match path.extension().unwrap().to_str().unwrap() {
            "parquet" => {
                let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows)).build();
                let mut writer = ArrowWriter::try_new(file, records.schema(), Some(properties)).unwrap();
                writer.write(records).unwrap();
                writer.close().unwrap();
            }
            "arrow" => {
                let mut writer = FileWriter::try_new(file, &records.schema()).unwrap();
                parts.for_each(|part| writer.write(&part).unwrap());
                writer.finish().unwrap();
            }
            _ => {
                let mut writer = StreamWriter::try_new(file, &records.schema()).unwrap();
                parts.for_each(|part| writer.write(&part).unwrap());
                writer.finish().unwrap();
            }
        }
        path
    }
}

fn open(path: &Path) -> Result<Dossiers, Error> {
    Dossiers::open(path, Encoding::Utf8, &dictionary(RULES))
}

fn portions(dossiers: &mut Dossiers, most: usize) -> Result<Vec<Portion>, Error> {
    let mut all = Vec::new();
    while let Some(portion) = dossiers.portion(most)? {
        assert_eq!(portion.rows, portion.batch.rows() + portion.rejects.len());
        all.push(portion);
    }
    Ok(all)
}

fn values(batch: &Batch, fact: &str) -> Vec<Option<i64>> {
    let at = dictionary(RULES).fact(fact).unwrap();
    let FactColumn::Value(column) = &batch.facts[at] else { panic!("a value") };
    column.into()
}

#[test]
fn rows_are_dossiers_or_rejects_however_they_are_cut() {
    let place = Place::new();
    for name in ["a.parquet", "a.arrow", "a.arrows"] {
        for (group, most) in [(6, 100), (6, 2), (4, 3), (1, 1), (2, 100)] {
            let path = place.write(name, &six(), group);
            let mut dossiers = open(&path).unwrap();
            assert_eq!(dossiers.total(), (name == "a.parquet").then_some(6));
            assert!(dossiers.notices().is_empty());
            let all = portions(&mut dossiers, most).unwrap();
            let keys: Vec<&str> = all.iter().flat_map(|p| p.batch.enterprises.iter()).collect();
            assert_eq!(keys, [A, B, C], "{name} {group} {most}");
            let names: Vec<&str> = all.iter().flat_map(|p| &p.names).map(String::as_str).collect();
            assert_eq!(names, ["甲", "乙", ""]);
            let arrears: Vec<Option<i64>> = all.iter().flat_map(|p| values(&p.batch, "tax.arrears")).collect();
            assert_eq!(arrears, [Some(125_000), None, None]);
            let faults: Vec<String> = all
                .iter()
                .flat_map(|p| p.batch.faults.iter().map(|(_, f)| format!("{} {}", f.fact, f.value)))
                .collect();
            assert_eq!(faults, ["tax.arrears -0.01"]);
            let rejects: Vec<(u64, &str, &str)> = all
                .iter()
                .flat_map(|p| p.rejects.iter().map(|r| (r.line, r.enterprise.as_str(), r.reason.as_str())))
                .collect();
            assert_eq!(
                rejects,
                [
                    (3, A, "repeated: row 1 has the enterprise already"),
                    (5, "91110000600037341N", "the code is wrong: its check character is wrong (GB 32100)"),
                    (6, "", "the row names no enterprise"),
                ]
            );
        }
    }
}

#[test]
fn each_row_may_have_its_own_date() {
    let place = Place::new();
    let keys = texts(&[Some(A), Some(A), Some(A), Some(B)]);
    let days = |day: &str| Some(Date::parse(day).unwrap().days());
    let dates = Date32Array::from(vec![days("2026-06-30"), days("2026-07-31"), days("2026-06-30"), None]);
    let path = place.write("a.parquet", &records([("enterprise", keys), ("day", Arc::new(dates))]), 2);
    let mut dossiers = open(&path).unwrap();
    let said = |dossiers: &Dossiers| dossiers.notices().iter().map(ToString::to_string).collect::<String>();
    assert!(said(&dossiers).ends_with("has columns that are no facts and were not read: `day`"));
    let refused = dossiers.date_by(Dated::new("days", |_| Ok(()))).unwrap_err().to_string();
    assert!(refused.contains("no column `days`; did you mean `day`?"), "{refused}");
    dossiers.date_by(Dated::new("day", |_| Ok(()))).unwrap();
    assert_eq!(said(&dossiers), "");
    let all = portions(&mut dossiers, 100).unwrap();
    let dates: Vec<String> = all.iter().flat_map(|p| &p.dates).map(ToString::to_string).collect();
    assert_eq!(dates, ["2026-06-30", "2026-07-31"]);
    let reasons: Vec<&str> = all.iter().flat_map(|p| &p.rejects).map(|r| r.reason.as_str()).collect();
    assert_eq!(
        reasons,
        ["repeated: row 1 has the enterprise already on 2026-06-30", "the row has no date in the column `day`"]
    );
    let mut dossiers = open(&path).unwrap();
    assert!(dossiers.date_by(Dated::new("enterprise", |_| Ok(()))).is_ok(), "texts may be dates");
}

#[test]
fn every_usual_compression_is_read() {
    let place = Place::new();
    let kinds = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
    ];
    for kind in kinds {
        let path = place.path("a.parquet");
        let properties = WriterProperties::builder().set_compression(kind).build();
        let mut writer = ArrowWriter::try_new(File::create(&path).unwrap(), six().schema(), Some(properties)).unwrap();
        writer.write(&six()).unwrap();
        writer.close().unwrap();
        assert_eq!(portions(&mut open(&path).unwrap(), 10).unwrap()[0].batch.rows(), 3, "{kind}");
    }
    for kind in [CompressionType::LZ4_FRAME, CompressionType::ZSTD] {
        let path = place.path("a.feather");
        let options = IpcWriteOptions::default().try_with_compression(Some(kind)).unwrap();
        let file = File::create(&path).unwrap();
        let mut writer = FileWriter::try_new_with_options(file, &six().schema(), options).unwrap();
        writer.write(&six()).unwrap();
        writer.finish().unwrap();
        assert_eq!(portions(&mut open(&path).unwrap(), 10).unwrap()[0].batch.rows(), 3);
    }
}

/// Whatever is cut off or changed in a file, reading ends with rows or a sentence.
#[test]
fn damaged_files_are_refused() {
    // Libraries may panic on the way; nobody needs to see that here.
    std::panic::set_hook(Box::new(|panic| {
        if !crate::guard::inside() {
            eprintln!("{panic}");
        }
    }));
    let (place, dictionary) = (Place::new(), dictionary(RULES));
    let names = ["a.parquet", "a.arrow", "a.arrows"];
    let many = RecordBatch::try_from_iter([
        ("enterprise", texts(&vec![Some(A); 300])),
        ("tax.arrears", money(&(0..300).map(Some).collect::<Vec<_>>())),
    ]);
    for name in names {
        let whole = fs::read(place.write(name, many.as_ref().unwrap(), 100)).unwrap();
        let path = place.path(&format!("b-{name}"));
        let read = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            Dossiers::open(&path, Encoding::Utf8, &dictionary).and_then(|mut dossiers| portions(&mut dossiers, 64))
        };
        for end in (0..whole.len()).step_by(7) {
            let error = read(&whole[..end]).unwrap_err();
            assert!(error.is_input() && !error.to_string().contains('\n'), "{name} {end}: {error}");
        }
        let mut changed = whole.clone();
        for at in (0..whole.len()).step_by(3) {
            changed[at] ^= 0x5a;
            // A changed value may still be one; what counts is that reading ends.
            let t = std::time::Instant::now();
            let _ = read(&changed);
            if t.elapsed().as_millis() > 100 {
                eprintln!("{name} {at} {:?}", t.elapsed());
            }
            changed[at] = whole[at];
        }
    }
    for (name, bytes, said) in [
        ("x.parquet", &b"enterprise,tax.grade\n"[..], "is no Parquet file though it is called one"),
        ("x.parquet", b"", "is empty"),
        ("x.arrow", b"PK\x03\x04....", "is no Arrow file"),
        ("x.feather", b"FEA1....FEA1", "Feather file of version 1"),
        ("x.parquet", b"PARE....PARE", "encrypted"),
        ("x.arrows", b"{}", "is no Arrow stream"),
    ] {
        fs::write(place.path(name), bytes).unwrap();
        let error = open(&place.path(name)).unwrap_err();
        assert!(error.is_input() && error.to_string().contains(said), "{name}: {error}");
    }
    // What a file is shows in how it begins.
    fs::rename(place.write("c.parquet", &six(), 6), place.path("c.csv")).unwrap();
    assert_eq!(portions(&mut open(&place.path("c.csv")).unwrap(), 10).unwrap()[0].batch.rows(), 3);
}

#[test]
fn a_stream_without_its_end_is_incomplete() {
    let place = Place::new();
    let path = place.write("a.arrows", &six(), 2);
    let whole = fs::read(&path).unwrap();
    // A stream ends in a mark of eight bytes. Without it the last batch is whole, but is it the last?
    fs::write(&path, &whole[..whole.len() - 8]).unwrap();
    let error = portions(&mut open(&path).unwrap(), 10).unwrap_err().to_string();
    assert!(error.contains("the mark of its end is missing"), "{error}");
    fs::write(&path, [whole.as_slice(), &whole].concat()).unwrap();
    let error = portions(&mut open(&path).unwrap(), 10).unwrap_err().to_string();
    assert!(error.contains("bytes follow its end"), "{error}");
}

#[test]
fn columns_that_do_not_fit_are_refused_together() {
    let place = Place::new();
    let keys = || texts(&[Some(A)]);
    let error = |name: &str, records: RecordBatch| open(&place.write(name, &records, 10)).unwrap_err().to_string();
    let float: ArrayRef = Arc::new(Float64Array::from(vec![0.1]));
    let said = error("a.parquet", records([("enterprise", keys()), ("tax.arrears", Arc::clone(&float))]));
    assert!(said.contains("the column `tax.arrears` is double") || said.contains("float64"), "{said}");
    assert!(said.contains("`digits`"), "{said}");
    let stamp: ArrayRef = Arc::new(TimestampSecondArray::from(vec![0]).with_timezone("Asia/Shanghai"));
    let said =
        error("a.arrow", records([("enterprise", keys()), ("court.dishonest_on", stamp), ("tax.arrears", float)]));
    assert!(said.contains("2 columns do not fit") && said.contains("cast it to a date first"), "{said}");
    let said = error("a.parquet", records([("enterprise", Arc::new(Int64Array::from(vec![1])) as ArrayRef)]));
    assert!(said.contains("keys of enterprises are text"), "{said}");
    let said = error("a.parquet", records([("code", keys())]));
    assert!(said.contains("no column `enterprise`"), "{said}");
    let said = error("a.arrow", records([("enterprise", keys()), ("tax.grade", keys()), ("tax.grade", keys())]));
    assert!(said.contains("`tax.grade`") && said.contains("twice"), "{said}");
    let mut list = ListBuilder::new(arrow_array::builder::Int32Builder::new());
    list.append(true);
    let list: ArrayRef = Arc::new(list.finish());
    let said = error("a.parquet", records([("enterprise", keys()), ("tax.arrears", list)]));
    assert!(said.contains("list<int32>"), "{said}");
    let none = RecordBatch::try_new_with_options(
        Arc::new(arrow_schema::Schema::empty()),
        vec![],
        &arrow_array::RecordBatchOptions::new().with_row_count(Some(2)),
    );
    assert!(error("a.arrow", none.unwrap()).contains("no column `enterprise`"));
}

#[test]
fn files_without_rows_have_none() {
    let place = Place::new();
    for name in ["a.parquet", "a.arrow", "a.arrows"] {
        let path = place.write(name, &six().slice(0, 0), 10);
        assert_eq!(portions(&mut open(&path).unwrap(), 10).unwrap().len(), 0, "{name}");
    }
}

#[test]
fn values_outside_their_range_are_faults() {
    let place = Place::new();
    let wide = Decimal128Array::from(vec![Some(10_i128.pow(37)), Some(123), Some(10)]);
    let wide: ArrayRef = Arc::new(wide.with_precision_and_scale(38, 3).unwrap());
    let dates: ArrayRef = Arc::new(Date32Array::from(vec![i32::MAX, i32::MIN, 0]));
    let keys = texts(&[Some(A), Some(B), Some(C)]);
    let all = records([("enterprise", keys), ("tax.arrears", wide), ("court.dishonest_on", dates)]);
    let portion = portions(&mut open(&place.write("a.parquet", &all, 10)).unwrap(), 10).unwrap().remove(0);
    assert_eq!(values(&portion.batch, "tax.arrears"), [None, None, Some(1)]);
    assert_eq!(values(&portion.batch, "court.dishonest_on"), [None, None, Some(0)]);
    let faults: Vec<(usize, &str)> = portion.batch.faults.iter().map(|(row, f)| (*row, f.fact.as_str())).collect();
    assert_eq!(faults, [(0, "court.dishonest_on"), (0, "tax.arrears"), (1, "court.dishonest_on"), (1, "tax.arrears")]);
}

/// A mapping with one file of columns.
fn mapping(place: &Place, more: &str) -> Result<Mapping, Error> {
    let text = format!(
        "mapping: 1\nrules: .\nfiles:\n  - file: a.parquet\n    register: true\n    key: code\n    name: title\n{more}"
    );
    fs::write(place.path("mapping.yaml"), text).unwrap();
    Mapping::read(place.0.path())
}

#[test]
fn a_mapping_names_columns_and_how_floats_are_read() {
    let place = Place::new();
    let all = records([
        ("code", texts(&[Some(A), Some(B)])),
        ("title", texts(&[Some("甲"), None])),
        ("欠税", Arc::new(Float64Array::from(vec![0.1 + 0.2, 12.5])) as ArrayRef),
        ("级别", Arc::new(Int32Array::from(vec![1, 9])) as ArrayRef),
        ("rest", Arc::new(Int32Array::from(vec![1, 9])) as ArrayRef),
        ("free", Arc::new(Int32Array::from(vec![1, 9])) as ArrayRef),
    ]);
    place.write("a.parquet", &all, 10);
    let (rulebook, as_of) = (rulebook(RULES), Date::parse("2026-06-30").unwrap());
    let read = |more: &str| Dossiers::mapped(&mapping(&place, more)?, &rulebook, as_of).map(Option::unwrap);
    let columns = "    columns:\n      欠税: {fact: tax.arrears, digits: 2, times: 10000}\n      级别: {fact: tax.grade, values: {1: A}}\n    ignore: [rest]\n    delivered: 2026-05-01\n";
    let mut dossiers = read(columns).unwrap();
    let notices: Vec<String> = dossiers.notices().iter().map(ToString::to_string).collect();
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert!(notices[0].contains("by the refresh of `tax`"), "{notices:?}");
    assert!(notices[1].ends_with("neither uses nor ignores: `free`"), "{notices:?}");
    let portion = portions(&mut dossiers, 10).unwrap().remove(0);
    assert_eq!(portion.names, ["甲", ""]);
    // 0.1 + 0.2 is 0.30000000000000004 and is read as 0.30; times 10 000, in fen: 300 000.
    assert_eq!(values(&portion.batch, "tax.arrears"), [Some(300_000), Some(12_500_000)]);
    assert_eq!(portion.batch.faults.len(), 1);
    assert_eq!(portion.batch.faults[0].1.value, "9");
    let error = |more: &str| read(more).unwrap_err().to_string();
    assert!(error("    columns: {欠税: tax.arrears}\n").contains("`digits`"));
    assert!(
        error("    columns: {级别: {fact: labour.staff, digits: 0}}\n").contains("`digits` is for columns of floats")
    );
    assert!(error("    columns: {欠税: {fact: tax.arrears, digits: 16}}\n").contains("at most 15 digits"));
    assert!(error("    columns: {欠税: {fact: tax.arears}}\n").contains("has no fact `tax.arears`"));
    assert!(error("    columns: {欠: {fact: tax.arrears}}\n").contains("no column `欠`"));
    assert!(error("    columns: {欠税: {fact: court.cases, times: 2}}\n").contains("is a table of events"));
}

/// Events, facts and the register, each in a file of another form.
#[test]
fn files_of_columns_are_joined_with_others() {
    let place = Place::new();
    fs::write(place.path("register.csv"), format!("code,title\n{A},甲\n{B},乙\n")).unwrap();
    let units = Decimal128Array::from(vec![Some(125_000), None]).with_precision_and_scale(20, 2).unwrap();
    let facts = records([
        ("code", texts(&[Some(B), Some(A)])),
        ("arrears", Arc::new(units) as ArrayRef),
        ("staff", Arc::new(Float64Array::from(vec![7.0, f64::NAN])) as ArrayRef),
        (
            "nested",
            Arc::new(ListArray::new_null(
                Arc::new(arrow_schema::Field::new_list_field(arrow_schema::DataType::Int32, true)),
                2,
            )) as ArrayRef,
        ),
    ]);
    place.write("facts.parquet", &facts, 1);
    let days = Date32Array::from(vec![Date::parse("2026-01-05").unwrap().days(), 0, 0]);
    let cases = records([
        ("code", texts(&[Some(A), Some(A), Some(C)])),
        ("filed", Arc::new(days) as ArrayRef),
        ("due", Arc::new(Int64Array::from(vec![5, 6, 7])) as ArrayRef),
    ]);
    place.write("cases.arrow", &cases, 2);
    let write = |staff: &str| {
        let text = format!(
            "mapping: 1\nrules: .\nfiles:\n  - {{file: register.csv, register: true, key: code, name: title}}\n  - {{file: facts.parquet, key: code, columns: {{arrears: tax.arrears, {staff}}}}}\n  - {{file: cases.arrow, key: code, events: court.cases, columns: {{filed: filed, due: due}}}}\n"
        );
        fs::write(place.path("mapping.yaml"), text).unwrap();
        let mapping = Mapping::read(place.0.path()).unwrap();
        Delivery::read(&mapping, &rulebook(RULES), Date::parse("2026-06-30").unwrap())
    };
    let delivery = write("staff: {fact: labour.staff, digits: 0}").unwrap();
    assert_eq!(values(&delivery.batch, "tax.arrears"), [None, Some(125_000)]);
    assert_eq!(values(&delivery.batch, "labour.staff"), [None, Some(7)]);
    assert_eq!(delivery.batch.faults.iter().map(|(row, f)| (*row, f.value.as_str())).collect::<Vec<_>>(), [(0, "NaN")]);
    let at = dictionary(RULES).fact("court.cases").unwrap();
    let FactColumn::Events(table) = &delivery.batch.facts[at] else { panic!("a table") };
    assert_eq!(table.events(0).map(|event| table.fields[1].get(event)).collect::<Vec<_>>(), [Some(600), Some(500)]);
    let rejects: Vec<(&str, u64)> = delivery.rejects.iter().map(|r| (r.file.as_str(), r.line)).collect();
    assert_eq!(rejects, [("cases.arrow", 3)]);
    let sources = delivery.sources(A).unwrap();
    assert!(sources.iter().any(|s| s.file == "cases.arrow" && s.line == 1 && s.text == "2026-01-05"), "{sources:?}");
    let error = |staff: &str| write(staff).unwrap_err().to_string();
    assert!(error("staff: labour.staff").contains("not exact: say in the mapping with how many `digits`"));
    assert!(error("nested: labour.staff").contains("list<int32>, which holds no single values"));
}
