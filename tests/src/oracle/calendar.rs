//! Civil months by the calendar's own tables: years, months, and how many days a month has.

use jiff::civil::Date;

/// The date that the engine's spelling stands for.
pub fn civil(date: xinpei::Date) -> Date {
    date.to_string().parse().expect("the engine writes dates as the calendar does")
}

/// Days from the first date to the second.
pub fn days_between(from: Date, to: Date) -> i64 {
    let (from, to) = (number(from), number(to));
    to - from
}

/// The number of a day, counted from 1 January of the year 0, by adding up years and months.
fn number(date: Date) -> i64 {
    let year = i64::from(date.year());
    let leaps = (year + 3).div_euclid(4) - (year + 99).div_euclid(100) + (year + 399).div_euclid(400);
    let months: i64 =
        (1..date.month()).map(|m| i64::from(Date::new(date.year(), m, 1).expect("a month").days_in_month())).sum();
    year * 365 + leaps + months + i64::from(date.day()) - 1
}

/// The date with the number that [`number`] gives it; `None` outside the calendar of facts.
pub fn add_days(date: Date, days: i64) -> Option<Date> {
    let target = number(date).checked_add(days)?;
    // The year is found from its length, the month and the day by counting.
    let mut year = i16::try_from(target / 366).ok()?;
    while year < 9999 && number(Date::new(year + 1, 1, 1).ok()?) <= target {
        year += 1;
    }
    let mut month = 1;
    while month < 12 && number(Date::new(year, month + 1, 1).ok()?) <= target {
        month += 1;
    }
    let first = number(Date::new(year, month, 1).ok()?);
    Date::new(year, month, i8::try_from(target - first + 1).ok()?).ok()
}

/// The date so many months later; a day that the month lacks is its last.
pub fn add_months(date: Date, months: i64) -> Option<Date> {
    let count = (i64::from(date.year()) * 12 + i64::from(date.month()) - 1).checked_add(months)?;
    let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
    let first = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
    Date::new(first.year(), first.month(), date.day().min(first.days_in_month())).ok()
}

/// Completed months from the first date to the second; below zero when the second is earlier.
pub fn months_between(from: Date, to: Date) -> i64 {
    if to < from {
        return -months_between(to, from);
    }
    // No month has more than 31 days, so that this many are completed at least.
    let mut months = days_between(from, to) / 31;
    while add_months(from, months + 1).is_some_and(|date| date <= to) {
        months += 1;
    }
    months
}

/// The date, if a fact could hold it.
pub fn kept(date: Date) -> Option<Date> {
    (1900..=2199).contains(&date.year()).then_some(date)
}
