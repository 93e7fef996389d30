//! Types of columns and facts in words.

use arrow_schema::{DataType, IntervalUnit, TimeUnit};

use crate::check::typed::{Type, ValueType};

/// The name of a type of columns, as data people write it.
#[must_use]
pub fn column(data_type: &DataType) -> String {
    let unit = |unit: &TimeUnit| match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    };
    match data_type {
        DataType::Null => "null".into(),
        DataType::Boolean => "bool".into(),
        DataType::Float16 => "float16".into(),
        DataType::Float32 => "float32".into(),
        DataType::Float64 => "float64".into(),
        DataType::Utf8 => "string".into(),
        DataType::LargeUtf8 => "large_string".into(),
        DataType::Utf8View => "string_view".into(),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            "binary".into()
        }
        DataType::Date32 => "date32".into(),
        DataType::Date64 => "date64".into(),
        DataType::Time32(_) | DataType::Time64(_) => "time".into(),
        DataType::Timestamp(u, None) => format!("timestamp[{}]", unit(u)),
        DataType::Timestamp(u, Some(zone)) => format!("timestamp[{}, {zone}]", unit(u)),
        DataType::Duration(u) => format!("duration[{}]", unit(u)),
        DataType::Interval(IntervalUnit::YearMonth | IntervalUnit::DayTime | IntervalUnit::MonthDayNano) => {
            "interval".into()
        }
        DataType::Decimal32(p, s)
        | DataType::Decimal64(p, s)
        | DataType::Decimal128(p, s)
        | DataType::Decimal256(p, s) => {
            let bits = match data_type {
                DataType::Decimal32(..) => 32,
                DataType::Decimal64(..) => 64,
                DataType::Decimal128(..) => 128,
                _ => 256,
            };
            format!("decimal{bits}({p}, {s})")
        }
        DataType::List(item) => format!("list<{}>", column(item.data_type())),
        DataType::LargeList(item) => format!("large_list<{}>", column(item.data_type())),
        DataType::ListView(item) | DataType::LargeListView(item) => {
            format!("list_view<{}>", column(item.data_type()))
        }
        DataType::FixedSizeList(item, size) => format!("list<{}>[{size}]", column(item.data_type())),
        DataType::Struct(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|f| format!("{}: {}", f.name(), column(f.data_type()))).collect();
            format!("struct<{}>", fields.join(", "))
        }
        DataType::Dictionary(key, value) => format!("dictionary<{}, {}>", column(key), column(value)),
        DataType::RunEndEncoded(_, values) => format!("run_end_encoded<{}>", column(values.data_type())),
        DataType::Map(..) => "map".into(),
        DataType::Union(..) => "union".into(),
        // Whole numbers are called alike everywhere.
        other => other.to_string().to_lowercase(),
    }
}

/// What a value is, with an article.
pub(super) fn value(value: &ValueType) -> &'static str {
    match &value.ty {
        Type::Number(_) if value.money => "money",
        Type::Number(_) => "a number",
        Type::Flag => "a flag",
        Type::Date => "a date",
        Type::Category(_) => "a category",
        Type::Grade => "a grade",
    }
}

/// Which columns a value is read from.
pub(super) const fn fitting(value: &ValueType) -> &'static str {
    match &value.ty {
        Type::Number(_) => "whole numbers, decimals of up to 128 bits or text",
        Type::Flag => "bool or text",
        Type::Date => "date32, date64 or text such as 2026-06-30",
        Type::Category(_) => "text, or a dictionary of texts",
        Type::Grade => "no column",
    }
}
