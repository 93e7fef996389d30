//! The card as somebody would write it by hand for speed: the yardstick of the benches.
//!
//! Over columns, block by block in the nearest cache, without a branch: a band is turned at once
//! into the key of its loss (points lost, then place in document order), four keys are sorted and
//! merged into the best four, and sections are what could be had less what was lost. Keys are as
//! narrow as the card allows. The same code runs with the vector instructions of the machine or
//! with those that every x86-64 has.

#![expect(clippy::indexing_slicing, reason = "hand-tuned loops over arrays of one length")]

mod narrow;

use std::ops::Range;

use crate::workload::{Line, cap, edge};
use narrow::Narrow;

/// How many reasons are kept.
pub const REASONS: usize = 4;
/// Rows that are worked on together.
const BLOCK: usize = 2048;
/// Sections of the card; line `i` belongs to section `i % SECTIONS`.
const SECTIONS: usize = 4;

/// Columns: values and 1 where known.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// By attribute: values in units.
    pub data: Vec<Vec<i64>>,
    /// By attribute: 1 where known.
    pub valid: Vec<Vec<u8>>,
}

impl Columns {
    /// Columns of rows.
    #[must_use]
    pub fn new(rows: &[Vec<Option<i64>>]) -> Self {
        let width = rows.first().map_or(0, Vec::len);
        let column = |i: usize| rows.iter().map(move |r| r.get(i).copied().flatten());
        Self {
            data: (0..width).map(|i| column(i).map(|v| v.unwrap_or(0)).collect()).collect(),
            valid: (0..width).map(|i| column(i).map(|v| u8::from(v.is_some())).collect()).collect(),
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.data.first().map_or(0, Vec::len)
    }
}

/// What all rows come to, as columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// Rounded scores.
    pub scores: Vec<i32>,
    /// Grades, 9 is the best.
    pub grades: Vec<u8>,
    /// By rank: the characteristic by its place in document order; `u16::MAX` where none.
    pub codes: [Vec<u16>; REASONS],
    /// By rank: points lost in tenths; 0 where none.
    pub lost: [Vec<i32>; REASONS],
}

impl Results {
    /// Room for so many rows; what is there already is kept as memory.
    pub fn resize(&mut self, rows: usize) {
        self.scores.resize(rows, 0);
        self.grades.resize(rows, 0);
        self.codes.iter_mut().for_each(|c| c.resize(rows, 0));
        self.lost.iter_mut().for_each(|l| l.resize(rows, 0));
    }
}

/// Which vector instructions are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Isa {
    /// Those that every x86-64 has.
    Baseline,
    /// AVX2 and what comes with it.
    Avx2,
    /// AVX-512 and what comes with it.
    Avx512,
}

impl Isa {
    /// What this machine has, the best last.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Baseline];
        #[cfg(target_arch = "x86_64")]
        {
            all.extend(pulp::x86::V3::try_new().map(|_| Self::Avx2));
            all.extend(pulp::x86::V4::try_new().map(|_| Self::Avx512));
        }
        all
    }

    /// The best that this machine has.
    #[must_use]
    pub fn best() -> Self {
        Self::all().last().copied().unwrap_or(Self::Baseline)
    }
}

/// A line made ready: the key of each band between cuts, and of a missing value.
#[derive(Clone, Debug)]
struct Ready<K> {
    /// A value above the cut is in the next band; rising.
    cuts: Vec<i64>,
    /// One more than cuts: points lost and place in document order.
    keys: Vec<K>,
    missing: K,
    /// Whether cuts and values fit 16 bits.
    short: bool,
}

#[derive(Clone, Debug)]
struct Lines<K> {
    lines: Vec<Ready<K>>,
    /// What each section has if nothing is lost.
    full: [K; SECTIONS],
    bits: u32,
}

#[derive(Clone, Debug)]
enum Width {
    Short(Lines<i16>),
    Long(Lines<i32>),
}

