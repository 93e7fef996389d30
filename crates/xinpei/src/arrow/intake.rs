//! Record batches → batches of dossiers, without a copy where the values fit as they are.

mod events;
mod finder;
mod names;
mod number;
mod reader;
mod share;
mod texts;

use std::collections::BTreeMap;

use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_buffer::ScalarBuffer;
use arrow_schema::{DataType, Schema};
use rust_decimal::Decimal;

pub use number::rounded;
pub use reader::{Cells, ColumnReader};
pub use texts::Texts;

use crate::cells::Translated;
use crate::check::typed::{Fact, FactKind, Missing};
use crate::column::shared::{Buffer, Known};
use crate::column::units::Wrong;
use crate::column::{Batch, Column, Dictionary, FactColumn, Keys, Table};
use crate::diagnostic::suggest;
use crate::error::Error;
use crate::fault::{Fault, FaultKind};
use crate::uscc;
use events::EventsReader;
use finder::Finder;

/// Which fact a column holds, and how it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Binding {
    /// The name of the column.
    pub column: String,
    /// The id of the fact, or of a field in [`Binding::fields`].
    pub target: String,
    /// What every number is multiplied by, exactly.
    pub times: Option<Decimal>,
    /// For a column of floats, which needs it: how many digits after the point it is read with. The
    /// shortest decimal text of the float is rounded to the nearest, ties to even.
    pub digits: Option<u32>,
    /// What texts stand for; `times` does not apply to it.
    pub values: BTreeMap<String, Translated>,
    /// For a table of events: which field of the structs holds which field of the events; by name
    /// if there is none.
    pub fields: Vec<Self>,
}

impl Binding {
    /// A column that holds a fact as it is.
    #[must_use]
    pub fn new(column: &str, target: &str) -> Self {
        Self { column: column.to_owned(), target: target.to_owned(), ..Self::default() }
    }
}

/// How record batches of one schema become batches over one dictionary.
///
/// A null is missing. A value that does not fit its fact is a fault of its row, as in a
/// [`crate::BatchBuilder`], never an error of the batch. Values, validity and offsets are shared
/// with the record batch wherever every value of the column fits: whole numbers of 32 and 64 bits,
/// decimals whose scale is not larger than that of the fact, dates, flags, dictionaries of texts
/// and lists of structs in the canonical order of their events. Nothing passes through a float.
#[derive(Clone, Debug)]
pub struct Intake {
    dictionary: Dictionary,
    key: Place,
    /// For each fact of the dictionary: its column, if there is one.
    facts: Vec<Option<(Place, Reader)>>,
    unclaimed: Vec<String>,
}

/// A column of the schema.
#[derive(Clone, Debug)]
struct Place {
    at: usize,
    name: String,
    data_type: DataType,
}

#[derive(Clone, Debug)]
enum Reader {
    Value(Box<ColumnReader>),
    Events(Box<EventsReader>),
}

impl Intake {
    /// Finds the fact of each column: by `bindings`, or by its name if there are none. `key` is the
    /// column with the keys of the enterprises.
    ///
    /// # Errors
    /// When the schema does not fit the dictionary, with all that is wrong: a column stands twice, is
    /// absent, or has a type that its fact is not read from; a required fact has no column.
    pub fn new(
        schema: &Schema,
        dictionary: &Dictionary,
        key: &str,
        bindings: Option<&[Binding]>,
    ) -> Result<Self, Error> {
        let mut finder = Finder {
            schema,
            dictionary,
            wrong: Vec::new(),
            unclaimed: Vec::new(),
            facts: Vec::new(),
            claimed: Vec::new(),
            named: Vec::new(),
        };
        finder.facts.resize_with(dictionary.facts().len(), || None);
        finder.repeated();
        let key = finder.key(key);
        match bindings {
            Some(bindings) => bindings.iter().for_each(|binding| finder.bind(binding)),
            None => {
                for field in schema.fields().iter().filter(|f| dictionary.fact(f.name()).is_some()) {
                    finder.bind(&Binding::new(field.name(), field.name()));
                }
            }
        }
        finder.required();
        let Finder { wrong, mut unclaimed, facts, claimed, .. } = finder;
        match (key, wrong.as_slice()) {
            (Some(key), []) => {
                let free = schema.fields().iter().enumerate().filter(|(at, _)| *at != key.at && !claimed.contains(at));
                unclaimed.extend(free.map(|(_, field)| field.name().clone()));
                Ok(Self { dictionary: dictionary.clone(), key, facts, unclaimed })
            }
            (_, [only]) => Err(Error::input(only.clone())),
            _ => Err(Error::input(format!("{} columns do not fit:\n  {}", wrong.len(), wrong.join("\n  ")))),
        }
    }

    /// Columns that no fact claims, and `column.field` for fields of claimed tables.
    #[must_use]
    pub fn unclaimed(&self) -> &[String] {
        &self.unclaimed
    }

