//! Asking for credentials without a file, and for the console.

use crate::{Ask, Sealed};
use hatrack_core::hand_out::Way;
use hatrack_core::name::RoleId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A program wants a role's credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOut {
    /// The role: its id, its name, or a text that only one role matches.
    pub role: String,
    /// By which way they will reach the program.
    pub way: Way,
    /// The program that `hat exec` will start, as its path; else the agent sees for itself who asks.
    pub program: Option<String>,
    /// The wanted life in seconds, where the role has no live session; `None`: as the profile says.
    pub duration_seconds: Option<u32>,
    /// The region to go with it, where the role has no live session; `None`: the profile's.
    pub region: Option<String>,
    /// The account's id, typed by a person, where the role wants to be confirmed.
    pub confirmed: Option<String>,
    /// Where a person can be asked: [`Ask::Here`] is answered with [`crate::Answer::Accepted`] where
    /// the role isn't active yet, and the client asks again when it is.
    pub ask: Ask,
    /// How many seconds to wait for a person with [`Ask::InWindow`]; `None`: as the settings say.
    pub wait_seconds: Option<u32>,
}

/// A role's credentials, for one program.
#[derive(Debug, Serialize, Deserialize)]
pub struct HandedOut {
    /// The role's identity in the catalogue.
    pub role_id: RoleId,
    /// What people call the role.
    pub role: String,
    /// The account's id, where it is known.
    pub account_id: Option<String>,
    /// The region that goes with it.
    pub region: Option<String>,
    /// AccessKeyId.
    pub access_key_id: String,
    /// SecretAccessKey.
    #[serde(serialize_with = "Sealed::onto_wire")]
    pub secret_access_key: Sealed,
    /// SessionToken.
    #[serde(serialize_with = "Sealed::option_onto_wire")]
    pub session_token: Option<Sealed>,
    /// Expiration.
    pub expiration: Timestamp,
}

/// A container endpoint of one consumer, open as long as the connection that asked for it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Serving {
    /// The role's identity in the catalogue.
    pub role_id: RoleId,
    /// What people call the role.
    pub role: String,
    /// The region that goes with it.
    pub region: Option<String>,
    /// `AWS_CONTAINER_CREDENTIALS_FULL_URI`.
    pub url: String,
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
    #[serde(serialize_with = "Sealed::onto_wire")]
    pub token: Sealed,
}

/// A role's console is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenConsole {
    /// The role, and how it is activated where it isn't yet.
    pub role: HandOut,
    /// What is to be seen there.
    pub page: ConsolePage,
    /// How long the console's session is to live, in seconds, where the credentials allow a choice.
    pub session_seconds: Option<u32>,
    /// Whether a role of Identity Center goes by the portal's own link, for which no credentials are
    /// used.
    pub by_portal: bool,
    /// Whether the link itself is wanted, to be printed; else one that a browser can be started
    /// with, which works once and shows nothing to who sees the browser's command line.
    pub link: bool,
}

/// A page of the console.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsolePage {
    /// Its start page.
    #[default]
    Home,
    /// That of a service, `s3` for instance.
    Service(String),
    /// That of an address of the console.
    Url(String),
    /// That of a resource.
    Arn(String),
}

/// A sign-in at the console.
#[derive(Debug, Serialize, Deserialize)]
pub struct Console {
    /// The address: the link itself, or the one that a browser is to be started with.
    #[serde(serialize_with = "Sealed::onto_wire")]
    pub url: Sealed,
    /// What people call the role.
    pub role: String,
    /// The command lines that start the wanted browser with the address, the best first; empty: the
    /// system's own. The address stands where [`ADDRESS`] does.
    pub browser: Vec<Vec<String>>,
    /// What the person should know: the fifth session of a browser, for instance.
    pub hint: Option<String>,
}

/// What stands for the address in the command line of a browser.
pub const ADDRESS: &str = "{address}";
