//! Sign-in at OpenID providers, and at plain OAuth providers that STS names by ProviderId.
//!
//! The authorization code flow with PKCE, in the person's own browser (RFC 8252 and 7636). What it
//! sends goes through the [`Outside`] of the caller. Deliberately absent: the implicit flow, the
//! device flow, `plain` challenges, secrets shared for signing (HS256), and following redirects.

mod begin;
mod claims;
mod discovery;
mod exchange;
mod jwt;
mod keys;
mod outside;
mod pkce;
mod provider;
mod words;

pub use begin::{Pending, begin};
pub use claims::token_expiry;
pub use exchange::{end, refresh};
pub use outside::{LARGEST_ANSWER, Outside};
pub use provider::{Kind, Provider, Tokens};
