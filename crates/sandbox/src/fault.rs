//! Faults on demand: what a network and a tired service do to a client.

use std::time::Duration;

/// What happens to one call instead of, or to, its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This status and body are answered; the action isn't performed.
    Status {
        /// The HTTP status.
        status: u16,
        /// The body as it stands, whatever it is.
        body: String,
    },
    /// AWS's throttling error is answered; the action isn't performed.
    Throttle,
    /// The connection is reset without an answer; the action isn't performed.
    Reset,
    /// The call waits so long before it is looked at.
    Delay(Duration),
    /// The action is performed; half of the answer's body is sent, then the connection is cut.
    Half,
    /// The action is performed; the answer is sent byte by byte with this pause before each.
    Slow(Duration),
}
