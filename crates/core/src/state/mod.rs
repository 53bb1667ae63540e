//! All that the agent knows and decides: the sessions, what people are asked, what is in memory
//! to begin with.
//!
//! Deliberately absent: credentials and codes. The agent keeps them; the state says by attempt,
//! source or device which of them is meant, and when one isn't wanted any more.

mod prompts;
mod sections;
mod sign_ins;

pub use sections::Found;

use crate::catalogue::Role;
use crate::chain::Chain;
use crate::chain::Provider;
use crate::code_source::CodeSource;
use crate::failure::{Failure, FailureCode};
use crate::memory::Memory;
use crate::name::PromptId;
use crate::name::{OutputProfile, RoleId, SessionId};
use crate::plan::{Known, Plan, PlanView, Source, SourceKey, WorldId, explain, plan};
use crate::session::{self, ANNOUNCE_BEFORE, Grant, Session};
use crate::settings::Settings;
use crate::snapshot::{Notice, NoticeKind, Problem, SessionView, Snapshot};
use jiff::Timestamp;
use prompts::Prompts;
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
    known: Known,
    memory: Memory,
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
}

/// Whose credentials were delivered, as GetCallerIdentity says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account's id.
    pub account_id: String,
    /// The identity.
    pub arn: String,
}

/// What somebody wants: a role, delivered into an output profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The world that it was asked from.
    pub world: WorldId,
    /// The role.
    pub role: Role,
    /// The way to it; `None` for what was found in a file and isn't in the catalogue any more.
    pub chain: Option<Chain>,
    /// The section of the credentials file.
    pub output_profile: OutputProfile,
    /// The credentials file.
    pub credentials_file: String,
    /// The region to go with it.
    pub region: Option<String>,
    /// The life that the person asked for, in seconds.
    pub duration_seconds: Option<u32>,
    /// Consent to take over a section that isn't Hatrack's.
    pub adopt: bool,
    /// The account's id that a person typed, where the role wants that.
    pub confirmed: Option<String>,
}

/// How a wish is to be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Whether new credentials are wanted even where live ones are delivered.
    pub renew: bool,
    /// Whether a window asks for a code.
    pub in_window: bool,
    /// Whether anybody can be asked at all.
    pub can_ask: bool,
    /// Whether a code was given along; [`State::answer`] follows at once if it is needed.
    pub has_code: bool,
}

/// What the agent must do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The calls of a plan are to be made; the code of its device, if it needs one, is at hand.
    Call {
        /// The attempt whose number the outcome carries.
        attempt: u64,
        /// The calls.
        plan: Plan,
    },
    /// The credentials that this attempt gave are to be delivered.
    Write {
        /// The session.
        session: SessionId,
        /// The attempt.
        attempt: u64,
        /// Where to.
        wish: Box<Wish>,
    },
    /// A section is to be removed, if it still is this role's.
    Erase {
        /// The session.
        session: SessionId,
        /// Whose section it is.
        wish: Box<Wish>,
    },
    /// What this attempt gave, or may still give, isn't wanted any more.
    Forget {
        /// The attempt.
        attempt: u64,
    },
    /// A source isn't wanted any more.
    ForgetSource(SourceKey),
    /// The delivered credentials are to be shown to GetCallerIdentity.
    Verify {
        /// The session.
        session: SessionId,
        /// The attempt that gave them.
        attempt: u64,
        /// Whose they should be.
        wish: Box<Wish>,
    },
    /// A code of a device is to be fetched for a prompt.
    FetchCode {
        /// The prompt.
        prompt: PromptId,
        /// The device.
        mfa_serial: String,
        /// From where.
        source: CodeSource,
        /// The world that it is asked in.
        world: WorldId,
    },
    /// A person is to sign in at a provider.
    SignIn {
        /// The attempt whose number the outcome carries.
        attempt: u64,
        /// The provider.
        provider: Provider,
        /// The world that it is asked in.
        world: WorldId,
    },
    /// A sign-in isn't wanted any more: taken back, or done already.
    CancelSignIn {
        /// Its attempt.
        attempt: u64,
    },
    /// The code of a device isn't wanted any more.
    ForgetCode {
        /// The device.
        mfa_serial: String,
    },
}

