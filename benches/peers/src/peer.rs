//! What every peer can do: answer each row, and be timed.

use xinpei_benches::hand::Results;

/// One way to score the card.
pub trait Peer {
    /// Its name in the table.
    fn name(&self) -> String;

    /// Which case of the table it belongs to.
    fn case(&self) -> String;

    /// How many rows it scores: the first ones of the workload.
    fn rows(&self) -> usize;

    /// Scores, grades and reasons of all its rows. Columns of reasons are empty if it gives none.
    fn answers(&mut self) -> Result<Option<Results>, String>;

    /// Scores all its rows once; how many nanoseconds of processor time that took.
    fn run(&mut self) -> Result<u64, String>;
}

/// Compares a peer's answers with those of the hand-written code; the first row that differs is an
/// error.
pub fn agree(name: &str, rows: usize, answers: &Results, expected: &Results) -> Result<(), String> {
    let shape = (answers.scores.len(), answers.grades.len());
    if shape != (rows, rows) {
        return Err(format!("{name}: {rows} rows in, {} scores and {} grades out", shape.0, shape.1));
    }
    for row in 0..rows {
        let (found, wanted) =
            ((answers.scores[row], answers.grades[row]), (expected.scores[row], expected.grades[row]));
        if found != wanted {
            return Err(format!("{name}: row {row} has score and grade {found:?} where {wanted:?} is right"));
        }
    }
    for (place, (codes, lost)) in answers.codes.iter().zip(&answers.lost).enumerate() {
        if codes.is_empty() && lost.is_empty() {
            continue;
        }
        if (codes.len(), lost.len()) != (rows, rows) {
            return Err(format!("{name}: {rows} rows in, {} codes and {} losses out", codes.len(), lost.len()));
        }
        for row in 0..rows {
            let (found, wanted) = ((codes[row], lost[row]), (expected.codes[place][row], expected.lost[place][row]));
            if found != wanted {
                return Err(format!("{name}: reason {place} of row {row} is {found:?} where {wanted:?} is right"));
            }
        }
    }
    Ok(())
}
