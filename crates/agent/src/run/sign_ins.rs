//! Sign-ins at outside providers: begun when somebody asked, shown by a face, ended once.

use super::{Agent, Outcome};
use crate::connection::ConnectionId;
use crate::sign_in::{self, Held, SignedIn, Way};
use hatrack_core::chain::Provider;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::memory::SamlRole;
use hatrack_core::name::{PromptId, SessionId, shown};
use hatrack_core::plan::{Identity, WorldId};
use hatrack_federation::saml;
use hatrack_vault::Kind;
use hatrack_wire::{Answer, Capture, Face, Open, Sealed, Update, View};

impl Agent {
    /// A person wants to be signed in, whether or not a role waits for it.
    pub(super) fn ask_sign_in(&mut self, connection: ConnectionId, name: &str) -> Result<Answer, Failure> {
        let files = self.files_of(connection)?;
        let world = self.faces.get(&connection).ok_or_else(cancelled)?.world.clone()?;
        let provider = if files.profiles.saml.contains_key(name) {
            Provider::Saml(name.to_owned())
        } else if files.profiles.oidc.contains_key(name) {
            Provider::Oidc(name.to_owned())
        } else {
            return Err(Failure::new(
                FailureCode::NotFound,
                format!("No identity provider is called {}.", shown(name)),
                "See hat provider list, or add it with hat provider add.",
            ));
        };
        self.asked_sign_ins.push((connection, provider.clone()));
        Ok(Answer::SignIn(self.state.sign_in(provider, world)))
    }

    /// Whose face shows the browser for a session that waits for a sign-in.
    pub(super) fn note_sign_in_of(&mut self, connection: ConnectionId, session: SessionId) {
        let snapshot = self.state.snapshot();
        let waiting = snapshot.sign_ins.into_iter().find(|sign_in| sign_in.sessions.contains(&session));
        if let Some(waiting) = waiting {
            self.asked_sign_ins.push((connection, waiting.provider));
        }
    }

    pub(super) fn begin_sign_in(&mut self, attempt: u64, provider: Provider, world: WorldId) {
        let Some(known) = self.world(world) else { return };
        let Some(files) = self.files.get(&known.pair).cloned() else { return };
        let way = Way { world: known.world.clone(), clock: self.clock.clone() };
        let (vault, outcomes) = (self.vault.asking(), self.outcomes.clone());
        let task = tokio::spawn({
            let provider = provider.clone();
            async move {
                let work = async {
                    let begun = sign_in::begin(&provider, &files, &vault, &way).await?;
                    let began = Outcome::SignInBegan {
                        attempt,
                        provider: provider.clone(),
                        url: begun.url,
                        post_to: begun.post_to,
                    };
                    if outcomes.send(began).is_err() {
                        return Err(cancelled());
                    }
                    begun.pending.finish(&way).await
                };
                let result = work.await;
                // The loop may have ended meanwhile.
                outcomes.send(Outcome::SignInEnded { attempt, provider, result }).ok();
            }
        });
        self.sign_ins.insert(attempt, (task.abort_handle(), provider));
    }

    /// The address is there: whoever asked shows it.
    pub(super) fn sign_in_began(
        &mut self,
        attempt: u64,
        provider: &Provider,
        url: Sealed,
        post_to: Option<Sealed>,
    ) {
        let sign_ins = self.state.snapshot().sign_ins;
        let waiting = sign_ins.iter().find(|sign_in| sign_in.provider == *provider);
        let (Some(waiting), true) = (waiting, self.sign_ins.contains_key(&attempt)) else { return };
        let window = post_to.map(|post_to| Capture {
            name: provider.name().to_owned(),
            endpoints: saml::endpoints(),
            post_to,
            sign_in: waiting.id,
        });
        let open = Open { url, window };
        let windows = self.faces.iter().find(|(_, face)| face.face == Some(Face::Windows)).map(|(id, _)| *id);
        let asked = self.asked_sign_ins.iter().find(|(_, asked)| asked == provider).map(|(id, _)| *id);
        let shows = if open.window.is_some() { windows } else { asked.or(windows) };
        match shows.and_then(|connection| self.faces.get(&connection)) {
            Some(face) => face.outbox.tell(Update::Open(open)),
            None if !self.faces.values().any(|face| face.face == Some(Face::Tray)) => {
                let failure = Failure::new(
                    FailureCode::PersonNeeded,
                    format!(
                        "{} is signed in at in a window, and none can be shown here.",
                        shown(provider.name())
                    ),
                    "Start Hatrack, or let the provider be shown in the system's browser (browser = system).",
                );
                if let Some((task, _)) = self.sign_ins.get(&attempt) {
                    task.abort();
                }
                self.sign_in_ended(attempt, provider, Err(failure));
            }
            None => {
                self.unopened.push(open);
                for face in self.faces.values().filter(|face| face.face == Some(Face::Tray)) {
                    face.outbox.show(View::SignIn);
                }
            }
        }
    }

