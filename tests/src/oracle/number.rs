//! Rounding: of decimals by `rust_decimal`, of fractions by their floor.

use rust_decimal::{Decimal, RoundingStrategy};

/// How a number is rounded, by the word in a rule file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    HalfUp,
    HalfEven,
    HalfDown,
    Up,
    Down,
    Ceiling,
    Floor,
}

impl Mode {
    pub fn of(word: &str) -> Self {
        match word {
            "half_up" => Self::HalfUp,
            "half_even" => Self::HalfEven,
            "half_down" => Self::HalfDown,
            "up" => Self::Up,
            "down" => Self::Down,
            "ceiling" => Self::Ceiling,
            "floor" => Self::Floor,
            other => panic!("no rounding is called {other}"),
        }
    }

    fn strategy(self) -> RoundingStrategy {
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

/// A number with so many digits after the point.
pub fn round(value: Decimal, digits: u32, mode: Mode) -> Decimal {
    with_digits(value.round_dp_with_strategy(digits, mode.strategy()), digits)
}

/// The same number, written with so many digits after the point.
pub fn with_digits(mut value: Decimal, digits: u32) -> Decimal {
    let before = value;
    value.rescale(digits);
    assert!(value == before && value.scale() == digits, "{before} does not fit {digits} digits");
    // Zero has no sign.
    if value.is_zero() { value.abs() } else { value }
}

/// `a / b` with so many digits after the point; `None` for a zero divisor.
///
/// The quotient is a fraction of whole numbers, which no intermediate digit can round.
pub fn quotient(a: Decimal, b: Decimal, digits: u32, mode: Mode) -> Option<Decimal> {
    if b.is_zero() {
        return None;
    }
    // a / b · 10^digits = a.mantissa · 10^(digits + b.scale) / (b.mantissa · 10^a.scale)
    let (a, b) = (a.normalize(), b.normalize());
    let up = digits + b.scale();
    let common = up.min(a.scale());
    let grow = |n: i128, by: u32| n.checked_mul(10_i128.pow(by)).expect("the fraction fits 128 bits");
    let (mut over, mut under) = (grow(a.mantissa(), up - common), grow(b.mantissa(), a.scale() - common));
    if under < 0 {
        (over, under) = (-over, -under);
    }
    let (floor, rest) = (over.div_euclid(under), over.rem_euclid(under));
    let (to_floor, to_ceiling) = (rest, under - rest);
    let whole = if rest == 0 {
        floor
    } else {
        let ceiling = floor + 1;
        let (nearer_zero, farther) = if over < 0 { (ceiling, floor) } else { (floor, ceiling) };
        let even = if floor % 2 == 0 { floor } else { ceiling };
        let nearest = |tie| match to_floor.cmp(&to_ceiling) {
            std::cmp::Ordering::Less => floor,
            std::cmp::Ordering::Greater => ceiling,
            std::cmp::Ordering::Equal => tie,
        };
        match mode {
            Mode::HalfUp => nearest(farther),
            Mode::HalfDown => nearest(nearer_zero),
            Mode::HalfEven => nearest(even),
            Mode::Up => farther,
            Mode::Down => nearer_zero,
            Mode::Ceiling => ceiling,
            Mode::Floor => floor,
        }
    };
    Some(Decimal::from_i128_with_scale(whole, digits))
}

/// A number as a whole count of its last digit, of which it has so many.
pub fn units(value: Decimal, digits: u32) -> i128 {
    with_digits(value, digits).mantissa()
}
