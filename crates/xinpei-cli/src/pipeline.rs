//! Reads, works and writes: workers share the reading and the work, results leave in the order of the
//! input.

mod shelf;

use std::sync::{Mutex, PoisonError};
use std::thread;

use self::shelf::{Next, Shelf};
use crate::failure::Failure;

/// Bytes of results, for each worker, that may wait for those before them.
const WAITING: usize = 64 << 20;

/// Takes lane after lane of the input, lets `threads` workers make results of them, and writes the
/// results in the order of the lanes.
///
/// A lane is a piece of the input that one worker goes through by itself: it hands its results out
/// one by one, each with its weight in bytes, and stops when it is told that nobody wants more. The
/// bytes written do not depend on the number of threads. What waits is bounded, so memory does not
/// grow with the input. One thread reads, works and writes in turn.
pub(crate) fn run<L: Send, O: Send, W: FnMut(L, &mut dyn FnMut(O, usize) -> bool) -> Result<(), Failure>>(
    threads: usize,
    mut next: impl FnMut() -> Result<Option<L>, Failure> + Send,
    worker: impl Fn() -> W + Sync,
    mut write: impl FnMut(O) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if threads <= 1 {
        let mut work = worker();
        while let Some(lane) = next()? {
            let mut failed = None;
            work(lane, &mut |result, _| match write(result) {
                Ok(()) => true,
                Err(failure) => {
                    failed = Some(failure);
                    false
                }
            })?;
            if let Some(failure) = failed {
                return Err(failure);
            }
        }
        return Ok(());
    }
    let shelf = Shelf::new(threads, WAITING.saturating_mul(threads));
    let source = Mutex::new(next);
    thread::scope(|scope| {
        // Whatever happens to the writer, nobody waits for it.
        let _closing = shelf.closing();
        for _ in 0..threads {
            let (shelf, source, worker) = (&shelf, &source, &worker);
            scope.spawn(move || {
                let _leaving = shelf.leaving();
                let mut work = worker();
                loop {
                    // Lanes are numbered in the order in which they are taken.
                    let (number, lane) = {
                        let mut next = source.lock().unwrap_or_else(PoisonError::into_inner);
                        if !shelf.room() {
                            break;
                        }
                        match next() {
                            Ok(Some(lane)) => (shelf.open(), lane),
                            Ok(None) => break shelf.end(),
                            Err(failure) => break shelf.fail(failure),
                        }
                    };
                    let done = work(lane, &mut |result, weight| shelf.put(number, result, weight));
                    shelf.close(number, done);
                }
            });
        }
        loop {
            match shelf.take() {
                Next::Result(result) => write(result)?,
                Next::End(done) => return done,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    use super::*;

    /// Lanes of 0 to 6 results; early ones are slow, so that later ones have to wait.
    #[test]
    fn results_leave_in_the_order_of_the_input() {
        for threads in [1, 2, 3, 8] {
            let mut lanes = 0..100_u64;
            let mut written = Vec::new();
            let worker = || {
                |lane: u64, give: &mut dyn FnMut(u64, usize) -> bool| {
                    thread::sleep(std::time::Duration::from_micros(300_u64.saturating_sub(lane * 3)));
                    (0..lane % 7).for_each(|i| assert!(give(lane * 10 + i, WAITING / 2)));
                    Ok(())
                }
            };
            let write = |result| {
                written.push(result);
                Ok(())
            };
            assert!(run(threads, || Ok(lanes.next()), worker, write).is_ok());
            assert_eq!(written, (0..100).flat_map(|l| (0..l % 7).map(move |i| l * 10 + i)).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn a_failure_of_the_writer_ends_everything() {
        for threads in [1, 4] {
            let mut lanes = 0..1000_u64;
            let mut written = 0;
            let worker = || {
                |lane: u64, give: &mut dyn FnMut(u64, usize) -> bool| {
                    while give(lane, 1 << 20) {}
                    Ok(())
                }
            };
            let write = |_| {
                written += 1;
                if written == 5 { Err(Failure::Closed) } else { Ok(()) }
            };
            assert!(run(threads, || Ok(lanes.next()), worker, write).is_err());
            assert_eq!(written, 5);
        }
    }

    /// Of two failures the one that stands first in the input is told, after all results before it.
    #[test]
    fn a_failure_has_its_place_in_the_order() {
        for threads in [1, 2, 5] {
            let mut lanes = 0..50_u64;
            let mut written = Vec::new();
            let worker = || {
                |lane: u64, give: &mut dyn FnMut(u64, usize) -> bool| {
                    if lane == 10 {
                        thread::sleep(std::time::Duration::from_millis(20));
                    }
                    give(lane, 1);
                    if lane == 10 || lane == 12 { Err(Failure::error(lane.to_string())) } else { Ok(()) }
                }
            };
            let write = |lane| {
                written.push(lane);
                Ok(())
            };
            let done = run(threads, || Ok(lanes.next()), worker, write);
            assert!(matches!(done, Err(Failure::Error(text)) if text == "10"));
            assert_eq!(written, (0..=10).collect::<Vec<u64>>());
            let mut lanes = 0..50_u64;
            let mut count = 0;
            let next = || lanes.next().filter(|l| *l < 9).map(Some).ok_or_else(|| Failure::error("torn"));
            let worker = || {
                |lane: u64, give: &mut dyn FnMut(u64, usize) -> bool| {
                    give(lane, 1);
                    Ok(())
                }
            };
            let write = |_| {
                count += 1;
                Ok(())
            };
            assert!(matches!(run(threads, next, worker, write), Err(Failure::Error(text)) if text == "torn"));
            assert_eq!(count, 9);
        }
    }

    /// What was made and is not yet written never weighs more than the bound and what each worker holds.
    #[test]
    fn what_waits_is_bounded() {
        let waiting = AtomicUsize::new(0);
        let most = AtomicUsize::new(0);
        let mut lanes = 0..40_u64;
        let weight = WAITING / 16;
        let worker = || {
            |_: u64, give: &mut dyn FnMut((), usize) -> bool| {
                for _ in 0..64 {
                    most.fetch_max(waiting.fetch_add(1, SeqCst) + 1, SeqCst);
                    give((), weight);
                }
                Ok(())
            }
        };
        let write = |()| {
            waiting.fetch_sub(1, SeqCst);
            thread::sleep(std::time::Duration::from_micros(20));
            Ok(())
        };
        assert!(run(2, || Ok(lanes.next()), worker, write).is_ok());
        // Two workers, 16 results each; one more in the hands of each, of the lane that is written, and of the writer.
        assert!((16..=2 * 16 + 5).contains(&most.load(SeqCst)), "{}", most.load(SeqCst));
    }
}