    /// A process for windows is there: it shows what waited for it.
    pub(super) fn open_windows(&mut self, connection: ConnectionId) {
        let waiting = !self.sign_ins.is_empty();
        let unopened = std::mem::take(&mut self.unopened);
        if let Some(face) = self.faces.get(&connection).filter(|_| waiting) {
            for open in unopened {
                face.outbox.tell(Update::Open(open));
            }
        }
    }

    pub(super) fn sign_in_ended(
        &mut self,
        attempt: u64,
        provider: &Provider,
        result: Result<SignedIn, Failure>,
    ) {
        let Some(_) = self.sign_ins.remove(&attempt) else { return };
        let now = self.clock.now();
        let sign_ins = self.state.snapshot().sign_ins;
        let id = sign_ins.iter().find(|sign_in| sign_in.provider == *provider).map(|sign_in| sign_in.id);
        let told = match result {
            Ok(signed_in) => {
                let roles = self.offered(provider, &signed_in.held);
                let refreshable = signed_in.refresh_token.is_some();
                let facts = signed_in.facts();
                if let (Some(token), Provider::Oidc(name)) = (signed_in.refresh_token, provider) {
                    let (vault, name) = (self.vault.asking(), name.clone());
                    tokio::spawn(async move {
                        // Without a keyring the sign-in lasts as long as its token.
                        vault.put(Kind::ProviderToken, &name, token, facts, now).await.ok();
                    });
                }
                self.held.insert(provider.clone(), (signed_in.held, signed_in.end));
                self.state.signed_in(provider, Identity { end: signed_in.end, refreshable }, now);
                Ok(roles)
            }
            Err(failure) => {
                self.state.sign_in_refused(attempt, &failure, now);
                Err(failure)
            }
        };
        self.tell_signed_in(provider, id, &told);
    }

    /// Tells those who asked for a sign-in how it ended; one that was taken back has no number any
    /// more.
    pub(super) fn tell_signed_in(
        &mut self,
        provider: &Provider,
        id: Option<PromptId>,
        told: &Result<Vec<String>, Failure>,
    ) {
        let (asked, others): (Vec<_>, Vec<_>) =
            self.asked_sign_ins.drain(..).partition(|(_, asked)| asked == provider);
        self.asked_sign_ins = others;
        let Some(sign_in) = id else { return };
        for (connection, _) in asked {
            if let Some(face) = self.faces.get(&connection) {
                face.outbox.tell(Update::SignedIn { sign_in, result: told.clone() });
            }
        }
    }

    /// The roles that an assertion offers are listed from now on.
    fn offered(&mut self, provider: &Provider, held: &Held) -> Vec<String> {
        let (Provider::Saml(name), Held::Assertion(assertion)) = (provider, held) else { return Vec::new() };
        let roles: Vec<_> = assertion
            .roles()
            .iter()
            .map(|role| SamlRole {
                role_arn: role.role_arn.as_str().to_owned(),
                principal_arn: role.principal_arn.clone(),
            })
            .collect();
        let arns = roles.iter().map(|role| role.role_arn.clone()).collect();
        if !assertion.is_encrypted() {
            self.state.set_saml_roles(name, roles);
        }
        arns
    }

    /// Forgets a sign-in, here and where it can be, at the provider.
    pub(super) fn sign_out(&mut self, connection: ConnectionId, id: u64, name: String) {
        for provider in [Provider::Oidc(name.clone()), Provider::Saml(name.clone())] {
            self.held.remove(&provider);
            self.state.signed_out(&provider);
        }
        let files = self.files_of(connection).ok();
        let world = self.faces.get(&connection).and_then(|face| face.world.clone().ok());
        let way = world
            .and_then(|world| self.world(world))
            .map(|known| Way { world: known.world.clone(), clock: self.clock.clone() });
        let vault = self.vault.asking();
        self.later(connection, id, async move {
            let listed = vault.entries()?.iter().any(|it| it.kind == Kind::ProviderToken && it.name == name);
            if listed {
                if let (Some(files), Some(way)) = (files, way)
                    && let Ok(Some(token)) = vault.get(Kind::ProviderToken, &name).await
                {
                    // What the provider says to it changes nothing here.
                    sign_in::end(&name, &files, &vault, &way, &token).await.ok();
                }
                vault.remove(Kind::ProviderToken, &name).await?;
            }
            Ok(Answer::Done)
        });
    }

    /// Does longer work beside the loop, and answers when it is done.
    pub(super) fn later(
        &self,
        connection: ConnectionId,
        id: u64,
        work: impl Future<Output = Result<Answer, Failure>> + Send + 'static,
    ) {
        let outcomes = self.outcomes.clone();
        tokio::spawn(async move {
            let result = work.await;
            // The loop may have ended meanwhile.
            outcomes.send(Outcome::Answered { connection, id, result }).ok();
        });
    }
}

pub(super) fn cancelled() -> Failure {
    Failure::new(FailureCode::Cancelled, "The sign-in was taken back.", "")
}