/// A card made ready for an as-of date.
#[derive(Clone, Debug)]
pub struct Card {
    size: usize,
    width: Width,
}

impl Card {
    /// Makes a card ready. `today` is the as-of date in days. No line may pay more for a missing
    /// value than for its best band.
    #[must_use]
    pub fn new(lines: &[Line], today: i64) -> Self {
        let size = lines.len();
        let bits = usize::BITS - size.leading_zeros();
        let top = |line: &Line| line.points.iter().copied().max().unwrap_or(0);
        let most = lines.iter().map(top).max().unwrap_or(0);
        let section = |s: usize| lines.iter().skip(s).step_by(SECTIONS).map(top).sum::<i64>();
        let full = [0, 1, 2, 3].map(section);
        let short = ((most + 1) << bits) <= i64::from(i16::MAX)
            && full.iter().max() <= Some(&i64::from(i16::MAX))
            && 4 * cap(size) + 5 <= i64::from(i16::MAX);
        let width = if short {
            Width::Short(Lines { lines: ready(lines, bits, today), full: full.map(Narrow::cut), bits })
        } else {
            Width::Long(Lines { lines: ready(lines, bits, today), full: full.map(Narrow::cut), bits })
        };
        Self { size, width }
    }

    /// Scores a range of rows into the first places of the results.
    pub fn score(&self, columns: &Columns, rows: Range<usize>, isa: Isa, out: &mut Results) {
        out.resize(rows.len());
        let call = Call { card: self, columns, rows, out };
        match isa {
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 => match pulp::x86::V3::try_new() {
                Some(v3) => v3.vectorize(call),
                None => pulp::NullaryFnOnce::call(call),
            },
            #[cfg(target_arch = "x86_64")]
            Isa::Avx512 => match pulp::x86::V4::try_new() {
                Some(v4) => v4.vectorize(call),
                None => pulp::NullaryFnOnce::call(call),
            },
            _ => pulp::NullaryFnOnce::call(call),
        }
    }
}

/// Scores all rows with the vector instructions that the machine has.
#[must_use]
pub fn score(lines: &[Line], columns: &Columns, today: i64) -> Results {
    let mut out = Results::default();
    Card::new(lines, today).score(columns, 0..columns.rows(), Isa::best(), &mut out);
    out
}

/// Scores all rows with the instructions that every x86-64 has.
#[must_use]
pub fn score_baseline(lines: &[Line], columns: &Columns, today: i64) -> Results {
    let mut out = Results::default();
    Card::new(lines, today).score(columns, 0..columns.rows(), Isa::Baseline, &mut out);
    out
}

fn ready<K: Narrow>(lines: &[Line], bits: u32, today: i64) -> Vec<Ready<K>> {
    let place = |(i, line): (usize, &Line)| {
        let top = line.points.iter().copied().max().unwrap_or(0);
        // A greater key for a greater loss and, among equals, for the line that stands first.
        let code = (1 << bits) - 1 - order(i, lines.len());
        let key = |points: i64| K::cut(if top > points { ((top - points) << bits) | code } else { 0 });
        let mut keys: Vec<K> = line.points.iter().map(|p| key(*p)).collect();
        let cuts = match line.kind {
            2 | 5 => (0..).take(keys.len() - 1).collect(),
            // Days since a date: more days are an earlier date.
            4 => {
                keys.reverse();
                line.edges.iter().rev().map(|edge| today - edge - 1).collect()
            }
            _ => line.edges.clone(),
        };
        Ready { cuts, keys, missing: key(line.missing), short: matches!(line.kind, 2 | 3 | 5) }
    };
    lines.iter().enumerate().map(place).collect()
}

struct Call<'a> {
    card: &'a Card,
    columns: &'a Columns,
    rows: Range<usize>,
    out: &'a mut Results,
}

impl pulp::NullaryFnOnce for Call<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        match &self.card.width {
            Width::Short(lines) => blocks(lines, self.card.size, self.columns, self.rows, self.out),
            Width::Long(lines) => blocks(lines, self.card.size, self.columns, self.rows, self.out),
        }
    }
}

