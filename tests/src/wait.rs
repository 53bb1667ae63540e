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
pub fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    within(look).unwrap_or_else(|| panic!("waited in vain for {what}"))
}

/// Looks again and again until there is something to see; `None` if there is nothing in time.
pub fn within<T>(mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + AT_MOST;
    loop {
        let seen = look();
        if seen.is_some() || Instant::now() >= end {
            return seen;
        }
        std::thread::sleep(PAUSE);
    }
}
