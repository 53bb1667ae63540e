//! Every action and its refusals, called with the SDK that Hatrack uses.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use crate::support::{ALICE_ARN, ALICE_KEY, ALICE_MFA, ALICE_SECRET, BOB_KEY, BOB_SECRET, role, world};
    use aws_credential_types::Credentials;
    use aws_sdk_sts::Client;
    use aws_sdk_sts::config::{BehaviorVersion, Config, Region, retry::RetryConfig};
    use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
    use aws_sdk_sts::operation::assume_role::builders::AssumeRoleFluentBuilder;
    use aws_sdk_sts::types::{Credentials as Issued, Tag};
    use hatrack_sandbox::{
        Account, DEMO_MFA_SERIAL, DEMO_PROFILES, DeniedBy, Home, Role, Sandbox, User, World,
    };
    use jiff::SignedDuration;
    use std::collections::HashMap;

    const WRONG_CODE: &str = "MultiFactorAuthentication failed with invalid MFA one time pass code. ";

    fn client(sandbox: &Sandbox, key: &str, secret: &str, token: Option<&str>) -> Client {
        let credentials = Credentials::new(key, secret, token.map(str::to_owned), None, "test");
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .endpoint_url(sandbox.endpoint())
            .credentials_provider(credentials)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_config(RetryConfig::disabled())
            .build();
        Client::from_conf(config)
    }

    fn alice(sandbox: &Sandbox) -> Client {
        client(sandbox, ALICE_KEY, ALICE_SECRET, None)
    }

    fn holder(sandbox: &Sandbox, issued: Option<&Issued>) -> Client {
        let issued = issued.unwrap();
        client(sandbox, &issued.access_key_id, &issued.secret_access_key, Some(&issued.session_token))
    }

    fn assume(client: &Client, arn: impl Into<String>) -> AssumeRoleFluentBuilder {
        client.assume_role().role_arn(arn).role_session_name("me@desk")
    }

    fn with_code(call: AssumeRoleFluentBuilder, sandbox: &Sandbox) -> AssumeRoleFluentBuilder {
        call.serial_number(ALICE_MFA).token_code(sandbox.code_now(ALICE_MFA).unwrap().code)
    }

    /// Lets the device show its next code.
    fn next_code(sandbox: &Sandbox, steps: &mut i64) {
        *steps += 1;
        sandbox.set_clock_offset(SignedDuration::from_secs(30 * *steps));
    }

    fn refusal<T: std::fmt::Debug, E: ProvideErrorMetadata>(
        result: Result<T, SdkError<E>>,
    ) -> (u16, String, String) {
        let error = result.unwrap_err();
        let status = error.raw_response().unwrap().status().as_u16();
        (status, error.code().unwrap().to_owned(), error.message().unwrap_or_default().to_owned())
    }

    fn denied(words: impl Into<String>) -> (u16, String, String) {
        (403, "AccessDenied".to_owned(), words.into())
    }

    fn invalid(words: impl Into<String>) -> (u16, String, String) {
        (400, "ValidationError".to_owned(), words.into())
    }

    fn not_authorized(arn: &str) -> (u16, String, String) {
        denied(format!("User: {ALICE_ARN} is not authorized to perform: sts:AssumeRole on resource: {arn}"))
    }

    #[tokio::test]
    async fn a_role_is_assumed_and_knows_itself() {
        let sandbox = Sandbox::start(world());
        let answer = assume(&alice(&sandbox), role("team/Plain")).send().await.unwrap();
        let user = answer.assumed_role_user().unwrap();
        let arn = "arn:aws:sts::444455556666:assumed-role/Plain/me@desk";
        assert_eq!(user.arn(), arn);
        assert!(user.assumed_role_id().starts_with("AROA") && user.assumed_role_id().ends_with(":me@desk"));
        let size = answer.session_token_size().unwrap();
        assert_eq!(usize::try_from(size).unwrap(), answer.credentials().unwrap().session_token().len());
        assert!((1..=100).contains(&answer.session_token_utilization().unwrap()));
        let issued = answer.credentials().unwrap();
        assert!(issued.access_key_id().starts_with("ASIA"));
        let lifetime = issued.expiration().secs() - sandbox.now().as_second();
        assert!((3500..=3600).contains(&lifetime), "{lifetime}");

        let session = holder(&sandbox, answer.credentials());
        let me = session.get_caller_identity().send().await.unwrap();
        assert_eq!(me.arn(), Some(arn));
        assert_eq!(me.account(), Some("444455556666"));
        assert_eq!(me.user_id(), Some(user.assumed_role_id()));
        let account =
            session.get_access_key_info().access_key_id(issued.access_key_id()).send().await.unwrap();
        assert_eq!(account.account(), Some("444455556666"));
        let account = session.get_access_key_info().access_key_id(ALICE_KEY).send().await.unwrap();
        assert_eq!(account.account(), Some("111122223333"));
        let unknown = session.get_access_key_info().access_key_id("AKIAIOSFODNN7EXAMPLE").send().await;
        assert_eq!(refusal(unknown).1, "ValidationError");
    }

    #[tokio::test]
    async fn a_user_knows_himself_with_and_without_a_session() {
        let sandbox = Sandbox::start(world());
        let alice = alice(&sandbox);
        let answer = alice.get_session_token().send().await.unwrap();
        let issued = answer.credentials().unwrap();
        let lifetime = issued.expiration().secs() - sandbox.now().as_second();
        assert!((43_100..=43_200).contains(&lifetime), "{lifetime}");
        for client in [alice, holder(&sandbox, Some(issued))] {
            let me = client.get_caller_identity().send().await.unwrap();
            assert_eq!(me.arn(), Some(ALICE_ARN));
            assert!(me.user_id().unwrap().starts_with("AIDA"));
        }
    }

    #[tokio::test]
    async fn mfa_is_asked_for_and_each_code_is_good_once() {
        let sandbox = Sandbox::start(world());
        let alice = alice(&sandbox);
        let arn = role("Mfa");
        assert_eq!(refusal(assume(&alice, &arn).send().await), not_authorized(&arn));
        let code = sandbox.code_now(ALICE_MFA).unwrap().code;
        let once = || assume(&alice, &arn).serial_number(ALICE_MFA).token_code(&code).send();
        once().await.unwrap();
        assert_eq!(refusal(once().await), denied(WRONG_CODE));
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let call = assume(&alice, &arn).serial_number(ALICE_MFA).token_code(wrong);
        assert_eq!(refusal(call.send().await), denied(WRONG_CODE));
        let mut steps = 0;
        next_code(&sandbox, &mut steps);
        with_code(assume(&alice, &arn), &sandbox).send().await.unwrap();
        // A role that asks for none takes a good code too, and refuses a used one.
        next_code(&sandbox, &mut steps);
        let code = sandbox.code_now(ALICE_MFA).unwrap().code;
        let plain = || assume(&alice, role("team/Plain")).serial_number(ALICE_MFA).token_code(&code).send();
        plain().await.unwrap();
        assert_eq!(refusal(plain().await), denied(WRONG_CODE));
    }

    #[tokio::test]
    async fn a_code_needs_its_device_and_the_device_its_user() {
        let sandbox = Sandbox::start(world());
        let alice = alice(&sandbox);
        let code = sandbox.code_now(ALICE_MFA).unwrap().code;
        let unable = "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA \
                      serial number is valid and associated with this user.";
        let both =
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.";
        let call = || assume(&alice, role("Mfa"));
        let other = call().serial_number("arn:aws:iam::111122223333:mfa/other").token_code(&code);
        assert_eq!(refusal(other.send().await), denied(unable));
        assert_eq!(refusal(call().token_code(&code).send().await), denied(both));
        assert_eq!(refusal(call().serial_number(ALICE_MFA).send().await), denied(both));
        let session = assume(&alice, role("team/Plain")).send().await.unwrap();
        let chained = holder(&sandbox, session.credentials());
        let call = assume(&chained, role("Chained")).serial_number(ALICE_MFA).token_code(&code);
        assert_eq!(refusal(call.send().await), denied(unable));
        // The other device of the same user is good.
        let hardware = sandbox.code_now("GAHT12345678").unwrap().code;
        let call = assume(&alice, role("Mfa")).serial_number("GAHT12345678").token_code(hardware);
        call.send().await.unwrap();
    }

    #[tokio::test]
    async fn trust_is_asked_before_a_role_is_given() {
        let sandbox = Sandbox::start(world());
        let alice = alice(&sandbox);
        for arn in [role("Nobody"), role("NoSuchRole"), role("Chained"), role("Denied"), role("Plain")] {
            assert_eq!(refusal(assume(&alice, &arn).send().await), not_authorized(&arn));
        }
        let arn = role("External");
        assert_eq!(refusal(assume(&alice, &arn).send().await), not_authorized(&arn));
        let wrong = assume(&alice, &arn).external_id("sesame:43").send().await;
        assert_eq!(refusal(wrong), not_authorized(&arn));
        assume(&alice, &arn).external_id("sesame:42").send().await.unwrap();
        assume(&alice, role("Whole")).send().await.unwrap();
        let bob = client(&sandbox, BOB_KEY, BOB_SECRET, None);
        assert_eq!(refusal(assume(&bob, role("Whole")).send().await).1, "AccessDenied");
        let words = refusal(bob.get_session_token().send().await).2;
        assert!(words.ends_with("with an explicit deny in an identity-based policy"), "{words}");
    }

    #[tokio::test]
    async fn chains_last_an_hour_and_roles_as_long_as_they_say() {
        let sandbox = Sandbox::start(world());
        let alice = alice(&sandbox);
        let chain = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role \
                     chaining.";
        let max = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        let long = assume(&alice, role("team/Plain")).duration_seconds(3601);
        assert_eq!(refusal(long.send().await), invalid(max));
        let long = with_code(assume(&alice, role("Mfa")).duration_seconds(43_200), &sandbox);
        let issued = long.send().await.unwrap();
        let lifetime = issued.credentials().unwrap().expiration().secs() - sandbox.now().as_second();
        assert!((43_100..=43_200).contains(&lifetime), "{lifetime}");

        let first = assume(&alice, role("team/Plain")).send().await.unwrap();
        let first = holder(&sandbox, first.credentials());
        assert_eq!(
            refusal(assume(&first, role("Chained")).duration_seconds(3601).send().await),
            invalid(chain)
        );
        assume(&first, role("Chained")).duration_seconds(3600).send().await.unwrap();
        let session = alice.get_session_token().send().await.unwrap();
        let session = holder(&sandbox, session.credentials());
        let long = assume(&session, role("team/Plain")).duration_seconds(3601).send().await;
        assert_eq!(refusal(long), invalid(chain));
    }

    #[tokio::test]
    async fn a_session_with_mfa_satisfies_a_role_and_one_without_does_not() {
        let sandbox = Sandbox::start(world());
        let alice = alice(&sandbox);
        let plain = alice.get_session_token().send().await.unwrap();
        let plain = holder(&sandbox, plain.credentials());
        assert_eq!(refusal(assume(&plain, role("Mfa")).send().await), not_authorized(&role("Mfa")));
        let code = sandbox.code_now(ALICE_MFA).unwrap().code;
        let call =
            alice.get_session_token().serial_number(ALICE_MFA).token_code(code).duration_seconds(129_600);
        let strong = call.send().await.unwrap();
        let strong = holder(&sandbox, strong.credentials());
        for _ in 0..2 {
            assume(&strong, role("Mfa")).send().await.unwrap();
        }
        let again = strong.get_session_token().send().await;
        assert_eq!(refusal(again), denied("Cannot call GetSessionToken with session credentials"));
    }

    #[tokio::test]
    async fn policies_and_tags_are_read_and_measured() {
        let sandbox = Sandbox::start(world());
        let alice = alice(&sandbox);
        let plain = || assume(&alice, role("team/Plain"));
        let tag = |key: &str| Tag::builder().key(key).value("v").build().unwrap();
        let examples: serde_json::Value =
            serde_json::from_str(include_str!("oracles/aws_sts_examples.json")).unwrap();
        let example = &examples["examples"]["AssumeRole"][0]["input"];
        let policy = example["Policy"].as_str().unwrap();
        let call = plain().policy(policy).tags(tag("Project")).transitive_tag_keys("Project");
        let answer = call.source_identity("alice").send().await.unwrap();
        assert_eq!(answer.source_identity(), Some("alice"));

        let chained = holder(&sandbox, answer.credentials());
        let next = assume(&chained, role("Chained")).send().await.unwrap();
        assert_eq!(next.source_identity(), Some("alice"), "it stays through a chain");
        let other = assume(&chained, role("Chained")).source_identity("mallory").send().await;
        assert!(refusal(other).2.contains("sts:SetSourceIdentity"));
        let tagged = assume(&chained, role("Chained")).tags(tag("project")).send().await;
        assert!(refusal(tagged).2.contains("conflicts with a transitive tag key"));

        let malformed = |words: &str| (400, "MalformedPolicyDocument".to_owned(), words.to_owned());
        let words = "This policy contains invalid Json";
        assert_eq!(refusal(plain().policy("{").send().await), malformed(words));
        assert_eq!(refusal(plain().policy("{}").send().await), malformed("Syntax errors in policy."));
        let (_, code, words) = refusal(plain().policy(policy.replace('*', &"x".repeat(2500))).send().await);
        assert_eq!(code, "PackedPolicyTooLarge");
        assert!(
            words.starts_with("Packed policy consumes 12") && words.contains("% of allotted space"),
            "{words}"
        );
        let (_, code, words) = refusal(plain().tags(tag("a")).tags(tag("A")).send().await);
        assert_eq!(code, "InvalidParameterValue");
        assert!(words.starts_with("Duplicate tag keys found."));
        let stray = plain().transitive_tag_keys("b").send().await;
        assert!(refusal(stray).2.contains("must be included in the requested tags"));
    }

    #[tokio::test]
    async fn tags_and_source_identity_need_leave_and_stay_through_a_chain() {
        let far = |name: &str| role(name);
        let world = world().account(
            Account::new("555566667777", "chains")
                .role(Role::new("First").trusts(ALICE_ARN).with_tags().with_source_identity())
                .role(Role::new("Second").trusts("arn:aws:iam::555566667777:role/First").with_tags())
                .role(Role::new("Untagged").trusts("arn:aws:iam::555566667777:role/First")),
        );
        let sandbox = Sandbox::start(world);
        let alice = alice(&sandbox);
        let here = |name: &str| format!("arn:aws:iam::555566667777:role/{name}");
        let tag = |key: &str| Tag::builder().key(key).value(format!("{key}-value")).build().unwrap();
        let not_allowed = |arn: &str, action: &str, role: &str| {
            denied(format!("User: {arn} is not authorized to perform: sts:{action} on resource: {role}"))
        };
        let call = assume(&alice, far("Whole")).tags(tag("team")).send().await;
        assert_eq!(refusal(call), not_allowed(ALICE_ARN, "TagSession", &far("Whole")));
        let call = assume(&alice, far("Whole")).source_identity("alice").send().await;
        assert_eq!(refusal(call), not_allowed(ALICE_ARN, "SetSourceIdentity", &far("Whole")));

        let call = assume(&alice, here("First")).tags(tag("team")).tags(tag("only-here"));
        let first = call.transitive_tag_keys("team").send().await.unwrap();
        let tags = |answer: Option<&Issued>| sandbox.session_tags(answer.unwrap().access_key_id()).unwrap();
        let pair = |key: &str| (key.to_owned(), format!("{key}-value"));
        assert_eq!(tags(first.credentials()), [pair("team"), pair("only-here")]);
        let session = holder(&sandbox, first.credentials());
        let second = assume(&session, here("Second")).tags(tag("more")).send().await.unwrap();
        assert_eq!(tags(second.credentials()), [pair("team"), pair("more")]);
        let me = "arn:aws:sts::555566667777:assumed-role/First/me@desk";
        let call = assume(&session, here("Untagged")).send().await;
        assert_eq!(refusal(call), not_allowed(me, "TagSession", &here("Untagged")));

        let first = assume(&alice, here("First")).source_identity("alice").send().await.unwrap();
        let session = holder(&sandbox, first.credentials());
        let call = assume(&session, here("Second")).send().await;
        assert_eq!(refusal(call), not_allowed(me, "SetSourceIdentity", &here("Second")));
    }

    #[tokio::test]
    async fn what_refuses_is_named_as_aws_names_it() {
        let by =
            |by| User::new("carol").access_key("AKIAIOSFODNN7CAROL00", "shh").denied_by(role("Open"), by);
        for (kind, why) in [
            (DeniedBy::Unsaid, ""),
            (DeniedBy::IdentityPolicy, " with an explicit deny in an identity-based policy"),
            (DeniedBy::ServiceControlPolicy, " with an explicit deny in a service control policy"),
            (DeniedBy::ResourceControlPolicy, " with an explicit deny in a resource control policy"),
            (DeniedBy::PermissionsBoundary, " with an explicit deny in a permissions boundary"),
            (DeniedBy::SessionPolicy, " with an explicit deny in a session policy"),
            (DeniedBy::ResourcePolicy, " with an explicit deny in a resource-based policy"),
            (
                DeniedBy::NoIdentityPolicy,
                " because no identity-based policy allows the sts:AssumeRole action",
            ),
            (
                DeniedBy::NoPermissionsBoundary,
                " because no permissions boundary allows the sts:AssumeRole action",
            ),
            (
                DeniedBy::NoServiceControlPolicy,
                " because no service control policy allows the sts:AssumeRole action",
            ),
        ] {
            let account =
                Account::new("444455556666", "here").user(by(kind)).role(Role::new("Open").trusts("*"));
            let sandbox = Sandbox::start(World::default().account(account));
            let carol = client(&sandbox, "AKIAIOSFODNN7CAROL00", "shh", None);
            let words = format!(
                "User: arn:aws:iam::444455556666:user/carol is not authorized to perform: sts:AssumeRole on \
                 resource: {}{why}",
                role("Open")
            );
            assert_eq!(refusal(assume(&carol, role("Open")).send().await), denied(words));
        }
    }

    #[tokio::test]
    async fn what_is_no_role_is_said_so() {
        let sandbox = Sandbox::start(world());
        for arn in [
            ALICE_ARN,
            "arn:aws:iam::44445555666:role/x",
            "arn:aws:iam::444455556666:role/",
            "aaaaaaaaaaaaaaaaaaaa",
        ] {
            let refused = refusal(assume(&alice(&sandbox), arn).send().await);
            assert_eq!(refused, invalid("Request ARN is invalid"), "{arn}");
        }
    }

    #[tokio::test]
    async fn every_profile_of_the_demo_does_what_it_says() {
        let sandbox = Sandbox::start(World::demo());
        let folder = tempfile::tempdir().unwrap();
        Home::write_with_other_ways(folder.path()).unwrap();
        let keys = std::fs::read_to_string(folder.path().join(".aws/credentials")).unwrap();
        let value =
            |name: &str| keys.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = ")).unwrap();
        let demo = client(&sandbox, value("aws_access_key_id"), value("aws_secret_access_key"), None);
        let mut sessions = HashMap::from([("demo", demo)]);
        let mut steps = 0;
        for profile in &DEMO_PROFILES {
            let mut call = assume(&sessions[profile.source_profile], profile.role_arn())
                .set_external_id(profile.external_id.map(str::to_owned))
                .set_duration_seconds(
                    profile.duration_seconds.map(|seconds| i32::try_from(seconds).unwrap()),
                );
            if profile.mfa {
                next_code(&sandbox, &mut steps);
                let code = sandbox.code_now(DEMO_MFA_SERIAL).unwrap().code;
                call = call.serial_number(DEMO_MFA_SERIAL).token_code(code);
            }
            let result = call.send().await;
            if profile.refused {
                assert_eq!(refusal(result).1, "AccessDenied", "{profile:?}");
                continue;
            }
            let answer = result.unwrap_or_else(|error| panic!("{profile:?}: {error:?}"));
            sessions.insert(profile.profile, holder(&sandbox, answer.credentials()));
        }
        assert_eq!(sandbox.world().accounts.len(), 8);

        let demo = &sessions["demo"];
        let here = |name: &str| format!("arn:aws:iam::777788889999:role/{name}");
        let tag = Tag::builder().key("team").value("platform").build().unwrap();
        assume(demo, here("Tagged")).tags(tag).transitive_tag_keys("team").send().await.unwrap();
        demo.get_federation_token().name("guest").send().await.unwrap();
        let token = std::fs::read_to_string(folder.path().join(".aws/pipeline-token")).unwrap();
        let call = demo.assume_role_with_web_identity().role_arn(here("Pipeline")).role_session_name("shop");
        call.web_identity_token(token).send().await.unwrap();
    }
}
