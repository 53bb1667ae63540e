//! AssumeRoleWithWebIdentity: a role for whoever an outside identity provider says it is. Unsigned.

use super::role_session::{DEFAULT_DURATION, Grant};
use super::session_policy::{self, Labels};
use super::{assume_role, credentials, limits};
use crate::answer::AwsError;
use crate::aws::Aws;
use crate::constraint::Violations;
use crate::fetch;
use crate::jws::Token;
use crate::query::Params;
use secrecy::ExposeSecret;
use serde_json::Value;
use std::borrow::Cow;
use subtle::ConstantTimeEq;

const ACTION: &str = "AssumeRoleWithWebIdentity";

/// The providers that STS knows without being told of them.
const OAUTH_PROVIDERS: [&str; 2] = ["graph.facebook.com", "www.amazon.com"];

pub(super) async fn answer(aws: &Aws, params: &Params, request_id: &str) -> Result<String, AwsError> {
    let mut violations = Violations::default();
    let (arn, name, token) =
        (params.get("RoleArn"), params.get("RoleSessionName"), params.get("WebIdentityToken"));
    violations.required("roleArn", arn);
    violations.text("roleArn", arn, limits::ARN);
    violations.required("roleSessionName", name);
    violations.text("roleSessionName", name, limits::ROLE_SESSION_NAME);
    violations.required("webIdentityToken", token);
    violations.secret("webIdentityToken", token, limits::WEB_IDENTITY_TOKEN);
    violations.text("providerId", params.get("ProviderId"), limits::PROVIDER_ID);
    let (min, max) = limits::ROLE_DURATION;
    let duration = violations.number("durationSeconds", params.get("DurationSeconds"), min, max)?;
    let token_size = credentials::requested_size(params, &mut violations)?;
    let requested = session_policy::read(params, &mut violations, limits::SESSION_POLICY, Labels::None)?;
    violations.end()?;
    let (arn, token) = (arn.unwrap_or_default(), token.unwrap_or_default());
    if !assume_role::is_role_arn(arn) {
        return Err(AwsError::validation("Request ARN is invalid"));
    }
    let identity = match params.get("ProviderId") {
        Some(provider) => Identity::at_oauth(aws, provider, token)?,
        None => Identity::from_token(aws, token).await?,
    };
    let refuse = |action: &str| AwsError::access_denied(format!("Not authorized to perform {action}"));
    let trusts = |trust: &[_]| trust.iter().any(|trust| identity.fits(trust));
    let (account, role) = aws
        .world
        .find_role(arn)
        .filter(|(_, role)| trusts(&role.trust.web_identity))
        .ok_or_else(|| refuse("sts:AssumeRoleWithWebIdentity"))?;
    let policy = identity.label(requested).resolve(None, arn)?;
    let grant = Grant {
        account,
        role,
        session_name: name.unwrap_or_default(),
        duration: duration.unwrap_or(DEFAULT_DURATION),
        chained: false,
        token_size,
        policy,
    };
    grant.check(refuse)?;
    Ok(grant.answer(aws, ACTION, request_id, |xml| {
        xml.text("SubjectFromWebIdentityToken", &identity.subject)
            .text("Provider", &identity.provider)
            .text("Audience", &identity.audience);
    }))
}

/// Who it is, as the provider says.
struct Identity<'a> {
    provider: Cow<'a, str>,
    audience: Cow<'a, str>,
    subject: Cow<'a, str>,
    /// What the token says beyond that.
    claims: Value,
}

impl<'a> Identity<'a> {
    fn at_oauth(aws: &'a Aws, provider: &'a str, token: &str) -> Result<Self, AwsError> {
        if !OAUTH_PROVIDERS.contains(&provider) {
            return Err(AwsError::validation("Invalid ProviderId"));
        }
        let known = aws.world.oauth_tokens.iter().find(|it| {
            it.provider_id == provider
                && bool::from(it.token.expose_secret().as_bytes().ct_eq(token.as_bytes()))
        });
        let known = known.ok_or_else(|| {
            AwsError::new(403, "IDPRejectedClaim", "The identity provider rejected the token.")
        })?;
        Ok(Self {
            provider: provider.into(),
            audience: known.audience.as_str().into(),
            subject: known.subject.as_str().into(),
            claims: Value::Null,
        })
    }

    async fn from_token(aws: &'a Aws, text: &str) -> Result<Self, AwsError> {
        let token = Token::read(text).ok_or_else(|| {
            invalid(
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
            )
        })?;
        let required = |claim: &str| {
            token.text(claim).ok_or_else(|| invalid(&format!("Missing a required claim: {claim}")))
        };
        let (issuer, subject) = (required("iss")?, required("sub")?);
        let provider = aws.world.oidc_providers.iter().find(|it| it.issuer == issuer);
        let provider = provider.ok_or_else(|| {
            invalid(&format!("No OpenIDConnect provider found in your account for {issuer}"))
        })?;
        let keys = match &provider.jwks {
            Some(jwks) => Cow::Borrowed(jwks),
            None => Cow::Owned(fetch::jwks(issuer).await.ok_or_else(|| {
                let words = "Couldn't retrieve verification key from your identity provider, please reference \
                             AssumeRoleWithWebIdentity documentation for requirements";
                AwsError::new(400, "IDPCommunicationError", words)
            })?),
        };
        if !token.is_signed_by(&keys) {
            return Err(invalid("The ID Token's signature is not valid"));
        }
        let audience = provider.audiences.iter().find(|it| is_for(&token, it));
        let audience = audience.ok_or_else(|| invalid("Incorrect token audience"))?;
        let expires = token.claims.get("exp").and_then(Value::as_i64);
        let expires = expires.ok_or_else(|| invalid("Missing a required claim: exp"))?;
        let now = aws.clock.now().as_second();
        if expires <= now {
            let words = format!(
                "Token expired: current date/time {now} must be before the expiration date/time {expires}"
            );
            return Err(AwsError::new(400, "ExpiredTokenException", words));
        }
        Ok(Self {
            provider: provider.issuer.as_str().into(),
            audience: audience.as_str().into(),
            subject: subject.to_owned().into(),
            claims: token.claims,
        })
    }

    fn fits(&self, trust: &crate::world::WebIdentityTrust) -> bool {
        trust.fits(&self.provider, &self.audience, &self.subject)
    }

    /// The request with the tags and the source identity that the token brings.
    fn label<'r>(&'r self, requested: session_policy::Requested<'r>) -> session_policy::Requested<'r> {
        let tags = self.claims.get("https://aws.amazon.com/tags");
        let principal = tags.and_then(|tags| tags.get("principal_tags")).and_then(Value::as_object);
        let pair = |(key, value): (&'r String, &'r Value)| {
            let value = value.as_str().or_else(|| value.get(0)?.as_str())?;
            Some((key.as_str(), value))
        };
        let transitive = tags.and_then(|tags| tags.get("transitive_tag_keys")).and_then(Value::as_array);
        let identity = self.claims.get("https://aws.amazon.com/source_identity").and_then(Value::as_str);
        requested.labelled(
            principal.into_iter().flatten().filter_map(pair).collect(),
            transitive.into_iter().flatten().filter_map(Value::as_str).collect(),
            identity,
        )
    }
}

fn is_for(token: &Token<'_>, audience: &str) -> bool {
    match token.claims.get("aud") {
        Some(Value::String(one)) => one == audience,
        Some(Value::Array(many)) => many.iter().any(|it| it.as_str() == Some(audience)),
        _ => false,
    }
}

fn invalid(words: &str) -> AwsError {
    AwsError::new(400, "InvalidIdentityToken", words)
}
