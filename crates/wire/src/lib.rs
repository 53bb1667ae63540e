//! What travels between Hatrack's processes, and the client's end of it.
//!
//! Deliberately absent: a runtime (the client blocks, and links nothing heavy), and any type of
//! AWS's SDK. A credential never stands in a [`hatrack_core::snapshot::Snapshot`]; what is secret
//! on its way to the agent travels as [`Sealed`].

pub mod browser;
pub mod client;
mod environment;
pub mod frame;
mod hand_out;
pub mod message;
pub mod place;
mod process_answer;
pub mod sealed;
pub mod start;
mod transport;

pub use client::Client;
pub use hand_out::{ADDRESS, Console, ConsolePage, HandOut, HandedOut, OpenConsole, Serving};
pub use message::*;
pub use place::Places;
pub use process_answer::ProcessAnswer;
pub use sealed::Sealed;
