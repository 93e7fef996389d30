//! `Moved`: one enterprise before and after, and the rows of a comparison.

use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, Decimal128Builder, ListBuilder, StringBuilder, StructBuilder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, SchemaRef};
use pyo3::prelude::*;
use rust_decimal::Decimal;
use xinpei::decimal;
use xinpei_assure::Moved;
use xinpei_assure::compare::{ShiftKind, Standing, page};

use crate::comparison::{Compared, Place};
use crate::language::Lang;
use crate::parts::Exact;
use crate::rulebook::Loaded;
use crate::show;

/// Rows that are explained together.
pub(crate) const TOGETHER: usize = 8_192;
/// Digits of a number in a column.
const PRECISION: u8 = 38;

/// Where an enterprise stands.
#[pyclass(frozen, get_all, eq, name = "Standing", module = "xinpei")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PyStanding {
    /// `rated`, `unrated` or `refer`; with `refer`, score and grade are provisional.
    status: &'static str,
    /// The score, as `Decimal`; `None` when unrated.
    score: Option<Exact>,
    /// The grade; `None` when unrated.
    grade: Option<String>,
}

impl PyStanding {
    fn new(standing: &Standing) -> Self {
        Self { status: standing.status, score: standing.score.map(Exact), grade: standing.grade.clone() }
    }
}

#[pymethods]
impl PyStanding {
    fn __repr__(&self) -> String {
        let score = self.score.map_or_else(String::new, |score| format!(" {}", score.0));
        let grade = self.grade.as_deref().map_or_else(String::new, |grade| format!(" {grade}"));
        format!("<Standing {}{score}{grade}>", self.status)
    }
}

/// Points before and after.
#[pyclass(frozen, get_all, name = "Shift", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyShift {
    /// `characteristic`, `limit` (what the floor or the cap of a section adds or takes) or `rounding`.
    kind: &'static str,
    /// The id of the characteristic or the section; empty for rounding.
    id: String,
    /// Before, as `Decimal`; zero where there was no such rule.
    old: Exact,
    /// After, as `Decimal`.
    new: Exact,
    /// After less before, as `Decimal`; not zero.
    shift: Exact,
}

#[pymethods]
impl PyShift {
    fn __repr__(&self) -> String {
        format!("<Shift {}: {} → {}>", if self.id.is_empty() { self.kind } else { &self.id }, self.old.0, self.new.0)
    }
}

const fn word(kind: ShiftKind) -> &'static str {
    match kind {
        ShiftKind::Characteristic => "characteristic",
        ShiftKind::Limit => "limit",
        ShiftKind::Rounding => "rounding",
    }
}

/// One enterprise before and after. The shifts add up to the shift of the score, to the last digit.
#[pyclass(frozen, name = "Moved", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyMoved {
    pub(crate) moved: Moved,
    /// The name of the enterprise, where the data has one.
    #[pyo3(get)]
    pub(crate) name: Option<String>,
    /// The row in the data, counted from 0 without rejects.
    #[pyo3(get)]
    row: usize,
    pub(crate) trial: Arc<Loaded>,
}

impl PyMoved {
    pub(crate) fn of(moved: Moved, name: Option<String>, row: usize, trial: &Arc<Loaded>) -> Self {
        Self { moved, name, row, trial: Arc::clone(trial) }
    }
}

#[pymethods]
impl PyMoved {
    /// The key of the enterprise.
    #[getter]
    fn enterprise(&self) -> &str {
        &self.moved.enterprise
    }

    /// Where it stood.
    #[getter(old)]
    fn before(&self) -> PyStanding {
        PyStanding::new(&self.moved.old)
    }

    /// Where it stands.
    #[getter(new)]
    fn after(&self) -> PyStanding {
        PyStanding::new(&self.moved.new)
    }

    /// The score after less the score before, as `Decimal`; `None` where it has no score on one side.
    #[getter]
    fn shift(&self) -> Option<Exact> {
        Some(Exact(self.moved.new.score? - self.moved.old.score?))
    }