#[inline(always)]
fn blocks<K: Narrow>(card: &Lines<K>, size: usize, columns: &Columns, rows: Range<usize>, out: &mut Results) {
    let from: [K; 9] = [8, 7, 6, 5, 4, 3, 2, 1, 0].map(|g| K::cut(edge(size, g)));
    let cap = K::cut(cap(size));
    let mut keys = [[K::ZERO; BLOCK]; SECTIONS];
    let mut pad = ([0_i64; BLOCK], [0_u8; BLOCK]);
    for start in rows.clone().step_by(BLOCK) {
        let end = rows.end.min(start + BLOCK);
        let mut lost = [[K::ZERO; BLOCK]; SECTIONS];
        let mut best = [[K::ZERO; BLOCK]; REASONS];
        for (four, group) in card.lines.chunks(SECTIONS).enumerate() {
            for (j, line) in group.iter().enumerate() {
                let column = four * SECTIONS + j;
                let (data, valid) = (&columns.data[column][start..], &columns.valid[column][start..]);
                match (data.first_chunk(), valid.first_chunk()) {
                    (Some(data), Some(valid)) => line.keys_of(data, valid, &mut keys[j]),
                    _ => {
                        pad.0[..end - start].copy_from_slice(&data[..end - start]);
                        pad.1[..end - start].copy_from_slice(&valid[..end - start]);
                        line.keys_of(&pad.0, &pad.1, &mut keys[j]);
                    }
                }
            }
            for rest in &mut keys[group.len()..] {
                rest.fill(K::ZERO);
            }
            merge(&keys, &mut lost, &mut best, card.bits);
        }
        let n = end - start;
        let at = start - rows.start..end - rows.start;
        let mut scores = [K::ZERO; BLOCK];
        for r in 0..BLOCK {
            let section = |s: usize| card.full[s].minus(lost[s][r]).min(cap).max(K::ZERO);
            scores[r] = section(0).plus(section(1)).plus(section(2)).plus(section(3)).tenth();
        }
        for (out, score) in out.scores[at.clone()].iter_mut().zip(&scores) {
            *out = score.long();
        }
        let flag = |k: usize| &columns.data[size + k][start..end];
        grades(&scores, &from, [0, 1, 2, 3, 4, 5].map(flag), &mut out.grades[at.clone()]);
        let mask = K::cut((1 << card.bits) - 1);
        for ((best, codes), lost) in best.iter().zip(&mut out.codes).zip(&mut out.lost) {
            for ((key, code), lost) in best[..n].iter().zip(&mut codes[at.clone()]).zip(&mut lost[at.clone()]) {
                *code = if *key > K::ZERO { mask.minus(key.and(mask)).code() } else { u16::MAX };
                *lost = key.down(card.bits).long();
            }
        }
    }
}

impl<K: Narrow> Ready<K> {
    /// The key of each row's loss.
    #[inline(always)]
    fn keys_of(&self, data: &[i64; BLOCK], valid: &[u8; BLOCK], out: &mut [K; BLOCK]) {
        match (self.short, self.cuts.len()) {
            (true, 1) => self.bands::<i16, 1>(data, valid, out),
            (true, 2) => self.bands::<i16, 2>(data, valid, out),
            (true, 3) => self.bands::<i16, 3>(data, valid, out),
            (true, 4) => self.bands::<i16, 4>(data, valid, out),
            (true, 5) => self.bands::<i16, 5>(data, valid, out),
            (true, _) => self.bands::<i16, 6>(data, valid, out),
            (false, 2) => self.bands::<i32, 2>(data, valid, out),
            (false, 3) => self.bands::<i32, 3>(data, valid, out),
            (false, 4) => self.bands::<i32, 4>(data, valid, out),
            (false, 5) => self.bands::<i32, 5>(data, valid, out),
            (false, _) => self.bands::<i32, 6>(data, valid, out),
        }
    }

