//! Sign-in at a SAML identity provider: reading what it posts, and waiting for that.
//!
//! A provider signs what it says. That signature is AWS's to check, which alone knows the provider's
//! keys: what is read here is to list roles and explain, never to trust. Deliberately absent:
//! signatures, requests to a provider (AWS's sign-in begins at the provider), decryption, and
//! metadata.

mod acs;
mod assertion;
mod endpoint;
mod response;
mod role;
mod xml;

pub use acs::Acs;
pub use assertion::Assertion;
pub use endpoint::{endpoints, is_endpoint};
pub use role::SamlRole;
