//! Making the calls of a plan, one with the credentials that the one before gave.

mod federated;

use crate::credentials::Credentials;
use crate::files::Files;
use crate::identity_center::Center;
use crate::origin;
use crate::sign_in::{Held, Way};
use crate::sts::{
    AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, AssumeRoot, Caller, GetFederationToken,
    GetSessionToken, Granted as Answer,
};
use crate::world::{ProfileEndpoint, World};
use hatrack_core::chain::{Hop, Origin, Provider};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::plan::{Call, Identity, Operation, Plan, SourceKey, Start};
use hatrack_core::session::Grant;
use hatrack_core::state::Granted;
use hatrack_vault::{Kind, Vault, fact};
use hatrack_wire::Sealed;
use jiff::Timestamp;
use std::sync::Arc;

/// What a plan's calls are made with.
pub struct Tools {
    /// The caller's world.
    pub world: World,
    /// What its files hold.
    pub files: Arc<Files>,
    /// The way to STS.
    pub caller: Caller,
    /// Where long-term keys and refresh tokens are kept.
    pub vault: Vault,
    /// The way to organisations' portals.
    pub center: Center,
    /// The clock.
    pub clock: crate::clock::Clock,
    /// The credentials of the source that the plan starts with, if it starts with one.
    pub source: Option<Credentials>,
    /// The sign-in that the plan starts with, if somebody is signed in.
    pub held: Option<(Held, Timestamp)>,
    /// The code of the plan's device, if it needs one.
    pub code: Option<Sealed>,
    /// The template of RoleSessionName where a profile has none.
    pub session_name: String,
    /// Who is at this machine, to fill in `{user}`.
    pub user: String,
    /// This machine, to fill in `{host}`.
    pub host: String,
}

impl Tools {
    /// The way to providers.
    fn way(&self) -> Way {
        Way { world: self.world.clone(), clock: self.clock.clone(), center: self.center.clone() }
    }
}

/// What a plan's calls gave.
pub struct Performed {
    /// What the state learns of it.
    pub granted: Granted,
    /// The credentials at the plan's end.
    pub credentials: Credentials,
    /// The credentials of the sources that were obtained on the way.
    pub sources: Vec<(SourceKey, Credentials)>,
    /// The sign-in that was renewed on the way.
    pub renewed: Option<Renewed>,
}

/// A sign-in that was renewed without a person.
pub struct Renewed {
    /// At which provider.
    pub provider: Provider,
    /// What it gave; `None`: the cache that the AWS CLI shares has it.
    pub held: Option<Held>,
    /// How long it lasts.
    pub identity: Identity,
}

/// Why a plan's calls came to nothing.
#[derive(Debug)]
pub struct Refused {
    /// What a person reads.
    pub failure: Failure,
    /// The role of the call that failed, and the seconds that it asked for.
    pub over: Option<(String, u32)>,
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self { failure, over: None }
    }
}

/// Makes the calls of a plan in their order; `now` is when they begin.
pub async fn perform(plan: &Plan, mut tools: Tools, now: Timestamp) -> Result<Performed, Refused> {
    let mut renewed = None;
    let mut credentials = first(plan, &mut tools, &mut renewed).await?;
    let end = credentials.as_ref().and_then(|first| first.expiration).unwrap_or(Timestamp::MAX);
    let mut granted = Granted {
        grant: Grant { arn: None, since: now, expiration: end },
        kept: Vec::new(),
        durations: Vec::new(),
    };
    let mut sources = Vec::new();
    for call in &plan.calls {
        let role = role_of(&call.operation);
        let answer =
            one(plan, call, &mut tools, credentials.as_ref(), &mut renewed).await.map_err(|failure| {
                Refused { failure, over: role.map(|arn| (arn.to_owned(), call.duration_seconds)) }
            })?;
        let expiration = answer.credentials.expiration.ok_or_else(no_expiration)?;
        if let Some(source) = &call.keep {
            granted.kept.push((source.clone(), expiration));
            sources.push((source.key(), answer.credentials.clone()));
        }
        if let Some(arn) = role {
            granted.durations.push((arn.to_owned(), call.duration_seconds));
        }
        granted.grant.arn = answer.arn;
        granted.grant.expiration = expiration;
        credentials = Some(answer.credentials);
    }
    let credentials = credentials.ok_or_else(source_is_gone)?;
    if credentials.session_token.is_none() {
        return Err(only_temporary().into());
    }
    Ok(Performed { granted, credentials, sources, renewed })
}

