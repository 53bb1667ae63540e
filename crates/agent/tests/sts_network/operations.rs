//! The operations beside AssumeRole: what is sent, what is granted, and what is refused in words.

use crate::stage::{Act, Stage, answer, call, caller, keys, refusal};
use hatrack_agent::credentials::Credentials;
use hatrack_agent::sts::{
    AssumeRole, AssumeRoleWithSaml, AssumeRoleWithWebIdentity, AssumeRoot, GetFederationToken,
    GetWebIdentityToken, Granted,
};
use hatrack_agent::world::ProfileEndpoint;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;

const ROLE: &str = "arn:aws:iam::222222222222:role/Admin";
const CREDENTIALS: &str = "<Credentials><AccessKeyId>ASIAGRANTED</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>";
const ROLE_USER: &str = "<AssumedRoleUser><AssumedRoleId>AROAX:ada</AssumedRoleId><Arn>arn:aws:sts::222222222222:assumed-role/Admin/ada</Arn></AssumedRoleUser>";

fn result(operation: &str, inner: &str) -> Act {
    let body = format!(
        r#"<{operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{operation}Result>{inner}</{operation}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{operation}Response>"#
    );
    Act::Answer(answer(200, "content-type: text/xml\r\n", &body))
}

fn web_identity() -> AssumeRoleWithWebIdentity {
    AssumeRoleWithWebIdentity {
        role_arn: ROLE.to_owned(),
        session_name: "ada".to_owned(),
        token: Sealed::new("eyJ.eyJ.sig"),
        provider_id: None,
        duration_seconds: Some(900),
        policy: None,
        policy_arns: Vec::new(),
    }
}

fn saml() -> AssumeRoleWithSaml {
    AssumeRoleWithSaml {
        role_arn: ROLE.to_owned(),
        principal_arn: "arn:aws:iam::222222222222:saml-provider/Okta".to_owned(),
        assertion: Sealed::new("PHNhbWw+"),
        duration_seconds: None,
        policy: None,
        policy_arns: Vec::new(),
    }
}

async fn by_web_identity(act: Act) -> (Result<Granted, Failure>, Stage) {
    let stage = Stage::plain(move |_, _| act.clone()).await;
    let profile = ProfileEndpoint::default();
    let granted = caller().assume_role_with_web_identity(&stage.world(), &profile, &web_identity()).await;
    (granted, stage)
}

async fn by_saml(act: Act) -> (Result<Granted, Failure>, Stage) {
    let stage = Stage::plain(move |_, _| act.clone()).await;
    let granted = caller().assume_role_with_saml(&stage.world(), &ProfileEndpoint::default(), &saml()).await;
    (granted, stage)
}

async fn by_role(act: Act) -> Failure {
    let stage = Stage::plain(move |_, _| act.clone()).await;
    let profile = ProfileEndpoint::default();
    caller().assume_role(&stage.world(), &profile, &keys(), &call(None)).await.unwrap_err()
}

#[tokio::test]
async fn tokens_speak_for_themselves_without_a_signature() {
    let inner = format!(
        "{CREDENTIALS}{ROLE_USER}<SubjectFromWebIdentityToken>ada@x</SubjectFromWebIdentityToken><Provider>https://idp.x</Provider><PackedPolicySize>7</PackedPolicySize><SourceIdentity>ada</SourceIdentity>"
    );
    let (granted, stage) = by_web_identity(result("AssumeRoleWithWebIdentity", &inner)).await;
    let granted = granted.unwrap();
    assert_eq!(granted.subject.as_deref(), Some("ada@x"));
    assert_eq!(granted.provider.as_deref(), Some("https://idp.x"));
    assert_eq!((granted.packed_policy_size, granted.source_identity.as_deref()), (Some(7), Some("ada")));
    assert!(!stage.heard()[0].head.to_ascii_lowercase().contains("authorization:"));
    assert!(stage.heard()[0].body.contains("WebIdentityToken=eyJ.eyJ.sig"));

    let inner = format!("{CREDENTIALS}{ROLE_USER}<Subject>ada</Subject><Issuer>https://okta.x</Issuer>");
    let (granted, stage) = by_saml(result("AssumeRoleWithSAML", &inner)).await;
    assert_eq!(granted.unwrap().provider.as_deref(), Some("https://okta.x"));
    assert!(!stage.heard()[0].head.to_ascii_lowercase().contains("authorization:"));
    assert!(stage.heard()[0].body.contains("SAMLAssertion=PHNhbWw%2B"));
}

