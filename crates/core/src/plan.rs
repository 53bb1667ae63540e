//! Which calls lead to a role's credentials, in which order, how long each lives, and which of
//! them needs a person: decided before anything is called.

mod explain;
mod known;

#[cfg(test)]
mod tests;

pub use explain::{PlanStep, PlanView, Renewal, explain};
pub use known::{Identity, Known, MaxSession, Source, SourceKey, SourceKind, WorldId};

use crate::chain::{Chain, Ending, Hop, Origin, Provider, SessionOptions};
use crate::failure::{Failure, FailureCode};
use crate::name::shown;
use jiff::Timestamp;

/// The longest session of a role that is assumed with temporary credentials, in seconds
/// (role chaining, AWS's reference of AssumeRole).
pub const CHAINED_SECONDS: u32 = 3600;

/// The only length of a session of AssumeRoot, in seconds.
pub const ROOT_SECONDS: u32 = 900;

/// What every role allows, in seconds: the least that MaxSessionDuration can be.
pub(crate) const ALWAYS_ALLOWED_SECONDS: u32 = 3600;

/// What STS gives a role where nobody asks for more, in seconds.
const DEFAULT_SECONDS: u32 = 3600;

/// The shortest session that STS gives, in seconds.
const LEAST_SECONDS: u32 = 900;

/// What STS gives a user where nobody asks for more, in seconds.
const USER_SECONDS: u32 = 43_200;

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
    /// AssumeRoleWithWebIdentity, with the token that the origin yields.
    AssumeRoleWithWebIdentity(Hop),
    /// AssumeRoleWithSAML, with the assertion that the provider gave.
    AssumeRoleWithSaml {
        /// The role.
        hop: Hop,
        /// PrincipalArn; `None`: as the assertion says.
        principal_arn: Option<String>,
    },
    /// GetFederationToken.
    GetFederationToken {
        /// Name.
        name: String,
        /// Policies and tags.
        session: SessionOptions,
    },
    /// AssumeRoot.
    AssumeRoot {
        /// TargetPrincipal.
        account_id: String,
        /// The name of the task policy.
        task_policy: String,
    },
}

impl Plan {
    /// The MFA device whose code the plan needs.
    pub fn mfa_serial(&self) -> Option<&str> {
        self.calls.iter().find_map(|call| call.mfa_serial.as_deref())
    }

    /// The provider at which a person must sign in first.
    pub fn sign_in(&self, known: &Known, now: Timestamp) -> Option<Provider> {
        match &self.start {
            Start::Origin(origin) => origin.provider().filter(|provider| !known.is_signed_in(provider, now)),
            Start::Source(_) => None,
        }
    }

    /// Whether the plan ends with the root user of an account, which a person confirms each time.
    pub fn is_root(&self) -> bool {
        self.calls.iter().any(|call| matches!(call.operation, Operation::AssumeRoot { .. }))
    }

    /// Whether nobody has to do anything for it.
    pub fn is_silent(&self, known: &Known, now: Timestamp) -> bool {
        self.mfa_serial().is_none() && self.sign_in(known, now).is_none() && !self.is_root()
    }
}

/// Plans the way to a role, beginning as late on its chain as the live sources allow.
///
/// `wanted` is the life that the person asked for, in seconds. What STS would refuse is refused
/// here: more than an hour of a chained role, more than a role is known to allow. A profile that
/// asks for too much gets what there is.
pub fn plan(
    world: WorldId,
    chain: &Chain,
    wanted: Option<u32>,
    known: &Known,
    now: Timestamp,
) -> Result<Plan, Failure> {
    Planner { world, chain, wanted, known, now }.plan()
}

/// The GetSessionToken session that serves this chain, if one can and people want them: the first
/// hop needs a code, and an hour is enough.
pub fn session_token(world: WorldId, chain: &Chain, wanted: Option<u32>, known: &Known) -> Option<Source> {
    known.session_token_seconds?;
    let first = chain.hops.first()?;
    let mfa_serial = first.mfa_serial.clone()?;
    let asked =
        if chain.hops.len() == 1 { wanted.or(first.duration_seconds) } else { first.duration_seconds };
    (chain.origin.is_user() && asked.unwrap_or(DEFAULT_SECONDS) <= CHAINED_SECONDS).then(|| Source {
        world,
        origin: chain.origin.clone(),
        kind: SourceKind::SessionToken { mfa_serial },
    })
}

