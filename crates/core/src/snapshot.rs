//! What the agent publishes and every face draws: the present, whole, without a secret in it.

use crate::chain::Provider;
use crate::failure::Failure;
use crate::hand_out::{Consent, Consumer};
use crate::name::{OutputProfile, PromptId, RoleId, SessionId};
use crate::settings::Settings;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The present, as the agent knows it. The catalogue travels beside it, as it changes seldom and
/// may be large.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Snapshot {
    /// Every session that somebody began and that has not ended, the oldest first.
    pub sessions: Vec<SessionView>,
    /// What a person is asked, one for each MFA device, the oldest first.
    pub prompts: Vec<Prompt>,
    /// The organisations of Identity Center that the face's files know, by name.
    pub organisations: Vec<Organisation>,
    /// The sign-ins at outside providers that wait for a person, the oldest first.
    pub sign_ins: Vec<SignIn>,
    /// The programs that want a role's credentials and for which a person's word is needed first, the
    /// oldest first.
    pub consents: Vec<Consent>,
    /// Who was given credentials since the agent's start, the latest first, at most 100.
    pub consumers: Vec<Consumer>,
    /// How many seconds AWS's clock shows more than this computer's, where that is worth minding:
    /// every time in here is AWS's.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub clock_offset: i64,
    /// The roles that were used last, the latest first, at most 20.
    pub recents: Vec<RoleId>,
    /// What is odd about the shared files, with file and line.
    pub problems: Vec<Problem>,
    /// The wishes.
    pub settings: Settings,
    /// The last things worth telling, the latest last, at most 20. A face shows each once.
    pub notices: Vec<Notice>,
}

/// One session, as a face draws it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SessionView {
    /// The session.
    pub id: SessionId,
    /// Counts the activations of this session; an outcome belongs to the attempt it carries.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub attempt: u64,
    /// The role's identity in the catalogue.
    pub role_id: RoleId,
    /// What people call the role.
    pub role: String,
    /// The role's name in IAM.
    pub role_name: String,
    /// The account's id.
    pub account_id: String,
    /// The account's name, else its id.
    pub account_name: String,
    /// The section of the credentials file that it is delivered into; `None`: the agent holds it,
    /// and hands it out.
    pub output_profile: Option<OutputProfile>,
    /// The credentials file that it is delivered into, or that the commands go with that asked for it.
    pub credentials_file: String,
    /// The region that goes with it.
    pub region: Option<String>,
    /// Where it stands.
    pub state: SessionState,
    /// The identity that STS answered with, once there is one.
    pub arn: Option<String>,
    /// Whether GetCallerIdentity confirmed the identity with the delivered credentials.
    pub verified: bool,
    /// When the delivered credentials end.
    #[cfg_attr(feature = "bindings", ts(type = "string | null"))]
    pub expiration: Option<Timestamp>,
    /// When the delivered credentials began; with `expiration`, the whole of a countdown's ring.
    #[cfg_attr(feature = "bindings", ts(type = "string | null"))]
    pub since: Option<Timestamp>,
    /// Whether it is renewed without a person.
    pub renews: bool,
    /// The last thing that went wrong with it.
    pub failure: Option<Failure>,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum SessionState {
    /// Waits for the code of an MFA device.
    AwaitingMfa,
    /// Waits for a sign-in at an outside provider.
    AwaitingBrowser,
    /// Calls are under way, or what they gave is being written.
    Authenticating,
    /// Delivered: the credentials stand in the file, or are held by the agent, and are valid.
    Active,
    /// Delivered and valid, and being renewed.
    Renewing,
    /// Being removed from the file.
    Ending,
    /// The credentials ended and were removed.
    Expired,
    /// The last attempt failed; nothing is delivered.
    Failed,
}

impl SessionView {
    /// Where its credentials are, in one word: the output profile's name, or `(held)`.
    pub fn place(&self) -> &str {
        self.output_profile.as_ref().map_or("(held)", OutputProfile::as_str)
    }
}

impl SessionState {
    /// Whether valid credentials of this session stand in the file, or are held.
    pub fn is_delivered(self) -> bool {
        match self {
            Self::Active | Self::Renewing => true,
            Self::AwaitingMfa
            | Self::AwaitingBrowser
            | Self::Authenticating
            | Self::Ending
            | Self::Expired
            | Self::Failed => false,
        }
    }
}

/// A question for a person: the code of one MFA device, for all roles that wait for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Prompt {
    /// The question.
    pub id: PromptId,
    /// The device's serial number or ARN.
    pub mfa_serial: String,
    /// The sessions that wait for the code, the oldest first.
    pub sessions: Vec<SessionId>,
    /// Whether a window is wanted: somebody clicked, or asked off a terminal.
    pub in_window: bool,
    /// Where the question stands.
    pub state: PromptState,
    /// Why the last code was not taken.
    pub refused: Option<Failure>,
    /// Where a code is being fetched from at this moment, in words; a person may be quicker.
    pub fetching: Option<String>,
    /// Until when the device's present code is used up, so that the next one must be awaited.
    #[cfg_attr(feature = "bindings", ts(type = "string | null"))]
    pub next_code_at: Option<Timestamp>,
}

