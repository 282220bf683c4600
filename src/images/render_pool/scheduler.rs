//! Chooses the next job: the largest that fits into free memory.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Jobs still to be done, and the memory of those being done.
pub(super) struct Queue {
    state: Mutex<State>,
    freed: Condvar,
    budget: u64,
}

struct State {
    /// Ordered so that the last is the largest, and of equals the first that was asked for.
    pending: BTreeSet<(u64, Reverse<usize>)>,
    running: usize,
    used: u64,
}

/// A job that was taken. Its memory is free again once this is dropped.
pub(super) struct Ticket<'a> {
    queue: &'a Queue,
    index: usize,
    memory: u64,
}

impl Queue {
    /// A queue over pairs of index and estimated memory in bytes.
    pub(super) fn new(jobs: impl Iterator<Item = (usize, u64)>, budget: u64) -> Self {
        let pending = jobs.map(|(index, memory)| (memory, Reverse(index))).collect();
        Self { state: Mutex::new(State { pending, running: 0, used: 0 }), freed: Condvar::new(), budget }
    }

    /// The next job, waiting for memory where none fits; nothing once all are taken.
    ///
    /// A job that is larger than the whole budget is given out when nothing else runs, so that
    /// waiting always ends.
    pub(super) fn take(&self) -> Option<Ticket<'_>> {
        let mut state = self.lock();
        loop {
            let largest = *state.pending.last()?;
            let free = self.budget.saturating_sub(state.used);
            let fitting = state.pending.range(..=(free, Reverse(0))).next_back().copied();
            let next = if state.running == 0 { Some(largest) } else { fitting };
            if let Some(job @ (memory, Reverse(index))) = next {
                state.pending.remove(&job);
                state.running += 1;
                state.used = state.used.saturating_add(memory);
                return Some(Ticket { queue: self, index, memory });
            }
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Gives out nothing more.
    pub(super) fn close(&self) {
        self.lock().pending.clear();
        self.freed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that can panic runs under the lock, so a poisoned state is still a whole one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket<'_> {
    pub(super) fn index(&self) -> usize {
        self.index
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.running -= 1;
        state.used -= self.memory.min(state.used);
        drop(state);
        self.queue.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(memory: &[u64], budget: u64) -> Queue {
        Queue::new(memory.iter().copied().enumerate(), budget)
    }

    #[test]
    fn the_largest_comes_first_and_equals_in_their_order() {
        let queue = queue(&[5, 9, 5, 7], 100);
        let order: Vec<usize> = std::iter::from_fn(|| queue.take().map(|ticket| ticket.index())).collect();
        assert_eq!(order, [1, 3, 0, 2]);
    }

    #[test]
    fn what_does_not_fit_waits_while_smaller_ones_go_on() {
        let queue = queue(&[60, 60, 30, 10], 100);
        let first = queue.take().unwrap();
        let second = queue.take().unwrap();
        assert_eq!((first.index(), second.index()), (0, 2));
        assert_eq!(queue.take().unwrap().index(), 3);
        drop(first);
        assert_eq!(queue.take().unwrap().index(), 1);
        assert!(queue.take().is_none());
    }

    #[test]
    fn a_job_larger_than_the_budget_runs_alone() {
        let queue = queue(&[500, 500, 1], 100);
        let (taken, running) = (Mutex::new(Vec::new()), Mutex::new(0));
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    while let Some(ticket) = queue.take() {
                        *running.lock().unwrap() += ticket.memory;
                        assert!(*running.lock().unwrap() <= 500);
                        std::thread::yield_now();
                        *running.lock().unwrap() -= ticket.memory;
                        taken.lock().unwrap().push(ticket.index());
                    }
                });
            }
        });
        let mut taken = taken.into_inner().unwrap();
        taken.sort_unstable();
        assert_eq!(taken, [0, 1, 2]);
    }

    #[test]
    fn closing_ends_every_wait() {
        let queue = queue(&[80, 80], 100);
        let held = queue.take().unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| queue.take().is_none());
            queue.close();
            assert!(waiting.join().unwrap());
        });
        drop(held);
    }
}
