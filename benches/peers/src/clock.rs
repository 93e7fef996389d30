//! The time that this thread, or this machine, has spent.

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of processor time that this thread has used.
pub fn thread() -> u64 {
    nanoseconds(ClockId::ThreadCPUTime)
}

/// Nanoseconds on the machine's steady clock.
pub fn wall() -> u64 {
    nanoseconds(ClockId::Monotonic)
}

fn nanoseconds(clock: ClockId) -> u64 {
    let time = clock_gettime(clock);
    u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_nsec).unwrap_or(0)
}

/// How many nanoseconds of this thread a piece of work takes.
pub fn measure<T>(work: impl FnOnce() -> T) -> u64 {
    let start = thread();
    std::hint::black_box(work());
    thread() - start
}

/// The median.
pub fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    let middle = samples.len() / 2;
    match samples.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => samples[middle],
        _ => (samples[middle - 1] + samples[middle]) / 2.0,
    }
}
