//! Walks the state at random, as an agent with a moody AWS, a moody disk, moody providers and a
//! restless person would, and holds it against what must always be so.

#![expect(clippy::unwrap_used, reason = "a test that ends where something is missing")]

mod acts;
mod cast;
mod promises;

use acts::{Act, act};
use cast::{ACCOUNT, FILE, ROOT, SHORT, profile, provider, role, settings};
use hatrack_core::chain::Provider;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::memory::Memory;
use hatrack_core::name::{OutputProfile, PromptId, RoleId, SessionId};
use hatrack_core::plan::{Identity, Operation, Plan, WorldId};
use hatrack_core::session::Grant;
use hatrack_core::snapshot::{PromptState, SessionState};
use hatrack_core::state::{Caller, Effect, Found, Granted, Manner, State, Wish};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

#[derive(Clone, Debug, PartialEq)]
struct Section {
    role: RoleId,
    expiration: Timestamp,
}

/// An agent's memory, as far as promises are about it.
struct Walk {
    state: State,
    now: Timestamp,
    calls: Vec<(u64, Plan, Timestamp)>,
    disk_queue: VecDeque<Effect>,
    granted: BTreeMap<u64, Timestamp>,
    disk: BTreeMap<OutputProfile, Section>,
    /// Device steps whose code AWS took.
    taken: BTreeSet<(String, i64)>,
    /// The devices of which a code is at hand.
    codes: BTreeSet<String>,
    fetches: VecDeque<(PromptId, String)>,
    verifications: VecDeque<(SessionId, u64)>,
    /// The sign-ins that are under way.
    sign_ins: BTreeMap<u64, Provider>,
    /// Those of them that somebody wanted without a role.
    alone: BTreeSet<Provider>,
    identities: BTreeMap<Provider, Identity>,
    /// What was refused as too long in an attempt.
    too_long: BTreeMap<u64, (String, u32)>,
}

fn step(at: Timestamp) -> i64 {
    at.as_second().div_euclid(30)
}

/// The roles that a plan assumes, with the seconds that it asks for.
fn assumed(plan: &Plan) -> Vec<(String, u32)> {
    let role = |operation: &Operation| match operation {
        Operation::AssumeRole(hop)
        | Operation::AssumeRoleWithWebIdentity(hop)
        | Operation::AssumeRoleWithSaml { hop, .. } => Some(hop.role_arn.as_str().to_owned()),
        Operation::GetSessionToken | Operation::GetFederationToken { .. } | Operation::AssumeRoot { .. } => {
            None
        }
    };
    plan.calls.iter().filter_map(|call| Some((role(&call.operation)?, call.duration_seconds))).collect()
}

fn wish(index: usize, output_profile: OutputProfile) -> Wish {
    let (role, chain) = role(index);
    Wish {
        world: WorldId(1),
        role,
        chain: Some(chain),
        output_profile,
        credentials_file: FILE.to_owned(),
        region: None,
        duration_seconds: None,
        adopt: false,
        confirmed: None,
    }
}

