//! Columns that share values read as columns that own them.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on says so")]

use std::sync::Arc;

use super::shared::{Bits, Buffer, Known, MemberKeys, Shared, Values};
use super::{Column, Keys, Table};

fn column(values: Values, known: Known, factor: i64, means: Option<i64>) -> Column {
    Shared { values, known, factor, means }.into()
}

/// `get`, `load` of every range, and slices, against the values that are expected.
fn reads(column: &Column, expected: &[Option<i64>]) {
    assert_eq!(column.len(), expected.len());
    assert_eq!(Vec::from(column), expected);
    assert_eq!(column.get(expected.len()), None);
    for start in 0..=expected.len() {
        for end in start..=expected.len() {
            let (mut data, mut valid) = (vec![9; end - start], vec![9; end - start]);
            column.load(start..end, &mut data, &mut valid);
            let rows = &expected[start..end];
            assert_eq!(data, rows.iter().map(|v| v.unwrap_or(0)).collect::<Vec<_>>(), "{start}..{end}");
            assert_eq!(valid, rows.iter().map(|v| u8::from(v.is_some())).collect::<Vec<_>>(), "{start}..{end}");
            assert_eq!(Vec::from(&column.slice(start..end)), rows);
        }
    }
    // Rows in any order, one of them twice; one of many, and most of them.
    let back: Vec<usize> = (0..expected.len()).rev().chain([0]).collect();
    for rows in [&back[..], &back[..1], &[]] {
        let taken: Vec<_> = rows.iter().map(|row| expected[*row]).collect();
        assert_eq!(Vec::from(&column.take(rows)), taken, "{rows:?}");
    }
    let mut own = column.clone();
    own.push(Some(7));
    assert!(own.plain().is_some());
    assert_eq!(Vec::from(&own).split_last(), Some((&Some(7), expected)));
    own.forget();
    assert_eq!(Vec::from(&own), vec![None; expected.len() + 1]);
}

fn bits(flags: &[bool], start: usize) -> Bits {
    let mut bytes = vec![0_u8; (start + flags.len()).div_ceil(8)];
    for (at, _) in flags.iter().enumerate().filter(|(_, flag)| **flag) {
        bytes[(start + at) / 8] |= 1 << ((start + at) % 8);
    }
    Bits::new(Buffer::new(bytes), start, flags.len())
}

#[test]
fn numbers_are_scaled() {
    let known = || Known::Bytes(vec![1, 0, 1]);
    reads(&column(Values::I64(Buffer::new(vec![5, i64::MAX, -3])), known(), 100, None), &[Some(500), None, Some(-300)]);
    reads(&column(Values::I32(Buffer::new(vec![5, i32::MIN, -3])), known(), 1, None), &[Some(5), None, Some(-3)]);
    reads(&column(Values::I32(Buffer::new(vec![5, 6, -3])), Known::All, 10, Some(4)), &[Some(50), Some(60), Some(-30)]);
    reads(&column(Values::I64(Buffer::new(vec![5, 6, -3])), known(), 10, Some(4)), &[Some(50), Some(4), Some(-30)]);
}

#[test]
fn the_lower_half_of_128_bits_is_read() {
    let wide: [i128; 3] = [1_250, -1, i128::from(i64::MIN)];
    let halves: Vec<i64> = wide
        .iter()
        .flat_map(|v| {
            let bytes = v.to_ne_bytes();
            [&bytes[..8], &bytes[8..]].map(|half| i64::from_ne_bytes(half.try_into().unwrap()))
        })
        .collect();
    let values = Values::Halves(Buffer::new(halves));
    reads(&column(values.clone(), Known::All, 1, None), &[Some(1_250), Some(-1), Some(i64::MIN)]);
    reads(&column(values, Known::Bytes(vec![1, 1, 0]), 10, None), &[Some(12_500), Some(-10), None]);
}

#[test]
fn one_value_of_many_is_taken_by_itself() {
    let many: Vec<i64> = (0..100).collect();
    let column = column(Values::I64(Buffer::new(many)), Known::All, 10, None);
    assert_eq!(Vec::from(&column.take(&[97, 3])), [Some(970), Some(30)]);
}

