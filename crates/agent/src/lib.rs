//! The agent: the process that acts.
//!
//! Deliberately absent: anything that draws, anything that knows a menu or a terminal.

pub mod aws_dir;
pub mod clock;
pub mod credentials;
pub mod doctor;
pub mod journal;
pub mod keyring;
pub mod origin;
pub mod sts;
mod text;
pub mod world;
