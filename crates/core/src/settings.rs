//! What a person wishes, kept between starts. Never what is: that is found out again.

use crate::code_source::CodeSource;
use crate::name::{OutputProfile, RoleId};
use crate::rules::Rule;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The wishes that the agent keeps in its settings file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(default)]
pub struct Settings {
    /// The output profile of roles that have none of their own; `None`: `default` if nobody uses
    /// it, else `hatrack`.
    pub output_profile: Option<OutputProfile>,
    /// Output profiles of single roles.
    pub output_profiles: BTreeMap<RoleId, OutputProfile>,
    /// Roles that are handed out only: nothing of them stands in the credentials file, and the config
    /// file's profile of this name asks Hatrack for them.
    pub held: BTreeMap<RoleId, OutputProfile>,
    /// Roles of which no program is given credentials before a person was asked.
    pub ask_first: BTreeSet<RoleId>,
    /// How many seconds a program that wants credentials waits for a person, at most 3,600.
    pub hand_out_wait_seconds: u32,
    /// Regions of single roles.
    pub regions: BTreeMap<RoleId, String>,
    /// Words that a person gave to single roles, to find them by.
    pub tags: BTreeMap<RoleId, Vec<String>>,
    /// Rules that give roles tags and colours, at most 64; the first that has a colour counts.
    pub rules: Vec<Rule>,
    /// The roles that stand first, in the order in which they were marked.
    pub favourites: Vec<RoleId>,
    /// Names that the person gave to accounts, by account id.
    pub account_names: BTreeMap<String, String>,
    /// Template of RoleSessionName: `{user}` and `{host}` are filled in.
    pub session_name: String,
    /// How many hours one MFA code serves all roles behind its device that live an hour or less
    /// (a GetSessionToken session), at most 36; 0: every role takes a code of its own.
    pub mfa_session_hours: u32,
    /// Where the codes of MFA devices come from, by serial number, if not from a person.
    pub code_sources: BTreeMap<String, CodeSource>,
    /// Whether quitting ends the active sessions.
    pub end_sessions_on_quit: bool,
    /// Whether desktop notifications are shown.
    pub notifications: bool,
}

impl Settings {
    /// DurationSeconds of the GetSessionToken session that an MFA code obtains, if one is wanted.
    pub fn session_token_seconds(&self) -> Option<u32> {
        (self.mfa_session_hours > 0).then(|| self.mfa_session_hours.min(36) * 3600)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            output_profile: None,
            output_profiles: BTreeMap::new(),
            held: BTreeMap::new(),
            ask_first: BTreeSet::new(),
            hand_out_wait_seconds: 60,
            regions: BTreeMap::new(),
            tags: BTreeMap::new(),
            rules: Vec::new(),
            favourites: Vec::new(),
            account_names: BTreeMap::new(),
            session_name: "{user}@{host}".to_owned(),
            mfa_session_hours: 12,
            code_sources: BTreeMap::new(),
            end_sessions_on_quit: true,
            notifications: true,
        }
    }
}