/// The credentials that the first call is signed with; a federated call isn't.
async fn first(
    plan: &Plan,
    tools: &mut Tools,
    renewed: &mut Option<Renewed>,
) -> Result<Option<Credentials>, Failure> {
    let origin = match &plan.start {
        Start::Source(_) => return tools.source.take().map(Some).ok_or_else(source_is_gone),
        Start::Origin(origin) => origin,
    };
    match origin {
        Origin::WebIdentity { .. } | Origin::Saml { .. } => Ok(None),
        Origin::Vault { name } => from_vault(&tools.vault, name).await.map(Some),
        Origin::IdentityCenter { portal, account_id, role_name } => {
            let (credentials, identity) =
                tools.center.role_credentials(portal, account_id, role_name).await?;
            let provider = Provider::IdentityCenter(portal.name().to_owned());
            *renewed = Some(Renewed { provider, held: None, identity });
            Ok(Some(credentials))
        }
        Origin::StaticKeys { .. }
        | Origin::Process { .. }
        | Origin::Environment
        | Origin::Ec2InstanceMetadata
        | Origin::EcsContainer
        | Origin::Login { .. } => {
            let files = Arc::clone(&tools.files);
            origin::load(&tools.world, origin, move |profile| files.static_keys(profile)).await.map(Some)
        }
    }
}

/// The long-term key with this name in the vault.
pub async fn from_vault(vault: &Vault, name: &str) -> Result<Credentials, Failure> {
    let gone = || {
        Failure::new(
            FailureCode::NotFound,
            format!("The vault has no access key called {}.", hatrack_core::name::shown(name)),
            "See hat key list for those that there are.",
        )
    };
    // From the vault itself, as a rotation may have changed the key since the files were read.
    let entry = vault.entries()?.into_iter().find(|it| it.kind == Kind::AccessKey && it.name == name);
    let entry = entry.ok_or_else(gone)?;
    let secret = vault.get(Kind::AccessKey, name).await?.ok_or_else(gone)?;
    Ok(Credentials {
        access_key_id: entry.facts.get(fact::ACCESS_KEY_ID).cloned().ok_or_else(gone)?,
        secret_access_key: secret,
        session_token: None,
        expiration: None,
    })
}

async fn one(
    plan: &Plan,
    call: &Call,
    tools: &mut Tools,
    credentials: Option<&Credentials>,
    renewed: &mut Option<Renewed>,
) -> Result<Answer, Failure> {
    let mfa = match &call.mfa_serial {
        Some(serial) => Some((serial.clone(), tools.code.take().ok_or_else(code_is_gone)?)),
        None => None,
    };
    let duration_seconds = Some(call.duration_seconds);
    let signed = || credentials.ok_or_else(source_is_gone);
    match &call.operation {
        Operation::AssumeRole(hop) => {
            let request = AssumeRole {
                role_arn: hop.role_arn.as_str().to_owned(),
                session_name: session_name(hop, tools),
                duration_seconds,
                external_id: hop.external_id.clone(),
                mfa,
                tags: hop.session.tags.clone(),
                transitive_tag_keys: hop.session.transitive_tag_keys.clone(),
                source_identity: hop.session.source_identity.clone(),
                policy: hop.session.policy.clone(),
                policy_arns: hop.session.policy_arns.clone(),
            };
            let endpoint = tools.files.endpoint(&hop.profile);
            tools.caller.assume_role(&tools.world, &endpoint, signed()?, &request).await
        }
        Operation::GetSessionToken => {
            let request = GetSessionToken { duration_seconds, mfa };
            let endpoint = tools.files.origin_endpoint(&plan.start);
            tools.caller.get_session_token(&tools.world, &endpoint, signed()?, &request).await
        }
        Operation::AssumeRoleWithWebIdentity(hop) => {
            let (token, provider_id) = federated::token(plan, tools, renewed).await?;
            let request = AssumeRoleWithWebIdentity {
                role_arn: hop.role_arn.as_str().to_owned(),
                session_name: session_name(hop, tools),
                token,
                provider_id,
                duration_seconds,
                policy: hop.session.policy.clone(),
                policy_arns: hop.session.policy_arns.clone(),
            };
            let endpoint = tools.files.endpoint(&hop.profile);
            tools.caller.assume_role_with_web_identity(&tools.world, &endpoint, &request).await
        }
        Operation::AssumeRoleWithSaml { hop, principal_arn } => {
            let (assertion, principal, most) = federated::assertion(
                tools,
                provider_of(plan),
                hop.role_arn.as_str(),
                principal_arn.as_deref(),
            )?;
            let request = AssumeRoleWithSaml {
                role_arn: hop.role_arn.as_str().to_owned(),
                principal_arn: principal,
                assertion,
                duration_seconds: Some(most.map_or(call.duration_seconds, |most| {
                    // The provider's wish counts where the person has none.
                    if hop.duration_seconds.is_none() && call.duration_seconds == 3600 {
                        most
                    } else {
                        call.duration_seconds
                    }
                })),
                policy: hop.session.policy.clone(),
                policy_arns: hop.session.policy_arns.clone(),
            };
            let endpoint = tools.files.endpoint(&hop.profile);
            tools.caller.assume_role_with_saml(&tools.world, &endpoint, &request).await
        }
        Operation::GetFederationToken { name, session } => {
            let request = GetFederationToken {
                name: name.clone(),
                duration_seconds,
                policy: session.policy.clone(),
                policy_arns: session.policy_arns.clone(),
                tags: session.tags.clone(),
            };
            let endpoint = tools.files.origin_endpoint(&plan.start);
            tools.caller.get_federation_token(&tools.world, &endpoint, signed()?, &request).await
        }
        Operation::AssumeRoot { account_id, task_policy } => {
            let request = AssumeRoot {
                target_principal: account_id.clone(),
                task_policy_arn: format!("arn:aws:iam::aws:policy/root-task/{task_policy}"),
                duration_seconds,
            };
            let endpoint = tools.files.origin_endpoint(&plan.start);
            tools.caller.assume_root(&tools.world, &endpoint, signed()?, &request).await
        }
    }
}

