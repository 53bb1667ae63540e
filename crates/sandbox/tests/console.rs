//! The console's sign-in: what it takes, and what it refuses.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use crate::support::{ALICE_KEY, ALICE_SECRET, Answer, Signer, VERSION, call, role, send, world};
    use hatrack_sandbox::Sandbox;
    use jiff::SignedDuration;
    use serde_json::{Value, json};

    const CONSOLE: &str = "https://console.aws.amazon.com/s3/home";

    fn encoded(text: &str) -> String {
        text.bytes().map(|byte| format!("%{byte:02X}")).collect()
    }

    fn get(sandbox: &Sandbox, query: &str) -> Answer {
        send(sandbox, &format!("GET /federation?{query} HTTP/1.1"), &[], b"")
    }

    fn session(signer: &Signer) -> Value {
        json!({ "sessionId": signer.key, "sessionKey": signer.secret, "sessionToken": signer.token })
    }

    fn token_for(sandbox: &Sandbox, session: &Value, more: &str) -> Answer {
        let session = encoded(&session.to_string());
        get(sandbox, &format!("Action=getSigninToken&Session={session}{more}"))
    }

    fn token(answer: &Answer) -> String {
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        told["SigninToken"].as_str().unwrap().to_owned()
    }

    fn sign_in(sandbox: &Sandbox, token: &str, destination: &str) -> Answer {
        let (token, destination) = (encoded(token), encoded(destination));
        get(sandbox, &format!("Action=login&Issuer=x&Destination={destination}&SigninToken={token}"))
    }

    fn assume(sandbox: &Sandbox, signer: &Signer, name: &str) -> Signer {
        let arn = encoded(&role(name));
        let form = format!("Action=AssumeRole&{VERSION}&RoleSessionName=a-session&RoleArn={arn}");
        Signer::holder(&call(sandbox, signer, &form), sandbox)
    }

    /// The session of a role that Alice may assume.
    fn assumed(sandbox: &Sandbox) -> Signer {
        assume(sandbox, &Signer::alice(sandbox), "team/Plain")
    }

    #[test]
    fn a_role_s_credentials_sign_in_at_a_page_of_the_console() {
        let sandbox = Sandbox::start(world());
        let signer = assumed(&sandbox);
        for more in ["", "&SessionDuration=900"] {
            let given = token_for(&sandbox, &session(&signer), more);
            assert_eq!(given.status, 200, "{}", given.body);
            let page = sign_in(&sandbox, &token(&given), CONSOLE);
            assert!(
                page.status == 200 && page.body.contains("assumed-role/Plain/a-session"),
                "{}",
                page.body
            );
        }
        // The same as a form, which a long session needs.
        let form = format!("Action=getSigninToken&Session={}", encoded(&session(&signer).to_string()));
        assert_eq!(send(&sandbox, "POST /federation HTTP/1.1", &[], form.as_bytes()).status, 200);
        let told = format!("{:?}", sandbox.requests());
        assert!(!told.contains(&signer.secret), "{told}");
    }

    #[test]
    fn other_credentials_and_durations_are_refused() {
        let sandbox = Sandbox::start(world());
        let signer = assumed(&sandbox);
        let right = session(&signer);
        for change in [
            json!({ "sessionKey": "wrong" }),
            json!({ "sessionToken": "wrong" }),
            json!({ "sessionId": ALICE_KEY, "sessionKey": ALICE_SECRET }),
            json!({ "more": "x" }),
            json!({ "sessionToken": null }),
        ] {
            let mut session = right.clone();
            for (name, value) in change.as_object().unwrap() {
                session[name] = value.clone();
            }
            assert_eq!(token_for(&sandbox, &session, "").status, 400, "{change}");
        }
        for seconds in ["0", "899", "43201", "x", "-1", "40000"] {
            let more = format!("&SessionDuration={seconds}");
            assert_eq!(token_for(&sandbox, &right, &more).status, 400, "{seconds}");
        }
        let chained = session(&assume(&sandbox, &signer, "Chained"));
        assert_eq!(token_for(&sandbox, &chained, "&SessionDuration=900").status, 400);
        assert_eq!(token_for(&sandbox, &chained, "").status, 200);
        let user = format!("Action=GetSessionToken&{VERSION}");
        let user = Signer::holder(&call(&sandbox, &Signer::alice(&sandbox), &user), &sandbox);
        assert_eq!(token_for(&sandbox, &session(&user), "").status, 400);
        let federated = format!("Action=GetFederationToken&{VERSION}&Name=guest");
        let federated = Signer::holder(&call(&sandbox, &Signer::alice(&sandbox), &federated), &sandbox);
        assert_eq!(token_for(&sandbox, &session(&federated), "&SessionDuration=900").status, 400);
        assert_eq!(token_for(&sandbox, &session(&federated), "").status, 200);
        sandbox.expire_sessions();
        assert_eq!(token_for(&sandbox, &right, "").status, 400);
    }

    #[test]
    fn a_sign_in_leads_to_the_console_alone_and_its_token_ends() {
        let sandbox = Sandbox::start(world());
        let token = token(&token_for(&sandbox, &session(&assumed(&sandbox)), ""));
        for destination in [
            "",
            "http://console.aws.amazon.com/",
            "https://evil.example/",
            "https://evilconsole.aws.amazon.com/",
            "https://console.aws.amazon.com.evil.example/",
            "https://evil.example\\.console.aws.amazon.com/",
            "https://user@a.console.aws.amazon.com/",
            "https://console.amazonaws.cn/",
        ] {
            assert_eq!(sign_in(&sandbox, &token, destination).status, 400, "{destination}");
        }
        assert_eq!(sign_in(&sandbox, "unknown", CONSOLE).status, 400);
        let hostile = sign_in(&sandbox, &token, "https://console.aws.amazon.com/<script>");
        assert!(hostile.status == 200 && !hostile.body.contains("<script>"), "{}", hostile.body);
        sandbox.set_clock_offset(SignedDuration::from_mins(16));
        assert_eq!(sign_in(&sandbox, &token, CONSOLE).status, 400);
    }
}
