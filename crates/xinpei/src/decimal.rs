//! Exact decimals as text, and as whole numbers of a unit.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::limits;

/// What is wrong with a number's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// The text is not a decimal number.
    Syntax,
    /// The number has more digits than can be kept exactly.
    Digits,
}

/// Reads a decimal: an optional sign, digits with `_` between them, an optional fraction.
///
/// Nothing is rounded: a number that does not fit in 28 digits is an error.
///
/// ```
/// use xinpei::decimal::parse;
/// assert_eq!(parse("10_000.50").unwrap().to_string(), "10000.50");
/// assert!(parse("1e3").is_err());
/// assert!(parse("0.12345678901234567890123456789").is_err());
/// ```
pub fn parse(text: &str) -> Result<Decimal, NumberError> {
    let body = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = match body.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (body, None),
    };
    let digits = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_digit() || b == b'_')
            && !part.starts_with('_')
            && !part.ends_with('_')
            && !part.contains("__")
    };
    if !digits(whole) || fraction.is_some_and(|f| !digits(f)) {
        return Err(NumberError::Syntax);
    }
    let clean: String = text.chars().filter(|c| *c != '_' && *c != '+').collect();
    let value = Decimal::from_str_exact(&clean).map_err(|_| NumberError::Digits)?;
    if value.scale() > limits::DIGITS {
        return Err(NumberError::Digits);
    }
    Ok(value)
}

/// 10 to the power of `digits`; `None` above what an `i128` holds.
#[must_use]
pub const fn pow10(digits: u32) -> Option<i128> {
    10_i128.checked_pow(digits)
}

/// The number as a whole count of its unit `10^-digits`; `None` when that would lose a digit.
///
/// ```
/// use xinpei::decimal::{parse, to_units};
/// assert_eq!(to_units(parse("12.5").unwrap(), 2), Some(1250));
/// assert_eq!(to_units(parse("12.345").unwrap(), 2), None);
/// ```
#[must_use]
pub fn to_units(value: Decimal, digits: u32) -> Option<i128> {
    let value = if value.scale() > digits { value.normalize() } else { value };
    value.mantissa().checked_mul(pow10(digits.checked_sub(value.scale())?)?)
}

/// The number that a count of units `10^-digits` stands for.
///
/// Values inside a program are proved to lie within [`limits::MAGNITUDE`]; one outside is
/// returned as the nearest decimal that exists.
#[must_use]
pub fn from_units(units: i128, digits: u32) -> Decimal {
    Decimal::try_from_i128_with_scale(units, digits).unwrap_or(if units < 0 { Decimal::MIN } else { Decimal::MAX })
}

/// [`from_units`] without zeros at the end of the fraction.
///
/// ```
/// use xinpei::decimal::trimmed;
/// assert_eq!(trimmed(1250, 2).to_string(), "12.5");
/// assert_eq!(trimmed(1200, 1).to_string(), "120");
/// ```
#[must_use]
pub fn trimmed(units: i128, digits: u32) -> Decimal {
    // Nearly all numbers fit into 64 bits, where dividing is quick.
    let Ok(mut short) = i64::try_from(units) else { return from_units(units, digits).normalize() };
    let mut digits = if short == 0 { 0 } else { digits };
    while digits > 0 && short % 10 == 0 {
        short /= 10;
        digits -= 1;
    }
    from_units(short.into(), digits)
}

