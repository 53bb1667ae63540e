//! Making the calls of a plan, one with the credentials that the one before gave.

use crate::credentials::Credentials;
use crate::files::Files;
use crate::origin;
use crate::sts::{AssumeRole, Caller, GetSessionToken};
use crate::world::World;
use hatrack_core::chain::Hop;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::plan::{Operation, Plan, SourceKey, Start};
use hatrack_core::session::Grant;
use hatrack_core::state::Granted;
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
    /// The credentials of the source that the plan starts with, if it starts with one.
    pub source: Option<Credentials>,
    /// The code of the plan's device, if it needs one.
    pub code: Option<Sealed>,
    /// RoleSessionName where a profile names none.
    pub session_name: String,
}

/// What a plan's calls gave.
pub struct Performed {
    /// What the state learns of it.
    pub granted: Granted,
    /// The credentials at the plan's end.
    pub credentials: Credentials,
    /// The credentials of the sources that were obtained on the way.
    pub sources: Vec<(SourceKey, Credentials)>,
}

/// Makes the calls of a plan in their order; `now` is when they begin.
pub async fn perform(plan: &Plan, mut tools: Tools, now: Timestamp) -> Result<Performed, Failure> {
    let mut credentials = match &plan.start {
        Start::Source(_) => tools.source.take().ok_or_else(source_is_gone)?,
        Start::Origin(origin) => {
            let files = Arc::clone(&tools.files);
            origin::load(&tools.world, origin, move |profile| files.static_keys(profile)).await?
        }
    };
    let mut granted = Granted {
        grant: Grant { arn: None, since: now, expiration: credentials.expiration.unwrap_or(Timestamp::MAX) },
        kept: Vec::new(),
    };
    let mut sources = Vec::new();
    for call in &plan.calls {
        let mfa = match &call.mfa_serial {
            Some(serial) => Some((serial.clone(), tools.code.take().ok_or_else(code_is_gone)?)),
            None => None,
        };
        let (given, arn) = match &call.operation {
            Operation::AssumeRole(hop) => {
                let request = AssumeRole {
                    role_arn: hop.role_arn.as_str().to_owned(),
                    session_name: session_name(hop, &tools.session_name),
                    duration_seconds: Some(call.duration_seconds),
                    external_id: hop.external_id.clone(),
                    mfa,
                };
                let endpoint = tools.files.endpoint(&hop.profile);
                let granted =
                    tools.caller.assume_role(&tools.world, &endpoint, &credentials, &request).await?;
                (granted.credentials, Some(granted.arn))
            }
            Operation::GetSessionToken => {
                let request = GetSessionToken { duration_seconds: Some(call.duration_seconds), mfa };
                let endpoint = tools.files.origin_endpoint(&plan.start);
                let given =
                    tools.caller.get_session_token(&tools.world, &endpoint, &credentials, &request).await?;
                (given, None)
            }
        };
        let expiration = given.expiration.ok_or_else(no_expiration)?;
        if let Some(source) = &call.keep {
            granted.kept.push((source.clone(), expiration));
            sources.push((source.key(), given.clone()));
        }
        granted.grant.arn = arn;
        granted.grant.expiration = expiration;
        credentials = given;
    }
    Ok(Performed { granted, credentials, sources })
}

/// RoleSessionName: the profile's, else the settings' template with user and host filled in.
fn session_name(hop: &Hop, default: &str) -> String {
    hop.role_session_name.clone().unwrap_or_else(|| default.to_owned())
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
