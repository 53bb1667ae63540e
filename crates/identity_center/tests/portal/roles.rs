//! Credentials of roles.

use crate::desk::{Desk, START_URL, calls, open, organisation};
use hatrack_core::failure::Failure;
use hatrack_core::failure::FailureCode;
use hatrack_identity_center::{Outside, RoleCredentials, role_credentials};

const ACCOUNT: &str = "100000000000";

async fn credentials(desk: &Desk, account: &str, role: &str) -> Result<RoleCredentials, Failure> {
    role_credentials(&desk.portal, account, role, &desk.way, &desk.cache).await
}

fn role(sandbox: &hatrack_sandbox::Sandbox) -> String {
    sandbox.world().organisations[0].accounts[0].permission_sets[0].clone()
}

#[tokio::test]
async fn a_role_that_is_assigned_is_had() {
    let (sandbox, desk) = open(organisation(1));
    desk.sign_in(&sandbox).await;
    let given = credentials(&desk, ACCOUNT, &role(&sandbox)).await.unwrap();
    assert!(given.access_key_id.starts_with("ASIA"), "{given:?}");
    assert!(given.expiration > desk.way.now());
    let shown = format!("{given:?}");
    assert!(!shown.contains(given.secret_access_key.open()) && !shown.contains(given.session_token.open()));
}

#[tokio::test]
async fn a_token_that_is_not_taken_any_more_is_renewed_once() {
    let (sandbox, desk) = open(organisation(1));
    desk.sign_in(&sandbox).await;
    sandbox.portal(START_URL).end_access_tokens();
    credentials(&desk, ACCOUNT, &role(&sandbox)).await.unwrap();
    assert_eq!(calls(&sandbox, "CreateToken"), 2);
    assert_eq!(calls(&sandbox, "GetRoleCredentials"), 2);

    sandbox.portal(START_URL).end_sign_ins();
    let failure = credentials(&desk, ACCOUNT, &role(&sandbox)).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::SignInNeeded, "{failure}");
}

#[tokio::test]
async fn a_role_that_is_not_assigned_is_named() {
    let (sandbox, desk) = open(organisation(1));
    desk.sign_in(&sandbox).await;
    for (account, name) in [(ACCOUNT, "Nobody"), ("999999999999", "Admin")] {
        let failure = credentials(&desk, account, name).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::Refused, "{failure}");
        assert!(failure.happened.contains(name) && failure.happened.contains(account), "{failure}");
    }
}

#[tokio::test]
async fn nonsense_is_not_sent() {
    let (sandbox, desk) = open(organisation(1));
    desk.sign_in(&sandbox).await;
    let long = "x".repeat(65);
    for (account, name) in
        [("1", "Admin"), ("١٢٣٤٥٦٧٨٩٠١٢", "Admin"), (ACCOUNT, ""), (ACCOUNT, "a b"), (ACCOUNT, &long)]
    {
        let failure = credentials(&desk, account, name).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::Usage, "{failure}");
    }
    assert_eq!(calls(&sandbox, "GetRoleCredentials"), 0);
}

#[tokio::test]
async fn a_portal_that_is_asked_too_often_is_asked_again() {
    let (sandbox, desk) = open(organisation(1));
    desk.sign_in(&sandbox).await;
    sandbox.portal(START_URL).set_pace(2.0, 1);
    let role = role(&sandbox);
    for _ in 0..3 {
        credentials(&desk, ACCOUNT, &role).await.unwrap();
    }
}
