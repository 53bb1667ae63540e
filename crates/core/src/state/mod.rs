//! All that the agent knows and decides: the sessions, what people are asked, what is in memory
//! to begin with.
//!
//! Deliberately absent: credentials and codes. The agent keeps them; the state says by attempt,
//! source or device which of them is meant, and when one isn't wanted any more.

mod activation;
mod effect;
mod fetching;
mod hand_outs;
mod organisations;
mod outcome;
mod prompts;
mod questions;
mod sections;
mod sign_ins;
mod view;
mod wish;

pub use effect::{Caller, Effect, Granted};
pub use organisations::ListingView;
pub use sections::Found;
pub use wish::{Manner, Wish};

use crate::chain::Chain;
use crate::failure::Failure;
use crate::hand_out::{Consents, Record};
use crate::memory::{Memory, SamlRole};
use crate::name::{RoleId, SessionId};
use crate::plan::{Known, Plan, PlanView, WorldId, explain, plan};
use crate::session::{self, Session};
use crate::settings::Settings;
use crate::snapshot::{Notice, Problem};
use jiff::Timestamp;
use questions::Prompts;
use std::collections::BTreeMap;

/// How many of the last used roles are remembered.
const RECENTS: usize = 20;

/// How many of the last notices are kept for faces that come late.
const NOTICES: usize = 20;

/// The agent's state. Every method that changes it takes the time; what must be done because of
/// it is fetched with [`State::effects`].
#[derive(Debug, Default)]
pub struct State {
    sessions: BTreeMap<SessionId, Entry>,
    prompts: Prompts,
    sign_ins: Vec<sign_ins::Waiting>,
    organisations: BTreeMap<String, organisations::Organisation>,
    known: Known,
    memory: Memory,
    consents: Consents,
    record: Record,
    clock_offset: i64,
    recents: Vec<RoleId>,
    notices: Vec<Notice>,
    problems: Vec<Problem>,
    settings: Settings,
    last_number: u64,
    effects: Vec<Effect>,
}

#[derive(Clone, Debug)]
struct Entry {
    wish: Wish,
    session: Session,
    /// What GetCallerIdentity said of the delivered credentials.
    caller: Option<Caller>,
    /// The attempt for which a person was asked to sign in although a token was there.
    asked_again: Option<u64>,
}

impl State {
    /// A state with these wishes, and nothing active.
    pub fn new(settings: Settings, recents: Vec<RoleId>, memory: Memory) -> Self {
        let mut state = Self { recents, memory, ..Self::default() };
        state.known.max_sessions.clone_from(&state.memory.max_sessions);
        state.set_settings(settings);
        state
    }

    /// What is worth remembering between starts.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// The roles that a SAML provider's assertion named.
    pub fn set_saml_roles(&mut self, provider: &str, roles: Vec<SamlRole>) {
        self.memory.saml_roles.insert(provider.to_owned(), roles);
    }

    /// How far AWS's clock is ahead of this computer's, in seconds.
    pub fn set_clock_offset(&mut self, seconds: i64) {
        self.clock_offset = seconds;
    }

    /// Tells the way to a role in words, and calls nothing.
    pub fn explain(
        &self,
        world: WorldId,
        chain: &Chain,
        wanted: Option<u32>,
        now: Timestamp,
    ) -> Result<PlanView, Failure> {
        let source = |serial: &str| self.code_source(chain, serial);
        explain(world, chain, wanted, &self.known, source, now)
    }

    /// What must be done because of the changes since the last call, in order.
    pub fn effects(&mut self) -> Vec<Effect> {
        self.sessions.retain(|_, entry| entry.session.state().is_some());
        std::mem::take(&mut self.effects)
    }

    /// Ends sessions; those that aren't there are passed over.
    pub fn deactivate(&mut self, sessions: &[SessionId], now: Timestamp) {
        for id in sessions {
            self.withdraw(*id);
            self.step(*id, session::Input::Deactivate, now);
        }
    }

    /// Drops every source from memory, so that the next activation starts from the beginning.
    pub fn forget_sources(&mut self) {
        let keys = std::mem::take(&mut self.known.sources).into_keys();
        self.effects.extend(keys.map(Effect::ForgetSource));
    }

