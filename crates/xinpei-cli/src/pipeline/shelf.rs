//! Where results wait for those before them.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::failure::Failure;

/// Results of lanes that are under way, the lane that is written first.
pub(super) struct Shelf<O> {
    state: Mutex<State<O>>,
    /// The writer waits for results, workers wait for room.
    filled: Condvar,
    emptied: Condvar,
    /// Bytes that may wait.
    bound: usize,
}

struct State<O> {
    lanes: VecDeque<Lane<O>>,
    /// The number of the first of `lanes`.
    first: usize,
    /// Bytes that wait.
    weight: usize,
    /// No lane will be opened any more.
    ended: bool,
    /// Nobody wants more results.
    closed: bool,
    workers: usize,
}

struct Lane<O> {
    results: VecDeque<(O, usize)>,
    done: Option<Result<(), Failure>>,
}

/// What the writer does next.
pub(super) enum Next<O> {
    Result(O),
    End(Result<(), Failure>),
}

impl<O> Shelf<O> {
    pub(super) fn new(workers: usize, bound: usize) -> Self {
        let state = State { lanes: VecDeque::new(), first: 0, weight: 0, ended: false, closed: false, workers };
        Self { state: Mutex::new(state), filled: Condvar::new(), emptied: Condvar::new(), bound }
    }

    fn state(&self) -> MutexGuard<'_, State<O>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until another lane may be opened; `false` when none is wanted.
    pub(super) fn room(&self) -> bool {
        let full = |s: &mut State<O>| !s.closed && !s.ended && !s.lanes.is_empty() && s.weight >= self.bound;
        let state = self.emptied.wait_while(self.state(), full).unwrap_or_else(PoisonError::into_inner);
        !state.closed && !state.ended
    }

    /// Opens a lane behind all others; its number.
    pub(super) fn open(&self) -> usize {
        let mut state = self.state();
        state.lanes.push_back(Lane { results: VecDeque::new(), done: None });
        state.first + state.lanes.len() - 1
    }

    /// No lane follows.
    pub(super) fn end(&self) {
        self.state().ended = true;
        self.filled.notify_one();
        self.emptied.notify_all();
    }

    /// No lane follows, because reading failed.
    pub(super) fn fail(&self, failure: Failure) {
        let number = self.open();
        self.close(number, Err(failure));
        self.end();
    }

    /// Puts a result into a lane, when there is room; `false` when nobody wants it.
    ///
    /// INVARIANT: the lane that is written is never kept waiting by the others: it may always put what
    /// the writer would otherwise wait for.
    pub(super) fn put(&self, number: usize, result: O, weight: usize) -> bool {
        let full = |s: &mut State<O>| {
            let idle = number == s.first && s.lanes.front().is_some_and(|lane| lane.results.is_empty());
            !s.closed && !idle && s.weight >= self.bound
        };
        let mut state = self.emptied.wait_while(self.state(), full).unwrap_or_else(PoisonError::into_inner);
        let place = number.wrapping_sub(state.first);
        if state.closed {
            return false;
        }
        if let Some(lane) = state.lanes.get_mut(place) {
            lane.results.push_back((result, weight));
            state.weight += weight;
        }
        drop(state);
        if place == 0 {
            self.filled.notify_one();
        }
        true
    }

    /// A lane has come to its end.
    pub(super) fn close(&self, number: usize, done: Result<(), Failure>) {
        let mut state = self.state();
        let place = number.wrapping_sub(state.first);
        if let Some(lane) = state.lanes.get_mut(place) {
            lane.done = Some(done);
        }
        drop(state);
        self.filled.notify_one();
    }

    /// Waits for the next result in order.
    pub(super) fn take(&self) -> Next<O> {
        let mut state = self.state();
        loop {
            let Some(lane) = state.lanes.front_mut() else {
                if state.ended || state.workers == 0 {
                    return Next::End(Ok(()));
                }
                state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            if let Some((result, weight)) = lane.results.pop_front() {
                state.weight -= weight;
                drop(state);
                self.emptied.notify_all();
                return Next::Result(result);
            }
            match lane.done.take() {
                Some(Ok(())) => {
                    state.lanes.pop_front();
                    state.first += 1;
                    self.emptied.notify_all();
                }
                Some(failed) => return Next::End(failed),
                // Its worker has panicked, which the end of the scope will tell.
                None if state.workers == 0 => return Next::End(Ok(())),
                None => state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// Closes the shelf when it is dropped.
    pub(super) const fn closing(&self) -> impl Drop + '_ {
        OnDrop(self, |shelf| {
            shelf.state().closed = true;
            shelf.emptied.notify_all();
        })
    }

    /// Counts a worker out when it is dropped.
    pub(super) const fn leaving(&self) -> impl Drop + '_ {
        OnDrop(self, |shelf| {
            shelf.state().workers -= 1;
            shelf.filled.notify_one();
        })
    }
}

struct OnDrop<'a, O>(&'a Shelf<O>, fn(&Shelf<O>));

impl<O> Drop for OnDrop<'_, O> {
    fn drop(&mut self) {
        (self.1)(self.0);
    }
}