/// The plan that obtains a GetSessionToken session with a code.
pub fn plan_session_token(source: &Source, mfa_serial: &str, known: &Known) -> Plan {
    Plan {
        world: source.world,
        start: Start::Origin(source.origin.clone()),
        calls: vec![call_session_token(source, mfa_serial, known)],
    }
}

fn call_session_token(source: &Source, mfa_serial: &str, known: &Known) -> Call {
    Call {
        operation: Operation::GetSessionToken,
        duration_seconds: known.session_token_seconds.unwrap_or(USER_SECONDS),
        mfa_serial: Some(mfa_serial.to_owned()),
        keep: Some(source.clone()),
    }
}

struct Planner<'a> {
    world: WorldId,
    chain: &'a Chain,
    wanted: Option<u32>,
    known: &'a Known,
    now: Timestamp,
}

impl Planner<'_> {
    fn plan(&self) -> Result<Plan, Failure> {
        self.check_wanted()?;
        let hops = &self.chain.hops;
        let stations = if self.chain.ending == Ending::AsItIs { 1..hops.len() } else { 1..hops.len() + 1 };
        let live = |source: &Source| self.known.is_live(source, self.now);
        let by_code = session_token(self.world, self.chain, self.wanted, self.known);
        let mut calls = Vec::with_capacity(hops.len() + 1);
        let (start, first, from_session_token) =
            match stations.rev().find(|length| live(&self.station(*length))) {
                Some(length) => (Start::Source(self.station(length)), length, false),
                None => match by_code {
                    Some(source) if live(&source) => (Start::Source(source), 0, true),
                    Some(source) => {
                        let serial = hops.first().and_then(|hop| hop.mfa_serial.as_deref());
                        calls.push(call_session_token(&source, serial.unwrap_or_default(), self.known));
                        (Start::Origin(self.chain.origin.clone()), 0, true)
                    }
                    None => (Start::Origin(self.chain.origin.clone()), 0, false),
                },
            };
        let mut code_asked = from_session_token;
        for index in first..hops.len() {
            calls.push(self.hop(index, from_session_token, &mut code_asked)?);
        }
        calls.extend(self.ending());
        Ok(Plan { world: self.world, start, calls })
    }

    /// The role at the end of the first hops, as a source of others.
    fn station(&self, length: usize) -> Source {
        Source {
            world: self.world,
            origin: self.chain.origin.clone(),
            kind: SourceKind::Role { hops: self.chain.hops[..length].to_vec() },
        }
    }

    fn hop(&self, index: usize, from_session_token: bool, code_asked: &mut bool) -> Result<Call, Failure> {
        let hop = &self.chain.hops[index];
        let is_end = index + 1 == self.chain.hops.len() && self.chain.ending == Ending::AsItIs;
        let asked = if is_end { self.wanted.or(hop.duration_seconds) } else { hop.duration_seconds };
        let seconds = asked.unwrap_or(DEFAULT_SECONDS);
        let chained = index > 0 || from_session_token || self.begins_with_session();
        let most = if chained { CHAINED_SECONDS } else { u32::MAX };
        let allowed = match self.known.most_seconds(&hop.role_arn, self.now) {
            Some(allowed) if seconds > allowed => {
                match (
                    is_end && self.wanted.is_some(),
                    self.known.is_refused(&hop.role_arn, seconds, self.now),
                ) {
                    (true, true) => return Err(over_maximum(hop, seconds, allowed)),
                    // Between what was granted and what was refused only AWS knows: a person may ask.
                    (true, false) => u32::MAX,
                    (false, _) => allowed,
                }
            }
            Some(_) | None => u32::MAX,
        };
        let mfa_serial = if *code_asked { None } else { hop.mfa_serial.clone() };
        *code_asked |= mfa_serial.is_some();
        Ok(Call {
            operation: match (&self.chain.origin, index) {
                (Origin::WebIdentity { .. }, 0) => Operation::AssumeRoleWithWebIdentity(hop.clone()),
                (Origin::Saml { principal_arn, .. }, 0) => {
                    Operation::AssumeRoleWithSaml { hop: hop.clone(), principal_arn: principal_arn.clone() }
                }
                (
                    Origin::StaticKeys { .. }
                    | Origin::Process { .. }
                    | Origin::Environment
                    | Origin::Ec2InstanceMetadata
                    | Origin::EcsContainer
                    | Origin::Vault { .. }
                    | Origin::IdentityCenter { .. }
                    | Origin::Login { .. }
                    | Origin::WebIdentity { .. }
                    | Origin::Saml { .. },
                    _,
                ) => Operation::AssumeRole(hop.clone()),
            },
            duration_seconds: seconds.min(most).min(allowed),
            mfa_serial,
            keep: (!is_end).then(|| self.station(index + 1)),
        })
    }

    fn ending(&self) -> Option<Call> {
        let call = |operation, duration_seconds, mfa_serial| {
            Some(Call { operation, duration_seconds, mfa_serial, keep: None })
        };
        match &self.chain.ending {
            Ending::AsItIs => None,
            Ending::SessionToken { mfa_serial, duration_seconds, .. } => call(
                Operation::GetSessionToken,
                self.wanted.or(*duration_seconds).unwrap_or(USER_SECONDS),
                mfa_serial.clone(),
            ),
            Ending::FederationToken { name, session, duration_seconds } => call(
                Operation::GetFederationToken { name: name.clone(), session: session.clone() },
                self.wanted.or(*duration_seconds).unwrap_or(USER_SECONDS),
                None,
            ),
            Ending::Root { account_id, task_policy } => call(
                Operation::AssumeRoot { account_id: account_id.clone(), task_policy: task_policy.clone() },
                ROOT_SECONDS,
                None,
            ),
        }
    }

    /// Refuses what STS would refuse whatever the role.
    fn check_wanted(&self) -> Result<(), Failure> {
        let Some(wanted) = self.wanted else { return Ok(()) };
        let (most, why, remedy) = match &self.chain.ending {
            Ending::AsItIs if self.chain.hops.is_empty() => return Ok(()),
            Ending::AsItIs if self.chain.hops.len() > 1 || self.begins_with_session() => (
                CHAINED_SECONDS,
                "A role that is assumed through another role or a temporary session lives an hour at most.",
                "Ask for --duration 1h or less, or use a profile that assumes the role directly.",
            ),
            Ending::AsItIs => (
                43_200,
                "A role's session lives 12 hours at most.",
                "Ask for a duration between 15m and 12h.",
            ),
            Ending::SessionToken { .. } | Ending::FederationToken { .. } => (
                129_600,
                "A session of a user lives 36 hours at most.",
                "Ask for a duration between 15m and 36h.",
            ),
            Ending::Root { .. } => (
                ROOT_SECONDS,
                "A session of a root user lives 15 minutes.",
                "Ask for --duration 15m, or for none.",
            ),
        };
        if wanted > most {
            return Err(Failure::new(FailureCode::Refused, why, remedy));
        }
        if wanted < LEAST_SECONDS {
            let why = "A session of AWS lives 15 minutes at least.";
            return Err(Failure::new(FailureCode::Refused, why, "Ask for --duration 15m or more."));
        }
        Ok(())
    }

    /// Whether the chain begins with credentials that are temporary for certain.
    fn begins_with_session(&self) -> bool {
        match &self.chain.origin {
            Origin::Ec2InstanceMetadata
            | Origin::EcsContainer
            | Origin::IdentityCenter { .. }
            | Origin::Login { .. } => true,
            Origin::StaticKeys { .. }
            | Origin::Process { .. }
            | Origin::Environment
            | Origin::Vault { .. }
            | Origin::WebIdentity { .. }
            | Origin::Saml { .. } => false,
        }
    }
}

fn over_maximum(hop: &Hop, seconds: u32, allowed: u32) -> Failure {
    Failure::new(
        FailureCode::DurationRefused,
        format!(
            "{} doesn't allow {}: AWS refused as much before (MaxSessionDuration), and {} is allowed.",
            shown(hop.role_arn.role_name()),
            explain::duration(seconds),
            explain::duration(allowed),
        ),
        "Ask for less, or have the role's maximum session duration raised; Hatrack asks again after a week.",
    )
}
