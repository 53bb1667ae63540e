//! The messages: a client sends [`Request`]s, the agent answers each with one [`Answer`] and, to
//! who subscribed, sends [`Update`]s.
//!
//! A command is answered as soon as it is accepted or refused; what becomes of it is in the
//! snapshots that follow. So every face learns of an outcome in one and the same way.

use crate::Sealed;
use crate::hand_out::{Console, HandOut, HandedOut, OpenConsole, Serving};
use hatrack_core::catalogue::{Outline, Page};
use hatrack_core::chain::Provider;
use hatrack_core::failure::Failure;
use hatrack_core::hand_out::Allow;
use hatrack_core::memory::Failed;
use hatrack_core::name::{OutputProfile, PromptId, RoleId, SessionId};
use hatrack_core::picks::Picks;
use hatrack_core::plan::PlanView;
use hatrack_core::profile::KeyFacts;
use hatrack_core::settings::Settings;
use hatrack_core::snapshot::{Problem, SessionView, Snapshot};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts the incompatible changes of the messages; both ends must have the same.
pub const PROTOCOL: u32 = 4;

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
    /// Some of the roles of the caller's catalogue. Answered with [`Answer::Roles`].
    Roles {
        /// Words to find roles by; empty: all, in the catalogue's order.
        query: String,
        /// The position of the first that is wanted.
        from: usize,
        /// How many are wanted, at most [`LARGEST_PAGE`].
        count: usize,
    },
    /// What the caller's shared files hold. Answered with [`Answer::Profiles`].
    Profiles,
    /// Gets credentials for a role and delivers them. Answered with [`Answer::Accepted`].
    Activate(Activate),
    /// Gives a role's live credentials to a program, activated first where it isn't yet. Answered
    /// with [`Answer::HandedOut`].
    HandOut(Box<HandOut>),
    /// Opens a container endpoint for one program, until this connection ends. Answered with
    /// [`Answer::Serving`].
    Serve(Box<HandOut>),
    /// Says that nothing more will be asked here, and that what is open for this connection stays so
    /// until it ends; a byte more ends it. Answered with [`Answer::Done`].
    HoldOpen,
    /// Makes a sign-in at the console, of a role that is activated first where it isn't yet. Answered
    /// with [`Answer::Console`].
    OpenConsole(Box<OpenConsole>),
    /// Gives a person's word on a program that wants credentials. Answered with [`Answer::Done`].
    AnswerConsent {
        /// The question.
        consent: PromptId,
        /// The word.
        allow: Allow,
    },
    /// The sessions of the caller's world, without looking at a file. Answered with
    /// [`Answer::Sessions`].
    Sessions,
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
    /// Tells the way to a role, and calls nothing. Answered with [`Answer::Plan`].
    Plan {
        /// The role.
        role: Described,
        /// The wanted life in seconds.
        duration_seconds: Option<u32>,
    },
    /// Tells why a role failed last, and which credentials each SDK would use for a profile.
    /// Answered with [`Answer::Why`].
    Why {
        /// The role or the profile.
        role: String,
    },
    /// Tells what Hatrack's own file says of a profile. Answered with [`Answer::Description`].
    Describe {
        /// The profile.
        profile: String,
    },
    /// Writes a section of Hatrack's own file: a role added by hand, options of a role, a
    /// provider. Answered with [`Answer::Done`].
    SaveSection(OwnSection),
    /// Removes a section of Hatrack's own file. Answered with [`Answer::Done`].
    RemoveSection {
        /// What it describes.
        kind: SectionKind,
        /// The name.
        name: String,
    },
    /// Works on the long-term access keys in the vault.
    Key(KeyCommand),
    /// Works on the vault itself. Answered with [`Answer::Vault`].
    Vault(VaultCommand),
    /// Works on MFA devices.
    Mfa(MfaCommand),
    /// Tells whose an access key is. Answered with [`Answer::KeyOwner`].
    KeyOwner {
        /// The role that asks; empty: the first that is active.
        role: String,
        /// The access key's id.
        access_key_id: String,
    },
    /// Asks for a token with a role's credentials. Answered with [`Answer::Token`].
    Token {
        /// The role, which must be active.
        role: String,
        /// Which token.
        wanted: TokenWanted,
    },
    /// Keeps the secret by which an OpenID or OAuth provider knows this client, in the vault.
    /// Answered with [`Answer::Done`].
    KeepClientSecret {
        /// The name of an `[oidc NAME]`.
        provider: String,
        /// The secret.
        #[serde(serialize_with = "Sealed::onto_wire")]
        secret: Sealed,
    },
    /// Begins a sign-in at a provider. Answered with [`Answer::SignIn`]; what becomes of it is in
    /// the snapshots and, for who asked, in [`Update::SignedIn`].
    SignIn {
        /// The name of an `[oidc NAME]`, a `[saml NAME]` or an organisation's portal; `None`: the
        /// only portal there is.
        provider: Option<String>,
        /// Whether a code is shown that is typed in on any device, in place of the browser here.
        device_code: bool,
    },
    /// Forgets a sign-in and what would renew it. Answered with [`Answer::Done`].
    SignOut {
        /// The provider; `None`: the only portal there is.
        provider: Option<String>,
    },
    /// Has the browser show again what a sign-in waits for. Answered with [`Answer::Done`].
    OpenAgain {
        /// The sign-in.
        sign_in: PromptId,
    },
    /// Lists the accounts and roles of organisations. Answered with [`Answer::Listing`]; how far
    /// it is, is in the snapshots.
    List {
        /// The portal's name; `None`: all that there are.
        portal: Option<String>,
        /// Whether all is listed, not only what is due.
        all: bool,
    },
    /// Takes a listing back; what it found stays. Answered with [`Answer::Done`].
    CancelListing {
        /// The portal's name.
        portal: String,
    },
    /// Writes profiles for roles of Identity Center into the shared config, for other tools.
    /// Answered with [`Answer::ProfilesPlanned`].
    WriteProfiles {
        /// The roles: ids, names, or words that find any number of them.
        roles: Vec<String>,
        /// The template of their names; `None`: `{account}-{role}`.
        template: Option<String>,
        /// Whether it is done, or only shown.
        really: bool,
    },
    /// Removes profiles that [`Command::WriteProfiles`] wrote. Answered with
    /// [`Answer::ProfilesPlanned`].
    RemoveProfiles {
        /// The names; empty: all of them.
        names: Vec<String>,
        /// Whether those go too that have settings of somebody's own.
        force: bool,
        /// Whether it is done, or only shown.
        really: bool,
    },
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

