//! Random columns of random types, against the texts of the same values.

use std::sync::Arc;

use arrow_array::types::{Int8Type, Int32Type, UInt16Type};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal64Array, Decimal128Array, DictionaryArray, Int16Array, Int32Array,
    Int64Array, StringArray, StringViewArray, UInt32Array,
};
use xinpei::{Date, decimal};

use super::{by_text, decides_alike, intake, records, same};

/// A number sequence that is the same everywhere (SplitMix64).
struct Seed(u64);

impl Seed {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }

    /// Values of which some are missing.
    fn some<T>(&mut self, rows: usize, missing: u64, mut make: impl FnMut(&mut Self) -> T) -> Vec<Option<T>> {
        (0..rows).map(|_| (self.below(10) >= missing).then(|| make(self))).collect()
    }
}

fn texts<T>(values: &[Option<T>], text: impl Fn(&T) -> String) -> Vec<String> {
    values.iter().map(|v| v.as_ref().map_or_else(String::new, &text)).collect()
}

/// A fact, a column for it, and what its values are as texts.
fn column(seed: &mut Seed, rows: usize) -> (&'static str, ArrayRef, Vec<String>) {
    let missing = [0, 1, 5][seed.below(3) as usize];
    // Now and then some values lie outside the range of the fact.
    let edge = if seed.below(3) == 0 { 3 } else { 1 };
    let scaled = |units: i64, scale: u32| decimal::from_units(units.into(), scale).to_string();
    match seed.below(8) {
        0 => {
            let values = seed.some(rows, missing, |s| s.between(0, 500 * edge));
            let shown = texts(&values, i64::to_string);
            let array: ArrayRef = match seed.below(4) {
                0 => Arc::new(Int64Array::from(values)),
                1 => Arc::new(Int32Array::from_iter(values.iter().map(|v| v.map(|v| v as i32)))),
                2 => Arc::new(Int16Array::from_iter(values.iter().map(|v| v.map(|v| v as i16)))),
                _ => Arc::new(UInt32Array::from_iter(values.iter().map(|v| v.map(|v| v as u32)))),
            };
            (["a.count", "a.whole"][seed.below(2) as usize], array, shown)
        }
        1 | 2 => {
            let scale = seed.below(5) as u32;
            let low = -900 * 10_i64.pow(scale);
            let values = seed.some(rows, missing, |s| s.between(low * edge, -low));
            let shown = texts(&values, |v| scaled(*v, scale));
            let scale = scale as i8;
            let array: ArrayRef = if seed.below(2) == 0 {
                Arc::new(Decimal64Array::from(values).with_precision_and_scale(18, scale).unwrap())
            } else {
                let wide = Decimal128Array::from_iter(values.iter().map(|v| v.map(i128::from)));
                Arc::new(wide.with_precision_and_scale(38, scale).unwrap())
            };
            (["a.money", "a.ratio"][seed.below(2) as usize], array, shown)
        }
        3 => {
            let values = seed.some(rows, missing, |s| s.between(11_000, 20_000 * edge) as i32);
            let shown = texts(&values, |v| Date::from_days(*v).to_string());
            ("a.day", Arc::new(Date32Array::from(values)), shown)
        }
        4 => {
            let values = seed.some(rows, missing, |s| s.below(2) == 1);
            let shown = texts(&values, bool::to_string);
            ("a.flag", Arc::new(BooleanArray::from(values)), shown)
        }
        _ => {
            let members = ["A", "B", "M", "B级", "X", ""];
            let count = if edge > 1 { 6 } else { 4 };
            let values = seed.some(rows, missing, |s| members[s.below(count) as usize]);
            let shown = texts(&values, |v| (*v).to_owned());
            let array: ArrayRef = match seed.below(5) {
                0 => Arc::new(StringArray::from(values)),
                1 => Arc::new(StringViewArray::from(values)),
                2 => Arc::new(values.into_iter().collect::<DictionaryArray<Int8Type>>()),
                3 => Arc::new(values.into_iter().collect::<DictionaryArray<Int32Type>>()),
                _ => Arc::new(values.into_iter().collect::<DictionaryArray<UInt16Type>>()),
            };
            ("a.grade", array, shown)
        }
    }
}

#[test]
fn random_columns_read_as_their_texts() {
    let mut seed = Seed(20_260_630);
    let (mut shared, mut faulty) = (0, 0);
    for _ in 0..600 {
        let rows = [1, 7, 8, 9, 64, 200, 1_500][seed.below(7) as usize];
        let (fact, array, shown) = column(&mut seed, rows);
        let here = records(&[(fact, array)]);
        let shown: Vec<&str> = shown.iter().map(String::as_str).collect();
        let expected = by_text(fact, &shown, |r| r);
        let all = intake(&here, None);
        let now = all.batch(&here).unwrap();
        same(&now, &expected);
        decides_alike(&now.slice(0..rows.min(40)), &expected.slice(0..rows.min(40)));
        let from = seed.below(rows as u64) as usize;
        let to = from + seed.below((rows - from) as u64 + 1) as usize;
        let part = all.batch(&here.slice(from, to - from)).unwrap();
        same(&part, &expected.slice(from..to));
        decides_alike(&part.slice(0..part.rows().min(20)), &expected.slice(from..to).slice(0..part.rows().min(20)));
        shared += usize::from(super::value(&now, fact).addresses().is_some());
        faulty += usize::from(!now.faults.is_empty());
    }
    // Both ways were taken often.
    assert!(shared > 150 && faulty > 80, "{shared} {faulty}");
}