/// What became of a [`Effect::Call`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// What STS granted at the end of the plan.
    pub grant: Grant,
    /// The sources that were obtained on the way and are kept in memory, with the end of each.
    pub kept: Vec<(Source, Timestamp)>,
    /// The roles that were assumed, with the seconds that were granted.
    pub durations: Vec<(String, u32)>,
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
    pub fn set_saml_roles(&mut self, provider: &str, roles: Vec<crate::memory::SamlRole>) {
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

    /// Where the codes of a device come from, if not from a person.
    pub(crate) fn code_source(&self, chain: &Chain, serial: &str) -> Option<CodeSource> {
        let command =
            chain.mfa_process(serial).map(|command| CodeSource::Process { command: command.to_owned() });
        command.or_else(|| self.settings.code_sources.get(serial).cloned())
    }

    /// What must be done because of the changes since the last call, in order.
    pub fn effects(&mut self) -> Vec<Effect> {
        self.sessions.retain(|_, entry| entry.session.state().is_some());
        std::mem::take(&mut self.effects)
    }

    /// Begins to meet a wish: the session and the attempt that the outcome will carry.
    ///
    /// A wish that is met already, or is being met, is not begun again.
    pub fn activate(
        &mut self,
        wish: Wish,
        manner: Manner,
        now: Timestamp,
    ) -> Result<(SessionId, u64), Failure> {
        let Some(chain) = &wish.chain else {
            return Err(Failure::new(
                FailureCode::NotFound,
                format!("No profile describes {} any more.", wish.role.name),
                "Look at the list of roles, and activate one that is there.",
            ));
        };
        let plan = plan(wish.world, chain, wish.duration_seconds, &self.known, now)?;
        let needed = plan.mfa_serial().map(str::to_owned);
        if plan.is_root() && wish.confirmed.as_deref() != Some(wish.role.account_id.as_str()) {
            return Err(Failure::new(
                FailureCode::ConfirmationNeeded,
                format!("{} is the root user of account {}.", wish.role.name, wish.role.account_id),
                "Confirm it by typing the account's id: hat use … --confirm ACCOUNT.",
            ));
        }
        let sign_in = plan.sign_in(&self.known, now);
        if let Some(provider) = &sign_in
            && !manner.can_ask
        {
            return Err(Failure::new(
                FailureCode::PersonNeeded,
                format!(
                    "{} needs a sign-in at {}, and nobody can be asked for it here.",
                    wish.role.name,
                    provider.name()
                ),
                "Run this on a terminal, or start Hatrack's tray.",
            ));
        }
        let code_source = needed.as_deref().and_then(|serial| self.code_source(chain, serial));
        if needed.is_some() && !manner.can_ask && !manner.has_code && code_source.is_none() {
            return Err(Failure::new(
                FailureCode::PersonNeeded,
                format!(
                    "{} needs a code of its MFA device, and nobody can be asked for it here.",
                    wish.role.name
                ),
                "Run this on a terminal, start Hatrack's tray, or give the code with --token-code -.",
            ));
        }
        let existing = self
            .sessions
            .iter()
            .find(|(_, entry)| entry.wish.is_same_place_and_role(&wish))
            .map(|(id, entry)| (*id, entry.clone()));
        if let Some((id, entry)) = &existing
            && self.serves(entry, &wish, manner)
        {
            self.remember(&wish.role.id);
            self.prompts.raise(*id, manner.in_window);
            return Ok((*id, entry.session.attempt()));
        }

        let id = existing.map_or_else(|| SessionId(self.next_number()), |(id, _)| id);
        let attempt = self.next_number();
        self.remember(&wish.role.id);
        self.sessions.entry(id).and_modify(|entry| entry.wish = wish.clone()).or_insert_with(|| Entry {
            wish,
            session: Session::default(),
            caller: None,
        });
        self.withdraw(id);
        let world = plan.world;
        match (sign_in, needed) {
            (Some(provider), _) => self.await_sign_in(id, attempt, provider, world, manner.in_window, now),
            (None, None) => self.call(id, attempt, plan, true, now),
            (None, Some(mfa_serial)) => self.await_code(id, attempt, &mfa_serial, manner, now),
        }
        Ok((id, attempt))
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
        if let Some((role, seconds)) = over.filter(|_| failure.code == FailureCode::DurationRefused) {
            self.memory.learn_max_session(role, seconds, Some(now));
            self.known.max_sessions.clone_from(&self.memory.max_sessions);
        }
        if self.code_was_refused(attempt, &failure, now) {
            return;
        }
        let Some(id) = self.of_attempt(attempt) else { return };
        // What the profile asked for was too much: what there is, is as good as asked for.
        let again = self.sessions.get(&id).filter(|entry| {
            failure.code == FailureCode::DurationRefused && entry.wish.duration_seconds.is_none()
        });
        if let Some(plan) = again.and_then(|entry| self.silent_plan(&entry.wish, now)) {
            self.call(id, attempt, plan, true, now);
            return;
        }
        self.fail(id, attempt, failure, now);
    }

    /// An attempt of a session failed: that is remembered, and told.
    fn fail(&mut self, id: SessionId, attempt: u64, failure: Failure, now: Timestamp) {
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

    /// Looks at what is due. Call it at [`State::deadline`], and after every jump of the clock.
    pub fn clock(&mut self, now: Timestamp) {
        let over: Vec<_> =
            self.known.sources.iter().filter(|(_, end)| **end <= now).map(|(key, _)| key.clone()).collect();
        for key in over {
            self.known.sources.remove(&key);
            self.effects.push(Effect::ForgetSource(key));
        }
        self.prompts_clock(now);
        let ids: Vec<_> = self.sessions.keys().copied().collect();
        for id in ids {
            self.step(id, session::Input::Clock, now);
        }
    }

    /// When [`State::clock`] is due next.
    pub fn deadline(&self) -> Option<Timestamp> {
        let sessions = self.sessions.values().filter_map(|entry| entry.session.deadline());
        sessions.chain(self.prompts.deadline()).chain(self.known.sources.values().copied()).min()
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
        self.sessions
            .values()
            .all(|entry| entry.session.deadline().is_none() && !entry.session.is_under_way())
    }

    /// The present, for the faces.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            sessions: self.sessions.iter().filter_map(|(id, entry)| self.view(*id, entry)).collect(),
            prompts: self.prompts.view(),
            sign_ins: self.sign_ins.iter().map(|waiting| waiting.sign_in.clone()).collect(),
            clock_offset: self.clock_offset,
            recents: self.recents.clone(),
            problems: self.problems.clone(),
            settings: self.settings.clone(),
            notices: self.notices.clone(),
        }
    }

    fn view(&self, id: SessionId, entry: &Entry) -> Option<SessionView> {
        let Entry { wish, session, caller } = entry;
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

    /// The plan that renews a wish at that time without a person, if there is one.
    fn silent_plan(&self, wish: &Wish, at: Timestamp) -> Option<Plan> {
        let chain = wish.chain.as_ref()?;
        let plan = plan(wish.world, chain, wish.duration_seconds, &self.known, at).ok()?;
        plan.is_silent(&self.known, at).then_some(plan)
    }

    /// Whether what the entry has, or is getting, is what the wish asks for.
    fn serves(&self, entry: &Entry, wish: &Wish, manner: Manner) -> bool {
        let same = entry.wish.duration_seconds == wish.duration_seconds && entry.wish.region == wish.region;
        let under_way = entry.session.is_under_way() && !manner.has_code;
        let live = entry.session.state().is_some_and(crate::snapshot::SessionState::is_delivered);
        same && (under_way || (live && !manner.renew))
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

    fn tell(&mut self, id: SessionId, kind: NoticeKind, now: Timestamp) {
        let number = self.next_number();
        let Some(Entry { wish, session, .. }) = self.sessions.get(&id) else { return };
        let notice = Notice {
            id: number,
            at: now,
            kind,
            session: id,
            role_id: wish.role.id.clone(),
            role: wish.role.name.clone(),
            account_name: wish.role.account_name.clone(),
            output_profile: wish.output_profile.clone(),
            expiration: session.delivered().map(|grant| grant.expiration),
            failure: session.failure().cloned(),
        };
        self.notices.push(notice);
        let surplus = self.notices.len().saturating_sub(NOTICES);
        self.notices.drain(..surplus);
    }

    /// Takes a session out of every question.
    fn withdraw(&mut self, id: SessionId) {
        self.prompts.withdraw(id);
        self.withdraw_from_sign_ins(id);
    }

    fn remember(&mut self, role: &RoleId) {
        self.recents.retain(|recent| recent != role);
        self.recents.insert(0, role.clone());
        self.recents.truncate(RECENTS);
    }

    fn of_attempt(&self, attempt: u64) -> Option<SessionId> {
        self.sessions.iter().find(|(_, entry)| entry.session.attempt() == attempt).map(|(id, _)| *id)
    }

    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
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
                caller.account_id
            ),
            "End the session, and look at the profile that describes it.",
        )
    })
}

impl Wish {
    fn is_same_place(&self, other: &Self) -> bool {
        self.credentials_file == other.credentials_file && self.output_profile == other.output_profile
    }

    fn is_same_place_and_role(&self, other: &Self) -> bool {
        self.is_same_place(other) && self.role.id == other.role.id
    }
}
