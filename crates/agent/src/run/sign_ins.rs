//! Sign-ins at outside providers: begun when somebody asked, shown by a face, ended once.

use super::{Agent, KnownWorld, Outcome};
use crate::connection::ConnectionId;
use crate::files::Files;
use crate::sign_in::{self, Flow, Held, SignedIn, Way};
use hatrack_core::chain::Provider;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::memory::SamlRole;
use hatrack_core::name::{PromptId, SessionId, shown};
use hatrack_core::plan::{Identity, WorldId};
use hatrack_federation::saml;
use hatrack_vault::Kind;
use hatrack_wire::{Answer, Capture, Face, Open, Sealed, Update, View};
use tokio::task::AbortHandle;

/// A sign-in that waits for a person.
pub(super) struct UnderWay {
    pub(super) task: AbortHandle,
    pub(super) provider: Provider,
    world: WorldId,
    /// What a face was to show for it.
    open: Option<Open>,
}

impl Agent {
    /// The way to providers from a world.
    pub(super) fn way(&self, known: &KnownWorld) -> Way {
        let center = self.center(&known.world);
        Way { world: known.world.clone(), clock: self.clock.clone(), center }
    }

    /// A person wants to be signed in, whether or not a role waits for it.
    pub(super) fn ask_sign_in(
        &mut self,
        connection: ConnectionId,
        name: Option<&str>,
        device_code: bool,
    ) -> Result<Answer, Failure> {
        let files = self.files_of(connection)?;
        let world = self.faces.get(&connection).ok_or_else(cancelled)?.world.clone()?;
        let provider = provider_called(&files, name)?;
        if device_code && !matches!(provider, Provider::IdentityCenter(_)) {
            return Err(Failure::new(
                FailureCode::Usage,
                format!("{} isn't signed in at with a device code.", shown(provider.name())),
                "Leave --device-code out.",
            ));
        }
        if device_code {
            // A browser that waits for the same sign-in would go on waiting for nothing.
            self.take_back_sign_in(&provider);
        }
        self.asked_sign_ins.push((connection, provider.clone()));
        Ok(Answer::SignIn(self.state.sign_in(provider, world, device_code)))
    }

    fn take_back_sign_in(&mut self, provider: &Provider) {
        let under_way = self.state.snapshot().sign_ins;
        let now = self.clock.now();
        for sign_in in under_way.iter().filter(|sign_in| sign_in.provider == *provider) {
            self.state.dismiss(sign_in.id, now).ok();
        }
        self.perform_effects();
    }

    /// The browser shows again what a sign-in waits for.
    pub(super) fn open_again(
        &mut self,
        connection: ConnectionId,
        sign_in: PromptId,
    ) -> Result<Answer, Failure> {
        let sign_ins = self.state.snapshot().sign_ins;
        let waiting = sign_ins.iter().find(|waiting| waiting.id == sign_in);
        let shown_before = waiting.and_then(|waiting| {
            self.sign_ins.values().find(|under_way| under_way.provider == waiting.provider)?.open.clone()
        });
        let Some(open) = shown_before else {
            return Err(Failure::new(FailureCode::NotFound, "This sign-in doesn't wait any more.", ""));
        };
        self.show_open(connection, open);
        Ok(Answer::Done)
    }

    fn show_open(&self, connection: ConnectionId, open: Open) {
        let windows = || self.faces.values().find(|face| face.face == Some(Face::Windows));
        let face = if open.window.is_some() { windows() } else { self.faces.get(&connection) };
        if let Some(face) = face {
            face.outbox.tell(Update::Open(open));
        }
    }

    /// Whose face shows the browser for a session that waits for a sign-in.
    pub(super) fn note_sign_in_of(&mut self, connection: ConnectionId, session: SessionId) {
        let snapshot = self.state.snapshot();
        let waiting = snapshot.sign_ins.into_iter().find(|sign_in| sign_in.sessions.contains(&session));
        if let Some(waiting) = waiting {
            self.asked_sign_ins.push((connection, waiting.provider));
        }
    }

