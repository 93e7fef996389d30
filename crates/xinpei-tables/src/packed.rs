//! Cells of one column on their way from a file to a batch, nine bytes each.

use rust_decimal::Decimal;
use xinpei::check::typed::{Type, ValueType};
use xinpei::{Cell, Date, Dictionary, FaultKind};

/// Cells of one column. What comes out is what went in; a number comes out without zeros at the
/// end of its fraction.
#[derive(Clone, Debug)]
pub(crate) struct Packed {
    dictionary: Dictionary,
    category: Option<u32>,
    tags: Vec<u8>,
    data: Vec<i64>,
    /// Cells that do not fit into nine bytes.
    rest: Vec<Rest>,
}

#[derive(Clone, Debug, PartialEq)]
enum Rest {
    Number(Decimal),
    Bad(FaultKind, String),
}

const MISSING: u8 = 0;
const FLAG: u8 = 1;
const DATE: u8 = 2;
const MEMBER: u8 = 3;
const REST: u8 = 4;
/// The tag of a number is this and its digits after the point, 28 at most.
const NUMBER: u8 = 10;

impl Packed {
    /// `rows` missing cells of a type.
    pub(crate) fn new(value: &ValueType, dictionary: &Dictionary, rows: usize) -> Self {
        let category = match value.ty {
            Type::Category(category) => Some(category),
            _ => None,
        };
        Self {
            dictionary: dictionary.clone(),
            category,
            tags: vec![MISSING; rows],
            data: vec![0; rows],
            rest: Vec::new(),
        }
    }

    /// Adds a cell.
    pub(crate) fn push(&mut self, cell: Cell<'_>) {
        let (tag, data) = self.pack(cell);
        self.tags.push(tag);
        self.data.push(data);
    }

    /// Replaces a cell.
    pub(crate) fn set(&mut self, row: usize, cell: Cell<'_>) {
        let (tag, data) = self.pack(cell);
        if let (Some(t), Some(d)) = (self.tags.get_mut(row), self.data.get_mut(row)) {
            *t = tag;
            *d = data;
        }
    }

    /// The cell of a row.
    pub(crate) fn get(&self, row: usize) -> Cell<'_> {
        let (Some(tag), Some(data)) = (self.tags.get(row), self.data.get(row)) else { return Cell::Missing };
        match *tag {
            MISSING => Cell::Missing,
            FLAG => Cell::Flag(*data == 1),
            // INVARIANT: the value came from a date, so it fits; likewise below.
            DATE => Cell::Date(Date::from_days(i32::try_from(*data).unwrap_or(0))),
            MEMBER => {
                let members = self.category.and_then(|c| self.dictionary.members(c));
                members.and_then(|m| m.name(*data)).map_or(Cell::Missing, Cell::Text)
            }
            REST => match usize::try_from(*data).ok().and_then(|at| self.rest.get(at)) {
                Some(Rest::Number(number)) => Cell::Number(*number),
                Some(Rest::Bad(kind, text)) => Cell::Bad(*kind, text),
                None => Cell::Missing,
            },
            tag => Decimal::try_from_i128_with_scale(i128::from(*data), u32::from(tag - NUMBER))
                .map_or(Cell::Missing, Cell::Number),
        }
    }

    /// Whether a cell says something else than the one that stands there.
    pub(crate) fn differs(&self, row: usize, cell: Cell<'_>) -> bool {
        match (self.get(row), cell) {
            (Cell::Missing, Cell::Missing) => false,
            (Cell::Number(a), Cell::Number(b)) => a != b,
            (Cell::Flag(a), Cell::Flag(b)) => a != b,
            (Cell::Date(a), Cell::Date(b)) => a != b,
            (Cell::Text(a), Cell::Text(b)) => a != b,
            (Cell::Bad(a, x), Cell::Bad(b, y)) => a != b || x != y,
            _ => true,
        }
    }

    fn pack(&mut self, cell: Cell<'_>) -> (u8, i64) {
        let rest = match cell {
            Cell::Missing => return (MISSING, 0),
            Cell::Flag(flag) => return (FLAG, i64::from(flag)),
            Cell::Date(date) => return (DATE, i64::from(date.days())),
            Cell::Number(number) => {
                let number = number.normalize();
                if let (Ok(data), Ok(scale)) = (i64::try_from(number.mantissa()), u8::try_from(number.scale())) {
                    return (NUMBER + scale, data);
                }
                Rest::Number(number)
            }
            Cell::Text(text) => match self.category.and_then(|c| self.dictionary.members(c)?.index(text)) {
                Some(index) => return (MEMBER, i64::from(index)),
                None => Rest::Bad(FaultKind::UnknownMember, text.to_owned()),
            },
            Cell::Bad(kind, text) => Rest::Bad(kind, text.to_owned()),
        };
        self.rest.push(rest);
        (REST, i64::try_from(self.rest.len() - 1).unwrap_or(i64::MAX))
    }
}

