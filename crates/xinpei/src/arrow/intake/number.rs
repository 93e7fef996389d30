//! Whole numbers with a scale → units, and floats → decimals, exactly.

use rust_decimal::Decimal;

use crate::cells::exact_product;
use crate::check::typed::Numeric;
use crate::decimal;
use crate::fault::FaultKind;

/// What turns a whole number of a column into units of a fact: `number * mul / div`, where nothing
/// may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Conversion {
    pub(super) mul: i128,
    pub(super) div: i128,
    /// The least and the greatest units of the fact.
    pub(super) low: i64,
    pub(super) high: i64,
}

impl Conversion {
    /// The conversion from a scale (digits after the point, negative for zeros before it).
    pub(super) fn new(scale: i32, times: Option<Decimal>, numeric: &Numeric) -> Option<Self> {
        let times = times.unwrap_or(Decimal::ONE).normalize();
        let shift = i64::from(numeric.digits) - i64::from(scale) - i64::from(times.scale());
        let power = decimal::pow10(u32::try_from(shift.unsigned_abs()).ok()?)?;
        let (mul, div) = if shift < 0 { (1, power) } else { (power, 1) };
        let low = i64::try_from(numeric.low.max(i64::MIN.into())).ok()?;
        let high = i64::try_from(numeric.high.min(i64::MAX.into())).ok()?;
        Some(Self { mul: times.mantissa().checked_mul(mul)?, div, low, high })
    }

    /// The units; `None` if a digit would be lost or they lie outside the range.
    pub(super) fn units(&self, number: i128) -> Option<i64> {
        let product = number.checked_mul(self.mul)?;
        if self.div != 1 && product % self.div != 0 {
            return None;
        }
        let units = i64::try_from(product / self.div).ok()?;
        (units >= self.low && units <= self.high).then_some(units)
    }

    /// The factor of a plain product, and which numbers lie inside the range with it.
    pub(super) fn bounds(&self) -> Option<(i64, i64, i64)> {
        let factor = i64::try_from(self.mul).ok().filter(|factor| *factor != 0 && self.div == 1)?;
        let (low, high) = if factor > 0 { (self.low, self.high) } else { (self.high, self.low) };
        // The least number at or above one edge, the greatest at or below the other; in 128 bits,
        // because the quotient of the least number and -1 has no place in 64.
        let (low, high, by) = (i128::from(low), i128::from(high), i128::from(factor));
        let up = low / by + i128::from(low % by != 0 && (low < 0) == (by < 0));
        let down = high / by - i128::from(high % by != 0 && (high < 0) != (by < 0));
        let fit = |v: i128| i64::try_from(v.clamp(i64::MIN.into(), i64::MAX.into())).ok();
        if up > down { None } else { Some((factor, fit(up)?, fit(down)?)) }
    }
}

/// The text of a whole number with a scale.
pub(super) fn text(number: i128, scale: i32) -> String {
    let digits = number.unsigned_abs().to_string();
    let sign = if number < 0 { "-" } else { "" };
    let Ok(scale) = usize::try_from(scale) else {
        let zeros = if number == 0 { 0 } else { scale.unsigned_abs() };
        return format!("{sign}{digits}{}", "0".repeat(usize::try_from(zeros).unwrap_or(0)));
    };
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

/// A whole number with a scale, times a factor; `None` if 28 digits are not enough.
pub(super) fn decimal(number: i128, scale: i32, times: Option<Decimal>) -> Option<Decimal> {
    let (mut number, mut scale) = (number, scale);
    while scale > 28 && number % 10 == 0 {
        number /= 10;
        scale -= 1;
    }
    if scale < 0 {
        number = number.checked_mul(decimal::pow10(scale.unsigned_abs())?)?;
        scale = 0;
    }
    let value = Decimal::try_from_i128_with_scale(number, u32::try_from(scale).ok()?).ok()?;
    match times {
        Some(factor) => exact_product(value, factor),
        None => Some(value),
    }
}

/// A float, by its shortest decimal text, rounded to so many digits: to the nearest, ties to even.
///
/// # Errors
/// [`FaultKind::NotANumber`] for what is no plain decimal, such as `NaN`;
/// [`FaultKind::TooManyDigits`] if 28 digits are not enough.
pub fn rounded(text: &str, digits: u32) -> Result<Decimal, FaultKind> {
    let (negative, body) = text.strip_prefix('-').map_or((false, text), |body| (true, body));
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
        return Err(FaultKind::NotANumber);
    }
    let digits_here = usize::try_from(digits).map_err(|_| FaultKind::TooManyDigits)?;
    let (kept, rest) = fraction.split_at(digits_here.min(fraction.len()));
    let mantissa: String = whole.chars().chain(kept.chars()).collect();
    let mantissa = mantissa.trim_start_matches('0');
    let mut units: i128 =
        if mantissa.is_empty() { 0 } else { mantissa.parse().map_err(|_| FaultKind::TooManyDigits)? };
    let places = u32::try_from(digits_here - kept.len()).ok().and_then(decimal::pow10);
    units = places.and_then(|zeros| units.checked_mul(zeros)).ok_or(FaultKind::TooManyDigits)?;
    let tail = rest.trim_end_matches('0');
    let up = match tail.bytes().next() {
        None => false,
        Some(b'5') if tail.len() == 1 => units % 2 == 1,
        Some(first) => first >= b'5',
    };
    units += i128::from(up);
    decimal(if negative { -units } else { units }, i32::try_from(digits).unwrap_or(0), None)
        .ok_or(FaultKind::TooManyDigits)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]
