//! What Hatrack remembers between starts beside wishes: the last failures, what it learnt of
//! roles, the roles that a SAML provider showed.

use crate::failure::Failure;
use crate::name::RoleId;
use crate::plan::MaxSession;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many failures are remembered.
const FAILURES: usize = 100;

/// What is remembered between starts. There is no secret in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The last failure of each role.
    pub failures: BTreeMap<RoleId, Failed>,
    /// What was learnt of roles' MaxSessionDuration, by the role's ARN.
    pub max_sessions: BTreeMap<String, MaxSession>,
    /// The roles that each SAML provider's last assertion named.
    pub saml_roles: BTreeMap<String, Vec<SamlRole>>,
}

/// A failure, and when it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Failed {
    /// When.
    #[cfg_attr(feature = "bindings", ts(type = "string"))]
    pub at: Timestamp,
    /// What.
    pub failure: Failure,
}

/// A role that a SAML assertion offers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SamlRole {
    /// The role.
    pub role_arn: String,
    /// The provider's ARN in IAM.
    pub principal_arn: String,
}

impl Memory {
    /// Remembers a failure, and forgets the oldest where there are too many.
    pub fn failed(&mut self, role: &RoleId, at: Timestamp, failure: Failure) {
        self.failures.insert(role.clone(), Failed { at, failure });
        if self.failures.len() > FAILURES {
            let oldest = self.failures.iter().min_by_key(|(_, failed)| failed.at).map(|(id, _)| id.clone());
            self.failures.retain(|id, _| Some(id) != oldest.as_ref());
        }
    }

    /// Learns that a role's session of this many seconds was granted or refused.
    pub fn learn_max_session(&mut self, role_arn: &str, seconds: u32, refused_at: Option<Timestamp>) {
        let learnt = self.max_sessions.entry(role_arn.to_owned()).or_default();
        match refused_at {
            Some(at) => {
                let shortest = learnt.refused.map_or(seconds, |(before, _)| before.min(seconds));
                learnt.refused = Some((shortest, at));
                learnt.granted = learnt.granted.min(shortest.saturating_sub(1));
            }
            None => {
                learnt.granted = learnt.granted.max(seconds);
                learnt.refused = learnt.refused.filter(|(refused, _)| *refused > seconds);
            }
        }
    }
}
