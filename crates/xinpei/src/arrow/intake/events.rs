//! Tables of events: lists of structs.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, StructArray};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, FieldRef, Fields};

use super::reader::{Cells, ColumnReader};
use super::{Binding, names, share};
use crate::check::typed::{Events, Fact, Missing};
use crate::column::shared::{Buffer, Known};
use crate::column::units::Wrong;
use crate::column::{Column, Dictionary, Table, events};
use crate::diagnostic::suggest;
use crate::fault::{Fault, FaultKind};
use crate::limits;

/// How a list of structs becomes a table of events.
#[derive(Clone, Debug)]
pub(super) struct EventsReader {
    fact: Fact,
    events: Events,
    data_type: DataType,
    /// For each field of the table: its place in the struct, and how it is read.
    fields: Vec<Option<(usize, ColumnReader)>>,
}

impl EventsReader {
    /// All that is wrong with a column of events goes to `wrong`, what nothing claims to `unclaimed`.
    pub(super) fn new(
        column: &str,
        data_type: &DataType,
        fact: &Fact,
        events: &Events,
        dictionary: &Dictionary,
        binding: &Binding,
        (wrong, unclaimed): (&mut Vec<String>, &mut Vec<String>),
    ) -> Option<Self> {
        let Some(children) = children(data_type) else {
            wrong.push(format!(
                "the column `{column}` is {}, but `{}` is a table of events, which is read from a list of structs",
                names::column(data_type),
                fact.id
            ));
            return None;
        };
        if binding.times.is_some() || binding.digits.is_some() || !binding.values.is_empty() {
            wrong.push(format!(
                "the column `{column}` holds events: `times`, `digits` and `values` belong to its fields"
            ));
        }
        let before = wrong.len();
        let bound: Vec<Binding> = if binding.fields.is_empty() {
            let known = children.iter().filter(|child| events.fields.iter().any(|f| f.id == *child.name()));
            known.map(|child| Binding::new(child.name(), child.name())).collect()
        } else {
            binding.fields.clone()
        };
        for (at, child) in children.iter().enumerate() {
            if children.iter().take(at).any(|other| other.name() == child.name()) {
                wrong.push(format!(
                    "the column `{column}` has the field `{}` twice; rename or remove one",
                    child.name()
                ));
            } else if !bound.iter().any(|b| b.column == *child.name()) {
                unclaimed.push(format!("{column}.{}", child.name()));
            }
        }
        let mut fields: Vec<Option<(usize, ColumnReader)>> = vec![None; events.fields.len()];
        for binding in &bound {
            let name = format!("{column}.{}", binding.column);
            let Some(at) = children.iter().position(|child| *child.name() == binding.column) else {
                let known = children.iter().map(|c| c.name().as_str());
                wrong.push(format!("there is no field `{name}`; {}", suggest(&binding.column, known)));
                continue;
            };
            let Some(target) = events.fields.iter().position(|f| f.id == binding.target) else {
                let known = events.fields.iter().map(|f| f.id.as_str());
                wrong.push(format!(
                    "the events `{}` have no field `{}`; {}",
                    fact.id,
                    binding.target,
                    suggest(&binding.target, known)
                ));
                continue;
            };
            let (Some(child), Some(field)) = (children.get(at), events.fields.get(target)) else { continue };
            let binding = Binding { target: format!("{}.{}", fact.id, field.id), ..binding.clone() };
            match (fields.get_mut(target), ColumnReader::new(child.data_type(), &field.value, dictionary, &binding)) {
                (Some(Some(_)), _) => {
                    wrong.push(format!("the field `{}.{}` has two columns; keep one of them", fact.id, field.id));
                }
                (Some(place), Ok(reader)) => *place = Some((at, reader)),
                (_, Err(why)) => wrong.push(format!("the column `{name}` {why}")),
                (None, _) => {}
            }
        }
        for (field, reader) in events.fields.iter().zip(&fields) {
            if field.required && reader.is_none() && !bound.iter().any(|b| b.target == field.id) {
                let known = children.iter().map(|c| c.name().as_str());
                wrong.push(format!(
                    "the column `{column}` has no field for `{}.{}`, which is required; {}",
                    fact.id,
                    field.id,
                    suggest(&field.id, known)
                ));
            }
        }
        (wrong.len() == before).then(|| Self {
            fact: fact.clone(),
            events: events.clone(),
            data_type: data_type.clone(),
            fields,
        })
    }

    /// The table of a batch; `None` if the column has another type than the one that was announced.
    pub(super) fn table(&self, array: &ArrayRef, faults: &mut Vec<(usize, Fault)>) -> Option<Table> {
        if array.data_type() != &self.data_type {
            return None;
        }
        let lists = Lists::new(array)?;
        let required = self.fact.missing == Missing::Required;
        match self.share(&lists) {
            Some(table) => {
                if required && let Some(nulls) = array.nulls().filter(|nulls| nulls.null_count() > 0) {
                    let missing = (0..array.len()).filter(|row| nulls.is_null(*row));
                    faults.extend(missing.map(|row| (row, self.missing())));
                }
                Some(table)
            }
            None => self.copy(&lists, required, faults),
        }
    }

    fn missing(&self) -> Fault {
        Fault { fact: self.fact.id.clone(), kind: FaultKind::RequiredMissing, value: String::new() }
    }

