//! What is so, and what follows from it.
//!
//! Deliberately absent: I/O, async, a clock, credentials. Time is an argument; whatever must be
//! done in the world is returned as a value and done by the agent.

pub mod account;
pub mod arn;
pub mod catalogue;
pub mod chain;
pub mod code_source;
pub mod console;
pub mod delivery;
pub mod failure;
pub mod hand_out;
pub mod identity_center;
pub mod ini;
pub mod memory;
pub mod name;
pub mod partition;
pub mod picks;
pub mod plan;
pub mod profile;
pub mod rules;
pub mod search;
pub mod session;
pub mod settings;
pub mod shared_profiles;
pub mod snapshot;
pub mod state;
pub mod usage;
pub mod view;
