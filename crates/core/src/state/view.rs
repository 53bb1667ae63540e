//! The present, as faces see it.

use super::{Caller, Entry, NOTICES, State, Wish};
use crate::failure::{Failure, FailureCode};
use crate::name::{SessionId, shown};
use crate::session::ANNOUNCE_BEFORE;
use crate::snapshot::{About, Notice, NoticeKind, SessionState, SessionView, Snapshot};
use jiff::Timestamp;

impl State {
    /// The present, for the faces.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            sessions: self.sessions.iter().filter_map(|(id, entry)| self.view(*id, entry)).collect(),
            prompts: self.prompts.view(),
            organisations: Vec::new(),
            sign_ins: self.sign_ins.iter().map(|waiting| waiting.sign_in.clone()).collect(),
            consents: self.consents.questions().to_vec(),
            consumers: self.record.consumers().cloned().collect(),
            clock_offset: self.clock_offset,
            recents: self.recents.clone(),
            problems: self.problems.clone(),
            settings: self.settings.clone(),
            notices: self.notices.clone(),
        }
    }

    /// One session, as a face draws it.
    pub fn session(&self, id: SessionId) -> Option<SessionView> {
        self.view(id, self.sessions.get(&id)?)
    }

    /// Where a session stands, and what went wrong with it last.
    pub fn session_state(&self, id: SessionId) -> Option<(SessionState, Option<&Failure>)> {
        let session = &self.sessions.get(&id)?.session;
        Some((session.state()?, session.failure()))
    }

    fn view(&self, id: SessionId, entry: &Entry) -> Option<SessionView> {
        let Entry { wish, session, caller, .. } = entry;
        let caller = caller.as_ref().filter(|_| session.delivered().is_some());
        let grant = session.delivered();
        Some(SessionView {
            id,
            attempt: session.attempt(),
            role_id: wish.role.id.clone(),
            role: wish.role.name.clone(),
            role_name: wish.role.role_name.clone(),
            account_id: wish.role.account_id.clone(),
            account_name: wish.role.account_name.clone(),
            output_profile: wish.output_profile.clone(),
            credentials_file: wish.credentials_file.clone(),
            region: wish.region.clone(),
            state: session.state()?,
            arn: caller
                .map(|caller| caller.arn.clone())
                .or_else(|| grant.and_then(|grant| grant.arn.clone())),
            verified: caller.is_some(),
            expiration: grant.map(|grant| grant.expiration),
            since: grant.map(|grant| grant.since),
            renews: grant
                .is_some_and(|grant| self.silent_plan(wish, grant.expiration - ANNOUNCE_BEFORE).is_some()),
            failure: session.failure().cloned().or_else(|| caller.and_then(|it| mistaken(wish, it))),
        })
    }

    pub(super) fn tell(&mut self, id: SessionId, kind: NoticeKind, now: Timestamp) {
        let Some(Entry { wish, session, .. }) = self.sessions.get(&id) else { return };
        let about = About::Session {
            session: id,
            role_id: wish.role.id.clone(),
            role: wish.role.name.clone(),
            account_name: wish.role.account_name.clone(),
            output_profile: wish.output_profile.clone(),
            expiration: session.delivered().map(|grant| grant.expiration),
        };
        let failure = session.failure().cloned();
        self.tell_about(kind, about, failure, now);
    }

    pub(super) fn tell_about(
        &mut self,
        kind: NoticeKind,
        about: About,
        failure: Option<Failure>,
        now: Timestamp,
    ) {
        let id = self.next_number();
        self.notices.push(Notice { id, at: now, kind, about, failure });
        let surplus = self.notices.len().saturating_sub(NOTICES);
        self.notices.drain(..surplus);
    }
}

/// Credentials of another account than the role's, which only a wrong endpoint or a wrong profile
/// gives.
fn mistaken(wish: &Wish, caller: &Caller) -> Option<Failure> {
    let expected = &wish.role.account_id;
    (!expected.is_empty() && *expected != caller.account_id).then(|| {
        Failure::new(
            FailureCode::Refused,
            format!(
                "AWS says that these credentials belong to account {}, not to {expected}.",
                shown(&caller.account_id)
            ),
            "End the session, and look at the profile that describes it.",
        )
    })
}
