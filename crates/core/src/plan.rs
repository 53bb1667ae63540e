//! Which calls lead to a role's credentials, in which order, how long each lives, and which of
//! them needs a code: decided before anything is called.

use crate::chain::{Chain, Hop, Origin};
use crate::failure::{Failure, FailureCode};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// The longest session of a role that is assumed with temporary credentials, in seconds
/// (role chaining, AWS's reference of AssumeRole).
pub const CHAINED_SECONDS: u32 = 3600;

/// What STS gives where nobody asks for more, in seconds.
const DEFAULT_SECONDS: u32 = 3600;

/// How long a GetSessionToken session is asked for, in seconds: STS's own default.
const SESSION_TOKEN_SECONDS: u32 = 43_200;

/// How much life credentials need to be worth beginning with.
const WORTH_USING: SignedDuration = SignedDuration::from_secs(60);

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

/// The sources that are in memory, with the end of each.
pub type Sources = BTreeMap<SourceKey, Timestamp>;

/// A [`Source`] as a key of a map.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceKey(String);

impl Source {
    /// The source as a key: equal sources, and only they, have equal keys.
    pub fn key(&self) -> SourceKey {
        SourceKey(format!("{self:?}"))
    }
}

/// The calls that lead to a role's credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The world that the calls are made in.
    pub world: WorldId,
    /// Where the first credentials come from.
    pub start: Start,
    /// The calls, each with the credentials that the one before gave.
    pub calls: Vec<Call>,
}

/// Where a plan's first credentials come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// They are read anew.
    Origin(Origin),
    /// They are in memory.
    Source(Source),
}

/// One call to STS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The operation.
    pub operation: Operation,
    /// DurationSeconds.
    pub duration_seconds: u32,
    /// The MFA device whose code goes with the call.
    pub mfa_serial: Option<String>,
    /// What the result is kept as, where more roles can begin with it.
    pub keep: Option<Source>,
}

/// The operation of a [`Call`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// GetSessionToken.
    GetSessionToken,
    /// AssumeRole.
    AssumeRole(Hop),
}

impl Plan {
    /// The MFA device whose code the plan needs.
    pub fn mfa_serial(&self) -> Option<&str> {
        self.calls.iter().find_map(|call| call.mfa_serial.as_deref())
    }
}

/// Plans the way to a role, beginning as late on its chain as the live sources allow.
///
/// `wanted` is the life that the person asked for, in seconds. More than an hour of a chained role
/// is refused, as STS would refuse it; a profile that asks for more gets the hour.
pub fn plan(
    world: WorldId,
    chain: &Chain,
    wanted: Option<u32>,
    sources: &Sources,
    now: Timestamp,
) -> Result<Plan, Failure> {
    let live =
        |source: &Source| sources.get(&source.key()).is_some_and(|end| end.duration_since(now) > WORTH_USING);
    let station = |length: usize| Source {
        world,
        origin: chain.origin.clone(),
        kind: SourceKind::Role { hops: chain.hops[..length].to_vec() },
    };
    let last = chain.hops.len().saturating_sub(1);
    let chained_refused = wanted.is_some_and(|seconds| seconds > CHAINED_SECONDS) && last > 0;
    if chained_refused {
        return Err(Failure::new(
            FailureCode::Refused,
            "A role that is assumed through another role lives an hour at most.",
            "Ask for --duration 1h or less, or use a profile that assumes the role directly.",
        ));
    }

    let (start, first, from_session_token) = match (1..=last).rev().find(|length| live(&station(*length))) {
        Some(length) => (Start::Source(station(length)), length, false),
        None => match session_token(world, chain, wanted).filter(live) {
            Some(source) => (Start::Source(source), 0, true),
            None => (Start::Origin(chain.origin.clone()), 0, false),
        },
    };

    let mut code_asked = from_session_token;
    let calls = (first..chain.hops.len())
        .map(|index| {
            let hop = &chain.hops[index];
            let asked = if index == last { wanted.or(hop.duration_seconds) } else { hop.duration_seconds };
            let seconds = asked.unwrap_or(DEFAULT_SECONDS);
            let chained = index > 0 || from_session_token;
            let mfa_serial = if code_asked { None } else { hop.mfa_serial.clone() };
            code_asked |= mfa_serial.is_some();
            Call {
                operation: Operation::AssumeRole(hop.clone()),
                duration_seconds: if chained { seconds.min(CHAINED_SECONDS) } else { seconds },
                mfa_serial,
                keep: (index < last).then(|| station(index + 1)),
            }
        })
        .collect();
    Ok(Plan { world, start, calls })
}

