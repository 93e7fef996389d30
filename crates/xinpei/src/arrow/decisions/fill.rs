//! Columns with one value a row.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::types::{ArrowDictionaryKeyType, ArrowPrimitiveType, Decimal128Type, Int8Type, Int16Type, Int32Type};
use arrow_array::{ArrayRef, Date32Array, DictionaryArray, NullArray, PrimitiveArray, StringArray};
use arrow_schema::{ArrowError, DataType};

use super::columns::Kind;
use super::layout::{COVERAGE, Digits, Layout, STATUSES, Words, digits};
use super::lists;
use crate::decimal;
use crate::error::Error;
use crate::evaluate::outcome::{LANGUAGE, NodeId, Outcome};
use crate::explain::decision::Status;
use crate::explain::{Sealed, digest_of_facts};

/// Fills columns from an outcome.
pub(super) struct Fill<'a> {
    pub(super) outcome: &'a Outcome<'a>,
    pub(super) layout: &'a Layout,
    names: &'a [String],
    /// The rows with a fault, rising.
    pub(super) faulty: Vec<usize>,
}

impl<'a> Fill<'a> {
    pub(super) fn new(outcome: &'a Outcome<'a>, layout: &'a Layout, names: &'a [String]) -> Self {
        let of_batch = outcome.batch.faults.iter().map(|(row, _)| *row);
        let mut faulty: Vec<usize> = of_batch.chain(outcome.script_faults.keys().copied()).collect();
        faulty.sort_unstable();
        faulty.dedup();
        Self { outcome, layout, names, faulty }
    }

    /// The column of a kind.
    pub(super) fn column(&self, kind: Kind) -> Result<ArrayRef, Error> {
        let (outcome, layout) = (self.outcome, self.layout);
        let outputs = &outcome.program.outputs;
        let rows = outcome.rows();
        let column: ArrayRef = match kind {
            Kind::Enterprise => Arc::new(StringArray::from_iter_values(outcome.batch.enterprises.iter())),
            Kind::Name => {
                let names = self.names.iter().map(|name| Some(name.as_str()).filter(|n| !n.is_empty()));
                Arc::new(StringArray::from_iter(names.chain(std::iter::repeat(None)).take(rows)))
            }
            Kind::AsOf => Arc::new(Date32Array::from_value(outcome.as_of.days(), rows)),
            Kind::Status => {
                let place = |status| STATUSES.iter().position(|s| *s == status).and_then(|p| i32::try_from(p).ok());
                words(self.statuses().into_iter().map(place), &layout.statuses)?
            }
            Kind::Score => decimals(values(outcome, outputs.score), digits(outcome.program, outputs.score))?,
            Kind::Grade => words(self.grades(), &layout.grades)?,
            Kind::Coverage => decimals((0..rows).map(|row| Some(outcome.share(row))), COVERAGE)?,
            Kind::Section(at) => self.points(outputs.sections.get(at))?,
            Kind::Characteristic(at) => {
                // Points may be kept in smaller units than the column has; the rest is zeros.
                let own = outputs.points.get(at).map_or(COVERAGE, |id| digits(outcome.program, *id));
                let points = (0..rows).map(|row| {
                    let (units, after) = outcome.points(at, row).unwrap_or_default();
                    let more = after.saturating_sub(u32::try_from(own.after).unwrap_or(0));
                    Some(units / decimal::pow10(more).unwrap_or(1))
                });
                decimals(points, own)?
            }
            Kind::Reasons => lists::reasons(self)?,
            Kind::Overrides => lists::flags(outcome, &outputs.overrides, &layout.overrides)?,
            Kind::Outcomes => lists::flags(outcome, &outputs.outcomes, &layout.outcomes)?,
            Kind::Faults => lists::faults(self)?,
            Kind::Receipt => self.receipts(),
        };
        Ok(column)
    }

    /// Points, which are never null.
    fn points(&self, id: Option<&NodeId>) -> Result<ArrayRef, Error> {
        match id {
            Some(id) => {
                let points = values(self.outcome, *id).map(|v| Some(v.unwrap_or(0)));
                decimals(points, digits(self.outcome.program, *id))
            }
            None => Ok(Arc::new(NullArray::new(self.outcome.rows()))),
        }
    }