/// Where a question stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum PromptState {
    /// Waits for the person.
    Asking,
    /// Has a code and holds it until the device's next 30-second step begins.
    Holding,
    /// The code is with AWS.
    Sending,
}

/// A sign-in at an outside provider, for all roles that wait for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct SignIn {
    /// The question; it is taken back as a prompt is.
    pub id: PromptId,
    /// The provider.
    pub provider: Provider,
    /// The sessions that wait for it, the oldest first.
    pub sessions: Vec<SessionId>,
    /// The code that is to be typed in on any device, where the sign-in is of that kind.
    pub device: Option<DeviceCode>,
}

/// A code that a person types in at the portal's page, on any device (RFC 8628).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct DeviceCode {
    /// The code; the page shows the same one.
    pub user_code: String,
    /// The page.
    pub verification_uri: String,
    /// Until when it is taken.
    #[cfg_attr(feature = "bindings", ts(type = "string"))]
    pub expires: Timestamp,
}

/// An organisation of IAM Identity Center, as a face draws it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Organisation {
    /// The portal's name: that of a `sso-session`, else the start URL.
    pub name: String,
    /// The start URL.
    pub start_url: String,
    /// The portal's region.
    pub region: String,
    /// Whether somebody is signed in.
    pub sign_in: SignInStanding,
    /// How many accounts are known.
    pub accounts: usize,
    /// How many roles are known.
    pub roles: usize,
    /// When they were last listed to the end.
    #[cfg_attr(feature = "bindings", ts(type = "string | null"))]
    pub listed: Option<Timestamp>,
    /// How far the listing is that is under way.
    pub progress: Option<Progress>,
    /// Whether a listing waits for a sign-in.
    pub waits: bool,
    /// Why the last listing did not come to its end.
    pub failure: Option<Failure>,
    /// How many accounts could not be listed the last time.
    pub failed_total: usize,
    /// The first of them, at most 20.
    pub failed: Vec<FailedAccount>,
    /// How many roles the last listing found that were not there before.
    pub gained_total: usize,
    /// The first of them, at most 20, as `ACCOUNT/ROLE`.
    pub gained: Vec<String>,
    /// How many roles were there before and are gone.
    pub lost_total: usize,
    /// The first of them, at most 20, as `ACCOUNT/ROLE`.
    pub lost: Vec<String>,
}

/// An account whose roles could not be listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct FailedAccount {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Why.
    pub failure: String,
}

/// Whether somebody is signed in at an organisation's portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum SignInStanding {
    /// Somebody is.
    SignedIn {
        /// When the present token ends.
        #[cfg_attr(feature = "bindings", ts(type = "string"))]
        until: Timestamp,
        /// Whether it is renewed without a person.
        renews: bool,
    },
    /// Somebody is about to be.
    SigningIn {
        /// The sign-in.
        sign_in: PromptId,
    },
    /// A sign-in ended.
    Ended,
    /// Nobody is.
    SignedOut,
}

/// How far a listing is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Progress {
    /// How many accounts are listed.
    pub done: usize,
    /// How many there are to list; `None`: not known yet.
    pub total: Option<usize>,
    /// How long it will take from now on, in seconds, at the portal's present pace.
    pub seconds_left: Option<u32>,
}

/// Something odd in the shared files that hides nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Problem {
    /// The file's path.
    pub file: String,
    /// The line, counted from 1.
    pub line: Option<u32>,
    /// The profile that it is about.
    pub profile: Option<String>,
    /// What is odd, and what to do.
    pub message: String,
}

/// Something worth telling once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Notice {
    /// Counts up; a face remembers the last one it showed.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub id: u64,
    /// When it happened.
    #[cfg_attr(feature = "bindings", ts(type = "string"))]
    pub at: Timestamp,
    /// What happened.
    pub kind: NoticeKind,
    /// What it is about; a newer notice replaces an older one about the same.
    pub about: About,
    /// What went wrong, where something did.
    pub failure: Option<Failure>,
}

/// What a notice is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// A session.
    Session {
        /// The session.
        session: SessionId,
        /// The role's identity, so that a button can act on it after the session is gone.
        role_id: RoleId,
        /// What people call the role.
        role: String,
        /// The account's name.
        account_name: String,
        /// The output profile, unless the agent holds it.
        output_profile: Option<OutputProfile>,
        /// When the credentials end, where that is what it tells.
        #[cfg_attr(feature = "bindings", ts(type = "string | null"))]
        expiration: Option<Timestamp>,
    },
    /// An organisation of Identity Center.
    Organisation {
        /// Its portal's name.
        name: String,
        /// How many roles came.
        gained: usize,
        /// How many roles went.
        lost: usize,
    },
}

/// What a notice tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// Credentials were delivered after a person asked for them.
    Activated,
    /// The credentials end in five minutes and can't be renewed without a person.
    EndsSoon,
    /// The credentials ended.
    Expired,
    /// An activation failed.
    Failed,
    /// A silent renewal failed for good; the old credentials run out.
    RenewalFailed,
    /// The written section was changed or removed by another program.
    Disturbed,
    /// A sign-in at an organisation ended, and a person is needed for a new one.
    SignInEnded,
    /// A listing found roles that came or went.
    RolesChanged,
}
