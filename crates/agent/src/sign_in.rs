//! Sign-ins at outside identity providers: from a provider's section to a token or an assertion
//! in memory.
//!
//! Deliberately absent: any browser (the address goes to a face), and asking a person by itself.

use crate::clock::Clock;
use crate::files::Files;
use crate::identity_center::{self, Center};
use crate::world::{Connector, Reach, World, explain};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use hatrack_core::chain;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::shown;
use hatrack_core::profile::SettingMap;
use hatrack_core::snapshot::DeviceCode;
use hatrack_federation::oidc::{self, Kind, LARGEST_ANSWER, Outside, Tokens};
use hatrack_federation::saml::{Acs, Assertion};
pub use hatrack_identity_center::Flow;
use hatrack_vault::{Facts, Vault};
use hatrack_wire::Sealed;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// The fact of a kept refresh token that says whose it is.
const SUBJECT: &str = "subject";

/// How long a person may take in the browser.
const LIMIT: Duration = Duration::from_secs(600);

/// How long a provider may take to answer.
const ANSWER: Duration = Duration::from_secs(15);

/// What a sign-in gave, as it is kept in memory.
#[derive(Clone, Debug)]
pub enum Held {
    /// A token for AssumeRoleWithWebIdentity.
    Token {
        /// The token.
        token: Sealed,
        /// ProviderId, for plain OAuth.
        provider_id: Option<String>,
    },
    /// An assertion for AssumeRoleWithSAML.
    Assertion(Arc<Assertion>),
}

/// A sign-in that ended well.
#[derive(Debug)]
pub struct SignedIn {
    /// What it gave; `None`: the cache that the AWS CLI shares has it.
    pub held: Option<Held>,
    /// When that ends.
    pub end: Timestamp,
    /// Whether it can be renewed without a person.
    pub refreshable: bool,
    /// What renews it without a person.
    pub refresh_token: Option<Sealed>,
    /// Who signed in, as the provider names the person to programs.
    pub subject: Option<String>,
}

/// A sign-in that waits for a person.
pub enum Pending {
    /// At an OpenID or OAuth provider.
    Oidc(Box<oidc::Pending>),
    /// At a SAML provider.
    Saml(Acs),
    /// At an organisation's portal.
    IdentityCenter(Box<identity_center::Pending>),
}

/// What a face is to show, and what then is waited for.
pub struct Begun {
    /// The address for the browser.
    pub url: Sealed,
    /// Where a window is to bring the assertion; `None`: the system's browser shows the address.
    pub post_to: Option<Sealed>,
    /// The code that is to be typed in there, for a sign-in of that kind.
    pub device: Option<DeviceCode>,
    /// What is waited for.
    pub pending: Pending,
}

/// The agent's way to providers.
#[derive(Clone)]
pub struct Way {
    /// The caller's world.
    pub world: World,
    /// The clock.
    pub clock: Clock,
    /// The way to organisations' portals.
    pub center: Center,
}

