//! The ways to IAM Identity Center, as a caller's environment describes them.
//!
//! Deliberately absent: what profiles say about endpoints. A portal belongs to no profile.

use super::endpoint::accept;
use super::target::{configured, is_region_name};
use super::{ClockOffset, Connector, ProfileEndpoint, Reach, World, explain, is_lasting, never_connected};
use crate::clock;
use crate::sts::Caller;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use hatrack_core::failure::Failure;
use hatrack_identity_center::{Outside, Paces, Reached, Service, Way, endpoint};
use jiff::Timestamp;
use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many endpoints are kept warm at most.
const MOST_ENDPOINTS: usize = 32;
/// How many idle connections are kept to one endpoint: a listing has as many requests under way.
const IDLE: usize = 8;

/// What everybody shares on the way to IAM Identity Center: warm connections, the paces of the
/// portals, and AWS's clock.
#[derive(Clone, Debug)]
pub struct Ways {
    paces: Paces,
    clock: ClockOffset,
    connect: Duration,
    warm: Arc<Mutex<HashMap<Reach, Connector>>>,
}

/// The ways of one caller.
#[derive(Clone, Debug)]
pub struct CallersWays {
    world: World,
    ways: Ways,
}

impl Ways {
    /// The ways of an agent; they learn AWS's time together with its other calls.
    pub fn new(caller: &Caller) -> Self {
        Self {
            paces: Paces::default(),
            clock: caller.clock().clone(),
            connect: caller.patience().connect,
            warm: Arc::default(),
        }
    }

    /// The same for one caller, whose environment decides about endpoints, proxies and
    /// certificates.
    pub fn of(&self, world: &World) -> CallersWays {
        CallersWays { world: world.clone(), ways: self.clone() }
    }

    fn connector(&self, reach: &Reach) -> Connector {
        let mut warm = self.warm.lock().unwrap_or_else(PoisonError::into_inner);
        if warm.len() >= MOST_ENDPOINTS && !warm.contains_key(reach) {
            warm.clear();
        }
        let connector =
            || Connector::learning(reach.clone(), self.connect, &self.clock).with_idle_connections(IDLE);
        warm.entry(reach.clone()).or_insert_with(connector).clone()
    }
}

impl CallersWays {
    /// What AWS's clock shows when this machine's shows `time`: the cache is written by this
    /// machine's, as the AWS CLI does it, and the agent counts with AWS's.
    pub fn by_aws(&self, time: Timestamp) -> Timestamp {
        time.saturating_add(self.ways.clock.get()).unwrap_or(time)
    }

    async fn url(&self, service: Service, region: &str) -> Result<String, Failure> {
        is_region_name(region)?;
        let (variable, name) = match service {
            Service::Oidc => ("AWS_ENDPOINT_URL_SSO_OIDC", "sso-oidc"),
            Service::Portal => ("AWS_ENDPOINT_URL_SSO", "sso"),
        };
        if let Some((url, from)) = configured(&self.world, &ProfileEndpoint::default(), variable, None, name)
        {
            accept(url, &from)?;
            return Ok(url.trim_end_matches('/').to_owned());
        }
        let on = |variable| self.world.switch(variable).unwrap_or(false);
        endpoint(service, region, on("AWS_USE_FIPS_ENDPOINT"), on("AWS_USE_DUALSTACK_ENDPOINT")).await
    }
}

impl Outside for CallersWays {
    fn now(&self) -> Timestamp {
        clock::now()
    }

    async fn reach(&self, service: Service, region: &str) -> Result<Reached, Failure> {
        let url = self.url(service, region).await?;
        let reach = Reach::to(&self.world, &url, None)?;
        let connector = self.ways.connector(&reach);
        Ok(Reached { url, way: Arc::new(WayTo { reach, connector }) })
    }

    fn paces(&self) -> &Paces {
        &self.ways.paces
    }
}

/// The way to one endpoint.
#[derive(Debug)]
struct WayTo {
    reach: Reach,
    connector: Connector,
}

impl Way for WayTo {
    fn http(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.connector.clone())
    }

    fn explain(&self, error: &(dyn Error + 'static), timed_out: bool) -> Failure {
        explain(error, &self.reach, timed_out)
    }

    fn is_lasting(&self, error: &(dyn Error + 'static)) -> bool {
        is_lasting(error)
    }

    fn never_connected(&self, error: &(dyn Error + 'static)) -> bool {
        never_connected(error)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::world;
    use super::*;

    async fn urls(variables: &[(&str, &str)], region: &str) -> (String, String) {
        let ways = Ways::new(&Caller::new()).of(&world(variables));
        let oidc = ways.reach(Service::Oidc, region).await.unwrap().url;
        (oidc, ways.reach(Service::Portal, region).await.unwrap().url)
    }

    fn pair(oidc: &str, portal: &str) -> (String, String) {
        (oidc.to_owned(), portal.to_owned())
    }

    #[tokio::test]
    async fn each_service_has_its_own_address_and_the_callers_goes_first() {
        assert_eq!(
            urls(&[], "eu-west-1").await,
            pair("https://oidc.eu-west-1.amazonaws.com", "https://portal.sso.eu-west-1.amazonaws.com")
        );
        assert_eq!(
            urls(&[("AWS_USE_FIPS_ENDPOINT", "true")], "us-gov-west-1").await,
            pair(
                "https://oidc.us-gov-west-1.amazonaws.com",
                "https://portal.sso.us-gov-west-1.amazonaws.com"
            )
        );
        assert_eq!(
            urls(&[("AWS_USE_DUALSTACK_ENDPOINT", "true")], "cn-north-1").await.0,
            "https://oidc.cn-north-1.api.amazonwebservices.com.cn"
        );
        let general = ("AWS_ENDPOINT_URL", "http://127.0.0.1:1/");
        assert_eq!(urls(&[general], "x-1").await, pair("http://127.0.0.1:1", "http://127.0.0.1:1"));
        let own = [
            general,
            ("AWS_ENDPOINT_URL_SSO", "https://portal.example"),
            ("AWS_ENDPOINT_URL_SSO_OIDC", "https://oidc.example"),
        ];
        assert_eq!(urls(&own, "x-1").await, pair("https://oidc.example", "https://portal.example"));
        let ignored = [general, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")];
        assert_eq!(urls(&ignored, "us-east-1").await.0, "https://oidc.us-east-1.amazonaws.com");
    }

    #[tokio::test]
    async fn tokens_stay_off_the_open_net_and_off_hosts_that_a_region_names() {
        let ways = Ways::new(&Caller::new()).of(&world(&[("AWS_ENDPOINT_URL_SSO", "http://portal.example")]));
        assert!(ways.reach(Service::Portal, "us-east-1").await.is_err());
        for region in ["evil.example/", "", "a b"] {
            assert!(ways.reach(Service::Oidc, region).await.is_err(), "{region:?}");
        }
    }
}
