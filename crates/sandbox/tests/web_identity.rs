//! AssumeRoleWithWebIdentity and GetWebIdentityToken, called with the SDK that Hatrack uses.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use crate::support::{ALICE_ARN, ALICE_KEY, ALICE_SECRET, world};
    use aws_credential_types::Credentials;
    use aws_sdk_sts::Client;
    use aws_sdk_sts::config::{BehaviorVersion, Config, Region, retry::RetryConfig};
    use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
    use aws_sdk_sts::operation::assume_role_with_web_identity::builders::AssumeRoleWithWebIdentityFluentBuilder;
    use hatrack_sandbox::{Account, OauthToken, OidcProvider, Role, Sandbox, TokenIssuer, World};
    use jiff::{SignedDuration, Timestamp};
    use serde_json::json;

    const ISSUER: &str = "https://login.example.com";
    const ROLE: &str = "arn:aws:iam::222233334444:role/Web";

    fn client(sandbox: &Sandbox) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-central-1"))
            .endpoint_url(sandbox.endpoint())
            .credentials_provider(Credentials::new(ALICE_KEY, ALICE_SECRET, None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_config(RetryConfig::disabled())
            .build();
        Client::from_conf(config)
    }

    fn with_role(world: World) -> World {
        let role = Role::new("Web")
            .trusts_web_identity(ISSUER, "hatrack", "user-1")
            .trusts_web_identity("www.amazon.com", "amzn1.app", "amzn1.account.A")
            .with_tags();
        world.account(Account::new("222233334444", "web").role(role))
    }

    fn call(client: &Client, token: impl Into<String>) -> AssumeRoleWithWebIdentityFluentBuilder {
        client
            .assume_role_with_web_identity()
            .role_arn(ROLE)
            .role_session_name("me")
            .web_identity_token(token)
    }

    fn refusal<T: std::fmt::Debug, E: ProvideErrorMetadata>(result: Result<T, SdkError<E>>) -> (u16, String) {
        let error = result.unwrap_err();
        let status = error.raw_response().unwrap().status().as_u16();
        (status, error.code().unwrap().to_owned())
    }

    fn later(sandbox: &Sandbox) -> Timestamp {
        sandbox.now() + SignedDuration::from_mins(5)
    }

    #[tokio::test]
    async fn a_token_opens_a_role_and_only_a_good_one_does() {
        let issuer = TokenIssuer::new(ISSUER);
        let provider = OidcProvider::new(ISSUER, "hatrack", Some(issuer.jwks()));
        let sandbox = Sandbox::start(with_role(world().oidc_provider(provider)));
        let client = client(&sandbox);
        let token = issuer.token("hatrack", "user-1", later(&sandbox));
        let answer = call(&client, &token).duration_seconds(900).send().await.unwrap();
        assert_eq!(answer.subject_from_web_identity_token(), Some("user-1"));
        assert_eq!((answer.provider(), answer.audience()), (Some(ISSUER), Some("hatrack")));
        let arn = "arn:aws:sts::222233334444:assumed-role/Web/me";
        assert_eq!(answer.assumed_role_user().unwrap().arn(), arn);

        let at = later(&sandbox);
        let refused = |status: u16, code: &str| (status, code.to_owned());
        for (token, expected) in [
            ("no token".to_owned(), refused(400, "InvalidIdentityToken")),
            (issuer.token("other", "user-1", at), refused(400, "InvalidIdentityToken")),
            (issuer.token("hatrack", "user-2", at), refused(403, "AccessDenied")),
            (TokenIssuer::new(ISSUER).token("hatrack", "user-1", at), refused(400, "InvalidIdentityToken")),
            (
                TokenIssuer::new("https://else").token("hatrack", "user-1", at),
                refused(400, "InvalidIdentityToken"),
            ),
            (issuer.token("hatrack", "user-1", sandbox.now()), refused(400, "ExpiredTokenException")),
        ] {
            assert_eq!(refusal(call(&client, token).send().await), expected);
        }
        let long = call(&client, &token).duration_seconds(3601).send().await;
        assert_eq!(refusal(long), refused(400, "ValidationError"));
        let logged = format!("{:?} {sandbox:?}", sandbox.requests());
        assert!(!logged.contains(&token));
        assert_eq!(sandbox.requests()[0].params["WebIdentityToken"], "***");
        assert_eq!(sandbox.requests()[0].access_key_id, None, "it is unsigned");
    }

    #[tokio::test]
    async fn a_token_brings_tags_and_wants_leave_for_a_source_identity() {
        let issuer = TokenIssuer::new(ISSUER);
        let provider = OidcProvider::new(ISSUER, "hatrack", Some(issuer.jwks()));
        let sandbox = Sandbox::start(with_role(world().oidc_provider(provider)));
        let mut claims = json!({
            "iss": ISSUER, "aud": ["x", "hatrack"], "sub": "user-1", "exp": later(&sandbox).as_second(),
            "https://aws.amazon.com/tags": {
                "principal_tags": { "team": ["red"] }, "transitive_tag_keys": ["team"],
            },
        });
        let answer = call(&client(&sandbox), issuer.token_with(&claims)).send().await.unwrap();
        let tags = sandbox.session_tags(answer.credentials().unwrap().access_key_id()).unwrap();
        assert_eq!(tags, [("team".to_owned(), "red".to_owned())]);
        claims["https://aws.amazon.com/source_identity"] = "alice".into();
        let refused = call(&client(&sandbox), issuer.token_with(&claims)).send().await;
        assert_eq!(refusal(refused), (403, "AccessDenied".to_owned()));
    }

    #[tokio::test]
    async fn an_oauth_token_is_taken_to_its_provider() {
        let known = OauthToken::new("www.amazon.com", "Atza|known", "amzn1.app", "amzn1.account.A");
        let sandbox = Sandbox::start(with_role(world().oauth_token(known)));
        let client = client(&sandbox);
        let answer = call(&client, "Atza|known").provider_id("www.amazon.com").send().await.unwrap();
        assert_eq!(answer.provider(), Some("www.amazon.com"));
        let unknown = call(&client, "Atza|unknown").provider_id("www.amazon.com").send().await;
        assert_eq!(refusal(unknown), (403, "IDPRejectedClaim".to_owned()));
        let elsewhere = call(&client, "Atza|known").provider_id("example.com").send().await;
        assert_eq!(refusal(elsewhere), (400, "ValidationError".to_owned()));
        assert!(!format!("{sandbox:?}").contains("Atza"));
    }

    #[tokio::test]
    async fn keys_are_fetched_from_the_issuer_and_its_silence_is_told() {
        let gone = Sandbox::start(World::default());
        let silent = TokenIssuer::new(gone.token_issuer());
        drop(gone);
        // The tokens of one sandbox open a role of another.
        let home = Sandbox::start(world());
        let issuer = home.token_issuer();
        let role = Role::new("Web").trusts_web_identity(&issuer, "them", ALICE_ARN);
        let away = World::default()
            .account(Account::new("222233334444", "web").role(role))
            .oidc_provider(OidcProvider::new(&issuer, "them", None))
            .oidc_provider(OidcProvider::new(silent.url(), "them", None));
        let away = Sandbox::start(away);
        for algorithm in ["RS256", "ES384"] {
            let token = client(&home)
                .get_web_identity_token()
                .audience("them")
                .signing_algorithm(algorithm)
                .send()
                .await
                .unwrap();
            let answer = call(&client(&away), token.web_identity_token().unwrap()).send().await.unwrap();
            assert_eq!(answer.subject_from_web_identity_token(), Some(ALICE_ARN));
        }
        let token = silent.token("them", "me", later(&away));
        let refused = call(&client(&away), token).send().await;
        assert_eq!(refusal(refused), (400, "IDPCommunicationError".to_owned()));
        let other =
            client(&home).get_web_identity_token().audience("them").signing_algorithm("HS256").send().await;
        assert_eq!(refusal(other), (400, "ValidationError".to_owned()));
    }

    #[tokio::test]
    async fn an_account_can_keep_its_tokens_to_itself() {
        let alice = hatrack_sandbox::User::new("alice").access_key(ALICE_KEY, ALICE_SECRET);
        let sandbox = Sandbox::start(World::default().account(Account::new("111122223333", "x").user(alice)));
        let call = client(&sandbox).get_web_identity_token().audience("them").signing_algorithm("RS256");
        let refused = refusal(call.send().await);
        assert_eq!(refused, (403, "OutboundWebIdentityFederationDisabledException".to_owned()));
    }
}
