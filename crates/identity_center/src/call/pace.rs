//! How often a portal is asked: AWS allows about 20 requests a second, less when it says so.
//!
//! Requests get evenly spaced turns, after a few at once. A refusal slows all of them down and
//! lets them pause; each success brings the pace back a little. Deliberately absent: going beyond
//! what AWS documents to see whether more would do.

use crate::chance::part_of;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Requests a second, as documented; it is also the most.
const FULL: f64 = 20.0;
/// The slowest pace.
const LEAST: f64 = 1.0;
/// How many requests may go at once after a rest: about half of what the portal bears, because
/// other programs ask it too.
const BURST: f64 = 8.0;
/// What is left of the pace after a refusal.
const SLOWED: f64 = 0.7;
/// What each success adds to the pace.
const REGAINED: f64 = 0.1;
/// How long all pause after a refusal that doesn't say how long.
const PAUSE: Duration = Duration::from_millis(500);
/// The most portals whose paces are kept.
const MOST: usize = 64;

/// The paces of all portals that a process asks.
#[derive(Clone, Debug, Default)]
pub struct Paces(Arc<Mutex<HashMap<String, Pace>>>);

impl Paces {
    /// The pace of one portal.
    pub(crate) fn of(&self, portal: &str) -> Pace {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if paces.len() >= MOST && !paces.contains_key(portal) {
            paces.clear();
        }
        paces.entry(portal.to_owned()).or_default().clone()
    }
}

/// The pace of one portal, shared by all who ask it.
#[derive(Clone, Debug)]
pub(crate) struct Pace(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    /// Requests a second.
    rate: f64,
    /// When the next turn is; further back where turns were left out.
    next: Instant,
    /// Until when nobody asks.
    pause: Instant,
    /// When it was slowed down last.
    slowed: Instant,
}

/// One turn to ask.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn(Instant);

impl Default for Pace {
    fn default() -> Self {
        let now = Instant::now();
        Self(Arc::new(Mutex::new(State {
            rate: FULL,
            next: back(now, BURST / FULL),
            pause: now,
            slowed: back(now, 1.0),
        })))
    }
}

impl Pace {
    /// Waits for a turn.
    pub(crate) async fn turn(&self) -> Turn {
        loop {
            let at = self.state().reserve(Instant::now());
            tokio::time::sleep_until(at).await;
            // Somebody may have been refused meanwhile.
            let now = Instant::now();
            if self.state().pause <= now {
                return Turn(now);
            }
        }
    }

    /// Takes a turn before all others: for what a person waits for.
    pub(crate) fn turn_at_once(&self) -> Turn {
        let now = Instant::now();
        self.state().reserve(now);
        Turn(now)
    }

    /// The request of a turn was answered.
    pub(crate) fn accepted(&self) {
        let mut state = self.state();
        state.rate = (state.rate + REGAINED).min(FULL);
    }

    /// The request of a turn came too early. Those that were under way together count once.
    pub(crate) fn refused(&self, turn: Turn, retry_after: Option<Duration>) {
        let now = Instant::now();
        let mut state = self.state();
        if turn.0 > state.slowed {
            state.rate = (state.rate * SLOWED).max(LEAST);
            state.slowed = now;
        }
        let pause = retry_after.unwrap_or_default().max(PAUSE / 2 + part_of(PAUSE));
        state.pause = state.pause.max(now + pause);
        // After the pause turns are spaced from the first on.
        state.next = state.next.max(state.pause);
    }

    /// Requests a second, at present.
    pub(crate) fn rate(&self) -> f64 {
        self.state().rate
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn reserve(&mut self, now: Instant) -> Instant {
        let earliest = if self.pause > now { self.pause } else { back(now, BURST / self.rate) };
        let turn = self.next.max(earliest);
        self.next = turn + Duration::from_secs_f64(1.0 / self.rate);
        turn
    }
}

fn back(now: Instant, seconds: f64) -> Instant {
    now.checked_sub(Duration::from_secs_f64(seconds)).unwrap_or(now)
}

#[cfg(test)]
mod tests;
