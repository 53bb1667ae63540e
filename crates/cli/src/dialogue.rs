//! Following one activation to its outcome, and what a person is asked on the way.
//!
//! Deliberately absent: the terminal and the connection. This takes what happened and says what is
//! to be done next, so that every turn of the talk can be tested.

use crate::clock;
use crate::print::{shown, words};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::SessionId;
use hatrack_core::snapshot::{Prompt, PromptState, SessionState, SessionView, SignIn, Snapshot};
use hatrack_wire::{Command, Sealed, Which};
use jiff::Timestamp;

/// Where a person can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    /// On this terminal.
    OnTerminal,
    /// In the app's window.
    InWindow,
    /// Nowhere: a code was given beforehand, and no terminal is there.
    Nowhere,
}

/// What is to be done next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Nothing but to wait.
    Wait,
    /// Say these words.
    Say(String),
    /// Ask the person; the words end where the answer begins.
    Ask(String),
    /// Count down to the device's next code, by this computer's clock.
    CountDown(Timestamp),
    /// Send this.
    Send(Command),
    /// Delivered.
    Delivered(Box<SessionView>),
    /// It came to nothing.
    Failed(Failure),
    /// Take it back, then fail.
    TakeBack(Failure),
}

/// One activation under way.
#[derive(Debug)]
pub(crate) struct Dialogue {
    session: SessionId,
    attempt: u64,
    renew: bool,
    asking: Asking,
    stand: Stand,
    view: Option<SessionView>,
    prompt: Option<Prompt>,
    sign_in: Option<SignIn>,
    clock_offset: i64,
    /// What was said last; nothing is said twice on end.
    said: String,
}

/// Where the talk with the person stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stand {
    /// Nothing is asked.
    Quiet,
    /// The question stands, beside this refusal of an earlier code.
    Asked(Option<Failure>),
    /// A code was sent, and the agent hasn't said whether it takes it.
    Answered,
}

impl Dialogue {
    /// The talk about an attempt that the agent accepted.
    pub(crate) fn new(session: SessionId, attempt: u64, renew: bool, asking: Asking) -> Self {
        Self {
            session,
            attempt,
            renew,
            asking,
            stand: Stand::Quiet,
            view: None,
            prompt: None,
            sign_in: None,
            clock_offset: 0,
            said: String::new(),
        }
    }

    /// How many seconds AWS's clock shows more than this computer's.
    pub(crate) fn clock_offset(&self) -> i64 {
        self.clock_offset
    }

    /// Takes the present.
    pub(crate) fn snapshot(&mut self, snapshot: Snapshot) -> Next {
        self.clock_offset = snapshot.clock_offset;
        let Some(view) = snapshot.sessions.into_iter().find(|view| view.id == self.session) else {
            return if self.view.is_some() { Next::Failed(taken_back()) } else { Next::Wait };
        };
        if view.attempt < self.attempt {
            return Next::Wait;
        }
        let state = view.state;
        let failure = view.failure.clone();
        self.prompt = snapshot.prompts.into_iter().find(|prompt| prompt.sessions.contains(&self.session));
        self.sign_in = snapshot.sign_ins.into_iter().find(|it| it.sessions.contains(&self.session));
        let view = self.view.insert(view);
        match state {
            SessionState::Active => match failure {
                Some(failure) if self.renew => Next::Failed(failure),
                Some(_) | None => Next::Delivered(Box::new(view.clone())),
            },
            SessionState::Renewing if !self.renew => Next::Delivered(Box::new(view.clone())),
            SessionState::AwaitingMfa | SessionState::Authenticating | SessionState::Renewing => {
                self.question()
            }
            SessionState::AwaitingBrowser => self.sign_in_words(),
            SessionState::Ending => Next::Wait,
            SessionState::Expired => Next::Failed(failure.unwrap_or_else(expired)),
            SessionState::Failed => Next::Failed(failure.unwrap_or_else(failed)),
        }
    }

    /// Takes a line that the person typed; `None`: the end of input.
    pub(crate) fn line(&mut self, line: Option<&str>) -> Next {
        let (Stand::Asked(_), Some(prompt)) = (&self.stand, &self.prompt) else {
            return Next::Wait;
        };
        let code: String = line.unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
        if code.is_empty() {
            return Next::TakeBack(taken_back());
        }
        if code.chars().count() != 6 || !code.chars().all(char::is_numeric) {
            return Next::Ask(format!("A code has six digits. {}", self.words()));
        }
        let command = Command::AnswerPrompt { prompt: prompt.id, code: Sealed::new(code) };
        self.stand = Stand::Answered;
        Next::Send(command)
    }

    /// Takes the agent's answer to the code.
    pub(crate) fn answered(&mut self, answer: Result<(), Failure>) -> Next {
        if self.stand != Stand::Answered {
            return Next::Wait;
        }
        match answer {
            Ok(()) => {
                self.stand = Stand::Quiet;
                Next::Wait
            }
            // The prompt is gone: what became of it is in the snapshots.
            Err(failure) if failure.code == FailureCode::NotFound => {
                self.stand = Stand::Quiet;
                Next::Wait
            }
            Err(failure) => {
                self.stand = Stand::Asked(None);
                Next::Ask(format!("{}\n{}", words(&failure), self.words()))
            }
        }
    }

