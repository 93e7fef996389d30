//! Memory: the most that is in use while a batch is scored, beside what its columns hold.

use peak_alloc::PeakAlloc;
use xinpei::Scratch;
use xinpei_benches::workload::{as_of, batch, card, rows, rulebook};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Bytes in use now, and the most that a call used above that.
fn above<T>(call: impl FnOnce() -> T) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let kept = call();
    let peak = MEMORY.peak_usage();
    drop(kept);
    peak.saturating_sub(before)
}

fn main() {
    println!("bytes in use above those before the call, and a row's share\n");
    println!("{:<28}{:>10}{:>14}{:>10}", "what", "rows", "bytes", "a row");
    for size in [25, 250, 2_500] {
        let lines = card(size);
        println!("{:<28}{:>10}{:>14}", format!("load a card of {size}"), "", above(|| rulebook(&lines)));
    }
    let lines = card(25);
    let Ok(rulebook) = rulebook(&lines) else { return };
    for count in [1_000, 8_192, 65_536, 262_144_usize] {
        let rows = rows(&lines, count);
        let columns = above(|| batch(&rulebook, &lines, &rows));
        let batch = batch(&rulebook, &lines, &rows);
        let mut scratch = Scratch::default();
        let summary = above(|| rulebook.summarise(&batch, as_of(), &mut scratch));
        let outcome = above(|| rulebook.score_with(&batch, as_of(), &mut scratch));
        let held = above(|| rulebook.hold(&batch, as_of(), &mut scratch));
        for (what, bytes) in
            [("columns", columns), ("score, grade, reasons", summary), ("whole decisions", outcome), ("held", held)]
        {
            println!("{what:<28}{count:>10}{bytes:>14}{:>10}", bytes / count);
        }
    }
}