    /// The events as they are, if each fits and they are in their order.
    fn share(&self, lists: &Lists<'_>) -> Option<Table> {
        let window = lists.window();
        let usual = |row: usize| {
            let events = lists.events(row);
            events.len() <= limits::EVENTS_PER_ENTERPRISE && (events.is_empty() || !lists.is_null(row))
        };
        if lists.structs.null_count() > 0 || !(0..lists.len).all(usual) {
            return None;
        }
        let mut fields = Vec::with_capacity(self.fields.len());
        for (field, place) in self.events.fields.iter().zip(&self.fields) {
            let Some((at, reader)) = place else {
                fields.push(Column::absent(lists.structs.len(), None));
                continue;
            };
            let array = lists.structs.columns().get(*at)?;
            if field.required && array.logical_nulls().is_some_and(|n| window.clone().any(|event| n.is_null(event))) {
                return None;
            }
            fields.push(reader.share(array, window.clone(), None)?);
        }
        let known = self.known(lists);
        let table = match &lists.offsets {
            Offsets::Short(offsets) => Table::shared(Buffer::new(ScalarBuffer::clone(offsets.inner())), known, fields),
            Offsets::Long(offsets) => {
                let offsets = offsets.iter().map(|offset| i32::try_from(*offset).ok()).collect::<Option<_>>()?;
                Table::with(offsets, known, fields)
            }
        };
        self.is_ordered(&table).then_some(table)
    }

    fn known(&self, lists: &Lists<'_>) -> Known {
        if self.fact.missing == Missing::Empty { Known::All } else { share::known(lists.array.nulls()) }
    }

    /// Whether the events of each row are in their canonical order.
    fn is_ordered(&self, table: &Table) -> bool {
        let values = |event: usize| table.fields.iter().map(|f| f.get(event)).collect::<Vec<_>>();
        let first = self.events.order.or(Some(0)).and_then(|at| table.fields.get(at));
        (0..table.rows()).all(|row| {
            let events = table.events(row);
            let pairs = events.clone().zip(events.skip(1));
            // Most pairs differ in the first field that counts.
            pairs.into_iter().all(|(a, b)| match first.map(|f| f.get(a).cmp(&f.get(b))) {
                Some(std::cmp::Ordering::Less) => true,
                Some(std::cmp::Ordering::Greater) => false,
                _ => events::order(&self.events, &values(a), &values(b)).is_le(),
            })
        })
    }

    /// The events one by one, as a batch is built from dossiers.
    fn copy(&self, lists: &Lists<'_>, required: bool, faults: &mut Vec<(usize, Fault)>) -> Option<Table> {
        let mut columns: Vec<Option<Cells<'_>>> = Vec::with_capacity(self.fields.len());
        for place in &self.fields {
            columns.push(match place {
                Some((at, reader)) => Some(reader.open(lists.structs.columns().get(*at)?)?),
                None => None,
            });
        }
        let mut table = Table::new(self.fields.len());
        let mut wrong: Vec<Fault> = Vec::new();
        for row in 0..lists.len {
            let open = (!lists.is_null(row)).then(|| {
                let mut open = Vec::new();
                for event in lists.events(row) {
                    let nothing = lists.structs.is_null(event);
                    let values = columns.iter().map(|column| -> Result<Option<i64>, Wrong> {
                        match column {
                            Some(cells) if !nothing => cells.units(event),
                            _ => Ok(None),
                        }
                    });
                    events::add(&self.fact, &self.events, values, &mut open, &mut wrong);
                }
                open
            });
            let missing = events::close(&mut table, &self.events, open, self.fact.missing == Missing::Empty);
            if missing && required {
                wrong.push(self.missing());
            }
            faults.extend(wrong.drain(..).map(|fault| (row, fault)));
        }
        Some(table)
    }
}

/// The fields of the structs of a list.
fn children(data_type: &DataType) -> Option<&Fields> {
    let (DataType::List(item) | DataType::LargeList(item)) = data_type else { return None };
    let item: &FieldRef = item;
    match item.data_type() {
        DataType::Struct(fields) => Some(fields),
        _ => None,
    }
}

enum Offsets<'a> {
    Short(&'a OffsetBuffer<i32>),
    Long(&'a OffsetBuffer<i64>),
}

/// Lists of structs, whatever the width of their offsets.
struct Lists<'a> {
    array: &'a ArrayRef,
    len: usize,
    offsets: Offsets<'a>,
    structs: &'a StructArray,
}

impl<'a> Lists<'a> {
    fn new(array: &'a ArrayRef) -> Option<Self> {
        let (offsets, structs) = match array.data_type() {
            DataType::List(_) => {
                let list = array.as_list_opt::<i32>()?;
                (Offsets::Short(list.offsets()), list.values())
            }
            _ => {
                let list = array.as_list_opt::<i64>()?;
                (Offsets::Long(list.offsets()), list.values())
            }
        };
        Some(Self { array, len: array.len(), offsets, structs: structs.as_struct_opt()? })
    }

    fn at(&self, row: usize) -> usize {
        match &self.offsets {
            Offsets::Short(offsets) => offsets.get(row).and_then(|o| usize::try_from(*o).ok()),
            Offsets::Long(offsets) => offsets.get(row).and_then(|o| usize::try_from(*o).ok()),
        }
        .unwrap_or(0)
    }

    fn events(&self, row: usize) -> Range<usize> {
        self.at(row)..self.at(row + 1)
    }

    /// All events that a row has.
    fn window(&self) -> Range<usize> {
        self.at(0)..self.at(self.len)
    }

    fn is_null(&self, row: usize) -> bool {
        self.array.is_null(row)
    }
}
