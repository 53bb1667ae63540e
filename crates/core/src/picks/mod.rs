//! Which credentials AWS's own tools would pick for a profile, and what shadows what.
//!
//! The order of the AWS CLI, of the SDK for Rust and of the one for JavaScript is held against what
//! they really do by a test. That of Java and Go is taken from their sources and was never run; for
//! Go the place of `login_session` (last) and what it makes of odd files (it reads them) are
//! assumptions. A profile counts as chosen by AWS_PROFILE. Deliberately absent: whether the credentials are any good, values of
//! variables, and keys of the config file that keys of the credentials file replaced (nobody reads
//! those).

mod reader;
mod resolve;
mod shadow;
mod words;

use crate::profile::Profiles;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// A tool or SDK of AWS that looks for credentials by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Sdk {
    /// The AWS CLI, version 2, and every program on botocore or boto3.
    AwsCli,
    /// The SDK for Rust.
    Rust,
    /// The SDK for JavaScript, version 3.
    JavaScript,
    /// The SDK for Go, version 2.
    Go,
    /// The SDK for Java, version 2.
    Java,
}

impl Sdk {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 5] = [Self::AwsCli, Self::Rust, Self::JavaScript, Self::Go, Self::Java];
}

impl fmt::Display for Sdk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AwsCli => "AWS CLI",
            Self::Rust => "SDK for Rust",
            Self::JavaScript => "SDK for JavaScript",
            Self::Go => "SDK for Go",
            Self::Java => "SDK for Java",
        })
    }
}

/// A line of one of the shared files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Spot {
    /// The file's path.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
}

/// Where credentials come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Source {
    /// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
    EnvironmentKeys,
    /// AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN.
    EnvironmentToken,
    /// A role, assumed with other credentials.
    Role {
        /// The role.
        arn: String,
        /// The profile that describes it.
        profile: String,
        /// Where its `role_arn` stands.
        at: Spot,
        /// Whether the profile has an `mfa_serial` that the SDK passes over.
        without_mfa: bool,
        /// What it is assumed with.
        from: Box<Self>,
    },
    /// A role, assumed with the token of `web_identity_token_file`.
    WebIdentity {
        /// The role.
        arn: String,
        /// The profile.
        profile: String,
        /// Where the token's file is named.
        at: Spot,
    },
    /// A role of IAM Identity Center.
    IdentityCenter {
        /// The profile.
        profile: String,
        /// Where the settings begin.
        at: Spot,
    },
    /// `login_session`: what `aws login` keeps.
    Login {
        /// The profile.
        profile: String,
        /// Where it stands.
        at: Spot,
    },
    /// `credential_process`.
    Process {
        /// The profile.
        profile: String,
        /// Where it stands.
        at: Spot,
    },
    /// Keys in one of the files.
    Keys {
        /// The profile.
        profile: String,
        /// Where the first of them stands.
        at: Spot,
    },
    /// The role of a container.
    Container,
    /// The role of an EC2 machine, where it is one.
    Instance,
    /// None, as the tool gives up: why, as the end of a sentence.
    Refused {
        /// The reason.
        why: String,
    },
    /// None: nothing is left to look at.
    Nothing,
}

/// What one tool picks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Pick {
    /// Where its credentials come from.
    pub source: Source,
    /// The same as a sentence that begins with the tool's name.
    pub words: String,
}

/// Credentials that some tools pass over because they find others first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Shadowed {
    /// What is passed over.
    pub what: String,
    /// What is used in its place.
    pub by: String,
    /// Where that stands, unless it is in the environment.
    pub at: Option<Spot>,
    /// The tools that do so.
    pub sdks: Vec<Sdk>,
}

/// What AWS's tools pick for a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Picks {
    /// What each picks.
    pub by_sdk: Vec<(Sdk, Pick)>,
    /// What shadows what.
    pub shadowed: Vec<Shadowed>,
    /// Where they differ, a sentence for each group that agrees; empty where all agree.
    pub disagreements: Vec<String>,
}

/// Tells what AWS's tools pick for a profile; `environment` are the names of the variables that are
/// set, without their values.
pub fn picks(profiles: &Profiles, profile: &str, environment: &BTreeSet<String>) -> Picks {
    let by_sdk: Vec<(Sdk, Pick)> = Sdk::ALL
        .into_iter()
        .map(|sdk| {
            let source = resolve::source(profiles, profile, environment, sdk);
            let words = format!("{sdk}: {}.", words::of(&source, sdk));
            (sdk, Pick { source, words })
        })
        .collect();
    Picks {
        shadowed: shadow::shadowed(profiles, profile, environment, &by_sdk),
        disagreements: words::disagreements(&by_sdk),
        by_sdk,
    }
}
