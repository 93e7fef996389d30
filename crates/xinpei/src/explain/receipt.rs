//! What it takes to replay a decision: digests over the facts used and over the result.

use super::decision::Decision;
use crate::column::{Batch, FactColumn};
use crate::evaluate::outcome::Program;
use crate::hash;

/// Digest of the facts of a row that the rules use, in the order of the dictionary.
pub(super) fn facts(program: &Program, batch: &Batch, row: usize) -> String {
    let mut bytes = Vec::with_capacity(program.used.len() * 16);
    let mut put = |value: Option<i64>| match value {
        Some(value) => {
            bytes.push(1);
            bytes.extend_from_slice(&value.to_le_bytes());
        }
        None => bytes.push(0),
    };
    for fact in &program.used {
        let Some(column) = usize::try_from(*fact).ok().and_then(|f| batch.facts.get(f)) else { continue };
        match column {
            FactColumn::Value(column) => put(column.get(row)),
            FactColumn::Events(table) => {
                let at = |row: usize| table.offsets.get(row).copied().unwrap_or(0);
                let (start, end) = (at(row), at(row + 1));
                put((table.valid.get(row) == Some(&1)).then(|| i64::from(end - start)));
                for event in start..end {
                    for field in &table.fields {
                        put(usize::try_from(event).ok().and_then(|e| field.get(e)));
                    }
                }
            }
        }
    }
    format!("sha256:{}", hash::sha256(&bytes))
}

/// Digest over rulebook, date, facts and result.
pub(super) fn receipt(decision: &Decision) -> String {
    let mut text = String::with_capacity(512);
    let score = decision.score.map(|s| s.to_string()).unwrap_or_default();
    for part in [
        "xinpei",
        &decision.rulebook.language.to_string(),
        &decision.rulebook.digest,
        &decision.as_of.to_string(),
        &decision.enterprise,
        &decision.facts,
        decision.status.word(),
        &score,
        decision.grade.as_deref().unwrap_or(""),
    ] {
        text.push_str(part);
        text.push('\n');
    }
    format!("sha256:{}", hash::sha256(text.as_bytes()))
}
