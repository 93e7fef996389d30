//! Loops over values: plain enough for the compiler to make them wide.

use super::bands;
use super::register::{Data, Register, View};
use crate::compile::program::{Comparison, Edge};
use crate::decimal::{self, Rounding};

/// Nothing is written where the result is always known and has no `valid`.
#[inline(always)]
fn same_valid(out: &mut [u8], a: &[u8]) {
    for (v, x) in out.iter_mut().zip(a) {
        *v = *x;
    }
}

#[inline(always)]
fn both_valid(out: &mut [u8], a: &[u8], b: &[u8]) {
    for ((v, x), y) in out.iter_mut().zip(a).zip(b) {
        *v = x & y;
    }
}

/// An operation on two numbers; known where both are.
#[inline(always)]
pub(super) fn binary(
    out: &mut Register,
    a: &View<'_>,
    b: &View<'_>,
    narrow: impl Fn(i64, i64) -> i64,
    wide: impl Fn(i128, i128) -> i128,
) {
    both_valid(&mut out.valid, a.valid, b.valid);
    if let (Data::Narrow(x), Data::Narrow(y), false) = (a.data, b.data, out.is_wide) {
        for ((v, x), y) in out.narrow.iter_mut().zip(x).zip(y) {
            *v = narrow(*x, *y);
        }
        return;
    }
    each_wide(out, |i| wide(a.at(i), b.at(i)));
}

/// An operation on one number; known where it is.
#[inline(always)]
pub(super) fn unary(out: &mut Register, a: &View<'_>, narrow: impl Fn(i64) -> i64, wide: impl Fn(i128) -> i128) {
    same_valid(&mut out.valid, a.valid);
    if let (Data::Narrow(x), false) = (a.data, out.is_wide) {
        for (v, x) in out.narrow.iter_mut().zip(x) {
            *v = narrow(*x);
        }
        return;
    }
    each_wide(out, |i| wide(a.at(i)));
}

/// Writes values computed with 128 bits, whatever the register holds.
#[inline(always)]
pub(super) fn each_wide(out: &mut Register, value: impl Fn(usize) -> i128) {
    if out.is_wide {
        for (i, v) in out.wide.iter_mut().enumerate() {
            *v = value(i);
        }
    } else {
        for (i, v) in out.narrow.iter_mut().enumerate() {
            // Known values fit; unknown ones mean nothing.
            *v = i64::try_from(value(i)).unwrap_or(0);
        }
    }
}

/// Writes known and unknown values.
#[inline(always)]
pub(super) fn each(out: &mut Register, value: impl Fn(usize) -> Option<i128>) {
    for i in 0..if out.is_wide { out.wide.len() } else { out.narrow.len() } {
        let value = value(i);
        out.set(i, value);
    }
}

#[inline(always)]
pub(super) fn rescale(out: &mut Register, a: &View<'_>, digits: i64) {
    let factor = decimal::pow10(u32::try_from(digits).unwrap_or(0)).unwrap_or(1);
    match i64::try_from(factor) {
        Ok(small) => unary(out, a, |x| x.wrapping_mul(small), |x| x.wrapping_mul(factor)),
        Err(_) => unary(out, a, |x| x, |x| x.wrapping_mul(factor)),
    }
}

#[inline(always)]
pub(super) fn round(out: &mut Register, a: &View<'_>, digits: i64, mode: Rounding, small: bool) {
    let factor = decimal::pow10(u32::try_from(digits).unwrap_or(0)).unwrap_or(1);
    same_valid(&mut out.valid, a.valid);
    if let (Data::Narrow(data), false, true, Ok(factor)) = (a.data, out.is_wide, small, u64::try_from(factor))
        && let Some(add) = added(factor, mode)
    {
        // Division of a number below 2^31 by multiplication, exact: with s = 31 + the bits of the
        // divisor d, m = ⌈2^s / d⌉ exceeds 2^s / d by less than 2^(s - 31) / d.
        let shift = 31 + (u64::BITS - factor.leading_zeros());
        let many = (1_u64 << shift).div_ceil(factor);
        for (v, x) in out.narrow.iter_mut().zip(data) {
            *v = ((*x as u64).wrapping_add(add).wrapping_mul(many) >> shift) as i64;
        }
        return;
    }
    each_wide(out, |i| decimal::divide(a.at(i), factor, mode).unwrap_or(0));
}

/// What is added before a number that is not below zero is divided and cut; `None` where that is
/// not all there is to the rounding.
fn added(factor: u64, mode: Rounding) -> Option<u64> {
    match mode {
        _ if !(2..=1 << 31).contains(&factor) => None,
        Rounding::Down | Rounding::Floor => Some(0),
        Rounding::Up | Rounding::Ceiling => Some(factor - 1),
        Rounding::HalfUp => Some(factor / 2),
        Rounding::HalfEven | Rounding::HalfDown => None,
    }
}

/// `a·10^shift / b`, rounded; a zero divisor makes the value missing.
#[inline(always)]
pub(super) fn divide(out: &mut Register, a: &View<'_>, b: &View<'_>, shift: i64, mode: Rounding) {
    let grow = decimal::pow10(u32::try_from(shift).unwrap_or(0)).unwrap_or(1);
    let grow_b = decimal::pow10(u32::try_from(-shift).unwrap_or(0)).unwrap_or(1);
    each(out, |i| {
        let (x, y) = (a.get(i)?.checked_mul(grow)?, b.get(i)?.checked_mul(grow_b)?);
        // Most quotients fit in 64 bits, where division is several times faster.
        if let (Ok(x), Ok(y)) = (i64::try_from(x), i64::try_from(y))
            && mode == Rounding::HalfUp
            && y != 0
            && x > i64::MIN / 2
        {
            let (quotient, rest) = (x.wrapping_div(y), x.wrapping_rem(y));
            let away = rest.unsigned_abs() >= y.unsigned_abs() - rest.unsigned_abs();
            let step = if (x < 0) == (y < 0) { 1 } else { -1 };
            return Some(i128::from(quotient) + if rest != 0 && away { step } else { 0 });
        }
        decimal::divide(x, y, mode)
    });
}

