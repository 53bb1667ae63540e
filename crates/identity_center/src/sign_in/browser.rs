//! The way by the person's browser.

use super::Ended;
use super::oidc::{Grant, Oidc, scopes};
use crate::cache::{Given, Registration};
use crate::chance::unguessable;
use crate::outside::Outside;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::Portal;
use hatrack_core::name::shown;
use hatrack_federation::loopback::{Address, Fields, Loopback, Verdict, Wanted};
use hatrack_wire::Sealed;
use ring::digest::{SHA256, digest};
use std::time::Duration;
use subtle::ConstantTimeEq;

/// The path that the browser is sent back to; it is registered.
const PATH: &str = "/oauth/callback";
/// The longest code that is passed on.
const LONGEST_CODE: usize = 8192;

/// A sign-in that waits for the browser's answer.
#[derive(Debug)]
pub(super) struct AtBrowser {
    loopback: Loopback,
    url: Sealed,
    redirect: String,
    state: Sealed,
    verifier: Sealed,
}

impl AtBrowser {
    pub(super) async fn begin(
        portal: &Portal,
        oidc: &Oidc,
        registration: &Registration,
    ) -> Result<Self, Failure> {
        let loopback = Loopback::bind(Address::at(PATH), Wanted::Query).await?;
        let (state, verifier, redirect) = (unguessable()?, unguessable()?, loopback.url());
        let scopes = scopes(portal).join(" ");
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.open().as_bytes()));
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &registration.id)
            .append_pair("redirect_uri", &redirect)
            .append_pair("state", state.open())
            .append_pair("code_challenge_method", "S256")
            // AWS's own name for it, in the plural.
            .append_pair("scopes", &scopes)
            .append_pair("code_challenge", &challenge)
            .finish()
            .replace('+', "%20");
        let url = Sealed::new(format!("{}/authorize?{query}", oidc.url()));
        Ok(Self { loopback, url, redirect, state, verifier })
    }

    pub(super) fn url(&self) -> Sealed {
        self.url.clone()
    }

    pub(super) async fn finish(
        self,
        portal: &Portal,
        oidc: &Oidc,
        registration: &Registration,
        limit: Duration,
        outside: &impl Outside,
    ) -> Result<Given, Ended> {
        let (name, state) = (shown(portal.name()), self.state);
        let code = self.loopback.receive(limit, move |fields| judge(fields, &state, &name)).await?;
        let grant = Grant::Code { code, redirect: self.redirect, verifier: self.verifier };
        let given = oidc.token(&registration.id, &registration.secret, &grant, outside).await;
        given.map_err(|refusal| match refusal.code() {
            Some("ExpiredTokenException" | "InvalidGrantException") => Ended::Failed(too_late()),
            Some(_) | None => Ended::Refused(refusal),
        })
    }
}

fn judge(mut fields: Fields, expected: &Sealed, portal: &str) -> Verdict<Sealed> {
    let state = fields.get("state").unwrap_or_default();
    if !bool::from(state.as_bytes().ct_eq(expected.open().as_bytes())) {
        return Verdict::Stranger;
    }
    if let Some(error) = fields.get("error") {
        return Verdict::Failed(denied(portal, error, fields.get("error_description")));
    }
    match fields.take("code") {
        Some(code) if (1..=LONGEST_CODE).contains(&code.open().len()) => Verdict::Done(code),
        Some(_) | None => Verdict::Failed(Failure::new(
            FailureCode::Refused,
            format!("The browser came back from {portal} without a code that can be used."),
            "Start the sign-in again.",
        )),
    }
}

/// What the portal sent the browser back with instead of a code.
fn denied(portal: &str, error: &str, description: Option<&str>) -> Failure {
    let (happened, remedy) = match error {
        "access_denied" => (
            format!("The request for access was denied in the browser at {portal}."),
            "Start the sign-in again and allow it, or ask who administers the organisation.",
        ),
        _ => (
            format!("{portal} ended the sign-in in the browser ({}).", shown(description.unwrap_or(error))),
            "Start the sign-in again, or ask who administers the organisation.",
        ),
    };
    Failure::new(FailureCode::Refused, happened, remedy).with_aws_code(Some(&shown(error)))
}

fn too_late() -> Failure {
    Failure::new(
        FailureCode::Refused,
        "The code from the browser was used or had ended before a token could be had for it.",
        "Start the sign-in again.",
    )
}
