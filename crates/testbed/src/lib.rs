//! A desktop login of a test's own: a session bus, and a keyring on it.
//!
//! Both are the programs that people have (`dbus-daemon`, `gnome-keyring-daemon`), started in a
//! folder of the test and ended when dropped. Deliberately absent: a screen, our own programs, and
//! anything that ships.

mod bus;
mod calls;
mod keyring;

pub use bus::Bus;
pub use calls::Calls;
pub use keyring::Keyring;

use std::io::{Error, ErrorKind};

/// Says which program is missing.
fn needed(program: &str, error: &Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => Error::new(ErrorKind::NotFound, format!("{program} is needed for this test")),
        kind => Error::new(kind, format!("{program}: {error}")),
    }
}