    /// Looks at what is due. Call it at [`State::deadline`], and after every jump of the clock.
    pub fn clock(&mut self, now: Timestamp) {
        let over: Vec<_> =
            self.known.sources.iter().filter(|(_, end)| **end <= now).map(|(key, _)| key.clone()).collect();
        for key in over {
            self.known.sources.remove(&key);
            self.effects.push(Effect::ForgetSource(key));
        }
        self.prompts_clock(now);
        self.consents.clock(now);
        self.organisations_clock(now);
        let ids: Vec<_> = self.sessions.keys().copied().collect();
        for id in ids {
            self.step(id, session::Input::Clock, now);
        }
    }

    /// When [`State::clock`] is due next.
    pub fn deadline(&self) -> Option<Timestamp> {
        let sessions = self.sessions.values().filter_map(|entry| entry.session.deadline());
        sessions
            .chain(self.prompts.deadline())
            .chain(self.consents.deadline())
            .chain(self.organisations_deadline())
            .chain(self.known.sources.values().copied())
            .min()
    }

    /// Replaces the wishes.
    pub fn set_settings(&mut self, settings: Settings) {
        self.known.session_token_seconds = settings.session_token_seconds();
        self.settings = settings;
    }

    /// The wishes.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The roles that were used last, the latest first.
    pub fn recents(&self) -> &[RoleId] {
        &self.recents
    }

    /// Replaces what is known to be odd about the shared files.
    pub fn set_problems(&mut self, problems: Vec<Problem>) {
        self.problems = problems;
    }

    /// The sessions that are delivered or on their way, with their wishes.
    pub fn wishes(&self) -> impl Iterator<Item = (SessionId, &Wish)> {
        self.sessions.iter().map(|(id, entry)| (*id, &entry.wish))
    }

    /// Whether nothing is delivered, under way, or waiting to be removed.
    pub fn is_idle(&self) -> bool {
        !self.is_listing()
            && self
                .sessions
                .values()
                .all(|entry| entry.session.deadline().is_none() && !entry.session.is_under_way())
    }

    /// The plan that renews a wish at that time without a person, if there is one.
    fn silent_plan(&self, wish: &Wish, at: Timestamp) -> Option<Plan> {
        let chain = wish.chain.as_ref()?;
        let plan = plan(wish.world, chain, wish.duration_seconds, &self.known, at).ok()?;
        plan.is_silent(&self.known, at).then_some(plan)
    }

    fn call(&mut self, id: SessionId, attempt: u64, plan: Plan, asked: bool, now: Timestamp) {
        self.step(id, session::Input::Call { attempt, asked }, now);
        self.effects.push(Effect::Call { attempt, plan });
    }

    fn step(&mut self, id: SessionId, input: session::Input, now: Timestamp) {
        let Some(entry) = self.sessions.get_mut(&id) else { return };
        let (next, effects) = std::mem::take(&mut entry.session).step(input, now);
        entry.session = next;
        let wish = entry.wish.clone();
        for effect in effects {
            match effect {
                session::Effect::Write { attempt } => {
                    self.effects.push(Effect::Write { session: id, attempt, wish: Box::new(wish.clone()) });
                }
                session::Effect::Erase => {
                    self.effects.push(Effect::Erase { session: id, wish: Box::new(wish.clone()) });
                }
                session::Effect::Forget { attempt } => self.effects.push(Effect::Forget { attempt }),
                session::Effect::Tell(kind) => self.tell(id, kind, now),
                session::Effect::Renew => self.renew(id, &wish, now),
            }
        }
    }

    fn renew(&mut self, id: SessionId, wish: &Wish, now: Timestamp) {
        match self.silent_plan(wish, now) {
            Some(plan) => {
                let attempt = self.next_number();
                self.call(id, attempt, plan, false, now);
            }
            None => self.step(id, session::Input::NeedsPerson, now),
        }
    }

    /// Takes a session out of every question.
    fn withdraw(&mut self, id: SessionId) {
        self.prompts.withdraw(id);
        self.withdraw_from_sign_ins(id);
    }

    fn of_attempt(&self, attempt: u64) -> Option<SessionId> {
        self.sessions.iter().find(|(_, entry)| entry.session.attempt() == attempt).map(|(id, _)| *id)
    }

    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }
}