impl Outside for Way {
    async fn send(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, Failure> {
        let (parts, body) = request.into_parts();
        let odd = |why: &str| {
            Failure::new(
                FailureCode::Refused,
                format!("The request to the identity provider can't be built: {why}."),
                "Look at the provider's addresses.",
            )
        };
        let url = parts.uri.to_string();
        let reach = Reach::to(&self.world, &url, None)?;
        let connector = Connector::new(reach.clone(), Duration::from_secs(5));
        let mut sent = HttpRequest::new(SdkBody::from(body));
        sent.set_method(parts.method.as_str()).map_err(|_| odd("its method"))?;
        sent.set_uri(url).map_err(|_| odd("its address"))?;
        for (name, value) in &parts.headers {
            let value = value.to_str().map_err(|_| odd("a header"))?;
            sent.headers_mut()
                .try_insert(name.as_str().to_owned(), value.to_owned())
                .map_err(|_| odd("a header"))?;
        }
        let response = match tokio::time::timeout(ANSWER, connector.send(sent)).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(explain(&error, &reach, error.is_timeout())),
            Err(elapsed) => return Err(explain(&elapsed, &reach, true)),
        };
        let bytes = response.body().bytes().unwrap_or_default();
        let mut answer = http::Response::builder().status(response.status().as_u16());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        let body = bytes.get(..bytes.len().min(LARGEST_ANSWER + 1)).unwrap_or_default().to_vec();
        answer.body(body).map_err(|_| odd("its answer"))
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Begins a sign-in at a provider.
pub async fn begin(
    provider: &chain::Provider,
    flow: Flow,
    files: &Files,
    vault: &Vault,
    way: &Way,
) -> Result<Begun, Failure> {
    match provider {
        chain::Provider::Oidc(name) => {
            let described = describe(name, files, vault).await?;
            let pending = oidc::begin(&described, way).await?;
            let url = pending.url();
            Ok(Begun { url, post_to: None, device: None, pending: Pending::Oidc(Box::new(pending)) })
        }
        chain::Provider::Saml(name) => {
            let settings = files.profiles.saml.get(name).ok_or_else(|| unknown(name))?;
            let url = setting(settings, "sign_in_url").ok_or_else(|| missing(name, "sign_in_url"))?;
            let loopback = url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:");
            if !url.starts_with("https://") && !loopback {
                return Err(Failure::new(
                    FailureCode::Refused,
                    format!("The sign_in_url of {} isn't an https address.", shown(name)),
                    "Take the address at which the provider's page for AWS begins.",
                ));
            }
            let acs = match setting(settings, "acs_url") {
                Some(address) => Acs::bind_at(address).await?,
                None => Acs::bind().await?,
            };
            let in_browser = setting(settings, "browser") == Some("system");
            let post_to = (!in_browser).then(|| Sealed::new(acs.url()));
            Ok(Begun { url: Sealed::new(url), post_to, device: None, pending: Pending::Saml(acs) })
        }
        chain::Provider::IdentityCenter(name) => {
            let portal = files.portal(name).ok_or_else(|| unknown(name))?;
            let pending = way.center.begin(portal, flow).await?;
            let (url, device) = (pending.url(), pending.device());
            Ok(Begun { url, post_to: None, device, pending: Pending::IdentityCenter(Box::new(pending)) })
        }
    }
}

impl Pending {
    /// Waits for the person.
    pub async fn finish(self, way: &Way) -> Result<SignedIn, Failure> {
        match self {
            Self::Oidc(pending) => pending.finish(way, LIMIT).await.map(of_tokens),
            Self::Saml(acs) => {
                let assertion = acs.receive(LIMIT).await?;
                let end = assertion.expires(way.now());
                Ok(SignedIn {
                    held: Some(Held::Assertion(Arc::new(assertion))),
                    end,
                    refreshable: false,
                    refresh_token: None,
                    subject: None,
                })
            }
            Self::IdentityCenter(pending) => {
                let identity = way.center.finish(*pending, LIMIT).await?;
                Ok(SignedIn {
                    held: None,
                    end: identity.end,
                    refreshable: identity.refreshable,
                    refresh_token: None,
                    subject: None,
                })
            }
        }
    }
}

/// Renews a sign-in without a person.
pub async fn refresh(
    name: &str,
    files: &Files,
    vault: &Vault,
    way: &Way,
    refresh_token: &Sealed,
) -> Result<SignedIn, Failure> {
    let described = describe(name, files, vault).await?;
    let subject = vault
        .entries()?
        .into_iter()
        .find(|entry| entry.kind == hatrack_vault::Kind::ProviderToken && entry.name == name)
        .and_then(|entry| entry.facts.get(SUBJECT).cloned());
    oidc::refresh(&described, way, refresh_token, subject.as_deref()).await.map(of_tokens)
}

fn of_tokens(tokens: Tokens) -> SignedIn {
    SignedIn {
        held: Some(Held::Token { token: tokens.token, provider_id: tokens.provider_id }),
        end: tokens.expires,
        refreshable: tokens.refresh_token.is_some(),
        refresh_token: tokens.refresh_token,
        subject: tokens.subject,
    }
}

impl SignedIn {
    /// What is known of the refresh token beside itself: whose it is, so that no other person's
    /// token is taken for its successor.
    pub fn facts(&self) -> Facts {
        let subject = self.subject.iter().filter(|subject| subject.len() <= 256);
        subject.map(|subject| (SUBJECT.to_owned(), subject.clone())).collect()
    }
}

/// Reads what `[oidc NAME]` says.
async fn describe(name: &str, files: &Files, vault: &Vault) -> Result<oidc::Provider, Failure> {
    let settings = files.profiles.oidc.get(name).ok_or_else(|| unknown(name))?;
    let needed =
        |key: &'static str| setting(settings, key).map(str::to_owned).ok_or_else(|| missing(name, key));
    let kind = match setting(settings, "provider_id") {
        Some(id) => Kind::OAuth {
            provider_id: id.to_owned(),
            authorization_endpoint: needed("authorization_endpoint")?,
            token_endpoint: needed("token_endpoint")?,
        },
        None => Kind::OpenId { issuer: needed("issuer")? },
    };
    let listed = vault
        .entries()?
        .iter()
        .any(|entry| entry.kind == hatrack_vault::Kind::ClientSecret && entry.name == name);
    let client_secret = if listed { vault.get(hatrack_vault::Kind::ClientSecret, name).await? } else { None };
    let scopes = setting(settings, "scopes").unwrap_or("openid offline_access");
    Ok(oidc::Provider {
        name: name.to_owned(),
        kind,
        client_id: needed("client_id")?,
        client_secret,
        scopes: scopes.split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
        redirect: setting(settings, "redirect_uri").map(str::to_owned),
    })
}

fn setting<'a>(settings: &'a SettingMap, key: &str) -> Option<&'a str> {
    settings.get(key).filter(|value| !value.is_empty())
}

fn unknown(name: &str) -> Failure {
    Failure::new(
        FailureCode::NotFound,
        format!("No identity provider is called {}.", shown(name)),
        "Add it: hat provider add, or a section in Hatrack's roles file.",
    )
}

fn missing(name: &str, key: &str) -> Failure {
    Failure::new(
        FailureCode::Refused,
        format!("The identity provider {} has no {key}.", shown(name)),
        format!("Add {key} to its section."),
    )
}

/// Has the provider forget a refresh token, where it lets us.
pub async fn end(
    name: &str,
    files: &Files,
    vault: &Vault,
    way: &Way,
    refresh_token: &Sealed,
) -> Result<(), Failure> {
    let described = describe(name, files, vault).await?;
    oidc::end(&described, way, refresh_token).await
}
