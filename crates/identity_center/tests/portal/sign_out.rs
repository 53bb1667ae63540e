//! The end of a sign-in.

use crate::desk::{calls, open, organisation};
use hatrack_core::failure::FailureCode;
use hatrack_identity_center::sign_out;

#[tokio::test]
async fn the_portal_is_told_and_the_token_removed() {
    let (sandbox, desk) = open(organisation(1));
    desk.sign_in(&sandbox).await;
    sign_out(&desk.portal, &desk.way, &desk.cache).await.unwrap();
    assert!(!desk.path().exists());
    assert_eq!(calls(&sandbox, "Logout"), 1);
    assert_eq!(desk.fresh(1).await.unwrap_err().code, FailureCode::SignInNeeded);
    desk.sign_in(&sandbox).await;
    assert_eq!(calls(&sandbox, "RegisterClient"), 1, "the registration stays");
    sign_out(&desk.portal, &desk.way, &desk.cache).await.unwrap();
    sign_out(&desk.portal, &desk.way, &desk.cache).await.unwrap();
    assert_eq!(calls(&sandbox, "Logout"), 2, "who isn't signed in is signed out");
}

#[tokio::test]
async fn what_the_portal_could_not_be_told_is_said() {
    let (sandbox, desk) = open(organisation(1));
    desk.sign_in(&sandbox).await;
    drop(sandbox);
    let failure = sign_out(&desk.portal, &desk.way, &desk.cache).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Unreachable);
    assert!(failure.happened.contains("removed from this machine"), "{failure}");
    assert!(!desk.path().exists());
}

#[tokio::test]
async fn a_broken_file_goes_too() {
    let (_sandbox, desk) = open(organisation(1));
    desk.put_token("x", "2000-01-01T00:00:00Z");
    std::fs::write(desk.path(), "{").unwrap();
    sign_out(&desk.portal, &desk.way, &desk.cache).await.unwrap();
    assert!(!desk.path().exists());
}
