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
    /// A refusal in the words of the service's protocol is answered; the action isn't performed.
    Error {
        /// The HTTP status: 400, 403, 429, 500, 503…
        status: u16,
        /// What programs branch on.
        code: &'static str,
        /// What people read.
        message: String,
    },
    /// A network's sign-in page is answered with 200, as in hotels; the action isn't performed.
    CaptivePage,
    /// The client is sent to this address with 302; the action isn't performed.
    Redirect(String),
    /// So many bytes of XML that never gets to the point are answered; the action isn't performed.
    Long(usize),
    /// The action is performed; the answer is spoiled so that it is no XML any more.
    BadXml,
    /// The action is performed; the answer is spoiled so that it is no JSON any more.
    BadJson,
    /// The action is performed; Content-Length tells so many bytes more than come (or, negative, less).
    WrongLength(i64),
    /// The service's throttling error is answered; the action isn't performed.
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
