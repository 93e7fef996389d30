//! Times of a pandas frame as dates: pandas has `datetime64`, and no dates but objects.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};
use arrow_array::{Array, ArrayRef, Date32Array, RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};
use pyo3::prelude::*;
use xinpei::Date;
use xinpei::check::typed::{FactKind, Type};

use crate::errors::{self, Place};
use crate::mapping::Options;
use crate::rulebook::Loaded;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The same record batches, with columns of times where a date is asked as dates; `day` is a column with the
/// date of each row. Times with a zone stay as they are, and are refused where they are read.
pub(crate) fn as_dates(
    reader: Box<dyn RecordBatchReader + Send>,
    loaded: &Loaded,
    options: &Options,
    day: Option<&str>,
) -> PyResult<Box<dyn RecordBatchReader + Send>> {
    let (schema, dictionary) = (reader.schema(), loaded.rulebook.dictionary());
    let asked = |field: &Field| {
        let target = options.binding(field.name()).map_or(field.name().as_str(), |binding| binding.target.as_str());
        let fact = dictionary.fact(target).and_then(|at| dictionary.facts().get(at));
        let date = fact.is_some_and(|f| matches!(&f.kind, FactKind::Value(value) if value.ty == Type::Date));
        matches!(field.data_type(), DataType::Timestamp(_, None)) && (date || day == Some(field.name()))
    };
    if !schema.fields().iter().any(|field| asked(field)) {
        return Ok(reader);
    }
    let fields = schema.fields().iter().map(|field| match asked(field) {
        true => Arc::new(field.as_ref().clone().with_data_type(DataType::Date32)),
        false => Arc::clone(field),
    });
    let dated: SchemaRef = Arc::new(Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone()));
    let failed = |e: ArrowError| errors::input(format!("the frame gives no columns: {e}"));
    let (mut batches, mut start) = (Vec::new(), 0);
    for batch in reader {
        let batch = batch.map_err(failed)?;
        let column = |(array, field): (&ArrayRef, &Arc<Field>)| {
            if !asked(field) {
                return Ok(Arc::clone(array));
            }
            let days = days(array.as_ref()).map_err(|(row, time)| {
                let (name, row) = (field.name(), start + row);
                let message = format!(
                    "the column `{name}` is asked for dates, and row {row} holds `{time}`, which is no midnight; cast it to dates first, such as data[\"{name}\"].dt.date"
                );
                let fact = options.binding(name).map_or(name.as_str(), |b| b.target.as_str());
                let fact = Some(fact).filter(|fact| dictionary.fact(fact).is_some());
                errors::column(message, &Place { fact, column: Some(name), row: Some(row) })
            })?;
            Ok::<ArrayRef, PyErr>(Arc::new(days))
        };
        let arrays = batch.columns().iter().zip(schema.fields()).map(column).collect::<PyResult<Vec<_>>>()?;
        start += batch.num_rows();
        batches.push(RecordBatch::try_new(Arc::clone(&dated), arrays).map_err(failed)?);
    }
    Ok(Box::new(RecordBatchIterator::new(batches.into_iter().map(Ok), dated)))
}

/// Times as dates, or the first row that is no midnight and what it holds.
fn days(array: &dyn Array) -> Result<Date32Array, (usize, String)> {
    match array.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => whole::<TimestampSecondType>(array, 1),
        DataType::Timestamp(TimeUnit::Millisecond, _) => whole::<TimestampMillisecondType>(array, 1_000),
        DataType::Timestamp(TimeUnit::Microsecond, _) => whole::<TimestampMicrosecondType>(array, 1_000_000),
        _ => whole::<TimestampNanosecondType>(array, 1_000_000_000),
    }
}

fn whole<T: ArrowPrimitiveType<Native = i64>>(array: &dyn Array, second: i64) -> Result<Date32Array, (usize, String)> {
    let times = array.as_primitive::<T>();
    let day = DAY * second;
    let days = times.iter().enumerate().map(|(row, time)| {
        let Some(time) = time else { return Ok(None) };
        let date = i32::try_from(time.div_euclid(day)).ok();
        let rest = time.rem_euclid(day) / second;
        match date {
            Some(date) if time.rem_euclid(day) == 0 => Ok(Some(date)),
            Some(date) => {
                let (hour, minute) = (rest / 3_600, rest / 60 % 60);
                Err((row, format!("{} {hour:02}:{minute:02}:{:02}", Date::from_days(date), rest % 60)))
            }
            None => Err((row, time.to_string())),
        }
    });
    days.collect::<Result<Vec<_>, _>>().map(Date32Array::from)
}
