//! What a second thread gains, beside what it gains the hand-written code.

use xinpei::Scratch;
use xinpei_benches::hand::{Card, Columns, Isa, Results};
use xinpei_benches::workload::{as_of, card, rows};

use crate::hands::BATCH;
use crate::{Call, clock, engine, table::Table};

/// Times both with one and two threads, in turn, by the clock on the wall.
pub fn two(call: &Call, table: &mut Table) -> Result<(), String> {
    let lines = card(25);
    let rows = rows(&lines, call.rows.min(BATCH * 8));
    let count = rows.len();
    let rulebook = engine::load(&lines)?;
    // Small enough that two threads have the same work.
    let batches = engine::batches(&rulebook, &lines, &rows, (count / 8).max(1));
    // Threads share the rulebook itself, not the counter beside it.
    let rulebook = &*rulebook;
    let columns = Columns::new(&rows);
    drop(rows);
    let card = Card::new(&lines, as_of().days().into());
    let mut samples = [const { Vec::new() }; 4];
    for _ in 0..=call.rounds {
        for threads in [1, 2] {
            let start = clock::wall();
            std::thread::scope(|scope| {
                for part in batches.chunks(batches.len().div_ceil(threads)) {
                    scope.spawn(|| engine::score(rulebook, part, &mut Scratch::default()));
                }
            });
            samples[threads - 1].push((clock::wall() - start) as f64 / count as f64);
            let start = clock::wall();
            std::thread::scope(|scope| {
                let each = count.div_ceil(threads);
                for from in (0..count).step_by(each) {
                    let (card, columns) = (&card, &columns);
                    scope.spawn(move || {
                        let mut out = Results::default();
                        let end = count.min(from + each);
                        for from in (from..end).step_by(BATCH) {
                            card.score(columns, from..end.min(from + BATCH), Isa::best(), &mut out);
                            std::hint::black_box(&out);
                        }
                    });
                }
            });
            samples[threads + 1].push((clock::wall() - start) as f64 / count as f64);
        }
    }
    let names = [("1 thread", "xinpei"), ("2 threads", "xinpei"), ("1 thread", HAND), ("2 threads", HAND)];
    for ((case, peer), mut samples) in names.into_iter().zip(samples) {
        samples.remove(0);
        table.add(case, peer, count, samples);
    }
    Ok(())
}

const HAND: &str = "by hand over columns";
