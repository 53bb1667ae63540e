//! Waiting for what is to come, with an end.

use std::time::{Duration, Instant};

/// How long anything may take. Nothing is measured by it: it only ends a test that would hang.
pub(crate) const AT_MOST: Duration = Duration::from_secs(60);

const PAUSE: Duration = Duration::from_millis(10);

/// Looks again and again until there is something to see.
///
/// # Panics
///
/// When it never comes; the message says what was waited for.
#[track_caller]
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + AT_MOST;
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(PAUSE);
    }
}