impl Walk {
    fn new() -> Self {
        Self {
            state: State::new(settings(), Vec::new(), Memory::default()),
            now: Timestamp::from_second(1_800_000_000).unwrap(),
            calls: Vec::new(),
            disk_queue: VecDeque::new(),
            granted: BTreeMap::new(),
            disk: BTreeMap::new(),
            taken: BTreeSet::new(),
            codes: BTreeSet::new(),
            fetches: VecDeque::new(),
            verifications: VecDeque::new(),
            sign_ins: BTreeMap::new(),
            alone: BTreeSet::new(),
            identities: BTreeMap::new(),
            too_long: BTreeMap::new(),
        }
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Activate { role, profile: place, renew, can_ask, confirm, seconds } => {
                let confirmed = confirm.then(|| ACCOUNT.to_owned());
                let wish = Wish { duration_seconds: *seconds, confirmed, ..wish(*role, profile(*place)) };
                let manner = Manner { renew: *renew, in_window: true, can_ask: *can_ask, has_code: false };
                match self.state.activate(wish, manner, self.now) {
                    Ok(_) => assert!(*role != ROOT || *confirm, "a root user is confirmed each time"),
                    Err(failure) => assert!(
                        match failure.code {
                            FailureCode::PersonNeeded => !can_ask,
                            FailureCode::ConfirmationNeeded => *role == ROOT && !confirm,
                            FailureCode::Refused => *seconds == Some(43_200) && SHORT.contains(role),
                            FailureCode::DurationRefused => *seconds == Some(43_200),
                            other => panic!("{other:?}: {failure}"),
                        },
                        "{failure}"
                    ),
                }
            }
            Act::Answer { prompt, repeated } => {
                if let Some(prompt) = self.state.snapshot().prompts.get(*prompt) {
                    self.answer(prompt.id, prompt.mfa_serial.clone(), *repeated);
                }
            }
            Act::Fetched { works, can_ask } => match self.fetches.pop_front() {
                Some((prompt, device)) if *works => self.answer(prompt, device, false),
                Some((prompt, _)) => {
                    let failure = Failure::new(FailureCode::Refused, "It failed.", "");
                    let asked = self.state.prompt(prompt).cloned();
                    self.state.code_not_fetched(prompt, &failure, *can_ask, self.now);
                    if let Some(asked) = asked.filter(|asked| !can_ask && asked.state != PromptState::Sending)
                    {
                        self.waits_no_more(&asked.sessions);
                    }
                }
                None => {}
            },
            Act::Dismiss(index) => {
                if let Some(prompt) = self.state.snapshot().prompts.get(*index) {
                    self.state.dismiss(prompt.id, self.now).unwrap();
                    self.waits_no_more(&prompt.sessions);
                }
            }
            Act::Deactivate(index) => {
                if let Some(session) = self.state.snapshot().sessions.get(*index) {
                    self.state.deactivate(&[session.id], self.now);
                }
            }
            Act::Abandon(index) => {
                if let Some(session) = self.state.snapshot().sessions.get(*index) {
                    self.state.abandon(session.id, self.now);
                    self.waits_no_more(&[session.id]);
                }
            }
            Act::Grant(index) => self.grant(*index),
            Act::Refuse(index, code) => self.refuse(*index, *code),
            Act::SignIn(index) => {
                let id = self.state.sign_in(provider(*index), WorldId(1), false);
                assert_eq!(self.state.sign_in(provider(*index), WorldId(1), false), id, "it is begun once");
                self.alone.insert(provider(*index));
            }
            Act::SignedIn { provider: index, seconds, refreshable } => {
                let end = self.now + SignedDuration::from_secs(*seconds);
                let identity = Identity { end, refreshable: *refreshable };
                self.identities.insert(provider(*index), identity);
                self.state.signed_in(&provider(*index), identity, self.now);
            }
            Act::SignInRefused { cancelled } => {
                if let Some((attempt, _)) = self.sign_ins.pop_first() {
                    let code = if *cancelled { FailureCode::Cancelled } else { FailureCode::Refused };
                    self.state.sign_in_refused(attempt, &Failure::new(code, "No.", ""), self.now);
                }
            }
            Act::DismissSignIn => {
                if let Some(sign_in) = self.state.snapshot().sign_ins.first() {
                    self.state.dismiss(sign_in.id, self.now).unwrap();
                    self.waits_no_more(&sign_in.sessions);
                }
            }
            Act::SignedOut(index) => {
                self.identities.remove(&provider(*index));
                self.state.signed_out(&provider(*index));
            }
            Act::Verified { mistaken } => self.verify(*mistaken),
            Act::MfaSessionHours(hours) => {
                let mfa_session_hours = *hours;
                self.state.set_settings(hatrack_core::settings::Settings { mfa_session_hours, ..settings() });
            }
            Act::Disk { works } => self.disk(*works),
            Act::Advance(seconds) => {
                self.now += SignedDuration::from_secs(*seconds);
                self.clock();
            }
            Act::OtherProgramRemoves(place) => {
                if self.disk_queue.is_empty() {
                    self.disk.remove(&profile(*place));
                    self.reconcile();
                }
            }
            Act::Restart => {
                if self.disk_queue.is_empty() {
                    let state = State::new(settings(), Vec::new(), self.state.memory().clone());
                    let (now, disk) = (self.now, std::mem::take(&mut self.disk));
                    *self = Self { state, now, disk, ..Self::new() };
                    self.reconcile();
                    assert_eq!(self.awaiting(), 0, "nobody is asked because of a start");
                }
            }
        }
        self.collect();
        self.hold();
    }

    /// Answers a prompt that may be gone by now.
    fn answer(&mut self, prompt: PromptId, device: String, repeated: bool) {
        let before = self.state.prompt(prompt).cloned();
        let answered = self.state.answer(prompt, repeated, self.now);
        let taken = before.is_some_and(|prompt| prompt.state != PromptState::Sending);
        assert_eq!(answered.is_ok(), taken);
        if taken {
            self.codes.insert(device);
        }
    }

    fn grant(&mut self, index: usize) {
        if index >= self.calls.len() {
            return;
        }
        let (attempt, plan, sent) = self.calls.remove(index);
        if let Some(device) = plan.mfa_serial() {
            let fresh = self.taken.insert((device.to_owned(), step(sent)));
            assert!(fresh, "a device's code goes to AWS once a step");
        }
        let end = |seconds: u32| sent + SignedDuration::from_secs(i64::from(seconds));
        let kept = plan
            .calls
            .iter()
            .filter_map(|call| Some((call.keep.clone()?, end(call.duration_seconds))))
            .collect();
        let expiration = end(plan.calls.last().unwrap().duration_seconds);
        self.granted.insert(attempt, expiration);
        let grant = Grant { arn: Some("arn".to_owned()), since: sent, expiration };
        self.state.granted(attempt, Granted { grant, kept, durations: assumed(&plan) }, self.now);
    }

    fn refuse(&mut self, index: usize, code: FailureCode) {
        if index >= self.calls.len() {
            return;
        }
        let (attempt, plan, _) = self.calls.remove(index);
        let longest = assumed(&plan).into_iter().max_by_key(|(_, seconds)| *seconds);
        let over = longest.filter(|_| code == FailureCode::DurationRefused);
        let code = match code {
            FailureCode::CodeRefused if plan.mfa_serial().is_none() => FailureCode::Refused,
            FailureCode::DurationRefused if over.is_none() => FailureCode::Refused,
            code => code,
        };
        if let Some(over) = &over {
            self.too_long.insert(attempt, over.clone());
        }
        let over = over.as_ref().map(|(role, seconds)| (role.as_str(), *seconds));
        self.state.refused(attempt, Failure::new(code, "No.", ""), over, self.now);
    }

    fn verify(&mut self, mistaken: bool) {
        let Some((id, attempt)) = self.verifications.pop_front() else { return };
        let account_id = if mistaken { "999999999999" } else { ACCOUNT }.to_owned();
        self.state.verified(id, attempt, Caller { account_id, arn: "arn:verified".to_owned() });
        let sessions = self.state.snapshot().sessions;
        let Some(session) = sessions.iter().find(|session| session.id == id) else { return };
        if session.attempt == attempt && session.state.is_delivered() {
            assert!(session.verified && session.arn.as_deref() == Some("arn:verified"), "{session:?}");
            assert!(!mistaken || session.failure.is_some(), "{session:?}");
        }
    }

    fn disk(&mut self, works: bool) {
        let refused = || Failure::new(FailureCode::File, "The disk is full.", "");
        match self.disk_queue.pop_front() {
            Some(Effect::Write { session, attempt, wish }) if works => {
                let expiration = self.granted[&attempt];
                self.disk
                    .insert(wish.output_profile.clone(), Section { role: wish.role.id.clone(), expiration });
                self.state.written(session, attempt, &wish, self.now);
            }
            Some(Effect::Write { session, attempt, .. }) => {
                self.state.write_refused(session, attempt, refused(), self.now);
            }
            Some(Effect::Erase { session, wish }) if works => {
                if self.disk.get(&wish.output_profile).is_some_and(|section| section.role == wish.role.id) {
                    self.disk.remove(&wish.output_profile);
                }
                self.state.erased(session, self.now);
            }
            Some(Effect::Erase { session, .. }) => self.state.erase_refused(session, refused(), self.now),
            Some(other) => panic!("not for the disk: {other:?}"),
            None => {}
        }
    }

    fn reconcile(&mut self) {
        let found = self.disk.iter().map(|(output_profile, section)| {
            let index = section.role.0.trim_start_matches("profile:role-").parse().unwrap();
            Found { wish: wish(index, output_profile.clone()), expiration: section.expiration }
        });
        let found = found.collect();
        self.state.sections(FILE, found, self.now);
    }

    fn collect(&mut self) {
        for effect in self.state.effects() {
            match effect {
                Effect::Call { attempt, plan } => {
                    self.may_be_called(attempt, &plan);
                    self.calls.push((attempt, plan, self.now));
                }
                Effect::Write { .. } | Effect::Erase { .. } => self.disk_queue.push_back(effect),
                Effect::Forget { attempt } => self.calls.retain(|(running, plan, _)| {
                    // A code may have reached AWS although nobody waits for the answer.
                    *running != attempt || plan.mfa_serial().is_some()
                }),
                Effect::Verify { session, attempt, .. } => self.verifications.push_back((session, attempt)),
                Effect::FetchCode { prompt, mfa_serial, .. } => {
                    let asked = self.state.prompt(prompt).is_some_and(|prompt| !prompt.sessions.is_empty());
                    assert!(asked, "a code is fetched for somebody who waits");
                    self.fetches.push_back((prompt, mfa_serial));
                }
                Effect::SignIn { attempt, provider, .. } => {
                    assert!(!self.sign_ins.values().any(|under_way| *under_way == provider));
                    self.sign_ins.insert(attempt, provider);
                }
                Effect::CancelSignIn { attempt } => {
                    self.sign_ins.remove(&attempt);
                }
                Effect::ForgetCode { mfa_serial } => {
                    self.codes.remove(&mfa_serial);
                }
                Effect::List { .. } | Effect::CancelListing { .. } => {
                    panic!("no organisation is in the cast")
                }
                Effect::ForgetSource(_) => {}
            }
        }
        let under_way: BTreeSet<_> = self.sign_ins.values().collect();
        self.alone.retain(|provider| under_way.contains(provider));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_the_promises_hold(acts in prop::collection::vec(act(), 1..80)) {
        let mut walk = Walk::new();
        for act in &acts {
            walk.act(act);
        }
        walk.wind_up();
    }
}
