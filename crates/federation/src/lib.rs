//! Sign-in at outside identity providers: OpenID Connect, OAuth and SAML.
//!
//! It yields tokens and assertions, and never calls STS. Deliberately absent: opening a browser
//! (it tells the address; a face opens it), and keeping anything.

pub mod loopback;
pub mod oidc;
pub mod saml;
