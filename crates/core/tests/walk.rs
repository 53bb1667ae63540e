//! Walks the state at random, as an agent with a moody AWS, a moody disk and a restless person
//! would, and holds it against what must always be so.

#![expect(clippy::unwrap_used, reason = "a test that ends where something is missing")]

use hatrack_core::arn::RoleArn;
use hatrack_core::catalogue::{Needs, Role, RoleKind};
use hatrack_core::chain::{Chain, Ending, Hop, Origin};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::memory::Memory;
use hatrack_core::name::{OutputProfile, RoleId, SessionId};
use hatrack_core::plan::{Plan, WorldId};
use hatrack_core::session::Grant;
use hatrack_core::settings::Settings;
use hatrack_core::snapshot::{PromptState, SessionState};
use hatrack_core::state::{Effect, Found, Granted, Manner, State, Wish};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const FILE: &str = "/home/ann/.aws/credentials";

#[derive(Clone, Debug)]
enum Act {
    Activate { role: usize, profile: usize, renew: bool, can_ask: bool, seconds: Option<u32> },
    Answer { repeated: bool },
    Dismiss,
    Deactivate(usize),
    Grant(usize),
    Refuse(usize, FailureCode),
    Disk { works: bool },
    Advance(i64),
    OtherProgramRemoves(usize),
    Restart,
}

fn act() -> impl Strategy<Value = Act> {
    let code = prop_oneof![
        Just(FailureCode::CodeRefused),
        Just(FailureCode::Refused),
        Just(FailureCode::Unreachable)
    ];
    prop_oneof![
        5 => (0..6_usize, 0..3_usize, any::<bool>(), prop::bool::weighted(0.9), prop::option::of(Just(900_u32)))
            .prop_map(|(role, profile, renew, can_ask, seconds)| Act::Activate { role, profile, renew, can_ask, seconds }),
        4 => prop::bool::weighted(0.1).prop_map(|repeated| Act::Answer { repeated }),
        1 => Just(Act::Dismiss),
        1 => (0..6_usize).prop_map(Act::Deactivate),
        6 => (0..4_usize).prop_map(Act::Grant),
        2 => ((0..4_usize), code).prop_map(|(call, code)| Act::Refuse(call, code)),
        6 => prop::bool::weighted(0.85).prop_map(|works| Act::Disk { works }),
        3 => prop_oneof![0..40_i64, 200..4000_i64, Just(60_000_i64)].prop_map(Act::Advance),
        1 => (0..3_usize).prop_map(Act::OtherProgramRemoves),
        1 => Just(Act::Restart),
    ]
}

#[derive(Clone, Debug, PartialEq)]
struct Section {
    role: RoleId,
    expiration: Timestamp,
}

struct Walk {
    state: State,
    now: Timestamp,
    calls: Vec<(u64, Plan, Timestamp)>,
    disk_queue: VecDeque<Effect>,
    granted: BTreeMap<u64, Timestamp>,
    disk: BTreeMap<OutputProfile, Section>,
    /// Device steps whose code AWS took.
    taken: BTreeSet<(String, i64)>,
}

fn role(index: usize) -> (Role, Chain) {
    let name = format!("role-{index}");
    let hop = |name: &str, mfa: Option<&str>, seconds: Option<u32>| Hop {
        mfa_serial: mfa.map(str::to_owned),
        duration_seconds: seconds,
        ..Hop::bare(name, RoleArn::parse(&format!("arn:aws:iam::123456789012:role/{name}")).unwrap())
    };
    let hops = match index {
        0 => vec![hop("role-0", None, None)],
        1 => vec![hop("role-1", Some("device-a"), None)],
        2 => vec![hop("role-2", Some("device-a"), Some(900))],
        3 => vec![hop("role-3", Some("device-a"), Some(43_200))],
        4 => vec![hop("role-4", Some("device-b"), None)],
        _ => vec![hop("jump", Some("device-b"), Some(7200)), hop("role-5", None, None)],
    };
    let role = Role {
        id: RoleId::of_profile(&name),
        name,
        account_id: "123456789012".to_owned(),
        account_name: "123456789012".to_owned(),
        role_name: "r".to_owned(),
        kind: RoleKind::AssumeRole,
        source: "config".to_owned(),
        region: None,
        tags: Vec::new(),
        needs: Some(Needs::Mfa),
    };
    (role, Chain { origin: Origin::StaticKeys { profile: "base".to_owned() }, hops, ending: Ending::AsItIs })
}

fn profile(index: usize) -> OutputProfile {
    OutputProfile::parse(&format!("out-{index}")).unwrap()
}

fn step(at: Timestamp) -> i64 {
    at.as_second().div_euclid(30)
}

impl Walk {
    fn new() -> Self {
        Self {
            state: State::new(Settings::default(), Vec::new(), Memory::default()),
            now: Timestamp::from_second(1_800_000_000).unwrap(),
            calls: Vec::new(),
            disk_queue: VecDeque::new(),
            granted: BTreeMap::new(),
            disk: BTreeMap::new(),
            taken: BTreeSet::new(),
        }
    }

    fn awaiting(&self) -> usize {
        let sessions = self.state.snapshot().sessions;
        sessions.iter().filter(|session| session.state == SessionState::AwaitingMfa).count()
    }

