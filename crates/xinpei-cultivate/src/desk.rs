//! Where states are laid before the engine: one row at a time, of which only what differs is written.

use xinpei::column::{Column, FactColumn, Table};
use xinpei::{Batch, Date, Decision, Fault, Outcome, Probe, Rulebook, Scratch};

use crate::court::Rated;
use crate::state::{Held, State};

/// A row that holds one state after another.
pub(crate) struct Desk<'r> {
    pub(crate) rulebook: &'r Rulebook,
    /// The facts on the as-of date.
    start: State,
    batch: Batch,
    /// Facts in which the row differs from the start.
    written: Vec<u32>,
    scoring: Scratch,
    probing: Scratch,
}

/// A column of one fact in several rows.
fn column<'h>(rows: impl Iterator<Item = &'h Held>, fields: usize) -> FactColumn {
    let mut rows = rows.peekable();
    if matches!(rows.peek(), Some(Held::Events(_))) {
        let events = |held: &'h Held| match held {
            Held::Events(Some(events)) => Some(events.as_slice()),
            _ => None,
        };
        return FactColumn::Events(Table::of_rows(fields, rows.map(events)));
    }
    let value = |held: &Held| match held {
        Held::Value(value) => *value,
        Held::Events(_) => None,
    };
    FactColumn::Value(rows.map(value).collect::<Column>())
}

fn fields(column: &FactColumn) -> usize {
    match column {
        FactColumn::Events(table) => table.fields.len(),
        FactColumn::Value(_) => 0,
    }
}

impl<'r> Desk<'r> {
    /// A desk for the enterprise of a row of a batch.
    pub(crate) fn new(rulebook: &'r Rulebook, batch: &Batch, row: usize) -> Self {
        Self {
            rulebook,
            start: State::of(batch, row),
            batch: batch.take(&[row]),
            written: Vec::new(),
            scoring: Scratch::default(),
            probing: Scratch::default(),
        }
    }

    /// The facts on the as-of date.
    pub(crate) const fn start(&self) -> &State {
        &self.start
    }

    /// What is wrong with the facts.
    pub(crate) fn faults(&self) -> Vec<Fault> {
        self.batch.faults_of(0).cloned().collect()
    }

    /// The decision on the facts as they were delivered.
    pub(crate) fn today(&mut self, as_of: Date) -> Decision {
        self.decide(&self.start.clone(), as_of)
    }

    /// Writes a state into the row.
    fn load(&mut self, state: &State) {
        let mut written = std::mem::take(&mut self.written);
        for (at, ((held, start), slot)) in
            (0_u32..).zip(state.facts.iter().zip(&self.start.facts).zip(&mut self.batch.facts))
        {
            let place = written.iter().position(|fact| *fact == at);
            let same = held == start;
            if same && place.is_none() {
                continue;
            }
            *slot = column(std::iter::once(held), fields(slot));
            match (same, place) {
                (true, Some(place)) => drop(written.swap_remove(place)),
                (false, None) => written.push(at),
                _ => {}
            }
        }
        self.written = written;
    }

    /// The values of expressions on a day, as [`Rulebook::values`] gives them.
    pub(crate) fn values(&mut self, probe: &Probe, state: &State, day: Date) -> Vec<Vec<Option<i128>>> {
        self.load(state);
        self.rulebook.values(probe, &self.batch, day, &mut self.probing)
    }

    /// The values of expressions on a day in the rows of a batch, as [`Rulebook::values_by_row`] gives them.
    pub(crate) fn values_of(&mut self, probe: &Probe, rows: &Batch, day: Date) -> Vec<Vec<Option<i128>>> {
        self.rulebook.values_by_row(probe, rows, day, &mut self.probing)
    }

    /// What the engine says of the rows of a batch on a day.
    pub(crate) fn outcome<'b>(&mut self, rows: &'b Batch, day: Date) -> Outcome<'b>
    where
        'r: 'b,
    {
        self.rulebook.score_with(rows, day, &mut self.scoring)
    }

    /// Score and rank on a day; `None` where a script has a fault.
    pub(crate) fn score(&mut self, state: &State, day: Date) -> Option<Rated> {
        self.load(state);
        let outcome = self.rulebook.score_with(&self.batch, day, &mut self.scoring);
        let rank = outcome.value(self.rulebook.program().outputs.grade, 0);
        outcome.faults(0).is_empty().then(|| (outcome.score(0), rank))
    }

    /// Score and rank of some states on one day, one after the other; `None` where a script has a fault.
    pub(crate) fn scores(&mut self, states: &[State], day: Date) -> Vec<Option<Rated>> {
        let (grade, batch) = (self.rulebook.program().outputs.grade, self.rows(states));
        let outcome = self.outcome(&batch, day);
        let rated = |row| outcome.faults(row).is_empty().then(|| (outcome.score(row), outcome.value(grade, row)));
        (0..states.len()).map(rated).collect()
    }

    /// The decision on a day.
    pub(crate) fn decide(&mut self, state: &State, day: Date) -> Decision {
        self.load(state);
        self.rulebook.score_with(&self.batch, day, &mut self.scoring).decision(0)
    }

    /// Some states side by side.
    pub(crate) fn rows(&mut self, states: &[State]) -> Batch {
        self.load(&self.start.clone());
        let mut batch = self.batch.take(&vec![0; states.len()]);
        for (at, (slot, start)) in batch.facts.iter_mut().zip(&self.start.facts).enumerate() {
            if states.iter().any(|state| state.facts.get(at) != Some(start)) {
                *slot = column(states.iter().filter_map(|state| state.facts.get(at)), fields(slot));
            }
        }
        batch
    }
}
