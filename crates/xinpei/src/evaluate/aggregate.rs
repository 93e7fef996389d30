//! Tables of events summed up for each row.

use std::ops::Range;

use super::register::{Register, View};
use crate::column::Table;
use crate::compile::program::{Aggregate, Fact, FactKind};
use crate::date::Date;

/// Repeats the value of each row for its events.
pub(super) fn spread(out: &mut Register, a: &View<'_>, offsets: &[i32]) {
    let mut at = 0;
    for (row, pair) in offsets.windows(2).enumerate() {
        let &[start, end] = pair else { continue };
        let value = a.get(row);
        for _ in start..end {
            out.set(at, value);
            at += 1;
        }
    }
}

/// What is needed to sum up one table.
pub(super) struct Sum<'a> {
    pub(super) events: Option<&'a Fact>,
    pub(super) table: Option<&'a Table>,
    pub(super) rows: Range<usize>,
    pub(super) mask: Option<View<'a>>,
    pub(super) value: Option<View<'a>>,
}

impl Sum<'_> {
    pub(super) fn run(&self, out: &mut Register, kind: Aggregate) {
        let Some(table) = self.table else { return };
        let offsets = table.offsets().get(self.rows.start..=self.rows.end).unwrap_or_default();
        let base = offsets.first().copied().unwrap_or(0);
        for (row, pair) in offsets.windows(2).enumerate() {
            let &[start, end] = pair else { continue };
            let known = table.known(self.rows.start + row);
            let place = |offset: i32| usize::try_from(offset - base).unwrap_or(0);
            let value = if known {
                self.row(kind, place(start)..place(end), table, usize::try_from(base).unwrap_or(0))
            } else {
                None
            };
            out.set(row, value);
        }
    }

    /// The mask at an event: `Some(true)` where there is none.
    fn takes_part(&self, event: usize) -> Option<bool> {
        match &self.mask {
            None => Some(true),
            Some(mask) => mask.get(event).map(|v| v == 1),
        }
    }

    fn value(&self, event: usize) -> Option<i128> {
        self.value.as_ref().and_then(|v| v.get(event))
    }

    fn row(&self, kind: Aggregate, events: Range<usize>, table: &Table, base: usize) -> Option<i128> {
        match kind {
            Aggregate::Any | Aggregate::All => return self.quantify(kind == Aggregate::All, events),
            Aggregate::Run => return self.longest_run(events, table, base),
            Aggregate::MonthlyMax => return self.monthly(events, table, base),
            _ => {}
        }
        let mut count = 0;
        let mut total: Option<i128> = None;
        for event in events {
            if !self.takes_part(event)? {
                continue;
            }
            count += 1;
            if kind != Aggregate::Count {
                let value = self.value(event)?;
                total = Some(match (kind, total) {
                    (_, None) => value,
                    (Aggregate::Sum, Some(sum)) => sum + value,
                    (Aggregate::Min, Some(least)) => least.min(value),
                    (_, Some(most)) => most.max(value),
                });
            }
        }
        match kind {
            Aggregate::Count => Some(count),
            Aggregate::Sum => Some(total.unwrap_or(0)),
            _ => total,
        }
    }

    /// Kleene over the events that take part.
    fn quantify(&self, all: bool, events: Range<usize>) -> Option<i128> {
        let mut unknown = false;
        for event in events {
            let holds = self.value(event).map(|v| v == 1);
            // An event outside the mask decides nothing; one that decides may do so only if it is
            // known to take part.
            match (self.takes_part(event), holds) {
                (Some(false), _) => {}
                (Some(true), Some(holds)) if holds != all => return Some(i128::from(!all)),
                (_, Some(holds)) if holds == all => {}
                _ => unknown = true,
            }
        }
        (!unknown).then(|| i128::from(all))
    }

    fn order(&self, event: usize, table: &Table, base: usize) -> Option<i32> {
        let FactKind::Events(events) = &self.events?.kind else { return None };
        let days = table.fields.get(events.order?)?.get(base + event)?;
        let (year, month, _) = Date::from_days(i32::try_from(days).ok()?).parts();
        Some(i32::from(year) * 12 + i32::from(month))
    }

    fn longest_run(&self, events: Range<usize>, table: &Table, base: usize) -> Option<i128> {
        let monthly = matches!(self.events.map(|f| &f.kind), Some(FactKind::Events(e)) if e.monthly);
        let (mut longest, mut run) = (0, 0);
        let mut before: Option<i32> = None;
        for event in events {
            if !self.takes_part(event)? {
                continue;
            }
            let month = self.order(event, table, base)?;
            if monthly {
                if before.is_some_and(|b| month > b + 1) {
                    run = 0;
                }
                before = Some(month);
            }
            run = if self.value(event)? == 1 { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        Some(longest)
    }

    /// The greatest value of each civil month, summed up.
    fn monthly(&self, events: Range<usize>, table: &Table, base: usize) -> Option<i128> {
        let mut total = 0;
        let mut open: Option<(i32, i128)> = None;
        for event in events {
            if !self.takes_part(event)? {
                continue;
            }
            let (month, value) = (self.order(event, table, base)?, self.value(event)?);
            // INVARIANT: events are in the order of the field, so a month stands together.
            open = Some(match open {
                Some((m, most)) if m == month => (m, most.max(value)),
                Some((_, most)) => {
                    total += most;
                    (month, value)
                }
                None => (month, value),
            });
        }
        Some(total + open.map_or(0, |(_, most)| most))
    }
}
