//! Numbers as other programs write them.

use rust_decimal::Decimal;
use xinpei::{decimal, limits};

/// Reads a number, with or without an exponent, exactly; `None` where that cannot be.
///
/// `1.5E3` is 1500; numbers with more digits than the rule language keeps are refused, not rounded.
pub(crate) fn number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if text.contains('_') {
        return None;
    }
    if let Ok(number) = decimal::parse(text) {
        return Some(number.normalize());
    }
    let (mantissa, exponent) = text.split_once(['e', 'E'])?;
    let exponent: i32 = exponent.parse().ok()?;
    let mantissa = mantissa.strip_suffix('.').unwrap_or(mantissa);
    let mantissa = decimal::parse(mantissa).ok()?.normalize();
    let scale = i32::try_from(mantissa.scale()).ok()?.checked_sub(exponent)?;
    let units = mantissa.mantissa();
    let number = if scale >= 0 {
        Decimal::try_from_i128_with_scale(units, u32::try_from(scale).ok()?).ok()?
    } else {
        let factor = decimal::pow10(u32::try_from(-scale).ok()?)?;
        Decimal::try_from_i128_with_scale(units.checked_mul(factor)?, 0).ok()?
    };
    Some(number.normalize()).filter(|n| n.scale() <= limits::DIGITS)
}

/// Reads points: a number within the limits of points.
pub(crate) fn points(text: &str) -> Option<Decimal> {
    number(text).filter(|n| n.scale() <= limits::POINT_DIGITS && n.abs() <= Decimal::from(limits::POINTS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_exponents_are_exact() {
        let text = |t: &str| number(t).map(|n| n.to_string());
        assert_eq!(text("1.5E3").as_deref(), Some("1500"));
        assert_eq!(text("-25e-4").as_deref(), Some("-0.0025"));
        assert_eq!(text("1.E2").as_deref(), Some("100"));
        assert_eq!(text("29.0").as_deref(), Some("29"));
        assert_eq!(text(" 7 ").as_deref(), Some("7"));
        for wrong in ["", "x", "1e", "1e999", "1e-19", "NaN", "INF", "1_000", "0x1"] {
            assert_eq!(text(wrong), None, "{wrong}");
        }
    }
}
