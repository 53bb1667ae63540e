//! Walks the state at random, as an agent with a moody AWS, a moody disk, moody providers and a
//! restless person would, and holds it against what must always be so.

#![expect(clippy::unwrap_used, reason = "a test that ends where something is missing")]

mod acts;
mod cast;
mod promises;

use acts::{Act, Listed, act};
use cast::{ACCOUNT, FILE, PORTAL, ROOT, SHORT, place_at, provider, role, settings};
use hatrack_core::chain::Provider;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::Change;
use hatrack_core::memory::Memory;
use hatrack_core::name::{OutputProfile, PromptId, RoleId, SessionId};
use hatrack_core::plan::{Identity, Operation, Plan, Start, WorldId};
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
    disk: BTreeMap<Place, Section>,
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
    /// The end of the organisation's token that its portal takes no more.
    rejected: Option<Timestamp>,
    /// The listings of the organisation that are under way, and whether somebody asked for each.
    listings: BTreeMap<u64, bool>,
    /// A listing that waits for a sign-in or begins at this moment: whether somebody asked for it.
    wanted: Option<bool>,
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

/// A section of the file, or what the agent holds of a role.
type Place = (Option<OutputProfile>, Option<RoleId>);

fn place(output_profile: Option<&OutputProfile>, role: &RoleId) -> Place {
    (output_profile.cloned(), output_profile.is_none().then(|| role.clone()))
}

fn place_of(wish: &Wish) -> Place {
    place(wish.output_profile.as_ref(), &wish.role.id)
}

