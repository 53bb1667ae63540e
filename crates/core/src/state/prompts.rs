//! What people are asked: one question for each MFA device, shared by all sessions that wait.
//!
//! AWS takes each code once. So a device's 30-second step is used up by the call that carried its
//! code; a further code that comes within the same step is held until the next one begins. Where
//! several roles wait and an hour is enough for them, one code obtains a GetSessionToken session
//! that serves them all.

use super::questions::{CodeCall, Question};
use super::{Effect, Manner, State, Wish};
use crate::failure::{Failure, FailureCode};
use crate::name::{PromptId, SessionId, shown};
use crate::plan::{Plan, Source, plan, plan_session_token, session_token};
use crate::session::Input;
use crate::snapshot::{Prompt, PromptState};
use jiff::Timestamp;

/// The seconds that one code of a device stands for (RFC 6238; AWS's devices use 30).
const STEP_SECONDS: i64 = 30;

impl State {
    /// The prompt with this number.
    pub fn prompt(&self, id: PromptId) -> Option<&Prompt> {
        self.prompts.asked.iter().map(|question| &question.prompt).find(|prompt| prompt.id == id)
    }

    /// The prompt that a session waits for.
    pub fn prompt_of(&self, session: SessionId) -> Option<&Prompt> {
        self.prompts
            .asked
            .iter()
            .map(|question| &question.prompt)
            .find(|prompt| prompt.sessions.contains(&session))
    }

    /// A person gave the code that a prompt asks for; the agent has it at hand.
    ///
    /// `repeated` says that it is the very code that the device's last call carried.
    pub fn answer(&mut self, id: PromptId, repeated: bool, now: Timestamp) -> Result<(), Failure> {
        let Some(index) = self.prompts.asked.iter().position(|question| question.prompt.id == id) else {
            return Err(Failure::new(FailureCode::NotFound, "Nobody waits for this code any more.", ""));
        };
        let question = &mut self.prompts.asked[index];
        if question.call.is_some() {
            return Err(Failure::new(
                FailureCode::Refused,
                "A code is with AWS already.",
                "Wait for its answer.",
            ));
        }
        question.prompt.fetching = None;
        let serial = question.prompt.mfa_serial.clone();
        let used_up = self.prompts.used_steps.get(&serial).is_some_and(|used| *used >= step(now));
        if repeated {
            question.prompt.state = PromptState::Asking;
            question.prompt.refused = Some(Failure::new(
                FailureCode::CodeRefused,
                "This code was used already; AWS takes each one once.",
                "Wait for the next code of the device.",
            ));
            question.prompt.next_code_at = Some(end_of_step(now));
            self.effects.push(Effect::ForgetCode { mfa_serial: serial });
        } else if used_up {
            question.prompt.state = PromptState::Holding;
            question.prompt.refused = None;
            question.prompt.next_code_at = Some(end_of_step(now));
        } else {
            self.send(index, now);
        }
        Ok(())
    }

    /// A person takes back what waits for a prompt.
    pub fn dismiss(&mut self, id: PromptId, now: Timestamp) -> Result<(), Failure> {
        if self.dismiss_sign_in(id, now) {
            return Ok(());
        }
        let Some(prompt) = self.prompt(id).cloned() else {
            return Err(Failure::new(FailureCode::NotFound, "Nobody waits for this code any more.", ""));
        };
        for session in &prompt.sessions {
            self.prompts.withdraw(*session);
            self.step(*session, Input::Dismissed, now);
        }
        self.effects.push(Effect::ForgetCode { mfa_serial: prompt.mfa_serial });
        Ok(())
    }

    /// Who asked for a session is gone, and nobody else asks: what waits for a code is taken back.
    pub fn abandon(&mut self, session: SessionId, now: Timestamp) {
        self.withdraw(session);
        self.step(session, Input::Dismissed, now);
    }

    /// A session needs a code: it joins its device's question.
    pub(super) fn await_code(
        &mut self,
        id: SessionId,
        attempt: u64,
        mfa_serial: &str,
        manner: Manner,
        now: Timestamp,
    ) {
        let mine = self.sharable(id);
        let number = PromptId(self.next_number());
        let used = self.prompts.used_steps.get(mfa_serial).is_some_and(|used| *used >= step(now));
        let index = self.prompts.asked.iter().position(|question| question.prompt.mfa_serial == mfa_serial);
        let question = match index {
            Some(index) => &mut self.prompts.asked[index],
            None => {
                self.prompts.asked.push(Question {
                    prompt: Prompt {
                        id: number,
                        mfa_serial: mfa_serial.to_owned(),
                        sessions: Vec::new(),
                        in_window: false,
                        state: PromptState::Asking,
                        refused: None,
                        fetching: None,
                        next_code_at: used.then(|| end_of_step(now)),
                    },
                    call: None,
                });
                self.prompts.asked.last_mut().expect("just pushed")
            }
        };
        if let Some((source, waiting)) = question.call.as_mut().and_then(|call| call.source.as_mut())
            && mine.as_ref() == Some(source)
        {
            waiting.push(id);
            self.step(id, Input::AwaitSource { attempt }, now);
            return;
        }
        question.prompt.sessions.push(id);
        question.prompt.in_window |= manner.in_window;
        let is_new = index.is_none();
        self.step(id, Input::AwaitMfa { attempt }, now);
        if is_new && !manner.has_code && !used {
            self.fetch(number, now);
        }
    }

