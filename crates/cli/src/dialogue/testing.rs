//! Sessions and prompts to vary in tests.

use hatrack_core::chain::Provider;
use hatrack_core::name::{OutputProfile, PromptId, RoleId, SessionId};
use hatrack_core::snapshot::{Prompt, PromptState, SessionState, SessionView, SignIn};

/// A session to vary.
pub(crate) fn session(id: u64, state: SessionState) -> SessionView {
    SessionView {
        id: SessionId(id),
        attempt: 1,
        role_id: RoleId::of_profile("Admin"),
        role: "Admin".to_owned(),
        role_name: "Admin".to_owned(),
        account_id: "123456789012".to_owned(),
        account_name: "Shop".to_owned(),
        output_profile: Some(OutputProfile::parse("work").unwrap()),
        credentials_file: "/home/eve/.aws/credentials".to_owned(),
        region: None,
        state,
        arn: None,
        verified: false,
        expiration: None,
        since: None,
        renews: false,
        failure: None,
    }
}

/// A prompt to vary.
pub(crate) fn prompt(sessions: &[u64], state: PromptState) -> Prompt {
    Prompt {
        id: PromptId(9),
        mfa_serial: "eve's phone".to_owned(),
        sessions: sessions.iter().copied().map(SessionId).collect(),
        in_window: false,
        state,
        refused: None,
        fetching: None,
        next_code_at: None,
    }
}

/// A sign-in that these wait for.
pub(crate) fn sign_in(sessions: &[u64]) -> SignIn {
    SignIn {
        device: None,
        id: PromptId(9),
        provider: Provider::Saml("company".to_owned()),
        sessions: sessions.iter().copied().map(SessionId).collect(),
    }
}
