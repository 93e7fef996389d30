//! Columns with a list a row: reasons, overrides, outcomes, faults.

use std::sync::Arc;

use arrow_array::{Array as _, ArrayRef, ListArray, StringArray, StructArray};
use arrow_buffer::OffsetBuffer;
use arrow_schema::{DataType, Field, Fields};

use super::fill::{Fill, decimals, misfit, values, words};
use super::layout::{Words, item};
use crate::error::Error;
use crate::evaluate::outcome::{NodeId, Outcome};
use crate::explain::losses;
use crate::fault::FaultKind;

/// Why points were lost: overrides that fired, then the largest losses.
pub(super) fn reasons(fill: &Fill<'_>) -> Result<ArrayRef, Error> {
    let (outcome, layout) = (fill.outcome, fill.layout);
    let program = outcome.program;
    let rows = outcome.rows();
    let against = program.outputs.overrides.iter().zip(&layout.code_of_override);
    let against: Vec<(NodeId, i32)> = against.filter_map(|(id, code)| Some((*id, (*code)?))).collect();
    let most = program.typed.manifest.reasons;
    let mut counts = Vec::with_capacity(rows);
    let mut codes: Vec<i32> = Vec::with_capacity(rows * most);
    let mut lost: Vec<Option<i128>> = Vec::with_capacity(rows * most);
    for row in 0..rows {
        let before = codes.len();
        for (id, code) in &against {
            if outcome.value(*id, row) == Some(1) {
                codes.push(*code);
                lost.push(None);
            }
        }
        let mut push = |code: usize, units: i128| {
            if let Some(code) = layout.code_of_loss.get(code) {
                codes.push(*code);
                lost.push(Some(units));
            }
        };
        if outcome.plan.reasons < most {
            losses(outcome, row, most).into_iter().for_each(|loss| push(loss.code, loss.lost));
        } else {
            // They were ranked when the batch was evaluated.
            (0..most).map_while(|rank| outcome.ranked(rank, row)).for_each(|(code, units)| push(code, units.into()));
        }
        counts.push(codes.len() - before);
    }
    let columns = vec![words(codes.into_iter().map(Some), &layout.codes)?, decimals(lost.into_iter(), layout.lost)?];
    structs(layout.reason(), counts, columns)
}

/// For each row the words whose flags are true, in their order.
pub(super) fn flags(outcome: &Outcome<'_>, ids: &[NodeId], names: &Words) -> Result<ArrayRef, Error> {
    let mut fired: Vec<(usize, i32)> = Vec::new();
    for (id, key) in ids.iter().zip(0_i32..) {
        fired.extend(values(outcome, *id).enumerate().filter(|(_, flag)| *flag == Some(1)).map(|(row, _)| (row, key)));
    }
    fired.sort_unstable();
    let mut counts = vec![0; outcome.rows()];
    for (row, _) in &fired {
        if let Some(count) = counts.get_mut(*row) {
            *count += 1;
        }
    }
    list(item(names.ty()), counts, words(fired.into_iter().map(|(_, key)| Some(key)), names)?)
}

/// What is wrong with the data.
pub(super) fn faults(fill: &Fill<'_>) -> Result<ArrayRef, Error> {
    let mut counts = vec![0; fill.outcome.rows()];
    let mut all = Vec::new();
    for row in &fill.faulty {
        let faults = fill.outcome.faults(*row);
        if let Some(count) = counts.get_mut(*row) {
            *count = faults.len();
            all.extend(faults);
        }
    }
    let kind = |kind| FaultKind::ALL.iter().position(|k| *k == kind).and_then(|p| i32::try_from(p).ok());
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(all.iter().map(|f| &f.fact))),
        words(all.iter().map(|f| kind(f.kind)), &fill.layout.kinds)?,
        Arc::new(StringArray::from_iter_values(all.iter().map(|f| &f.value))),
    ];
    structs(fill.layout.fault(), counts, columns)
}

fn structs(item: Arc<Field>, counts: Vec<usize>, columns: Vec<ArrayRef>) -> Result<ArrayRef, Error> {
    let fields = match item.data_type() {
        DataType::Struct(fields) => fields.clone(),
        _ => Fields::empty(),
    };
    let values = StructArray::try_new(fields, columns, None).map_err(misfit)?;
    list(item, counts, Arc::new(values))
}

/// Lists of so many items each.
fn list(item: Arc<Field>, counts: Vec<usize>, values: ArrayRef) -> Result<ArrayRef, Error> {
    if i32::try_from(values.len()).is_err() {
        return Err(Error::input("the batch has too many reasons for one column; score it in smaller batches"));
    }
    // INVARIANT: the counts add up to the number of values, which fits in 32 bits.
    let offsets = OffsetBuffer::from_lengths(counts);
    Ok(Arc::new(ListArray::try_new(item, offsets, values, None).map_err(misfit)?))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]
mod tests {
    use arrow_array::Array as _;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Decimal128Type, Int16Type};

    use crate::arrow::{Columns, decisions};
    use crate::{BatchBuilder, Date, Rulebook, Scratch};

    /// Ranked losses are the losses that a decision names. An outcome with ranks knows no overrides,
    /// so those are left out of the comparison.
    #[test]
    fn ranked_losses_are_the_losses_of_decisions() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/yuanhe/2026.1");
        let rulebook = Rulebook::load(folder).unwrap();
        let mut builder = BatchBuilder::new(rulebook.dictionary());
        ["a", "b"].into_iter().for_each(|key| builder.row(key));
        let (batch, as_of) = (builder.finish(), Date::parse("2026-06-30").unwrap());
        let summary = rulebook.summarise(&batch, as_of, &mut Scratch::default());
        assert!(summary.0.plan.reasons > 0, "the rulebook's losses are ranked");
        let columns = Columns::parse("reasons", &rulebook).unwrap();
        let records = decisions(&summary.0, &columns, &[]).unwrap();
        for (row, decision) in rulebook.score(&batch, as_of).decisions().enumerate() {
            let items = records.column(0).as_list::<i32>().value(row);
            let codes = items.as_struct().column(0).as_dictionary::<Int16Type>();
            let words = codes.values().as_string::<i32>();
            let lost = items.as_struct().column(1).as_primitive::<Decimal128Type>();
            let found: Vec<(&str, i128)> =
                (0..items.len()).map(|at| (words.value(codes.key(at).unwrap()), lost.value(at))).collect();
            let digits = u32::try_from(lost.scale()).unwrap();
            let expected: Vec<(&str, i128)> = decision
                .reasons
                .iter()
                .filter_map(|r| Some((r.code.as_str(), crate::decimal::to_units(r.lost?, digits)?)))
                .collect();
            assert!(!expected.is_empty());
            assert_eq!(found, expected);
        }
    }
}
