//! What became of calls, and of writes to files.

use super::{Caller, Effect, Granted, State, Wish};
use crate::failure::{Failure, FailureCode};
use crate::name::SessionId;
use crate::plan::ALWAYS_ALLOWED_SECONDS;
use crate::session;
use jiff::Timestamp;

impl State {
    /// The calls of an attempt gave credentials.
    pub fn granted(&mut self, attempt: u64, granted: Granted, now: Timestamp) {
        for (source, end) in &granted.kept {
            if *end > now {
                self.known.sources.insert(source.key(), *end);
            } else {
                self.effects.push(Effect::ForgetSource(source.key()));
            }
        }
        for (role, seconds) in &granted.durations {
            self.memory.learn_max_session(role, *seconds, None);
        }
        self.known.max_sessions.clone_from(&self.memory.max_sessions);
        if self.source_granted(attempt, now) {
            return;
        }
        match self.of_attempt(attempt) {
            Some(id) => {
                self.code_was_taken(attempt);
                self.step(id, session::Input::Granted { attempt, grant: granted.grant }, now);
            }
            None => self.effects.push(Effect::Forget { attempt }),
        }
    }

    /// The calls of an attempt failed; `over` is the role and the seconds of the call that was
    /// refused for its duration.
    pub fn refused(&mut self, attempt: u64, failure: Failure, over: Option<(&str, u32)>, now: Timestamp) {
        // Every role allows an hour: a refusal of less is about something else, and asking for a
        // little less again and again leads nowhere.
        let learnt = over.filter(|(_, seconds)| {
            failure.code == FailureCode::DurationRefused && *seconds > ALWAYS_ALLOWED_SECONDS
        });
        if let Some((role, seconds)) = learnt {
            self.memory.learn_max_session(role, seconds, Some(now));
            self.known.max_sessions.clone_from(&self.memory.max_sessions);
        }
        if self.code_was_refused(attempt, &failure, now) {
            return;
        }
        let Some(id) = self.of_attempt(attempt) else { return };
        // What the profile asked for was too much: what there is, is as good as asked for.
        let again =
            self.sessions.get(&id).filter(|entry| learnt.is_some() && entry.wish.duration_seconds.is_none());
        if let Some(plan) = again.and_then(|entry| self.silent_plan(&entry.wish, now)) {
            self.call(id, attempt, plan, true, now);
            return;
        }
        if failure.code == FailureCode::SignInNeeded && self.ask_to_sign_in_again(id, attempt, now) {
            return;
        }
        self.fail(id, attempt, failure, now);
    }

    /// The provider doesn't take the sign-in that an attempt began with: who asked for the role is
    /// asked to sign in, once.
    fn ask_to_sign_in_again(&mut self, id: SessionId, attempt: u64, now: Timestamp) -> bool {
        let Some(entry) = self.sessions.get_mut(&id) else { return false };
        let provider = entry.wish.chain.as_ref().and_then(|chain| chain.origin.provider());
        let Some(provider) = provider else { return false };
        let first = entry.session.is_under_way() && entry.asked_again != Some(attempt);
        if first {
            entry.asked_again = Some(attempt);
        }
        let world = entry.wish.world;
        self.sign_in_lost(&provider, now);
        if first {
            self.await_sign_in(id, attempt, provider, world, false, now);
        }
        first
    }

    /// An attempt of a session failed: that is remembered, and told.
    pub(super) fn fail(&mut self, id: SessionId, attempt: u64, failure: Failure, now: Timestamp) {
        if let Some(entry) = self.sessions.get(&id) {
            self.memory.failed(&entry.wish.role.id, now, failure.clone());
        }
        self.step(id, session::Input::Refused { attempt, failure }, now);
    }

    /// What GetCallerIdentity said of the credentials that an attempt delivered.
    pub fn verified(&mut self, id: SessionId, attempt: u64, caller: Caller) {
        if let Some(entry) = self.sessions.get_mut(&id)
            && entry.session.attempt() == attempt
        {
            entry.caller = Some(caller);
        }
    }

    /// The credentials of an attempt stand in the file, where the effect's wish wanted them.
    pub fn written(&mut self, id: SessionId, attempt: u64, wish: &Wish, now: Timestamp) {
        let superseded: Vec<_> = self
            .sessions
            .iter()
            .filter(|(other, entry)| **other != id && entry.wish.is_same_place(wish))
            .map(|(other, _)| *other)
            .collect();
        for other in superseded {
            self.step(other, session::Input::Superseded, now);
            if self.sessions.get(&other).is_some_and(|entry| !entry.session.is_under_way()) {
                self.sessions.remove(&other);
            }
        }
        if let Some(entry) = self.sessions.get_mut(&id) {
            entry.caller = None;
            self.step(id, session::Input::Written { attempt }, now);
            self.effects.push(Effect::Verify { session: id, attempt, wish: Box::new(wish.clone()) });
        } else {
            // The session was ended while its write could no longer be stopped.
            self.effects.push(Effect::Erase { session: id, wish: Box::new(wish.clone()) });
        }
    }

    /// The credentials of an attempt could not be written.
    pub fn write_refused(&mut self, id: SessionId, attempt: u64, failure: Failure, now: Timestamp) {
        self.step(id, session::Input::WriteRefused { attempt, failure }, now);
    }

    /// A session's section is removed.
    pub fn erased(&mut self, id: SessionId, now: Timestamp) {
        self.step(id, session::Input::Erased, now);
    }

    /// A session's section could not be removed.
    pub fn erase_refused(&mut self, id: SessionId, failure: Failure, now: Timestamp) {
        self.step(id, session::Input::EraseRefused(failure), now);
    }
}
