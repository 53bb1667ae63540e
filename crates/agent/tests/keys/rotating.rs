//! Rotations, whole and cut off anywhere.

use crate::desk::{DEVICE, Desk, ID, SECRET, ada, refusal};
use hatrack_core::failure::FailureCode;
use hatrack_sandbox::{DeniedBy, Fault, KeyStatus};
use hatrack_vault::{Facts, Kind};
use hatrack_wire::Sealed;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The calls of a rotation: CreateAccessKey, GetCallerIdentity, UpdateAccessKey, GetCallerIdentity,
/// DeleteAccessKey.
const CALLS: usize = 5;

#[tokio::test]
async fn a_rotation_leaves_one_new_key_that_works() {
    let desk = Desk::new();
    desk.add().await;
    let calls = desk.sandbox.requests().len();
    desk.rotate().await.unwrap();
    let made: Vec<_> = desk.sandbox.requests().into_iter().skip(calls).map(|call| call.action).collect();
    let expected =
        ["CreateAccessKey", "GetCallerIdentity", "UpdateAccessKey", "GetCallerIdentity", "DeleteAccessKey"];
    assert_eq!(made, expected);
    desk.assert_rotated(ID).await;
    let after = desk.keys().list().unwrap().remove(0);
    assert_eq!(after.facts.mfa_serial.as_deref(), Some(DEVICE), "what is known of the user stays");
    assert_eq!(after.facts.created, Some(desk.at_aws().await[0].created));

    let told = desk.steps.lock().unwrap().join(" ");
    let secret = desk.vaulted("work").await.unwrap().secret_access_key;
    assert!(told.contains(ID) && !told.contains(SECRET) && !told.contains(secret.open()), "{told}");
}

#[tokio::test]
async fn every_entry_with_the_old_key_gets_the_new_one() {
    let desk = Desk::new();
    desk.add().await;
    let device = Some("GAHT12345678".to_owned());
    desk.keys().add("again", ID.to_owned(), Sealed::new(SECRET), device).await.unwrap();
    desk.rotate().await.unwrap();
    let (one, other) = (desk.vaulted("work").await.unwrap(), desk.vaulted("again").await.unwrap());
    assert_eq!(one.access_key_id, other.access_key_id);
    assert_eq!(one.secret_access_key.open(), other.secret_access_key.open());
    assert_eq!(desk.names(), ["again", "work"]);
    assert!(desk.works().await);
}

#[tokio::test]
async fn a_refusal_of_any_call_leaves_a_key_that_works_and_the_next_rotation_ends_well() {
    for call in 0..CALLS {
        let desk = Desk::new();
        desk.add().await;
        desk.fail_after(call, refusal("AccessDenied"));
        let failure = desk.rotate().await.unwrap_err();
        assert!(failure.happened.ends_with('.') && failure.remedy.ends_with('.'), "{failure}");
        assert!(!format!("{failure:?}").contains(SECRET));
        assert!(desk.works().await, "call {call}");
        assert_eq!(desk.names().len(), if call == 1 { 2 } else { 1 }, "{:?}", desk.names());
        let keys = desk.at_aws().await.len();
        assert_eq!(keys, if call == 0 { 1 } else { 2 }, "call {call}");

        desk.rotate().await.unwrap();
        desk.assert_rotated(ID).await;
        let made = desk.sandbox.requests().into_iter().filter(|call| call.action == "CreateAccessKey");
        assert_eq!(made.count(), if call == 0 { 2 } else { 1 }, "no key is made beside one that is there");
    }
}

#[tokio::test]
async fn a_lost_answer_to_any_other_call_is_asked_for_again() {
    for call in 1..CALLS {
        let desk = Desk::new();
        desk.add().await;
        desk.fail_after(call, Fault::Half);
        desk.rotate().await.unwrap();
        desk.assert_rotated(ID).await;
    }
}

#[tokio::test]
async fn a_key_whose_secret_was_lost_on_the_way_is_told() {
    let desk = Desk::new();
    desk.add().await;
    desk.sandbox.fail_next(Fault::Half);
    let failure = desk.rotate().await.unwrap_err();
    assert!(failure.happened.contains("was lost") && failure.happened.contains("never used"), "{failure}");
    assert!(desk.works().await);
    let lost = desk.at_aws().await.into_iter().find(|key| key.id != ID).unwrap().id;
    assert!(failure.happened.contains(&lost), "{failure}");
    assert!(desk.sandbox.delete_access_key(&lost));
    desk.rotate().await.unwrap();
    desk.assert_rotated(ID).await;
}

#[tokio::test]
async fn a_process_that_ends_at_any_step_leaves_a_key_that_works_and_the_next_rotation_ends_well() {
    let mut step = 0;
    loop {
        let desk = Desk::new();
        desk.add().await;
        let keys = desk.keys();
        let left = AtomicUsize::new(step);
        let ended = tokio::spawn(async move {
            let told = |_| {
                if left.fetch_sub(1, Ordering::Relaxed) == 0 {
                    // Ends the task without a word, as a kill would.
                    std::panic::resume_unwind(Box::new(()));
                }
            };
            keys.rotate("work", told).await
        });
        let whole = ended.await.is_ok();
        assert!(desk.works().await, "step {step}");
        if whole {
            assert_eq!(step, 7, "as many steps as are told");
            desk.assert_rotated(ID).await;
            return;
        }
        desk.rotate().await.unwrap();
        let rotated_from = if step == 6 { "none" } else { ID };
        desk.assert_rotated(rotated_from).await;
        step += 1;
    }
}