    /// The command that takes the attempt back, as far as nothing else is lost by it: not what is
    /// delivered, and not what others wait for.
    pub(crate) fn taking_back(&self) -> Option<Command> {
        let is_delivered = self.view.as_ref().is_some_and(|view| view.expiration.is_some());
        let prompt = self.prompt.as_ref().map(|prompt| (prompt.id, &prompt.sessions));
        let sign_in = self.sign_in.as_ref().map(|sign_in| (sign_in.id, &sign_in.sessions));
        match prompt.or(sign_in) {
            Some((prompt, sessions)) if is_delivered || *sessions == [self.session] => {
                Some(Command::DismissPrompt { prompt })
            }
            None if is_delivered => None,
            Some(_) | None => Some(Command::Deactivate(Which::Session(self.session))),
        }
    }

    fn question(&mut self) -> Next {
        let Some(prompt) = &self.prompt else {
            self.stand = Stand::Quiet;
            return Next::Wait;
        };
        match (prompt.state, self.asking) {
            (PromptState::Holding, _) => {
                self.stand = Stand::Quiet;
                prompt
                    .next_code_at
                    .map_or(Next::Wait, |at| Next::CountDown(clock::here(at, self.clock_offset)))
            }
            (PromptState::Sending, _) => {
                self.stand = Stand::Quiet;
                Next::Wait
            }
            (PromptState::Asking, Asking::Nowhere | Asking::InWindow) if prompt.fetching.is_some() => {
                let from = prompt.fetching.as_deref().map(shown).unwrap_or_default();
                self.say(format!("The MFA code is being fetched from {from}."))
            }
            // A code may be fetched once the present one isn't used up any more.
            (PromptState::Asking, Asking::Nowhere)
                if prompt.refused.is_none() && prompt.next_code_at.is_some() =>
            {
                Next::Wait
            }
            (PromptState::Asking, Asking::Nowhere) => {
                Next::TakeBack(prompt.refused.clone().unwrap_or_else(|| nobody_to_ask(&prompt.mfa_serial)))
            }
            (PromptState::Asking, asking) => {
                let asked = Stand::Asked(prompt.refused.clone());
                if self.stand == asked || self.stand == Stand::Answered {
                    return Next::Wait;
                }
                let refused =
                    prompt.refused.as_ref().map(|failure| words(failure) + "\n").unwrap_or_default();
                self.stand = asked;
                match asking {
                    Asking::OnTerminal => {
                        let fetching = prompt.fetching.as_deref().map(|from| {
                            format!("The code is being fetched from {}; you may type it, too.\n", shown(from))
                        });
                        Next::Ask(refused + &fetching.unwrap_or_default() + &self.words())
                    }
                    Asking::InWindow | Asking::Nowhere => {
                        Next::Say(refused + "Hatrack's window asks for the MFA code.")
                    }
                }
            }
        }
    }

    /// What is waited for at a provider.
    fn sign_in_words(&mut self) -> Next {
        let Some(sign_in) = &self.sign_in else { return Next::Wait };
        let words = waiting_for(sign_in);
        self.say(words)
    }

    /// Says something, unless it was what was said last.
    fn say(&mut self, words: String) -> Next {
        if self.said == words {
            return Next::Wait;
        }
        self.said.clone_from(&words);
        Next::Say(words)
    }

    fn words(&self) -> String {
        let device = self.prompt.as_ref().map(|prompt| shown(&prompt.mfa_serial)).unwrap_or_default();
        let role =
            self.view.as_ref().map(|view| format!("{} in {}", shown(&view.role), shown(&view.account_name)));
        format!("Code of {device} for {}: ", role.unwrap_or_default())
    }
}

/// What a sign-in waits for.
pub(crate) fn waiting_for(sign_in: &SignIn) -> String {
    format!("Sign in at {} in the browser; this waits for it.", shown(sign_in.provider.name()))
}

fn nobody_to_ask(device: &str) -> Failure {
    Failure::new(
        FailureCode::PersonNeeded,
        format!("A code of {device} is needed, and nobody can be asked."),
        "Run hat on a terminal, or give the code by --token-code -.",
    )
}

fn taken_back() -> Failure {
    Failure::new(FailureCode::Cancelled, "The activation was taken back.", "")
}

fn expired() -> Failure {
    let remedy = "Run hat use again.";
    Failure::new(FailureCode::Refused, "The credentials ended before they could be used.", remedy)
}

fn failed() -> Failure {
    Failure::new(FailureCode::Refused, "The activation failed.", "Run hat doctor to see what is in the way.")
}

#[cfg(test)]
pub(crate) mod testing;

#[cfg(test)]
mod tests;
