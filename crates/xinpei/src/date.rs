//! Civil dates, as whole days since 1970-01-01.

use std::fmt;

use jiff::civil;

/// A civil date, without a time and without a zone.
///
/// ```
/// use xinpei::Date;
/// let date = Date::parse("2024-02-29").unwrap();
/// assert_eq!(date.add_months(12).to_string(), "2025-02-28");
/// assert!(Date::parse("2025-02-29").is_none());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

/// The first date that a fact may hold.
pub const FIRST: Date = Date(-25_567);
/// The last date that a fact may hold.
pub const LAST: Date = Date(84_005);

impl Date {
    /// The date of that year, month and day, if the calendar has it.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        civil::Date::new(year, month, day).ok().map(Self::from_civil)
    }

    /// Reads `2026-06-30`, and nothing else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
            return None;
        }
        let part = |range: std::ops::Range<usize>| -> Option<i16> {
            let part = text.get(range)?;
            if !part.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            part.parse().ok()
        };
        Self::new(part(0..4)?, i8::try_from(part(5..7)?).ok()?, i8::try_from(part(8..10)?).ok()?)
    }

    /// The date so many days after 1970-01-01.
    #[must_use]
    pub const fn from_days(days: i32) -> Self {
        Self(days)
    }

    /// Whole days since 1970-01-01.
    #[must_use]
    pub const fn days(self) -> i32 {
        self.0
    }

    /// Year, month and day.
    #[must_use]
    pub fn parts(self) -> (i16, i8, i8) {
        let date = self.civil();
        (date.year(), date.month(), date.day())
    }

    /// The date so many civil months later (or earlier).
    ///
    /// A day that the target month lacks becomes its last day: one month after 31 January is the
    /// last day of February.
    #[must_use]
    pub fn add_months(self, months: i32) -> Self {
        Self::from_civil(
            self.civil().saturating_add(jiff::Span::new().months(i64::from(months.clamp(-12_000, 12_000)))),
        )
    }

    /// Completed civil months from `self` to `later`; negative when `later` is earlier.
    ///
    /// A month is completed on the same day of the month, or on the last day of a month that lacks
    /// that day: `n` months lie between when `self.add_months(n) <= later`.
    #[must_use]
    pub fn months_until(self, later: Self) -> i32 {
        if later < self {
            return -later.months_until(self);
        }
        let (y0, m0, _) = self.parts();
        let (y1, m1, _) = later.parts();
        let months = (i32::from(y1) - i32::from(y0)) * 12 + i32::from(m1) - i32::from(m0);
        if self.add_months(months) > later { months - 1 } else { months }
    }

    fn from_civil(date: civil::Date) -> Self {
        let hours = date.duration_since(civil::date(1970, 1, 1)).as_hours();
        // Years -9999 to 9999 are 3.7 million days: they fit.
        Self(i32::try_from(hours / 24).unwrap_or(0))
    }

    fn civil(self) -> civil::Date {
        // More days than a span takes lead beyond the calendar, where the sum stops anyway.
        civil::date(1970, 1, 1).saturating_add(jiff::Span::new().days(i64::from(self.0.clamp(-7_304_484, 7_304_484))))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Date {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::parse(text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    /// The last day that four digits of a year can write is common in exports: it means never.
    #[test]
    fn the_last_days_of_the_calendar_are_spelt() {
        for text in ["9999-12-31", "9997-07-19", "0001-01-01", "0000-01-01"] {
            assert_eq!(Date::parse(text).map(|d| d.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Date::from_days(i32::MAX).to_string(), "9999-12-31");
    }
}
