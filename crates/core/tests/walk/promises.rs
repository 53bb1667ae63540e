//! What must always be so, whatever happened.

use super::cast::PORTAL;
use super::{Section, SessionState, Walk, assumed, place};
use hatrack_core::name::SessionId;
use hatrack_core::plan::{Operation, Plan, Start};
use std::collections::{BTreeMap, BTreeSet};

fn waits(state: SessionState) -> bool {
    matches!(state, SessionState::AwaitingMfa | SessionState::AwaitingBrowser)
}

impl Walk {
    /// How many sessions wait for a person.
    pub(crate) fn awaiting(&self) -> usize {
        self.state.snapshot().sessions.iter().filter(|session| waits(session.state)).count()
    }

    pub(crate) fn waits_no_more(&self, sessions: &[SessionId]) {
        for session in self.state.snapshot().sessions {
            assert!(!sessions.contains(&session.id) || !waits(session.state), "{session:?}");
        }
    }

    /// Time passes, and nothing else.
    pub(crate) fn clock(&mut self) {
        let (awaiting, sign_ins) = (self.awaiting(), self.sign_ins.len());
        let running = self.calls.len();
        self.state.clock(self.now);
        self.collect();
        assert!(self.awaiting() <= awaiting, "nobody is asked because time passed");
        assert!(self.sign_ins.len() <= sign_ins, "no sign-in begins because time passed");
        for (_, plan, _) in self.calls.iter().skip(running.min(self.calls.len())) {
            // A code that was held until its step came is no renewal.
            if plan.mfa_serial().is_some() {
                continue;
            }
            assert!(!plan.is_root(), "a root user is never renewed unasked");
            if let Start::Origin(origin) = &plan.start
                && let Some(provider) = origin.provider()
            {
                let identity = self.identities[&provider];
                assert!(identity.refreshable || identity.end > self.now, "{plan:?}");
            }
        }
    }

    /// Whether a call is somebody's, and all that it needs is at hand.
    pub(crate) fn may_be_called(&mut self, attempt: u64, plan: &Plan) {
        let shared = plan
            .calls
            .last()
            .is_some_and(|last| last.operation == Operation::GetSessionToken && last.keep.is_some());
        let wanted = self.state.snapshot().sessions.iter().any(|session| session.attempt == attempt);
        assert!(shared || wanted, "a call is for a session that there is: {plan:?}");
        if let Some(device) = plan.mfa_serial() {
            assert!(self.codes.remove(device), "a code is at hand, and goes once: {plan:?}");
        }
        if let Start::Origin(origin) = &plan.start
            && let Some(provider) = origin.provider()
        {
            assert!(self.identities.contains_key(&provider), "somebody signed in: {plan:?}");
        }
        if let Some((role, refused)) = self.too_long.remove(&attempt) {
            let again = assumed(plan).into_iter().find(|(assumed, _)| *assumed == role);
            assert!(again.is_none_or(|(_, seconds)| seconds < refused), "what was refused isn't asked again");
        }
        for call in &plan.calls {
            assert!((900..=129_600).contains(&call.duration_seconds), "{plan:?}");
        }
    }

    pub(crate) fn hold(&mut self) {
        if self.state.deadline().is_some_and(|due| due <= self.now) {
            self.clock();
        }
        assert!(self.state.deadline().is_none_or(|due| due > self.now), "no busy loop");
        let snapshot = self.state.snapshot();
        let mut places = BTreeSet::new();
        for session in &snapshot.sessions {
            assert!(!session.verified || session.expiration.is_some(), "{session:?}");
            if session.state.is_delivered() {
                let expiration = session.expiration.expect("what is delivered ends");
                assert!(expiration > self.now, "never active after the end: {session:?}");
                let place = place(session.output_profile.as_ref(), &session.role_id);
                assert!(places.insert(place.clone()), "one session in one place");
                if self.disk_queue.is_empty() {
                    let there = self.disk.get(&place);
                    let expected = Section { role: session.role_id.clone(), expiration };
                    assert_eq!(there, Some(&expected), "active means on disk");
                }
            }
        }
        self.prompts_hold();
        self.sign_ins_hold();
    }

    fn prompts_hold(&self) {
        let snapshot = self.state.snapshot();
        let devices: BTreeSet<_> = snapshot.prompts.iter().map(|prompt| &prompt.mfa_serial).collect();
        assert_eq!(devices.len(), snapshot.prompts.len(), "one prompt for one device");
        for session in snapshot.sessions.iter().filter(|session| session.state == SessionState::AwaitingMfa) {
            let prompts = snapshot.prompts.iter().filter(|prompt| prompt.sessions.contains(&session.id));
            assert_eq!(prompts.count(), 1, "who waits is in one prompt: {session:?}");
        }
        for prompt in &snapshot.prompts {
            assert!(!prompt.sessions.is_empty());
            assert_eq!(prompt.sessions.iter().collect::<BTreeSet<_>>().len(), prompt.sessions.len());
        }
    }

    fn sign_ins_hold(&self) {
        let snapshot = self.state.snapshot();
        let told: Vec<_> = snapshot.sign_ins.iter().map(|sign_in| &sign_in.provider).collect();
        let under_way: BTreeSet<_> = self.sign_ins.values().collect();
        assert_eq!(told.iter().copied().collect::<BTreeSet<_>>(), under_way, "what is told is under way");
        assert_eq!(told.len(), under_way.len(), "one sign-in for one provider");
        for sign_in in &snapshot.sign_ins {
            let wanted = !sign_in.sessions.is_empty() || self.alone.contains(&sign_in.provider);
            assert!(wanted, "a sign-in that nobody waits for is cancelled: {sign_in:?}");
        }
        for provider in &self.alone {
            assert!(told.contains(&provider), "a sign-in that is wanted for itself goes on");
        }
        let waiting: Vec<_> = snapshot.sign_ins.iter().flat_map(|sign_in| &sign_in.sessions).collect();
        let awaiting =
            snapshot.sessions.iter().filter(|session| session.state == SessionState::AwaitingBrowser);
        let awaiting: BTreeSet<_> = awaiting.map(|session| &session.id).collect();
        assert_eq!(waiting.iter().copied().collect::<BTreeSet<_>>(), awaiting, "who waits is in a sign-in");
        assert_eq!(waiting.len(), awaiting.len(), "and in one alone");
    }

    /// Everything ends when everybody wants it to end.
    pub(crate) fn wind_up(&mut self) {
        let sessions: Vec<SessionId> =
            self.state.snapshot().sessions.iter().map(|session| session.id).collect();
        self.state.deactivate(&sessions, self.now);
        self.collect();
        while !self.disk_queue.is_empty() {
            self.disk(true);
            self.collect();
        }
        while !self.calls.is_empty() {
            self.grant(0);
            self.collect();
        }
        self.hold();
        for sign_in in self.state.snapshot().sign_ins {
            self.state.dismiss(sign_in.id, self.now).unwrap();
        }
        self.collect();
        self.state.cancel_listing(PORTAL);
        self.collect();
        assert_eq!(self.listings, BTreeMap::new(), "every listing is cancelled");
        let snapshot = self.state.snapshot();
        assert_eq!(snapshot.sessions, [], "ended sessions are gone");
        assert_eq!(snapshot.prompts, [], "nobody is asked any more");
        assert_eq!(snapshot.sign_ins, [], "nobody signs in any more");
        assert_eq!(self.sign_ins, BTreeMap::new(), "every sign-in is cancelled");
        assert_eq!(self.disk, BTreeMap::new(), "what was written is removed");
        assert!(self.state.is_idle());
    }
}
