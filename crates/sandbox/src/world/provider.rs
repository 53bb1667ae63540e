//! Outside identity providers, as the accounts of a world know them.

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

/// One OpenID provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcProvider {
    /// The issuer's URL, as tokens name it.
    pub issuer: String,
    /// The client ids (audiences) that its tokens may be for.
    pub audiences: Vec<String>,
    /// Its public keys as a JSON Web Key Set; without them they are fetched by way of the issuer's
    /// discovery document, over http and on loopback only.
    #[serde(default)]
    pub jwks: Option<Value>,
}

/// One SAML provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SamlProvider {
    /// `arn:aws:iam::ACCOUNT:saml-provider/NAME`.
    pub arn: String,
    /// The provider's own name for itself (its entity id), as assertions name it.
    pub issuer: String,
    /// The certificate of the key that it signs with, in PEM or as the base64 that metadata has.
    pub certificate: String,
}

/// An access token of a plain OAuth provider, which STS takes to the provider to ask.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OauthToken {
    /// `graph.facebook.com` or `www.amazon.com`.
    pub provider_id: String,
    /// The token.
    pub token: SecretString,
    /// The application that it is for.
    pub audience: String,
    /// The provider's id of whoever signed in.
    pub subject: String,
}

/// An outside identity that a role trusts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebIdentityTrust {
    /// The issuer's URL, or the provider id of a plain OAuth provider.
    pub issuer: String,
    /// The audience, if it matters.
    #[serde(default)]
    pub audience: Option<String>,
    /// The subject, if it matters.
    #[serde(default)]
    pub subject: Option<String>,
}

impl OidcProvider {
    /// A provider with these keys; without keys they are fetched.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>, jwks: Option<Value>) -> Self {
        Self { issuer: issuer.into(), audiences: vec![audience.into()], jwks }
    }
}

impl SamlProvider {
    /// A provider with this ARN in IAM, this name for itself and this certificate.
    pub fn new(arn: impl Into<String>, issuer: impl Into<String>, certificate: impl Into<String>) -> Self {
        Self { arn: arn.into(), issuer: issuer.into(), certificate: certificate.into() }
    }
}

impl OauthToken {
    /// A token of this provider for this application about this subject.
    pub fn new(
        provider_id: impl Into<String>,
        token: impl Into<String>,
        audience: impl Into<String>,
        subject: impl Into<String>,
    ) -> Self {
        Self {
            provider_id: provider_id.into(),
            token: SecretString::from(token.into()),
            audience: audience.into(),
            subject: subject.into(),
        }
    }
}

impl WebIdentityTrust {
    /// Whether the identity is one that is trusted.
    pub(crate) fn fits(&self, issuer: &str, audience: &str, subject: &str) -> bool {
        self.issuer == issuer
            && self.audience.as_ref().is_none_or(|it| it == audience)
            && self.subject.as_ref().is_none_or(|it| it == subject)
    }
}
