//! Dossiers in the forms in which files have them: columns in memory, cells of text, JSON.

use std::fmt::Write;
use std::sync::Arc;

use arrow_array::builder::StringDictionaryBuilder;
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, ListArray, RecordBatch, StringArray, StructArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{DataType, Field, Fields};
use xinpei::check::typed::{FactKind, Type, ValueType};
use xinpei::column::{Column, FactColumn};
use xinpei::{Batch, Date, Dictionary, decimal};

/// The dossiers of a batch as columns: whole numbers as 64 bits, others as decimals, dates as days,
/// categories as dictionaries, tables of events as lists of structs. Facts that no dossier has are
/// left out.
#[must_use]
pub fn records(batch: &Batch, dictionary: &Dictionary) -> RecordBatch {
    let keys: ArrayRef = Arc::new(StringArray::from_iter_values(batch.enterprises.iter()));
    let mut columns = vec![("enterprise".to_owned(), keys)];
    for (fact, column) in dictionary.facts().iter().zip(&batch.facts) {
        let array = match (&fact.kind, column) {
            (FactKind::Value(value), FactColumn::Value(column)) => array(value, column, dictionary),
            (FactKind::Events(events), FactColumn::Events(table)) => {
                let arrays: Vec<ArrayRef> =
                    events.fields.iter().zip(&table.fields).map(|(f, c)| array(&f.value, c, dictionary)).collect();
                let field = |(field, array): (&xinpei::check::typed::EventField, &ArrayRef)| {
                    Field::new(&field.id, array.data_type().clone(), true)
                };
                let fields: Fields = events.fields.iter().zip(&arrays).map(field).collect();
                let rows = StructArray::new(fields.clone(), arrays, None);
                let known: NullBuffer = (0..table.rows()).map(|row| table.known(row)).collect();
                let offsets = OffsetBuffer::new(table.offsets().to_vec().into());
                let item = Arc::new(Field::new("item", DataType::Struct(fields), true));
                Arc::new(ListArray::new(item, offsets, Arc::new(rows), Some(known)))
            }
            _ => panic!("a batch over another dictionary"),
        };
        columns.push((fact.id.clone(), array));
    }
    RecordBatch::try_from_iter(columns).expect("columns of one length")
}

fn array(value: &ValueType, column: &Column, dictionary: &Dictionary) -> ArrayRef {
    let units = || (0..column.len()).map(|row| column.get(row));
    match &value.ty {
        Type::Number(numeric) if numeric.digits == 0 => Arc::new(units().collect::<Int64Array>()),
        Type::Number(numeric) => {
            let scale = i8::try_from(numeric.digits).expect("few digits");
            let values = units().map(|v| v.map(i128::from)).collect::<Decimal128Array>();
            Arc::new(values.with_precision_and_scale(20, scale).expect("values of 64 bits"))
        }
        Type::Date => Arc::new(units().map(|v| v.map(|v| i32::try_from(v).expect("days"))).collect::<Date32Array>()),
        Type::Flag => Arc::new(units().map(|v| v.map(|v| v == 1)).collect::<BooleanArray>()),
        Type::Category(_) => {
            let mut builder = StringDictionaryBuilder::<Int32Type>::new();
            units().for_each(|v| builder.append_option(v.map(|v| text(value, v, dictionary))));
            Arc::new(builder.finish())
        }
        Type::Grade => panic!("no fact is a grade"),
    }
}

/// A value in its plain spelling.
fn text(value: &ValueType, units: i64, dictionary: &Dictionary) -> String {
    match &value.ty {
        Type::Number(numeric) => decimal::from_units(units.into(), numeric.digits).to_string(),
        Type::Date => Date::from_days(i32::try_from(units).expect("days")).to_string(),
        Type::Flag => (units == 1).to_string(),
        Type::Category(category) => {
            dictionary.members(*category).and_then(|m| m.name(units)).expect("a member").to_owned()
        }
        Type::Grade => panic!("no fact is a grade"),
    }
}

/// The single values of a batch as rows of cells, the titles first; a missing value is empty.
#[must_use]
pub fn cells(batch: &Batch, dictionary: &Dictionary) -> Vec<Vec<String>> {
    let singles = || {
        dictionary.facts().iter().zip(&batch.facts).filter_map(|(fact, column)| match (&fact.kind, column) {
            (FactKind::Value(value), FactColumn::Value(column)) => Some((fact.id.as_str(), value, column)),
            _ => None,
        })
    };
    let mut rows = vec![vec!["enterprise".to_owned()]];
    rows[0].extend(singles().map(|(id, ..)| id.to_owned()));
    for (row, key) in batch.enterprises.iter().enumerate() {
        let mut cells = vec![key.to_owned()];
        let cell = |value, column: &Column| column.get(row).map_or_else(String::new, |v| text(value, v, dictionary));
        cells.extend(singles().map(|(_, value, column)| cell(value, column)));
        rows.push(cells);
    }
    rows
}

/// The dossiers of a batch as lines of JSON; a missing value is null, as is a missing table.
#[must_use]
pub fn lines(batch: &Batch, dictionary: &Dictionary) -> String {
    let json = |value: &ValueType, units: Option<i64>| match (units, &value.ty) {
        (None, _) => "null".to_owned(),
        (Some(units), Type::Number(_) | Type::Flag) => text(value, units, dictionary),
        (Some(units), _) => format!("\"{}\"", text(value, units, dictionary)),
    };
    let mut out = String::new();
    for (row, key) in batch.enterprises.iter().enumerate() {
        let mut facts = Vec::new();
        for (fact, column) in dictionary.facts().iter().zip(&batch.facts) {
            let said = match (&fact.kind, column) {
                (FactKind::Value(value), FactColumn::Value(column)) => json(value, column.get(row)),
                (FactKind::Events(events), FactColumn::Events(table)) if table.known(row) => {
                    let event = |at: usize| {
                        let fields = events.fields.iter().zip(&table.fields);
                        let fields = fields.map(|(f, c)| format!("\"{}\":{}", f.id, json(&f.value, c.get(at))));
                        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
                    };
                    format!("[{}]", table.events(row).map(event).collect::<Vec<_>>().join(","))
                }
                _ => "null".to_owned(),
            };
            facts.push(format!("\"{}\":{said}", fact.id));
        }
        let _ = writeln!(out, "{{\"enterprise\":\"{key}\",\"facts\":{{{}}}}}", facts.join(","));
    }
    out
}
