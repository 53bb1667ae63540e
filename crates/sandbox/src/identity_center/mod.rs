//! IAM Identity Center: sign-in (service `sso-oidc`) and the access portal (service `sso`) of each
//! organisation of the world.
//!
//! A test describes an organisation ([`Organisation`](crate::Organisation)), starts the sandbox, and
//! takes hold of its portal ([`Sandbox::portal`](crate::Sandbox::portal)): there it signs somebody in
//! without a browser, sets the pace at which calls are taken, lets tokens end, lets accounts come and
//! go, lets calls fail ([`PortalFault`]), and reads how often each operation was called.
//!
//! A sign-in leads a person to a page, `/authorize` for clients with PKCE and `/device` for codes on
//! a screen. [`Sandbox::visit`](crate::Sandbox::visit) plays the browser and the person ([`Choice`])
//! from within the test. A browser that a program opens gets a form; one that nobody looks at opens
//! the address with `&sandbox_user=NAME` at its end, which allows (with `&sandbox_choice=deny` it
//! denies), and follows the redirect.
//!
//! Both services stand below the sandbox's one address, as AWS_ENDPOINT_URL has it. Where a front
//! passes AWS's own names on (`portal.sso.REGION.amazonaws.com`), the region in the name counts.
//!
//! Deliberately absent: CreateTokenWithIAM, applications of Identity Center, and everything that
//! administers an organisation.

mod authorize;
mod bucket;
mod device;
mod fault;
mod handle;
mod oidc;
mod operation;
mod page;
mod portal;
mod register;
mod sign_in;
mod state;
mod token;
mod visit;

pub use fault::PortalFault;
pub use handle::Portal;
pub(crate) use operation::{Operation, operation};
pub use sign_in::SignedIn;
pub(crate) use state::IdentityCenter;
pub use state::OperationCount;
pub use visit::{Choice, Shown, Visit};

use crate::answer::AwsError;
use crate::aws::Aws;
use crate::query::Params;
use crate::services::Answer;
use axum::http::request::Parts;
use operation::Service;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Answers one call, or refuses it.
pub(crate) async fn answer(aws: &Aws, operation: Operation, parts: &Parts, body: Option<&[u8]>) -> Answer {
    let body = body.unwrap_or_default();
    let answered = match operation {
        Operation::ListAccounts => portal::answer(aws, operation, parts, portal::accounts).await,
        Operation::ListAccountRoles => portal::answer(aws, operation, parts, portal::roles).await,
        Operation::GetRoleCredentials => portal::answer(aws, operation, parts, portal::credentials).await,
        Operation::Logout => portal::answer(aws, operation, parts, portal::logout).await,
        Operation::RegisterClient => register::answer(aws, parts, body),
        Operation::StartDeviceAuthorization => device::start(aws, parts, body),
        Operation::CreateToken => token::answer(aws, body),
        Operation::Authorize => authorize::answer(aws, parts),
        Operation::VerifyDevice => device::page(aws, parts),
    };
    answered.unwrap_or_else(|error| refusal(operation, &error))
}

/// A refusal as the service writes it.
pub(crate) fn refusal(operation: Operation, error: &AwsError) -> Answer {
    let body = match operation.service() {
        Service::Page => return page::refusal(error),
        Service::Portal => json!({
            "message": error.message,
            "__type": format!("com.amazonaws.switchboard.portal#{}", error.code),
        }),
        Service::Oidc => json!({
            "error": oidc::error_name(error.code),
            "error_description": error.message,
        }),
    };
    Answer { status: error.status, error: Some(error.code), ..answered(&body) }
}

/// What the service says to who asks too often.
pub(crate) fn throttled(operation: Operation) -> AwsError {
    match operation.service() {
        Service::Portal | Service::Page => {
            AwsError::new(429, "TooManyRequestsException", "HTTP 429 Unknown Code")
        }
        Service::Oidc => AwsError::new(400, "SlowDownException", "Too many requests"),
    }
}

/// What a log may tell of a call: no token, no code, no secret.
pub(crate) fn told(operation: Operation, parts: &Parts, body: Option<&[u8]>) -> BTreeMap<String, String> {
    let params = || Params::parse(parts.uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    match operation.service() {
        Service::Portal => params().iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
        Service::Oidc => oidc::told(body.unwrap_or_default()),
        Service::Page => params()
            .iter()
            .filter(|(name, _)| ["client_id", "redirect_uri", "scopes"].contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    }
}

fn answered(body: &Value) -> Answer {
    Answer { body: body.to_string(), content_type: "application/json", ..Answer::default() }
}

/// Whether a call came to a name of AWS's in another region than this one: `oidc.eu-west-1.amazonaws.com`.
fn is_elsewhere(parts: &Parts, region: &str) -> bool {
    let host = parts.headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let rest = ["portal.sso.", "portal.sso-fips.", "oidc.", "oidc-fips."]
        .iter()
        .find_map(|service| host.strip_prefix(service));
    rest.and_then(|rest| rest.split('.').next()).is_some_and(|asked| asked != region)
}
