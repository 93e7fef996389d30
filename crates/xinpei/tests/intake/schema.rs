//! Schemas that do not fit, and what is said about them.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Decimal256Array, Float64Array, Int32Array, Int64Array, ListArray, RecordBatch,
    StringArray, StructArray, TimestampMillisecondArray,
};
use arrow_buffer::i256;
use arrow_schema::{DataType, Field, Schema};
use xinpei::arrow::{Binding, Intake};
use xinpei::uscc;

use super::{dictionary, error, intake, records, rulebook, value};

fn one(array: impl arrow_array::Array + 'static, fact: &str) -> String {
    error(&records(&[(fact, Arc::new(array) as ArrayRef)]), None)
}

#[test]
fn types_that_do_not_fit_are_refused() {
    assert_eq!(
        one(Float64Array::from(vec![1.5]), "a.money"),
        "the column `a.money` is float64, which is not exact: say in the mapping with how many `digits` it is read for `a.money`, or deliver decimals"
    );
    let stamp = TimestampMillisecondArray::from(vec![1]);
    assert_eq!(
        one(stamp.clone(), "a.day"),
        "the column `a.day` is timestamp[ms], but `a.day` is a date: cast it to a date first, in the time zone that counts"
    );
    assert!(one(stamp.with_timezone("+08:00"), "a.day").contains("timestamp[ms, +08:00]"));
    assert_eq!(
        one(Int32Array::from(vec![1]), "a.grade"),
        "the column `a.grade` is int32, but `a.grade` is a category, which is read from text, or a dictionary of texts; or translate the numbers with `values`"
    );
    assert_eq!(
        one(BooleanArray::from(vec![true]), "a.count"),
        "the column `a.count` is bool, but `a.count` is a number, which is read from whole numbers, decimals of up to 128 bits or text"
    );
    assert!(one(Date32Array::from(vec![1]), "a.money").contains("is date32, but `a.money` is money"));
    assert!(one(Int32Array::from(vec![1]), "a.flag").contains("which is read from bool or text; or translate"));
    assert!(one(Int32Array::from(vec![1]), "a.day").contains("date32, date64 or text such as 2026-06-30"));
    let wide = Decimal256Array::from(vec![i256::ONE]);
    assert!(one(wide, "a.money").contains("cast it to decimal128 first"));
    assert_eq!(
        one(Int32Array::from(vec![1]), "a.cases"),
        "the column `a.cases` is int32, but `a.cases` is a table of events, which is read from a list of structs"
    );
    let list = ListArray::from_iter_primitive::<arrow_array::types::Int32Type, _, _>([Some([Some(1)])]);
    assert!(one(list.clone(), "a.cases").contains("is list<int32>"));
    assert!(one(list, "a.money").contains("is list<int32>, but `a.money` is money"));
}

#[test]
fn all_mistakes_are_told_at_once() {
    let names = ["enterprise", "a.money", "a.money", "a.hole", "a.day"];
    let fields: Vec<Field> = names.iter().map(|name| Field::new(*name, DataType::Int64, true)).collect();
    let error = Intake::new(&Schema::new(fields), &dictionary(), "enterprise", None).unwrap_err().to_string();
    let lines: Vec<&str> = error.lines().map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "5 columns do not fit:",
            "there is the column `a.money` twice; rename or remove one",
            "the column `enterprise` is int64, but keys of enterprises are text",
            "the fact `a.money` has two columns, `a.money` and `a.money`; keep one of them",
            "the column `a.day` is int64, but `a.day` is a date, which is read from date32, date64 or text such as 2026-06-30",
            "there is no column for the fact `a.whole`, which is required; did you mean `a.hole`?",
        ]
    );
}

#[test]
fn absent_columns_are_told_with_the_nearest() {
    let schema = Schema::new(vec![Field::new("enterprize", DataType::Utf8, false)]);
    let wrong = Intake::new(&schema, &dictionary(), "enterprise", Some(&[])).unwrap_err().to_string();
    assert!(wrong.contains("there is no column `enterprise`; did you mean `enterprize`?"), "{wrong}");
    let here = records(&[("a.money", Arc::new(Int64Array::from(vec![1])))]);
    let bindings = [Binding::new("a.whole", "a.whole"), Binding::new("a.mony", "a.money")];
    assert_eq!(error(&here, Some(&bindings)), "there is no column `a.mony`; did you mean `a.money`?");
    let bindings = [Binding::new("a.whole", "a.whole"), Binding::new("a.money", "a.mony")];
    assert_eq!(error(&here, Some(&bindings)), "the dictionary has no fact `a.mony`; did you mean `a.money`?");
    let none = Schema::empty();
    assert!(Intake::new(&none, &dictionary(), "enterprise", None).is_err());
}

#[test]
fn what_belongs_to_others_is_refused() {
    let here = records(&[("a.flag", Arc::new(BooleanArray::from(vec![true])) as ArrayRef)]);
    let whole = Binding::new("a.whole", "a.whole");
    let times = Some(xinpei::decimal::parse("2").unwrap());
    let wrong = error(&here, Some(&[whole.clone(), Binding { times, ..Binding::new("a.flag", "a.flag") }]));
    assert_eq!(wrong, "the column `a.flag` is multiplied (`times`), but `a.flag` is a flag");
    let wrong = error(&here, Some(&[whole, Binding { digits: Some(2), ..Binding::new("a.flag", "a.flag") }]));
    assert_eq!(wrong, "the column `a.flag` is bool: `digits` is for columns of floats; remove it");
}