    /// What shifted its score: characteristics in the order of the rules, then floors and caps of sections,
    /// then rounding.
    #[getter]
    fn shifts(&self) -> Vec<PyShift> {
        let shift = |s: &xinpei_assure::compare::Shift| PyShift {
            kind: word(s.kind),
            id: s.id.clone(),
            old: Exact(s.old),
            new: Exact(s.new),
            shift: Exact(s.shift),
        };
        self.moved.shifts.iter().map(shift).collect()
    }

    /// Ids of the overrides that fire now and did not before.
    #[getter]
    fn overrides_gained(&self) -> Vec<String> {
        self.moved.overrides_gained.clone()
    }

    /// Ids of the overrides that fired and do no more.
    #[getter]
    fn overrides_lost(&self) -> Vec<String> {
        self.moved.overrides_lost.clone()
    }

    /// Ids of the outcomes that follow now and did not before.
    #[getter]
    fn outcomes_gained(&self) -> Vec<String> {
        self.moved.outcomes_gained.clone()
    }

    /// Ids of the outcomes that followed and do no more.
    #[getter]
    fn outcomes_lost(&self) -> Vec<String> {
        self.moved.outcomes_lost.clone()
    }

    /// Ids of the outcomes that follow as before, with another last day or amount.
    #[getter]
    fn outcomes_changed(&self) -> Vec<String> {
        self.moved.outcomes_changed.iter().map(|change| change.id.clone()).collect()
    }

    fn __str__(&self) -> String {
        show::text::moved(self)
    }

    fn __repr__(&self) -> String {
        let side = |standing: &Standing| page::standing(standing, Lang::En.code());
        format!("<Moved {}: {} → {}>", self.moved.enterprise, side(&self.moved.old), side(&self.moved.new))
    }

    fn _repr_html_(&self) -> String {
        show::moved(self)
    }
}

/// The digits of scores and points that a comparison can have.
fn digits(compared: &Compared) -> u32 {
    let of = |loaded: &Loaded| {
        let (typed, program) = (loaded.rulebook.typed(), loaded.rulebook.program());
        let sums = program.outputs.sums.iter().filter_map(|id| program.arena.node(*id).ty.number());
        sums.map(|numeric| numeric.digits).chain([typed.score.digits]).max().unwrap_or(0)
    };
    of(&compared.held.loaded).max(of(&compared.trial))
}

fn decimals(digits: u32) -> DataType {
    DataType::Decimal128(PRECISION, i8::try_from(digits).unwrap_or(i8::MAX))
}

fn why(digits: u32) -> Fields {
    Fields::from(vec![
        Field::new("kind", DataType::Utf8, false),
        Field::new("id", DataType::Utf8, false),
        Field::new("shift", decimals(digits), false),
    ])
}

/// The columns of a comparison, row by row.
pub(crate) fn schema(compared: &Compared) -> SchemaRef {
    let digits = digits(compared);
    let list =
        |name: &str| Field::new(name, DataType::List(Arc::new(Field::new("item", DataType::Utf8, false))), false);
    let reasons = Field::new("item", DataType::Struct(why(digits)), false);
    Arc::new(Schema::new(vec![
        Field::new("enterprise", DataType::Utf8, false),
        Field::new("name", DataType::Utf8, true),
        Field::new("row", DataType::UInt64, false),
        Field::new("moved", DataType::Boolean, false),
        Field::new("old_status", DataType::Utf8, false),
        Field::new("new_status", DataType::Utf8, false),
        Field::new("old_grade", DataType::Utf8, true),
        Field::new("new_grade", DataType::Utf8, true),
        Field::new("old_score", decimals(digits), true),
        Field::new("new_score", decimals(digits), true),
        Field::new("shift", decimals(digits), true),
        Field::new("shifts", DataType::List(Arc::new(reasons)), false),
        list("overrides_gained"),
        list("overrides_lost"),
        list("outcomes_gained"),
        list("outcomes_lost"),
        list("outcomes_changed"),
    ]))
}

