//! Types and dictionaries of the decisions of one rulebook.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow_array::{Array as _, ArrayRef, StringArray};
use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef};

use super::columns::Kind;
use crate::error::Error;
use crate::evaluate::outcome::{Effect, LANGUAGE, NodeId, Program};
use crate::explain::decision::Status;
use crate::fault::FaultKind;

/// The statuses, in the order of their dictionary.
pub(super) const STATUSES: &[Status] = &[Status::Rated, Status::Unrated, Status::Refer];

/// Digits of a decimal column: all, and those after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Digits {
    pub(super) all: u8,
    pub(super) after: i8,
}

impl Digits {
    /// Room for whole numbers of `10^-digits` between two limits.
    fn new(digits: u32, low: i128, high: i128) -> Self {
        let most = low.unsigned_abs().max(high.unsigned_abs());
        let all = most.checked_ilog10().map_or(1, |n| n + 1).max(digits);
        // INVARIANT: magnitudes have at most 29 digits and fractions at most 18.
        Self { all: u8::try_from(all).unwrap_or(38).min(38), after: i8::try_from(digits).unwrap_or(18) }
    }

    pub(super) const fn ty(self) -> DataType {
        DataType::Decimal128(self.all, self.after)
    }
}

/// Words that a column can say, and how wide their keys are.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) values: ArrayRef,
    pub(super) key: DataType,
}

impl Words {
    /// Keys are as narrow as `least` says, or as many words need.
    fn new<'a>(words: impl IntoIterator<Item = &'a str>, least: DataType) -> Self {
        let values = StringArray::from_iter_values(words);
        let count = values.len();
        let key = match least {
            DataType::Int8 if i8::try_from(count).is_ok() => DataType::Int8,
            _ if i16::try_from(count).is_ok() => DataType::Int16,
            _ => DataType::Int32,
        };
        Self { values: Arc::new(values), key }
    }

    pub(super) fn ty(&self) -> DataType {
        DataType::Dictionary(Box::new(self.key.clone()), Box::new(DataType::Utf8))
    }
}

/// Types and dictionaries of the decisions of one rulebook.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Id, version and digest of the rulebook.
    rulebook: [String; 3],
    pub(super) statuses: Words,
    pub(super) grades: Words,
    /// Codes of reasons: of overrides that count against, then of losses, each word once.
    pub(super) codes: Words,
    /// By override: its key among the codes, if it is a reason.
    pub(super) code_of_override: Vec<Option<i32>>,
    /// By code of a loss: its key.
    pub(super) code_of_loss: Vec<i32>,
    pub(super) overrides: Words,
    pub(super) outcomes: Words,
    pub(super) kinds: Words,
    pub(super) lost: Digits,
}

impl Layout {
    pub(super) fn new(program: &Program) -> Self {
        let typed = &program.typed;
        let mut words: Vec<&str> = Vec::new();
        let mut known: BTreeMap<&str, i32> = BTreeMap::new();
        let mut key = |word| {
            *known.entry(word).or_insert_with(|| {
                words.push(word);
                i32::try_from(words.len() - 1).unwrap_or(i32::MAX)
            })
        };
        let code_of_override = typed.overrides.iter().map(|o| against(o.effect).then(|| key(&o.id))).collect();
        let first = program.codes.first.iter().filter_map(|i| typed.characteristics.get(*i));
        let code_of_loss = first.map(|c| key(&c.code)).collect();
        let small = DataType::Int16;
        Self {
            rulebook: identity(program),
            statuses: Words::new(STATUSES.iter().map(|s| s.word()), DataType::Int8),
            grades: Words::new(typed.grades.iter().map(|g| g.id.as_str()), small.clone()),
            code_of_override,
            code_of_loss,
            overrides: Words::new(typed.overrides.iter().map(|o| o.id.as_str()), small.clone()),
            outcomes: Words::new(typed.outcomes.iter().map(|o| o.id.as_str()), small.clone()),
            kinds: Words::new(FaultKind::ALL.iter().map(|k| k.word()), DataType::Int8),
            lost: lost(program),
            codes: Words::new(words, small),
        }
    }

