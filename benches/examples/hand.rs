//! Nanoseconds a row of the hand-written code, by instruction set, beside merely adding the columns
//! up; the best of many runs in one thread.

use std::hint::black_box;
use std::time::Instant;

use xinpei_benches::hand::{Card, Columns, Isa, Results};
use xinpei_benches::workload::{as_of, card, rows};

fn main() {
    for (size, count) in [(25, 1_000_000), (25, 2_048), (250, 100_000), (2_500, 10_000)] {
        let lines = card(size);
        let columns = Columns::new(&rows(&lines, count));
        let sum = || {
            let sums = columns.data.iter().map(|c| c.iter().fold(0_i64, |a, x| a.wrapping_add(*x)));
            black_box(sums.fold(0_i64, i64::wrapping_add));
        };
        report("adding up", size, count, sum);
        let card = Card::new(&lines, as_of().days().into());
        let mut out = Results::default();
        for isa in Isa::all() {
            report(&format!("{isa:?}"), size, count, || {
                for from in (0..count).step_by(65_536) {
                    card.score(black_box(&columns), from..count.min(from + 65_536), isa, &mut out);
                    black_box(&out);
                }
            });
        }
    }
}

fn report(what: &str, size: usize, count: usize, mut work: impl FnMut()) {
    let mut best = u128::MAX;
    let begun = Instant::now();
    while begun.elapsed().as_millis() < 1_500 {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed().as_nanos() * 10 / count as u128);
    }
    println!("{size} characteristics, {count} rows, {what}: {}.{} ns a row", best / 10, best % 10);
}
