//! `hat attend`: the terminal that answers for everybody, where no app runs: codes of MFA devices that
//! programs wait for, and whether a program may be given a role.
//!
//! Deliberately absent: sign-ins in a browser, which need one.

use super::Manner;
use super::consumers::way;
use crate::connect::{client, done};
use crate::events::{Event, Events};
use crate::print::{self, shown};
use crate::terminal;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::hand_out::{Allow, Consent};
use hatrack_core::name::PromptId;
use hatrack_core::snapshot::{Prompt, PromptState, Snapshot};
use hatrack_wire::client::Sender;
use hatrack_wire::{Command, Face, FromAgent, Sealed, Update};
use std::process::ExitCode;

pub(super) fn run(manner: Manner) -> Result<ExitCode, Failure> {
    if !terminal::has_person() {
        let happened = "Questions can only be answered on a terminal.";
        return Err(Failure::new(FailureCode::PersonNeeded, happened, "Run hat attend on one."));
    }
    let mut client = client(manner.no_agent)?;
    done(&client.request(Command::Subscribe { face: Face::Attendant })?)?;
    print::talk("Questions of programs come up here. Ctrl-C ends this.");
    let (mut sender, receiver, early) = client.split();
    let mut events = Events::of(receiver, early);
    events.read_lines();
    let mut desk = Desk::default();
    loop {
        match events.next(None) {
            Some(Event::FromAgent(Ok(FromAgent::Update(Update::Snapshot(snapshot))))) => {
                desk.look(&snapshot);
            }
            Some(Event::FromAgent(Ok(FromAgent::Answer { answer: Err(failure), .. }))) => {
                print::talk(&print::words(&failure));
                desk.ask_again();
            }
            Some(Event::Line(Some(line))) => desk.line(&line, &mut sender)?,
            Some(Event::FromAgent(Err(failure))) => return Err(failure),
            Some(Event::Interrupt | Event::Line(None)) | None => {
                print::talk("");
                return Ok(ExitCode::SUCCESS);
            }
            Some(Event::FromAgent(Ok(_)) | Event::NoBrowser(_)) => {}
        }
    }
}

/// The question that stands, and the words that ask it.
#[derive(Default)]
struct Desk {
    stands: Option<(Question, String)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Code(PromptId),
    Consent(PromptId),
}

impl Desk {
    /// Takes the present: the question that stands may be answered, and others may wait.
    fn look(&mut self, snapshot: &Snapshot) {
        let next = next(snapshot);
        if next != self.stands {
            if self.stands.is_some() {
                print::talk("");
            }
            self.stands = next;
            self.ask_again();
        }
    }

    fn ask_again(&self) {
        if let Some((_, words)) = &self.stands {
            print::talk_on(words);
        }
    }

    fn line(&self, line: &Sealed, sender: &mut Sender) -> Result<(), Failure> {
        let Some((question, _)) = &self.stands else { return Ok(()) };
        let command = match question {
            Question::Code(prompt) if line.open().trim().is_empty() => {
                Command::DismissPrompt { prompt: *prompt }
            }
            Question::Code(prompt) => {
                Command::AnswerPrompt { prompt: *prompt, code: Sealed::new(line.open().trim()) }
            }
            Question::Consent(consent) => match allowed(line.open()) {
                Some(allow) => Command::AnswerConsent { consent: *consent, allow },
                None => {
                    self.ask_again();
                    return Ok(());
                }
            },
        };
        sender.send(command).map(drop)
    }
}

/// The first question that waits for a person, and its words.
fn next(snapshot: &Snapshot) -> Option<(Question, String)> {
    let asks = |prompt: &&Prompt| prompt.in_window && prompt.state == PromptState::Asking;
    if let Some(prompt) = snapshot.prompts.iter().find(asks) {
        return Some((Question::Code(prompt.id), of_code(prompt, snapshot)));
    }
    snapshot.consents.first().map(|consent| (Question::Consent(consent.id), of_consent(consent)))
}

fn of_code(prompt: &Prompt, snapshot: &Snapshot) -> String {
    let waiting = snapshot.sessions.iter().filter(|session| prompt.sessions.contains(&session.id));
    let roles: Vec<String> = waiting.map(|session| shown(&session.role)).collect();
    let refused = prompt.refused.as_ref().map(|failure| format!("{}\n", print::words(failure)));
    format!(
        "{}Code of {} for {} (empty: take it back): ",
        refused.unwrap_or_default(),
        shown(&prompt.mfa_serial),
        roles.join(", ")
    )
}

fn of_consent(consent: &Consent) -> String {
    let program = consent.program.executable.as_deref().map_or("A program".to_owned(), shown);
    let process = consent.program.process.map(|process| format!(", process {process}"));
    let folder = consent.program.folder.as_deref().map(|folder| format!(", in {}", shown(folder)));
    format!(
        "{program}{}{} wants the credentials of {} ({}) by {}.\n\
         Allow it [o]nce, for this [p]rogram, for this [h]our, or [n]ot? ",
        process.unwrap_or_default(),
        folder.unwrap_or_default(),
        shown(&consent.role),
        shown(&consent.account_name),
        way(consent.way)
    )
}

fn allowed(line: &str) -> Option<Allow> {
    match line.trim().to_ascii_lowercase().as_str() {
        "o" | "once" => Some(Allow::Once),
        "p" | "program" => Some(Allow::ThisProgram),
        "h" | "hour" => Some(Allow::ThisHour),
        "n" | "no" | "not" => Some(Allow::Refuse),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::testing;
    use hatrack_core::hand_out::{Program, Way};
    use hatrack_core::name::RoleId;

    fn consent() -> Consent {
        Consent {
            id: PromptId(3),
            role_id: RoleId::of_profile("Admin"),
            role: "Admin\u{202e}".to_owned(),
            account_name: "Shop".to_owned(),
            way: Way::CredentialProcess,
            program: Program {
                process: Some(7),
                executable: Some("/usr/bin/terraform".to_owned()),
                folder: Some("/srv\u{1b}[2J".to_owned()),
            },
            asked: "2030-01-01T12:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn codes_come_before_consents_and_a_terminals_own_prompts_stay_there() {
        let prompt = testing::prompt(&[1], PromptState::Asking);
        let wanted = Prompt { in_window: true, id: PromptId(8), ..prompt.clone() };
        let of = |prompts| next(&Snapshot { prompts, consents: vec![consent()], ..Snapshot::default() });
        assert_eq!(of(vec![prompt.clone(), wanted]).unwrap().0, Question::Code(PromptId(8)));
        assert_eq!(of(vec![prompt]).unwrap().0, Question::Consent(PromptId(3)));
        assert_eq!(next(&Snapshot::default()), None);
    }

    #[test]
    fn hostile_names_command_no_terminal() {
        let words = of_consent(&consent());
        assert!(words.contains("terraform, process 7, in /srv\\u{1b}[2J"), "{words}");
        assert!(!words.contains(['\u{1b}', '\u{202e}']), "{words}");
    }

    #[test]
    fn only_plain_words_allow_anything() {
        for (line, allow) in [
            ("o\n", Some(Allow::Once)),
            (" P ", Some(Allow::ThisProgram)),
            ("hour", Some(Allow::ThisHour)),
            ("n", Some(Allow::Refuse)),
            ("", None),
            ("y", None),
            ("123456", None),
        ] {
            assert_eq!(allowed(line), allow, "{line:?}");
        }
    }
}
