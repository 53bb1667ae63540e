//! Refusals and breakages as a person reads them: what happened, and what to do.

use serde::{Deserialize, Serialize};

/// One failure: a code that a face may branch on, and two sentences for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Failure {
    /// What a face branches on.
    pub code: FailureCode,
    /// What happened, as one sentence with a capital and a full stop.
    pub happened: String,
    /// What to do about it, as one sentence; empty where nothing can be done.
    pub remedy: String,
    /// AWS's own name for the error, `AccessDenied` for instance.
    #[serde(default)]
    pub aws_code: Option<String>,
    /// AWS's request id, for support cases.
    pub request_id: Option<String>,
}

/// The kinds of failure that some face treats differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum FailureCode {
    /// AWS, or a rule of ours, said no. Exit code 1.
    Refused,
    /// The MFA code was wrong or already used: the prompt stays. Exit code 1.
    CodeRefused,
    /// The duration is over the role's MaxSessionDuration: that is remembered. Exit code 1.
    DurationRefused,
    /// The role is so powerful that it wants the account's id typed first. Exit code 3.
    ConfirmationNeeded,
    /// AWS could not be reached, or gave no usable answer. Exit code 1.
    Unreachable,
    /// The command or its arguments make no sense. Exit code 2.
    Usage,
    /// A person is needed and none can be asked. Exit code 3.
    PersonNeeded,
    /// A provider takes no sign-in that there is: a person must sign in. Exit code 3.
    SignInNeeded,
    /// No such role, profile, session or prompt. Exit code 4.
    NotFound,
    /// A file could not be read or written; nothing was changed. Exit code 5.
    File,
    /// The wanted output profile belongs to somebody else; consent (`--adopt`) or another name is
    /// needed. Exit code 1.
    NotOurs,
    /// The person took it back. Exit code 1.
    Cancelled,
}

impl FailureCode {
    /// The exit code of `hat` that stands for this kind of failure.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Refused
            | Self::CodeRefused
            | Self::DurationRefused
            | Self::Unreachable
            | Self::NotOurs
            | Self::Cancelled => 1,
            Self::Usage => 2,
            Self::PersonNeeded | Self::SignInNeeded | Self::ConfirmationNeeded => 3,
            Self::NotFound => 4,
            Self::File => 5,
        }
    }
}

impl Failure {
    /// A failure of this kind, in two sentences.
    pub fn new(code: FailureCode, happened: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code, happened: happened.into(), remedy: remedy.into(), aws_code: None, request_id: None }
    }

    /// The same failure with AWS's own name for the error.
    #[must_use]
    pub fn with_aws_code(mut self, code: Option<&str>) -> Self {
        self.aws_code = code.map(str::to_owned);
        self
    }

    /// The same failure with the request id that AWS gave.
    #[must_use]
    pub fn with_request_id(mut self, id: Option<&str>) -> Self {
        self.request_id = id.map(str::to_owned);
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.happened)?;
        if !self.remedy.is_empty() {
            write!(f, " {}", self.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}
