//! The access portal (`sso`): accounts, roles, credentials, and the end of a sign-in.

use super::fault::PortalFault;
use super::state::State;
use super::{Operation, answered, is_elsewhere, throttled};
use crate::answer::AwsError;
use crate::aws::{Aws, Holder, PermissionSetSession};
use crate::query::Params;
use crate::services::Answer;
use crate::world::{AssignedAccount, Organisation, Person};
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The most entries of a page, and how many there are where nothing is said.
const PAGE: usize = 100;

/// How often a call that hangs looks whether the portal is mended.
const GLANCE: Duration = Duration::from_millis(20);

/// What is done for a caller.
type Perform = fn(&Aws, &Caller<'_>, &Params, &[PortalFault]) -> Result<Answer, AwsError>;

/// Who calls.
pub(super) struct Caller<'a> {
    portal: usize,
    organisation: &'a Organisation,
    person: &'a Person,
    /// Which of the sign-ins.
    sign_in: usize,
}

/// Answers one call, or refuses it: first whoever has no token, then whoever comes too early.
pub(super) async fn answer(
    aws: &Aws,
    operation: Operation,
    parts: &Parts,
    perform: Perform,
) -> Result<Answer, AwsError> {
    let caller = authenticate(aws, parts)?;
    let latency = {
        let mut state = aws.identity_center.state();
        let portal = &mut state.portals[caller.portal];
        let in_time = portal.bucket.take(Instant::now());
        let count = portal.counts.entry(operation).or_default();
        count.calls += 1;
        count.throttled += u64::from(!in_time);
        if !in_time {
            return Err(throttled(operation));
        }
        portal.latency
    };
    if !latency.is_zero() {
        sleep(latency).await;
    }
    let params = Params::parse(parts.uri.query().unwrap_or_default().as_bytes())
        .map_err(|_| invalid("The request's query can't be read."))?;
    let about = params.get("account_id");
    let faults = aws.identity_center.state().portals[caller.portal].faults.clone();
    let mut bad_json = false;
    for fault in faults.iter().filter(|fault| about.is_some() && fault.account_id() == about) {
        match fault {
            PortalFault::Account { status, code, .. } => {
                return Err(AwsError::new(*status, code, "The sandbox was told to refuse this account."));
            }
            PortalFault::Hang { .. } => mended(aws, &caller, fault).await,
            PortalFault::BadJson { .. } => bad_json = true,
            PortalFault::EndlessPages | PortalFault::Duplicates => {}
        }
    }
    let mut answer = perform(aws, &caller, &params, &faults)?;
    if bad_json {
        let half = answer.body.floor_char_boundary(answer.body.len() / 2);
        answer.body.truncate(half);
    }
    Ok(answer)
}

/// Waits as long as a fault is there.
async fn mended(aws: &Aws, caller: &Caller<'_>, fault: &PortalFault) {
    while aws.identity_center.state().portals[caller.portal].faults.contains(fault) {
        sleep(GLANCE).await;
    }
}

fn authenticate<'a>(aws: &'a Aws, parts: &Parts) -> Result<Caller<'a>, AwsError> {
    let unauthorized = || AwsError::new(401, "UnauthorizedException", "Session token not found or invalid");
    let token = parts.headers.get("x-amz-sso_bearer_token").and_then(|token| token.to_str().ok());
    let now = aws.clock.now();
    let mut state = aws.identity_center.state();
    let token = state.access_tokens.get(token.unwrap_or_default()).ok_or_else(unauthorized)?;
    let (at, expires) = (token.sign_in, token.expires);
    let portal = state.sign_ins[at].portal;
    if let Some(left) = state.portals[portal].calls_left {
        state.portals[portal].calls_left = left.checked_sub(1);
        if left == 0 {
            state.end_sign_ins(portal, now);
        }
    }
    let sign_in = &state.sign_ins[at];
    let organisation = &aws.world.organisations[portal];
    if now >= expires.min(sign_in.until) || is_elsewhere(parts, &organisation.region) {
        return Err(unauthorized());
    }
    if !sign_in.opens_portal {
        return Err(forbidden());
    }
    let person = organisation.people.iter().find(|person| person.name == sign_in.person);
    Ok(Caller { portal, organisation, person: person.ok_or_else(unauthorized)?, sign_in: at })
}

