//! Sign-in at IAM Identity Center: clients, browsers, devices, refreshing, and everybody who lies.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use crate::support::portal::{
        Callback, Client, DEVICE_CODE, REDIRECT, START_URL, VERIFIER, browse, field, get, logout,
        organisation, post, registration, world_with_portal,
    };
    use hatrack_sandbox::{Choice, Organisation, Sandbox, World};
    use jiff::SignedDuration;
    use serde_json::{Value, json};

    const ACCOUNTS: &str = "/assignment/accounts";
    const PENDING: (u16, &str) = (400, "AuthorizationPendingException");

    fn with(mut object: Value, name: &str, value: &Value) -> Value {
        object[name] = value.clone();
        object
    }

    fn code_grant(callback: &Callback, code: &str) -> Value {
        json!({
            "grantType": "authorization_code", "code": code, "redirectUri": callback.redirect(),
            "codeVerifier": VERIFIER,
        })
    }

    fn moved(sandbox: &Sandbox, seconds: i64) {
        sandbox.set_clock_offset(SignedDuration::from_secs(seconds));
    }

    #[test]
    fn a_browser_brings_a_code_and_state_for_a_token_that_opens_the_portal() {
        let sandbox = Sandbox::start(world_with_portal());
        let client = Client::register(&sandbox, &registration());
        let callback = Callback::listen();
        let (visit, query) = browse(&client, &callback, Choice::Allow);
        let shown = visit.end();
        assert_eq!(
            shown.iter().map(|page| page.status).collect::<Vec<_>>(),
            [Some(200), Some(302), Some(200)]
        );
        assert!(shown[0].body.contains("<b>a &lt;client&gt;</b>"), "{}", shown[0].body);
        assert!(shown[0].body.contains("<option>ann</option><option>bob</option>"), "{}", shown[0].body);
        for kept in ["name=\"state\" value=\"a-state\"", "name=\"code_challenge\"", "value=\"deny\""] {
            assert!(shown[0].body.contains(kept), "the form brings it again: {}", shown[0].body);
        }
        assert_eq!(field(&query, "state"), Some("a-state"));
        let code = field(&query, "code").unwrap();
        let token = client.token(&code_grant(&callback, code));
        assert_eq!((token.status, &token.body["expiresIn"]), (200, &json!(3600)), "{token:?}");
        assert_eq!(token.text("tokenType"), "Bearer");
        assert_eq!(get(&sandbox, ACCOUNTS, token.text("accessToken")).status, 200);
        let again = client.token(&code_grant(&callback, code));
        assert_eq!(again.error(), (400, "InvalidGrantException"), "a code is taken once");
        assert_eq!(again.text("error"), "invalid_grant");
        let printed = format!("{sandbox:?} {:?}", sandbox.requests());
        for secret in [code, token.text("accessToken"), token.text("refreshToken"), &client.secret, VERIFIER]
        {
            assert!(!printed.contains(secret));
        }
    }

    #[test]
    fn a_code_is_for_one_client_one_address_one_verifier_and_ten_minutes() {
        let sandbox = Sandbox::start(world_with_portal());
        let client = Client::register(&sandbox, &registration());
        let other = Client::register(&sandbox, &registration());
        let callback = Callback::listen();
        let code = || {
            let (_, query) = browse(&client, &callback, Choice::Allow);
            field(&query, "code").unwrap().to_owned()
        };
        let good = |code: &str| code_grant(&callback, code);
        let stranger = other.token(&good(&code()));
        let elsewhere = client.token(&with(good(&code()), "redirectUri", &json!(REDIRECT)));
        let unproved = client.token(&with(good(&code()), "codeVerifier", &json!("x".repeat(43))));
        let old = code();
        moved(&sandbox, 601);
        for told in [stranger, elsewhere, unproved, client.token(&good(&old)), client.token(&good("x"))] {
            assert_eq!(told.error(), (400, "InvalidGrantException"), "{told:?}");
        }
        let short = client.token(&with(good("x"), "codeVerifier", &json!("x")));
        assert_eq!(short.error(), (400, "InvalidRequestException"));
    }

    #[test]
    fn people_deny_wait_answer_twice_and_lose_their_way() {
        let sandbox = Sandbox::start(world_with_portal());
        let client = Client::register(&sandbox, &registration());
        let callback = Callback::listen();
        let (_, denied) = browse(&client, &callback, Choice::Deny);
        assert_eq!((field(&denied, "error"), field(&denied, "code")), (Some("access_denied"), None));
        assert_eq!(field(&denied, "state"), Some("a-state"));
        let (twice, first) = browse(&client, &callback, Choice::Twice);
        assert_eq!(callback.query().replace("%2F", "/").replace("%2B", "+"), first);
        assert_eq!(twice.end().len(), 4);
        let (_, lost) = browse(&client, &callback, Choice::WrongState);
        assert_eq!(field(&lost, "state"), Some("Xa-state"));
        let seen = sandbox.visit(&client.authorize(&callback.redirect()), "ann", Choice::Never).end();
        assert_eq!(seen.iter().map(|page| page.status).collect::<Vec<_>>(), [Some(200)]);
        let stranger = sandbox.visit(&client.authorize(&callback.redirect()), "eve", Choice::Allow).end();
        assert_eq!(stranger[1].status, Some(403));
    }

    #[test]
    fn a_browser_is_sent_nowhere_but_to_the_client() {
        let sandbox = Sandbox::start(world_with_portal());
        let client = Client::register(&sandbox, &registration());
        let visit = |url: &str| sandbox.visit(url, "ann", Choice::Allow).end();
        for redirect in ["http://evil.example/oauth/callback", "http://127.0.0.1:1/other", ""] {
            assert_eq!(visit(&client.authorize(redirect))[1].status, Some(400), "{redirect}");
        }
        let unknown = client.authorize(REDIRECT).replace(&client.id, "unknown");
        assert_eq!(visit(&unknown)[1].status, Some(400));
        let callback = Callback::listen();
        for (what, instead, error) in [
            ("response_type=code", "response_type=token", "unsupported_response_type"),
            ("method=S256", "method=plain", "invalid_request"),
            ("&state=a-state", "", "invalid_request"),
            ("account%3Aaccess", "account%3Aadmin", "invalid_scope"),
        ] {
            let url = client.authorize(&callback.redirect()).replacen(what, instead, 1);
            let visit = sandbox.visit(&url, "ann", Choice::Never);
            assert_eq!(field(&visited(&callback, visit), "error"), Some(error), "{what}");
        }
    }

    /// What comes back although nobody answered.
    fn visited(callback: &Callback, visit: hatrack_sandbox::Visit) -> String {
        let query = visit.end()[0].location.clone().unwrap();
        query.split_once(&format!("{}?", callback.redirect())).unwrap().1.to_owned()
    }

    #[test]
    fn a_device_waits_for_its_answer_and_not_too_eagerly() {
        let sandbox = Sandbox::start(world_with_portal());
        let plain = json!({ "clientName": "cli", "clientType": "public" });
        let client = Client::register(&sandbox, &plain);
        let device = client.begin_device();
        assert_eq!((&device.body["interval"], &device.body["expiresIn"]), (&json!(1), &json!(600)));
        let code = device.text("deviceCode");
        let ask = || client.device_token(code);
        assert_eq!([ask().error(), ask().error()], [PENDING, PENDING], "the AWS CLI asks twice at once");
        assert_eq!(ask().error(), (400, "SlowDownException"));
        moved(&sandbox, 2);
        assert_eq!(ask().error().1, "SlowDownException", "now it is six seconds");
        moved(&sandbox, 30);
        assert_eq!(ask().error(), PENDING);
        let page = device.text("verificationUriComplete");
        assert_eq!(sandbox.visit(page, "ann", Choice::WrongState).end()[1].status, Some(400));
        let typed =
            page.replace(device.text("userCode"), &device.text("userCode").to_lowercase().replace('-', ""));
        let shown = sandbox.visit(&typed, "ann", Choice::Twice).end();
        let statuses: Vec<_> = shown.iter().map(|page| page.status).collect();
        assert_eq!(statuses, [Some(200), Some(200), Some(400)], "a code is confirmed once");
        moved(&sandbox, 60);
        let token = ask();
        assert_eq!((token.status, &token.body["expiresIn"]), (200, &json!(28_800)), "{token:?}");
        assert_eq!(token.body.get("refreshToken"), None, "the older kind has none");
        assert_eq!(get(&sandbox, ACCOUNTS, token.text("accessToken")).status, 200);
        moved(&sandbox, 90);
        assert_eq!(ask().error().1, "InvalidGrantException");
        let start = sandbox.visit(device.text("verificationUri"), "ann", Choice::Never).end();
        assert!(start[0].body.contains("user_code"), "{}", start[0].body);
    }

    #[test]
    fn a_device_may_be_denied_and_its_code_ends() {
        let sandbox = Sandbox::start(world_with_portal());
        let client = Client::register(&sandbox, &json!({ "clientName": "cli", "clientType": "public" }));
        let denied = client.begin_device();
        sandbox.visit(denied.text("verificationUriComplete"), "ann", Choice::Deny).end();
        assert_eq!(client.device_token(denied.text("deviceCode")).error(), (400, "AccessDeniedException"));
        let late = client.begin_device();
        moved(&sandbox, 601);
        assert_eq!(client.device_token(late.text("deviceCode")).error(), (400, "ExpiredTokenException"));
        let shown = sandbox.visit(late.text("verificationUriComplete"), "ann", Choice::Allow).end();
        assert_eq!(shown[1].status, Some(400));
    }

    #[test]
    fn refresh_tokens_rotate_belong_to_one_client_and_end_with_the_sign_in() {
        let sandbox = Sandbox::start(World::default().organisation(organisation().session_duration(7200)));
        let portal = sandbox.portal(START_URL);
        let signed_in = portal.sign_in("ann");
        let client = Client {
            sandbox: &sandbox,
            id: signed_in.client_id.clone(),
            secret: signed_in.client_secret.clone(),
        };
        portal.end_access_tokens();
        assert_eq!(get(&sandbox, ACCOUNTS, &signed_in.access_token).status, 401);
        let stranger = Client::register(&sandbox, &registration());
        assert_eq!(stranger.refresh(&signed_in.refresh_token).error().1, "InvalidGrantException");
        let second = client.refresh(&signed_in.refresh_token);
        assert_eq!(get(&sandbox, ACCOUNTS, second.text("accessToken")).status, 200);
        assert_eq!(client.refresh(&signed_in.refresh_token).error().1, "InvalidGrantException");
        moved(&sandbox, 5400);
        let third = client.refresh(second.text("refreshToken"));
        let left = third.body["expiresIn"].as_i64().unwrap();
        assert!((1700..=1800).contains(&left), "the sign-in has half an hour left: {left}");
        assert_eq!(logout(&sandbox, third.text("accessToken")).status, 200);
        assert_eq!(client.refresh(third.text("refreshToken")).error().1, "InvalidGrantException");
        let last = portal.sign_in("ann");
        portal.end_sign_ins();
        let client = Client { sandbox: &sandbox, id: last.client_id, secret: last.client_secret };
        assert_eq!(client.refresh(&last.refresh_token).error().1, "InvalidGrantException");
    }

    #[test]
    fn only_scope_and_grant_together_bring_a_refresh_token() {
        let sandbox = Sandbox::start(world_with_portal());
        let sign_in = |registration: &Value| {
            let client = Client::register(&sandbox, registration);
            let device = client.begin_device();
            sandbox.visit(device.text("verificationUriComplete"), "ann", Choice::Allow).end();
            let token = client.device_token(device.text("deviceCode"));
            let opens = get(&sandbox, ACCOUNTS, token.text("accessToken")).error().0;
            (token.body.get("refreshToken").is_some(), opens)
        };
        let plain = json!({ "clientName": "cli", "clientType": "public" });
        let scoped = with(plain.clone(), "scopes", &json!(["sso:account:access"]));
        assert_eq!(sign_in(&plain), (false, 200));
        assert_eq!(sign_in(&scoped), (true, 200));
        assert_eq!(sign_in(&with(scoped, "grantTypes", &json!([DEVICE_CODE]))), (false, 200));
        assert_eq!(sign_in(&with(plain, "scopes", &json!(["codewhisperer:completions"]))), (false, 403));
    }

    #[test]
    fn a_client_that_nobody_should_trust_is_not_registered() {
        let sandbox = Sandbox::start(world_with_portal());
        for (name, value, error) in [
            ("clientName", Value::Null, "InvalidRequestException"),
            ("clientType", json!("confidential"), "InvalidClientMetadataException"),
            ("grantTypes", json!(["password"]), "UnsupportedGrantTypeException"),
            ("scopes", json!(["everything"]), "InvalidScopeException"),
            ("redirectUris", json!(["http://127.0.0.1:4711/oauth/callback"]), "InvalidRedirectUriException"),
            ("redirectUris", json!(["https://evil.example/"]), "InvalidRedirectUriException"),
            ("redirectUris", json!([]), "InvalidRequestException"),
            ("issuerUrl", Value::Null, "InvalidRequestException"),
            ("issuerUrl", json!("https://other.awsapps.com/start"), "InvalidRequestException"),
            ("scopes", json!("no list"), "InvalidRequestException"),
        ] {
            let told = post(&sandbox, "/client/register", &with(registration(), name, &value));
            assert_eq!(told.error(), (400, error), "{name} {value}");
        }
    }

    #[test]
    fn a_client_proves_itself_until_its_registration_ends() {
        let sandbox = Sandbox::start(World::default().organisation(organisation().client_duration(600)));
        let client = Client::register(&sandbox, &registration());
        let body = |id: &str, secret: &str| {
            json!({
                "clientId": id, "clientSecret": secret, "grantType": "refresh_token", "refreshToken": "x",
            })
        };
        let ask = |id: &str, secret: &str| post(&sandbox, "/token", &body(id, secret)).error().1.to_owned();
        assert_eq!(ask(&client.id, &client.secret), "InvalidGrantException");
        assert_eq!(ask(&client.id, "guessed"), "InvalidClientException");
        assert_eq!(ask("guessed", &client.secret), "InvalidClientException");
        assert_eq!(client.begin_device().error(), (400, "UnauthorizedClientException"));
        let foreign = client.token(&json!({ "grantType": DEVICE_CODE, "deviceCode": "x" }));
        assert_eq!(foreign.error(), (400, "UnauthorizedClientException"));
        moved(&sandbox, 601);
        assert_eq!(ask(&client.id, &client.secret), "InvalidClientException");
        let late = sandbox.visit(&client.authorize(REDIRECT), "ann", Choice::Never).end();
        assert_eq!(late[0].status, Some(400));
    }

    #[test]
    fn organisations_don_t_know_each_other_s_people_and_tokens() {
        let other = "https://globex.awsapps.com/start";
        let globex = Organisation::new(other, "us-west-2").person("gus");
        let sandbox = Sandbox::start(world_with_portal().organisation(globex));
        let gus = sandbox.portal("https://globex.awsapps.com/start/#/").sign_in("gus");
        let accounts = get(&sandbox, ACCOUNTS, &gus.access_token).body;
        assert_eq!(accounts["accountList"], json!([]));
        sandbox.portal(START_URL).end_sign_ins();
        assert_eq!(get(&sandbox, ACCOUNTS, &gus.access_token).status, 200);
        let client = Client::register(&sandbox, &with(registration(), "issuerUrl", &json!(other)));
        let shown = sandbox.visit(&client.authorize(REDIRECT), "ann", Choice::Allow).end();
        assert_eq!(shown[1].status, Some(403), "ann is somebody elsewhere");
    }

    #[test]
    fn behind_a_front_with_aws_s_names_the_region_counts() {
        let sandbox = Sandbox::start(world_with_portal());
        let token = sandbox.portal(START_URL).sign_in("ann").access_token;
        let ask = |host: &str| {
            let mut stream = std::net::TcpStream::connect(("127.0.0.1", sandbox.port())).unwrap();
            let head = format!(
                "GET {ACCOUNTS} HTTP/1.1\r\nHost: {host}\r\nx-amz-sso_bearer_token: {token}\r\nConnection: close\r\n\r\n"
            );
            std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
            std::io::read_to_string(stream).unwrap()[9..12].to_owned()
        };
        assert_eq!(ask("portal.sso.eu-central-1.amazonaws.com"), "200");
        assert_eq!(ask("portal.sso.us-east-1.amazonaws.com"), "401");
        assert_eq!(ask("localhost"), "200");
    }
}
