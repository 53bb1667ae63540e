//! Container endpoints: opened for a connection, kept filled with what its role's session has, closed
//! with the connection.
//!
//! Deliberately absent: a wait. Who asks for a role that isn't active is told so at once, and a
//! person is asked meanwhile: SDKs try again.

use super::Agent;
use super::hand_outs::{Errand, gone};
use crate::connection::ConnectionId;
use crate::credentials::Credentials;
use crate::endpoint::{ConsumerId, Endpoint, FromEndpoint, Shelf};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::{SessionId, shown};
use hatrack_core::snapshot::SessionView;
use hatrack_wire::{Answer, Ask, Sealed, Serving};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use zeroize::Zeroizing;

/// How long a program that asks in vain waits for a person to be asked once more.
const ASK_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(60);

/// An endpoint that is open for a program.
pub(super) struct Served {
    errand: Errand,
    /// Whose credentials it has now, and when they began.
    has: Option<(SessionId, Timestamp)>,
    /// When a person was asked last because of it.
    asked: Option<Timestamp>,
}

impl Agent {
    /// Opens an endpoint for a program whose role is active.
    pub(super) fn serve(&mut self, errand: Errand, session: SessionId) -> Result<(), Failure> {
        let (credentials, view) = self.credentials_of(session).ok_or_else(gone)?;
        self.last_consumer += 1;
        let consumer = ConsumerId(self.last_consumer);
        let opened =
            self.endpoint()?.open(consumer, shelf(&credentials, &view)?).map_err(|error| closed(&error))?;
        let serving = Serving {
            role_id: view.role_id.clone(),
            role: view.role.clone(),
            region: view.region.clone(),
            url: opened.url,
            token: opened.token,
        };
        self.note(&errand, 0, true);
        self.answer(errand.connection, errand.id, Ok(Answer::Serving(Box::new(serving))));
        let has = self.state.delivered_since(session).map(|since| (session, since));
        self.serving.insert(consumer, Served { errand, has, asked: None });
        Ok(())
    }

    /// The server, started where it isn't yet.
    pub(super) fn endpoint(&mut self) -> Result<&Endpoint, Failure> {
        if self.endpoint.is_none() {
            let started = Endpoint::start(self.clock.clone(), self.from_endpoint.clone());
            self.endpoint = Some(started.map_err(|error| closed(&error))?);
        }
        self.endpoint.as_ref().ok_or_else(gone)
    }

    /// Closes what was open for a connection.
    pub(super) fn end_serving(&mut self, connection: ConnectionId) {
        let over: Vec<_> = self
            .serving
            .iter()
            .filter(|(_, it)| it.errand.connection == connection)
            .map(|(id, _)| *id)
            .collect();
        for consumer in over {
            if let Some(endpoint) = &self.endpoint {
                endpoint.close(consumer);
            }
            if let Some(served) = self.serving.remove(&consumer) {
                self.state.endpoint_closed(&served.errand.role.id, &served.errand.program);
            }
        }
    }

    /// Fills the endpoints with what their roles' sessions have now, and ends a server that nobody
    /// needs.
    pub(super) fn fill_endpoints(&mut self) {
        let Some(endpoint) = self.endpoint.take() else { return };
        for (consumer, mut served) in std::mem::take(&mut self.serving) {
            let session = self.live_session(served.errand.connection, &served.errand.role);
            let has = session.and_then(|(id, _)| Some((id, self.state.delivered_since(id)?)));
            if has != served.has {
                let live = has.and_then(|(session, _)| self.credentials_of(session));
                let live = live.map(|(credentials, view)| shelf(&credentials, &view));
                let shelf = live.unwrap_or_else(|| Err(not_active(&served.errand)));
                endpoint.fill(consumer, shelf.unwrap_or_else(Shelf::Empty));
                served.has = has;
            }
            self.serving.insert(consumer, served);
        }
        self.endpoint = (!endpoint.is_idle()).then_some(endpoint);
    }

    /// A program asked its endpoint.
    pub(super) fn endpoint_asked(&mut self, event: FromEndpoint) {
        let now = self.clock.now();
        match event {
            FromEndpoint::Served(consumer) => {
                if let Some(served) = self.serving.get(&consumer) {
                    self.state.endpoint_served(&served.errand.role.id, &served.errand.program, now);
                }
            }
            FromEndpoint::Missed(consumer) => {
                let Some(served) = self.serving.get_mut(&consumer) else { return };
                if served.asked.is_some_and(|asked| now < asked + ASK_AGAIN_AFTER) {
                    return;
                }
                served.asked = Some(now);
                let mut errand = served.errand.clone();
                errand.asked.ask = Ask::InWindow;
                // Why it can't be is what the program is told when it asks again.
                self.activate_for(&errand, now).ok();
            }
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ContainerCredentials<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    expiration: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    account_id: &'a str,
}

/// Credentials as the SDKs' container providers take them.
fn shelf(credentials: &Credentials, view: &SessionView) -> Result<Shelf, Failure> {
    let end = credentials.expiration.ok_or_else(gone)?;
    let told = ContainerCredentials {
        access_key_id: &credentials.access_key_id,
        secret_access_key: credentials.secret_access_key.open(),
        token: credentials.session_token.as_ref().map(Sealed::open),
        expiration: end.to_string(),
        account_id: &view.account_id,
    };
    let room = told.access_key_id.len() + told.secret_access_key.len() + told.token.map_or(0, str::len);
    // Roomy enough not to be moved as it grows, even where each sign is escaped.
    let mut json = Zeroizing::new(Vec::with_capacity(6 * room + 512));
    serde_json::to_writer(&mut *json, &told).map_err(|_| gone())?;
    let text = std::str::from_utf8(&json).map_err(|_| gone())?;
    Ok(Shelf::Live { json: Sealed::new(text), end })
}

fn not_active(errand: &Errand) -> Failure {
    Failure::new(
        FailureCode::PersonNeeded,
        format!("{} isn't active any more.", shown(&errand.role.name)),
        "Answer what Hatrack asks, or activate the role, and try again.",
    )
}

pub(super) fn closed(error: &std::io::Error) -> Failure {
    Failure::new(
        FailureCode::Refused,
        format!("No port of loopback can be opened: {error}."),
        "Look at what limits the ports and files of your processes.",
    )
}
