//! Who may be given the credentials of a role that wants a person's word first.

use super::{Program, Way};
use crate::name::{PromptId, RoleId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long [`Allow::ThisHour`] counts.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// How long a question waits for a person.
const ASKED_FOR: SignedDuration = SignedDuration::from_mins(10);

/// How long a refusal counts, so that a program that tries again at once doesn't ask again at once.
const REFUSED_FOR: SignedDuration = SignedDuration::from_secs(30);

/// A person's word on a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Allow {
    /// What waits is given, and nothing after it.
    Once,
    /// This executable is given this role's credentials as long as the agent runs.
    ThisProgram,
    /// This executable is given them for an hour.
    ThisHour,
    /// What waits is refused, and so is what asks again within half a minute.
    Refuse,
}

/// A question for a person: whether a program may be given a role's credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Consent {
    /// The question.
    pub id: PromptId,
    /// The role.
    pub role_id: RoleId,
    /// What people call the role.
    pub role: String,
    /// The account's name.
    pub account_name: String,
    /// By which way they would reach the program.
    pub way: Way,
    /// The program that asked first; others of the same executable share the question.
    pub program: Program,
    /// When it was asked.
    #[cfg_attr(feature = "bindings", ts(type = "string"))]
    pub asked: Timestamp,
}

/// How a program stands with a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Allowed,
    /// It may not.
    Refused,
    /// A person is being asked.
    Asked(PromptId),
    /// Nobody has said anything yet.
    Unknown,
}

/// What people have said, and are being asked. It ends with the agent.
#[derive(Clone, Debug, Default)]
pub struct Consents {
    questions: Vec<Consent>,
    words: Vec<Word>,
}

#[derive(Clone, Debug)]
struct Word {
    role: RoleId,
    program: Program,
    says: Says,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    Always,
    Until(Timestamp),
    NotUntil(Timestamp),
}

impl Consents {
    /// How a program stands with a role.
    pub fn standing(&self, role: &RoleId, program: &Program, now: Timestamp) -> Standing {
        let word = self
            .words
            .iter()
            .rev()
            .find(|word| word.role == *role && is_same(&word.program, program) && word.says.counts(now));
        match word.map(|word| word.says) {
            Some(Says::Always | Says::Until(_)) => return Standing::Allowed,
            Some(Says::NotUntil(_)) => return Standing::Refused,
            None => {}
        }
        let asked = self
            .questions
            .iter()
            .find(|question| question.role_id == *role && is_same(&question.program, program));
        asked.map_or(Standing::Unknown, |question| Standing::Asked(question.id))
    }

    /// Asks a person.
    pub fn ask(&mut self, question: Consent) {
        self.questions.push(question);
    }

    /// Takes a person's answer; `None` where nobody waits for it any more.
    pub fn answer(&mut self, id: PromptId, allow: Allow, now: Timestamp) -> Option<Consent> {
        let at = self.questions.iter().position(|question| question.id == id)?;
        let question = self.questions.remove(at);
        let says = match allow {
            Allow::Once => None,
            Allow::ThisProgram => Some(Says::Always),
            Allow::ThisHour => Some(Says::Until(now + HOUR)),
            Allow::Refuse => Some(Says::NotUntil(now + REFUSED_FOR)),
        };
        if let Some(says) = says {
            self.words.retain(|word| {
                word.says.counts(now)
                    && !(word.role == question.role_id && is_same(&word.program, &question.program))
            });
            self.words.push(Word { role: question.role_id.clone(), program: question.program.clone(), says });
        }
        Some(question)
    }

    /// Takes a question back that nobody waits for any more.
    pub fn withdraw(&mut self, id: PromptId) {
        self.questions.retain(|question| question.id != id);
    }

    /// Takes back what was asked too long ago.
    pub fn clock(&mut self, now: Timestamp) {
        self.questions.retain(|question| question.asked + ASKED_FOR > now);
        self.words.retain(|word| word.says.counts(now));
    }

