//! Civil months and dates; differences in days are plain subtraction.

use super::kernels::each;
use super::register::{Register, View};
use crate::date::{self, Date};

fn date(days: i128) -> Date {
    Date::from_days(i32::try_from(days).unwrap_or(0))
}

/// A date of the calendar of facts, in days; one outside is missing.
fn kept(date: Date) -> Option<i128> {
    (date >= date::FIRST && date <= date::LAST).then(|| i128::from(date.days()))
}

/// Completed months from `a` to `b`, or periods of so many months.
pub(super) fn months(out: &mut Register, a: &View<'_>, b: &View<'_>, each_of: i32) {
    each(out, |i| Some(i128::from(date(a.get(i)?).months_until(date(b.get(i)?)) / each_of)));
}

pub(super) fn add_days(out: &mut Register, a: &View<'_>, b: &View<'_>) {
    each(out, |i| {
        let days = a.get(i)?.checked_add(b.get(i)?)?;
        i32::try_from(days).ok().and_then(|d| kept(Date::from_days(d)))
    });
}

pub(super) fn add_months(out: &mut Register, a: &View<'_>, b: &View<'_>) {
    each(out, |i| {
        let months = i32::try_from(b.get(i)?).ok().filter(|m| m.abs() <= 4_000)?;
        kept(date(a.get(i)?).add_months(months))
    });
}

pub(super) fn part(out: &mut Register, a: &View<'_>, part: impl Fn((i16, i8, i8)) -> i128) {
    each(out, |i| Some(part(date(a.get(i)?).parts())));
}
