//! What the agent of these tests publishes.

use hatrack_core::catalogue::{Outline, OutlineAccount, Role, RoleKind};
use hatrack_core::name::{OutputProfile, PromptId, RoleId, SessionId};
use hatrack_core::snapshot::{
    About, Notice, NoticeKind, Organisation, Progress, Prompt, PromptState, SessionState, SessionView,
    SignInStanding,
};
use jiff::{SignedDuration, Timestamp};

/// Two roles of one account.
pub(crate) fn outline() -> Outline {
    outline_of(vec![account("Acme", &["dev_1", "ops"])])
}

/// What a listing has found after so many accounts of one role each.
pub(crate) fn found(accounts: usize) -> Outline {
    outline_of((0..accounts).map(|number| account(&format!("Account {number}"), &["Admin"])).collect())
}

fn outline_of(accounts: Vec<OutlineAccount>) -> Outline {
    let roles = accounts.iter().map(|account| account.total).sum();
    let accounts_total = accounts.len();
    Outline { revision: 1, roles, accounts_total, mentioned: Vec::new(), accounts }
}

fn account(name: &str, roles: &[&str]) -> OutlineAccount {
    let roles: Vec<Role> = roles.iter().map(|name| role(name)).collect();
    OutlineAccount { id: name.to_owned(), name: name.to_owned(), total: roles.len(), roles }
}

/// An organisation where this is how somebody is signed in.
pub(crate) fn organisation(name: &str, sign_in: SignInStanding) -> Organisation {
    Organisation {
        name: name.to_owned(),
        start_url: "https://acme.example/start".to_owned(),
        region: "eu-central-1".to_owned(),
        sign_in,
        accounts: 14,
        roles: 120,
        listed: None,
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

/// An organisation where somebody is signed in and a listing is so far.
pub(crate) fn listing(name: &str, progress: Option<Progress>) -> Organisation {
    let standing = SignInStanding::SignedIn { until: in_an_hour(), renews: true };
    Organisation { progress, ..organisation(name, standing) }
}

/// What is told when a sign-in ends.
pub(crate) fn sign_in_ended(id: u64, portal: &str) -> Notice {
    let about = About::Organisation { name: portal.to_owned(), gained: 0, lost: 0 };
    Notice { id, at: in_an_hour(), kind: NoticeKind::SignInEnded, about, failure: None }
}

/// An active session of the first role that ends in an hour.
pub(crate) fn active(id: u64) -> SessionView {
    SessionView { state: SessionState::Active, expiration: Some(in_an_hour()), ..failed(id) }
}

/// A failed session of the first role.
pub(crate) fn failed(id: u64) -> SessionView {
    SessionView {
        id: SessionId(id),
        attempt: 1,
        role_id: RoleId::of_profile("dev_1"),
        role: "dev_1".to_owned(),
        role_name: "Dev".to_owned(),
        account_id: "111122223333".to_owned(),
        account_name: "Acme".to_owned(),
        output_profile: Some(profile()),
        credentials_file: "~/.aws/credentials".to_owned(),
        region: None,
        state: SessionState::Failed,
        arn: None,
        expiration: None,
        since: None,
        verified: true,
        renews: false,
        failure: None,
    }
}

/// A prompt that wants a window.
pub(crate) fn prompt() -> Prompt {
    Prompt {
        id: PromptId(1),
        mfa_serial: "arn:aws:iam::111122223333:mfa/ada".to_owned(),
        sessions: vec![SessionId(1)],
        in_window: true,
        state: PromptState::Asking,
        refused: None,
        fetching: None,
        next_code_at: None,
    }
}

/// A notice of the present about the first role.
pub(crate) fn notice(id: u64, kind: NoticeKind, account: &str) -> Notice {
    Notice {
        id,
        at: in_an_hour(),
        kind,
        about: About::Session {
            session: SessionId(1),
            role_id: RoleId::of_profile("dev_1"),
            role: "dev_1".to_owned(),
            account_name: account.to_owned(),
            output_profile: Some(profile()),
            expiration: Some(in_an_hour()),
        },
        failure: None,
    }
}

fn role(name: &str) -> Role {
    Role {
        id: RoleId::of_profile(name),
        name: name.to_owned(),
        account_id: "111122223333".to_owned(),
        account_name: "Acme".to_owned(),
        role_name: name.to_owned(),
        kind: RoleKind::AssumeRole,
        source: "~/.aws/config".to_owned(),
        ..Role::default()
    }
}

fn profile() -> OutputProfile {
    OutputProfile::parse("default").unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the real tray counts down by the real clock")]
fn in_an_hour() -> Timestamp {
    Timestamp::now().checked_add(SignedDuration::from_secs(3600)).unwrap()
}