/// A role to plan for: one of the catalogue, or one that isn't saved yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Described {
    /// Its id, its name, or a text that only one role matches.
    Role(String),
    /// As it would be with this section of Hatrack's own file.
    Draft(OwnSection),
}

/// A section of Hatrack's own file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct OwnSection {
    /// What it describes.
    pub kind: SectionKind,
    /// The name.
    pub name: String,
    /// The settings; an empty value takes away what the shared files say.
    pub settings: BTreeMap<String, String>,
}

/// What a section of Hatrack's own file describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum SectionKind {
    /// A profile.
    Profile,
    /// An OpenID or OAuth provider.
    Oidc,
    /// A SAML provider.
    Saml,
    /// An organisation's portal.
    SsoSession,
}

/// Work on the long-term access keys in the vault.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyCommand {
    /// Tells the keys, never their secrets. Answered with [`Answer::Keys`].
    List,
    /// Puts a key in. Answered with [`Answer::Keys`].
    Add {
        /// Its name, which is a profile's.
        name: String,
        /// The access key's id.
        access_key_id: String,
        /// The secret access key.
        #[serde(serialize_with = "Sealed::onto_wire")]
        secret_access_key: Sealed,
        /// The MFA device of the user.
        mfa_serial: Option<String>,
    },
    /// Takes a profile's plain key out of the credentials file into the vault. Answered with
    /// [`Answer::Diff`].
    Import {
        /// The profile.
        profile: String,
        /// Whether it is done, or only shown.
        really: bool,
    },
    /// Writes a key back into the credentials file: the way back from an import. Answered with
    /// [`Answer::Done`].
    Export {
        /// The key.
        name: String,
    },
    /// Makes a new key, tests it, keeps it, and removes the old one. Answered with
    /// [`Answer::Keys`]; each step is told in [`Update::Progress`].
    Rotate {
        /// The key.
        name: String,
    },
    /// Removes a key from the vault; AWS keeps its own. Answered with [`Answer::Keys`].
    Remove {
        /// The key.
        name: String,
    },
}

