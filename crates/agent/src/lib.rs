//! The agent: the process that acts.
//!
//! Deliberately absent: anything that draws, anything that knows a menu or a terminal.

pub mod credentials;
