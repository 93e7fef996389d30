//! Buffers of a batch are those of the record batch: the same addresses before and after.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int8Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, Int64Array, RecordBatch, StringArray,
};
use xinpei::arrow::Binding;

use super::{intake, records, table, value};

fn bytes(values: &[impl Sized]) -> usize {
    values.as_ptr().addr()
}

fn validity(array: &dyn Array) -> Option<usize> {
    array.nulls().map(|nulls| nulls.buffer().as_ptr().addr())
}

/// The addresses of a fact's values and validity, in a whole batch and in a part of it.
fn shared(records: &RecordBatch, fact: &str, bindings: Option<&[Binding]>) -> (usize, Option<usize>) {
    let batch = intake(records, bindings).batch(records).unwrap();
    let part = batch.slice(1..batch.rows());
    assert!(value(&part, fact).addresses().is_some(), "a part is shared as well");
    value(&batch, fact).addresses().unwrap()
}

#[test]
fn values_and_validity_are_not_copied() {
    let array = Int64Array::from(vec![Some(1), None, Some(3)]);
    let expected = (bytes(array.values()), validity(&array));
    assert_eq!(shared(&records(&[("a.money", Arc::new(array))]), "a.money", None), expected);

    let array = Decimal128Array::from(vec![Some(1), None, Some(3)]).with_precision_and_scale(30, 2).unwrap();
    let expected = (bytes(array.values()), validity(&array));
    let here = records(&[("a.money", Arc::new(array) as ArrayRef)]);
    assert_eq!(shared(&here, "a.money", None), expected);
    // A factor costs no copy either.
    let times = Some(xinpei::decimal::parse("100").unwrap());
    let bindings = [Binding::new("a.whole", "a.whole"), Binding { times, ..Binding::new("a.money", "a.money") }];
    assert_eq!(shared(&here, "a.money", Some(&bindings)), expected);

    let array = Date32Array::from(vec![Some(20_000), None, Some(20_001)]);
    let expected = (bytes(array.values()), validity(&array));
    assert_eq!(shared(&records(&[("a.day", Arc::new(array))]), "a.day", None), expected);

    let array: DictionaryArray<Int8Type> = [Some("A"), None, Some("B级")].into_iter().collect();
    let expected = (bytes(array.keys().values()), validity(&array));
    assert_eq!(shared(&records(&[("a.grade", Arc::new(array))]), "a.grade", None), expected);

    let array = BooleanArray::from(vec![Some(true), None, Some(false)]);
    let expected = (bytes(array.values().values()), validity(&array));
    assert_eq!(shared(&records(&[("a.flag", Arc::new(array))]), "a.flag", None), expected);
}

#[test]
fn a_part_of_a_record_batch_is_not_copied() {
    let array = Int64Array::from((0..20).map(|n| (n % 5 > 0).then_some(n)).collect::<Vec<_>>());
    let whole = records(&[("a.money", Arc::new(array) as ArrayRef)]);
    let part = whole.slice(3, 9);
    let column = part.column_by_name("a.money").unwrap();
    let expected = bytes(column.as_primitive::<Int64Type>().values());
    let batch = intake(&part, None).batch(&part).unwrap();
    assert_eq!(value(&batch, "a.money").addresses().unwrap().0, expected);
    assert_eq!(value(&batch, "a.money").get(0), Some(300));
    assert_eq!(value(&batch, "a.money").get(2), None);
}

#[test]
fn keys_are_not_copied() {
    let here = records(&[("a.money", Arc::new(Int64Array::from(vec![1, 2])))]);
    let keys = here.column_by_name("enterprise").unwrap().as_string::<i32>();
    let batch = intake(&here, None).batch(&here).unwrap();
    assert_eq!(bytes(batch.enterprises.get(0).as_bytes()), bytes(keys.value_data()));
    assert_eq!(bytes(batch.slice(1..2).enterprises.get(0).as_bytes()), bytes(keys.value(1).as_bytes()));
}

#[test]
fn tables_are_not_copied() {
    let here = records(&[("a.cases", super::events::cases())]);
    let list = here.column_by_name("a.cases").unwrap().as_list::<i32>();
    let structs = list.values().as_struct();
    let batch = intake(&here, None).batch(&here).unwrap();
    let table = table(&batch, "a.cases");
    assert_eq!(bytes(table.offsets()), bytes(list.offsets()));
    let column = |name| structs.column_by_name(name).unwrap();
    assert_eq!(table.fields[0].addresses().unwrap().0, bytes(column("filed").as_primitive::<Date32Type>().values()));
    assert_eq!(table.fields[1].addresses().unwrap().0, bytes(column("due").as_primitive::<Decimal128Type>().values()));
    assert_eq!(
        table.fields[2].addresses().unwrap().0,
        bytes(column("status").as_dictionary::<Int8Type>().keys().values())
    );
    assert_eq!(table.fields[1].addresses().unwrap().1, validity(column("due")));
    let part = batch.slice(1..3);
    assert!(super::table(&part, "a.cases").fields.iter().all(|f| f.addresses().is_some()));
}

#[test]
fn only_a_column_with_an_offender_is_copied() {
    let good: ArrayRef = Arc::new(Int64Array::from(vec![1, 2]));
    let bad: ArrayRef = Arc::new(Int64Array::from(vec![1, 2_000]));
    let here =
        records(&[("a.money", good), ("a.count", bad), ("a.grade", Arc::new(StringArray::from(vec!["A", "B"])))]);
    let batch = intake(&here, None).batch(&here).unwrap();
    assert!(value(&batch, "a.money").addresses().is_some());
    assert!(value(&batch, "a.count").addresses().is_none());
    assert_eq!(batch.faults.len(), 1);
}