/// A row for each of some enterprises with anything changed.
pub(crate) fn records(compared: &Compared, places: &[Place]) -> Result<RecordBatch, ArrowError> {
    let all = compared.explain(places);
    let (digits, schema) = (digits(compared), schema(compared));
    let texts = |text: &dyn Fn(&PyMoved) -> Option<String>| -> ArrayRef {
        let mut builder = StringBuilder::new();
        all.iter().for_each(|moved| builder.append_option(text(moved)));
        Arc::new(builder.finish())
    };
    let numbers = |number: &dyn Fn(&PyMoved) -> Option<Decimal>| -> ArrayRef {
        let mut builder = Decimal128Builder::new().with_data_type(decimals(digits));
        all.iter().for_each(|moved| builder.append_option(number(moved).and_then(|n| decimal::to_units(n, digits))));
        Arc::new(builder.finish())
    };
    let lists = |list: &dyn Fn(&PyMoved) -> Vec<String>| -> ArrayRef {
        let mut builder = ListBuilder::new(StringBuilder::new()).with_field(Field::new("item", DataType::Utf8, false));
        for moved in &all {
            list(moved).into_iter().for_each(|id| builder.values().append_value(id));
            builder.append(true);
        }
        Arc::new(builder.finish())
    };
    let (mut rows, mut moved) = (UInt64Builder::new(), BooleanBuilder::new());
    for one in &all {
        rows.append_value(u64::try_from(one.row).unwrap_or(u64::MAX));
        let place = compared.counted.moved.binary_search_by_key(&one.row, |place| place.row);
        moved.append_value(place.is_ok());
    }
    RecordBatch::try_new(
        schema,
        vec![
            texts(&|m| Some(m.moved.enterprise.clone())),
            texts(&|m| m.name.clone()),
            Arc::new(rows.finish()),
            Arc::new(moved.finish()),
            texts(&|m| Some(m.moved.old.status.to_owned())),
            texts(&|m| Some(m.moved.new.status.to_owned())),
            texts(&|m| m.moved.old.grade.clone()),
            texts(&|m| m.moved.new.grade.clone()),
            numbers(&|m| m.moved.old.score),
            numbers(&|m| m.moved.new.score),
            numbers(&|m| m.shift().map(|shift| shift.0)),
            shifts(&all, digits),
            lists(&|m| m.moved.overrides_gained.clone()),
            lists(&|m| m.moved.overrides_lost.clone()),
            lists(&|m| m.moved.outcomes_gained.clone()),
            lists(&|m| m.moved.outcomes_lost.clone()),
            lists(&PyMoved::outcomes_changed),
        ],
    )
}

/// What shifted each score.
fn shifts(all: &[PyMoved], digits: u32) -> ArrayRef {
    let numbers = Decimal128Builder::new().with_data_type(decimals(digits));
    let inner = StructBuilder::new(
        why(digits),
        vec![Box::new(StringBuilder::new()), Box::new(StringBuilder::new()), Box::new(numbers)],
    );
    let field = Field::new("item", DataType::Struct(why(digits)), false);
    let mut builder = ListBuilder::new(inner).with_field(field);
    for moved in all {
        for shift in &moved.moved.shifts {
            let row = builder.values();
            if let Some(kinds) = row.field_builder::<StringBuilder>(0) {
                kinds.append_value(word(shift.kind));
            }
            if let Some(ids) = row.field_builder::<StringBuilder>(1) {
                ids.append_value(&shift.id);
            }
            if let Some(numbers) = row.field_builder::<Decimal128Builder>(2) {
                // INVARIANT: no shift has more digits than the points and the score it comes from.
                numbers.append_value(decimal::to_units(shift.shift, digits).unwrap_or(0));
            }
            row.append(true);
        }
        builder.append(true);
    }
    Arc::new(builder.finish())
}