fn wish(index: usize, output_profile: Option<OutputProfile>) -> Wish {
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
            rejected: None,
            listings: BTreeMap::new(),
            wanted: None,
            too_long: BTreeMap::new(),
        }
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Activate { role, profile: place, renew, can_ask, confirm, seconds } => {
                let confirmed = confirm.then(|| ACCOUNT.to_owned());
                let wish = Wish { duration_seconds: *seconds, confirmed, ..wish(*role, place_at(*place)) };
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
                if *index == 2 {
                    self.rejected = None;
                }
                self.state.signed_in(&provider(*index), identity, self.now);
            }
            Act::SignInRefused { cancelled } => {
                if let Some((attempt, refused)) = self.sign_ins.pop_first() {
                    if refused == provider(2) {
                        self.wanted = None;
                    }
                    let code = if *cancelled { FailureCode::Cancelled } else { FailureCode::Refused };
                    self.state.sign_in_refused(attempt, &Failure::new(code, "No.", ""), self.now);
                }
            }
            Act::DismissSignIn => {
                if let Some(sign_in) = self.state.snapshot().sign_ins.first() {
                    if sign_in.provider == provider(2) {
                        self.wanted = None;
                    }
                    self.state.dismiss(sign_in.id, self.now).unwrap();
                    self.waits_no_more(&sign_in.sessions);
                }
            }
            Act::SignedOut(index) => {
                self.identities.remove(&provider(*index));
                self.state.signed_out(&provider(*index));
            }
            Act::List { asked, all } => self.list(*asked, *all),
            Act::ListingEnded(ended) => self.end_listing(*ended),
            Act::CancelListing => {
                let under_way = !self.listings.is_empty();
                let waits = self.wanted.take().is_some();
                assert!(self.state.cancel_listing(PORTAL) || !(under_way || waits));
            }
            Act::TokenSeen(token) => self.see_token(*token),
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
                    self.disk.retain(|(there, _), _| {
                        there.as_ref() != place_at(*place).as_ref() || there.is_none()
                    });
                    self.reconcile();
                }
            }
            Act::Restart => {
                if self.disk_queue.is_empty() {
                    let state = State::new(settings(), Vec::new(), self.state.memory().clone());
                    let (now, disk) = (self.now, std::mem::take(&mut self.disk));
                    let disk = disk.into_iter().filter(|((profile, _), _)| profile.is_some()).collect();
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
        let expiration = end(plan.calls.last().map_or(3600, |call| call.duration_seconds));
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
            FailureCode::SignInNeeded => self.lose_sign_in(&plan),
            code => code,
        };
        if let Some(over) = &over {
            self.too_long.insert(attempt, over.clone());
        }
        let over = over.as_ref().map(|(role, seconds)| (role.as_str(), *seconds));
        self.state.refused(attempt, Failure::new(code, "No.", ""), over, self.now);
    }

    /// The provider takes the sign-in no more that a plan began with.
    fn lose_sign_in(&mut self, plan: &Plan) -> FailureCode {
        let Start::Origin(origin) = &plan.start else { return FailureCode::Refused };
        let Some(lost) = origin.provider() else { return FailureCode::Refused };
        self.forget_identity(&lost);
        FailureCode::SignInNeeded
    }

    fn forget_identity(&mut self, lost: &Provider) {
        if let Some(identity) = self.identities.remove(lost)
            && *lost == provider(2)
        {
            self.rejected = Some(identity.end);
            let ended = Identity { end: identity.end.min(self.now), refreshable: false };
            self.identities.insert(lost.clone(), ended);
        }
    }

    fn list(&mut self, asked: bool, all: bool) {
        let signed_in = self.identities.get(&provider(2)).is_some_and(|identity| {
            identity.refreshable || identity.end > self.now + SignedDuration::from_secs(60)
        });
        if self.listings.is_empty() && (signed_in || asked) {
            self.wanted = Some(asked);
            if !signed_in {
                self.alone.insert(provider(2));
            }
        }
        self.state.list(PORTAL, WorldId(1), all, asked, self.now);
    }

    fn end_listing(&mut self, ended: Listed) {
        let Some((attempt, asked)) = self.listings.pop_first() else { return };
        let pair = || ("111111111111".to_owned(), "Admin".to_owned());
        let result = match ended {
            Listed::Same => Ok((Change::default(), None)),
            Listed::Changed => Ok((Change { gained: vec![pair()], lost: Vec::new() }, None)),
            Listed::SignInNeeded => {
                self.forget_identity(&provider(2));
                self.wanted = Some(asked);
                if asked {
                    self.alone.insert(provider(2));
                }
                Err(Failure::new(FailureCode::SignInNeeded, "No.", ""))
            }
            Listed::Refused => Err(Failure::new(FailureCode::Refused, "No.", "")),
        };
        let before = self.state.snapshot().notices.len();
        self.state.listing_ended(attempt, result, self.now);
        if let Listed::Changed = ended {
            let notices = self.state.snapshot().notices;
            assert!(notices.len() > before || notices.len() == 20, "what changed is told");
        }
    }

    fn see_token(&mut self, token: Option<(i64, bool)>) {
        let identity = token.map(|(seconds, refreshable)| Identity {
            end: self.now + SignedDuration::from_secs(seconds),
            refreshable,
        });
        match identity {
            Some(identity) if self.rejected == Some(identity.end) => {}
            Some(identity) => {
                if identity.refreshable || identity.end > self.now {
                    self.rejected = None;
                }
                self.identities.insert(provider(2), identity);
            }
            None => {
                self.identities.remove(&provider(2));
            }
        }
        self.state.token_seen(PORTAL, identity, self.now);
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
                self.disk.insert(place_of(&wish), Section { role: wish.role.id.clone(), expiration });
                self.state.written(session, attempt, &wish, self.now);
            }
            Some(Effect::Write { session, attempt, .. }) => {
                self.state.write_refused(session, attempt, refused(), self.now);
            }
            Some(Effect::Erase { session, wish }) if works => {
                if self.disk.get(&place_of(&wish)).is_some_and(|section| section.role == wish.role.id) {
                    self.disk.remove(&place_of(&wish));
                }
                self.state.erased(session, self.now);
            }
            Some(Effect::Erase { session, .. }) => self.state.erase_refused(session, refused(), self.now),
            Some(other) => panic!("not for the disk: {other:?}"),
            None => {}
        }
    }

    fn reconcile(&mut self) {
        let sections = self.disk.iter().filter(|((profile, _), _)| profile.is_some());
        let found = sections.map(|((output_profile, _), section)| {
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
                Effect::List { attempt, .. } => {
                    let identity = self.identities[&provider(2)];
                    assert!(identity.refreshable || identity.end > self.now, "a listing needs a sign-in");
                    assert!(self.listings.is_empty(), "an organisation is listed once at a time");
                    let asked = self.wanted.take().expect("a listing is wanted");
                    self.listings.insert(attempt, asked);
                }
                Effect::CancelListing { attempt } => {
                    self.listings.remove(&attempt);
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
