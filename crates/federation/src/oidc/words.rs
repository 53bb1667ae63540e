//! What goes wrong at a provider, in words.

use super::provider::Provider;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::shown;
use http::StatusCode;

const TRY_AGAIN: &str = "Try again later, or ask who runs the provider.";
const SECTION: &str = "Correct its section in the roles file.";

fn failure(code: FailureCode, happened: String, remedy: &str) -> Failure {
    Failure::new(code, happened, remedy)
}

fn name(provider: &Provider) -> String {
    format!("The identity provider {}", shown(&provider.name))
}

pub(super) fn bad_endpoint(provider: &Provider, which: &str, address: &str) -> Failure {
    failure(
        FailureCode::Refused,
        format!("{} has an {which} that can't be used: {}.", name(provider), shown(address)),
        "It must be a whole https address, as the provider's documentation tells it.",
    )
}

pub(super) fn redirected(provider: &Provider, what: &str) -> Failure {
    failure(
        FailureCode::Unreachable,
        format!("{} answered the request for {what} with a redirect, which is not followed.", name(provider)),
        "Check its address, and whether a network sign-in page stands in between.",
    )
}

pub(super) fn too_large(provider: &Provider, what: &str) -> Failure {
    failure(
        FailureCode::Unreachable,
        format!("{} answered the request for {what} with more than 1 MB.", name(provider)),
        TRY_AGAIN,
    )
}

pub(super) fn unusable(provider: &Provider, what: &str, status: StatusCode) -> Failure {
    failure(
        FailureCode::Unreachable,
        format!(
            "{} gave no usable answer to the request for {what} (HTTP {}).",
            name(provider),
            status.as_u16()
        ),
        TRY_AGAIN,
    )
}

pub(super) fn no_discovery(provider: &Provider, status: StatusCode) -> Failure {
    failure(
        FailureCode::Refused,
        format!(
            "{} has no discovery document at its issuer's address (HTTP {}).",
            name(provider),
            status.as_u16()
        ),
        "Check the issuer in its section: /.well-known/openid-configuration must be found under it.",
    )
}

pub(super) fn other_issuer(provider: &Provider, issuer: &str) -> Failure {
    failure(
        FailureCode::Refused,
        format!(
            "{} calls itself {}, which is not the issuer that is configured.",
            name(provider),
            shown(issuer)
        ),
        "Write the issuer exactly as the provider does, to the last slash, if you trust it.",
    )
}

pub(super) fn no_pkce(provider: &Provider) -> Failure {
    failure(
        FailureCode::Refused,
        format!("{} doesn't offer PKCE with S256, without which a sign-in could be stolen.", name(provider)),
        "Ask who runs the provider to allow S256 for this client.",
    )
}

pub(super) fn bad_answer(provider: &Provider, why: &str) -> Failure {
    failure(
        FailureCode::Refused,
        format!("{} sent the browser back with an answer that can't be used: {why}.", name(provider)),
        "Start the sign-in again.",
    )
}

pub(super) fn token_rejected(provider: &Provider, why: &str) -> Failure {
    failure(
        FailureCode::Refused,
        format!("The token of the identity provider {} is rejected: {why}.", shown(&provider.name)),
        "Sign in again; if it recurs, ask who runs the provider.",
    )
}

pub(super) fn no_renewal(provider: &Provider) -> Failure {
    failure(
        FailureCode::PersonNeeded,
        format!("{} gives no new token without a person.", name(provider)),
        "Sign in again.",
    )
}

/// The provider's own refusal: an `error` of RFC 6749 and what it says about it.
pub(super) fn refusal(
    provider: &Provider,
    error: &str,
    description: Option<&str>,
    renewing: bool,
) -> Failure {
    let name = name(provider);
    let said = match description.map(str::trim).filter(|said| !said.is_empty()) {
        Some(said) => format!(" ({})", shown(said)),
        None => String::new(),
    };
    match error {
        "access_denied" => failure(
            FailureCode::Cancelled,
            format!("{name} says that the sign-in was denied{said}."),
            "Sign in again and allow it, or ask who runs the provider for access.",
        ),
        "invalid_client" | "unauthorized_client" => failure(
            FailureCode::Refused,
            format!("{name} doesn't accept Hatrack's client id or client secret{said}."),
            "Check client_id and the client secret, and that the client may use the authorization code.",
        ),
        "redirect_uri_mismatch" | "invalid_redirect_uri" => failure(
            FailureCode::Refused,
            format!("{name} refuses the address that the browser is sent back to{said}."),
            "Register http://127.0.0.1/oauth/callback there, or set redirect to what is registered.",
        ),
        "invalid_grant" if renewing => failure(
            FailureCode::PersonNeeded,
            format!("The sign-in at the identity provider {} has ended{said}.", shown(&provider.name)),
            "Sign in again.",
        ),
        "invalid_grant" => failure(
            FailureCode::Refused,
            format!("{name} doesn't accept the code that it gave, which is too old or was used{said}."),
            "Start the sign-in again.",
        ),
        "invalid_scope" => {
            failure(FailureCode::Refused, format!("{name} doesn't know one of the scopes{said}."), SECTION)
        }
        "login_required" | "interaction_required" | "consent_required" | "account_selection_required" => {
            failure(
                FailureCode::PersonNeeded,
                format!("{name} needs a person to sign in{said}."),
                "Sign in again.",
            )
        }
        "temporarily_unavailable" | "server_error" | "slow_down" => {
            failure(FailureCode::Unreachable, format!("{name} can't serve at the moment{said}."), TRY_AGAIN)
        }
        other => failure(
            FailureCode::Refused,
            format!("{name} refused with {}{said}.", shown(other)),
            "Look at its section and at its log, or ask who runs it.",
        ),
    }
}
