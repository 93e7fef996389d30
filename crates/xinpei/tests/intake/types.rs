//! Every type of columns that fits a fact, against the same values as texts.

use std::sync::Arc;

use arrow_array::types::{Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Date64Array, Decimal32Array, Decimal64Array, Decimal128Array, DictionaryArray,
    Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array, LargeStringArray, NullArray,
    StringArray, StringViewArray, UInt8Array, UInt16Array, UInt32Array, UInt64Array,
};
use xinpei::arrow::Binding;
use xinpei::cells::Translated;
use xinpei::decimal;

use super::{by_text, decides_alike, intake, records, same};

/// A column of a fact reads as these texts do, and so does each part of it.
fn reads(fact: &str, array: ArrayRef, texts: &[&str]) {
    let records = records(&[(fact, array)]);
    let all = intake(&records, None);
    let now = all.batch(&records).unwrap();
    let expected = by_text(fact, texts, |r| r);
    same(&now, &expected);
    decides_alike(&now, &expected);
    for from in 0..=texts.len() {
        for to in from..=texts.len() {
            let part = all.batch(&records.slice(from, to - from)).unwrap();
            same(&part, &expected.slice(from..to));
            same(&now.slice(from..to), &expected.slice(from..to));
        }
    }
}

#[test]
fn whole_numbers() {
    let texts = ["5", "", "0", "100"];
    macro_rules! each {
        ($($array:ident),*) => {$(
            reads("a.count", Arc::new($array::from(vec![Some(5), None, Some(0), Some(100)])), &texts);
            reads("a.money", Arc::new($array::from(vec![Some(5), None, Some(0), Some(100)])), &texts);
            // 100 lies outside the range of the ratio.
            reads("a.ratio", Arc::new($array::from(vec![Some(5), None, Some(0), Some(100)])), &texts);
            // A value that is missing is a fault here.
            reads("a.whole", Arc::new($array::from(vec![Some(5), None, Some(0), Some(100)])), &texts);
            reads("a.whole", Arc::new($array::from(vec![5, 6, 0, 100])), &["5", "6", "0", "100"]);
        )*};
    }
    each!(Int8Array, Int16Array, Int32Array, Int64Array, UInt8Array, UInt16Array, UInt32Array, UInt64Array);
    let far = [i64::MAX.to_string(), i64::MIN.to_string(), "-1".into(), "1000".into(), "1001".into()];
    let texts: Vec<&str> = far.iter().map(String::as_str).collect();
    reads("a.count", Arc::new(Int64Array::from(vec![i64::MAX, i64::MIN, -1, 1_000, 1_001])), &texts);
    reads("a.money", Arc::new(Int64Array::from(vec![i64::MAX, i64::MIN, -1, 1_000, 1_001])), &texts);
    reads("a.count", Arc::new(UInt64Array::from(vec![u64::MAX, 3])), &[&u64::MAX.to_string(), "3"]);
}

#[test]
fn decimals() {
    let narrow = Decimal32Array::from(vec![Some(1_250), None, Some(-7), Some(999_999)]);
    reads("a.money", Arc::new(narrow.with_precision_and_scale(9, 2).unwrap()), &["12.50", "", "-0.07", "9999.99"]);
    let middle = Decimal64Array::from(vec![Some(1_250), None, Some(-7), Some(i64::from(i32::MAX))]);
    let middle = middle.with_precision_and_scale(18, 1).unwrap();
    reads("a.money", Arc::new(middle), &["125.0", "", "-0.7", "214748364.7"]);
    let wide = |values: Vec<Option<i128>>, precision, scale| {
        Arc::new(Decimal128Array::from(values).with_precision_and_scale(precision, scale).unwrap())
    };
    reads("a.money", wide(vec![Some(1_250), None, Some(-7)], 38, 2), &["12.50", "", "-0.07"]);
    // More digits than the fact keeps are a fault, unless they are zeros.
    reads("a.money", wide(vec![Some(12_345), None, Some(12_340)], 20, 3), &["12.345", "", "12.340"]);
    // Beyond the range, beyond 64 bits, beyond 28 digits.
    let beyond = vec![Some(100_000_001), Some(1_i128 << 64), Some(10_i128.pow(37)), Some(-100_000)];
    let texts = ["1000000.01", "184467440737095516.16", "100000000000000000000000000000000000.00", "-1000.00"];
    reads("a.money", wide(beyond, 38, 2), &texts);
    reads("a.ratio", wide(vec![Some(-3), Some(0)], 5, 0), &["-3", "0"]);
    // A scale below zero: hundreds.
    reads("a.money", wide(vec![Some(3), None, Some(99_999_999)], 8, -2), &["300", "", "9999999900"]);
    // Digits that are zeros may be many.
    reads("a.whole", wide(vec![Some(5 * 10_i128.pow(30)), Some(0)], 38, 30), &["5", "0"]);
}

