//! A user's own keys and devices, in an IAM that checks signatures and quotas.

use crate::stage::{Act, Stage, answer, caller, keys, refusal, world};
use hatrack_agent::credentials::Credentials;
use hatrack_agent::iam::Iam;
use hatrack_agent::world::ProfileEndpoint;
use hatrack_core::failure::FailureCode;
use hatrack_sandbox::{Account, Sandbox, User};
use hatrack_wire::Sealed;
use jiff::SignedDuration;

const DEVICE: &str = "arn:aws:iam::111111111111:mfa/ada";

#[tokio::test]
async fn a_key_is_made_looked_at_switched_off_and_deleted() {
    let ada =
        User::new("ada").access_key("AKIAADAADAADAADA", "ada-secret").mfa_device(DEVICE, "JBSWY3DPEHPK3PXP");
    let sandbox = Sandbox::start(
        hatrack_sandbox::World::default().account(Account::new("111111111111", "People").user(ada)),
    );
    let url = sandbox.endpoint();
    let (caller, profile) = (caller(), ProfileEndpoint::default());
    let world = world(&[("AWS_ENDPOINT_URL_IAM", &url), ("AWS_REGION", "eu-west-1")]);
    let own = Credentials {
        access_key_id: "AKIAADAADAADAADA".to_owned(),
        secret_access_key: Sealed::new("ada-secret"),
        session_token: None,
        expiration: None,
    };
    let iam = Iam { caller: &caller, world: &world, profile: &profile, credentials: &own };
    // The clock is learnt from IAM's answers too.
    sandbox.set_clock_offset(SignedDuration::from_hours(-12));
    let user = iam.get_user(None).await.unwrap();
    assert_eq!((user.name.as_str(), user.arn.as_str()), ("ada", "arn:aws:iam::111111111111:user/ada"));
    assert!(caller.clock_offset() < SignedDuration::from_hours(-11));
    let devices = iam.list_mfa_devices(Some("ada")).await.unwrap();
    assert!(devices.len() == 1 && devices[0].serial == DEVICE && devices[0].enabled.is_some(), "{devices:?}");

    let made = iam.create_access_key(None).await.unwrap();
    assert!(made.key.active && made.key.id.starts_with("AKIA") && made.secret.open().len() >= 30);
    let quota = iam.create_access_key(None).await.unwrap_err();
    assert!(quota.happened.starts_with("IAM allows no more of them"), "{quota}");
    assert_eq!(quota.aws_code.as_deref(), Some("LimitExceeded"));
    iam.update_access_key(None, &made.key.id, false).await.unwrap();
    let listed = iam.list_access_keys(None).await.unwrap();
    let states: Vec<_> = listed.iter().map(|key| (key.id == made.key.id, key.active)).collect();
    assert!(states.len() == 2 && states.contains(&(true, false)) && states.contains(&(false, true)));
    assert!(iam.get_access_key_last_used("AKIAADAADAADAADA").await.unwrap().at.is_some());
    iam.delete_access_key(None, &made.key.id).await.unwrap();
    assert_eq!(iam.list_access_keys(None).await.unwrap().len(), 1);
    let gone = iam.delete_access_key(None, &made.key.id).await.unwrap_err();
    assert_eq!((gone.code, gone.aws_code.as_deref()), (FailureCode::NotFound, Some("NoSuchEntity")));
}

#[tokio::test]
async fn a_key_is_never_made_twice_and_a_question_is_asked_again() {
    let stage = Stage::plain(|_, _| refusal(500, "ServiceFailure", "oops")).await;
    let (caller, profile, world, keys) = (caller(), ProfileEndpoint::default(), stage.world(), keys());
    let iam = Iam { caller: &caller, world: &world, profile: &profile, credentials: &keys };
    let failure = iam.create_access_key(None).await.unwrap_err();
    assert_eq!((failure.code, stage.heard().len()), (FailureCode::Unreachable, 1));
    assert_eq!(failure.request_id.as_deref(), Some("0f1e2d3c-request"));
    let failure = iam.get_user(None).await.unwrap_err();
    assert!(failure.happened.contains("trouble of its own (status 500)"), "{failure}");
    assert_eq!(stage.heard().len(), 6, "five tries are enough");
}

#[tokio::test]
async fn what_iam_would_never_say_is_not_believed() {
    let stage =
        Stage::plain(|_, _| Act::Answer(answer(200, "content-type: text/html\r\n", "<html>Sign in</html>")))
            .await;
    let (caller, profile, world, keys) = (caller(), ProfileEndpoint::default(), stage.world(), keys());
    let iam = Iam { caller: &caller, world: &world, profile: &profile, credentials: &keys };
    let failure = iam.list_access_keys(None).await.unwrap_err();
    assert!(failure.happened.contains("not as AWS does"), "{failure}");
    assert_eq!(iam.get_user(Some("a b")).await.unwrap_err().code, FailureCode::Usage);
    assert_eq!(iam.delete_access_key(None, "x").await.unwrap_err().code, FailureCode::Usage);
    assert_eq!(stage.heard().len(), 1);
}