    /// The places in the schema of the columns that are read, rising. A record batch may have these
    /// columns alone.
    #[must_use]
    pub fn columns(&self) -> Vec<usize> {
        let mut columns: Vec<usize> = self.facts.iter().flatten().map(|(place, _)| place.at).collect();
        columns.push(self.key.at);
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// The batch of some records.
    ///
    /// # Errors
    /// When a column is absent or has another type than the schema said.
    pub fn batch(&self, records: &RecordBatch) -> Result<Batch, Error> {
        let array = self.key.find(records)?;
        let mut batch = self.batch_of(records, keys(array.as_ref()).unwrap_or_default())?;
        if self.dictionary.uscc {
            let wrong = |(row, key): (usize, &str)| {
                let wrong = Wrong { kind: FaultKind::WrongCode, value: key.to_owned() };
                uscc::check(key).is_err().then(|| (row, wrong.of("enterprise")))
            };
            batch.faults.extend(batch.enterprises.iter().enumerate().filter_map(wrong));
            batch.faults.sort();
        }
        Ok(batch)
    }

    /// The batch of some records whose keys were looked at and brought to their plain form before;
    /// one key for each record.
    ///
    /// # Errors
    /// When a column is absent or has another type than the schema said; when there are more or
    /// fewer keys than records.
    pub fn batch_of(&self, records: &RecordBatch, keys: Keys) -> Result<Batch, Error> {
        let rows = records.num_rows();
        if keys.len() != rows {
            return Err(Error::input(format!("there are {} keys for {rows} records", keys.len())));
        }
        let mut batch = self.dictionary.empty_batch();
        batch.enterprises = keys;
        let facts = self.dictionary.facts().iter().zip(&self.facts).zip(&mut batch.facts);
        for ((fact, reader), column) in facts {
            let filled = match reader {
                None => absent(fact, rows),
                Some((place, reader)) => {
                    let array = place.find(records)?;
                    let filled = match reader {
                        Reader::Value(reader) => reader.column(fact, array, &mut batch.faults).map(FactColumn::Value),
                        Reader::Events(reader) => reader.table(array, &mut batch.faults).map(FactColumn::Events),
                    };
                    filled.ok_or_else(|| place.changed(array.data_type()))?
                }
            };
            *column = filled;
        }
        batch.faults.sort();
        Ok(batch)
    }
}

impl ColumnReader {
    /// The column of a fact.
    fn column(&self, fact: &Fact, array: &ArrayRef, faults: &mut Vec<(usize, Fault)>) -> Option<Column> {
        let rows = array.len();
        let means = match fact.missing {
            Missing::Means(units) => Some(units),
            _ => None,
        };
        let missing = |row| (row, Wrong { kind: FaultKind::RequiredMissing, value: String::new() }.of(&fact.id));
        let required = fact.missing == Missing::Required;
        if array.data_type() == &self.data_type
            && let Some(column) = self.share(array, 0..rows, means)
        {
            if required && array.null_count() + usize::from(array.data_type().is_null()) > 0 {
                faults.extend((0..rows).filter(|row| column.get(*row).is_none()).map(missing));
            }
            return Some(column);
        }
        let cells = self.open(array)?;
        let mut column = Column::default();
        for row in 0..rows {
            match cells.units(row) {
                Ok(units) => {
                    if units.is_none() && required {
                        faults.push(missing(row));
                    }
                    column.push(units.or(means));
                }
                // A value at fault is not absent: it stays unknown.
                Err(wrong) => {
                    faults.push((row, wrong.of(&fact.id)));
                    column.push(None);
                }
            }
        }
        Some(column)
    }
}

/// A fact that no column holds; the schema was refused if it is required.
fn absent(fact: &Fact, rows: usize) -> FactColumn {
    match (&fact.kind, fact.missing) {
        (FactKind::Value(_), Missing::Means(units)) => FactColumn::Value(Column::absent(rows, Some(units))),
        (FactKind::Value(_), _) => FactColumn::Value(Column::absent(rows, None)),
        (FactKind::Events(events), missing) => {
            let known = if missing == Missing::Empty { Known::All } else { Known::Nothing };
            let fields = vec![Column::default(); events.fields.len()];
            FactColumn::Events(Table::with(vec![0; rows + 1], known, fields))
        }
    }
}

/// The keys of a column of texts, shared if they lie one after the other.
fn keys(array: &dyn Array) -> Option<Keys> {
    let texts = Texts::new(array)?;
    if let Some(plain) = texts.plain() {
        let offsets = ScalarBuffer::clone(plain.offsets().inner());
        let bytes = ScalarBuffer::<u8>::from(plain.values().clone());
        return Some(Keys::shared(Buffer::new(bytes), Buffer::new(offsets)));
    }
    Some((0..texts.len()).map(|row| texts.get(row).unwrap_or("")).collect())
}

impl Keys {
    /// The keys of a column of texts, in their order: shared with the column if its texts lie one
    /// after the other and none is missing. A missing text is an empty key.
    #[must_use]
    pub fn from_arrow(array: &dyn Array) -> Option<Self> {
        keys(array)
    }
}

impl Place {
    /// The column in a record batch, which may hold all columns of the schema or only those read.
    fn find<'a>(&self, records: &'a RecordBatch) -> Result<&'a ArrayRef, Error> {
        let schema = records.schema_ref();
        let here = schema.fields().get(self.at).is_some_and(|field| *field.name() == self.name);
        let at = if here { Some(self.at) } else { schema.fields().iter().position(|f| *f.name() == self.name) };
        let array = at.and_then(|at| records.columns().get(at));
        let array = array.ok_or_else(|| {
            let known = schema.fields().iter().map(|f| f.name().as_str());
            Error::input(format!("a later part has no column `{}`; {}", self.name, suggest(&self.name, known)))
        })?;
        if array.data_type() == &self.data_type { Ok(array) } else { Err(self.changed(array.data_type())) }
    }

    fn changed(&self, now: &DataType) -> Error {
        Error::input(format!(
            "the column `{}` is {} in a later part, but was {} at first; write it with one schema",
            self.name,
            names::column(now),
            names::column(&self.data_type)
        ))
    }
}
