//! Reason codes and baselines, in the units in which losses are counted.

use std::collections::BTreeMap;

use crate::check::typed::{Characteristic, Typed};
use crate::decimal;

/// Bits of a ranking key that hold the code, so that ties go to the code that stands first.
pub(crate) const CODE_BITS: u32 = 14;

/// The codes of a program, in the order in which they first appear, and each characteristic's code
/// and baseline.
#[derive(Clone, Debug, Default)]
pub(crate) struct Codes {
    /// The first characteristic of each code.
    pub(crate) first: Vec<usize>,
    /// Index of the code and baseline in units of `10^-digits`, by characteristic.
    pub(crate) of: Vec<(usize, i128)>,
    /// Factor from each characteristic's own digits to the common ones.
    pub(crate) factors: Vec<i128>,
    /// Digits of all losses.
    pub(crate) digits: u32,
    /// Code, baseline and factor in 64 bits, by characteristic.
    pub(crate) narrow: Vec<(usize, i64, i64)>,
    /// Whether every sum of losses and its code fit together into 64 bits.
    pub(crate) fit_keys: bool,
}

impl Codes {
    pub(crate) fn new(typed: &Typed) -> Self {
        let list = &typed.characteristics;
        let digits = list.iter().map(|c| c.points.digits.max(c.baseline.normalize().scale())).max().unwrap_or(0);
        let mut codes = Self { digits, ..Self::default() };
        let mut known = BTreeMap::new();
        for (index, characteristic) in list.iter().enumerate() {
            let next = codes.first.len();
            let code = *known.entry(characteristic.code.as_str()).or_insert(next);
            if code == next {
                codes.first.push(index);
            }
            codes.of.push((code, decimal::to_units(characteristic.baseline, digits).unwrap_or(0)));
            codes.factors.push(decimal::pow10(digits - characteristic.points.digits).unwrap_or(1));
        }
        codes.narrow_down(list);
        codes
    }

    /// Finds out whether losses can be ranked in 64 bits: from the ranges of points, for good.
    fn narrow_down(&mut self, list: &[Characteristic]) {
        let mut most: i128 = 0;
        for ((characteristic, (code, baseline)), factor) in list.iter().zip(&self.of).zip(&self.factors) {
            let low = characteristic.points.low.saturating_mul(*factor);
            most = most
                .saturating_add(baseline.saturating_sub(low).max(0))
                .saturating_add(baseline.abs())
                .saturating_add(low.abs());
            most = most.saturating_add(characteristic.points.high.saturating_mul(*factor).abs());
            let (Ok(baseline), Ok(factor)) = (i64::try_from(*baseline), i64::try_from(*factor)) else { return };
            self.narrow.push((*code, baseline, factor));
        }
        self.fit_keys = most < 1 << (62 - CODE_BITS) && self.first.len() < (1 << CODE_BITS) - 1;
    }
}