    pub(super) fn begin_sign_in(
        &mut self,
        attempt: u64,
        provider: Provider,
        world: WorldId,
        device_code: bool,
    ) {
        let Some(known) = self.world(world) else { return };
        let Some(files) = self.files.get(&known.pair).cloned() else { return };
        let way = self.way(known);
        let flow = if device_code { Flow::DeviceCode } else { Flow::Browser };
        let (vault, outcomes) = (self.vault.asking(), self.outcomes.clone());
        let task = tokio::spawn({
            let provider = provider.clone();
            async move {
                let work = async {
                    let begun = sign_in::begin(&provider, flow, &files, &vault, &way).await?;
                    let began = Outcome::SignInBegan {
                        attempt,
                        provider: provider.clone(),
                        url: begun.url,
                        post_to: begun.post_to,
                        device: begun.device,
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
        let under_way = UnderWay { task: task.abort_handle(), provider, world, open: None };
        self.sign_ins.insert(attempt, under_way);
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
        if let Some(under_way) = self.sign_ins.get_mut(&attempt) {
            under_way.open = Some(open.clone());
        }
        // The code is to be seen before its page: whoever shows it asks for the page then.
        if waiting.device.is_some() {
            return;
        }
        let windows = self.faces.iter().find(|(_, face)| face.face == Some(Face::Windows)).map(|(id, _)| *id);
        let asked = self.asked_sign_ins.iter().find(|(_, asked)| asked == provider).map(|(id, _)| *id);
        let waits = self.asked_here.iter().find(|(_, session)| waiting.sessions.contains(session));
        let asked = asked.or(waits.map(|(id, _)| *id));
        let tray = self.faces.iter().find(|(_, face)| face.face == Some(Face::Tray)).map(|(id, _)| *id);
        let shows = if open.window.is_some() { windows } else { asked.or(windows).or(tray) };
        match shows.and_then(|connection| self.faces.get(&connection)) {
            Some(face) => face.outbox.tell(Update::Open(open)),
            None if !self.faces.values().any(|face| face.face == Some(Face::Tray)) => {
                let name = shown(provider.name());
                let (happened, remedy) = if open.window.is_some() {
                    (
                        format!("{name} is signed in at in a window, and none can be shown here."),
                        "Start Hatrack, or let the provider be shown in the system's browser (browser = system).",
                    )
                } else {
                    (
                        format!("A sign-in at {name} is needed, and nobody is here to do it."),
                        "Run hat login on a terminal, or start Hatrack.",
                    )
                };
                let failure = Failure::new(FailureCode::PersonNeeded, happened, remedy);
                if let Some(under_way) = self.sign_ins.get(&attempt) {
                    under_way.task.abort();
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
        let Some(under_way) = self.sign_ins.remove(&attempt) else { return };
        let now = self.clock.now();
        let sign_ins = self.state.snapshot().sign_ins;
        let id = sign_ins.iter().find(|sign_in| sign_in.provider == *provider).map(|sign_in| sign_in.id);
        let told = match result {
            Ok(signed_in) => {
                let roles =
                    signed_in.held.as_ref().map(|held| self.offered(provider, held)).unwrap_or_default();
                let refreshable = signed_in.refreshable;
                let facts = signed_in.facts();
                if let (Some(token), Provider::Oidc(name)) = (signed_in.refresh_token, provider) {
                    let (vault, name) = (self.vault.asking(), name.clone());
                    tokio::spawn(async move {
                        // Without a keyring the sign-in lasts as long as its token.
                        vault.put(Kind::ProviderToken, &name, token, facts, now).await.ok();
                    });
                }
                if let Some(held) = signed_in.held {
                    self.held.insert(provider.clone(), (held, signed_in.end));
                }
                self.state.signed_in(provider, Identity { end: signed_in.end, refreshable }, now);
                self.list_after(provider, under_way.world);
                Ok(roles)
            }
            Err(failure) => {
                self.state.sign_in_refused(attempt, &failure, now);
                Err(failure)
            }
        };
        self.tell_signed_in(provider, id, &told);
    }

    /// Who signed in at an organisation wants to see what it assigns.
    fn list_after(&mut self, provider: &Provider, world: WorldId) {
        let Provider::IdentityCenter(name) = provider else { return };
        let files = self.world(world).and_then(|known| self.files.get(&known.pair)).cloned();
        if let Some(portal) = files.as_ref().and_then(|files| files.portal(name)) {
            self.list_if_old(world, portal);
        }
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
    pub(super) fn sign_out(&mut self, connection: ConnectionId, id: u64, name: Option<&str>) {
        let found = self.files_of(connection).and_then(|files| {
            let provider = provider_called(&files, name)?;
            let world = self.faces.get(&connection).ok_or_else(cancelled)?.world.clone()?;
            let way = self.way(self.world(world).ok_or_else(cancelled)?);
            Ok((files, provider, way))
        });
        let (files, provider, way) = match found {
            Ok(found) => found,
            Err(failure) => return self.answer(connection, id, Err(failure)),
        };
        self.held.remove(&provider);
        self.state.signed_out(&provider);
        let name = match provider {
            Provider::IdentityCenter(name) => {
                let Some(portal) = files.portal(&name).cloned() else { return };
                self.later(connection, id, async move {
                    way.center.sign_out(&portal).await?;
                    Ok(Answer::Done)
                });
                return;
            }
            Provider::Oidc(name) | Provider::Saml(name) => name,
        };
        let vault = self.vault.asking();
        self.later(connection, id, async move {
            let listed = vault.entries()?.iter().any(|it| it.kind == Kind::ProviderToken && it.name == name);
            if listed {
                if let Ok(Some(token)) = vault.get(Kind::ProviderToken, &name).await {
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

/// The provider that a person means: by its name, else the only portal.
fn provider_called(files: &Files, name: Option<&str>) -> Result<Provider, Failure> {
    let Some(name) = name else {
        return match files.portals.as_slice() {
            [portal] => Ok(Provider::IdentityCenter(portal.name().to_owned())),
            [] => Err(Failure::new(
                FailureCode::NotFound,
                "No organisation of IAM Identity Center is known here.",
                "Add one: hat provider add identity-center, or aws configure sso.",
            )),
            several => {
                let names: Vec<String> = several.iter().take(20).map(|portal| shown(portal.name())).collect();
                Err(Failure::new(
                    FailureCode::Usage,
                    format!("There are several organisations: {}.", names.join(", ")),
                    "Name the one that is meant.",
                ))
            }
        };
    };
    if files.profiles.saml.contains_key(name) {
        Ok(Provider::Saml(name.to_owned()))
    } else if files.profiles.oidc.contains_key(name) {
        Ok(Provider::Oidc(name.to_owned()))
    } else if files.portal(name).is_some() {
        Ok(Provider::IdentityCenter(name.to_owned()))
    } else {
        Err(Failure::new(
            FailureCode::NotFound,
            format!("No identity provider is called {}.", shown(name)),
            "See hat provider list, or add it with hat provider add.",
        ))
    }
}

pub(super) fn cancelled() -> Failure {
    Failure::new(FailureCode::Cancelled, "The sign-in was taken back.", "")
}
