//! Peers written by hand in Rust: over columns, and row by row.

use std::hint::black_box;
use std::rc::Rc;

use xinpei_benches::hand::{Card, Columns, Isa, REASONS, Results};
use xinpei_benches::plain::{self, Answer, Exact, Field};
use xinpei_benches::workload::{Line, as_of};

use crate::clock;
use crate::peer::Peer;

/// Rows that are handed over at once, as Arrow batches would be.
pub const BATCH: usize = 65_536;

/// The tuned code over columns.
pub struct Hand {
    pub case: String,
    pub isa: Isa,
    pub card: Card,
    pub columns: Rc<Columns>,
    pub out: Results,
}

impl Hand {
    pub fn new(case: &str, isa: Isa, lines: &[Line], columns: &Rc<Columns>) -> Self {
        let card = Card::new(lines, as_of().days().into());
        Self { case: case.to_owned(), isa, card, columns: Rc::clone(columns), out: Results::default() }
    }
}

impl Peer for Hand {
    fn name(&self) -> String {
        let isa = match self.isa {
            Isa::Baseline => "baseline x86-64",
            Isa::Avx2 => "AVX2",
            Isa::Avx512 => "AVX-512",
        };
        format!("by hand over columns, {isa}")
    }

    fn case(&self) -> String {
        self.case.clone()
    }

    fn rows(&self) -> usize {
        self.columns.rows()
    }

    fn answers(&mut self) -> Result<Option<Results>, String> {
        let mut out = Results::default();
        self.card.score(&self.columns, 0..self.rows(), self.isa, &mut out);
        Ok(Some(out))
    }

    fn run(&mut self) -> Result<u64, String> {
        let rows = self.rows();
        Ok(clock::measure(|| {
            for from in (0..rows).step_by(BATCH) {
                let range = from..rows.min(from + BATCH);
                self.card.score(black_box(&self.columns), range, self.isa, black_box(&mut self.out));
            }
        }))
    }
}

/// Row by row in whole numbers, or in decimals.
pub struct Rows {
    pub lines: Vec<Line>,
    pub rows: Vec<Vec<Option<i64>>>,
    pub exact: Option<(Exact, Vec<Vec<Field>>)>,
}

impl Rows {
    pub fn new(lines: &[Line], rows: &[Vec<Option<i64>>], exact: bool) -> Self {
        let fields = || rows.iter().map(|row| plain::fields(lines, row)).collect();
        let exact = exact.then(|| (Exact::new(lines), fields()));
        Self { lines: lines.to_vec(), rows: rows.to_vec(), exact }
    }

    fn each(&self, mut take: impl FnMut(Answer)) {
        let today = i64::from(as_of().days());
        match &self.exact {
            None => self.rows.iter().for_each(|row| take(plain::score(&self.lines, row, today))),
            Some((card, fields)) => {
                for (fields, row) in fields.iter().zip(&self.rows) {
                    take(card.score(fields, &row[self.lines.len()..], today));
                }
            }
        }
    }
}

impl Peer for Rows {
    fn name(&self) -> String {
        format!("by hand row by row, {}", if self.exact.is_some() { "rust_decimal" } else { "i64" })
    }

    fn case(&self) -> String {
        "batch".to_owned()
    }

    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn answers(&mut self) -> Result<Option<Results>, String> {
        let mut out = Results::default();
        self.each(|answer| push(&mut out, &answer));
        Ok(Some(out))
    }

    fn run(&mut self) -> Result<u64, String> {
        Ok(clock::measure(|| {
            self.each(|answer| {
                black_box(answer);
            })
        }))
    }
}

/// Adds a row to columns.
pub fn push(out: &mut Results, answer: &Answer) {
    out.scores.push(answer.score);
    out.grades.push(answer.grade);
    for (k, (lost, code)) in answer.reasons.iter().enumerate() {
        out.lost[k].push(*lost);
        out.codes[k].push(*code);
    }
}

/// An answer of a score, a grade and the four greatest keys.
pub fn from_keys(numbers: &[i64], bits: u32) -> Result<Answer, String> {
    let [score, grade, keys @ ..] = numbers else { return Err("no score and grade".to_owned()) };
    let mut reasons = [(0, u16::MAX); REASONS];
    for (reason, key) in reasons.iter_mut().zip(keys) {
        if *key > 0 {
            let mask = (1_i64 << bits) - 1;
            *reason = ((key >> bits) as i32, (mask - (key & mask)) as u16);
        }
    }
    let whole = |n: i64| i32::try_from(n).map_err(|e| e.to_string());
    Ok(Answer { score: whole(*score)?, grade: u8::try_from(*grade).map_err(|e| e.to_string())?, reasons })
}