#[tokio::test]
async fn everything_that_was_asked_of_a_role_is_sent() {
    let stage = Stage::plain(|_, _| crate::stage::granted()).await;
    let whole = AssumeRole {
        tags: vec![("Team".to_owned(), "a b".to_owned())],
        transitive_tag_keys: vec!["Team".to_owned()],
        source_identity: Some("ada".to_owned()),
        policy: Some("{}".to_owned()),
        policy_arns: vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()],
        external_id: Some("ticket-7".to_owned()),
        ..call(None)
    };
    caller().assume_role(&stage.world(), &ProfileEndpoint::default(), &keys(), &whole).await.unwrap();
    let body = &stage.heard()[0].body;
    for part in [
        "Tags.member.1.Key=Team&Tags.member.1.Value=a%20b",
        "TransitiveTagKeys.member.1=Team",
        "SourceIdentity=ada",
        "Policy=%7B%7D",
        "PolicyArns.member.1.arn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnlyAccess",
        "ExternalId=ticket-7",
    ] {
        assert!(body.contains(part), "{body}\n lacks {part}");
    }
    let wrong = AssumeRole { source_identity: Some("a".to_owned()), ..call(Some("123456")) };
    let failure =
        caller().assume_role(&stage.world(), &ProfileEndpoint::default(), &keys(), &wrong).await.unwrap_err();
    assert_eq!((failure.code, stage.heard().len()), (FailureCode::Usage, 1), "no code is spent on it");
    assert!(failure.happened.starts_with("source_identity has 1 characters"), "{failure}");
}

#[tokio::test]
async fn the_other_operations_grant_what_they_should() {
    let stage = Stage::plain(move |_, heard| {
        let operation = ["AssumeRoot", "GetFederationToken", "GetWebIdentityToken", "GetAccessKeyInfo", "GetDelegatedAccessToken"]
            .into_iter()
            .find(|operation| heard.body.starts_with(&format!("Action={operation}&")))
            .unwrap();
        let inner = match operation {
            "GetFederationToken" => format!("{CREDENTIALS}<FederatedUser><Arn>arn:aws:sts::1:federated-user/bob</Arn><FederatedUserId>1:bob</FederatedUserId></FederatedUser>"),
            "GetWebIdentityToken" => "<WebIdentityToken>a.b.c</WebIdentityToken><Expiration>2099-01-01T00:00:00Z</Expiration>".to_owned(),
            "GetAccessKeyInfo" => "<Account>111111111111</Account>".to_owned(),
            "GetDelegatedAccessToken" => format!("{CREDENTIALS}<AssumedPrincipal>arn:aws:iam::1:user/x</AssumedPrincipal>"),
            _ => format!("{CREDENTIALS}<SourceIdentity>ada</SourceIdentity>"),
        };
        result(operation, &inner)
    })
    .await;
    let (caller, world, profile, keys) = (caller(), stage.world(), ProfileEndpoint::default(), keys());
    let root = AssumeRoot {
        target_principal: "222222222222".to_owned(),
        task_policy_arn: "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials".to_owned(),
        duration_seconds: Some(900),
    };
    let root = caller.assume_root(&world, &profile, &keys, &root).await.unwrap();
    assert_eq!(root.source_identity.as_deref(), Some("ada"));
    let bob = GetFederationToken { name: "bob".to_owned(), ..GetFederationToken::default() };
    let bob = caller.get_federation_token(&world, &profile, &keys, &bob).await.unwrap();
    assert_eq!(bob.arn.as_deref(), Some("arn:aws:sts::1:federated-user/bob"));
    let token = GetWebIdentityToken {
        audience: vec!["https://x".to_owned()],
        signing_algorithm: "ES384".to_owned(),
        duration_seconds: None,
        tags: Vec::new(),
    };
    let token = caller.get_web_identity_token(&world, &profile, &keys, &token).await.unwrap();
    assert_eq!(token.token.open(), "a.b.c");
    let account = caller.get_access_key_info(&world, &profile, &keys, "AKIAIOSFODNN7EXAMPLE").await.unwrap();
    assert_eq!(account, "111111111111");
    let traded =
        caller.get_delegated_access_token(&world, &profile, &keys, &Sealed::new("trade")).await.unwrap();
    assert_eq!(traded.arn.as_deref(), Some("arn:aws:iam::1:user/x"));
}

#[tokio::test]
async fn what_is_wrong_with_a_token_is_told_apart() {
    for (code, message, words) in [
        (
            "ExpiredTokenException",
            "Token expired: current date/time 1 must be before 2",
            "provider's token is too old",
        ),
        (
            "InvalidIdentityToken",
            "No OpenIDConnect provider found in your account for https://x",
            "knows no identity provider",
        ),
        ("InvalidIdentityToken", "Incorrect token audience", "another audience"),
        (
            "InvalidIdentityToken",
            "Couldn't retrieve verification key from your identity provider",
            "provider's keys",
        ),
        ("IDPRejectedClaim", "revoked", "doesn't stand by the token"),
        (
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            "or there is no such role",
        ),
    ] {
        let (refused, stage) = by_web_identity(refusal(400, code, message)).await;
        let failure = refused.unwrap_err();
        assert!(failure.happened.contains(words), "{failure}");
        assert_eq!((failure.aws_code.as_deref(), stage.heard().len()), (Some(code), 1), "{failure}");
    }
    let (refused, stage) = by_web_identity(refusal(400, "IDPCommunicationError", "no answer")).await;
    let failure = refused.unwrap_err();
    assert!(failure.happened.contains("could not reach the identity provider"), "{failure}");
    assert_eq!(stage.heard().len(), 5, "it is worth another try");
    for (code, message, words) in [
        ("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance", "too old for AWS"),
        ("InvalidIdentityToken", "Issuer not present in specified provider", "is not the one that signed in"),
        ("InvalidIdentityToken", "Response signature invalid", "signature doesn't fit"),
        (
            "InvalidIdentityToken",
            "RoleSessionName is required in AuthnResponse",
            "what the session is to be called",
        ),
        ("ValidationError", "Invalid base64 SAMLResponse", "can't read the SAML response"),
        ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML", "or there is no such role"),
    ] {
        let failure = by_saml(refusal(400, code, message)).await.0.unwrap_err();
        assert!(failure.happened.contains(words), "{failure}");
    }
}

