//! Types as the checker sees them: units, digits, ranges.

use rust_decimal::Decimal;

/// The largest magnitude of a number, in units of its last digit: 96 bits.
pub const MAGNITUDE: i128 = 79_228_162_514_264_337_593_543_950_335;

/// The unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A literal.
    Any,
    Plain,
    Of(&'static str),
}

impl Unit {
    pub fn join(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Any, unit) | (unit, Self::Any) => Some(unit),
            (a, b) if a == b => Some(a),
            _ => None,
        }
    }
}

/// A number: whole multiples of `10^-digits` between two limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Num {
    pub unit: Unit,
    pub digits: u32,
    pub low: i128,
    pub high: i128,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Num(Num),
    Flag,
    Date,
    /// A category, by its index in the dictionary.
    Category(usize),
}

impl Num {
    pub fn new(unit: Unit, digits: u32, low: i128, high: i128) -> Self {
        Self { unit, digits, low, high }
    }

    fn fits(self) -> Option<Self> {
        (self.digits <= 18 && self.low >= -MAGNITUDE && self.high <= MAGNITUDE).then_some(self)
    }

    pub fn with_digits(self, digits: u32) -> Option<Self> {
        let factor = 10_i128.checked_pow(digits.checked_sub(self.digits)?)?;
        Self { digits, low: self.low.checked_mul(factor)?, high: self.high.checked_mul(factor)?, ..self }.fits()
    }

    /// Two numbers with a common unit and the same digits.
    pub fn joined(self, other: Self) -> Option<(Self, Self)> {
        let unit = self.unit.join(other.unit)?;
        let digits = self.digits.max(other.digits);
        Some((Self { unit, ..self.with_digits(digits)? }, Self { unit, ..other.with_digits(digits)? }))
    }

    #[expect(clippy::should_implement_trait, reason = "it may have no result")]
    pub fn add(self, other: Self) -> Option<Self> {
        let (a, b) = self.joined(other)?;
        Self { low: a.low + b.low, high: a.high + b.high, ..a }.fits()
    }

    pub fn negate(self) -> Self {
        Self { low: -self.high, high: -self.low, ..self }
    }

    /// A product, of which at most one has a unit.
    pub fn multiply(self, other: Self) -> Option<Self> {
        let unit = match (self.unit, other.unit) {
            (Unit::Of(_), Unit::Of(_)) => return None,
            (Unit::Of(u), _) | (_, Unit::Of(u)) => Unit::Of(u),
            (Unit::Any, Unit::Any) => Unit::Any,
            _ => Unit::Plain,
        };
        let ends = [(self.low, other.low), (self.low, other.high), (self.high, other.low), (self.high, other.high)];
        let ends: Vec<i128> = ends.iter().map(|(a, b)| a.checked_mul(*b)).collect::<Option<_>>()?;
        let (low, high) = (*ends.iter().min()?, *ends.iter().max()?);
        Self { unit, digits: self.digits + other.digits, low, high }.fits()
    }

    pub fn abs(self) -> Self {
        let high = self.low.abs().max(self.high.abs());
        let low = if self.low > 0 || self.high < 0 { self.low.abs().min(self.high.abs()) } else { 0 };
        Self { low, high, ..self }
    }

    pub fn extreme(self, other: Self, least: bool) -> Option<Self> {
        let (a, b) = self.joined(other)?;
        let pick = |x: i128, y: i128| if least { x.min(y) } else { x.max(y) };
        Some(Self { low: pick(a.low, b.low), high: pick(a.high, b.high), ..a })
    }

    /// The range of two branches.
    pub fn either(self, other: Self) -> Option<Self> {
        let (a, b) = self.joined(other)?;
        Some(Self { low: a.low.min(b.low), high: a.high.max(b.high), ..a })
    }

    pub fn round(self, digits: u32, mode: &str) -> Option<Self> {
        if digits >= self.digits {
            return self.with_digits(digits);
        }
        let one = |units: i128| {
            let value = Decimal::from_i128_with_scale(units, self.digits);
            crate::oracle::quotient(value, Decimal::ONE, digits, crate::oracle::Mode::of(mode))
                .map(|d| crate::oracle::units(d, digits))
        };
        Some(Self { digits, low: one(self.low)?, high: one(self.high)?, ..self })
    }

    /// A quotient: its range as the checker estimates it.
    pub fn divide(self, other: Self, digits: u32) -> Option<Self> {
        if other.low == 0 && other.high == 0 {
            return None;
        }
        let unit = match (self.unit, other.unit) {
            (a, b) if a == b => Unit::Plain,
            (Unit::Of(u), Unit::Plain | Unit::Any) => Unit::Of(u),
            (Unit::Any | Unit::Plain, Unit::Any | Unit::Plain) => Unit::Plain,
            _ => return None,
        };
        let shift = i64::from(digits) + i64::from(other.digits) - i64::from(self.digits);
        let grow = |n: Self, by: i64| {
            let factor = 10_i128.checked_pow(u32::try_from(by.max(0)).ok()?)?;
            Some((n.low.checked_mul(factor)?, n.high.checked_mul(factor)?, factor))
        };
        let ((a_low, a_high, _), (b_low, b_high, b_factor)) = (grow(self, shift)?, grow(other, -shift)?);
        let least = if b_low <= 0 && b_high >= 0 { b_factor } else { b_low.abs().min(b_high.abs()) };
        let most = a_low.abs().max(a_high.abs()) / least.max(1) + 1;
        let low = if a_low >= 0 && b_low >= 0 { 0 } else { -most };
        let high = if (a_low >= 0 && b_high <= 0) || (a_high <= 0 && b_low >= 0) { 0 } else { most };
        Self { unit, digits, low, high }.fits()
    }

    /// The sum over a table.
    pub fn summed(self) -> Option<Self> {
        Self { low: self.low.min(0).checked_mul(10_000)?, high: self.high.max(0).checked_mul(10_000)?, ..self }.fits()
    }

    pub fn fits_64_bits(self) -> bool {
        i64::try_from(self.low).is_ok() && i64::try_from(self.high).is_ok()
    }
}
