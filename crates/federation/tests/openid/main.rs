//! Sign-in at a provider that others wrote, at a hostile one, and the listener on this machine.

#![expect(clippy::unwrap_used, reason = "a test that ends where something is missing")]

mod company;
mod hostile;
mod loopback;
mod provider;
mod real;
mod refusals;
mod web;
