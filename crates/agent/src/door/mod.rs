//! Where faces come in: the per-user socket, or the one stream of a private agent.
//!
//! Deliberately absent: what faces say. Only the same user's processes get in at all.

#[cfg(unix)]
mod unix;
#[cfg(unix)]
pub use unix::{Door, private};

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub use windows::{Door, private};
