//! What a plan can build on: live sources, sign-ins, and what was learnt of roles.

use super::ALWAYS_ALLOWED_SECONDS;
use crate::arn::RoleArn;
use crate::chain::{Hop, Origin, Provider};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How much life credentials need to be worth beginning with.
const WORTH_USING: SignedDuration = SignedDuration::from_secs(60);

/// How long a refused duration is remembered: administrators change roles.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The files, endpoints and keys that a caller's environment chose; the agent numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorldId(pub u64);

/// Credentials that are kept in memory because more roles can begin with them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// The world in which they were obtained.
    pub world: WorldId,
    /// Where they began.
    pub origin: Origin,
    /// What they are.
    pub kind: SourceKind,
}

/// What the credentials of a [`Source`] are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// A GetSessionToken session that carries the presence of this MFA device.
    SessionToken {
        /// The device.
        mfa_serial: String,
    },
    /// The role at the end of these hops, a station on the way to others.
    Role {
        /// The hops.
        hops: Vec<Hop>,
    },
}

/// A [`Source`] as a key of a map.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey(String);

impl Source {
    /// The source as a key: equal sources, and only they, have equal keys.
    pub fn key(&self) -> SourceKey {
        SourceKey(format!("{self:?}"))
    }
}

/// What a plan can build on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The sources that are in memory, with the end of each.
    pub sources: BTreeMap<SourceKey, Timestamp>,
    /// The providers at which somebody is signed in.
    pub identities: BTreeMap<Provider, Identity>,
    /// What was learnt of roles' MaxSessionDuration, by the role's ARN.
    pub max_sessions: BTreeMap<String, MaxSession>,
    /// How long a GetSessionToken session lives that serves all roles behind an MFA device, in
    /// seconds; `None`: each role takes a code of its own.
    pub session_token_seconds: Option<u32>,
}

/// A sign-in at an outside provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// When its token or assertion ends.
    pub end: Timestamp,
    /// Whether a new one can be had without a person.
    pub refreshable: bool,
}

/// What was learnt of a role's MaxSessionDuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaxSession {
    /// The longest session that was granted, in seconds.
    pub granted: u32,
    /// The shortest that was refused, in seconds, and when.
    pub refused: Option<(u32, Timestamp)>,
}

impl MaxSession {
    /// The shortest session that was refused, in seconds, if that is worth remembering.
    pub(crate) fn refused_lately(&self, now: Timestamp) -> Option<u32> {
        self.refused.filter(|(_, at)| now.duration_since(*at) < REMEMBERED).map(|(seconds, _)| seconds)
    }
}

impl Known {
    pub(super) fn is_live(&self, source: &Source, now: Timestamp) -> bool {
        self.sources.get(&source.key()).is_some_and(|end| end.duration_since(now) > WORTH_USING)
    }

    pub(crate) fn is_signed_in(&self, provider: &Provider, now: Timestamp) -> bool {
        self.identities
            .get(provider)
            .is_some_and(|identity| identity.refreshable || identity.end.duration_since(now) > WORTH_USING)
    }

    /// Whether a session of this many seconds, or a shorter one, was refused lately for a role.
    pub(super) fn is_refused(&self, role: &RoleArn, seconds: u32, now: Timestamp) -> bool {
        let refused = self.max_sessions.get(role.as_str()).and_then(|learnt| learnt.refused_lately(now));
        refused.is_some_and(|refused| refused <= seconds)
    }

    /// The longest session of a role that is known to be allowed, if a longer one was refused
    /// lately. An hour always is.
    pub(super) fn most_seconds(&self, role: &RoleArn, now: Timestamp) -> Option<u32> {
        let learnt = self.max_sessions.get(role.as_str())?;
        let refused = learnt.refused_lately(now)?;
        Some(learnt.granted.min(refused.saturating_sub(1)).max(ALWAYS_ALLOWED_SECONDS))
    }
}