/// The GetSessionToken session that would serve this chain, if one can: the first hop needs a
/// code, and an hour is enough.
pub fn session_token(world: WorldId, chain: &Chain, wanted: Option<u32>) -> Option<Source> {
    let first = chain.hops.first()?;
    let mfa_serial = first.mfa_serial.clone()?;
    let asked =
        if chain.hops.len() == 1 { wanted.or(first.duration_seconds) } else { first.duration_seconds };
    let user = match chain.origin {
        Origin::StaticKeys { .. } | Origin::Process { .. } | Origin::Environment => true,
        Origin::Ec2InstanceMetadata
        | Origin::EcsContainer
        | Origin::WebIdentity { .. }
        | Origin::IdentityCenter { .. }
        | Origin::Login { .. } => false,
    };
    (user && asked.unwrap_or(DEFAULT_SECONDS) <= CHAINED_SECONDS).then(|| Source {
        world,
        origin: chain.origin.clone(),
        kind: SourceKind::SessionToken { mfa_serial },
    })
}

/// The plan that obtains a GetSessionToken session with a code.
pub fn plan_session_token(source: &Source, mfa_serial: &str) -> Plan {
    Plan {
        world: source.world,
        start: Start::Origin(source.origin.clone()),
        calls: vec![Call {
            operation: Operation::GetSessionToken,
            duration_seconds: SESSION_TOKEN_SECONDS,
            mfa_serial: Some(mfa_serial.to_owned()),
            keep: Some(source.clone()),
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arn::RoleArn;

    const WORLD: WorldId = WorldId(1);

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    fn hop(name: &str, mfa: bool, seconds: Option<u32>) -> Hop {
        Hop {
            profile: name.to_owned(),
            role_arn: RoleArn::parse(&format!("arn:aws:iam::123456789012:role/{name}")).unwrap(),
            external_id: None,
            mfa_serial: mfa.then(|| "arn:aws:iam::123456789012:mfa/ann".to_owned()),
            duration_seconds: seconds,
            role_session_name: None,
            region: None,
        }
    }

    fn chain(hops: Vec<Hop>) -> Chain {
        Chain { origin: Origin::StaticKeys { profile: "base".to_owned() }, hops }
    }

    fn planned(chain: &Chain, wanted: Option<u32>, sources: &Sources) -> Plan {
        plan(WORLD, chain, wanted, sources, now()).unwrap()
    }

    #[test]
    fn a_direct_role_takes_the_code_in_its_call_and_lives_up_to_twelve_hours() {
        let plan = planned(&chain(vec![hop("a", true, Some(900))]), Some(43_200), &Sources::new());
        assert_eq!(plan.calls.len(), 1);
        assert_eq!(plan.calls[0].duration_seconds, 43_200);
        assert_eq!(plan.mfa_serial(), Some("arn:aws:iam::123456789012:mfa/ann"));
        assert_eq!(plan.calls[0].keep, None);
    }

    #[test]
    fn a_chained_role_gets_the_hour_and_its_station_is_kept() {
        let chain = chain(vec![hop("jump", true, Some(7200)), hop("b", false, Some(43_200))]);
        let plan = planned(&chain, None, &Sources::new());
        let seconds: Vec<_> = plan.calls.iter().map(|call| call.duration_seconds).collect();
        assert_eq!(seconds, [7200, 3600]);
        assert!(plan.calls[0].keep.is_some());
    }

    #[test]
    fn more_than_the_hour_of_a_chain_is_refused_before_a_call_is_wasted() {
        let chain = chain(vec![hop("jump", false, None), hop("b", false, None)]);
        let failure = plan(WORLD, &chain, Some(3601), &Sources::new(), now()).unwrap_err();
        assert_eq!(failure.code, FailureCode::Refused);
    }

    #[test]
    fn a_live_station_spares_the_code() {
        let chain = chain(vec![hop("jump", true, None), hop("b", false, None)]);
        let station = planned(&chain, None, &Sources::new()).calls[0].keep.clone().unwrap();
        let end = now() + SignedDuration::from_mins(10);
        let plan = planned(&chain, None, &Sources::from([(station.key(), end)]));
        assert_eq!(plan.start, Start::Source(station.clone()));
        assert_eq!(plan.mfa_serial(), None);
        let nearly_over = Sources::from([(station.key(), now() + SignedDuration::from_secs(30))]);
        assert!(planned(&chain, None, &nearly_over).mfa_serial().is_some());
    }

    #[test]
    fn a_session_token_serves_roles_of_an_hour_and_no_longer_ones() {
        let chain = chain(vec![hop("a", true, None)]);
        let source = session_token(WORLD, &chain, None).unwrap();
        let sources = Sources::from([(source.key(), now() + SignedDuration::from_hours(11))]);
        assert_eq!(planned(&chain, None, &sources).mfa_serial(), None);
        assert!(planned(&chain, Some(7200), &sources).mfa_serial().is_some());
        let other_world = plan(WorldId(2), &chain, None, &sources, now()).unwrap();
        assert!(other_world.mfa_serial().is_some());
    }
}
