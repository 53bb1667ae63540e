//! What AWS has against a token or an assertion of an outside identity provider.

use super::{Asked, Refusal, failed, refused};
use hatrack_core::failure::Failure;

/// Parts of AWS's messages about web identity tokens, with what they mean and what to do.
const TOKENS: &[(&str, &str, &str)] = &[
    (
        "No OpenIDConnect provider found",
        "The role's account knows no identity provider of the token's issuer",
        "Have the provider added in IAM with the token's exact issuer (iss), or look at the account in role_arn.",
    ),
    (
        "audience",
        "The token was made for another audience",
        "client_id of the provider must be among the audiences of the provider in IAM.",
    ),
    (
        "verification key",
        "AWS could not get the provider's keys, or the token's key is not among them",
        "The provider's keys (jwks_uri) must be reachable from the internet and have the token's key.",
    ),
    (
        "thumbprint",
        "The provider's certificate doesn't fit the thumbprint in IAM",
        "Have the thumbprint of the provider updated in IAM.",
    ),
    (
        "Missing a required claim",
        "The token lacks something that AWS needs",
        "Have the provider put it in; sub, aud, iss, iat and exp are a must.",
    ),
];

/// The same for SAML.
const ASSERTIONS: &[(&str, &str, &str)] = &[
    (
        "Issuer not present in specified provider",
        "The SAML provider in IAM is not the one that signed in",
        "Compare principal_arn with the provider in IAM, whose metadata must name the assertion's issuer.",
    ),
    (
        "signature",
        "The assertion's signature doesn't fit the SAML provider's metadata in IAM",
        "Have the metadata in IAM updated: the identity provider may have changed its certificate.",
    ),
    (
        "RoleSessionName is required",
        "The assertion doesn't say what the session is to be called",
        "Have the attribute RoleSessionName added to the identity provider's AWS application.",
    ),
    (
        "metadata",
        "The SAML provider's metadata in IAM can't be used",
        "Have the metadata in IAM updated from the identity provider.",
    ),
    (
        "encrypt",
        "AWS can't decrypt the assertion",
        "Have the SAML provider's key in IAM compared with the one that the identity provider encrypts for.",
    ),
];

impl Refusal<'_> {
    pub(super) fn invalid_token(self, asked: &Asked<'_>) -> Failure {
        let is_saml = asked.operation == "AssumeRoleWithSAML";
        let (reasons, thing) =
            if is_saml { (ASSERTIONS, "SAML assertion") } else { (TOKENS, "provider's token") };
        let message = self.message.to_ascii_lowercase();
        match reasons.iter().find(|(part, ..)| message.contains(&part.to_ascii_lowercase())) {
            Some((_, happened, remedy)) => refused(format!("{happened}: {}.", self.said()), *remedy),
            None => refused(
                format!("AWS doesn't accept the {thing}: {}.", self.said()),
                "Sign in again; if it stays so, compare the provider in IAM with the one that signs in.",
            ),
        }
    }

    pub(super) fn rejected_claim(self, asked: &Asked<'_>) -> Failure {
        let thing = if asked.operation == "AssumeRoleWithSAML" { "assertion" } else { "token" };
        refused(
            format!("The identity provider doesn't stand by the {thing}: {}.", self.said()),
            "Sign in again: it may have expired, been revoked, or be of another application.",
        )
    }

    pub(super) fn provider_unreachable(self) -> Failure {
        failed(
            format!("AWS could not reach the identity provider: {}.", self.said()),
            "Try again in a minute; if it stays so, look whether the provider can be reached from the internet.",
        )
    }
}