    /// An error unless the program is of the rulebook that the layout was made for.
    pub(super) fn belongs(&self, program: &Program) -> Result<(), Error> {
        let other = identity(program);
        if self.rulebook == other {
            return Ok(());
        }
        let [id, version, _] = &self.rulebook;
        let [other_id, other_version, _] = &other;
        Err(Error::input(format!(
            "the columns were chosen for `{id}` {version} and the decisions are of `{other_id}` {other_version}; choose them again"
        )))
    }

    /// The schema of these columns.
    pub(super) fn schema(&self, kinds: &[Kind], program: &Program) -> SchemaRef {
        let fields: Vec<Field> = kinds.iter().map(|kind| self.field(*kind, program)).collect();
        let [id, version, digest] = self.rulebook.clone();
        let pairs = [("rulebook", id), ("version", version), ("digest", digest), ("language", LANGUAGE.to_string())];
        let metadata: HashMap<String, String> =
            pairs.into_iter().map(|(key, value)| (format!("xinpei.{key}"), value)).collect();
        Arc::new(Schema::new_with_metadata(fields, metadata))
    }

    fn field(&self, kind: Kind, program: &Program) -> Field {
        let outputs = &program.outputs;
        let points = |ids: &[NodeId], at: usize| ids.get(at).map_or(DataType::Null, |id| digits(program, *id).ty());
        let (ty, null) = match kind {
            Kind::Enterprise | Kind::Receipt => (DataType::Utf8, false),
            Kind::Name => (DataType::Utf8, true),
            Kind::AsOf => (DataType::Date32, false),
            Kind::Status => (self.statuses.ty(), false),
            Kind::Score => (digits(program, outputs.score).ty(), true),
            Kind::Grade => (self.grades.ty(), true),
            Kind::Coverage => (COVERAGE.ty(), false),
            Kind::Section(at) => (points(&outputs.sections, at), false),
            Kind::Characteristic(at) => (points(&outputs.points, at), false),
            Kind::Reasons => (DataType::List(self.reason()), false),
            Kind::Overrides => (DataType::List(item(self.overrides.ty())), false),
            Kind::Outcomes => (DataType::List(item(self.outcomes.ty())), false),
            Kind::Faults => (DataType::List(self.fault()), false),
        };
        Field::new(kind.title(program), ty, null)
    }

    /// An item of `reasons`.
    pub(super) fn reason(&self) -> Arc<Field> {
        let fields = [Field::new("code", self.codes.ty(), false), Field::new("lost", self.lost.ty(), true)];
        item(DataType::Struct(Fields::from_iter(fields)))
    }

    /// An item of `faults`.
    pub(super) fn fault(&self) -> Arc<Field> {
        let text = |name: &str| Field::new(name, DataType::Utf8, false);
        let fields = [text("fact"), Field::new("kind", self.kinds.ty(), false), text("value")];
        item(DataType::Struct(Fields::from_iter(fields)))
    }
}

/// Coverage, from 0.00 to 1.00.
pub(super) const COVERAGE: Digits = Digits { all: 3, after: 2 };

/// Whether an override is a reason for a loss: a notch upwards is none.
fn against(effect: Effect) -> bool {
    !matches!(effect, Effect::Notch(notches) if notches >= 0)
}

fn identity(program: &Program) -> [String; 3] {
    let manifest = &program.typed.manifest;
    [manifest.id.text.clone(), manifest.version.text.clone(), format!("sha256:{}", program.typed.digest)]
}

/// An item of a list.
pub(super) fn item(ty: DataType) -> Arc<Field> {
    Arc::new(Field::new("item", ty, false))
}

/// The digits of a node's numbers.
pub(super) fn digits(program: &Program, id: NodeId) -> Digits {
    match program.arena.node(id).ty.number() {
        Some(numeric) => Digits::new(numeric.digits, numeric.low, numeric.high),
        None => Digits::new(0, 0, 0),
    }
}

/// Room for the greatest loss under any code.
fn lost(program: &Program) -> Digits {
    let codes = &program.codes;
    let mut most = vec![0_i128; codes.first.len()];
    for ((characteristic, (code, baseline)), factor) in
        program.typed.characteristics.iter().zip(&codes.of).zip(&codes.factors)
    {
        let low = characteristic.points.low.saturating_mul(*factor);
        if let Some(sum) = most.get_mut(*code) {
            *sum = sum.saturating_add(baseline.saturating_sub(low).max(0));
        }
    }
    Digits::new(codes.digits, 0, most.into_iter().max().unwrap_or(0))
}
