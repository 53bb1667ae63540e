//! A sign-in from its beginning to its tokens.

use super::discovery::doors;
use super::exchange::{Bound, exchange};
use super::outside::Outside;
use super::pkce::{challenge, unguessable};
use super::provider::{Doors, Kind, Provider, Tokens};
use super::words;
use crate::loopback::{Address, Fields, Loopback, Verdict, Wanted};
use hatrack_core::failure::Failure;
use hatrack_wire::Sealed;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// Where the browser is sent back to if nothing else is registered.
const REDIRECT: &str = "/oauth/callback";
/// The longest code that is passed on.
const LONGEST_CODE: usize = 8192;

/// A sign-in that waits for a person in a browser. Dropping it takes the sign-in back.
#[derive(Debug)]
pub struct Pending {
    provider: Provider,
    doors: Doors,
    loopback: Loopback,
    redirect: String,
    verifier: Sealed,
    expected: Expected,
}

/// What the browser's answer is held against.
#[derive(Clone, Debug)]
struct Expected {
    state: Sealed,
    nonce: Sealed,
}

/// Begins a sign-in: finds the provider's doors and listens for the browser's answer.
pub async fn begin(provider: &Provider, outside: &impl Outside) -> Result<Pending, Failure> {
    let address = match &provider.redirect {
        Some(redirect) => Address::parse(redirect)?,
        None => Address::at(REDIRECT),
    };
    let doors = doors(outside, provider).await?;
    let loopback = Loopback::bind(address, Wanted::Query).await?;
    Ok(Pending {
        provider: provider.clone(),
        doors,
        redirect: loopback.url(),
        loopback,
        verifier: unguessable()?,
        expected: Expected { state: unguessable()?, nonce: unguessable()? },
    })
}

impl Pending {
    /// The address that a face opens in the person's browser.
    pub fn url(&self) -> Sealed {
        let (scopes, challenge) = (self.provider.asked_scopes(), challenge(&self.verifier));
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", self.provider.client_id.as_str()),
            ("redirect_uri", self.redirect.as_str()),
            ("scope", scopes.as_str()),
            ("state", self.expected.state.open()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        match &self.provider.kind {
            Kind::OpenId { .. } => parameters.push(("nonce", self.expected.nonce.open())),
            Kind::OAuth { .. } => {}
        }
        parameters.extend_from_slice(self.provider.extra_parameters());
        Sealed::new(self.doors.authorization.with_query(&parameters))
    }

    /// Waits for the person, for `limit` and never longer than ten minutes, and obtains the tokens.
    pub async fn finish(self, outside: &impl Outside, limit: Duration) -> Result<Tokens, Failure> {
        let (provider, expected) = (self.provider.clone(), self.expected.clone());
        let names_issuer = self.doors.names_issuer;
        let judge = move |fields| judge(fields, &provider, &expected, names_issuer);
        let code = self.loopback.receive(limit, judge).await?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.open()),
            ("redirect_uri", self.redirect.as_str()),
            ("code_verifier", self.verifier.open()),
        ];
        let bound = Bound { nonce: Some(self.expected.nonce.open()), ..Bound::default() };
        exchange(&self.provider, outside, &self.doors, &form, &bound).await
    }
}

fn judge(
    mut fields: Fields,
    provider: &Provider,
    expected: &Expected,
    names_issuer: bool,
) -> Verdict<Sealed> {
    let state = fields.get("state").unwrap_or_default();
    if !bool::from(state.as_bytes().ct_eq(expected.state.open().as_bytes())) {
        return Verdict::Stranger;
    }
    // A code of another provider must not be shown to this one (RFC 9207).
    match (&provider.kind, fields.get("iss")) {
        (Kind::OpenId { issuer }, Some(said)) if said != issuer => {
            return Verdict::Failed(words::other_issuer(provider, said));
        }
        (Kind::OpenId { .. }, None) if names_issuer => {
            return Verdict::Failed(words::bad_answer(provider, "it doesn't say who issued it"));
        }
        (Kind::OpenId { .. } | Kind::OAuth { .. }, Some(_) | None) => {}
    }
    if let Some(error) = fields.get("error") {
        let description = fields.get("error_description");
        return Verdict::Failed(words::refusal(provider, error, description, false));
    }
    match fields.take("code") {
        Some(code) if (1..=LONGEST_CODE).contains(&code.open().len()) => Verdict::Done(code),
        Some(_) => Verdict::Failed(words::bad_answer(provider, "its code is empty or too long")),
        None => Verdict::Failed(words::bad_answer(provider, "there is no code in it")),
    }
}
