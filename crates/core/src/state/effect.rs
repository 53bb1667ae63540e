//! What the agent must do, and what it tells of the calls that it made.

use super::Wish;
use crate::chain::Provider;
use crate::code_source::CodeSource;
use crate::name::{PromptId, SessionId};
use crate::plan::{Plan, Source, SourceKey, WorldId};
use crate::session::Grant;
use jiff::Timestamp;

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
        /// Whether a code is shown that is typed in on any device (Identity Center alone).
        device_code: bool,
    },
    /// An organisation's accounts and roles are to be listed.
    List {
        /// The attempt whose number the outcome carries.
        attempt: u64,
        /// The portal's name.
        portal: String,
        /// The world that it is asked in.
        world: WorldId,
        /// Everything that was listed before this moment is to be listed, not only what is due.
        all_before: Option<Timestamp>,
    },
    /// A listing isn't wanted any more.
    CancelListing {
        /// Its attempt.
        attempt: u64,
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

/// Whose credentials were delivered, as GetCallerIdentity says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account's id.
    pub account_id: String,
    /// The identity.
    pub arn: String,
}
