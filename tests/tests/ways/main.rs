//! Every way in which STS hands out credentials, by the real programs against the sandbox: what is
//! called in which order, what is delivered, and what is told.
//!
//! Deliberately absent: SAML, whose provider and window have tests of their own; and the wording of
//! each refusal, which the agent's crate holds.

#![cfg(target_os = "linux")]

mod clock;
mod codes;
mod home;
mod identity;
mod keys;
mod openid;
mod operations;
mod organisations;
mod roles;
mod told;