    /// Sends a device's code: for a session that serves all who wait, or for the oldest alone.
    fn send(&mut self, index: usize, now: Timestamp) {
        let prompt = self.prompts.asked[index].prompt.clone();
        let Some(first) = prompt.sessions.first().copied() else { return };
        let shared = self.sharable(first);
        let together: Vec<_> = prompt
            .sessions
            .iter()
            .copied()
            .filter(|id| shared.is_some() && self.sharable(*id) == shared)
            .collect();
        let (attempt, plan, source) = match shared {
            Some(source) => {
                let attempt = self.next_number();
                let plan = plan_session_token(&source, &prompt.mfa_serial, &self.known);
                for id in &together {
                    let attempt = self.sessions[id].session.attempt();
                    self.step(*id, Input::AwaitSource { attempt }, now);
                }
                (attempt, plan, Some((source, together)))
            }
            None => {
                let entry = &self.sessions[&first];
                let (attempt, wish) = (entry.session.attempt(), &entry.wish);
                let plan = match self.plan_with_code(wish, now) {
                    Ok(plan) => plan,
                    Err(failure) => {
                        self.prompts.withdraw(first);
                        self.fail(first, attempt, failure, now);
                        // The code is the next one's, if anybody is left.
                        let left = self.prompts.asked.iter().position(|left| left.prompt.id == prompt.id);
                        match left {
                            Some(index) => self.send(index, now),
                            None => self.effects.push(Effect::ForgetCode { mfa_serial: prompt.mfa_serial }),
                        }
                        return;
                    }
                };
                self.step(first, Input::Call { attempt, asked: true }, now);
                (attempt, plan, None)
            }
        };
        let gone: Vec<_> = source.as_ref().map_or_else(|| vec![first], |(_, together)| together.clone());
        let question = &mut self.prompts.asked[index];
        question.prompt.sessions.retain(|id| !gone.contains(id));
        // They stay named while the code is with AWS: the dialog is still theirs.
        question.prompt.sessions.splice(0..0, gone);
        question.prompt.state = PromptState::Sending;
        question.prompt.refused = None;
        question.prompt.next_code_at = None;
        question.call = Some(CodeCall { attempt, step: step(now), source });
        self.effects.push(Effect::Call { attempt, plan });
    }

    /// The plan of a session whose code came. What happened since it was asked may rule it out.
    fn plan_with_code(&self, wish: &Wish, now: Timestamp) -> Result<Plan, Failure> {
        let Some(chain) = &wish.chain else {
            return Err(Failure::new(FailureCode::NotFound, "No profile describes this role any more.", ""));
        };
        let plan = plan(wish.world, chain, wish.duration_seconds, &self.known, now)?;
        match plan.sign_in(&self.known, now) {
            None => Ok(plan),
            Some(provider) => Err(Failure::new(
                FailureCode::Refused,
                format!("The sign-in at {} ended before the code came.", shown(provider.name())),
                "Activate the role again.",
            )),
        }
    }

    /// The GetSessionToken session that could serve a session's wish.
    fn sharable(&self, id: SessionId) -> Option<Source> {
        let wish = &self.sessions.get(&id)?.wish;
        session_token(wish.world, wish.chain.as_ref()?, wish.duration_seconds, &self.known)
    }

    /// If the attempt obtained a source for many: lets those who wait for it begin.
    pub(super) fn source_granted(&mut self, attempt: u64, now: Timestamp) -> bool {
        let Some(index) = self.prompts.of_call(attempt) else { return false };
        let source = self.prompts.asked[index].call.as_ref().and_then(|call| call.source.as_ref());
        let Some(waiting) = source.map(|(_, waiting)| waiting.clone()) else { return false };
        let in_window = self.prompts.asked[index].prompt.in_window;
        self.code_was_taken(attempt);
        for id in waiting {
            self.begin_waiting(id, in_window, now);
        }
        true
    }

