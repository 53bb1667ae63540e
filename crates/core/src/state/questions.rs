//! The open questions, one for each MFA device, and what is known of the devices.

use crate::name::SessionId;
use crate::plan::Source;
use crate::snapshot::Prompt;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The questions, and what is known of the devices.
#[derive(Debug, Default)]
pub(super) struct Prompts {
    pub(super) asked: Vec<Question>,
    pub(super) used_steps: BTreeMap<String, i64>,
}

#[derive(Debug)]
pub(super) struct Question {
    pub(super) prompt: Prompt,
    pub(super) call: Option<CodeCall>,
}

/// The call that a code is with.
#[derive(Debug)]
pub(super) struct CodeCall {
    pub(super) attempt: u64,
    pub(super) step: i64,
    /// The GetSessionToken session that it obtains, if it isn't a role's own call, and who waits.
    pub(super) source: Option<(Source, Vec<SessionId>)>,
}

impl Prompts {
    pub(super) fn view(&self) -> Vec<Prompt> {
        let waited_for = self.asked.iter().filter(|question| !question.prompt.sessions.is_empty());
        waited_for.map(|question| question.prompt.clone()).collect()
    }

    pub(super) fn deadline(&self) -> Option<Timestamp> {
        self.asked.iter().filter_map(|question| question.prompt.next_code_at).min()
    }

    /// Has a window ask, if a session's question is open.
    pub(super) fn raise(&mut self, session: SessionId, in_window: bool) {
        for question in &mut self.asked {
            question.prompt.in_window |= in_window && question.prompt.sessions.contains(&session);
        }
    }

    /// Takes a session out of every question; a question that nobody waits for is gone.
    pub(super) fn withdraw(&mut self, session: SessionId) {
        for question in &mut self.asked {
            question.prompt.sessions.retain(|waiting| *waiting != session);
            if let Some((_, waiting)) = question.call.as_mut().and_then(|call| call.source.as_mut()) {
                waiting.retain(|id| *id != session);
            }
        }
        self.drop_idle();
    }

    pub(super) fn drop_idle(&mut self) {
        self.asked.retain(|question| !question.prompt.sessions.is_empty() || question.call.is_some());
    }

    pub(super) fn of_call(&mut self, attempt: u64) -> Option<usize> {
        self.asked
            .iter()
            .position(|question| question.call.as_ref().is_some_and(|call| call.attempt == attempt))
    }
}
