//! The resident face: follows what the agent publishes, keeps the tray's menu, icon and tooltip
//! true, shows notifications, maps clicks to commands and sees to it that windows are shown.
//!
//! How it looks is made in `hatrack_core::view`; who draws implements [`Draw`]: the Linux binary
//! with ksni, `hatrack` itself on macOS and Windows. Deliberately absent: toolkits, an async
//! runtime, and any menu that core did not make.

pub mod agent;
pub mod draw;
pub mod errand;
pub mod face;
mod run;
pub mod single;
pub mod window;

#[cfg(any(target_os = "macos", target_os = "windows"))]
pub mod system_notice;

pub use agent::Agent;
pub use draw::{Draw, Notification};
pub use face::Event;
pub use run::{Inbox, Mailbox, mailbox, run};
