//! Which columns of decisions are wanted.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_schema::SchemaRef;

use super::layout::Layout;
use super::{GROUPS, Group};
use crate::column::Batch;
use crate::date::Date;
use crate::diagnostic::suggest;
use crate::error::Error;
use crate::evaluate::outcome::{Outcome, Plan, Program};
use crate::evaluate::{Scratch, evaluate};
use crate::rulebook::Rulebook;

/// Which columns of the decisions of a rulebook are wanted, with their types and dictionaries. Cheap
/// to clone; make it once, for every batch makes columns with the dictionaries of its `Columns`.
#[derive(Clone, Debug)]
pub struct Columns {
    pub(super) kinds: Arc<[Kind]>,
    pub(super) layout: Arc<Layout>,
    pub(super) schema: SchemaRef,
    /// How what the columns say is evaluated, and nothing else.
    plan: Arc<Plan>,
}

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Enterprise,
    Name,
    AsOf,
    Status,
    Score,
    Grade,
    Coverage,
    Section(usize),
    Characteristic(usize),
    Reasons,
    Overrides,
    Outcomes,
    Faults,
    Receipt,
}

impl Kind {
    /// The name of the column.
    pub(super) fn title(self, program: &Program) -> String {
        let typed = &program.typed;
        match self {
            Self::Section(at) => format!("section:{}", typed.sections.get(at).map_or("", |s| &s.id)),
            Self::Characteristic(at) => {
                format!("characteristic:{}", typed.characteristics.get(at).map_or("", |c| &c.id))
            }
            Self::Enterprise => "enterprise".into(),
            Self::Name => "name".into(),
            Self::AsOf => "as_of".into(),
            Self::Status => "status".into(),
            Self::Score => "score".into(),
            Self::Grade => "grade".into(),
            Self::Coverage => "coverage".into(),
            Self::Reasons => "reasons".into(),
            Self::Overrides => "overrides".into(),
            Self::Outcomes => "outcomes".into(),
            Self::Faults => "faults".into(),
            Self::Receipt => "receipt".into(),
        }
    }
}

impl Columns {
    /// The columns that a text names: groups and single columns parted by commas, such as
    /// `enterprise,score,sections,characteristic:tax.grade`; `all` is every column. They come in the
    /// order of the schema, whatever the order they were asked in.
    ///
    /// # Errors
    /// When a name is none of a column of this rulebook; the nearest one is named.
    pub fn parse(text: &str, rulebook: &Rulebook) -> Result<Self, Error> {
        let program = rulebook.program();
        let every = every(program);
        let titles: Vec<String> = every.iter().map(|(_, kind)| kind.title(program)).collect();
        let mut wanted = vec![false; every.len()];
        for name in text.split([',', '，']).map(str::trim).filter(|name| !name.is_empty()) {
            let mut found = name == "all" || GROUPS.iter().any(|group| group.name == name);
            for (((group, _), title), wanted) in every.iter().zip(&titles).zip(&mut wanted) {
                if name == "all" || group.name == name || title == name {
                    (found, *wanted) = (true, true);
                }
            }
            if !found {
                let groups = GROUPS.iter().map(|g| g.name);
                let known = groups.chain(["all"]).chain(titles.iter().map(String::as_str).filter(|t| t.contains(':')));
                return Err(Error::input(format!("there is no column `{name}`; {}", suggest(name, known))));
            }
        }
        if !wanted.contains(&true) {
            return Err(Error::input(format!("`{text}` names no column; name some, or `all`")));
        }
        let kinds = every.into_iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|((_, kind), _)| kind);
        Ok(Self::new(kinds.collect(), program))
    }

    /// The columns that are written when nobody chooses: all but `name`, `as_of` and the
    /// characteristics.
    #[must_use]
    pub fn standard(rulebook: &Rulebook) -> Self {
        let every = every(rulebook.program()).into_iter();
        Self::new(every.filter(|(group, _)| group.standard).map(|(_, kind)| kind).collect(), rulebook.program())
    }

    /// Every column.
    #[must_use]
    pub fn all(rulebook: &Rulebook) -> Self {
        let every = every(rulebook.program()).into_iter();
        Self::new(every.map(|(_, kind)| kind).collect(), rulebook.program())
    }

    /// Whether the column `name` is among them, so that names must be kept.
    #[must_use]
    pub fn names(&self) -> bool {
        self.kinds.contains(&Kind::Name)
    }

    /// Their schema: see [`super::schema`].
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn new(kinds: Vec<Kind>, program: &Program) -> Self {
        let layout = Layout::new(program);
        let schema = layout.schema(&kinds, program);
        let plan = Arc::new(plan(&kinds, program));
        Self { kinds: kinds.into(), layout: Arc::new(layout), schema, plan }
    }

    /// Scores a batch for these columns: whatever they do not say is not computed, so that
    /// [`super::decisions`] of the outcome is fast, and only that has all it needs.
    ///
    /// # Errors
    /// When the columns were chosen for another rulebook.
    pub fn score<'a>(
        &'a self,
        rulebook: &'a Rulebook,
        batch: &'a Batch,
        as_of: Date,
        scratch: &mut Scratch,
    ) -> Result<Outcome<'a>, Error> {
        self.layout.belongs(rulebook.program())?;
        Ok(evaluate(rulebook.program(), &self.plan, Cow::Borrowed(batch), as_of, scratch))
    }
}

/// What these columns need.
fn plan(kinds: &[Kind], program: &Program) -> Plan {
    let outputs = &program.outputs;
    let mut nodes = Vec::new();
    for kind in kinds {
        match kind {
            Kind::Coverage => nodes.push(outputs.present),
            Kind::Section(at) => nodes.extend(outputs.sections.get(*at)),
            Kind::Reasons | Kind::Overrides => nodes.extend(&outputs.overrides),
            Kind::Outcomes => nodes.extend(&outputs.outcomes),
            _ => {}
        }
    }
    let points = kinds.iter().any(|kind| matches!(kind, Kind::Characteristic(_)));
    program.plan(nodes, points, kinds.contains(&Kind::Reasons))
}

/// Every column of a rulebook with its group, in the order of the schema.
fn every(program: &Program) -> Vec<(&'static Group, Kind)> {
    let typed = &program.typed;
    let mut list = Vec::new();
    for group in GROUPS {
        let mut push = |kind| list.push((group, kind));
        match group.name {
            "enterprise" => push(Kind::Enterprise),
            "name" => push(Kind::Name),
            "as_of" => push(Kind::AsOf),
            "status" => push(Kind::Status),
            "score" => push(Kind::Score),
            "grade" => push(Kind::Grade),
            "coverage" => push(Kind::Coverage),
            "sections" => (0..typed.sections.len()).for_each(|at| push(Kind::Section(at))),
            "characteristics" => (0..typed.characteristics.len()).for_each(|at| push(Kind::Characteristic(at))),
            "reasons" => push(Kind::Reasons),
            "overrides" => push(Kind::Overrides),
            "outcomes" => push(Kind::Outcomes),
            "faults" => push(Kind::Faults),
            _ => push(Kind::Receipt),
        }
    }
    list
}
