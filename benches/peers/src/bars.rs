//! What the comparison must show, and whether it does.

use std::fmt::Write;

use crate::table::Table;

/// One line for each bar: met, missed, or not measured.
pub fn bars(table: &Table) -> String {
    let mut text = "| bar | wanted | measured | |\n|---|---|--:|---|\n".to_owned();
    let xinpei = |case: &str| table.time(case, "xinpei");
    let mut at_least = |what: &str, wanted: f64, other: Option<f64>, own: Option<f64>| {
        let found = other.zip(own).map(|(other, own)| other / own);
        say(&mut text, what, &format!("≥ {wanted} ×"), found, |f| f >= wanted);
    };
    at_least("faster than DuckDB without reasons", 10.0, table.time("batch", "DuckDB, no reasons"), xinpei("batch"));
    at_least("faster than DuckDB with reasons", 20.0, table.least("batch", "DuckDB, reasons"), xinpei("batch"));
    at_least("faster than Polars without reasons", 7.0, table.time("batch", "Polars, no reasons"), xinpei("batch"));
    at_least("faster than Polars with reasons", 10.0, table.least("batch", "Polars, reasons"), xinpei("batch"));
    at_least("faster than the Rhai interpreter", 1_000.0, table.least("batch", "Rhai"), xinpei("batch"));
    let one = "one decision";
    at_least("one decision: than ZEN's expression nodes", 3.0, table.least(one, "expression nodes"), xinpei(one));
    at_least("one decision: than ZEN's decision tables", 10.0, table.least(one, "decision tables"), xinpei(one));
    let mut at_most = |what: &str, wanted: f64, unit: &str, found: Option<f64>| {
        say(&mut text, what, &format!("≤ {wanted}{unit}"), found, |f| f <= wanted);
    };
    let share = |own: Option<f64>, other: Option<f64>| own.zip(other).map(|(own, other)| own / other);
    let hand = table.least("batch", "by hand over columns");
    at_most("batch: time over hand-written, same instructions", 2.0, " ×", share(xinpei("batch"), hand));
    at_most("one decision: p50 in µs", 10.0, "", xinpei(one).map(|t| t / 1_000.0));
    let files = "Parquet to Parquet";
    at_most(
        "Parquet to Parquet: time over read and write",
        1.25,
        " ×",
        share(xinpei(files), table.least(files, "read and write")),
    );
    at_most(
        "one band changed: time over a full run",
        0.1,
        " ×",
        share(xinpei("one band changed"), table.time("one band changed", "full run")),
    );
    let each = |size: usize| xinpei(&format!("{size} characteristics")).map(|t| t / size as f64);
    at_most("a characteristic of 2,500 over one of 25", 1.5, " ×", share(each(2_500), each(25)));
    let gain = |peer: &str| share(table.time("1 thread", peer), table.time("2 threads", peer));
    let both = share(gain("xinpei"), gain("by hand over columns"));
    say(&mut text, "gain by a second thread, over the hand-written code's", "≥ 0.9 ×", both, |f| f >= 0.9);
    text
}

fn say(text: &mut String, what: &str, wanted: &str, found: Option<f64>, met: impl Fn(f64) -> bool) {
    let (found, verdict) = match found {
        None => ("–".to_owned(), "not measured"),
        Some(f) if met(f) => (format!("{f:.2}"), "met"),
        Some(f) => (format!("{f:.2}"), "**missed**"),
    };
    let _ = writeln!(text, "| {what} | {wanted} | {found} | {verdict} |");
}
