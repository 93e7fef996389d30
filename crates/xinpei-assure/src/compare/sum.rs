//! Exact sums and counts of shifts.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xinpei::decimal;

/// A sum of numbers with any digits, exact.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum(BTreeMap<u32, i128>);

impl Sum {
    pub(super) fn add(&mut self, units: i128, digits: u32) {
        let sum = self.0.entry(digits).or_default();
        *sum = sum.saturating_add(units);
    }

    pub(super) fn absorb(&mut self, other: Self) {
        other.0.into_iter().for_each(|(digits, units)| self.add(units, digits));
    }

    /// What is left of it when a part is taken away.
    pub(super) fn less(&self, part: &Self) -> Self {
        let mut rest = self.clone();
        part.0.iter().for_each(|(digits, units)| rest.add(units.saturating_neg(), *digits));
        rest
    }

    pub(super) fn total(&self) -> Decimal {
        let one = |(digits, units): (&u32, &i128)| decimal::from_units(*units, *digits);
        self.0.iter().map(one).fold(Decimal::ZERO, Decimal::saturating_add).normalize()
    }
}

/// How often something shifted, and by how much in all.
#[derive(Clone, Debug, Default)]
pub(super) struct Shifts {
    pub(super) up: u64,
    pub(super) down: u64,
    pub(super) sum: Sum,
}

impl Shifts {
    /// Counts a shift; `true` unless it is none.
    pub(super) fn add(&mut self, (old, new, digits): (i128, i128, u32)) -> bool {
        match new.cmp(&old) {
            std::cmp::Ordering::Greater => self.up += 1,
            std::cmp::Ordering::Less => self.down += 1,
            std::cmp::Ordering::Equal => return false,
        }
        self.sum.add(new - old, digits);
        true
    }

    pub(super) fn absorb(&mut self, other: Self) {
        self.up += other.up;
        self.down += other.down;
        self.sum.absorb(other.sum);
    }
}

/// How often a rule held before and after.
#[derive(Clone, Debug, Default)]
pub(super) struct Holds {
    pub(super) old: u64,
    pub(super) new: u64,
    pub(super) gained: u64,
    pub(super) lost: u64,
    /// It held before and after, with another last day or amount.
    pub(super) changed: u64,
    pub(super) amounts: (Sum, Sum),
}

impl Holds {
    /// Counts a row; `true` where it holds on one side only.
    pub(super) fn add(&mut self, old: bool, new: bool) -> bool {
        self.old += u64::from(old);
        self.new += u64::from(new);
        self.gained += u64::from(new && !old);
        self.lost += u64::from(old && !new);
        old != new
    }

    pub(super) fn absorb(&mut self, other: Self) {
        self.old += other.old;
        self.new += other.new;
        self.gained += other.gained;
        self.lost += other.lost;
        self.changed += other.changed;
        self.amounts.0.absorb(other.amounts.0);
        self.amounts.1.absorb(other.amounts.1);
    }
}
