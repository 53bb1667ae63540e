//! The agent: the process that acts.
//!
//! Deliberately absent: anything that draws, anything that knows a menu or a terminal.

pub mod aws_dir;
pub mod clock;
pub mod code;
pub mod connection;
pub mod console;
pub mod credentials;
pub mod directories;
pub mod disk;
pub mod doctor;
pub mod door;
pub mod endpoint;
pub mod files;
pub mod hardening;
pub mod iam;
mod identity_center;
pub mod journal;
pub mod keys;
pub mod memory_file;
pub mod origin;
pub mod own_file;
pub mod perform;
mod program;
pub mod run;
pub mod sign_in;
pub mod sts;
mod text;
pub mod watch;
pub mod wishes;
pub mod world;