/// Work on the vault itself.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VaultCommand {
    /// Tells how it is kept and whether it is open.
    Status,
    /// Opens one that is sealed with a passphrase.
    Unlock {
        /// The passphrase.
        #[serde(serialize_with = "Sealed::onto_wire")]
        passphrase: Sealed,
    },
    /// Closes it.
    Lock,
    /// Seals it with a passphrase from now on.
    SealWithPassphrase {
        /// The new passphrase.
        #[serde(serialize_with = "Sealed::onto_wire")]
        passphrase: Sealed,
    },
    /// Seals it with a key in the system's keyring from now on.
    SealWithKeyring,
}

/// Work on MFA devices.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MfaCommand {
    /// Asks IAM for the devices of the user behind a role, profile or key. Answered with
    /// [`Answer::Devices`].
    Devices {
        /// The role, profile or key.
        role: String,
    },
    /// Keeps a device's TOTP seed in the vault and takes codes from there. Answered with
    /// [`Answer::Done`].
    KeepSeed {
        /// The device.
        mfa_serial: String,
        /// The seed, as the QR code or the base32 text has it.
        #[serde(serialize_with = "Sealed::onto_wire")]
        seed: Sealed,
    },
    /// Forgets a device's seed. Answered with [`Answer::Done`].
    ForgetSeed {
        /// The device.
        mfa_serial: String,
    },
}

/// A token that STS gives for a role's credentials.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenWanted {
    /// GetWebIdentityToken.
    WebIdentity {
        /// Audience, one to ten.
        audience: Vec<String>,
        /// SigningAlgorithm: RS256 or ES384.
        signing_algorithm: String,
        /// DurationSeconds, 60 to 3,600.
        duration_seconds: Option<u32>,
        /// Tags.
        tags: Vec<(String, String)>,
    },
    /// GetDelegatedAccessToken.
    Delegated {
        /// TradeInToken.
        #[serde(serialize_with = "Sealed::onto_wire")]
        trade_in_token: Sealed,
    },
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
    /// A terminal that answers what others wait for.
    Attendant,
}

/// What a window can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// The list of roles and sessions.
    Main,
    /// The dialog that asks for the codes of the present prompts.
    Prompt,
    /// The isolated window of the sign-in that waits.
    SignIn,
}

/// How a role is to be activated.
#[derive(Debug, Serialize, Deserialize)]
pub struct Activate {
    /// The role: its id, its name, or a text that only one role matches.
    pub role: String,
    /// The section of the credentials file; `None`: as the settings say.
    pub output_profile: Option<OutputProfile>,
    /// Whether the agent is to hold the credentials, whatever the settings say; no section then.
    pub held: bool,
    /// The wanted life in seconds, 900 to 43,200; `None`: as the profile says, else an hour.
    pub duration_seconds: Option<u32>,
    /// The region to go with it; `None`: the profile's.
    pub region: Option<String>,
    /// A code for the MFA device, if the person gave one beforehand.
    #[serde(serialize_with = "Sealed::option_onto_wire")]
    pub token_code: Option<Sealed>,
    /// The account's id, typed by a person, where the role wants to be confirmed.
    pub confirmed: Option<String>,
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
    /// Some of the roles.
    Roles(Page),
    /// What the shared files hold.
    Profiles(Profiles),
    /// Whether a window was there to show it.
    Shown(bool),
    /// What the doctor found.
    Findings(Vec<Finding>),
    /// About the agent.
    Agent(AgentStatus),
    /// The way to a role.
    Plan(Box<PlanView>),
    /// Why a role failed, and what the SDKs would use.
    Why {
        /// The last failure, if there was one.
        failed: Option<Failed>,
        /// Which credentials each SDK would use; `None` for a role that no profile describes.
        picks: Option<Box<Picks>>,
    },
    /// What Hatrack's own file says, and what the shared files say below it (never a secret).
    Description {
        /// The settings of Hatrack's own file.
        own: BTreeMap<String, String>,
        /// Those of the shared files.
        shared: BTreeMap<String, String>,
        /// The providers that there are.
        providers: Vec<Provider>,
    },
    /// The access keys in the vault.
    Keys(Vec<KeyView>),
    /// What a change does to a file; secrets are masked.
    Diff(String),
    /// How the vault is.
    Vault(VaultView),
    /// MFA devices.
    Devices(Vec<Device>),
    /// Whose an access key is.
    KeyOwner {
        /// The account's id.
        account_id: String,
        /// The account's name, where one is known.
        account_name: String,
    },
    /// A token, or credentials that were given for one, as JSON.
    Token {
        /// The token.
        #[serde(serialize_with = "Sealed::onto_wire")]
        token: Sealed,
        /// When it ends.
        expiration: Timestamp,
    },
    /// A role's credentials.
    HandedOut(Box<HandedOut>),
    /// A container endpoint.
    Serving(Box<Serving>),
    /// A sign-in at the console.
    Console(Box<Console>),
    /// The sessions, and how far AWS's clock is from this computer's, in seconds.
    Sessions {
        /// The sessions.
        sessions: Vec<SessionView>,
        /// The offset.
        clock_offset: i64,
    },
    /// The sign-in that began.
    SignIn(PromptId),
    /// The portals whose listings began or wait for a sign-in.
    Listing(Vec<String>),
    /// What a change of the shared config's profiles does, or did.
    ProfilesPlanned(Box<ProfilesPlanned>),
}

