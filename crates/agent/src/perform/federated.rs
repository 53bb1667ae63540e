//! What takes the place of keys: a provider's token or assertion.

use super::{Renewed, Tools};
use crate::origin::web_identity;
use crate::sign_in::{self, Held};
use hatrack_core::chain::{Origin, Provider, TokenSource};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::shown;
use hatrack_core::plan::{Identity, Plan, Start};
use hatrack_vault::Kind;
use hatrack_wire::Sealed;
use jiff::{SignedDuration, Timestamp};

/// How much life a token must have to be sent.
const WORTH_SENDING: SignedDuration = SignedDuration::from_secs(60);

/// The token for AssumeRoleWithWebIdentity, and the id of a plain OAuth provider.
pub(super) async fn token(
    plan: &Plan,
    tools: &mut Tools,
    renewed: &mut Option<Renewed>,
) -> Result<(Sealed, Option<String>), Failure> {
    let Start::Origin(Origin::WebIdentity { profile, token }) = &plan.start else {
        return Err(super::source_is_gone());
    };
    let name = match token {
        TokenSource::File(file) => {
            let source = web_identity::TokenSource::File(file);
            return Ok((web_identity::token(&tools.world, profile, source).await?, None));
        }
        TokenSource::Process(line) => {
            let source = web_identity::TokenSource::Process(line);
            return Ok((web_identity::token(&tools.world, profile, source).await?, None));
        }
        TokenSource::Provider(name) => name,
    };
    let now = tools.clock.now();
    if let Some((Held::Token { token, provider_id }, end)) = &tools.held
        && end.duration_since(now) > WORTH_SENDING
    {
        return Ok((token.clone(), provider_id.clone()));
    }
    let signed_in = refreshed(name, tools, now).await?;
    let Some(Held::Token { token, provider_id }) = signed_in.held.clone() else {
        return Err(signed_out(name));
    };
    let identity = Identity { end: signed_in.end, refreshable: true };
    *renewed = Some(Renewed { provider: Provider::Oidc(name.clone()), held: signed_in.held, identity });
    Ok((token, provider_id))
}

/// A new token by the refresh token in the vault, which is replaced where the provider rotates it.
async fn refreshed(name: &str, tools: &Tools, now: Timestamp) -> Result<sign_in::SignedIn, Failure> {
    let kept = tools.vault.get(Kind::ProviderToken, name).await?.ok_or_else(|| signed_out(name))?;
    let way = tools.way();
    let signed_in = sign_in::refresh(name, &tools.files, &tools.vault, &way, &kept).await?;
    if let Some(next) = &signed_in.refresh_token {
        tools.vault.put(Kind::ProviderToken, name, next.clone(), signed_in.facts(), now).await?;
    }
    Ok(signed_in)
}

/// The assertion for AssumeRoleWithSAML, the provider's ARN beside the role in it, and the seconds
/// that the provider's section or the assertion wishes the session to last.
pub(super) fn assertion(
    tools: &Tools,
    provider: Option<&str>,
    role_arn: &str,
    principal_arn: Option<&str>,
) -> Result<(Sealed, String, Option<u32>), Failure> {
    let Some((Held::Assertion(assertion), _)) = &tools.held else { return Err(super::source_is_gone()) };
    let offered = assertion.roles().iter().find(|role| role.role_arn.as_str() == role_arn);
    let principal = match (principal_arn, offered) {
        (Some(principal), _) => principal.to_owned(),
        (None, Some(role)) => role.principal_arn.clone(),
        (None, None) => {
            return Err(Failure::new(
                FailureCode::Refused,
                format!("The identity provider doesn't offer {} to you.", shown(role_arn)),
                "Look at hat roles for those that it offers, or ask whoever runs the provider.",
            ));
        }
    };
    let wished = provider
        .and_then(|name| tools.files.profiles.saml.get(name)?.get("session_duration")?.parse().ok())
        .filter(|seconds| (900..=43_200).contains(seconds));
    Ok((assertion.sealed().clone(), principal, wished.or(assertion.session_duration())))
}

fn signed_out(name: &str) -> Failure {
    Failure::new(
        FailureCode::PersonNeeded,
        format!("Nobody is signed in at {} any more.", shown(name)),
        format!("Sign in again: hat login {}.", shown(name)),
    )
}
