//! Growth: more characteristics, more rows, a second thread.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use xinpei::{Batch, Rulebook, Scratch};
use xinpei_benches::workload::{as_of, batch, card, rows, rulebook};

/// Rows of a batch, as the command cuts them.
const ROWS: usize = 8_192;
/// Different batches; larger sizes go round over them, which no cache of this size can profit from.
const BATCHES: usize = 64;

/// The time of a batch grows as the card does.
fn rules(c: &mut Criterion) {
    let mut group = c.benchmark_group("growth with rules, batch of 8192");
    group.sample_size(20);
    for size in [25, 250, 2_500] {
        let lines = card(size);
        let Ok(rulebook) = rulebook(&lines) else { return };
        let batch = batch(&rulebook, &lines, &rows(&lines, ROWS));
        let mut scratch = Scratch::default();
        group.throughput(Throughput::Elements((ROWS * size) as u64));
        group.bench_function(BenchmarkId::from_parameter(size), |b| {
            b.iter(|| rulebook.summarise(black_box(&batch), as_of(), &mut scratch).rows());
        });
    }
}

/// The time of a run grows as the rows do.
fn all(c: &mut Criterion) {
    let Some((rulebook, batches)) = batches() else { return };
    let mut group = c.benchmark_group("growth with rows");
    group.sample_size(10);
    let mut scratch = Scratch::default();
    for count in [1_000, 10_000, 100_000, 1_000_000, 5_000_000_usize] {
        group.throughput(Throughput::Elements(count as u64));
        let small = batch_of(&rulebook, count.min(ROWS));
        group.bench_function(BenchmarkId::from_parameter(count), |b| {
            b.iter(|| {
                if count < ROWS {
                    return rulebook.summarise(black_box(&small), as_of(), &mut scratch).rows();
                }
                let rounds = batches.iter().cycle().take(count / ROWS);
                rounds.map(|batch| rulebook.summarise(black_box(batch), as_of(), &mut scratch).rows()).sum::<usize>()
            });
        });
    }
}

/// Two threads share the work of one.
fn threads(c: &mut Criterion) {
    let Some((rulebook, batches)) = batches() else { return };
    let mut group = c.benchmark_group("threads, 524288 rows");
    group.sample_size(10).throughput(Throughput::Elements((ROWS * BATCHES) as u64));
    for threads in [1, 2] {
        group.bench_function(BenchmarkId::from_parameter(threads), |b| {
            b.iter(|| {
                std::thread::scope(|scope| {
                    let rulebook = &rulebook;
                    for part in batches.chunks(BATCHES / threads) {
                        scope.spawn(move || {
                            let mut scratch = Scratch::default();
                            for batch in part {
                                black_box(rulebook.summarise(batch, as_of(), &mut scratch).rows());
                            }
                        });
                    }
                });
            });
        });
    }
}

fn batches() -> Option<(Rulebook, Vec<Batch>)> {
    let lines = card(25);
    let rulebook = rulebook(&lines).ok()?;
    let rows = rows(&lines, ROWS * BATCHES);
    let batches = rows.chunks(ROWS).map(|rows| batch(&rulebook, &lines, rows)).collect();
    Some((rulebook, batches))
}

fn batch_of(rulebook: &Rulebook, count: usize) -> Batch {
    let lines = card(25);
    batch(rulebook, &lines, &rows(&lines, count))
}

criterion_group!(benches, rules, all, threads);
criterion_main!(benches);