/// How many roles a page has at most.
pub const LARGEST_PAGE: usize = 1000;

/// What a change of the shared config's profiles does, or did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct ProfilesPlanned {
    /// The difference, line by line; secrets are masked.
    pub diff: String,
    /// Profiles that are new.
    pub added: Vec<String>,
    /// Profiles that are different.
    pub changed: Vec<String>,
    /// Profiles that stay as they are.
    pub unchanged: Vec<String>,
    /// Profiles that go.
    pub removed: Vec<String>,
    /// What is left out, each with its reason.
    pub skipped: Vec<String>,
}

/// An access key in the vault. Its secret never travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct KeyView {
    /// Its name.
    pub name: String,
    /// What is known of it.
    #[serde(flatten)]
    pub facts: KeyFacts,
    /// When it came into the vault.
    #[cfg_attr(feature = "bindings", ts(type = "string"))]
    pub added: Timestamp,
}

/// How the vault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct VaultView {
    /// What it is sealed with.
    pub kept_by: KeptBy,
    /// Whether it is open.
    pub open: bool,
}

/// What the vault is sealed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum KeptBy {
    /// There is nothing in it yet.
    Nothing,
    /// A key in the system's keyring.
    Keyring,
    /// A passphrase.
    Passphrase,
}

/// An MFA device of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Device {
    /// Its serial number or ARN.
    pub mfa_serial: String,
    /// Since when it is enabled.
    #[cfg_attr(feature = "bindings", ts(type = "string | null"))]
    pub enabled: Option<Timestamp>,
    /// Whether its seed is in the vault.
    pub seed_in_vault: bool,
}

/// An address that a person is to see in a browser.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Open {
    /// The address.
    #[serde(serialize_with = "Sealed::onto_wire")]
    pub url: Sealed,
    /// The isolated window in which it is opened; `None`: the system's browser.
    pub window: Option<Capture>,
}

/// An isolated window that brings a form's answer to this machine in place of AWS.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Capture {
    /// The provider's name.
    pub name: String,
    /// The addresses of AWS that the form is meant for.
    pub endpoints: Vec<String>,
    /// Where it goes in their place, on this machine.
    #[serde(serialize_with = "Sealed::onto_wire")]
    pub post_to: Sealed,
    /// The sign-in; dismissing it is what closing the window means.
    pub sign_in: PromptId,
}

/// What is new.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Update {
    /// The present.
    Snapshot(Box<Snapshot>),
    /// The outline of the subscriber's catalogue; sent first, and when it changed.
    Outline(Box<Outline>),
    /// A browser is wanted, to who asked for the sign-in; a [`Capture`] to [`Face::Windows`] alone.
    Open(Open),
    /// A sign-in ended, to who asked for it.
    SignedIn {
        /// The sign-in.
        sign_in: PromptId,
        /// What became of it: the roles that it offers, for a SAML provider.
        result: Result<Vec<String>, Failure>,
    },
    /// A step of a longer work is done, to who asked for it.
    Progress(String),
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
