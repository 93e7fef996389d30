//! Tables of events: lists of structs against events added one by one.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int32Array, LargeListArray, ListArray,
    StructArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Fields};
use xinpei::{Batch, BatchBuilder, Cell, Date};

use super::{decides_alike, dictionary, intake, records, same, table};

type Event = (Option<i32>, Option<i128>, Option<&'static str>);

/// Structs of cases; `due` in fen.
fn structs(events: &[Event], nulls: Option<NullBuffer>) -> StructArray {
    let filed: ArrayRef = Arc::new(events.iter().map(|e| e.0).collect::<Date32Array>());
    let due = events.iter().map(|e| e.1).collect::<Decimal128Array>().with_precision_and_scale(20, 2).unwrap();
    let status: ArrayRef = Arc::new(events.iter().map(|e| e.2).collect::<DictionaryArray<Int8Type>>());
    let arrays = vec![filed, Arc::new(due) as ArrayRef, status];
    let fields: Fields = ["filed", "due", "status"]
        .into_iter()
        .zip(&arrays)
        .map(|(name, array)| Field::new(name, array.data_type().clone(), true))
        .collect();
    StructArray::new(fields, arrays, nulls)
}

fn list(structs: StructArray, offsets: Vec<i32>, nulls: Option<NullBuffer>) -> ArrayRef {
    let item = Arc::new(Field::new("item", structs.data_type().clone(), true));
    Arc::new(ListArray::new(item, OffsetBuffer::new(ScalarBuffer::from(offsets)), Arc::new(structs), nulls))
}

use arrow_array::Array;

const EVENTS: [Event; 5] = [
    (Some(20_000), Some(500), Some("open")),
    (Some(20_001), None, Some("closed")),
    (None, Some(7), Some("open")),
    (Some(19_000), Some(8), Some("open")),
    (Some(19_000), Some(9), Some("closed")),
];

const OFFSETS: [i32; 5] = [0, 2, 2, 2, 5];

/// Two cases, none, unknown, three; in their order.
pub(super) fn cases() -> ArrayRef {
    let nulls = NullBuffer::from(vec![true, true, false, true]);
    list(structs(&EVENTS, None), OFFSETS.to_vec(), Some(nulls))
}

/// The same events one by one.
fn by_event(events: &[Event], offsets: &[i32], known: &[bool]) -> Batch {
    let dictionary = dictionary();
    let (fact, whole) = (dictionary.fact("a.cases").unwrap(), dictionary.fact("a.whole").unwrap());
    let mut builder = BatchBuilder::new(&dictionary);
    for (row, known) in known.iter().enumerate() {
        builder.row(&format!("e{row}"));
        builder.set(whole, Cell::Text("1"));
        if !known {
            continue;
        }
        builder.deliver(fact);
        for (filed, due, status) in &events[offsets[row] as usize..offsets[row + 1] as usize] {
            let filed = filed.map_or(Cell::Missing, |d| Cell::Date(Date::from_days(d)));
            let due = due.map_or(Cell::Missing, |d| Cell::Number(rust_decimal::Decimal::from_i128_with_scale(d, 2)));
            builder.event(fact, &[filed, due, status.map_or(Cell::Missing, Cell::Text)]);
        }
    }
    builder.finish()
}

fn agrees(array: ArrayRef, expected: &Batch) {
    let here = records(&[("a.cases", array)]);
    let all = intake(&here, None);
    let now = all.batch(&here).unwrap();
    same(&now, expected);
    decides_alike(&now, expected);
    for from in 0..=here.num_rows() {
        for to in from..=here.num_rows() {
            same(&all.batch(&here.slice(from, to - from)).unwrap(), &expected.slice(from..to));
            let part = now.slice(from..to);
            same(&part, &expected.slice(from..to));
            decides_alike(&part, &expected.slice(from..to));
        }
    }
}

#[test]
fn events_in_their_order() {
    agrees(cases(), &by_event(&EVENTS, &OFFSETS, &[true, true, false, true]));
}

#[test]
fn lists_with_long_offsets() {
    let short = cases();
    let short = short.as_list::<i32>();
    let DataType::List(item) = short.data_type() else { panic!("a list") };
    let offsets = short.offsets().iter().map(|o| i64::from(*o)).collect::<Vec<_>>();
    let long = LargeListArray::new(
        Arc::clone(item),
        OffsetBuffer::new(ScalarBuffer::from(offsets)),
        Arc::clone(short.values()),
        short.nulls().cloned(),
    );
    let here = records(&[("a.cases", Arc::new(long.clone()) as ArrayRef)]);
    let batch = intake(&here, None).batch(&here).unwrap();
    assert!(table(&batch, "a.cases").fields.iter().all(|f| f.addresses().is_some()));
    agrees(Arc::new(long), &by_event(&EVENTS, &OFFSETS, &[true, true, false, true]));
}

#[test]
fn events_out_of_order_are_sorted() {
    let mut events = EVENTS;
    events.swap(0, 1);
    let array = list(structs(&events, None), OFFSETS.to_vec(), None);
    agrees(array, &by_event(&EVENTS, &OFFSETS, &[true; 4]));
    // Equal days: the next field counts.
    let mut events = EVENTS;
    events.swap(3, 4);
    let array = list(structs(&events, None), OFFSETS.to_vec(), None);
    agrees(array, &by_event(&EVENTS, &OFFSETS, &[true; 4]));
}

#[test]
fn what_is_wrong_with_an_event_is_a_fault_of_its_row() {
    for wrong in [
        (Some(20_002), Some(-1), Some("open")),
        (Some(20_002), Some(1), Some("half open")),
        (Some(20_002), Some(1), None),
        (Some(900_000), Some(1), Some("open")),
    ] {
        let mut events = EVENTS;
        events[1] = wrong;
        let expected = by_event(&events, &OFFSETS, &[true; 4]);
        assert_eq!(expected.faults.len(), 1, "{wrong:?}");
        agrees(list(structs(&events, None), OFFSETS.to_vec(), None), &expected);
    }
}

#[test]
fn what_no_list_holds_means_nothing() {
    // Events before, between (of a list that is not known) and behind, all of them wrong.
    let wrong = (Some(900_000), Some(-1), Some("no"));
    let events = [wrong, EVENTS[0], EVENTS[1], wrong, EVENTS[2], EVENTS[3], EVENTS[4], wrong];
    let nulls = NullBuffer::from(vec![true, true, false, true]);
    let array = list(structs(&events, None), vec![1, 3, 3, 4, 7], Some(nulls));
    agrees(array, &by_event(&EVENTS, &OFFSETS, &[true, true, false, true]));
    let events = [wrong, EVENTS[0], EVENTS[1], EVENTS[2], EVENTS[3], EVENTS[4], wrong];
    let array = list(structs(&events, None), vec![1, 3, 3, 3, 6], None);
    agrees(array, &by_event(&EVENTS, &OFFSETS, &[true; 4]));
}

#[test]
fn an_event_that_is_null_has_no_field() {
    let nulls = NullBuffer::from(vec![true, false, true, true, true]);
    let array = list(structs(&EVENTS, Some(nulls)), OFFSETS.to_vec(), None);
    let mut events = EVENTS;
    events[1] = (None, None, None);
    agrees(array, &by_event(&events, &OFFSETS, &[true; 4]));
}

#[test]
fn too_many_events_are_a_fault() {
    let events = vec![EVENTS[0]; 10_001];
    for count in [10_000, 10_001] {
        let array = list(structs(&events[..count], None), vec![0, count as i32], None);
        let here = records(&[("a.cases", array)]);
        let now = intake(&here, None).batch(&here).unwrap();
        same(&now, &by_event(&events[..count], &[0, count as i32], &[true]));
        assert_eq!(now.faults.len(), count - 10_000);
    }
}

/// A table whose absence means that it is empty; a field that no column holds.
#[test]
fn absence_may_mean_empty() {
    let dictionary = dictionary();
    let fact = dictionary.fact("a.list").unwrap();
    let fields: Fields = vec![Field::new("n", DataType::Int32, true)].into();
    let structs = StructArray::new(fields, vec![Arc::new(Int32Array::from(vec![1, 2, 3]))], None);
    let array = list(structs, vec![0, 2, 2, 3], Some(NullBuffer::from(vec![true, false, true])));
    let here = records(&[("a.list", array)]);
    let now = intake(&here, None).batch(&here).unwrap();
    let mut builder = BatchBuilder::new(&dictionary);
    for (row, numbers) in [vec![1, 2], vec![], vec![3]].iter().enumerate() {
        builder.row(&format!("e{row}"));
        builder.set(dictionary.fact("a.whole").unwrap(), Cell::Text("1"));
        for number in numbers {
            builder.event(fact, &[Cell::Number((*number).into())]);
        }
    }
    let expected = builder.finish();
    assert!(table(&expected, "a.list").known(1));
    same(&now, &expected);
    decides_alike(&now, &expected);
    // Without any column.
    let here = records(&[("a.flag", Arc::new(BooleanArray::from(vec![true])))]);
    let now = intake(&here, None).batch(&here).unwrap();
    assert!(table(&now, "a.list").known(0) && !table(&now, "a.cases").known(0));
}
