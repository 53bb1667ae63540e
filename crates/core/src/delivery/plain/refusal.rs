//! Why a plain key stays where it is, and what to do about it.

use crate::delivery::ValueFault;
use crate::failure::{Failure, FailureCode};
use crate::name::OutputProfile;
use crate::profile::SharedFile;

/// Why neither file is changed. It never holds a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlainRefusal {
    /// Neither file has the profile.
    NoProfile,
    /// The profile has no keys in it.
    NoKey,
    /// The id stands without the secret beside it, or the secret without the id.
    Half,
    /// The keys have a session token.
    Temporary,
    /// The section carries our mark.
    Delivered,
    /// The section is there more than once.
    Twice {
        /// The file.
        file: SharedFile,
    },
    /// The profile gets its credentials another way too.
    Decided {
        /// The key that decides, `role_arn` for instance.
        key: String,
    },
    /// AWS tools would find another key for the profile.
    Elsewhere,
    /// The section has other keys.
    OtherKeys,
    /// The lines stand so that AWS tools read them differently, or would after the change.
    Odd,
    /// The file is no text that an AWS tool reads.
    NotText {
        /// The file.
        file: SharedFile,
    },
    /// A value can't be written.
    Value {
        /// What it is.
        key: &'static str,
        /// What is wrong with it.
        fault: ValueFault,
    },
}

impl PlainRefusal {
    /// Says it to a person; `credentials` and `config` are the files' paths.
    pub fn explain(&self, profile: &OutputProfile, credentials: &str, config: &str) -> Failure {
        let path = |file: &SharedFile| match file {
            SharedFile::Credentials => credentials,
            SharedFile::Config | SharedFile::Own => config,
        };
        let (code, happened, remedy) = match self {
            Self::NoProfile => (
                FailureCode::NotFound,
                format!("Neither {credentials} nor {config} has a profile {profile}."),
                "See hat profiles for those that there are.".to_owned(),
            ),
            Self::NoKey => (
                FailureCode::NotFound,
                format!("The profile {profile} has no access key in {credentials} or {config}."),
                "Name a profile that has one; see hat profiles.".to_owned(),
            ),
            Self::Half => (
                FailureCode::Refused,
                format!("The profile {profile} has only one half of an access key where the other should be."),
                "Put aws_access_key_id and aws_secret_access_key into the same section.".to_owned(),
            ),
            Self::Temporary => (
                FailureCode::Refused,
                format!("What the profile {profile} has is temporary: there is an aws_session_token with it."),
                "Only long-term keys belong into the vault; temporary ones end by themselves.".to_owned(),
            ),
            Self::Delivered => (
                FailureCode::NotOurs,
                format!("The section {profile} of {credentials} is one that Hatrack delivers a role into."),
                "Deactivate that role first: hat off.".to_owned(),
            ),
            Self::Twice { file } => (
                FailureCode::NotOurs,
                format!("The profile {profile} stands more than once in {}.", path(file)),
                "Remove one of the two.".to_owned(),
            ),
            Self::Decided { key } => (
                FailureCode::NotOurs,
                format!("The profile {profile} gets its credentials through {key} too, and AWS tools disagree which way wins."),
                format!("Put {key} or the key into a profile of its own."),
            ),
            Self::Elsewhere => (
                FailureCode::NotOurs,
                format!("AWS tools would still find a key for the profile {profile}: it stands in {credentials} or {config} a second time."),
                "Remove one of the two.".to_owned(),
            ),
            Self::OtherKeys => (
                FailureCode::NotOurs,
                format!("The profile {profile} of {credentials} has other keys, which are not overwritten."),
                "Take them out, or into the vault with hat key import, and try again.".to_owned(),
            ),
            Self::Odd => (
                FailureCode::NotOurs,
                format!("The lines of the profile {profile} stand so that AWS tools don't all read them alike."),
                "Let each setting stand once, on a line of its own that begins at the margin, without a comment behind it.".to_owned(),
            ),
            Self::NotText { file } => (
                FailureCode::File,
                format!("{} is not a text that AWS tools read; nothing was changed.", path(file)),
                "Save it as UTF-8, or move it away.".to_owned(),
            ),
            Self::Value { key, fault } => {
                let fault = match fault {
                    ValueFault::Empty => "is empty",
                    ValueFault::TooLong => "is too long",
                    ValueFault::Control | ValueFault::Character => "has a sign in it that AWS tools would misread",
                };
                (
                    FailureCode::Refused,
                    format!("The {key} in the vault {fault}; {credentials} was not changed."),
                    "Put the right key into the vault: hat key remove, then hat key add.".to_owned(),
                )
            }
        };
        Failure::new(code, happened, remedy)
    }
}