#[inline(always)]
pub(super) fn compare(out: &mut Register, a: &View<'_>, b: &View<'_>, comparison: Comparison) {
    macro_rules! with {
        ($op:tt) => {
            binary(out, a, b, |x, y| i64::from(x $op y), |x, y| i128::from(x $op y))
        };
    }
    match comparison {
        Comparison::Eq => with!(==),
        Comparison::Ne => with!(!=),
        Comparison::Lt => with!(<),
        Comparison::Le => with!(<=),
        Comparison::Gt => with!(>),
        Comparison::Ge => with!(>=),
    }
}

#[inline(always)]
pub(super) fn one_of(out: &mut Register, a: &View<'_>, members: &[u32]) {
    let has = |x: i64| u32::try_from(x).is_ok_and(|x| members.binary_search(&x).is_ok());
    unary(out, a, |x| i64::from(has(x)), |x| i128::from(i64::try_from(x).is_ok_and(has)));
}

/// Kleene's and (`and`) or or: an unknown operand leaves the result unknown unless the other decides.
#[inline(always)]
pub(super) fn kleene(out: &mut Register, a: &View<'_>, b: &View<'_>, and: bool) {
    let (Data::Narrow(x), Data::Narrow(y)) = (a.data, b.data) else { return };
    let decides = i64::from(!and);
    for ((value, (x, vx)), (y, vy)) in out.narrow.iter_mut().zip(x.iter().zip(a.valid)).zip(y.iter().zip(b.valid)) {
        let decided = (vx & u8::from(*x == decides)) | (vy & u8::from(*y == decides));
        *value = if decided == 1 { decides } else { 1 - decides };
    }
    for ((valid, (x, vx)), (y, vy)) in out.valid.iter_mut().zip(x.iter().zip(a.valid)).zip(y.iter().zip(b.valid)) {
        *valid = (vx & vy) | (vx & u8::from(*x == decides)) | (vy & u8::from(*y == decides));
    }
}

#[inline(always)]
pub(super) fn present(out: &mut Register, a: &View<'_>) {
    for (value, known) in out.narrow.iter_mut().zip(a.valid) {
        *value = i64::from(*known);
    }
    out.valid.fill(1);
}

#[inline(always)]
pub(super) fn otherwise(out: &mut Register, a: &View<'_>, b: &View<'_>) {
    if let (Data::Narrow(x), Data::Narrow(y), false) = (a.data, b.data, out.is_wide) {
        for (((v, known), x), y) in out.narrow.iter_mut().zip(a.valid).zip(x.iter().copied()).zip(y.iter().copied()) {
            *v = if *known == 1 { x } else { y };
        }
    } else {
        each_wide(out, |i| if a.valid.get(i) == Some(&1) { a.at(i) } else { b.at(i) });
    }
    for ((v, x), y) in out.valid.iter_mut().zip(a.valid).zip(b.valid) {
        *v = x | y;
    }
}

#[inline(always)]
pub(super) fn choose(out: &mut Register, c: &View<'_>, a: &View<'_>, b: &View<'_>) {
    let Data::Narrow(condition) = c.data else { return };
    if let (Data::Narrow(x), Data::Narrow(y), false) = (a.data, b.data, out.is_wide) {
        // Both values are read before one is taken: a choice between places would be a branch.
        for (((v, c), x), y) in out.narrow.iter_mut().zip(condition).zip(x.iter().copied()).zip(y.iter().copied()) {
            *v = if *c == 1 { x } else { y };
        }
    } else {
        each_wide(out, |i| if condition.get(i) == Some(&1) { a.at(i) } else { b.at(i) });
    }
    let rows = out.valid.iter_mut().zip(condition.iter().zip(c.valid)).zip(a.valid).zip(b.valid);
    for (((v, (condition, known)), x), y) in rows {
        let (x, y) = (*x, *y);
        *v = known & if *condition == 1 { x } else { y };
    }
}

/// Points by band.
#[inline(always)]
pub(super) fn banded(out: &mut Register, a: &View<'_>, edges: &[Edge], points: &[i64]) {
    same_valid(&mut out.valid, a.valid);
    let Some((first, next)) = points.split_first() else { return };
    match a.data {
        Data::Narrow(data) => {
            // On the stack where the edges are few, as nearly always.
            let mut room = [0_i64; 16];
            let many: Vec<i64>;
            let edges = match room.get_mut(..edges.len()) {
                Some(room) => {
                    room.iter_mut().zip(edges).for_each(|(to, edge)| *to = edge.last());
                    &*room
                }
                None => {
                    many = edges.iter().map(Edge::last).collect();
                    &many
                }
            };
            bands::bands(&mut out.narrow, data, a.valid, *first, edges, next, 0);
        }
        Data::Wide(data) => {
            out.narrow.fill(*first);
            for (edge, next) in edges.iter().zip(next) {
                let last = if edge.inclusive { edge.at } else { edge.at - 1 };
                for (v, x) in out.narrow.iter_mut().zip(data) {
                    *v = if *x > last { *next } else { *v };
                }
            }
        }
    }
}

/// Points by member.
#[inline(always)]
pub(super) fn looked_up(out: &mut Register, a: &View<'_>, points: &[i64]) {
    same_valid(&mut out.valid, a.valid);
    if let Data::Narrow(data) = a.data {
        bands::members(&mut out.narrow, data, a.valid, points, 0);
    }
}
