//! The earlier delivery, by enterprise.

use std::collections::HashMap;

use rust_decimal::Decimal;
use xinpei::{Batch, Date, Placement, Rulebook, Scratch};
use xinpei_tables::Portion;

use crate::failure::Failure;
use crate::input::{Found, ROWS};
use crate::zone::Firm;

/// Where an enterprise stood.
#[derive(Clone, Debug)]
pub(super) struct Stand {
    pub(super) grade: Option<usize>,
    pub(super) score: Option<Decimal>,
    pub(super) tier: Option<usize>,
    pub(super) faults: bool,
    /// Whether cultivation takes it in.
    pub(super) selected: bool,
    /// Which outcomes followed, products among them.
    pub(super) outcomes: Vec<bool>,
    /// Which overrides fired.
    pub(super) overrides: Vec<bool>,
}

impl Stand {
    /// Where the enterprise of a row stands.
    pub(super) fn of(placement: &Placement<'_>, row: usize, rulebook: &Rulebook) -> Self {
        let typed = rulebook.typed();
        Self {
            grade: placement.grade(row),
            score: placement.score(row),
            tier: placement.tier(row),
            selected: placement.selected(row),
            faults: !placement.outcome().faults(row).is_empty(),
            outcomes: (0..typed.outcomes.len()).map(|at| placement.follows(at, row)).collect(),
            overrides: (0..typed.overrides.len()).map(|at| placement.fired(at, row)).collect(),
        }
    }
}

/// An enterprise of the earlier delivery.
#[derive(Clone, Debug)]
pub(super) struct Before {
    pub(super) stand: Stand,
    batch: usize,
    row: usize,
}

/// The earlier delivery.
pub(super) struct Then<'r> {
    pub(super) rulebook: &'r Rulebook,
    pub(super) since: Date,
    batches: Vec<Batch>,
    /// Enterprises in the order of the input, each until it is taken.
    list: Vec<(Firm, Option<Before>)>,
    places: HashMap<String, usize>,
}

impl<'r> Then<'r> {
    fn new(rulebook: &'r Rulebook, since: Date) -> Self {
        Self { rulebook, since, batches: Vec::new(), list: Vec::new(), places: HashMap::new() }
    }

    /// Reads an earlier delivery.
    pub(super) fn read(
        found: &Found<'_>,
        rulebook: &'r Rulebook,
        since: Date,
        scratch: &mut Scratch,
    ) -> Result<Self, Failure> {
        let mut input = found.open(rulebook, since, None)?;
        let mut then = Self::new(rulebook, since);
        while let Some(portion) = input.next(ROWS)? {
            then.add(portion, scratch);
        }
        Ok(then)
    }

    /// Adds a portion.
    fn add(&mut self, portion: Portion, scratch: &mut Scratch) {
        let placement = self.rulebook.place(&portion.batch, self.since, scratch);
        for row in 0..portion.batch.rows() {
            let firm = Firm::of(&portion, row);
            let before = Before { stand: Stand::of(&placement, row, self.rulebook), batch: self.batches.len(), row };
            self.places.insert(firm.enterprise.clone(), self.list.len());
            self.list.push((firm, Some(before)));
        }
        self.batches.push(portion.batch);
    }

    /// The enterprise of a key, once.
    pub(super) fn take(&mut self, enterprise: &str) -> Option<Before> {
        self.list.get_mut(*self.places.get(enterprise)?)?.1.take()
    }

    /// The enterprises that nobody took, in the order of the input.
    pub(super) fn left(self) -> Vec<Firm> {
        self.list.into_iter().filter(|(_, before)| before.is_some()).map(|(firm, _)| firm).collect()
    }

    /// The facts of an enterprise as a batch of one.
    pub(super) fn facts(&self, before: &Before) -> Option<Batch> {
        self.batches.get(before.batch).map(|batch| batch.slice(before.row..before.row + 1))
    }
}
