//! Writes a card and as many dossiers as wanted into a folder: `card/1/…` and `dossiers.parquet`.
//!
//! Usage: `dossiers ROWS FOLDER`. The same bytes from the same number; memory does not grow with it.
//! Some values lie outside their range, some keys are blank or repeated.

use std::error::Error;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int8Array, Int64Array, RecordBatch,
    StringArray,
};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use xinpei_benches::workload::{Seed, card, rule_files};

/// Rows of a row group.
const GROUP: u64 = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [rows, folder] = arguments.as_slice() else { return Err("usage: dossiers ROWS FOLDER".into()) };
    let (rows, folder): (u64, &Path) = (rows.parse()?, Path::new(folder));
    let lines = card(25);
    for (path, text) in &rule_files(&lines).files {
        let path = folder.join("card/1").join(path);
        fs::create_dir_all(path.parent().ok_or("a path of a file")?)?;
        fs::write(path, text)?;
    }
    let mut seed = Seed(2026);
    let mut writer: Option<ArrowWriter<File>> = None;
    for start in (0..rows).step_by(usize::try_from(GROUP)?) {
        let group = start..rows.min(start + GROUP);
        let key = |row: u64| match row {
            _ if row % 77_777 == 77_776 => String::new(),
            // A key of an earlier group, or of this one.
            _ if row % 9_973 == 9_972 => format!("e{}", row / 2),
            _ => format!("e{row}"),
        };
        let keys: ArrayRef = Arc::new(StringArray::from_iter_values(group.clone().map(key)));
        let mut columns = vec![("enterprise".to_owned(), keys)];
        for (at, line) in lines.iter().enumerate() {
            let values: Vec<Option<i64>> = group
                .clone()
                .map(|_| {
                    let value = match line.kind {
                        0 => seed.below(200_000_000),
                        1 => seed.below(10_000),
                        2 => seed.below(5),
                        3 => {
                            let most = if seed.below(10_000) == 0 { 5_000 } else { 60 };
                            seed.below(most)
                        }
                        4 => 20_634 - seed.below(2_400),
                        _ => seed.below(2),
                    };
                    (seed.below(20) != 0).then_some(value.cast_signed())
                })
                .collect();
            columns.push((format!("a.f{at}"), array(line.kind, values)?));
        }
        for at in 0..6 {
            let flags: BooleanArray = group.clone().map(|_| Some(seed.below(40) == 0)).collect();
            columns.push((format!("o.f{at}"), Arc::new(flags)));
        }
        let records = RecordBatch::try_from_iter(columns)?;
        if writer.is_none() {
            let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
            let file = File::create(folder.join("dossiers.parquet"))?;
            writer = Some(ArrowWriter::try_new(file, records.schema(), Some(properties))?);
        }
        if let Some(writer) = &mut writer {
            writer.write(&records)?;
            writer.flush()?;
        }
    }
    if let Some(writer) = writer {
        writer.close()?;
    }
    Ok(())
}

/// Units as a column of the type that such attributes have.
fn array(kind: u64, values: Vec<Option<i64>>) -> Result<ArrayRef, Box<dyn Error>> {
    let wide = || values.iter().map(|v| v.map(i128::from)).collect::<Decimal128Array>();
    Ok(match kind {
        0 => Arc::new(wide().with_precision_and_scale(12, 2)?),
        1 => Arc::new(wide().with_precision_and_scale(8, 4)?),
        2 => {
            let keys: Int8Array = values.iter().map(|v| v.and_then(|v| i8::try_from(v).ok())).collect();
            let members = StringArray::from(vec!["A", "B", "M", "C", "D"]);
            Arc::new(DictionaryArray::try_new(keys, Arc::new(members))?)
        }
        3 => Arc::new(Int64Array::from(values)),
        4 => Arc::new(values.iter().map(|v| v.and_then(|v| i32::try_from(v).ok())).collect::<Date32Array>()),
        _ => Arc::new(values.iter().map(|v| v.map(|v| v == 1)).collect::<BooleanArray>()),
    })
}