    fn act(&mut self, act: &Act) {
        let before = self.awaiting();
        match act {
            Act::Activate { role: index, profile: place, renew, can_ask, seconds } => {
                let (role, chain) = role(*index);
                let wish = Wish {
                    world: WorldId(1),
                    role,
                    chain: Some(chain),
                    output_profile: profile(*place),
                    credentials_file: FILE.to_owned(),
                    region: None,
                    duration_seconds: *seconds,
                    adopt: false,
                    confirmed: None,
                };
                let manner = Manner { renew: *renew, in_window: true, can_ask: *can_ask, has_code: false };
                let began = self.state.activate(wish, manner, self.now);
                if let Err(failure) = &began {
                    assert_eq!(failure.code, FailureCode::PersonNeeded, "{failure}");
                    assert!(!can_ask);
                }
            }
            Act::Answer { repeated } => {
                if let Some(prompt) = self.state.snapshot().prompts.first() {
                    let answered = self.state.answer(prompt.id, *repeated, self.now);
                    assert_eq!(answered.is_ok(), prompt.state != PromptState::Sending);
                }
            }
            Act::Dismiss => {
                if let Some(prompt) = self.state.snapshot().prompts.first() {
                    self.state.dismiss(prompt.id, self.now).unwrap();
                    for session in self.state.snapshot().sessions {
                        assert!(
                            !prompt.sessions.contains(&session.id)
                                || session.state != SessionState::AwaitingMfa
                        );
                    }
                }
            }
            Act::Deactivate(index) => {
                if let Some(session) = self.state.snapshot().sessions.get(*index) {
                    self.state.deactivate(&[session.id], self.now);
                }
            }
            Act::Grant(index) => self.grant(*index),
            Act::Refuse(index, code) => {
                if *index < self.calls.len() {
                    let (attempt, plan, _) = self.calls.remove(*index);
                    let code = if plan.mfa_serial().is_none() && *code == FailureCode::CodeRefused {
                        FailureCode::Refused
                    } else {
                        *code
                    };
                    self.state.refused(attempt, Failure::new(code, "No.", ""), None, self.now);
                }
            }
            Act::Disk { works } => self.disk(*works),
            Act::Advance(seconds) => {
                self.now += SignedDuration::from_secs(*seconds);
                self.state.clock(self.now);
                self.collect();
                assert!(self.awaiting() <= before, "nobody is asked because time passed");
            }
            Act::OtherProgramRemoves(place) => {
                if self.disk_queue.is_empty() {
                    self.disk.remove(&profile(*place));
                    self.reconcile();
                }
            }
            Act::Restart => {
                let idle = self.disk_queue.is_empty();
                if idle {
                    self.state = State::new(Settings::default(), Vec::new(), Memory::default());
                    self.calls.clear();
                    self.granted.clear();
                    self.taken.clear();
                    self.reconcile();
                    assert_eq!(self.awaiting(), 0);
                }
            }
        }
        self.collect();
        self.hold();
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
        self.state.granted(attempt, Granted { grant, kept, durations: Vec::new() }, self.now);
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
            let (role, chain) = role(index);
            let wish = Wish {
                world: WorldId(1),
                role,
                chain: Some(chain),
                output_profile: output_profile.clone(),
                credentials_file: FILE.to_owned(),
                region: None,
                duration_seconds: None,
                adopt: false,
                confirmed: None,
            };
            Found { wish, expiration: section.expiration }
        });
        let found = found.collect();
        self.state.sections(FILE, found, self.now);
    }

    fn collect(&mut self) {
        for effect in self.state.effects() {
            match effect {
                Effect::Call { attempt, plan } => self.calls.push((attempt, plan, self.now)),
                Effect::Write { .. } | Effect::Erase { .. } => self.disk_queue.push_back(effect),
                Effect::Forget { attempt } => self.calls.retain(|(running, plan, _)| {
                    // A code may have reached AWS although nobody waits for the answer.
                    *running != attempt || plan.mfa_serial().is_some()
                }),
                Effect::ForgetSource(_)
                | Effect::ForgetCode { .. }
                | Effect::Verify { .. }
                | Effect::FetchCode { .. }
                | Effect::SignIn { .. }
                | Effect::CancelSignIn { .. } => {}
            }
        }
    }

    fn hold(&mut self) {
        if self.state.deadline().is_some_and(|due| due <= self.now) {
            self.state.clock(self.now);
            self.collect();
        }
        assert!(self.state.deadline().is_none_or(|due| due > self.now), "no busy loop");
        let snapshot = self.state.snapshot();
        let mut places = BTreeSet::new();
        for session in &snapshot.sessions {
            if session.state.is_delivered() {
                let expiration = session.expiration.expect("what is delivered ends");
                assert!(expiration > self.now, "never active after the end: {session:?}");
                assert!(places.insert(session.output_profile.clone()), "one session in one place");
                if self.disk_queue.is_empty() {
                    let there = self.disk.get(&session.output_profile);
                    let expected = Section { role: session.role_id.clone(), expiration };
                    assert_eq!(there, Some(&expected), "active means on disk");
                }
            }
        }
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

    /// Everything ends when everybody wants it to end.
    fn wind_up(&mut self) {
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
        let snapshot = self.state.snapshot();
        assert_eq!(snapshot.sessions, [], "ended sessions are gone");
        assert_eq!(snapshot.prompts, [], "nobody is asked any more");
        assert_eq!(self.disk, BTreeMap::new(), "what was written is removed");
        assert!(self.state.is_idle());
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
