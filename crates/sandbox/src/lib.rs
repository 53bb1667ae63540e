//! A small AWS on loopback, for trying Hatrack and for testing it; never linked into what ships.
//!
//! It plays STS, the keys of IAM, the token endpoint of AWS Sign-In and IAM Identity Center: signatures, MFA codes, identity
//! tokens, SAML assertions, trust and durations are checked for real, and refusals come in AWS's own
//! words. One module for each service. It listens on 127.0.0.1 only, keeps everything
//! in memory, and forgets it when it is dropped.
//!
//! Deliberately absent: anything that a session would be good for. No permission is ever evaluated
//! beyond who may assume which role.

mod answer;
mod aws;
mod caller;
mod clock;
mod console;
mod constraint;
mod demo;
mod demo_portal;
mod demo_ways;
mod fault;
mod fetch;
mod home;
mod http;
mod iam;
mod identity_center;
mod ids;
mod issuer;
mod jws;
mod keys;
mod line;
mod login;
mod permission;
mod query;
mod server;
mod services;
mod signin;
mod sigv4;
mod sts;
mod token_keys;
mod totp;
mod world;

pub use aws::Call;
pub use clock::Clock;
pub use demo::{DEMO_MFA_SERIAL, DEMO_PROFILES, DemoProfile};
pub use fault::Fault;
pub use home::{Home, publish};
pub use identity_center::{Choice, OperationCount, Portal, PortalFault, Shown, SignedIn, Visit};
pub use issuer::TokenIssuer;
pub use server::Sandbox;
pub use totp::{Code, code_at};
pub use world::{
    AccessKey, Account, AssignedAccount, Denial, DeniedBy, KeyStatus, LoginSession, MfaDevice, OauthToken,
    OidcProvider, Organisation, Person, Role, SamlProvider, TradeInToken, Trust, User, WebIdentityTrust,
    World,
};
