//! A quick look at scoring again after one band changed, beside a full run: nanoseconds a row.

use std::hint::black_box;
use std::time::Instant;

use xinpei::{Batch, Rulebook, Scratch};
use xinpei_benches::workload::{as_of, batch, card, rows, rulebook, with_other_edge, with_other_points};

fn main() -> Result<(), xinpei::Error> {
    let lines = card(25);
    let before = rulebook(&lines)?;
    let count = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let rows = rows(&lines, count);
    for size in [8_192, 65_536] {
        let batches: Vec<Batch> = rows.chunks(size).map(|rows| batch(&before, &lines, rows)).collect();
        for (what, lines) in [("points", with_other_points(&lines)), ("edge", with_other_edge(&lines))] {
            let trial = rulebook(&lines)?;
            compare(what, size, &before, &trial, &batches);
        }
    }
    Ok(())
}

fn compare(what: &str, size: usize, before: &Rulebook, trial: &Rulebook, batches: &[Batch]) {
    let mut scratch = Scratch::default();
    let held: Vec<_> = batches.iter().map(|batch| before.hold(batch, as_of(), &mut scratch)).collect();
    let revision = trial.revision_of(before);
    let rows: usize = batches.iter().map(Batch::rows).sum();
    let moved: usize = held.iter().map(|held| revision.rescore(held, &mut scratch).moved().len()).sum();
    let mut times = (Vec::new(), Vec::new());
    for _ in 0..21 {
        let start = Instant::now();
        for batch in batches {
            black_box(trial.summarise(black_box(batch), as_of(), &mut scratch));
        }
        times.0.push(start.elapsed().as_nanos());
        let start = Instant::now();
        for held in &held {
            black_box(revision.rescore(black_box(held), &mut scratch));
        }
        times.1.push(start.elapsed().as_nanos());
    }
    times.0.sort_unstable();
    times.1.sort_unstable();
    let each = |times: &[u128]| times.get(times.len() / 2).map_or(0, |median| median * 100 / rows as u128);
    let (full, again) = (each(&times.0), each(&times.1));
    println!(
        "{what}, batches of {size}: {} of 1000 rows moved; full {}.{:02}, again {}.{:02} ns a row: {}.{} %",
        moved * 1000 / rows,
        full / 100,
        full % 100,
        again / 100,
        again % 100,
        again * 1000 / full.max(1) / 10,
        again * 1000 / full.max(1) % 10
    );
}