#[test]
fn dates_and_flags() {
    // 2026-06-30 is day 20,634; 1999-12-31 is day 10,956 and outside the range.
    let days = Date32Array::from(vec![Some(20_634), None, Some(10_957), Some(10_956)]);
    reads("a.day", Arc::new(days), &["2026-06-30", "", "2000-01-01", "1999-12-31"]);
    let day = 86_400_000_i64;
    let milliseconds = Date64Array::from(vec![Some(20_634 * day), None, Some(10_956 * day)]);
    reads("a.day", Arc::new(milliseconds), &["2026-06-30", "", "1999-12-31"]);
    let noon = Date64Array::from(vec![Some(20_634 * day + day / 2)]);
    reads("a.day", Arc::new(noon), &["2026-06-30T12:00:00"]);
    reads("a.flag", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)])), &["true", "", "false"]);
}

#[test]
fn a_day_outside_the_calendar_is_a_fault() {
    let records = records(&[("a.day", Arc::new(Date32Array::from(vec![i32::MAX, i32::MIN])))]);
    let batch = intake(&records, None).batch(&records).unwrap();
    let shown: Vec<&str> = batch.faults.iter().map(|(_, f)| f.value.as_str()).collect();
    assert_eq!(shown, ["2147483647 days after 1970-01-01", "-2147483648 days after 1970-01-01"]);
}

#[test]
fn texts() {
    let cases: &[(&str, &[&str])] = &[
        ("a.money", &["12.5", "", "x", "1,250.00", " 3 ", "12.345", "１２"]),
        ("a.count", &["1", "", "-1", "1001", "7.0", "999999999999999999999999999999"]),
        ("a.day", &["2026-06-30", "", "2026年6月30日", "2026-02-30", "1999-01-01"]),
        ("a.flag", &["true", "", "否", "perhaps"]),
        ("a.grade", &["A", "", "B级", "X", " M "]),
        ("a.whole", &["1", "", "x"]),
    ];
    for (fact, texts) in cases {
        let some: Vec<Option<&str>> = texts.iter().map(|t| (!t.is_empty()).then_some(*t)).collect();
        for array in every_text(&some) {
            reads(fact, array, texts);
        }
        // An empty text is missing like none.
        reads(fact, Arc::new(StringArray::from(texts.to_vec())), texts);
    }
}

/// The same texts in every form.
fn every_text(texts: &[Option<&str>]) -> Vec<ArrayRef> {
    let mut all: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from(texts.to_vec())),
        Arc::new(LargeStringArray::from(texts.to_vec())),
        Arc::new(StringViewArray::from(texts.to_vec())),
    ];
    macro_rules! keyed {
        ($($key:ty),*) => {$(
            all.push(Arc::new(texts.iter().copied().collect::<DictionaryArray<$key>>()));
        )*};
    }
    keyed!(Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type);
    all
}

#[test]
fn entries_of_a_dictionary_matter_only_where_they_are_used() {
    let entries: ArrayRef = Arc::new(StringArray::from(vec![Some("X"), Some("A"), None, Some("B")]));
    let keys = Int8Array::from(vec![Some(1), Some(3), None, Some(1)]);
    reads("a.grade", Arc::new(DictionaryArray::new(keys, Arc::clone(&entries))), &["A", "B", "", "A"]);
    let keys = Int8Array::from(vec![Some(0), Some(3), Some(2), Some(1)]);
    reads("a.grade", Arc::new(DictionaryArray::new(keys, entries)), &["X", "B", "", "A"]);
}

