//! Tables of least prices: for each number of whole points what it costs to bring at least so many.

/// A cost in fen, and how many items it takes.
pub(crate) type Price = (i64, usize);

/// A price that nothing reaches.
pub(crate) const NEVER: Price = (i64::MAX, usize::MAX);

/// A price in one number, so that tables of prices are compared and added fast: the cost, then the count.
pub(crate) type Packed = u64;

/// How many bits the count has.
const COUNT: u32 = 12;

/// What nothing reaches: more than any price, and with a price added to it still a number.
pub(crate) const NONE: Packed = 1 << 62;

pub(crate) fn pack((cost, count): Price) -> Packed {
    match (u64::try_from(cost), u64::try_from(count)) {
        (Ok(cost), Ok(count)) if cost >> (61 - COUNT) == 0 && count >> COUNT == 0 => cost << COUNT | count,
        _ => NONE,
    }
}

/// The highest price that costs so much.
pub(crate) fn most_for(cost: i64) -> Packed {
    pack((cost, (1 << COUNT) - 1))
}

pub(crate) fn unpack(packed: Packed) -> Price {
    if packed >= NONE {
        return NEVER;
    }
    let count = packed & ((1 << COUNT) - 1);
    (i64::try_from(packed >> COUNT).unwrap_or(i64::MAX), usize::try_from(count).unwrap_or(usize::MAX))
}

/// An option that may be taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    pub(crate) option: usize,
    /// What it adds to its part, never below zero: in a pool to the sum of the section, else to the total.
    pub(crate) gain: i64,
    pub(crate) price: Price,
}

/// The higher cost and the higher count.
pub(crate) fn highest(a: Price, b: Price) -> Price {
    (a.0.max(b.0), a.1.max(b.1))
}

/// Where a table of least prices rises, up to the dearest: the most whole points for each price.
pub(crate) fn steps(table: &[Packed], dearest: Packed) -> impl Iterator<Item = (i64, Packed)> {
    let ends = |at: usize, price: Packed| table.get(at + 1) != Some(&price);
    let rising = (0_i64..).zip(table).take_while(move |(_, price)| **price <= dearest && **price < NONE).enumerate();
    rising.filter(move |(at, (_, price))| ends(*at, **price)).map(|(_, (points, price))| (points, *price))
}

/// Puts the price of a gain, and what is cheapest behind it, where that is less than what stands there.
pub(crate) fn spread(here: &mut [Packed], gain: i64, price: Packed, behind: &[Packed]) {
    let gain = usize::try_from(gain.max(0)).unwrap_or(usize::MAX).min(here.len());
    let (reached, further) = here.split_at_mut(gain);
    let whole = behind.first().map_or(NONE, |first| price + first);
    reached.iter_mut().for_each(|slot| *slot = (*slot).min(whole));
    further.iter_mut().zip(behind).for_each(|(slot, rest)| *slot = (*slot).min(price + rest));
}

/// Least prices for so many whole points, with one more group.
pub(crate) fn joined(behind: &[Packed], choices: &[Choice], whole: i64) -> Vec<Packed> {
    let gain = |choice: &Choice| usize::try_from(ceil(choice.gain, whole)).unwrap_or(0);
    let most = choices.iter().map(gain).max().unwrap_or(0);
    let mut here = vec![NONE; behind.len() + most];
    for choice in choices {
        let price = pack(choice.price);
        for (slot, rest) in here.iter_mut().skip(gain(choice)).zip(behind) {
            *slot = (*slot).min(price + rest);
        }
    }
    // More points for less are as good.
    let mut least = NONE;
    for slot in here.iter_mut().rev() {
        least = least.min(*slot);
        *slot = least;
    }
    here
}

/// The price for so many whole points.
pub(crate) fn look(table: &[Packed], points: i64) -> Packed {
    usize::try_from(points.max(0)).ok().and_then(|p| table.get(p)).copied().unwrap_or(NONE)
}

/// A sum of prices; with one that nothing reaches, there is none.
pub(crate) fn add(a: Price, b: Price) -> Price {
    if a == NEVER || b == NEVER { NEVER } else { (a.0.saturating_add(b.0), a.1 + b.1) }
}

/// A quotient rounded up.
pub(crate) fn ceil(a: i64, b: i64) -> i64 {
    let b = b.max(1);
    a.div_euclid(b) + i64::from(a.rem_euclid(b) > 0)
}

#[cfg(test)]
mod tests {
    use super::{NEVER, NONE, ceil, most_for, pack, unpack};

    #[test]
    fn a_price_in_one_number() {
        assert_eq!(unpack(pack((1_470_000, 7))), (1_470_000, 7));
        assert!(pack((5, 4_000)) < pack((6, 0)) && pack((6, 0)) < pack((6, 1)));
        assert!(pack((5, 4_000)) < most_for(5) && most_for(5) < pack((6, 0)));
        // What is too large or below zero is no price, and is never cheaper than one.
        assert_eq!([pack((-1, 0)), pack((i64::MAX, 0)), pack((0, 5_000))], [NONE; 3]);
        assert_eq!(unpack(NONE + pack((6, 1))), NEVER);
    }

    #[test]
    fn rounds_towards_more() {
        assert_eq!([ceil(0, 10), ceil(1, 10), ceil(10, 10), ceil(-1, 10), ceil(-10, 10)], [0, 1, 1, 0, -1]);
    }
}