    /// What a session waited for is there: its calls begin, or it waits for the next thing.
    pub(super) fn begin_waiting(&mut self, id: SessionId, in_window: bool, now: Timestamp) {
        let Some(entry) = self.sessions.get(&id) else { return };
        let (attempt, wish) = (entry.session.attempt(), entry.wish.clone());
        let Some(chain) = &wish.chain else { return };
        match plan(wish.world, chain, wish.duration_seconds, &self.known, now) {
            Ok(plan) => match plan.mfa_serial().map(str::to_owned) {
                None => self.call(id, attempt, plan, true, now),
                Some(serial) => {
                    let manner = Manner { renew: false, in_window, can_ask: true, has_code: false };
                    self.await_code(id, attempt, &serial, manner, now);
                }
            },
            Err(failure) => self.fail(id, attempt, failure, now),
        }
    }

    /// The call that carried a code is answered: the device's step is used up.
    pub(super) fn code_was_taken(&mut self, attempt: u64) {
        let Some(index) = self.prompts.of_call(attempt) else { return };
        let question = &mut self.prompts.asked[index];
        let Some(call) = question.call.take() else { return };
        let served = call.source.map(|(_, waiting)| waiting).unwrap_or_default();
        let serial = question.prompt.mfa_serial.clone();
        let sessions = &self.sessions;
        question.prompt.sessions.retain(|id| {
            !served.contains(id)
                && sessions.get(id).is_some_and(|entry| {
                    entry.session.state() == Some(crate::snapshot::SessionState::AwaitingMfa)
                })
        });
        question.prompt.state = PromptState::Asking;
        question.prompt.refused = None;
        question.prompt.next_code_at = Timestamp::from_second((call.step + 1) * STEP_SECONDS).ok();
        self.prompts.used_steps.insert(serial, call.step);
        self.prompts.drop_idle();
    }

    /// If the attempt carried a code that AWS did not take: asks again, in words.
    pub(super) fn code_was_refused(&mut self, attempt: u64, failure: &Failure, now: Timestamp) -> bool {
        let Some(index) = self.prompts.of_call(attempt) else { return false };
        let of_source = self.prompts.asked[index]
            .call
            .as_ref()
            .and_then(|call| call.source.as_ref())
            .map(|(_, waiting)| waiting.clone());
        let concerned = of_source.clone().unwrap_or_else(|| self.of_attempt(attempt).into_iter().collect());
        if failure.code != FailureCode::CodeRefused {
            self.code_was_taken(attempt);
            if of_source.is_none() {
                return false;
            }
            for id in concerned {
                let Some(entry) = self.sessions.get(&id) else { continue };
                let attempt = entry.session.attempt();
                self.fail(id, attempt, failure.clone(), now);
            }
            return true;
        }
        let question = &mut self.prompts.asked[index];
        question.call = None;
        question.prompt.state = PromptState::Asking;
        question.prompt.refused = Some(failure.clone());
        for id in concerned {
            let Some(entry) = self.sessions.get(&id) else { continue };
            let attempt = entry.session.attempt();
            let question = &mut self.prompts.asked[index];
            if !question.prompt.sessions.contains(&id) {
                question.prompt.sessions.push(id);
            }
            self.step(id, Input::AwaitMfa { attempt }, now);
        }
        self.prompts.drop_idle();
        true
    }

    /// Sends the codes whose step has come, and forgets waits that are over.
    pub(super) fn prompts_clock(&mut self, now: Timestamp) {
        let due: Vec<_> = self
            .prompts
            .asked
            .iter()
            .filter(|question| question.prompt.next_code_at.is_some_and(|at| at <= now))
            .map(|question| question.prompt.id)
            .collect();
        for id in due {
            let Some(index) = self.prompts.asked.iter().position(|question| question.prompt.id == id) else {
                continue;
            };
            let prompt = &mut self.prompts.asked[index].prompt;
            prompt.next_code_at = None;
            let untried = prompt.refused.is_none() && prompt.fetching.is_none();
            match prompt.state {
                PromptState::Holding => self.send(index, now),
                PromptState::Asking if untried => self.fetch(id, now),
                PromptState::Asking | PromptState::Sending => {}
            }
        }
        let this = step(now);
        self.prompts.used_steps.retain(|_, used| *used >= this);
    }
}

fn step(now: Timestamp) -> i64 {
    now.as_second().div_euclid(STEP_SECONDS)
}

fn end_of_step(now: Timestamp) -> Timestamp {
    Timestamp::from_second((step(now) + 1) * STEP_SECONDS).unwrap_or(Timestamp::MAX)
}
