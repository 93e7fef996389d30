//! Whether enough of the card can be answered for a rating: where it cannot, no plan leads anywhere, and
//! nothing has to be searched.

use rust_decimal::Decimal;
use xinpei::{Date, Probe, Rulebook};

use crate::desk::Desk;
use crate::groups::Groups;
use crate::reading::Reading;

/// What a rulebook asks to be known.
pub(crate) struct Coverage {
    /// The share of the weights under which an enterprise is unrated.
    floor: Decimal,
    /// For each characteristic what it weighs.
    weights: Vec<Decimal>,
    /// Of each characteristic what is known of its points.
    known: Probe,
}

/// That too little can be known: for each characteristic whether it may be, on some review day.
#[derive(Clone, Debug)]
pub(crate) struct Short {
    known: Vec<bool>,
}

impl Coverage {
    /// `None` where a rulebook rates everybody, however little is known.
    pub(crate) fn new(rulebook: &Rulebook) -> Option<Self> {
        let typed = rulebook.typed();
        let floor = typed.manifest.unrated_below.as_ref()?.value;
        let weights = typed.characteristics.iter().map(|c| c.max - c.min).collect();
        Some(Self { floor, weights, known: rulebook.probe(rulebook.program().outputs.known.clone()) })
    }

    /// Whether characteristics that are known weigh enough.
    pub(crate) fn enough(&self, known: &dyn Fn(usize) -> bool) -> bool {
        self.sum(known) >= self.floor * self.sum(&|_| true)
    }

    fn sum(&self, known: &dyn Fn(usize) -> bool) -> Decimal {
        self.weights.iter().enumerate().filter(|(line, _)| known(*line)).map(|(_, weight)| *weight).sum()
    }

    /// That too little is known on every review day, whatever is done; `None` where enough may be.
    pub(crate) fn short(
        &self,
        reading: &Reading<'_>,
        groups: &Groups,
        (as_of, months): (Date, u32),
        desk: &mut Desk<'_>,
    ) -> Option<Short> {
        let touched = |line: usize| groups.groups.iter().any(|group| group.lines.contains(&line));
        let mut known: Vec<bool> = (0..self.weights.len()).map(touched).collect();
        let start = desk.start().clone();
        for month in 0..=months {
            let day = as_of.add_months(i32::try_from(month).unwrap_or(i32::MAX));
            let mut state = start.clone();
            reading.applier.pass(&mut state, as_of, day);
            let values = desk.values(&self.known, &state, day);
            for (flag, value) in known.iter_mut().zip(&values) {
                *flag |= value.first().is_some_and(Option::is_some);
            }
            if self.enough(&|line| known.get(line) == Some(&true)) {
                return None;
            }
        }
        Some(Short { known })
    }

    /// Whether enough may be known after all if some characteristics were.
    pub(crate) fn mends(&self, short: &Short, also: &dyn Fn(usize) -> bool) -> bool {
        self.enough(&|line| short.known.get(line) == Some(&true) || also(line))
    }

    /// The share that may be known, rounded down to two digits as a decision tells it, and the share that a
    /// rating needs.
    pub(crate) fn told(&self, short: &Short) -> (Decimal, Decimal) {
        let (part, whole) = (self.sum(&|line| short.known.get(line) == Some(&true)), self.sum(&|_| true));
        let share = part.checked_div(whole).unwrap_or_default();
        (share.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::ToZero), self.floor)
    }
}
