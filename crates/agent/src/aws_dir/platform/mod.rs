//! What differs between systems: permissions, owners, and how two files change places.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::*;
#[cfg(windows)]
pub(super) use windows::*;

/// What came of two files changing places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(windows, expect(dead_code, reason = "Windows has no such call"))]
pub(super) enum Exchange {
    /// They did.
    Done,
    /// One of them is no longer there.
    Gone,
    /// The system, or this disk, can't do it.
    Unsupported,
}

/// Why a file or folder is not used, and what to do.
pub(super) type Fault = (&'static str, &'static str);
