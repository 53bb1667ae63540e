//! Codes that come from somewhere beside a person: a command, a YubiKey, the vault.

use super::{Effect, State};
use crate::chain::Chain;
use crate::code_source::CodeSource;
use crate::failure::Failure;
use crate::name::PromptId;
use jiff::Timestamp;

impl State {
    /// Where the codes of a device come from, if not from a person.
    pub(crate) fn code_source(&self, chain: &Chain, serial: &str) -> Option<CodeSource> {
        let command =
            chain.mfa_process(serial).map(|command| CodeSource::Process { command: command.to_owned() });
        command.or_else(|| self.settings.code_sources.get(serial).cloned())
    }

    /// Has a prompt's code fetched, if the device's codes come from somewhere beside a person.
    pub(super) fn fetch(&mut self, id: PromptId, now: Timestamp) {
        let Some(prompt) = self.prompt(id) else { return };
        let waiting = prompt.sessions.first().and_then(|session| self.sessions.get(session));
        let Some((world, chain)) = waiting.and_then(|it| Some((it.wish.world, it.wish.chain.as_ref()?)))
        else {
            return;
        };
        let mfa_serial = prompt.mfa_serial.clone();
        let Some(source) = self.code_source(chain, &mfa_serial) else { return };
        let words = match &source {
            CodeSource::Process { .. } => "the profile's mfa_process",
            CodeSource::Ykman { .. } => "the YubiKey; touch it if it blinks",
            CodeSource::Vault => "the vault",
        };
        if let Some(question) = self.prompts.asked.iter_mut().find(|question| question.prompt.id == id) {
            question.prompt.fetching = Some(words.to_owned());
            // One that is used up already is of no use.
            question.prompt.next_code_at = question.prompt.next_code_at.filter(|at| *at > now);
        }
        self.effects.push(Effect::FetchCode { prompt: id, mfa_serial, source, world });
    }

    /// A code could not be fetched: a person is asked for it or, where none can be, who waits is
    /// told why.
    pub fn code_not_fetched(&mut self, id: PromptId, failure: &Failure, can_ask: bool, now: Timestamp) {
        let Some(question) = self.prompts.asked.iter_mut().find(|question| question.prompt.id == id) else {
            return;
        };
        question.prompt.fetching = None;
        question.prompt.refused = Some(failure.clone());
        // A code that is with AWS came from elsewhere, and its answer decides.
        if can_ask || question.call.is_some() {
            return;
        }
        for session in question.prompt.sessions.clone() {
            let Some(attempt) = self.sessions.get(&session).map(|entry| entry.session.attempt()) else {
                continue;
            };
            self.prompts.withdraw(session);
            self.fail(session, attempt, failure.clone(), now);
        }
    }
}