#[tokio::test]
async fn a_copy_that_a_crash_left_beside_the_new_key_is_not_shown_and_goes() {
    let desk = Desk::new();
    desk.add().await;
    desk.fail_after(2, refusal("AccessDenied"));
    desk.rotate().await.unwrap_err();
    let key = desk.vaulted("work").await.unwrap();
    let facts = Facts::from([("access_key_id".to_owned(), key.access_key_id)]);
    let now = hatrack_agent::clock::now();
    desk.vault.put(Kind::AccessKey, "work (new)", key.secret_access_key, facts, now).await.unwrap();
    assert_eq!(desk.names(), ["work"]);
    desk.rotate().await.unwrap();
    desk.assert_rotated(ID).await;
}

#[tokio::test]
async fn a_new_key_that_aws_does_not_know_yet_is_waited_for() {
    let desk = Desk::new();
    desk.add().await;
    desk.fail_after(1, refusal("InvalidClientTokenId"));
    desk.sandbox.fail_next(refusal("InvalidClientTokenId"));
    desk.rotate().await.unwrap();
    desk.assert_rotated(ID).await;
}

#[tokio::test]
async fn a_new_key_that_aws_never_takes_does_not_replace_the_old_one() {
    let deleted = async {
        let desk = Desk::new();
        desk.add().await;
        left_beside(&desk, "AKIAGONEGONEGONEGONE").await;
        desk.rotate().await.unwrap();
        desk.assert_rotated(ID).await;
    };
    let switched_off = async {
        let other = "AKIAOFFOFFOFFOFFOFF1";
        let desk = Desk::of(ada().access_key(other, SECRET));
        desk.add().await;
        desk.sandbox.set_access_key_status(other, KeyStatus::Inactive);
        left_beside(&desk, other).await;
        let failure = desk.rotate().await.unwrap_err();
        assert!(failure.happened.contains(other) && failure.remedy.contains("Switch it on"), "{failure}");
        assert!(desk.works().await && desk.names().len() == 2);
        desk.sandbox.set_access_key_status(other, KeyStatus::Active);
        desk.rotate().await.unwrap();
        desk.assert_rotated(ID).await;
    };
    let lost_at_once = async {
        let desk = Desk::new();
        desk.add().await;
        let told = |step: String| {
            if step == "Trying the new key." {
                desk.sandbox.fail_next(Fault::Reset);
                for _ in 0..20 {
                    desk.sandbox.fail_next(refusal("InvalidClientTokenId"));
                }
            }
        };
        let failure = desk.keys().rotate("work", told).await.unwrap_err();
        assert!(failure.happened.contains("so the old one stays"), "{failure}");
        assert_eq!(desk.vaulted("work").await.unwrap().access_key_id, ID);
    };
    tokio::join!(deleted, switched_off, lost_at_once);
}

/// A key that an earlier rotation is said to have made.
async fn left_beside(desk: &Desk, id: &str) {
    let facts = Facts::from([("access_key_id".to_owned(), id.to_owned())]);
    let now = hatrack_agent::clock::now();
    desk.vault.put(Kind::AccessKey, "work (new)", Sealed::new(SECRET), facts, now).await.unwrap();
}

#[tokio::test]
async fn a_user_who_has_two_keys_is_told_which() {
    let other = "AKIAOTHEROTHEROTHER1";
    let desk = Desk::of(ada().access_key(other, "other-secret-that-nobody-sees"));
    desk.add().await;
    let failure = desk.rotate().await.unwrap_err();
    assert_eq!(failure.aws_code.as_deref(), Some("LimitExceeded"));
    for part in [ID, other, "the vault's", "never used", "used last on"] {
        assert!(failure.happened.contains(part), "{failure}");
    }
    assert!(failure.remedy.contains("delete"), "{failure}");
    assert!(desk.works().await);
    assert!(desk.sandbox.delete_access_key(other));
    desk.rotate().await.unwrap();
    desk.assert_rotated(ID).await;
}

#[tokio::test]
async fn a_user_who_may_make_no_keys_is_told_what_is_missing() {
    let desk = Desk::of(ada().denied_by("iam:CreateAccessKey", DeniedBy::IdentityPolicy));
    desk.add().await;
    let failure = desk.rotate().await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Refused);
    assert!(failure.happened.starts_with("IAM lets this key make no new one: "), "{failure}");
    assert!(failure.remedy.contains("iam:CreateAccessKey") && failure.remedy.contains("MFA"), "{failure}");
    assert!(desk.works().await);
}

#[tokio::test]
async fn a_key_that_the_vault_cannot_take_is_deleted_again() {
    let desk = Desk::new();
    desk.add().await;
    let whole = std::fs::read(desk.sealed_file()).unwrap();
    let told = |_| std::fs::write(desk.sealed_file(), "damaged").unwrap();
    let failure = desk.keys().rotate("work", told).await.unwrap_err();
    assert!(failure.happened.contains("was deleted again"), "{failure}");
    std::fs::write(desk.sealed_file(), whole).unwrap();
    assert_eq!(desk.at_aws().await.len(), 1);
    assert!(desk.works().await);
    desk.rotate().await.unwrap();
    desk.assert_rotated(ID).await;
}

#[tokio::test]
async fn an_old_key_that_somebody_else_deleted_is_no_trouble() {
    let desk = Desk::new();
    desk.add().await;
    let told = |step: String| {
        if step.starts_with("Switching") {
            assert!(desk.sandbox.delete_access_key(ID));
        }
    };
    desk.keys().rotate("work", told).await.unwrap();
    desk.assert_rotated(ID).await;
}
