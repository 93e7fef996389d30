//! Xinpei itself: the one file that knows its calls.

use std::hint::black_box;
use std::rc::Rc;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int8Array, Int64Array, RecordBatch,
    StringArray,
};
use arrow_schema::ArrowError;
use xinpei::arrow::Intake;
use xinpei::{Batch, Dossier, Rulebook, Scratch, Summary};
use xinpei_benches::hand::{REASONS, Results};
use xinpei_benches::plain::Answer;
use xinpei_benches::workload::{Line, as_of, batch, rulebook};

use crate::clock;
use crate::hands::{BATCH, push};
use crate::peer::Peer;

/// Batches in memory, summarised with four reasons.
pub struct Engine {
    pub case: String,
    pub rulebook: Rc<Rulebook>,
    pub batches: Vec<Batch>,
    pub scratch: Scratch,
}

/// The same rows as record batches, which become batches each time they are scored.
pub struct FromArrow {
    pub engine: Engine,
    pub intake: Intake,
    pub records: Vec<RecordBatch>,
}

/// The rulebook of a card.
pub fn load(lines: &[Line]) -> Result<Rc<Rulebook>, String> {
    Ok(Rc::new(rulebook(lines).map_err(|e| e.to_string())?))
}

/// Batches of so many rows.
pub fn batches(rulebook: &Rulebook, lines: &[Line], rows: &[Vec<Option<i64>>], size: usize) -> Vec<Batch> {
    rows.chunks(size).map(|rows| batch(rulebook, lines, rows)).collect()
}

/// Scores batches, and hands nothing on.
pub fn score(rulebook: &Rulebook, batches: &[Batch], scratch: &mut Scratch) {
    for batch in batches {
        black_box(rulebook.summarise(black_box(batch), as_of(), scratch));
    }
}

/// One whole decision, with reasons and receipt.
pub fn decide(rulebook: &Rulebook, dossier: &Dossier, scratch: &mut Scratch) {
    black_box(rulebook.decide_with(black_box(dossier), as_of(), scratch));
}

/// A single decision has the score that it must have.
pub fn expect(rulebook: &Rulebook, dossier: &Dossier, score: i32) -> Result<(), String> {
    let decision = rulebook.decide(dossier, as_of()).to_json();
    let json: serde_json::Value = serde_json::from_str(&decision).map_err(|e| e.to_string())?;
    let found = json.get("score").map(ToString::to_string).unwrap_or_default();
    let found = found.trim_matches('"');
    if found == score.to_string() { Ok(()) } else { Err(format!("one decision: {found} where {score} is right")) }
}

/// Score, grade and reasons of a row.
pub fn answer(summary: &Summary<'_>, row: usize) -> Result<Answer, String> {
    let score = summary.score(row).ok_or("a row has no score")?;
    let grade = summary.rank(row).ok_or("a row has no grade")?;
    let mut answer = Answer {
        score: i32::try_from(score).map_err(|e| e.to_string())?,
        grade: u8::try_from(grade).map_err(|e| e.to_string())?,
        reasons: [(0, u16::MAX); REASONS],
    };
    for (reason, loss) in answer.reasons.iter_mut().zip(summary.losses(row)) {
        *reason = (loss.lost as i32, loss.code as u16);
    }
    Ok(answer)
}

impl Engine {
    pub fn new(case: &str, lines: &[Line], rows: &[Vec<Option<i64>>]) -> Result<Self, String> {
        let rulebook = load(lines)?;
        let batches = batches(&rulebook, lines, rows, BATCH);
        Ok(Self { case: case.to_owned(), rulebook, batches, scratch: Scratch::default() })
    }
}

impl Peer for Engine {
    fn name(&self) -> String {
        "xinpei".to_owned()
    }

    fn case(&self) -> String {
        self.case.clone()
    }

    fn rows(&self) -> usize {
        self.batches.iter().map(Batch::rows).sum()
    }

    fn answers(&mut self) -> Result<Option<Results>, String> {
        let mut out = Results::default();
        for batch in &self.batches {
            let summary = self.rulebook.summarise(batch, as_of(), &mut self.scratch);
            for row in 0..summary.rows() {
                push(&mut out, &answer(&summary, row)?);
            }
        }
        Ok(Some(out))
    }

    fn run(&mut self) -> Result<u64, String> {
        Ok(clock::measure(|| score(&self.rulebook, &self.batches, &mut self.scratch)))
    }
}

