//! A provider as it is configured, and what a sign-in there yields.

use hatrack_core::failure::Failure;
use hatrack_wire::Sealed;
use jiff::Timestamp;

use super::outside::Endpoint;

/// An identity provider as the section `[oidc NAME]` describes it.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The section's name.
    pub name: String,
    /// What kind of provider it is, and where.
    pub kind: Kind,
    /// The id under which Hatrack is registered there.
    pub client_id: String,
    /// The secret that belongs to the id, where the provider wants one of desktop programs too.
    pub client_secret: Option<Sealed>,
    /// What is asked for; `openid` is added for an OpenID provider.
    pub scopes: Vec<String>,
    /// The redirect address as registered, for [`crate::loopback::Address::parse`]; without it any
    /// port of `http://127.0.0.1/oauth/callback`.
    pub redirect: Option<String>,
}

/// How a provider is found, and which of its tokens STS wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An OpenID provider: STS wants its id_token.
    OpenId {
        /// The issuer, exactly as its discovery document and its tokens say it.
        issuer: String,
    },
    /// A plain OAuth provider: STS wants its access token and the provider's id.
    OAuth {
        /// What STS calls it: `graph.facebook.com` or `www.amazon.com`.
        provider_id: String,
        /// Where the browser goes.
        authorization_endpoint: String,
        /// Where the code becomes a token.
        token_endpoint: String,
    },
}

/// What a sign-in yields.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// What STS takes as WebIdentityToken.
    pub token: Sealed,
    /// When the token ends.
    pub expires: Timestamp,
    /// What obtains the next token without a person; it replaces the one before it.
    pub refresh_token: Option<Sealed>,
    /// What STS takes as ProviderId; only for plain OAuth.
    pub provider_id: Option<String>,
    /// Who signed in, as the provider names the person to programs.
    pub subject: Option<String>,
    /// Who signed in, fit to be shown.
    pub shown_name: Option<String>,
}

/// Where a provider's doors are.
#[derive(Clone, Debug)]
pub(super) struct Doors {
    pub(super) authorization: Endpoint,
    pub(super) token: Endpoint,
    /// Where the signing keys are; none for plain OAuth.
    pub(super) keys: Option<Endpoint>,
    pub(super) revocation: Option<Endpoint>,
    /// Whether the client's secret goes into the form and not into a header.
    pub(super) secret_in_form: bool,
    /// Whether answers in the browser must name their issuer (RFC 9207).
    pub(super) names_issuer: bool,
}

impl Provider {
    /// The scopes to ask for.
    pub(super) fn asked_scopes(&self) -> String {
        let mut scopes: Vec<&str> = self.scopes.iter().map(String::as_str).collect();
        match &self.kind {
            Kind::OpenId { .. } if !scopes.contains(&"openid") => scopes.insert(0, "openid"),
            Kind::OpenId { .. } | Kind::OAuth { .. } => {}
        }
        scopes.join(" ")
    }

    /// What must be said beside the rest to be given a refresh token.
    pub(super) fn extra_parameters(&self) -> &'static [(&'static str, &'static str)] {
        match &self.kind {
            // Google doesn't know the scope that the standard has for this.
            Kind::OpenId { issuer } if issuer == "https://accounts.google.com" => {
                &[("access_type", "offline"), ("prompt", "consent")]
            }
            Kind::OpenId { .. } if self.scopes.iter().any(|scope| scope == "offline_access") => {
                &[("prompt", "consent")]
            }
            Kind::OpenId { .. } | Kind::OAuth { .. } => &[],
        }
    }

    /// The doors of a plain OAuth provider, which has no document that tells them.
    pub(super) fn own_doors(&self, authorization: &str, token: &str) -> Result<Doors, Failure> {
        Ok(Doors {
            authorization: Endpoint::parse(self, "authorization_endpoint", authorization)?,
            token: Endpoint::parse(self, "token_endpoint", token)?,
            keys: None,
            revocation: None,
            secret_in_form: true,
            names_issuer: false,
        })
    }
}