    fn statuses(&self) -> Vec<Status> {
        let rated = values(self.outcome, self.outcome.program.outputs.rated);
        let mut statuses: Vec<Status> =
            rated.map(|rated| if rated == Some(1) { Status::Rated } else { Status::Unrated }).collect();
        for row in &self.faulty {
            if let Some(status) = statuses.get_mut(*row) {
                *status = Status::Refer;
            }
        }
        statuses
    }

    /// Grades by index, best first; a rank counts from the last one.
    fn grades(&self) -> impl Iterator<Item = Option<i32>> {
        let last = self.outcome.program.typed.grades.len().checked_sub(1);
        values(self.outcome, self.outcome.program.outputs.grade)
            .map(move |rank| i32::try_from(last?.checked_sub(usize::try_from(rank?).ok()?)?).ok())
    }

    fn receipts(&self) -> ArrayRef {
        let outcome = self.outcome;
        let program = outcome.program;
        let digest = format!("sha256:{}", program.typed.digest);
        let as_of = outcome.as_of.to_string();
        let score = program.arena.node(program.outputs.score).ty.number().map_or(0, |n| n.digits);
        let rows = outcome.rows();
        let mut column = StringBuilder::with_capacity(rows, rows * 71);
        // Every fact of every row is read: shared columns are brought into plain form once.
        let batch = outcome.batch.plain(&program.used);
        let enterprises = outcome.batch.enterprises.iter();
        for (((row, enterprise), status), grade) in (0..rows).zip(enterprises).zip(self.statuses()).zip(self.grades()) {
            let score = outcome.score(row).map(|units| decimal::from_units(units, score).to_string());
            let grade = grade.and_then(|g| program.typed.grades.get(usize::try_from(g).ok()?));
            let sealed = Sealed {
                digest: &digest,
                language: LANGUAGE,
                as_of: &as_of,
                enterprise,
                facts: &digest_of_facts(program, &batch, row, outcome.as_of),
                status: status.word(),
                score: score.as_deref().unwrap_or(""),
                grade: grade.map_or("", |g| g.id.as_str()),
            };
            column.append_value(sealed.receipt());
        }
        Arc::new(column.finish())
    }
}

/// The values of a node, row by row.
pub(super) fn values<'o>(outcome: &'o Outcome<'_>, id: NodeId) -> impl Iterator<Item = Option<i128>> + 'o {
    let column = outcome.column(id);
    (0..outcome.rows()).map(move |row| match column {
        // Nothing is looked up for a row where the values stand one after the other.
        Some((data, valid)) => data.get(row).filter(|_| valid.get(row) == Some(&1)).map(|value| i128::from(*value)),
        None => outcome.value(id, row),
    })
}

/// Numbers of one unit as a decimal column.
pub(super) fn decimals(units: impl Iterator<Item = Option<i128>>, digits: Digits) -> Result<ArrayRef, Error> {
    let plain = lean::<Decimal128Type>(units.collect())?;
    Ok(Arc::new(plain.with_precision_and_scale(digits.all, digits.after).map_err(misfit)?))
}

/// Keys of words as a dictionary column.
pub(super) fn words(keys: impl Iterator<Item = Option<i32>>, words: &Words) -> Result<ArrayRef, Error> {
    fn keyed<T: ArrowDictionaryKeyType>(
        keys: impl Iterator<Item = Option<i32>>,
        values: &ArrayRef,
    ) -> Result<ArrayRef, Error>
    where
        T::Native: TryFrom<i32>,
        PrimitiveArray<T>: FromIterator<Option<T::Native>>,
    {
        let keys = lean(keys.map(|key| key.and_then(|k| T::Native::try_from(k).ok())).collect())?;
        Ok(Arc::new(DictionaryArray::<T>::try_new(keys, Arc::clone(values)).map_err(misfit)?))
    }
    match words.key {
        DataType::Int8 => keyed::<Int8Type>(keys, &words.values),
        DataType::Int16 => keyed::<Int16Type>(keys, &words.values),
        _ => keyed::<Int32Type>(keys, &words.values),
    }
}

/// A column without a null has no bitmap of nulls.
fn lean<T: ArrowPrimitiveType>(array: PrimitiveArray<T>) -> Result<PrimitiveArray<T>, Error> {
    let (_, values, nulls) = array.into_parts();
    PrimitiveArray::try_new(values, nulls.filter(|n| n.null_count() > 0)).map_err(misfit)
}

/// An error that a column cannot be made.
pub(super) fn misfit(cause: ArrowError) -> Error {
    Error::input(format!("the decisions do not fit their columns: {}", cause.to_string().to_lowercase()))
}
