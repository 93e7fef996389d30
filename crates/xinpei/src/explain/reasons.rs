//! Why points were lost: shortfalls against the baseline, the largest first.

use crate::evaluate::outcome::Outcome;

/// Points lost under one code, in units of `10^-digits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Index of the code in [`crate::compile::program::Program`]'s list.
    pub code: usize,
    /// What was lost; more than zero.
    pub lost: i128,
}

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
}

impl Codes {
    pub(crate) fn new(typed: &crate::check::typed::Typed) -> Self {
        use crate::decimal;
        let list = &typed.characteristics;
        let digits = list.iter().map(|c| c.points.digits.max(c.baseline.normalize().scale())).max().unwrap_or(0);
        let mut codes = Self { digits, ..Self::default() };
        let mut known = std::collections::BTreeMap::new();
        for (index, characteristic) in list.iter().enumerate() {
            let next = codes.first.len();
            let code = *known.entry(characteristic.code.as_str()).or_insert(next);
            if code == next {
                codes.first.push(index);
            }
            codes.of.push((code, decimal::to_units(characteristic.baseline, digits).unwrap_or(0)));
            codes.factors.push(decimal::pow10(digits - characteristic.points.digits).unwrap_or(1));
        }
        codes
    }
}

/// The largest losses of a row, at most `count`; ties in document order, never padded.
#[must_use]
pub fn losses(outcome: &Outcome<'_>, row: usize, count: usize) -> Vec<Loss> {
    let program = outcome.program;
    let codes = &program.codes;
    let mut lost = vec![0_i128; codes.first.len()];
    for (((code, baseline), factor), id) in codes.of.iter().zip(&codes.factors).zip(&program.outputs.points) {
        let points = outcome.value(*id, row).unwrap_or(0) * factor;
        if points < *baseline
            && let Some(sum) = lost.get_mut(*code)
        {
            *sum += baseline - points;
        }
    }
    let mut list: Vec<Loss> = lost.into_iter().enumerate().filter(|(_, lost)| *lost > 0).map(|(code, lost)| Loss { code, lost }).collect();
    // A stable sort keeps ties in document order.
    list.sort_by_key(|loss| std::cmp::Reverse(loss.lost));
    list.truncate(count);
    list
}
