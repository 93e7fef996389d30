//! Reads, works and writes: workers share the middle, results leave in the order of the input.

use std::collections::BTreeMap;
use std::sync::{Mutex, mpsc};
use std::thread;

use crate::failure::Failure;

/// Reads item after item, works on them in `threads` threads, and writes the results in order.
///
/// The bytes written do not depend on the number of threads. No more than two items for each
/// worker are under way, so that memory does not grow with the input.
pub(super) fn run<I: Send, O: Send>(
    threads: usize,
    mut read: impl FnMut() -> Result<Option<I>, Failure>,
    work: impl Fn(I) -> O + Sync,
    mut write: impl FnMut(O) -> Result<(), Failure>,
) -> Result<(), Failure> {
    if threads <= 1 {
        while let Some(item) = read()? {
            write(work(item))?;
        }
        return Ok(());
    }
    let (give, take) = mpsc::channel::<(usize, I)>();
    let take = Mutex::new(take);
    let (work, take) = (&work, &take);
    thread::scope(|scope| {
        let (done, results) = mpsc::channel::<(usize, O)>();
        for _ in 0..threads {
            let done = done.clone();
            scope.spawn(move || {
                loop {
                    // A poisoned lock or a closed channel both mean that there is no more work.
                    let Ok(item) = take.lock().map_err(drop).and_then(|take| take.recv().map_err(drop)) else { break };
                    if done.send((item.0, work(item.1))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        let mut early = BTreeMap::new();
        let (mut sent, mut written) = (0_usize, 0_usize);
        let mut finish = |number: usize, result: O| -> Result<usize, Failure> {
            early.insert(number, result);
            while let Some(result) = early.remove(&written) {
                written += 1;
                write(result)?;
            }
            Ok(written)
        };
        let mut received = 0_usize;
        while let Some(item) = read()? {
            if give.send((sent, item)).is_err() {
                break;
            }
            sent += 1;
            while sent - received >= threads * 2 {
                let Ok((number, result)) = results.recv() else { break };
                received += 1;
                finish(number, result)?;
            }
        }
        drop(give);
        for (number, result) in results {
            finish(number, result)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::run;

    #[test]
    fn results_leave_in_the_order_of_the_input() {
        for threads in [1, 2, 3, 8] {
            let mut items = 0..100_u64;
            let mut written = Vec::new();
            let slow_when_early = |i: u64| {
                std::thread::sleep(std::time::Duration::from_micros(300_u64.saturating_sub(i * 3)));
                i * 2
            };
            let write = |result| {
                written.push(result);
                Ok(())
            };
            let result = run(threads, || Ok(items.next()), slow_when_early, write);
            assert!(result.is_ok());
            assert_eq!(written, (0..100).map(|i| i * 2).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn a_failure_of_the_writer_ends_everything() {
        let mut items = 0..1000_u64;
        let mut written = 0;
        let write = |_| {
            written += 1;
            if written == 5 { Err(crate::failure::Failure::Closed) } else { Ok(()) }
        };
        assert!(run(4, || Ok(items.next()), |i| i, write).is_err());
        assert_eq!(written, 5);
    }
}