    /// When [`Consents::clock`] is due next.
    pub fn deadline(&self) -> Option<Timestamp> {
        self.questions.iter().map(|question| question.asked + ASKED_FOR).min()
    }

    /// The questions that wait, the oldest first.
    pub fn questions(&self) -> &[Consent] {
        &self.questions
    }
}

impl Says {
    fn counts(self, now: Timestamp) -> bool {
        match self {
            Self::Always => true,
            Self::Until(end) | Self::NotUntil(end) => now < end,
        }
    }
}

/// Whether a word on one program counts for another: the same executable, or, where the system
/// tells none, the same process.
fn is_same(one: &Program, other: &Program) -> bool {
    match (&one.executable, &other.executable) {
        (Some(one), Some(other)) => one == other,
        (None, None) => one.process.is_some() && one.process == other.process,
        (Some(_), None) | (None, Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_900_000_000 + second).unwrap()
    }

    fn role() -> RoleId {
        RoleId("profile:Admin".to_owned())
    }

    fn program(process: u32, executable: Option<&str>) -> Program {
        Program { process: Some(process), executable: executable.map(str::to_owned), folder: None }
    }

    fn asked(program: &Program) -> Consents {
        let mut consents = Consents::default();
        consents.ask(Consent {
            id: PromptId(1),
            role_id: role(),
            role: "Admin".to_owned(),
            account_name: "Prod".to_owned(),
            way: Way::CredentialProcess,
            program: program.clone(),
            asked: at(0),
        });
        consents
    }

    #[test]
    fn programs_of_one_executable_share_a_question_and_others_do_not() {
        let consents = asked(&program(1, Some("/usr/bin/terraform")));
        let standing = |program: &Program| consents.standing(&role(), program, at(1));
        assert_eq!(standing(&program(2, Some("/usr/bin/terraform"))), Standing::Asked(PromptId(1)));
        assert_eq!(standing(&program(1, Some("/usr/bin/aws"))), Standing::Unknown);
        assert_eq!(standing(&program(1, None)), Standing::Unknown);
    }

    #[test]
    fn an_unknown_program_is_itself_alone() {
        let consents = asked(&program(1, None));
        assert_eq!(consents.standing(&role(), &program(1, None), at(1)), Standing::Asked(PromptId(1)));
        assert_eq!(consents.standing(&role(), &program(2, None), at(1)), Standing::Unknown);
        assert_eq!(
            asked(&Program::default()).standing(&role(), &Program::default(), at(1)),
            Standing::Unknown
        );
    }

    #[test]
    fn each_word_counts_as_long_as_it_says() {
        let it = program(1, Some("/usr/bin/aws"));
        for (allow, at_once, in_a_minute, in_an_hour) in [
            (Allow::Once, Standing::Unknown, Standing::Unknown, Standing::Unknown),
            (Allow::ThisProgram, Standing::Allowed, Standing::Allowed, Standing::Allowed),
            (Allow::ThisHour, Standing::Allowed, Standing::Allowed, Standing::Unknown),
            (Allow::Refuse, Standing::Refused, Standing::Unknown, Standing::Unknown),
        ] {
            let mut consents = asked(&it);
            assert!(consents.answer(PromptId(1), allow, at(0)).is_some());
            assert!(consents.answer(PromptId(1), allow, at(0)).is_none());
            let standing = |second| consents.standing(&role(), &it, at(second));
            assert_eq!([standing(0), standing(60), standing(3600)], [at_once, in_a_minute, in_an_hour]);
            let other = RoleId("profile:Other".to_owned());
            assert_eq!(consents.standing(&other, &it, at(0)), Standing::Unknown, "{allow:?}");
        }
    }

    #[test]
    fn a_question_ends_after_ten_minutes() {
        let mut consents = asked(&program(1, None));
        assert_eq!(consents.deadline(), Some(at(600)));
        consents.clock(at(599));
        assert_eq!(consents.questions().len(), 1);
        consents.clock(at(600));
        assert!(consents.questions().is_empty());
    }
}
