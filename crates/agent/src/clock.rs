//! The agent's clock: what time it is, and waiting for a time.
//!
//! Deliberately absent: ticks. A wait sets one timer, which also notices when the machine slept
//! or somebody set its clock.

#[cfg(target_os = "linux")]
mod linux;

use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::watch;

/// The present, by this machine's clock.
#[expect(clippy::disallowed_methods, reason = "the agent's one look at the clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// What the agent's loop takes the time from: the machine's clock, or a test's hand.
#[derive(Clone, Debug)]
pub struct Clock {
    kind: Kind,
    /// What AWS's clock shows more than this one, in seconds.
    offset: Arc<AtomicI64>,
}

#[derive(Clone, Debug)]
enum Kind {
    Real,
    Driven(watch::Receiver<Timestamp>),
}

/// What moves a driven [`Clock`].
#[derive(Debug)]
pub struct Hand(watch::Sender<Timestamp>);

impl Clock {
    /// This machine's clock.
    pub fn real() -> Self {
        Self::of(Kind::Real)
    }

    /// A clock that stands at `start` until its hand is moved.
    pub fn driven(start: Timestamp) -> (Self, Hand) {
        let (sender, receiver) = watch::channel(start);
        (Self::of(Kind::Driven(receiver)), Hand(sender))
    }

    fn of(kind: Kind) -> Self {
        Self { kind, offset: Arc::default() }
    }

    /// Counts with AWS's clock from now on, which shows so much more; clones do too.
    pub fn set_offset(&self, offset: SignedDuration) {
        self.offset.store(offset.as_secs(), Ordering::Relaxed);
    }

    fn offset(&self) -> SignedDuration {
        SignedDuration::from_secs(self.offset.load(Ordering::Relaxed))
    }

    /// The present, as AWS's clock shows it.
    pub fn now(&self) -> Timestamp {
        let machine = match &self.kind {
            Kind::Real => now(),
            Kind::Driven(time) => *time.borrow(),
        };
        machine.saturating_add(self.offset()).unwrap_or(machine)
    }

    /// Returns when the clock shows `time` or later, also across sleep and clock changes.
    pub async fn sleep_until(&self, time: Timestamp) {
        let time = time.saturating_sub(self.offset()).unwrap_or(time);
        match &self.kind {
            Kind::Real => real_sleep(time).await,
            Kind::Driven(present) => {
                let mut present = present.clone();
                if present.wait_for(|now| *now >= time).await.is_err() {
                    // The hand is gone: this clock will never move again.
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}

impl Hand {
    /// Sets the clock, forwards or back.
    pub fn set(&self, time: Timestamp) {
        self.0.send_replace(time);
    }
}

async fn real_sleep(time: Timestamp) {
    while now() < time {
        #[cfg(target_os = "linux")]
        if linux::wait(time).await.is_ok() {
            continue;
        }
        // Without a timer that knows of sleep and of clock changes, waits are kept short.
        let left = time.duration_since(now()).unsigned_abs();
        tokio::time::sleep(left.min(std::time::Duration::from_secs(60))).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    #[tokio::test]
    async fn a_real_wait_ends_after_its_time() {
        let time = now() + SignedDuration::from_millis(30);
        Clock::real().sleep_until(time).await;
        assert!(now() >= time);
        Clock::real().sleep_until(time).await;
    }

    #[tokio::test]
    async fn a_driven_clock_goes_where_its_hand_goes() {
        let start: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
        let (clock, hand) = Clock::driven(start);
        let later = start + SignedDuration::from_secs(3600);
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep_until(later).await;
                clock.now()
            }
        });
        hand.set(start - SignedDuration::from_secs(60));
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        hand.set(later);
        assert_eq!(waiting.await.unwrap(), later);
    }
}