#[test]
fn columns_that_nothing_claims_are_known() {
    let field = |name: &str, data_type| Field::new(name, data_type, true);
    let case = DataType::Struct(
        vec![field("status", DataType::Utf8), field("judge", DataType::Utf8), field("due", DataType::Int64)].into(),
    );
    let fields = vec![
        field("a.whole", DataType::Int64),
        field("extra", DataType::Struct(vec![field("x", DataType::Int8)].into())),
        field("enterprise", DataType::Utf8),
        field("a.cases", DataType::List(Arc::new(field("item", case)))),
        field("more", DataType::Float64),
    ];
    let intake = Intake::new(&Schema::new(fields), &dictionary(), "enterprise", None).unwrap();
    assert_eq!(intake.unclaimed(), ["a.cases.judge", "extra", "more"]);
    assert_eq!(intake.columns(), [0, 2, 3]);
}

#[test]
fn fields_are_bound_by_name() {
    let days: ArrayRef = Arc::new(Date32Array::from(vec![20_000, 20_001]));
    let status: ArrayRef = Arc::new(StringArray::from(vec!["open", "closed"]));
    let structs = StructArray::from(vec![
        (Arc::new(Field::new("day", DataType::Date32, true)), days),
        (Arc::new(Field::new("state", DataType::Utf8, true)), status),
    ]);
    let item = Arc::new(Field::new("item", arrow_array::Array::data_type(&structs).clone(), true));
    let list = ListArray::new(item, arrow_buffer::OffsetBuffer::from_lengths([2]), Arc::new(structs), None);
    let here = records(&[("court", Arc::new(list) as ArrayRef)]);
    let fields = vec![Binding::new("day", "filed"), Binding::new("state", "status")];
    let bindings = [Binding::new("a.whole", "a.whole"), Binding { fields, ..Binding::new("court", "a.cases") }];
    let batch = intake(&here, Some(&bindings)).batch(&here).unwrap();
    assert!(batch.faults.is_empty());
    assert_eq!(super::table(&batch, "a.cases").fields[0].get(1), Some(20_001));
    let fields = vec![Binding::new("day", "filled"), Binding::new("stat", "status")];
    let bindings = [Binding::new("a.whole", "a.whole"), Binding { fields, ..Binding::new("court", "a.cases") }];
    let wrong = error(&here, Some(&bindings));
    assert!(wrong.contains("the events `a.cases` have no field `filled`; did you mean `filed`?"), "{wrong}");
    assert!(wrong.contains("there is no field `court.stat`; did you mean `state`?"), "{wrong}");
    // `status` is required and not there.
    let fields = vec![Binding::new("day", "filed")];
    let bindings = [Binding::new("a.whole", "a.whole"), Binding { fields, ..Binding::new("court", "a.cases") }];
    assert!(error(&here, Some(&bindings)).contains("no field for `a.cases.status`, which is required"));
}

#[test]
fn a_schema_that_changes_is_an_error() {
    let here = records(&[("a.money", Arc::new(Int64Array::from(vec![1])))]);
    let all = intake(&here, None);
    let other = records(&[("a.money", Arc::new(Int32Array::from(vec![1])))]);
    assert_eq!(
        all.batch(&other).unwrap_err().to_string(),
        "the column `a.money` is int32 in a later part, but was int64 at first; write it with one schema"
    );
    let fewer = here.project(&[0, 1]).unwrap();
    assert!(all.batch(&fewer).unwrap_err().to_string().starts_with("a later part has no column `a.money`"));
    // The columns that are read, in any order, are enough.
    let turned = here.project(&[2, 1, 0]).unwrap();
    assert_eq!(value(&all.batch(&turned).unwrap(), "a.money").get(0), Some(100));
}

#[test]
fn nothing_at_all_is_a_batch_of_no_rows() {
    let here = records(&[("a.money", Arc::new(Int64Array::from(Vec::<i64>::new())))]);
    let batch = intake(&here, None).batch(&here).unwrap();
    assert_eq!((batch.rows(), batch.faults.len()), (0, 0));
}

/// 91110000600037341L is right; with another last character it is wrong.
#[test]
fn codes_are_checked_as_by_a_builder() {
    let rulebook = rulebook("uscc");
    let codes = [Some("91110000600037341L"), Some("91110000600037341N"), None];
    assert!(uscc::check("91110000600037341L").is_ok() && uscc::check("91110000600037341N").is_err());
    let fields = vec![Field::new("key", DataType::Utf8, true), Field::new("a.whole", DataType::Int64, true)];
    let arrays: Vec<ArrayRef> =
        vec![Arc::new(StringArray::from(codes.to_vec())), Arc::new(Int64Array::from(vec![1, 1, 1]))];
    let here = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap();
    let intake = Intake::new(here.schema_ref(), rulebook.dictionary(), "key", None).unwrap();
    let now = intake.batch(&here).unwrap();
    let mut builder = xinpei::BatchBuilder::new(rulebook.dictionary());
    for code in codes {
        builder.row(code.unwrap_or(""));
        builder.set(rulebook.dictionary().fact("a.whole").unwrap(), xinpei::Cell::Number(1.into()));
    }
    let expected = builder.finish();
    assert_eq!(expected.faults.len(), 2);
    assert_eq!((now.enterprises, now.faults), (expected.enterprises, expected.faults));
}
