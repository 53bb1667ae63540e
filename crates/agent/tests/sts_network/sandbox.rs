//! A story with an STS that checks signatures, codes, trust and durations.

use crate::stage::{caller, world};
use hatrack_agent::credentials::Credentials;
use hatrack_agent::sts::{AssumeRole, Caller, GetSessionToken, Granted, Patience};
use hatrack_agent::world::{ProfileEndpoint, World};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_sandbox::{Account, Fault, Role, Sandbox, User};
use hatrack_wire::Sealed;
use jiff::SignedDuration;
use std::time::Duration;

const DEVICE: &str = "arn:aws:iam::111111111111:mfa/ada";
const ADA: &str = "arn:aws:iam::111111111111:user/ada";
const ADMIN: &str = "arn:aws:iam::222222222222:role/Admin";
const DEPLOY: &str = "arn:aws:iam::222222222222:role/Deploy";

struct Story {
    sandbox: Sandbox,
    world: World,
    caller: Caller,
    keys: Credentials,
}

impl Story {
    fn begin() -> Self {
        let ada = User::new("ada").access_key("AKIAADA", "ada-secret").mfa_device(DEVICE, "JBSWY3DPEHPK3PXP");
        let sandbox = Sandbox::start(
            hatrack_sandbox::World::default()
                .account(Account::new("111111111111", "People").user(ada))
                .account(
                    Account::new("222222222222", "Work")
                        .role(Role::new("Admin").trusts(ADA).with_mfa().max_session_duration(7200))
                        .role(
                            Role::new("Deploy")
                                .trusts(ADMIN)
                                .external_id("ticket-7")
                                .max_session_duration(7200),
                        ),
                ),
        );
        let url = sandbox.endpoint();
        let world = world(&[("AWS_ENDPOINT_URL", &url), ("AWS_REGION", "eu-west-1")]);
        let keys = Credentials {
            access_key_id: "AKIAADA".to_owned(),
            secret_access_key: Sealed::new("ada-secret"),
            session_token: None,
            expiration: None,
        };
        Self { sandbox, world, caller: caller(), keys }
    }

    fn code(&self) -> Sealed {
        Sealed::new(self.sandbox.code_now(DEVICE).unwrap().code)
    }

    async fn assume(&self, keys: &Credentials, call: &AssumeRole) -> Result<Granted, Failure> {
        self.caller.assume_role(&self.world, &ProfileEndpoint::default(), keys, call).await
    }
}

fn call(role_arn: &str, code: Option<Sealed>) -> AssumeRole {
    AssumeRole {
        role_arn: role_arn.to_owned(),
        session_name: "ada@desk".to_owned(),
        duration_seconds: Some(3600),
        mfa: code.map(|code| (DEVICE.to_owned(), code)),
        ..AssumeRole::default()
    }
}

#[tokio::test]
async fn from_keys_and_a_code_over_a_role_to_the_next() {
    let story = Story::begin();
    let admin = story.assume(&story.keys, &call(ADMIN, Some(story.code()))).await.unwrap();
    assert_eq!(admin.arn.as_deref(), Some("arn:aws:sts::222222222222:assumed-role/Admin/ada@desk"));
    let right = AssumeRole { external_id: Some("ticket-7".to_owned()), ..call(DEPLOY, None) };
    let deploy = story.assume(&admin.credentials, &right).await.unwrap();
    let identity = story
        .caller
        .get_caller_identity(&story.world, &ProfileEndpoint::default(), &deploy.credentials)
        .await
        .unwrap();
    assert_eq!(identity.arn, "arn:aws:sts::222222222222:assumed-role/Deploy/ada@desk");
    assert_eq!(identity.account, "222222222222");

    let long = AssumeRole { duration_seconds: Some(7200), ..right };
    let failure = story.assume(&admin.credentials, &long).await.unwrap_err();
    assert!(failure.happened.contains("an hour at most"), "{failure}");
    let failure = story.assume(&admin.credentials, &call(DEPLOY, None)).await.unwrap_err();
    assert!(failure.remedy.contains("ExternalId"), "{failure}");
    let failure = story.assume(&story.keys, &call(ADMIN, None)).await.unwrap_err();
    assert!(failure.remedy.contains("mfa_serial"), "{failure}");
}

