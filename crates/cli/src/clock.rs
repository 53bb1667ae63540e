//! This face's clock.

use jiff::Timestamp;

/// Reads the clock, to count down from an expiration.
#[expect(clippy::disallowed_methods, reason = "a face counts down by itself; this is its one clock")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