fn provider_of(plan: &Plan) -> Option<&str> {
    match &plan.start {
        Start::Origin(Origin::Saml { provider, .. }) => Some(provider),
        Start::Origin(_) | Start::Source(_) => None,
    }
}

fn role_of(operation: &Operation) -> Option<&str> {
    match operation {
        Operation::AssumeRole(hop)
        | Operation::AssumeRoleWithWebIdentity(hop)
        | Operation::AssumeRoleWithSaml { hop, .. } => Some(hop.role_arn.as_str()),
        Operation::GetSessionToken | Operation::GetFederationToken { .. } | Operation::AssumeRoot { .. } => {
            None
        }
    }
}

/// Whose a live session's credentials are.
pub async fn verify(
    caller: &Caller,
    world: &World,
    endpoint: &ProfileEndpoint,
    credentials: &Credentials,
) -> Result<hatrack_core::state::Caller, Failure> {
    let identity = caller.get_caller_identity(world, endpoint, credentials).await?;
    Ok(hatrack_core::state::Caller { account_id: identity.account, arn: identity.arn })
}

/// RoleSessionName: the profile's template, else the settings', with user and host filled in.
fn session_name(hop: &Hop, tools: &Tools) -> String {
    let template = hop.role_session_name.as_deref().unwrap_or(&tools.session_name);
    filled_session_name(template, &tools.user, &tools.host)
}
/// Fills in a template of RoleSessionName; what STS would not take becomes `-`.
///
/// STS takes 2 to 64 characters of `[\w+=,.@-]`.
pub fn filled_session_name(template: &str, user: &str, host: &str) -> String {
    let filled = template.replace("{user}", user).replace("{host}", host);
    let accepted = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    let name: String = filled.chars().map(|c| if accepted(c) { c } else { '-' }).take(64).collect();
    if name.len() < 2 { "hatrack".to_owned() } else { name }
}

fn source_is_gone() -> Failure {
    Failure::new(
        FailureCode::Refused,
        "The credentials that this role begins with were dropped meanwhile.",
        "Activate the role again.",
    )
}

fn code_is_gone() -> Failure {
    Failure::new(
        FailureCode::Cancelled,
        "The code was taken back before it was sent.",
        "Activate the role again.",
    )
}

fn only_temporary() -> Failure {
    Failure::new(
        FailureCode::Refused,
        "What this profile begins with is a long-term key, which is never delivered.",
        "Give the profile a role_arn, or its user's mfa_serial for a session of the user.",
    )
}

fn no_expiration() -> Failure {
    Failure::new(
        FailureCode::Unreachable,
        "AWS's answer doesn't say when the credentials end.",
        "Try again; if it stays so, look at AWS_ENDPOINT_URL and at your proxy.",
    )
}

#[cfg(test)]
mod tests {
    use super::filled_session_name;

    #[test]
    fn a_session_name_says_who_and_where_from() {
        assert_eq!(filled_session_name("{user}@{host}", "ann", "desk.example"), "ann@desk.example");
    }

    #[test]
    fn what_sts_would_not_take_is_replaced() {
        assert_eq!(filled_session_name("{user}@{host}", "анна b", "h"), "-----b@h");
        assert_eq!(filled_session_name("", "ann", "h"), "hatrack");
        assert_eq!(filled_session_name(&"x".repeat(80), "", "").len(), 64);
    }
}
