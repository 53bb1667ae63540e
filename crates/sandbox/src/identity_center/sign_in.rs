//! Clients, sign-ins, and the tokens that stand for them.

use super::state::State;
use crate::ids;
use crate::world::Organisation;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use std::fmt;

/// The scope that opens the portal.
pub(super) const SCOPE: &str = "sso:account:access";

/// A registered client.
pub(super) struct Client {
    pub(super) secret: SecretString,
    pub(super) name: String,
    pub(super) expires: Timestamp,
    pub(super) scopes: Vec<String>,
    /// Empty where the client named none: it may use all.
    pub(super) grants: Vec<String>,
    pub(super) redirects: Vec<String>,
    /// The portal whose start URL was named as the issuer.
    pub(super) portal: Option<usize>,
}

/// Somebody's sign-in.
pub(super) struct SignIn {
    pub(super) portal: usize,
    pub(super) person: String,
    pub(super) client_id: String,
    pub(super) until: Timestamp,
    /// Whether its tokens open the portal.
    pub(super) opens_portal: bool,
}

/// What an access token stands for.
pub(super) struct AccessToken {
    /// Which of the sign-ins.
    pub(super) sign_in: usize,
    pub(super) expires: Timestamp,
}

/// What a refresh token stands for; it is taken once.
pub(super) struct RefreshToken {
    /// Which of the sign-ins.
    pub(super) sign_in: usize,
}

/// A code that a browser carries to the client.
pub(super) struct Code {
    pub(super) client_id: String,
    pub(super) redirect: String,
    pub(super) challenge: String,
    pub(super) portal: usize,
    pub(super) person: String,
    pub(super) expires: Timestamp,
}

/// A device that waits for somebody's answer.
pub(super) struct Device {
    pub(super) user_code: String,
    pub(super) client_id: String,
    pub(super) portal: usize,
    pub(super) expires: Timestamp,
    /// Seconds between two questions.
    pub(super) interval: u32,
    pub(super) answer: Option<DeviceAnswer>,
    /// How often the device asked, and when it did last.
    pub(super) asked: u32,
    pub(super) last_asked: Timestamp,
    pub(super) is_used: bool,
}

/// What somebody answered for a device.
pub(super) enum DeviceAnswer {
    /// Yes: this person.
    Allowed(String),
    /// No.
    Denied,
}

/// Tokens, as they are told once.
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
    pub(super) expires: Timestamp,
}

/// A sign-in that needed no browser: what the AWS CLI's cache would have of it.
#[derive(Clone)]
pub struct SignedIn {
    /// The token that the portal takes.
    pub access_token: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The token that gets another one.
    pub refresh_token: String,
    /// The client that it was given to.
    pub client_id: String,
    /// That client's secret.
    pub client_secret: String,
    /// When that client's registration ends.
    pub registration_expires_at: Timestamp,
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedIn").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl Client {
    /// Whether the client registered for this grant.
    pub(super) fn may(&self, grant: &str) -> bool {
        self.grants.is_empty() || self.grants.iter().any(|it| it == grant)
    }
}

/// So many seconds later.
pub(super) fn after(now: Timestamp, seconds: u32) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(i64::from(seconds))).unwrap_or(now)
}

impl State {
    /// Registers a client; tells its id and secret.
    pub(super) fn register(&mut self, client: Client) -> String {
        let id = ids::random_text(22).replace(['+', '/'], "-");
        self.clients.insert(id.clone(), client);
        id
    }

    /// Signs somebody in for a client. There are refresh tokens for a client that registered the
    /// portal's scope and the grant; one without scopes is of the older kind, and opens the portal too.
    pub(super) fn sign_in(
        &mut self,
        organisation: &Organisation,
        portal: usize,
        person: &str,
        client_id: &str,
        now: Timestamp,
    ) -> Tokens {
        let client = self.clients.get(client_id);
        let has_scope = client.is_some_and(|client| client.scopes.iter().any(|scope| scope == SCOPE));
        let refreshable = has_scope && client.is_some_and(|client| client.may("refresh_token"));
        self.sign_ins.push(SignIn {
            portal,
            person: person.to_owned(),
            client_id: client_id.to_owned(),
            until: after(now, organisation.session_duration),
            opens_portal: has_scope || client.is_some_and(|client| client.scopes.is_empty()),
        });
        self.issue(organisation, self.sign_ins.len() - 1, refreshable, now)
    }

    /// Makes the tokens of a sign-in.
    pub(super) fn issue(
        &mut self,
        organisation: &Organisation,
        sign_in: usize,
        refreshable: bool,
        now: Timestamp,
    ) -> Tokens {
        let until = self.sign_ins[sign_in].until;
        let expires =
            if refreshable { after(now, organisation.access_token_duration).min(until) } else { until };
        // AWS's tokens begin alike and are some hundred characters long.
        let access = format!("aoaAAAAA{}", ids::random_text(360));
        self.access_tokens.insert(access.clone(), AccessToken { sign_in, expires });
        let refresh = refreshable.then(|| {
            let token = format!("aorAAAAA{}", ids::random_text(360));
            self.refresh_tokens.insert(token.clone(), RefreshToken { sign_in });
            token
        });
        Tokens { access, refresh, expires }
    }
}
