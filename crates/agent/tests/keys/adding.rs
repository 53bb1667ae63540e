//! Keys that come into the vault and go, and the devices of their users.

use crate::desk::{ADA, DEVICE, Desk, ID, SECRET, ada, refusal};
use hatrack_core::chain::Origin;
use hatrack_core::failure::FailureCode;
use hatrack_sandbox::{DeniedBy, Fault};
use hatrack_vault::Kind;
use hatrack_wire::Sealed;

#[tokio::test]
async fn a_key_is_asked_after_and_kept_with_what_aws_says() {
    let desk = Desk::new();
    desk.add().await;
    let listed = desk.keys().list().unwrap();
    assert_eq!(listed.len(), 1);
    let facts = &listed[0].facts;
    assert_eq!((listed[0].name.as_str(), facts.access_key_id.as_str()), ("work", ID));
    assert_eq!(facts.account_id.as_deref(), Some("111111111111"));
    assert_eq!(facts.user_arn.as_deref(), Some(ADA));
    assert_eq!(facts.mfa_serial.as_deref(), Some(DEVICE), "the user has exactly one");
    assert!(facts.created.is_some());
    assert_eq!(desk.vault.get(Kind::AccessKey, "work").await.unwrap().unwrap().open(), SECRET);
    let shown = format!("{listed:?} {:?}", desk.keys());
    assert!(!shown.contains(SECRET), "{shown}");
}

#[tokio::test]
async fn the_device_is_told_only_where_there_is_no_doubt() {
    let two = ada().mfa_device(DEVICE, "JBSWY3DPEHPK3PXP").mfa_device("GAHT12345678", "JBSWY3DPEHPK3PXP");
    let desk = Desk::of(two);
    desk.add().await;
    assert_eq!(desk.keys().list().unwrap()[0].facts.mfa_serial, None);
    let given = Some("GAHT12345678".to_owned());
    desk.keys().add("work", ID.to_owned(), Sealed::new(SECRET), given.clone()).await.unwrap();
    assert_eq!(desk.keys().list().unwrap()[0].facts.mfa_serial, given);
}

#[tokio::test]
async fn iam_may_refuse_to_tell_and_the_key_is_kept_all_the_same() {
    let user = ada()
        .denied_by("iam:ListAccessKeys", DeniedBy::IdentityPolicy)
        .denied_by("iam:ListMFADevices", DeniedBy::IdentityPolicy);
    let desk = Desk::of(user);
    desk.add().await;
    let facts = desk.keys().list().unwrap().remove(0).facts;
    assert_eq!((facts.created, facts.mfa_serial, facts.user_arn.as_deref()), (None, None, Some(ADA)));
}

#[tokio::test]
async fn a_key_that_aws_refuses_is_not_kept() {
    let desk = Desk::new();
    let wrong = "another-secret-that-nobody-sees";
    let failure = desk.keys().add("work", ID.to_owned(), Sealed::new(wrong), None).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Refused);
    assert!(failure.happened.starts_with("The key was not put into the vault. The secret"), "{failure}");
    assert!(!format!("{failure:?}").contains(wrong));
    let other = "AKIANOBODYNOBODYNOBO".to_owned();
    let failure = desk.keys().add("work", other, Sealed::new(SECRET), None).await.unwrap_err();
    assert!(failure.happened.contains("AWS doesn't know the access key"), "{failure}");
    assert_eq!(desk.vault.entries().unwrap(), []);
}

#[tokio::test]
async fn without_a_way_to_aws_the_key_is_kept_as_it_is_and_what_was_known_stays() {
    let desk = Desk::new();
    desk.offline().add("work", ID.to_owned(), Sealed::new(SECRET), None).await.unwrap();
    let facts = desk.keys().list().unwrap().remove(0).facts;
    assert_eq!((facts.access_key_id.as_str(), facts.user_arn), (ID, None));

    desk.add().await;
    let known = desk.keys().list().unwrap().remove(0).facts;
    desk.offline().add("work", ID.to_owned(), Sealed::new(SECRET), None).await.unwrap();
    assert_eq!(desk.keys().list().unwrap().remove(0).facts, known);
}

#[tokio::test]
async fn a_name_is_taken_once_and_must_be_one() {
    let desk = Desk::new();
    desk.add().await;
    let other = "AKIAADAADAADAADAADA2".to_owned();
    let failure = desk.keys().add("work", other, Sealed::new(SECRET), None).await.unwrap_err();
    assert!(failure.happened.contains(ID) && failure.remedy.contains("hat key remove work"), "{failure}");
    let calls = desk.sandbox.requests().len();
    for bad in ["", "a b", "x]\n[evil", "\u{202e}krow", "__proto__", &"x".repeat(200)] {
        let failure = desk.keys().add(bad, ID.to_owned(), Sealed::new(SECRET), None).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::Usage, "{bad:?}");
        assert!(!failure.to_string().contains(['\n', '\u{202e}']), "{failure:?}");
        assert_eq!(desk.keys().rotate(bad, |_| ()).await.unwrap_err().code, FailureCode::NotFound);
        assert_eq!(desk.keys().export(bad).await.unwrap_err().code, FailureCode::NotFound);
        assert_eq!(desk.keys().remove(bad).await.unwrap_err().code, FailureCode::NotFound);
        assert_eq!(desk.keys().import(bad, true).await.unwrap_err().code, FailureCode::Usage);
    }
    assert_eq!((desk.sandbox.requests().len(), desk.names()), (calls, vec!["work".to_owned()]));
}

#[tokio::test]
async fn what_is_removed_is_gone_from_the_vault_and_from_nowhere_else() {
    let desk = Desk::new();
    desk.add().await;
    let calls = desk.sandbox.requests().len();
    desk.keys().remove("work").await.unwrap();
    assert_eq!(desk.vault.entries().unwrap(), []);
    assert_eq!(desk.sandbox.requests().len(), calls, "AWS isn't asked for anything");
    let failure = desk.keys().remove("work").await.unwrap_err();
    assert_eq!(failure.code, FailureCode::NotFound);
    desk.add().await;
    assert!(desk.works().await);
}

#[tokio::test]
async fn the_devices_of_a_user_are_found_by_the_vaults_key_and_by_a_plain_one() {
    let desk = Desk::new();
    desk.add().await;
    let by_vault = desk.keys().devices(&Origin::Vault { name: "work".to_owned() }).await.unwrap();
    assert!(by_vault.len() == 1 && by_vault[0].0 == DEVICE && by_vault[0].1.is_some(), "{by_vault:?}");

    let text = format!("[plain]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n");
    std::fs::write(desk.credentials_file(), text).unwrap();
    let plain = Origin::StaticKeys { profile: "plain".to_owned() };
    assert_eq!(desk.keys().devices(&plain).await.unwrap(), by_vault);

    let nobody = Origin::Vault { name: "nobody".to_owned() };
    assert_eq!(desk.keys().devices(&nobody).await.unwrap_err().code, FailureCode::NotFound);
    desk.sandbox.fail_next(refusal("AccessDenied"));
    assert_eq!(desk.keys().devices(&plain).await.unwrap_err().code, FailureCode::Refused);
    desk.sandbox.fail_next(Fault::CaptivePage);
    assert_eq!(desk.keys().devices(&plain).await.unwrap_err().code, FailureCode::Unreachable);
}
