//! The pace of a portal: a bucket that fills evenly, and from which each call takes.

use std::time::Instant;

/// A token bucket.
#[derive(Debug)]
pub(super) struct Bucket {
    per_second: f64,
    burst: f64,
    left: f64,
    at: Option<Instant>,
}

impl Bucket {
    /// A full bucket that takes so many calls a second, and so many at once.
    pub(super) fn new(per_second: f64, burst: u32) -> Self {
        Self { per_second, burst: f64::from(burst), left: f64::from(burst), at: None }
    }

    /// Takes one call, unless it comes too early.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let since = self.at.map_or(0.0, |at| now.saturating_duration_since(at).as_secs_f64());
        self.at = Some(now);
        self.left = (self.left + since * self.per_second).min(self.burst);
        let is_there = self.left >= 1.0;
        if is_there {
            self.left -= 1.0;
        }
        is_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_is_taken_and_then_the_pace() {
        let mut bucket = Bucket::new(20.0, 3);
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let taken: Vec<_> = [0, 0, 0, 0, 49, 51, 60, 110].map(|ms| bucket.take(at(ms))).into();
        assert_eq!(taken, [true, true, true, false, false, true, false, true]);
        // A long pause fills it, and no more.
        assert_eq!((0..5).filter(|_| bucket.take(at(60_000))).count(), 3);
    }
}