/// ListAccounts.
pub(super) fn accounts(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    faults: &[PortalFault],
) -> Result<Answer, AwsError> {
    let state = aws.identity_center.state();
    let all = state.portals[caller.portal].accounts.iter();
    let copies = if faults.contains(&PortalFault::Duplicates) { 2 } else { 1 };
    let seen = all.filter(|account| caller.person.sees(&account.id));
    let seen = seen.flat_map(|account| std::iter::repeat_n(account, copies));
    let (page, mut next) = page(seen, params, "")?;
    if faults.contains(&PortalFault::EndlessPages) {
        next = Some(mark("", 0));
    }
    let page: Vec<_> = page.into_iter().map(account_info).collect();
    Ok(answered(&json!({ "nextToken": next, "accountList": page })))
}

fn account_info(account: &AssignedAccount) -> Value {
    let mut info = json!({ "accountId": account.id, "accountName": account.name });
    if !account.email.is_empty() {
        info["emailAddress"] = Value::from(account.email.as_str());
    }
    info
}

/// ListAccountRoles.
pub(super) fn roles(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    _faults: &[PortalFault],
) -> Result<Answer, AwsError> {
    let state = aws.identity_center.state();
    let account = assigned(&state, caller, params)?;
    let (page, next) = page(account.permission_sets.iter(), params, &account.id)?;
    let role = |name: &String| json!({ "roleName": name, "accountId": account.id });
    let page: Vec<_> = page.into_iter().map(role).collect();
    Ok(answered(&json!({ "nextToken": next, "roleList": page })))
}

/// GetRoleCredentials.
pub(super) fn credentials(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    _faults: &[PortalFault],
) -> Result<Answer, AwsError> {
    let role = params.get("role_name").ok_or_else(|| invalid("role_name is missing"))?;
    let account_id = {
        let state = aws.identity_center.state();
        let account = assigned(&state, caller, params)?;
        if !account.permission_sets.iter().any(|name| name == role) {
            return Err(forbidden());
        }
        account.id.clone()
    };
    let organisation = caller.organisation;
    let account = aws.account(&account_id, organisation.partition());
    let holder = Holder::PermissionSet(PermissionSetSession {
        partition: organisation.partition(),
        role_path: organisation.role_path(),
        role_name: organisation.role_name(&account_id, role),
        account_id,
        user_name: caller.person.name.clone(),
    });
    let session = aws.issue(&account, organisation.role_session_duration, 0, holder);
    Ok(answered(&json!({ "roleCredentials": {
        "accessKeyId": session.access_key_id,
        "secretAccessKey": session.secret.expose_secret(),
        "sessionToken": session.token.expose_secret(),
        "expiration": session.expiration.as_millisecond(),
    } })))
}

/// Logout: every token of the sign-in ends.
pub(super) fn logout(
    aws: &Aws,
    caller: &Caller<'_>,
    _params: &Params,
    _faults: &[PortalFault],
) -> Result<Answer, AwsError> {
    let now = aws.clock.now();
    aws.identity_center.state().sign_ins[caller.sign_in].until = now;
    Ok(Answer { content_type: "application/json", ..Answer::default() })
}

/// The account that the parameters name, if something in it is assigned to the caller.
fn assigned<'s>(
    state: &'s State,
    caller: &Caller<'_>,
    params: &Params,
) -> Result<&'s AssignedAccount, AwsError> {
    let id = params.get("account_id").ok_or_else(|| invalid("account_id is missing"))?;
    let account = state.portals[caller.portal].accounts.iter().find(|account| account.id == id);
    let account =
        account.ok_or_else(|| AwsError::new(404, "ResourceNotFoundException", "Account not found"))?;
    if caller.person.sees(id) { Ok(account) } else { Err(forbidden()) }
}

/// The entries of the page that is asked for, and the mark of the next one.
fn page<T>(
    all: impl Iterator<Item = T>,
    params: &Params,
    of: &str,
) -> Result<(Vec<T>, Option<String>), AwsError> {
    let size = params.get("max_result").map_or(Ok(PAGE), str::parse);
    let size = size.ok().filter(|size| (1..=PAGE).contains(size));
    let size = size.ok_or_else(|| invalid("max_result must be between 1 and 100"))?;
    let from = match params.get("next_token") {
        None => 0,
        Some(text) => read_mark(text, of).ok_or_else(|| invalid("Invalid next_token"))?,
    };
    let mut rest = all.skip(from);
    let page: Vec<T> = rest.by_ref().take(size).collect();
    let next = rest.next().map(|_| mark(of, from + size));
    Ok((page, next))
}

/// A mark that only says where to go on, and in which list.
fn mark(of: &str, from: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("{of}:{from}"))
}

fn read_mark(text: &str, of: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    text.strip_prefix(of)?.strip_prefix(':')?.parse().ok()
}

fn invalid(words: &str) -> AwsError {
    AwsError::new(400, "InvalidRequestException", words)
}

fn forbidden() -> AwsError {
    AwsError::new(403, "ForbiddenException", "No access")
}