impl FromArrow {
    pub fn new(case: &str, lines: &[Line], rows: &[Vec<Option<i64>>]) -> Result<Self, String> {
        let engine =
            Engine { case: case.to_owned(), rulebook: load(lines)?, batches: Vec::new(), scratch: Scratch::default() };
        let records: Vec<RecordBatch> =
            rows.chunks(BATCH).map(|rows| records(lines, rows)).collect::<Result<_, _>>()?;
        let schema = records.first().ok_or("no rows")?.schema();
        let intake =
            Intake::new(&schema, engine.rulebook.dictionary(), "enterprise", None).map_err(|e| e.to_string())?;
        Ok(Self { engine, intake, records })
    }

    fn batches(&self) -> Result<Vec<Batch>, String> {
        self.records.iter().map(|records| self.intake.batch(records).map_err(|e| e.to_string())).collect()
    }
}

impl Peer for FromArrow {
    fn name(&self) -> String {
        "xinpei, from Arrow record batches".to_owned()
    }

    fn case(&self) -> String {
        self.engine.case.clone()
    }

    fn rows(&self) -> usize {
        self.records.iter().map(RecordBatch::num_rows).sum()
    }

    fn answers(&mut self) -> Result<Option<Results>, String> {
        self.engine.batches = self.batches()?;
        let answers = self.engine.answers();
        self.engine.batches.clear();
        answers
    }

    fn run(&mut self) -> Result<u64, String> {
        Ok(clock::measure(|| {
            for records in &self.records {
                if let Ok(batch) = self.intake.batch(black_box(records)) {
                    score(&self.engine.rulebook, &[batch], &mut self.engine.scratch);
                }
            }
        }))
    }
}

/// Rows as columns of the types that such attributes have.
fn records(lines: &[Line], rows: &[Vec<Option<i64>>]) -> Result<RecordBatch, String> {
    let wrong = |e: ArrowError| e.to_string();
    let keys: ArrayRef = Arc::new(StringArray::from_iter_values((0..rows.len()).map(|row| format!("e{row}"))));
    let mut columns = vec![("enterprise".to_owned(), keys)];
    for at in 0..rows.first().map_or(0, Vec::len) {
        let values = || rows.iter().map(|row| row[at]);
        let decimal = |digits: i8| {
            let wide = values().map(|v| v.map(i128::from)).collect::<Decimal128Array>();
            wide.with_precision_and_scale(18, digits).map_err(wrong)
        };
        let small = |v: i64| i32::try_from(v).unwrap_or(0);
        let array: ArrayRef = match lines.get(at).map(|line| line.kind) {
            Some(0) => Arc::new(decimal(2)?),
            Some(1) => Arc::new(decimal(4)?),
            Some(2) => {
                let keys: Int8Array = values().map(|v| v.and_then(|v| i8::try_from(v).ok())).collect();
                let members = Arc::new(StringArray::from(vec!["A", "B", "M", "C", "D"]));
                Arc::new(DictionaryArray::try_new(keys, members).map_err(wrong)?)
            }
            Some(3) => Arc::new(values().collect::<Int64Array>()),
            Some(4) => Arc::new(values().map(|v| v.map(small)).collect::<Date32Array>()),
            _ => Arc::new(values().map(|v| v.map(|v| v == 1)).collect::<BooleanArray>()),
        };
        let name = if at < lines.len() { format!("a.f{at}") } else { format!("o.f{}", at - lines.len()) };
        columns.push((name, array));
    }
    RecordBatch::try_from_iter(columns).map_err(wrong)
}

/// A row of the workload as a dossier, by way of its JSON form.
pub fn dossier(lines: &[Line], row: &[Option<i64>]) -> Result<Dossier, String> {
    let mut facts = serde_json::Map::new();
    for (i, value) in row.iter().enumerate() {
        let Some(value) = *value else { continue };
        let number = |digits: u32| {
            let one = 10_i64.pow(digits);
            format!("{}.{:0width$}", value / one, value % one, width = digits as usize)
        };
        let (id, json) = match lines.get(i).map(|l| l.kind) {
            Some(0) => (format!("a.f{i}"), number(2).into()),
            Some(1) => (format!("a.f{i}"), number(4).into()),
            Some(2) => (format!("a.f{i}"), ["A", "B", "M", "C", "D"][value as usize].into()),
            Some(3) => (format!("a.f{i}"), value.into()),
            Some(4) => {
                (format!("a.f{i}"), xinpei::Date::from_days(i32::try_from(value).unwrap_or(0)).to_string().into())
            }
            Some(_) => (format!("a.f{i}"), (value == 1).into()),
            None => (format!("o.f{}", i - lines.len()), (value == 1).into()),
        };
        facts.insert(id, json);
    }
    let text = serde_json::json!({"enterprise": "e0", "facts": facts}).to_string();
    Dossier::from_json(&text).map_err(|e| e.to_string())
}
