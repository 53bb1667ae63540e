//! Sign-ins at outside providers: one for each provider, shared by all sessions that wait for it.

use super::{Effect, State};
use crate::chain::Provider;
use crate::failure::{Failure, FailureCode};
use crate::name::{PromptId, SessionId};
use crate::plan::{Identity, WorldId};
use crate::session::Input;
use crate::snapshot::{DeviceCode, SignIn};
use jiff::Timestamp;

/// A sign-in that is under way.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) sign_in: SignIn,
    attempt: u64,
    /// The sign-in itself is wanted, so it goes on when no role waits for it.
    alone: bool,
    /// Whether a window asks for what a role needs after it.
    in_window: bool,
}

impl State {
    /// Begins a sign-in that is wanted for itself; one that is under way is not begun again.
    pub fn sign_in(&mut self, provider: Provider, world: WorldId, device_code: bool) -> PromptId {
        let waiting = self.sign_in_at(provider, world, device_code);
        waiting.alone = true;
        waiting.sign_in.id
    }

    /// The sign-in at a provider that is under way, else a new one.
    fn sign_in_at(&mut self, provider: Provider, world: WorldId, device_code: bool) -> &mut Waiting {
        let under_way = self.sign_ins.iter().position(|waiting| waiting.sign_in.provider == provider);
        let index = under_way.unwrap_or_else(|| {
            let (id, attempt) = (PromptId(self.next_number()), self.next_number());
            let sign_in = SignIn { id, provider: provider.clone(), sessions: Vec::new(), device: None };
            self.sign_ins.push(Waiting { sign_in, attempt, alone: false, in_window: false });
            self.effects.push(Effect::SignIn { attempt, provider, world, device_code });
            self.sign_ins.len() - 1
        });
        &mut self.sign_ins[index]
    }

    /// A sign-in shows a code that is typed in on any device.
    pub fn sign_in_shows(&mut self, attempt: u64, device: DeviceCode) {
        if let Some(waiting) = self.sign_ins.iter_mut().find(|waiting| waiting.attempt == attempt) {
            waiting.sign_in.device = Some(device);
        }
    }

    /// A sign-in of before can be renewed without a person.
    pub fn renewable(&mut self, provider: Provider) {
        let identity = Identity { end: Timestamp::UNIX_EPOCH, refreshable: true };
        self.known.identities.entry(provider).or_insert(identity);
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
        in_window: bool,
        now: Timestamp,
    ) {
        let waiting = self.sign_in_at(provider, world, false);
        waiting.sign_in.sessions.push(id);
        waiting.in_window |= in_window;
        self.step(id, Input::AwaitBrowser { attempt }, now);
    }

    /// Somebody is signed in, as a sign-in of ours or a refreshed token says.
    pub fn signed_in(&mut self, provider: &Provider, identity: Identity, now: Timestamp) {
        self.known.identities.insert(provider.clone(), identity);
        if let Provider::IdentityCenter(portal) = provider {
            self.portal_signed_in(portal, identity, now);
        }
        let waiting = self.sign_ins.iter().position(|waiting| waiting.sign_in.provider == *provider);
        let Some(index) = waiting else { return };
        let Waiting { sign_in, attempt, in_window, .. } = self.sign_ins.remove(index);
        // It may have been a refreshed token that was quicker than the person.
        self.effects.push(Effect::CancelSignIn { attempt });
        for id in sign_in.sessions {
            self.begin_waiting(id, in_window, now);
        }
    }

    /// A sign-in came to nothing.
    pub fn sign_in_refused(&mut self, attempt: u64, failure: &Failure, now: Timestamp) {
        let Some(index) = self.sign_ins.iter().position(|waiting| waiting.attempt == attempt) else { return };
        let sign_in = self.sign_ins.remove(index).sign_in;
        if let Provider::IdentityCenter(portal) = &sign_in.provider {
            self.listing_refused(portal, failure);
        }
        for id in sign_in.sessions {
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
        if let Provider::IdentityCenter(portal) = &waiting.sign_in.provider {
            self.cancel_listing(portal);
        }
        self.effects.push(Effect::CancelSignIn { attempt: waiting.attempt });
        for session in waiting.sign_in.sessions {
            self.step(session, Input::Dismissed, now);
        }
        true
    }

    /// Takes a session out of every sign-in; one that nobody wants any more is cancelled.
    pub(super) fn withdraw_from_sign_ins(&mut self, session: SessionId) {
        let effects = &mut self.effects;
        self.sign_ins.retain_mut(|waiting| {
            waiting.sign_in.sessions.retain(|id| *id != session);
            let wanted = waiting.alone || !waiting.sign_in.sessions.is_empty();
            if !wanted {
                effects.push(Effect::CancelSignIn { attempt: waiting.attempt });
            }
            wanted
        });
    }
}
