//! Libraries that panic on what they are given are kept from taking the program along.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread does work whose panics become errors, so that a panic hook need not tell them.
///
/// ```
/// let told = std::panic::take_hook();
/// std::panic::set_hook(Box::new(move |panic| {
///     if !xinpei_tables::guard::inside() {
///         told(panic);
///     }
/// }));
/// ```
#[must_use]
pub fn inside() -> bool {
    INSIDE.get()
}

/// What a library answers; `None` if it panicked. Nothing that it changed may be used again then.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    let outer = INSIDE.replace(true);
    let answer = catch_unwind(AssertUnwindSafe(work));
    INSIDE.set(outer);
    answer.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_no_answer() {
        assert_eq!(guarded(|| 1), Some(1));
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| assert!(inside())));
        let answer = guarded::<()>(|| panic!("no room"));
        std::panic::set_hook(hook);
        assert!(answer.is_none() && !inside());
    }
}
