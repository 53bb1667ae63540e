//! What Hatrack remembers between starts beside wishes: the last failures, what it learnt of
//! roles, the roles that a SAML provider showed.

use crate::failure::Failure;
use crate::name::RoleId;
use crate::plan::{ALWAYS_ALLOWED_SECONDS, MaxSession};
use crate::usage::Uses;
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
    /// How often and how lately roles were used.
    pub uses: Uses,
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

    /// Learns that a role's session of this many seconds was granted or refused. Up to an hour
    /// there is nothing to learn: every role allows it.
    pub fn learn_max_session(&mut self, role_arn: &str, seconds: u32, refused_at: Option<Timestamp>) {
        if seconds <= ALWAYS_ALLOWED_SECONDS {
            return;
        }
        let learnt = self.max_sessions.entry(role_arn.to_owned()).or_default();
        match refused_at {
            Some(at) => {
                let before = learnt.refused_lately(at).unwrap_or(seconds);
                learnt.refused = Some((before.min(seconds), at));
                if learnt.granted >= seconds {
                    // The role was changed: what it granted before tells nothing any more.
                    learnt.granted = 0;
                }
            }
            None => {
                learnt.granted = learnt.granted.max(seconds);
                learnt.refused = learnt.refused.filter(|(refused, _)| *refused > seconds);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::FailureCode;
    use jiff::SignedDuration;

    const ROLE: &str = "arn:aws:iam::123456789012:role/R";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn the_last_failure_of_a_role_is_kept_and_the_oldest_of_too_many_goes() {
        let mut memory = Memory::default();
        let failure = |words: &str| Failure::new(FailureCode::Refused, words, "");
        for (second, name) in (0..).zip((0..FAILURES + 20).map(|n| format!("r{n}"))) {
            memory.failed(&RoleId::of_profile(&name), at(second), failure("No."));
        }
        assert_eq!(memory.failures.len(), FAILURES);
        assert!(!memory.failures.contains_key(&RoleId::of_profile("r19")));
        assert!(memory.failures.contains_key(&RoleId::of_profile("r20")));
        memory.failed(&RoleId::of_profile("r20"), at(1000), failure("Again."));
        assert_eq!(memory.failures.len(), FAILURES);
        assert_eq!(memory.failures[&RoleId::of_profile("r20")].failure.happened, "Again.");
    }

    #[test]
    fn what_was_granted_and_what_was_refused_close_in_on_the_maximum() {
        let mut memory = Memory::default();
        memory.learn_max_session(ROLE, 43_200, Some(at(0)));
        memory.learn_max_session(ROLE, 7200, None);
        memory.learn_max_session(ROLE, 5400, None);
        memory.learn_max_session(ROLE, 20_000, Some(at(1)));
        let learnt = memory.max_sessions[ROLE];
        assert_eq!((learnt.granted, learnt.refused), (7200, Some((20_000, at(1)))));
        memory.learn_max_session(ROLE, 20_000, None);
        assert_eq!(memory.max_sessions[ROLE].refused, None, "the role was changed");
        memory.learn_max_session(ROLE, 7200, Some(at(2)));
        let learnt = memory.max_sessions[ROLE];
        assert_eq!((learnt.granted, learnt.refused), (0, Some((7200, at(2)))), "and changed back");
    }

    #[test]
    fn a_refusal_of_long_ago_says_nothing_of_a_new_one() {
        let mut memory = Memory::default();
        memory.learn_max_session(ROLE, 7200, Some(at(0)));
        let later = at(0) + SignedDuration::from_hours(24 * 30);
        memory.learn_max_session(ROLE, 43_200, Some(later));
        assert_eq!(memory.max_sessions[ROLE].refused, Some((43_200, later)));
    }

    #[test]
    fn an_hour_teaches_nothing() {
        let mut memory = Memory::default();
        memory.learn_max_session(ROLE, 3600, None);
        memory.learn_max_session(ROLE, 900, Some(at(0)));
        assert!(memory.max_sessions.is_empty());
    }
}
