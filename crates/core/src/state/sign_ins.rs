//! Sign-ins at outside providers: one for each provider, shared by all sessions that wait for it.

use super::{Effect, State};
use crate::chain::Provider;
use crate::failure::{Failure, FailureCode};
use crate::name::{PromptId, SessionId};
use crate::plan::{Identity, WorldId};
use crate::session::Input;
use crate::snapshot::SignIn;
use jiff::Timestamp;

/// A sign-in that is under way.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) sign_in: SignIn,
    attempt: u64,
}

impl State {
    /// Begins a sign-in that no role waits for; one that is under way is not begun again.
    pub fn sign_in(&mut self, provider: Provider, world: WorldId) -> PromptId {
        if let Some(waiting) = self.sign_ins.iter().find(|waiting| waiting.sign_in.provider == provider) {
            return waiting.sign_in.id;
        }
        let (id, attempt) = (PromptId(self.next_number()), self.next_number());
        let sign_in = SignIn { id, provider: provider.clone(), sessions: Vec::new() };
        self.sign_ins.push(Waiting { sign_in, attempt });
        self.effects.push(Effect::SignIn { attempt, provider, world });
        id
    }

    /// Somebody signed out, or what was kept of a sign-in is of no use any more.
    pub fn signed_out(&mut self, provider: &Provider) {
        self.known.identities.remove(provider);
    }

    /// A session needs a sign-in: it joins the provider's.
    pub(super) fn await_sign_in(
        &mut self,
        id: SessionId,
        attempt: u64,
        provider: Provider,
        world: WorldId,
        now: Timestamp,
    ) {
        let sign_in = self.sign_in(provider, world);
        if let Some(waiting) = self.sign_ins.iter_mut().find(|waiting| waiting.sign_in.id == sign_in) {
            waiting.sign_in.sessions.push(id);
        }
        self.step(id, Input::AwaitBrowser { attempt }, now);
    }

    /// Somebody is signed in, as a sign-in of ours or a refreshed token says.
    pub fn signed_in(&mut self, provider: &Provider, identity: Identity, now: Timestamp) {
        self.known.identities.insert(provider.clone(), identity);
        let waiting = self.sign_ins.iter().position(|waiting| waiting.sign_in.provider == *provider);
        let Some(index) = waiting else { return };
        for id in self.sign_ins.remove(index).sign_in.sessions {
            self.begin_waiting(id, now);
        }
    }

    /// A sign-in came to nothing.
    pub fn sign_in_refused(&mut self, attempt: u64, failure: &Failure, now: Timestamp) {
        let Some(index) = self.sign_ins.iter().position(|waiting| waiting.attempt == attempt) else { return };
        for id in self.sign_ins.remove(index).sign_in.sessions {
            let Some(entry) = self.sessions.get(&id) else { continue };
            let attempt = entry.session.attempt();
            if failure.code == FailureCode::Cancelled {
                self.step(id, Input::Dismissed, now);
            } else {
                self.fail(id, attempt, failure.clone(), now);
            }
        }
    }

    /// A person takes a sign-in back; tells whether there was one.
    pub(super) fn dismiss_sign_in(&mut self, id: PromptId, now: Timestamp) -> bool {
        let Some(index) = self.sign_ins.iter().position(|waiting| waiting.sign_in.id == id) else {
            return false;
        };
        let waiting = self.sign_ins.remove(index);
        self.effects.push(Effect::CancelSignIn { attempt: waiting.attempt });
        for session in waiting.sign_in.sessions {
            self.step(session, Input::Dismissed, now);
        }
        true
    }

    /// Takes a session out of every sign-in; one that nobody waits for any more is cancelled.
    pub(super) fn withdraw_from_sign_ins(&mut self, session: SessionId) {
        for waiting in &mut self.sign_ins {
            let before = waiting.sign_in.sessions.len();
            waiting.sign_in.sessions.retain(|id| *id != session);
            if before > 0 && waiting.sign_in.sessions.is_empty() {
                self.effects.push(Effect::CancelSignIn { attempt: waiting.attempt });
            }
        }
        let effects = &self.effects;
        self.sign_ins.retain(|waiting| {
            !effects.iter().any(|effect| *effect == Effect::CancelSignIn { attempt: waiting.attempt })
        });
    }
}