#[tokio::test]
async fn a_code_works_once_and_a_wrong_one_never() {
    let story = Story::begin();
    let code = story.code();
    story.assume(&story.keys, &call(ADMIN, Some(code.clone()))).await.unwrap();
    let wrong = if code.open() == "000000" { "000001" } else { "000000" };
    for refused in [code, Sealed::new(wrong)] {
        let failure = story.assume(&story.keys, &call(ADMIN, Some(refused))).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::CodeRefused, "{failure}");
    }
    assert_eq!(story.sandbox.requests().len(), 3);
}

#[tokio::test]
async fn a_session_token_comes_with_a_code() {
    let story = Story::begin();
    let call = GetSessionToken { duration_seconds: Some(900), mfa: Some((DEVICE.to_owned(), story.code())) };
    let session = story
        .caller
        .get_session_token(&story.world, &ProfileEndpoint::default(), &story.keys, &call)
        .await
        .unwrap()
        .credentials;
    assert!(session.session_token.is_some() && session.expiration.is_some());
    let by_session = self::call(ADMIN, None);
    story.assume(&session, &by_session).await.unwrap();
}

#[tokio::test]
async fn keys_and_clocks_that_are_wrong_are_told_apart() {
    let story = Story::begin();
    let mistyped = Credentials { secret_access_key: Sealed::new("other"), ..story.keys.clone() };
    let failure = story.assume(&mistyped, &call(ADMIN, Some(story.code()))).await.unwrap_err();
    assert!(failure.happened.contains("secret access key"), "{failure}");
    let unknown = Credentials { access_key_id: "AKIAOTHER".to_owned(), ..story.keys.clone() };
    let failure = story.assume(&unknown, &call(ADMIN, Some(story.code()))).await.unwrap_err();
    assert!(failure.happened.contains("doesn't know the access key"), "{failure}");
}

#[tokio::test]
async fn a_clock_that_is_half_a_day_off_is_corrected_without_losing_the_code() {
    for hours in [12, -12] {
        let story = Story::begin();
        let mut changes = story.caller.clock_changes();
        story.sandbox.set_clock_offset(SignedDuration::from_hours(hours));
        story.assume(&story.keys, &call(ADMIN, Some(story.code()))).await.unwrap();
        let off = story.caller.clock_offset() - SignedDuration::from_hours(hours);
        assert!(off.abs() < SignedDuration::from_secs(60), "{off}");
        assert!(changes.has_changed().unwrap());
        assert_eq!(*changes.borrow_and_update(), story.caller.clock_offset());
        assert_eq!(story.sandbox.requests().len(), 2, "refused for its date, and signed again");

        let get = story
            .caller
            .get_caller_identity(&story.world, &ProfileEndpoint::default(), &story.keys)
            .await
            .unwrap();
        assert_eq!((get.arn.as_str(), story.sandbox.requests().len()), (ADA, 3), "it is known now");
    }
}

#[tokio::test]
async fn an_answer_that_drips_or_never_ends_is_given_up_in_words_and_its_code_isn_t_sent_twice() {
    for fault in [Fault::Slow(Duration::from_secs(1)), Fault::Long(10_000_000)] {
        let mut story = Story::begin();
        if matches!(fault, Fault::Slow(_)) {
            let soon = Duration::from_secs(1);
            story.caller = Caller::with_patience(Patience { connect: soon, attempt: soon, total: soon });
        }
        story.sandbox.fail_next(fault.clone());
        let refused = story.assume(&story.keys, &call(ADMIN, Some(story.code()))).await;
        let failure = refused.unwrap_err();
        assert_eq!(failure.code, FailureCode::Unreachable, "{fault:?}: {failure}");
        assert!(!failure.happened.is_empty() && !failure.remedy.is_empty(), "{fault:?}: {failure}");
        assert_eq!(story.sandbox.requests().len(), 1, "{fault:?}: what may have arrived is not sent again");
    }
}
