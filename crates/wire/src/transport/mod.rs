//! The byte stream to the agent, and who stands at its other end.
//!
//! Deliberately absent: listening. That is the agent's, on a runtime of its own.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub(crate) use unix::{Stream, pair};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::{Handle, Stream};

/// Who stands at the other end of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// Whether it runs as the same user as this process.
    pub(crate) is_mine: bool,
    /// Its process id, where the system tells it.
    pub(crate) pid: Option<u32>,
}
