//! The sandbox's own time: the machine's, moved by an offset that a test may set.

use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::SystemTime;

/// The sandbox's clock.
#[derive(Debug, Default)]
pub struct Clock {
    offset_seconds: AtomicI64,
}

impl Clock {
    /// Tells the sandbox's present.
    pub fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "the sandbox's one clock")]
        let machine = SystemTime::now();
        let offset = SignedDuration::from_secs(self.offset_seconds.load(Ordering::Relaxed));
        let machine = Timestamp::try_from(machine).unwrap_or(Timestamp::UNIX_EPOCH);
        machine.saturating_add(offset).unwrap_or(machine)
    }

    /// Moves the sandbox's present to this far after (or, negative, before) the machine's; whole seconds.
    pub fn set_offset(&self, offset: SignedDuration) {
        self.offset_seconds.store(offset.as_secs(), Ordering::Relaxed);
    }
}
