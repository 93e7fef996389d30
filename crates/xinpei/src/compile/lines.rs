//! The scorecard as lines: what evaluation scores in one pass that stays in registers.
//!
//! Points of characteristics, sums of sections, coverage and losses could be computed node by node
//! (and are, where numbers are too large for this). Most cards fit into 32 bits: then each line is
//! banded and summed up, and its loss ranked, without a place of its own for every step between.

use std::ops::Range;

use super::codes::{CODE_BITS, Codes};
use super::program::Outputs;
use crate::check::typed::{Arena, Characteristic, Edge, NodeId, Op, Typed};
use crate::decimal;
use crate::limits;

/// Most lines that are scored together.
const GROUP: usize = 32;

/// A card whose points, sums and losses fit in 32 bits.
#[derive(Clone, Debug)]
pub(crate) struct Lines {
    /// The lines, one for each characteristic, in document order.
    pub(crate) list: Vec<Line>,
    /// Lines of one section that are scored together, in document order.
    pub(crate) groups: Vec<Group>,
    /// Whether several characteristics share a reason code.
    pub(crate) shared_codes: bool,
    /// How many codes there are.
    pub(crate) codes: usize,
    /// Bits of a ranking key that hold the code.
    pub(crate) code_bits: u32,
    /// More than any key.
    pub(crate) most: i64,
    /// Whether every loss and its code fit together into a key.
    pub(crate) fit_keys: bool,
}

/// One characteristic.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// What is banded, looked up, or the points themselves.
    pub(crate) of: NodeId,
    /// How points come from it.
    pub(crate) points: Points,
    /// What its points are multiplied by to be in the units of their section.
    pub(crate) scale: i64,
    /// Points where it is not known.
    pub(crate) missing: i32,
    /// What it adds to the coverage where it is known.
    pub(crate) weight: i32,
    /// Points against which a shortfall counts, in the units of losses.
    pub(crate) baseline: i32,
    /// From units of points to units of losses.
    pub(crate) factor: i32,
    /// Index of its reason code.
    pub(crate) code: usize,
}

/// How points come from a value; in units of the section's digits.
#[derive(Clone, Debug)]
pub(crate) enum Points {
    /// The points before any edge, and those of the band behind each edge, which is the greatest
    /// value of the band before it.
    Bands(i32, Vec<i64>, Vec<i32>),
    /// By member.
    Members(Vec<i32>),
    /// The value times a factor.
    Given(i32),
}

/// Lines of one section.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// Which lines.
    pub(crate) lines: Range<usize>,
    /// Whether it is the first of its section.
    pub(crate) first: bool,
    /// The sum of the section, if this is its last group.
    pub(crate) sum: Option<NodeId>,
}

impl Lines {
    /// How many losses are ranked where so many are wanted: all, or none where keys do not fit.
    pub(crate) fn ranked(&self, wanted: usize) -> usize {
        if self.fit_keys && wanted <= limits::RANKED { wanted } else { 0 }
    }

    /// The lines of a card; `None` where a number does not fit.
    pub(crate) fn new(typed: &Typed, arena: &Arena, outputs: &Outputs, codes: &Codes) -> Option<Self> {
        let mut list = Vec::with_capacity(typed.characteristics.len());
        let mut groups = Vec::new();
        for (section, sum) in typed.sections.iter().zip(&outputs.sums) {
            let numeric = arena.node(*sum).ty.number()?;
            i32::try_from(numeric.low.checked_mul(2)?).ok()?;
            i32::try_from(numeric.high.checked_mul(2)?).ok()?;
            for index in section.characteristics.clone() {
                let characteristic = typed.characteristics.get(index)?;
                list.push(line(index, characteristic, numeric.digits, arena, outputs, codes)?);
            }
            let all = section.characteristics.clone();
            for start in all.clone().step_by(GROUP) {
                let end = all.end.min(start + GROUP);
                let sum = (end == all.end).then_some(*sum);
                groups.push(Group { lines: start..end, first: start == all.start, sum });
            }
        }
        i32::try_from(outputs.attainable).ok()?;
        let count = codes.first.len();
        let code_bits = usize::BITS - count.leading_zeros();
        let most = most_lost(&list, typed, codes)?;
        let fit_keys = code_bits <= CODE_BITS && most < 1 << (30 - code_bits);
        Some(Self {
            list,
            groups,
            shared_codes: count != typed.characteristics.len(),
            codes: count,
            code_bits,
            most: (most + 1) << code_bits.min(CODE_BITS),
            fit_keys,
        })
    }
}

fn line(
    index: usize,
    characteristic: &Characteristic,
    digits: u32,
    arena: &Arena,
    outputs: &Outputs,
    codes: &Codes,
) -> Option<Line> {
    let known = *outputs.known.get(index)?;
    let in_units = |points: &[i64], own: u32| -> Option<Vec<i32>> {
        let factor = i64::try_from(decimal::pow10(digits.checked_sub(own)?)?).ok()?;
        points.iter().map(|p| i32::try_from(p.checked_mul(factor)?).ok()).collect()
    };
    // Points may have been given more digits; what is scored lies beneath.
    let inner = match arena.node(known).op {
        Op::Rescale(inner) => inner,
        _ => known,
    };
    let own = arena.node(inner).ty.number()?.digits;
    let wide = |of: NodeId| arena.node(of).ty.is_wide();
    let (of, points) = match &arena.node(inner).op {
        Op::Bands(of, edges, points) if !wide(*of) => {
            let points = in_units(points, own)?;
            let (first, next) = points.split_first()?;
            (*of, Points::Bands(*first, edges.iter().map(Edge::last).collect(), next.to_vec()))
        }
        Op::Members(of, points) => (*of, Points::Members(in_units(points, own)?)),
        _ if wide(inner) => return None,
        _ => (inner, Points::Given(*in_units(&[1], own)?.first()?)),
    };
    let small = |value: i128| i32::try_from(value).ok();
    let (code, baseline) = codes.of.get(index).copied()?;
    let weight = characteristic.max - characteristic.min;
    let present = arena.node(outputs.present).ty.number()?.digits;
    Some(Line {
        of,
        points,
        scale: i64::try_from(decimal::pow10(digits.checked_sub(characteristic.points.digits)?)?).ok()?,
        missing: small(decimal::to_units(characteristic.missing, digits)?)?,
        weight: small(decimal::to_units(weight, present)?)?,
        baseline: small(baseline)?,
        factor: small(decimal::pow10(codes.digits.checked_sub(digits)?)?)?,
        code,
    })
}

/// More than any sum of losses, from the ranges of points; `None` where 32 bits could overflow.
fn most_lost(list: &[Line], typed: &Typed, codes: &Codes) -> Option<i64> {
    let mut sums = vec![0_i64; codes.first.len()];
    for (line, characteristic) in list.iter().zip(&typed.characteristics) {
        let digits = codes.digits.checked_sub(characteristic.points.digits)?;
        let factor = decimal::pow10(digits)?;
        let low = i64::try_from(characteristic.points.low.checked_mul(factor)?).ok()?;
        let high = i64::try_from(characteristic.points.high.checked_mul(factor)?).ok()?;
        let lost = (i64::from(line.baseline) - low).max(0);
        let most = lost.max(low.abs()).max(high.abs());
        if most > i64::from(i32::MAX) / 2 {
            return None;
        }
        if let Some(sum) = sums.get_mut(line.code) {
            *sum += lost;
        }
    }
    let most = sums.into_iter().max().unwrap_or(0);
    (most <= i64::from(i32::MAX) / 2).then_some(most)
}