#[tokio::test]
async fn what_must_be_allowed_is_told_by_what_was_asked_for() {
    let who = "User: arn:aws:iam::1:user/ada is not authorized to perform: ";
    for (rest, happened, remedy) in [
        ("sts:TagSession on resource: r", "may not set session tags", "sts:TagSession"),
        ("sts:SetSourceIdentity on resource: r", "may not set a source identity", "sts:SetSourceIdentity"),
        ("sts:AssumeRole on resource: r", "or there is no such role", "ExternalId"),
    ] {
        let failure = by_role(refusal(403, "AccessDenied", &format!("{who}{rest}"))).await;
        assert!(failure.happened.contains(happened), "{failure}");
        assert!(failure.remedy.contains(remedy), "{failure}");
        assert_eq!(failure.aws_code.as_deref(), Some("AccessDenied"));
    }
    let full = by_role(refusal(
        400,
        "PackedPolicyTooLarge",
        "Packed size of session tags consumes 114% of allotted space.",
    ))
    .await;
    assert_eq!(full.happened, "The session tags are too large: packed, they fill 114% of what AWS takes.");
}

#[tokio::test]
async fn an_encoded_reason_is_put_into_words_where_that_is_allowed() {
    let message =
        "You are not authorized to perform this operation. Encoded authorization failure message: AbC-9";
    let decoded = "{&quot;explicitDeny&quot;:true,&quot;matchedStatements&quot;:{&quot;items&quot;:[{&quot;statementId&quot;:&quot;NoProd&quot;,&quot;effect&quot;:&quot;DENY&quot;}]},&quot;context&quot;:{&quot;action&quot;:&quot;sts:AssumeRole&quot;,&quot;resource&quot;:&quot;arn:x&quot;}}";
    for may in [true, false] {
        let stage = Stage::plain(move |_, heard| {
            match (heard.body.contains("Action=DecodeAuthorizationMessage"), may) {
                (true, true) => result(
                    "DecodeAuthorizationMessage",
                    &format!("<DecodedMessage>{decoded}</DecodedMessage>"),
                ),
                (true, false) => refusal(403, "AccessDenied", "no"),
                (false, _) => refusal(403, "AccessDenied", message),
            }
        })
        .await;
        let failure = caller()
            .assume_role(&stage.world(), &ProfileEndpoint::default(), &keys(), &call(None))
            .await
            .unwrap_err();
        assert_eq!(failure.happened.contains("statement \u{201c}NoProd\u{201d}"), may, "{failure}");
        assert!(stage.heard()[1].body.contains("EncodedMessage=AbC-9"));
    }
}

#[tokio::test]
async fn keys_that_ended_are_told_apart() {
    let session = Credentials { session_token: Some(Sealed::new("t")), ..keys() };
    for (credentials, words) in
        [(keys(), "deleted or deactivated"), (session, "session token doesn't belong")]
    {
        let stage = Stage::plain(|_, _| refusal(403, "InvalidClientTokenId", "invalid")).await;
        let profile = ProfileEndpoint::default();
        let failure =
            caller().assume_role(&stage.world(), &profile, &credentials, &call(None)).await.unwrap_err();
        assert!(failure.happened.contains(words), "{failure}");
    }
}

#[tokio::test]
async fn pages_redirects_and_names_without_an_address_are_told_apart() {
    let page = Act::Answer(answer(200, "content-type: text/html\r\n", "<html>Sign in</html>"));
    assert!(by_role(page).await.happened.contains("with a web page"));
    let elsewhere = Act::Answer(answer(302, "location: http://portal.example/\r\n", ""));
    let failure = by_role(elsewhere).await;
    assert!(failure.happened.contains("sent the call elsewhere (to portal.example)"), "{failure}");
    let world = crate::stage::world(&[("AWS_ENDPOINT_URL", "https://sts.nowhere.invalid")]);
    let profile = ProfileEndpoint::default();
    let failure = caller().assume_role(&world, &profile, &keys(), &call(None)).await.unwrap_err();
    assert!(failure.happened.contains("its name has no address"), "{failure}");
}