/// The text of a count of units `10^-digits`, with as many digits.
///
/// ```
/// use xinpei::decimal::text;
/// assert_eq!(text(-5, 2), "-0.05");
/// assert_eq!(text(1250, 2), "12.50");
/// assert_eq!(text(7, 0), "7");
/// ```
#[must_use]
pub fn text(units: i128, digits: u32) -> String {
    let Ok(short) = i64::try_from(units) else { return from_units(units, digits).to_string() };
    // From the right: a sign, 20 figures or as many as the digits ask for, and a point.
    let mut room = [b'0'; 64];
    let mut slots = room.iter_mut().rev();
    let mut put = |byte: u8| slots.next().map_or((), |slot| *slot = byte);
    let (mut rest, mut written, mut length) = (short.unsigned_abs(), 0, 0);
    while rest > 0 || written <= digits.min(limits::DIGITS) {
        if written == digits && digits > 0 {
            put(b'.');
            length += 1;
        }
        put(b'0' + (rest % 10) as u8);
        (rest, written, length) = (rest / 10, written + 1, length + 1);
    }
    if short < 0 {
        put(b'-');
        length += 1;
    }
    let figures = room.get(room.len() - length..).and_then(|bytes| std::str::from_utf8(bytes).ok());
    figures.unwrap_or_default().to_owned()
}

/// How a number is rounded; the word in a rule file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// To the nearest, ties away from zero.
    HalfUp,
    /// To the nearest, ties to the even digit.
    HalfEven,
    /// To the nearest, ties towards zero.
    HalfDown,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
    /// Towards positive infinity.
    Ceiling,
    /// Towards negative infinity.
    Floor,
}

/// The words for [`Rounding`], in the order of its variants.
pub const ROUNDINGS: &[&str] = &["half_up", "half_even", "half_down", "up", "down", "ceiling", "floor"];

impl Rounding {
    /// The rounding that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "half_up" => Self::HalfUp,
            "half_even" => Self::HalfEven,
            "half_down" => Self::HalfDown,
            "up" => Self::Up,
            "down" => Self::Down,
            "ceiling" => Self::Ceiling,
            "floor" => Self::Floor,
            _ => return None,
        })
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::HalfUp => "half_up",
            Self::HalfEven => "half_even",
            Self::HalfDown => "half_down",
            Self::Up => "up",
            Self::Down => "down",
            Self::Ceiling => "ceiling",
            Self::Floor => "floor",
        }
    }

    /// The same rounding in `rust_decimal`'s words.
    #[must_use]
    pub const fn strategy(self) -> RoundingStrategy {
        match self {
            Self::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            Self::HalfEven => RoundingStrategy::MidpointNearestEven,
            Self::HalfDown => RoundingStrategy::MidpointTowardZero,
            Self::Up => RoundingStrategy::AwayFromZero,
            Self::Down => RoundingStrategy::ToZero,
            Self::Ceiling => RoundingStrategy::ToPositiveInfinity,
            Self::Floor => RoundingStrategy::ToNegativeInfinity,
        }
    }
}

/// Divides whole numbers and rounds the quotient; `None` for a zero divisor.
///
/// ```
/// use xinpei::decimal::{Rounding, divide};
/// assert_eq!(divide(-5, 2, Rounding::HalfUp), Some(-3));
/// assert_eq!(divide(-5, 2, Rounding::HalfEven), Some(-2));
/// assert_eq!(divide(1, 0, Rounding::HalfUp), None);
/// ```
#[must_use]
pub fn divide(a: i128, b: i128, mode: Rounding) -> Option<i128> {
    let quotient = a.checked_div(b)?;
    let rest = a.checked_rem(b)?;
    if rest == 0 {
        return Some(quotient);
    }
    let negative = (a < 0) != (b < 0);
    // Compare |rest| with half of |b| without doubling, which could overflow.
    let rest = rest.unsigned_abs();
    let other = b.unsigned_abs() - rest;
    let away = match mode {
        Rounding::HalfUp => rest >= other,
        Rounding::HalfDown => rest > other,
        Rounding::HalfEven => rest > other || (rest == other && quotient % 2 != 0),
        Rounding::Up => true,
        Rounding::Down => false,
        Rounding::Ceiling => !negative,
        Rounding::Floor => negative,
    };
    let step = if negative { -1 } else { 1 };
    Some(if away { quotient + step } else { quotient })
}
