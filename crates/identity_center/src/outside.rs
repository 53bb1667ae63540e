//! How calls leave this machine: the ways that the caller knows.

use crate::call::Paces;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use hatrack_core::failure::Failure;
use jiff::Timestamp;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

/// The two services of IAM Identity Center that are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// `sso-oidc`: registers clients and gives tokens.
    Oidc,
    /// `sso`: the access portal, which tells accounts and roles and gives credentials.
    Portal,
}

/// The world as the caller reaches it: its way through proxies and certificates, its clock, and
/// the paces of the portals.
pub trait Outside: Clone + Send + Sync + 'static {
    /// What time this machine's clock shows, right or wrong: by it the AWS CLI and the SDKs write
    /// and read the cache.
    fn now(&self) -> Timestamp;

    /// Finds the way to a service in a region.
    fn reach(&self, service: Service, region: &str) -> impl Future<Output = Result<Reached, Failure>> + Send;

    /// The paces of all portals, one for the whole process.
    fn paces(&self) -> &Paces;
}

/// A service that was found.
#[derive(Clone, Debug)]
pub struct Reached {
    /// Its address, without a slash at its end.
    pub url: String,
    /// The way to it.
    pub way: Arc<dyn Way>,
}

/// The way to one endpoint.
pub trait Way: fmt::Debug + Send + Sync {
    /// The client that sends requests; it follows no redirect and limits what an answer weighs.
    /// Several requests are under way at once while a portal is listed.
    fn http(&self) -> SharedHttpClient;

    /// Explains why no answer came, in words.
    fn explain(&self, error: &(dyn Error + 'static), timed_out: bool) -> Failure;

    /// Whether trying again is pointless: a certificate that isn't trusted, for instance.
    fn is_lasting(&self, error: &(dyn Error + 'static)) -> bool;

    /// Whether the connection was never made, so that nothing can have arrived.
    fn never_connected(&self, error: &(dyn Error + 'static)) -> bool;
}
