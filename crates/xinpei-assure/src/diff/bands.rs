//! Bands of two rulebooks side by side: the stretches of values on which both are constant.

use rust_decimal::Decimal;
use xinpei::check::typed::{Edge, Type};
use xinpei::{Date, Label, decimal};

use crate::words::{both, join, number, plain, unit, with_unit};

/// A stretch of values, and the band of each rulebook that it lies in.
pub(super) struct Stretch {
    pub(super) old: usize,
    pub(super) new: usize,
    /// Above the edge before it.
    low: Option<Cut>,
    /// Up to its own edge.
    high: Option<Cut>,
}

/// An edge, by the greatest value below it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cut {
    /// In the finer of both units.
    top: i128,
    at: Decimal,
    inclusive: bool,
}

/// The upper edges of bands, `None` for the open one, and the type of what is banded.
#[derive(Clone, Copy)]
pub(super) struct Bands<'a> {
    pub(super) edges: &'a [Option<Edge>],
    pub(super) ty: &'a Type,
}

impl Bands<'_> {
    fn digits(&self) -> u32 {
        self.ty.number().map_or(0, |n| n.digits)
    }

    fn cuts(&self, finest: u32) -> Vec<Cut> {
        let factor = decimal::pow10(finest - self.digits()).unwrap_or(1);
        let cut = |edge: &Edge| Cut {
            top: edge.at.saturating_mul(factor) - i128::from(!edge.inclusive),
            at: decimal::from_units(edge.at, self.digits()).normalize(),
            inclusive: edge.inclusive,
        };
        self.edges.iter().flatten().map(cut).collect()
    }
}

/// The stretches between all edges of both, from the lowest to the highest.
pub(super) fn stretches(old: Bands<'_>, new: Bands<'_>) -> Vec<Stretch> {
    let finest = old.digits().max(new.digits());
    let (olds, news) = (old.cuts(finest), new.cuts(finest));
    let mut all: Vec<Cut> = olds.iter().chain(&news).copied().collect();
    // Of two spellings of one edge the new one is told.
    all.sort_by_key(|cut| cut.top);
    all.dedup_by(|later, first| {
        let same = later.top == first.top;
        if same && news.contains(later) {
            *first = *later;
        }
        same
    });
    let band = |cuts: &[Cut], high: Option<&Cut>| match high {
        Some(high) => cuts.partition_point(|cut| cut.top < high.top),
        None => cuts.len(),
    };
    let mut low = None;
    let mut list = Vec::new();
    for high in all.iter().map(Some).chain([None]) {
        list.push(Stretch { old: band(&olds, high), new: band(&news, high), low, high: high.copied() });
        low = high.copied();
    }
    list
}

/// Joins neighbours for which `key` gives the same; leaves out those for which it gives nothing.
pub(super) fn runs<K: PartialEq>(list: Vec<Stretch>, key: impl Fn(&Stretch) -> Option<K>) -> Vec<(Stretch, K)> {
    let mut runs: Vec<(Stretch, K)> = Vec::new();
    let mut open = false;
    for stretch in list {
        let Some(found) = key(&stretch) else {
            open = false;
            continue;
        };
        match runs.last_mut().filter(|(_, before)| open && *before == found) {
            Some((run, _)) => run.high = stretch.high,
            None => runs.push((stretch, found)),
        }
        open = true;
    }
    runs
}

impl Stretch {
    /// The stretch in words: `above 0, below 10,000 yuan`.
    pub(super) fn said(&self, ty: &Type) -> Label {
        match ty {
            Type::Date => self.dates(),
            Type::Number(numeric) if numeric.digits == 0 => self.whole(numeric.low, ty),
            _ => self.decimals(ty),
        }
    }

    fn whole(&self, least: i128, ty: &Type) -> Label {
        let unit = unit(ty);
        let say = |units: i128| number(decimal::from_units(units, 0));
        let text = match (self.low.map(|cut| cut.top + 1), self.high.map(|cut| cut.top)) {
            (None, None) => return both("任何值", "any value"),
            (None, Some(high)) if high == least => plain(say(high)),
            (None, Some(high)) => both(format!("不超过 {}", say(high)), format!("up to {}", say(high))),
            (Some(low), Some(high)) if low == high => plain(say(low)),
            (Some(low), Some(high)) => {
                both(format!("{} 至 {}", say(low), say(high)), format!("{} to {}", say(low), say(high)))
            }
            (Some(low), None) => {
                let unit = unit.as_ref().map_or(("", ""), |u| (u.text("zh"), u.text("en")));
                let gap = |unit: &str| if unit.is_empty() { String::new() } else { format!(" {unit}") };
                return both(
                    format!("{}{}及以上", say(low), if unit.0.is_empty() { " ".into() } else { gap(unit.0) }),
                    format!("{}{} and more", say(low), gap(unit.1)),
                );
            }
        };
        with_unit(&text, unit.as_ref())
    }

    fn decimals(&self, ty: &Type) -> Label {
        let low = self.low.map(|cut| match (cut.inclusive, number(cut.at)) {
            (true, at) => both(format!("超过 {at}"), format!("above {at}")),
            (false, at) => both(format!("不低于 {at}"), format!("from {at}")),
        });
        let high = self.high.map(|cut| match (cut.inclusive, number(cut.at)) {
            (true, at) => both(format!("不超过 {at}"), format!("up to {at}")),
            (false, at) => both(format!("低于 {at}"), format!("below {at}")),
        });
        let text = match (&low, &high) {
            (Some(low), Some(high)) => join(&[low, high], "、", ", "),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => return both("任何值", "any value"),
        };
        with_unit(&text, unit(ty).as_ref())
    }

    fn dates(&self) -> Label {
        let day = |cut: Cut| Date::from_days(i32::try_from(cut.at.trunc().mantissa()).unwrap_or(0)).to_string();
        let low = self.low.map(|cut| match (cut.inclusive, day(cut)) {
            (true, at) => both(format!("晚于 {at}"), format!("after {at}")),
            (false, at) => both(format!("{at} 起"), format!("from {at}")),
        });
        let high = self.high.map(|cut| match (cut.inclusive, day(cut)) {
            (true, at) => both(format!("不晚于 {at}"), format!("up to {at}")),
            (false, at) => both(format!("早于 {at}"), format!("before {at}")),
        });
        match (&low, &high) {
            (Some(low), Some(high)) => join(&[low, high], "、", ", "),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => both("任何日期", "any date"),
        }
    }
}
