//! The messages: a client sends [`Request`]s, the agent answers each with one [`Answer`] and, to
//! who subscribed, sends [`Update`]s.
//!
//! A command is answered as soon as it is accepted or refused; what becomes of it is in the
//! snapshots that follow. So every face learns of an outcome in one and the same way.

use crate::Sealed;
use hatrack_core::catalogue::Catalogue;
use hatrack_core::failure::Failure;
use hatrack_core::name::{OutputProfile, PromptId, RoleId, SessionId};
use hatrack_core::settings::Settings;
use hatrack_core::snapshot::{Problem, Snapshot};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts the incompatible changes of the messages; both ends must have the same.
pub const PROTOCOL: u32 = 1;

/// What a client sends: first a [`Hello`], then any number of commands.
#[derive(Debug, Serialize, Deserialize)]
pub struct Request {
    /// Chosen by the client, repeated in the answer.
    pub id: u64,
    /// What is wanted.
    pub command: Command,
}

/// What the agent sends after its [`Welcome`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FromAgent {
    /// The answer to the request with this id.
    Answer {
        /// The request's id.
        id: u64,
        /// Its answer.
        answer: Result<Answer, Failure>,
    },
    /// Something new for who subscribed.
    Update(Update),
}

/// The client's first message.
#[derive(Debug, Serialize, Deserialize)]
pub struct Hello {
    /// [`PROTOCOL`] of the client.
    pub protocol: u32,
    /// The client's version, for people.
    pub version: String,
    /// The world that the client's commands are meant for.
    pub environment: Environment,
}

/// The agent's answer to [`Hello`]. Where the protocols differ nothing else is answered.
#[derive(Debug, Serialize, Deserialize)]
pub struct Welcome {
    /// [`PROTOCOL`] of the agent.
    pub protocol: u32,
    /// The agent's version, for people.
    pub version: String,
}

/// The caller's environment, as far as AWS tools read it: `AWS_*`, the proxies, `HOME`
/// (`USERPROFILE`), `PATH`, and the working folder that relative paths start from.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Environment {
    /// The variables. All of them are treated as secrets, as some are.
    #[serde(serialize_with = "Sealed::map_onto_wire")]
    pub variables: BTreeMap<String, Sealed>,
    /// The caller's working folder.
    pub folder: String,
}

/// What a client can ask for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Command {
    /// Sends [`Update`]s from now on, the present first. Answered with [`Answer::Done`].
    Subscribe {
        /// What the client is, so that the agent knows who can ask a person.
        face: Face,
    },
    /// The catalogue of the caller's files. Answered with [`Answer::Catalogue`].
    Catalogue,
    /// What the caller's shared files hold. Answered with [`Answer::Profiles`].
    Profiles,
    /// Gets credentials for a role and delivers them. Answered with [`Answer::Accepted`].
    Activate(Activate),
    /// Gives the code that a prompt asks for. Answered with [`Answer::Done`].
    AnswerPrompt {
        /// The prompt.
        prompt: PromptId,
        /// The code: six digits, white space is ignored.
        #[serde(serialize_with = "Sealed::onto_wire")]
        code: Sealed,
    },
    /// Takes back what waits for a prompt. Answered with [`Answer::Done`].
    DismissPrompt {
        /// The prompt.
        prompt: PromptId,
    },
    /// Ends sessions and removes what they wrote. Answered with [`Answer::Ending`].
    Deactivate(Which),
    /// Puts a role first in the lists, or not any more. Answered with [`Answer::Done`].
    Favourite {
        /// The role.
        role: RoleId,
        /// Whether it stands first.
        on: bool,
    },
    /// Replaces the wishes. Answered with [`Answer::Done`].
    ChangeSettings(Settings),
    /// Has a window shown by a subscribed [`Face::Windows`]. Answered with [`Answer::Shown`].
    Show(View),
    /// Looks at files, keyring, clock and network. Answered with [`Answer::Findings`].
    Doctor,
    /// Tells about the agent. Answered with [`Answer::Agent`].
    Agent,
    /// The app was quit by a person: ends the sessions if the wishes say so, then the agent.
    /// Answered with [`Answer::Done`] when that is done.
    Quit,
    /// Ends the agent; what it delivered stays. Answered with [`Answer::Done`].
    Stop,
}

