//! The calls of `sso-oidc`.

use super::Flow;
use crate::cache::{Given, Registration, is_fit};
use crate::call::{Asked, Refusal, nonsense, refused};
use crate::outside::{Outside, Service};
use aws_sdk_ssooidc::Client;
use aws_sdk_ssooidc::config::{BehaviorVersion, Region, StalledStreamProtectionConfig, retry::RetryConfig};
use aws_sdk_ssooidc::operation::start_device_authorization::StartDeviceAuthorizationOutput;
use hatrack_core::failure::Failure;
use hatrack_core::identity_center::Portal;
use hatrack_wire::Sealed;
use jiff::{SignedDuration, Timestamp};

/// What the AWS CLI registers as the address that a browser is sent back to: without a port, as
/// RFC 8252 asks.
const REDIRECT: &str = "http://127.0.0.1/oauth/callback";
/// What is asked for where the section names no scopes.
pub(super) const SCOPE: &str = "sso:account:access";
const GRANT_TYPES: [&str; 2] = ["authorization_code", "refresh_token"];
/// No token lasts longer.
const LONGEST_TOKEN: i64 = 90 * 24 * 3600;
/// The longest id and secret of a client; AWS's secret is a signed token of a few kilobytes.
const LONGEST_CLIENT: usize = 32 * 1024;

/// The service that gives tokens, in one region.
#[derive(Clone, Debug)]
pub(crate) struct Oidc {
    client: Client,
    asked: Asked,
    url: String,
}

/// What a token is asked for with.
#[derive(Clone, Debug)]
pub(crate) enum Grant {
    /// The code that the browser brought back.
    Code {
        /// The code.
        code: Sealed,
        /// Where it came back to.
        redirect: String,
        /// What its challenge was made of.
        verifier: Sealed,
    },
    /// The code of a device.
    Device(Sealed),
    /// The refresh token.
    Refresh(Sealed),
}

impl Oidc {
    pub(crate) async fn of(portal: &Portal, outside: &impl Outside) -> Result<Self, Failure> {
        let reached = outside.reach(Service::Oidc, &portal.region).await?;
        let config = aws_sdk_ssooidc::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(reached.way.http())
            .region(Region::new(portal.region.clone()))
            .endpoint_url(&reached.url)
            .allow_no_auth()
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .retry_config(RetryConfig::disabled())
            .build();
        let asked = Asked::new(&reached);
        Ok(Self { client: Client::from_conf(config), asked, url: reached.url })
    }

    /// The address of the service.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Explains a refusal of what was asked for.
    pub(crate) fn refused(&self, refusal: Refusal, what: &str) -> Failure {
        refused(refusal, what, &self.asked.host)
    }

    /// An answer in AWS's form that lacks what it must have.
    pub(super) fn odd(&self) -> Failure {
        nonsense(&self.asked.host)
    }

    /// Registers this program, as the AWS CLI registers itself.
    pub(super) async fn register(&self, portal: &Portal, flow: Flow) -> Result<Registration, Failure> {
        let (scopes, grant_types) = match flow {
            Flow::Browser => (scopes(portal), GRANT_TYPES.map(str::to_owned).to_vec()),
            // A token with a scope is a short one that is renewed. Who reads the older form of a
            // profile can't renew, so there it is asked for as the AWS CLI does.
            Flow::DeviceCode if portal.session.is_none() => (portal.scopes.clone(), Vec::new()),
            Flow::DeviceCode => (scopes(portal), Vec::new()),
        };
        let some = |list: &[String]| Some(list.to_vec()).filter(|list| !list.is_empty());
        let call = || {
            let call = self.client.register_client().client_type("public").client_name(name(portal));
            let call = call.set_scopes(some(&scopes)).set_grant_types(some(&grant_types));
            match flow {
                Flow::Browser => call.redirect_uris(REDIRECT).issuer_url(&portal.start_url),
                Flow::DeviceCode => call,
            }
            .send()
        };
        let answer = self.asked.call(false, call).await;
        let answer = answer.map_err(|refusal| self.refused(refusal, "to register Hatrack"))?;
        let fits = |text: &String| (1..=LONGEST_CLIENT).contains(&text.len());
        let expires = Timestamp::from_second(answer.client_secret_expires_at);
        match (answer.client_id.filter(fits), answer.client_secret.filter(fits), expires) {
            (Some(id), Some(secret), Ok(expires)) => {
                Ok(Registration { id, secret: Sealed::new(secret), expires, scopes, grant_types })
            }
            _ => Err(self.odd()),
        }
    }

    pub(super) async fn authorize_device(
        &self,
        portal: &Portal,
        registration: &Registration,
    ) -> Result<StartDeviceAuthorizationOutput, Refusal> {
        let call = || {
            let call = self.client.start_device_authorization().client_id(&registration.id);
            call.client_secret(registration.secret.open()).start_url(&portal.start_url).send()
        };
        self.asked.call(false, call).await
    }

    /// Asks for a token. A code is taken once, so it is sent again only if it can't have arrived.
    pub(crate) async fn token(
        &self,
        client_id: &str,
        client_secret: &Sealed,
        grant: &Grant,
        outside: &impl Outside,
    ) -> Result<Given, Refusal> {
        let once = match grant {
            Grant::Code { .. } => true,
            Grant::Device(_) | Grant::Refresh(_) => false,
        };
        let call = || {
            let call = self.client.create_token().client_id(client_id).client_secret(client_secret.open());
            match grant {
                Grant::Code { code, redirect, verifier } => call
                    .grant_type(GRANT_TYPES[0])
                    .code(code.open())
                    .redirect_uri(redirect)
                    .code_verifier(verifier.open()),
                Grant::Device(code) => {
                    call.grant_type("urn:ietf:params:oauth:grant-type:device_code").device_code(code.open())
                }
                Grant::Refresh(token) => call.grant_type(GRANT_TYPES[1]).refresh_token(token.open()),
            }
            .send()
        };
        let given = self.asked.call(once, call).await?;
        let access = given.access_token.filter(|token| is_fit(token));
        let seconds = i64::from(given.expires_in);
        let expires = outside.now().checked_add(SignedDuration::from_secs(seconds.min(LONGEST_TOKEN)));
        match (access, expires) {
            (Some(access), Ok(expires)) if seconds > 0 => Ok(Given {
                access: Sealed::new(access),
                expires,
                refresh: given.refresh_token.filter(|token| is_fit(token)).map(Sealed::new),
            }),
            _ => Err(Refusal::Failed { failure: self.odd(), may_pass: false, may_have_arrived: true }),
        }
    }
}

/// The scopes that a sign-in asks for.
pub(super) fn scopes(portal: &Portal) -> Vec<String> {
    if portal.scopes.is_empty() { vec![SCOPE.to_owned()] } else { portal.scopes.clone() }
}

/// What the registration is called, where an administrator sees it.
fn name(portal: &Portal) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || "-_.".contains(*c);
    let session: String =
        portal.session.as_deref().unwrap_or_default().chars().filter(plain).take(64).collect();
    if session.is_empty() { "hatrack".to_owned() } else { format!("hatrack-{session}") }
}
