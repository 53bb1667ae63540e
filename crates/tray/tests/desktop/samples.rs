//! What the agent of these tests publishes.

use hatrack_core::catalogue::{Outline, OutlineAccount, Role, RoleKind};
use hatrack_core::name::{OutputProfile, PromptId, RoleId, SessionId};
use hatrack_core::snapshot::{About, Notice, NoticeKind, Prompt, PromptState, SessionState, SessionView};
use jiff::{SignedDuration, Timestamp};

/// Two roles of one account.
pub(crate) fn outline() -> Outline {
    let roles = ["dev_1", "ops"].map(role).to_vec();
    let (id, name) = ("111122223333".to_owned(), "Acme".to_owned());
    Outline {
        revision: 1,
        roles: 2,
        accounts_total: 1,
        mentioned: Vec::new(),
        accounts: vec![OutlineAccount { id, name, total: 2, roles }],
    }
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
        output_profile: profile(),
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
            output_profile: profile(),
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