/// What a subscribed client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Face {
    /// A command on a terminal or a pipe.
    Terminal,
    /// The tray, which can start windows.
    Tray,
    /// The process with the windows.
    Windows,
}

/// What a window can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// The list of roles and sessions.
    Main,
    /// The dialog that asks for the codes of the present prompts.
    Prompt,
}

/// How a role is to be activated.
#[derive(Debug, Serialize, Deserialize)]
pub struct Activate {
    /// The role: its id, its name, or a text that only one role matches.
    pub role: String,
    /// The section of the credentials file; `None`: as the settings say.
    pub output_profile: Option<OutputProfile>,
    /// The wanted life in seconds, 900 to 43,200; `None`: as the profile says, else an hour.
    pub duration_seconds: Option<u32>,
    /// The region to go with it; `None`: the profile's.
    pub region: Option<String>,
    /// A code for the MFA device, if the person gave one beforehand.
    #[serde(serialize_with = "Sealed::option_onto_wire")]
    pub token_code: Option<Sealed>,
    /// Consent to take over a section that isn't Hatrack's.
    pub adopt: bool,
    /// Whether new credentials are wanted even where live ones are delivered.
    pub renew: bool,
    /// Where a person can be asked.
    pub ask: Ask,
}

/// Where a person can be asked for a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// The client itself asks, when it sees the prompt in a snapshot.
    Here,
    /// A window asks; refused with `person-needed` where no tray and no window is subscribed.
    InWindow,
}

/// Which sessions are to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Which {
    /// This one.
    Session(SessionId),
    /// Those of a role: its id, its name, or a text that only one role matches.
    Role(String),
    /// The one that is delivered into this output profile.
    OutputProfile(OutputProfile),
    /// All.
    All,
}

/// The answer to a command that was not refused.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Done; there is nothing to tell.
    Done,
    /// The activation began: the session and the attempt whose outcome the snapshots will tell.
    Accepted {
        /// The session.
        session: SessionId,
        /// The attempt.
        attempt: u64,
    },
    /// The sessions that are being ended. Each is gone from the snapshots when its section is
    /// removed; one that can't be removed stays, with its failure.
    Ending(Vec<SessionId>),
    /// The catalogue.
    Catalogue(Catalogue),
    /// What the shared files hold.
    Profiles(Profiles),
    /// Whether a window was there to show it.
    Shown(bool),
    /// What the doctor found.
    Findings(Vec<Finding>),
    /// About the agent.
    Agent(AgentStatus),
}

/// What is new.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Update {
    /// The present.
    Snapshot(Box<Snapshot>),
    /// The catalogue of the subscriber's files; sent first, and when it changed.
    Catalogue(Box<Catalogue>),
    /// A window is wanted (to [`Face::Windows`] alone).
    Show(View),
}

/// What the shared files hold, as AWS tools read it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Profiles {
    /// The profiles of both files, merged; keys in lower case.
    pub profiles: BTreeMap<String, BTreeMap<String, Value>>,
    /// The `sso-session` sections.
    pub sso_sessions: BTreeMap<String, BTreeMap<String, Value>>,
    /// The `services` sections.
    pub services: BTreeMap<String, BTreeMap<String, Value>>,
    /// What is odd, with file and line.
    pub problems: Vec<Problem>,
}

/// The value of a setting in the shared files.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A plain value. It may be a secret key.
    Plain(#[serde(serialize_with = "Sealed::onto_wire")] Sealed),
    /// Nested settings.
    Nested(#[serde(serialize_with = "Sealed::map_onto_wire")] BTreeMap<String, Sealed>),
}

/// One thing that the doctor looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What was looked at, `credentials file` for instance.
    pub subject: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was found, as a sentence.
    pub found: String,
    /// What to do about it; empty where nothing needs to be done.
    pub remedy: String,
}

/// How something is that the doctor looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Works, with a reservation.
    Warning,
    /// In the way of work.
    Bad,
}

/// About the running agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentStatus {
    /// Its process id.
    pub pid: u32,
    /// Its version.
    pub version: String,
    /// Sessions that are delivered.
    pub active_sessions: usize,
    /// Subscribed faces.
    pub faces: usize,
}
