//! What the acceptance tests share: the real programs, a throw-away home with an AWS on loopback,
//! a desktop without a screen, and bounded waiting.
//!
//! Whatever is started here is ended here, by its own id. Deliberately absent: cargo (the programs
//! must be built), fixed pauses, and anything that looks into a program from inside.

#[cfg(target_os = "linux")]
pub mod desktop;
pub mod loopback;
#[cfg(target_os = "linux")]
pub mod menu;
pub mod place;
pub mod program;
pub mod wait;
#[cfg(target_os = "linux")]
pub mod webdriver;

pub use place::{Place, Ran};
pub use program::{Running, program};
pub use wait::{until, within};