mod tests {
    use super::*;

    #[test]
    fn floats_are_rounded_by_their_shortest_text() {
        let cases = [
            ("0.125", 2, "0.12"),
            ("0.135", 2, "0.14"),
            ("0.375", 2, "0.38"),
            ("0.1250001", 2, "0.13"),
            ("-2.5", 0, "-2"),
            ("-3.5", 0, "-4"),
            ("0.999", 2, "1.00"),
            ("-0", 2, "0.00"),
            ("-0.004", 2, "0.00"),
            ("12", 3, "12.000"),
            ("0.1", 18, "0.100000000000000000"),
        ];
        for (from, digits, to) in cases {
            assert_eq!(rounded(from, digits).unwrap().to_string(), to, "{from} to {digits}");
        }
        let tiny = format!("{}", f64::MIN_POSITIVE);
        assert_eq!(rounded(&tiny, 4).unwrap().to_string(), "0.0000");
        assert_eq!(rounded(&format!("{}", f64::MAX), 2), Err(FaultKind::TooManyDigits));
        for none in ["NaN", "inf", "-inf", ""] {
            assert_eq!(rounded(none, 2), Err(FaultKind::NotANumber));
        }
    }

    #[test]
    fn whole_numbers_have_a_text() {
        for (number, scale, expected) in [
            (12_345, 3, "12.345"),
            (-5, 3, "-0.005"),
            (0, 2, "0.00"),
            (7, 0, "7"),
            (12, -2, "1200"),
            (0, -2, "0"),
            (i128::MIN, 0, "-170141183460469231731687303715884105728"),
        ] {
            assert_eq!(text(number, scale), expected);
        }
    }

    /// Every number is inside the bounds exactly when its units are inside the range.
    #[test]
    fn bounds_are_the_range() {
        let number = |low: i128, high: i128, digits: u32| Numeric::plain(digits, low, high);
        for (low, high) in [(-7, 13), (0, 0), (-20, -3), (5, 9), (-1, 1)] {
            for times in ["1", "3", "-2", "10", "-1"] {
                let times = decimal::parse(times).unwrap();
                let conversion = Conversion::new(0, Some(times), &number(low, high, 0)).unwrap();
                for value in -30..30_i64 {
                    let inside = conversion.bounds().is_some_and(|(_, from, to)| (from..=to).contains(&value));
                    assert_eq!(conversion.units(value.into()).is_some(), inside, "{low}..{high} × {times}: {value}");
                }
            }
        }
        let whole = number(i64::MIN.into(), i64::MAX.into(), 0);
        let minus = Conversion::new(0, Some(-Decimal::ONE), &whole).unwrap();
        assert_eq!(minus.bounds(), Some((-1, -i64::MAX, i64::MAX)));
        assert_eq!(Conversion::new(2, None, &number(0, 9, 4)).unwrap().mul, 100);
        assert_eq!(Conversion::new(4, None, &number(0, 9, 2)).unwrap().div, 100);
        assert_eq!(Conversion::new(-2, None, &number(0, 9, 0)).unwrap().mul, 100);
    }
}
