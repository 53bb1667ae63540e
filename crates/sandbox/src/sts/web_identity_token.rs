//! GetWebIdentityToken: a token by which others know the caller, signed by the sandbox.
//!
//! Deliberately absent: SessionDurationEscalationException; a token may outlive its caller's session.

use super::{NAMESPACE, limits, session_policy};
use crate::answer::{AwsError, Xml, time};
use crate::aws::{Aws, Caller};
use crate::constraint::Violations;
use crate::ids;
use crate::permission;
use crate::query::Params;
use jiff::SignedDuration;
use serde_json::{Map, Value, json};

/// Seconds of a token, if the caller doesn't say.
const DEFAULT_DURATION: u32 = 300;

pub(super) fn answer(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let mut violations = Violations::default();
    let members = params.members("Audience").map_err(|_| AwsError::malformed_input())?;
    let audience: Vec<_> = members.iter().filter_map(|member| member.get("").copied()).collect();
    violations.required("audience", audience.first().copied());
    violations.texts("audience", &audience, limits::TOKEN_AUDIENCE);
    violations.at_most("audience", audience.len(), limits::MOST_AUDIENCES);
    let algorithm = params.get("SigningAlgorithm");
    violations.required("signingAlgorithm", algorithm);
    violations.text("signingAlgorithm", algorithm, limits::SIGNING_ALGORITHM);
    let (min, max) = limits::TOKEN_DURATION;
    let duration = violations.number("durationSeconds", params.get("DurationSeconds"), min, max)?;
    let tags = session_policy::read_tags(params, &mut violations)?;
    violations.end()?;

    let account = caller.account();
    if !account.outbound_web_identity {
        let words = "Outbound web identity federation is not enabled for this account.";
        return Err(AwsError::new(403, "OutboundWebIdentityFederationDisabledException", words));
    }
    permission::check(caller, "sts:GetWebIdentityToken", &caller.arn())?;
    let now = aws.clock.now();
    let lifetime = SignedDuration::from_secs(i64::from(duration.unwrap_or(DEFAULT_DURATION)));
    let expires = now.saturating_add(lifetime).unwrap_or(now);
    let tags: Map<_, _> = tags.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect();
    let claims = json!({
        "iss": aws.token_issuer(),
        "sub": caller.principal_arn(),
        "aud": if let [one] = audience.as_slice() { Value::from(*one) } else { Value::from(audience.clone()) },
        "iat": now.as_second(),
        "nbf": now.as_second(),
        "exp": expires.as_second(),
        "jti": ids::request_id(),
        "https://sts.amazonaws.com/": {
            "aws_account": account.id,
            "principal_id": caller.arn(),
            "request_tags": tags,
        },
    });
    let token = aws.token_keys.sign(algorithm.unwrap_or_default(), &claims).ok_or_else(|| {
        AwsError::validation("The signing algorithm is not supported. Supported values: RS256, ES384")
    })?;
    Ok(Xml::answer("GetWebIdentityToken", NAMESPACE, request_id, |xml| {
        xml.text("WebIdentityToken", &token).text("Expiration", &time(expires));
    }))
}