    #[inline(always)]
    fn bands<X: Narrow, const N: usize>(&self, data: &[i64; BLOCK], valid: &[u8; BLOCK], out: &mut [K; BLOCK]) {
        let mut cuts = [X::ZERO; N];
        let mut above = [K::ZERO; N];
        for j in 0..N {
            cuts[j] = X::cut(self.cuts[j]);
            above[j] = self.keys[j + 1];
        }
        let (first, missing) = (self.keys[0], self.missing);
        for r in 0..BLOCK {
            let x = X::cut(data[r]);
            let mut key = first;
            for j in 0..N {
                key = if x > cuts[j] { above[j] } else { key };
            }
            out[r] = if valid[r] != 0 { key } else { missing };
        }
    }
}

/// Adds what four lines lost to their sections, and keeps the four greatest keys in order.
#[inline(always)]
fn merge<K: Narrow>(
    keys: &[[K; BLOCK]; SECTIONS],
    lost: &mut [[K; BLOCK]; SECTIONS],
    best: &mut [[K; BLOCK]; REASONS],
    bits: u32,
) {
    let [k0, k1, k2, k3] = keys;
    let [l0, l1, l2, l3] = lost;
    let [b0, b1, b2, b3] = best;
    for r in 0..BLOCK {
        let (a, b, c, d) = (k0[r], k1[r], k2[r], k3[r]);
        l0[r] = l0[r].plus(a.down(bits));
        l1[r] = l1[r].plus(b.down(bits));
        l2[r] = l2[r].plus(c.down(bits));
        l3[r] = l3[r].plus(d.down(bits));
        // Four in falling order, by a network of five exchanges.
        let (a, b) = (a.max(b), a.min(b));
        let (c, d) = (c.max(d), c.min(d));
        let (a, c) = (a.max(c), a.min(c));
        let (b, d) = (b.max(d), b.min(d));
        let (b, c) = (b.max(c), b.min(c));
        // The greatest four of eight rise and fall once; four exchanges put them in order.
        let (e, f, g, h) = (b0[r].max(d), b1[r].max(c), b2[r].max(b), b3[r].max(a));
        let (e, g) = (e.max(g), e.min(g));
        let (f, h) = (f.max(h), f.min(h));
        b0[r] = e.max(f);
        b1[r] = e.min(f);
        b2[r] = g.max(h);
        b3[r] = g.min(h);
    }
}

/// Grades by score, then what the six flags do to them.
#[inline(always)]
fn grades<K: Narrow>(scores: &[K; BLOCK], from: &[K; 9], flags: [&[i64]; 6], out: &mut [u8]) {
    let mut packed = [0_u8; BLOCK];
    for (k, flag) in flags.iter().enumerate() {
        for (packed, flag) in packed.iter_mut().zip(*flag) {
            *packed |= (*flag as u8) << k;
        }
    }
    for ((grade, score), flags) in out.iter_mut().zip(scores).zip(&packed) {
        let mut rank = K::ZERO;
        for from in from {
            rank = rank.plus(K::cut(i64::from(*score >= *from)));
        }
        let on = |k: u8| (*flags >> k) & 1;
        let moved = (rank.code() as u8).wrapping_add(on(4)).wrapping_add(1).wrapping_sub(on(2)).clamp(1, 10);
        let moved = moved.wrapping_sub(1);
        let capped = moved.min(if on(0) == 1 { 1 } else { 9 }).min(if on(3) == 1 { 5 } else { 9 });
        let set = if on(5) == 1 { 2 } else { capped };
        *grade = if on(1) == 1 { 0 } else { set };
    }
}

/// Place of a characteristic in document order: section by section.
#[must_use]
pub fn order(i: usize, size: usize) -> i64 {
    let before: usize = (0..i % SECTIONS).map(|s| (size + 3 - s) / SECTIONS).sum();
    i64::try_from(before + i / SECTIONS).unwrap_or(0)
}
