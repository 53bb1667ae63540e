//! The access portal: its four calls, each at the portal's pace.

use crate::cache::Token;
use crate::call::{Asked, Pace, Refusal, Sdk, Turn, nonsense};
use crate::outside::{Outside, Service};
use aws_sdk_sso::Client;
use aws_sdk_sso::config::{BehaviorVersion, Region, StalledStreamProtectionConfig, retry::RetryConfig};
use aws_sdk_sso::error::ProvideErrorMetadata;
use aws_sdk_sso::types::{AccountInfo, RoleCredentials, RoleInfo};
use hatrack_core::failure::Failure;
use hatrack_core::identity_center::Portal;
use std::error::Error;
use std::future::Future;
use std::time::Duration;
use tokio::time::Instant;

/// What one page has at most.
const PAGE: i32 = 100;
/// How long a portal that asks for patience gets it, in all.
const LONGEST_PATIENCE: Duration = Duration::from_secs(60);

/// A portal that was found.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    client: Client,
    asked: Asked,
    pace: Pace,
}

/// One page of a list.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl Door {
    pub(crate) async fn of(portal: &Portal, outside: &impl Outside) -> Result<Self, Failure> {
        let reached = outside.reach(Service::Portal, &portal.region).await?;
        let pace = outside.paces().of(&format!("{} {}", reached.url, portal.organisation()));
        let config = aws_sdk_sso::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(reached.way.http())
            .region(Region::new(portal.region.clone()))
            .endpoint_url(&reached.url)
            .allow_no_auth()
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .retry_config(RetryConfig::disabled())
            .build();
        Ok(Self { client: Client::from_conf(config), asked: Asked::new(&reached), pace })
    }

    /// The portal's host, for words.
    pub(crate) fn host(&self) -> &str {
        &self.asked.host
    }

    /// Requests a second, at present.
    pub(crate) fn rate(&self) -> f64 {
        self.pace.rate()
    }

    pub(crate) async fn accounts(
        &self,
        token: &Token,
        from: Option<&str>,
    ) -> Result<Page<AccountInfo>, Refusal> {
        let page = self.paced(|| {
            let call = self.client.list_accounts().access_token(token.access.open());
            call.max_results(PAGE).set_next_token(from.map(str::to_owned)).send()
        });
        let page = page.await?;
        Ok(Page { items: page.account_list.unwrap_or_default(), next: next(page.next_token) })
    }

    pub(crate) async fn roles(
        &self,
        token: &Token,
        account_id: &str,
        from: Option<&str>,
    ) -> Result<Page<RoleInfo>, Refusal> {
        let page = self.paced(|| {
            let call = self.client.list_account_roles().access_token(token.access.open());
            call.account_id(account_id).max_results(PAGE).set_next_token(from.map(str::to_owned)).send()
        });
        let page = page.await?;
        Ok(Page { items: page.role_list.unwrap_or_default(), next: next(page.next_token) })
    }

    /// A person waits for these: they go before all listing.
    pub(crate) async fn role_credentials(
        &self,
        token: &Token,
        account_id: &str,
        role_name: &str,
    ) -> Result<RoleCredentials, Refusal> {
        let mut turn = None;
        let answer = self.asked.call(false, move || {
            // A portal in trouble gets relief from the listing, not from the person.
            if let Some(refused) = turn.replace(self.pace.turn_at_once()) {
                self.pace.refused(refused, None);
            }
            let call = self.client.get_role_credentials().access_token(token.access.open());
            call.account_id(account_id).role_name(role_name).send()
        });
        answer.await?.role_credentials.ok_or_else(|| self.odd())
    }

    /// Ends the sign-in that a token stands for.
    pub(crate) async fn log_out(&self, token: &Token) -> Result<(), Refusal> {
        let call = || self.client.logout().access_token(token.access.open()).send();
        self.asked.call(false, call).await.map(|_| ())
    }

    /// An answer that is AWS's form and lacks what it must have.
    fn odd(&self) -> Refusal {
        Refusal::Failed { failure: nonsense(self.host()), may_pass: false, may_have_arrived: true }
    }

    /// Calls in turn; what came too often comes again at a slower pace.
    async fn paced<T, E, F>(&self, send: impl Fn() -> F) -> Result<T, Refusal>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<T, Sdk<E>>>,
    {
        let begin = Instant::now();
        loop {
            let turn: Turn = self.pace.turn().await;
            match self.asked.call_in_turn(&send).await {
                Ok(answer) => {
                    self.pace.accepted();
                    return Ok(answer);
                }
                Err(refusal) if refusal.is_too_often() && begin.elapsed() < LONGEST_PATIENCE => {
                    self.pace.refused(turn, refusal.retry_after());
                }
                Err(refusal) => return Err(refusal),
            }
        }
    }
}

fn next(token: Option<String>) -> Option<String> {
    token.filter(|token| !token.is_empty())
}