#[test]
fn a_column_of_nulls_fits_everything() {
    for fact in ["a.money", "a.count", "a.whole", "a.day", "a.flag", "a.grade"] {
        reads(fact, Arc::new(NullArray::new(2)), &["", ""]);
    }
}

/// Bindings that hold the fact that is required and one other.
fn bound(binding: Binding) -> Vec<Binding> {
    vec![Binding::new("a.whole", "a.whole"), binding]
}

#[test]
fn floats_are_rounded_as_their_shortest_text() {
    let numbers = [0.125, 0.135, 2.675, -0.0, 1e-9, 0.1 + 0.2, 999_999.995, f64::NAN, f64::INFINITY];
    let texts = ["0.12", "0.14", "2.68", "0", "0.00", "0.30", "1000000.00", "NaN", "inf"];
    let binding = Binding { digits: Some(2), ..Binding::new("f", "a.money") };
    let here = records(&[("f", Arc::new(Float64Array::from(numbers.to_vec())) as ArrayRef)]);
    let now = intake(&here, Some(&bound(binding.clone()))).batch(&here).unwrap();
    same(&now, &by_text("a.money", &texts, |r| r));
    // The shortest text of a float of 32 bits is its own.
    let here = records(&[("f", Arc::new(Float32Array::from(vec![0.1_f32, 16_777.216])) as ArrayRef)]);
    let now = intake(&here, Some(&bound(binding))).batch(&here).unwrap();
    same(&now, &by_text("a.money", &["0.1", "16777.22"], |r| r));
}

#[test]
fn factors_are_exact() {
    let cases: &[(&str, &[&str])] = &[
        ("10000", &["12.50", "", "-0.07"]),
        ("0.01", &["12.50", "", "-0.07"]),
        ("-1", &["12.50", "", "-0.07"]),
        ("3", &["12.50", "", "-0.07"]),
        ("0.5", &["12.50", "", "-0.07"]),
    ];
    for (times, texts) in cases {
        let times = Some(decimal::parse(times).unwrap());
        let expected = by_text("a.money", texts, |r| r.times(times));
        let wide = Decimal128Array::from(vec![Some(1_250), None, Some(-7)]).with_precision_and_scale(9, 2).unwrap();
        let arrays: [ArrayRef; 2] = [Arc::new(wide), Arc::new(StringArray::from(texts.to_vec()))];
        for array in arrays {
            let here = records(&[("f", array)]);
            let binding = Binding { times, ..Binding::new("f", "a.money") };
            same(&intake(&here, Some(&bound(binding))).batch(&here).unwrap(), &expected);
        }
    }
}

#[test]
fn values_may_be_translated() {
    let member = |id: &str| Translated::Member(id.to_owned());
    let values = [("1".to_owned(), member("A")), ("2".to_owned(), member("M")), ("9".to_owned(), Translated::Missing)];
    let binding = Binding { values: values.clone().into(), ..Binding::new("f", "a.grade") };
    let expected = by_text("a.grade", &["1", "2", "9", "3", "", "B"], |r| r.values(values.clone().into()));
    let strings = vec![Some("1"), Some("2"), Some("9"), Some("3"), None, Some("B")];
    for array in every_text(&strings) {
        let here = records(&[("f", array)]);
        same(&intake(&here, Some(&bound(binding.clone()))).batch(&here).unwrap(), &expected);
    }
    let here =
        records(&[("f", Arc::new(Int32Array::from(vec![Some(1), Some(2), Some(9), Some(3), None])) as ArrayRef)]);
    same(&intake(&here, Some(&bound(binding))).batch(&here).unwrap(), &expected.slice(0..5));
    // A number that is translated is not multiplied.
    let values: [(String, Translated); 1] = [("-1".to_owned(), Translated::Missing)];
    let times = Some(decimal::parse("100").unwrap());
    let binding = Binding { values: values.clone().into(), times, ..Binding::new("f", "a.money") };
    let here = records(&[("f", Arc::new(Int64Array::from(vec![-1, -2, 3])) as ArrayRef)]);
    let expected = by_text("a.money", &["-1", "-2", "3"], |r| r.times(times).values(values.clone().into()));
    same(&intake(&here, Some(&bound(binding))).batch(&here).unwrap(), &expected);
}
