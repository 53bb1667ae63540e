//! Why a section is not written, and what to do about it.

use crate::failure::{Failure, FailureCode};
use crate::name::OutputProfile;

/// Why the credentials file stays as it is. It never holds a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The section is there and isn't ours.
    Exists {
        /// The section.
        profile: OutputProfile,
        /// A name that is free.
        offer: OutputProfile,
    },
    /// The section is ours, and another program has put other credentials into it.
    Changed {
        /// The section.
        profile: OutputProfile,
        /// A name that is free.
        offer: OutputProfile,
    },
    /// The section is there more than once.
    Twice {
        /// The section.
        profile: OutputProfile,
        /// A name that is free.
        offer: OutputProfile,
    },
    /// The profile gets its credentials another way, and AWS tools disagree which way wins.
    Decided {
        /// The profile.
        profile: OutputProfile,
        /// The key that decides, `role_arn` for instance.
        key: String,
        /// A name that is free.
        offer: OutputProfile,
    },
    /// The section is laid out so that a new line in it would change the meaning of another.
    Odd {
        /// The section.
        profile: OutputProfile,
        /// A name that is free.
        offer: OutputProfile,
    },
    /// The file is no text that an AWS tool reads, UTF-16 for instance.
    NotText,
    /// A value can't be written.
    Value {
        /// What it is.
        key: &'static str,
        /// What is wrong with it.
        fault: ValueFault,
    },
    /// The region is none.
    Region,
}

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueFault {
    /// Nothing in it.
    Empty,
    /// Longer than any reader should be asked to take.
    TooLong,
    /// A line break or another control character.
    Control,
    /// A blank, a sign beyond ASCII, or a comment's sign at its start.
    Character,
}

impl Refusal {
    /// Says it to a person; `file` is the path of the credentials file.
    pub fn explain(&self, file: &str) -> Failure {
        let not_ours =
            |happened: String, remedy: String| Failure::new(FailureCode::NotOurs, happened, remedy);
        match self {
            Self::Exists { profile, offer } => not_ours(
                format!("The profile {profile} in {file} exists already and isn't Hatrack's."),
                format!("Deliver into {offer} instead, or take it over with --adopt."),
            ),
            Self::Changed { profile, offer } => not_ours(
                format!("Another program has put other credentials into the profile {profile} in {file}."),
                format!("Deliver into {offer} instead, or replace them with --adopt."),
            ),
            Self::Twice { profile, offer } => not_ours(
                format!("The profile {profile} stands more than once in {file}."),
                format!("Remove one of the two, or deliver into {offer} instead."),
            ),
            Self::Decided { profile, key, offer } => not_ours(
                format!(
                    "The profile {profile} gets its credentials through {key}, and AWS tools disagree \
                     whether keys in {file} would come first."
                ),
                format!("Deliver into {offer} instead."),
            ),
            Self::Odd { profile, offer } => not_ours(
                format!("The profile {profile} in {file} is indented so that new lines would change others."),
                format!("Deliver into {offer} instead, or let the lines around it begin at the margin."),
            ),
            Self::NotText => Failure::new(
                FailureCode::File,
                format!("{file} is not a text that AWS tools read; nothing was changed."),
                "Save it as UTF-8, or move it away.",
            ),
            Self::Value { key, fault } => {
                let fault = match fault {
                    ValueFault::Empty => "is empty",
                    ValueFault::TooLong => "is too long",
                    ValueFault::Control => "has a line break or a control character in it",
                    ValueFault::Character => "has a character in it that AWS tools would read differently",
                };
                Failure::new(
                    FailureCode::Refused,
                    format!("The {key} that was to be written {fault}; {file} was not changed."),
                    "Find out where the credentials came from: AWS does not issue such a value.",
                )
            }
            Self::Region => Failure::new(
                FailureCode::Refused,
                format!(
                    "The region is not one to write into {file}: letters, digits and hyphens, at most 32."
                ),
                "Correct the role's region; one looks like eu-central-1.",
            ),
        }
    }
}
