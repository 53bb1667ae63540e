//! Identity Center as a caller sees it: against the sandbox, and against a server that lies.

#![expect(clippy::unwrap_used, reason = "a test that ends where something is missing")]

mod desk;
mod hostile;
mod liar;
mod listing;
mod renewal;
mod roles;
mod sign_in;
mod sign_out;
