//! Snapshots and catalogues for the tests of what is made from them.

use crate::catalogue::{Outline, OutlineAccount, Role, RoleKind};
use crate::chain::Provider;
use crate::name::{OutputProfile, PromptId, RoleId, SessionId};
use crate::snapshot::{
    Organisation, Prompt, PromptState, SessionState, SessionView, SignIn, SignInStanding, Snapshot,
};
use jiff::{SignedDuration, Timestamp};

/// The present of the tests.
pub(crate) fn now() -> Timestamp {
    "2026-03-01T09:00:00Z".parse().unwrap()
}

/// A moment of the tests' future.
pub(crate) fn in_seconds(seconds: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

pub(crate) fn role(name: &str, account: &str) -> Role {
    Role {
        id: RoleId::of_profile(name),
        name: name.to_owned(),
        account_id: format!("id of {account}"),
        account_name: account.to_owned(),
        role_name: name.to_owned(),
        kind: RoleKind::AssumeRole,
        source: "~/.aws/config".to_owned(),
        ..Role::default()
    }
}

pub(crate) fn production(mut role: Role) -> Role {
    role.tags.push("production".to_owned());
    role
}

/// The outline of a catalogue that has no more than an outline holds.
pub(crate) fn catalogue(roles: impl IntoIterator<Item = Role>) -> Outline {
    let mut outline = Outline::default();
    for role in roles {
        outline.roles += 1;
        let account = outline.accounts.iter().position(|account| account.id == role.account_id);
        let at = account.unwrap_or_else(|| {
            let (id, name) = (role.account_id.clone(), role.account_name.clone());
            outline.accounts.push(OutlineAccount { id, name, total: 0, roles: Vec::new() });
            outline.accounts.len() - 1
        });
        outline.accounts[at].total += 1;
        outline.accounts[at].roles.push(role);
    }
    outline.accounts_total = outline.accounts.len();
    outline
}

pub(crate) fn session(
    id: u64,
    role: &str,
    state: SessionState,
    expiration: Option<Timestamp>,
) -> SessionView {
    SessionView {
        id: SessionId(id),
        attempt: 1,
        role_id: RoleId::of_profile(role),
        role: role.to_owned(),
        role_name: role.to_owned(),
        account_id: "111122223333".to_owned(),
        account_name: "Acme".to_owned(),
        output_profile: Some(OutputProfile::parse("default").unwrap()),
        credentials_file: "~/.aws/credentials".to_owned(),
        region: Some("eu-central-1".to_owned()),
        state,
        arn: None,
        verified: false,
        expiration,
        since: None,
        renews: false,
        failure: None,
    }
}

pub(crate) fn prompt(sessions: &[u64]) -> Prompt {
    Prompt {
        id: PromptId(1),
        mfa_serial: "arn:aws:iam::111122223333:mfa/ada".to_owned(),
        sessions: sessions.iter().map(|id| SessionId(*id)).collect(),
        in_window: true,
        state: PromptState::Asking,
        refused: None,
        fetching: None,
        next_code_at: None,
    }
}

/// An organisation with 120 roles in 14 accounts.
pub(crate) fn organisation(name: &str, sign_in: SignInStanding) -> Organisation {
    Organisation {
        name: name.to_owned(),
        start_url: format!("https://{name}.example/start"),
        region: "eu-central-1".to_owned(),
        sign_in,
        accounts: 14,
        roles: 120,
        listed: Some(now()),
        progress: None,
        waits: false,
        failure: None,
        failed_total: 0,
        failed: Vec::new(),
        gained_total: 0,
        gained: Vec::new(),
        lost_total: 0,
        lost: Vec::new(),
    }
}

pub(crate) fn signed_in(until: Timestamp) -> SignInStanding {
    SignInStanding::SignedIn { until, renews: false }
}

pub(crate) fn sign_in(id: u64, portal: &str, sessions: &[u64]) -> SignIn {
    SignIn {
        id: PromptId(id),
        provider: Provider::IdentityCenter(portal.to_owned()),
        sessions: sessions.iter().map(|id| SessionId(*id)).collect(),
        device: None,
    }
}

pub(crate) fn snapshot(sessions: impl IntoIterator<Item = SessionView>) -> Snapshot {
    Snapshot { sessions: sessions.into_iter().collect(), ..Snapshot::default() }
}
