//! Peers in Python: one process for each file, which is told line by line what to do.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::rc::Rc;

use xinpei_benches::hand::Results;

use crate::peer::Peer;

/// A running process.
pub struct Worker {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    name: String,
}

impl Worker {
    fn ask(&mut self, words: &str) -> Result<String, String> {
        writeln!(self.input, "{words}").and_then(|()| self.input.flush()).map_err(|e| self.lost(&e.to_string()))?;
        self.answer()
    }

    /// The rest of a line that starts with `ok`; anything else is a failure.
    fn answer(&mut self) -> Result<String, String> {
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(|e| self.lost(&e.to_string()))?;
        match line.trim_end().split_once(' ') {
            Some(("ok", rest)) => Ok(rest.to_owned()),
            _ if line.is_empty() => Err(self.lost("it ended")),
            _ => Err(self.lost(line.trim_end())),
        }
    }

    fn lost(&self, why: &str) -> String {
        format!("{}: {why}", self.name)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = writeln!(self.input, "end");
        let _ = self.child.wait();
    }
}

/// One case of a process.
pub struct Remote {
    worker: Rc<RefCell<Worker>>,
    id: String,
    case: String,
    rows: usize,
    name: String,
    results: PathBuf,
}

/// Starts a process; its cases.
pub fn start(python: &Path, script: &Path, data: &Path, scale: usize) -> Result<Vec<Remote>, String> {
    let name = script.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let mut child = Command::new(python)
        .arg(script)
        .arg(data)
        .arg(scale.to_string())
        .env("POLARS_MAX_THREADS", "1")
        .env("OMP_NUM_THREADS", "1")
        .env("OPENBLAS_NUM_THREADS", "1")
        .env("PYTHONHASHSEED", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("{name}: {e}"))?;
    let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(format!("{name}: no pipes"));
    };
    let mut worker = Worker { child, input, output: BufReader::new(output), name: name.clone() };
    // Cases as `id|case|rows|name`, one after the other with tabs between.
    let cases = worker.answer()?;
    let worker = Rc::new(RefCell::new(worker));
    let remote = |text: &str| {
        let parts: Vec<&str> = text.split('|').collect();
        let [id, case, rows, shown] = parts.as_slice() else { return Err(format!("{name}: `{text}` is no case")) };
        Ok(Remote {
            worker: Rc::clone(&worker),
            id: (*id).to_owned(),
            case: (*case).to_owned(),
            rows: rows.parse().map_err(|_| format!("{name}: `{rows}` is no number of rows"))?,
            name: (*shown).to_owned(),
            results: data.join(format!("{name}.results")),
        })
    };
    cases.split('\t').filter(|text| !text.is_empty()).map(remote).collect()
}

impl Peer for Remote {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn case(&self) -> String {
        self.case.clone()
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn answers(&mut self) -> Result<Option<Results>, String> {
        let path = self.results.display().to_string();
        let said = self.worker.borrow_mut().ask(&format!("answer {} {path}", self.id))?;
        if said == "other" {
            return Ok(None);
        }
        let reasons = said == "reasons";
        let bytes = std::fs::read(&self.results).map_err(|e| format!("{path}: {e}"))?;
        let _ = std::fs::remove_file(&self.results);
        let wrong = || format!("{path}: {} bytes do not fit the rows", bytes.len());
        parse(&bytes, self.rows, reasons).map(Some).ok_or_else(wrong)
    }

    fn run(&mut self) -> Result<u64, String> {
        let answer = self.worker.borrow_mut().ask(&format!("run {}", self.id))?;
        answer.parse().map_err(|_| format!("{}: `{answer}` is no time", self.name))
    }
}

/// Scores as 32-bit numbers, grades as bytes, then four columns of 16-bit codes and four of 32-bit
/// losses; all little-endian.
fn parse(bytes: &[u8], rows: usize, reasons: bool) -> Option<Results> {
    let wide = |bytes: &[u8]| bytes.chunks_exact(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    let mut out = Results::default();
    let (scores, rest) = bytes.split_at_checked(rows * 4)?;
    let (grades, mut rest) = rest.split_at_checked(rows)?;
    out.scores = wide(scores);
    out.grades = grades.to_vec();
    if reasons {
        for codes in &mut out.codes {
            let (column, more) = rest.split_at_checked(rows * 2)?;
            *codes = column.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
            rest = more;
        }
        for lost in &mut out.lost {
            let (column, more) = rest.split_at_checked(rows * 4)?;
            *lost = wide(column);
            rest = more;
        }
    }
    rest.is_empty().then_some(out)
}