/// Events of one table on their way to a batch.
#[derive(Clone, Debug)]
pub(crate) struct PackedEvents {
    /// The register row of each event.
    rows: Vec<u32>,
    /// One column for each field of the table; `None` where no file has it.
    fields: Vec<Option<Packed>>,
}

impl PackedEvents {
    /// No events of a table with so many fields.
    pub(crate) fn new(fields: usize) -> Self {
        Self { rows: Vec::new(), fields: vec![None; fields] }
    }

    /// Starts an event; `push` then adds its fields.
    pub(crate) fn event(&mut self, row: u32) {
        self.rows.push(row);
    }

    /// Makes a field known that no file had so far.
    pub(crate) fn open(&mut self, field: usize, value: &ValueType, dictionary: &Dictionary) {
        let rows = self.rows.len();
        if let Some(field) = self.fields.get_mut(field) {
            field.get_or_insert_with(|| Packed::new(value, dictionary, rows));
        }
    }

    /// Adds a field of the event that was started last.
    pub(crate) fn push(&mut self, field: usize, cell: Cell<'_>) {
        if let Some(Some(field)) = self.fields.get_mut(field) {
            field.push(cell);
        }
    }

    /// Gives the fields that the last event does not have a missing cell.
    pub(crate) fn close(&mut self) {
        let rows = self.rows.len();
        for field in self.fields.iter_mut().flatten() {
            if field.tags.len() < rows {
                field.push(Cell::Missing);
            }
        }
    }

    /// How many events there are.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The events by register row: those of row `r` are `order[starts[r]..starts[r + 1]]`.
    pub(crate) fn sorted(&self, rows: usize) -> Sorted {
        let mut starts = vec![0_u32; rows + 1];
        for row in &self.rows {
            if let Some(next) = starts.get_mut(usize::try_from(*row).unwrap_or(usize::MAX).saturating_add(1)) {
                *next += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut order: Vec<u32> = (0_u32..).zip(&self.rows).map(|(at, _)| at).collect();
        // Stable: events of one enterprise stay in the order of the files.
        order.sort_by_key(|at| usize::try_from(*at).ok().and_then(|at| self.rows.get(at)).copied());
        Sorted { starts, order }
    }

    /// The cells of an event.
    pub(crate) fn cells<'a>(&'a self, event: u32, cells: &mut Vec<Cell<'a>>) {
        cells.clear();
        let event = usize::try_from(event).unwrap_or(usize::MAX);
        cells.extend(self.fields.iter().map(|f| f.as_ref().map_or(Cell::Missing, |f| f.get(event))));
    }
}

/// The events of a table, by register row.
pub(crate) struct Sorted {
    starts: Vec<u32>,
    order: Vec<u32>,
}

impl Sorted {
    /// The events of a row.
    pub(crate) fn of(&self, row: usize) -> &[u32] {
        let at = |row: usize| self.starts.get(row).and_then(|s| usize::try_from(*s).ok()).unwrap_or(0);
        self.order.get(at(row)..at(row + 1)).unwrap_or_default()
    }
}
