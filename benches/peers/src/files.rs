//! Parquet to Parquet: the command, beside merely reading and writing the same files.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use xinpei_tables::{DecisionWriter, Format};

use crate::{Call, clock, table::Table};

/// Rows that are read at a time, as the command does.
const ROWS: usize = 8_192;
/// What a batch in memory answers too: score, grade and reasons.
const COLUMNS: &str = "enterprise,status,score,grade,reasons";

/// Runs the command with one thread and does the same reading and writing without it, in turn, by the
/// clock on the wall: once for score, grade and reasons, once for all standard columns with receipts.
pub fn parquet(call: &Call, table: &mut Table) -> Result<(), String> {
    let (Some(command), Some(folder)) = (&call.command, &call.dossiers) else {
        table.skip("Parquet to Parquet", "xinpei", "--command and --dossiers were not given");
        return Ok(());
    };
    let input = folder.join("dossiers.parquet");
    let out = folder.join("decisions.parquet");
    for (case, columns) in [("Parquet to Parquet", Some(COLUMNS)), ("Parquet to Parquet, with receipts", None)] {
        let mut run = Command::new(command);
        run.arg("score").arg(&input).arg("--rules").arg(folder.join("card")).arg("--out").arg(&out);
        run.args(["--as-of", "2026-06-30", "--threads", "1"]).stderr(Stdio::null());
        if let Some(columns) = columns {
            run.args(["--columns", columns]);
        }
        let score = |run: &mut Command| {
            let status = run.status().map_err(|e| format!("{}: {e}", command.display()))?;
            if status.success() { Ok(()) } else { Err(format!("{}: {status}", command.display())) }
        };
        score(&mut run)?;
        let (rows, decisions) = (read(&input)?.0, read(&out)?.1);
        let copy = folder.join("copy.parquet");
        let mut samples = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..call.rounds {
            let each = |start: u64| (clock::wall() - start) as f64 / rows as f64;
            let start = clock::wall();
            score(&mut run)?;
            samples[0].push(each(start));
            let start = clock::wall();
            std::hint::black_box(read(&input)?);
            let reading = each(start);
            let start = clock::wall();
            write(&copy, &decisions)?;
            let writing = each(start);
            samples[1].push(reading + writing);
            samples[2].push(reading);
            samples[3].push(writing);
        }
        let same = |path: &Path| std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()));
        if same(&copy)?.len().abs_diff(same(&out)?.len()) > 4_096 {
            return Err("what is merely written is another file than the command's".to_owned());
        }
        let names = ["xinpei", "merely read and write", "merely read", "merely write"];
        for (peer, samples) in names.into_iter().zip(samples) {
            table.add(case, peer, rows, samples);
        }
    }
    Ok(())
}

/// All columns of a file; how many rows, and what was read of a small one.
fn read(path: &Path) -> Result<(usize, Vec<RecordBatch>), String> {
    let wrong = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
    let file = File::open(path).map_err(|e| wrong(&e))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| wrong(&e))?;
    // Decisions are kept, because they are written again; dossiers are let go, as the command does.
    let keep = builder.schema().metadata().contains_key("xinpei.rulebook");
    let reader = builder.with_batch_size(ROWS).build().map_err(|e| wrong(&e))?;
    let (mut rows, mut kept) = (0, Vec::new());
    for batch in reader {
        let batch = batch.map_err(|e| wrong(&e))?;
        rows += batch.num_rows();
        kept.extend(keep.then_some(batch));
    }
    Ok((rows, kept))
}

fn write(path: &Path, decisions: &[RecordBatch]) -> Result<(), String> {
    let wrong = |e: std::io::Error| format!("{}: {e}", path.display());
    let first = decisions.first().ok_or("there are no decisions")?;
    let file = File::create(path).map_err(wrong)?;
    let mut writer = DecisionWriter::new(Format::Parquet, file, &first.schema()).map_err(wrong)?;
    for batch in decisions {
        writer.write(batch).map_err(wrong)?;
    }
    writer.finish().map(drop).map_err(wrong)
}
