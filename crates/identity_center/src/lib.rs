//! IAM Identity Center: sign-in at a portal, the cache that is shared with the AWS CLI, credentials
//! of roles, and what a portal assigns.
//!
//! Deliberately absent: opening a browser (it tells the address; a face opens it), asking anybody,
//! deciding when something is due, and keeping credentials of roles.

mod cache;
mod call;
mod chance;
mod discover;
mod endpoint;
mod outside;
mod portal;
mod renewal;
mod role_credentials;
mod sign_in;
mod sign_out;

pub use cache::{Cache, Token};
pub use call::Paces;
pub use discover::{Found, Scope, Step, Stopped, discover};
pub use endpoint::endpoint;
pub use outside::{Outside, Reached, Service, Way};
pub use renewal::{REFRESH_MARGIN, fresh_token};
pub use role_credentials::{RoleCredentials, role_credentials};
pub use sign_in::{Device, Flow, Pending, begin};
pub use sign_out::sign_out;
