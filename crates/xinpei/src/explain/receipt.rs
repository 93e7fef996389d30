//! What it takes to replay a decision: digests over the facts used and over the result.

use super::decision::Decision;
use crate::column::{Batch, FactColumn};
use crate::date::Date;
use crate::evaluate::outcome::{FactKind, Program, Type};
use crate::hash;

/// Digest of the facts of a row that the rules use, in the order of the dictionary.
pub(crate) fn facts(program: &Program, batch: &Batch, row: usize, as_of: Date) -> String {
    let mut bytes = Vec::with_capacity(program.used.len() * 16);
    for fact in &program.used {
        let Some(index) = usize::try_from(*fact).ok() else { continue };
        match (batch.facts.get(index), program.typed.facts.get(index).map(|f| &f.kind)) {
            (Some(FactColumn::Value(column)), Some(FactKind::Value(value))) => {
                put(&mut bytes, column.get(row), &value.ty, program);
            }
            (Some(FactColumn::Events(table)), Some(FactKind::Events(events))) => {
                // A record of the future takes no part in the decision, so none in its receipt.
                let known = |event: &usize| {
                    let dated = events.order.and_then(|o| table.fields.get(o)).and_then(|c| c.get(*event));
                    dated.is_none_or(|day| day <= i64::from(as_of.days()))
                };
                let range = table.events(row);
                let count = i64::try_from(range.clone().filter(known).count()).unwrap_or(0);
                put(&mut bytes, table.known(row).then_some(count), &Type::Flag, program);
                for event in range.filter(known) {
                    for (column, field) in table.fields.iter().zip(&events.fields) {
                        put(&mut bytes, column.get(event), &field.value.ty, program);
                    }
                }
            }
            _ => {}
        }
    }
    hash::digest(&bytes)
}

/// One value: a member by its name, everything else by its number; what is missing by a mark.
fn put(bytes: &mut Vec<u8>, value: Option<i64>, ty: &Type, program: &Program) {
    let Some(value) = value else { return bytes.push(0) };
    let member = match ty {
        Type::Category(category) => program.dictionary.members(*category).and_then(|m| m.name(value)),
        _ => None,
    };
    match member {
        Some(name) => {
            bytes.push(2);
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(0xff);
        }
        None => {
            bytes.push(1);
            bytes.extend_from_slice(&value.to_le_bytes());
        }
    }
}

/// Digest over rulebook, date, facts and result.
pub(super) fn receipt(decision: &Decision) -> String {
    let score = decision.score.map(|s| s.to_string()).unwrap_or_default();
    let result = Sealed {
        digest: &decision.rulebook.digest,
        language: decision.rulebook.language,
        as_of: &decision.as_of.to_string(),
        enterprise: &decision.enterprise,
        facts: &decision.facts,
        status: decision.status.word(),
        score: &score,
        grade: decision.grade.as_deref().unwrap_or(""),
    };
    result.receipt()
}

/// What a receipt vouches for.
pub(crate) struct Sealed<'a> {
    pub(crate) digest: &'a str,
    pub(crate) language: u32,
    pub(crate) as_of: &'a str,
    pub(crate) enterprise: &'a str,
    pub(crate) facts: &'a str,
    pub(crate) status: &'a str,
    pub(crate) score: &'a str,
    pub(crate) grade: &'a str,
}

impl Sealed<'_> {
    /// The receipt.
    pub(crate) fn receipt(&self) -> String {
        let mut text = String::with_capacity(512);
        let language = self.language.to_string();
        for part in [
            "xinpei",
            &language,
            self.digest,
            self.as_of,
            self.enterprise,
            self.facts,
            self.status,
            self.score,
            self.grade,
        ] {
            text.push_str(part);
            text.push('\n');
        }
        hash::digest(text.as_bytes())
    }
}