#[test]
fn bits_start_anywhere() {
    for start in 0..17 {
        let flags: Vec<bool> = (0..23).map(|at| (at * 7 + start) % 3 == 0).collect();
        let expected: Vec<_> = flags.iter().map(|flag| Some(i64::from(*flag))).collect();
        reads(&column(Values::Bits(bits(&flags, start)), Known::All, 1, None), &expected);
        let known: Vec<bool> = (0..23).map(|at| at % 5 != 2).collect();
        let expected: Vec<_> = expected.iter().zip(&known).map(|(v, k)| v.filter(|_| *k)).collect();
        let known = Known::Bits(bits(&known, 17 - start));
        reads(&column(Values::Bits(bits(&flags, start)), known, 1, None), &expected);
    }
}

#[test]
fn keys_stand_for_members() {
    let members: Arc<[i64]> = [4, 0, 2].into();
    let known = || Known::Bytes(vec![1, 1, 0, 1]);
    let expected = [Some(2), Some(4), None, Some(0)];
    // The key at the missing place is no key at all.
    for keys in [
        MemberKeys::I8(Buffer::new(vec![2, 0, -1, 1])),
        MemberKeys::I16(Buffer::new(vec![2, 0, -300, 1])),
        MemberKeys::I32(Buffer::new(vec![2, 0, i32::MIN, 1])),
        MemberKeys::U8(Buffer::new(vec![2, 0, 255, 1])),
        MemberKeys::U16(Buffer::new(vec![2, 0, 65_535, 1])),
        MemberKeys::U32(Buffer::new(vec![2, 0, u32::MAX, 1])),
    ] {
        reads(&column(Values::Members(keys, Arc::clone(&members)), known(), 1, None), &expected);
    }
}

#[test]
fn tables_need_not_start_at_the_first_event() {
    let field = || column(Values::I64(Buffer::new(vec![0, 1, 2, 3, 4, 5])), Known::All, 1, None);
    let known = Known::Bits(bits(&[true, false, true], 3));
    let table = Table::shared(Buffer::new(vec![1, 3, 3, 6]), known, vec![field()]);
    assert_eq!((table.rows(), table.events(0), table.events(2)), (3, 1..3, 3..6));
    assert_eq!([0, 1, 2, 3].map(|row| table.known(row)), [true, false, true, false]);
    let part = table.slice(1..3);
    assert_eq!((part.rows(), part.offsets(), part.events(1)), (2, [3, 3, 6].as_slice(), 3..6));
    assert_eq!((part.known(0), part.known(1)), (false, true));
    // The same table as one that owns everything.
    let mut own = Table::new(1);
    for (known, values) in [(true, vec![1, 2]), (false, vec![]), (true, vec![3, 4, 5])] {
        values.iter().for_each(|v| own.fields[0].push(Some(*v)));
        own.close(known);
    }
    assert_eq!(own, table);
    assert_eq!(own.slice(1..3), part);
    assert_ne!(own.slice(0..2), part);
}

#[test]
fn keys_are_packed() {
    let shared = Keys::shared(Buffer::new("甲ab乙".as_bytes().to_vec()), Buffer::new(vec![0, 3, 5, 5, 8]));
    let own: Keys = ["甲", "ab", "", "乙"].into_iter().collect();
    assert_eq!(shared, own);
    assert_eq!(shared.slice(1..4), ["ab", "", "乙"]);
    assert_eq!(own.slice(1..4), ["ab", "", "乙"]);
    assert_eq!((own.get(9), shared.get(9), own.len()), ("", "", 4));
    for mut keys in [own, shared] {
        keys.push("丙");
        assert_eq!(keys, ["甲", "ab", "", "乙", "丙"]);
        keys.clear();
        assert!(keys.is_empty());
    }
}

#[test]
fn a_column_that_is_not_there_says_what_missing_means() {
    reads(&Column::absent(3, None), &[None, None, None]);
    reads(&Column::absent(3, Some(7)), &[Some(7), Some(7), Some(7)]);
}
