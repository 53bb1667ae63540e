//! AssumeRoleWithSAML, with responses that others' code made and signed.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use crate::support::{
        Answer, SAML_PROVIDER, SamlResponses, Signer, VERSION, call, role, send,
        when_saml_responses_were_made, world,
    };
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use hatrack_sandbox::{Account, Role, SamlProvider, Sandbox, World};
    use jiff::{SignedDuration, Timestamp};

    fn sandbox() -> Sandbox {
        when_saml_responses_were_made(Sandbox::start(world()))
    }

    fn posted(name: &str) -> String {
        SamlResponses::read().responses[name].clone()
    }

    /// What a response says, changed on its way.
    fn changed(name: &str, change: impl FnOnce(String) -> String) -> String {
        let text = String::from_utf8(STANDARD.decode(posted(name)).unwrap()).unwrap();
        let changed = change(text.clone());
        assert_ne!(changed, text, "there is something to change");
        STANDARD.encode(changed)
    }

    fn bring(sandbox: &Sandbox, assertion: &str, more: &str) -> Answer {
        let escaped: String = assertion.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let form = format!(
            "Action=AssumeRoleWithSAML&{VERSION}&RoleArn={}&PrincipalArn={SAML_PROVIDER}&SAMLAssertion={escaped}{more}",
            role("Federated")
        );
        send(sandbox, "POST / HTTP/1.1", &[], form.as_bytes())
    }

    fn refused(sandbox: &Sandbox, assertion: &str) -> (u16, String, String) {
        let answer = bring(sandbox, assertion, "");
        let (code, message) = answer.error();
        (answer.status, code, message)
    }

    #[test]
    fn a_signed_response_opens_the_role_and_labels_the_session() {
        let sandbox = sandbox();
        let answer = bring(&sandbox, &posted("samlp"), "&DurationSeconds=900");
        assert_eq!(answer.status, 200, "{}", answer.body);
        let arn = "arn:aws:sts::444455556666:assumed-role/Federated/ada@example.com";
        for (name, expected) in [
            ("Arn", arn),
            ("SourceIdentity", "ada"),
            ("Subject", "ada"),
            ("SubjectType", "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"),
            ("Issuer", "https://idp.example.com/metadata"),
            ("Audience", "https://signin.aws.amazon.com/saml"),
            // base64 of the SHA-1 of issuer, account and "/Company", by openssl.
            ("NameQualifier", "5oW054AdWM8Ngv/b+vgp3xbrJHk="),
        ] {
            assert_eq!(answer.text(name), expected);
        }
        let tags = sandbox.session_tags(&answer.text("AccessKeyId")).unwrap();
        assert_eq!(tags, [("Team".to_owned(), "R+D".to_owned())]);
        let holder = Signer::holder(&answer, &sandbox);
        let caller = call(&sandbox, &holder, &format!("Action=GetCallerIdentity&{VERSION}"));
        assert_eq!(caller.text("Arn"), arn);
        let logged = format!("{:?}", sandbox.requests());
        assert!(!logged.contains(&posted("samlp")));
        assert_eq!(sandbox.requests()[0].params["SAMLAssertion"], "***");
        assert_eq!(sandbox.requests()[0].access_key_id, None, "it is unsigned");
    }

    #[test]
    fn a_signature_may_be_the_assertion_s_the_response_s_or_both() {
        let sandbox = sandbox();
        for name in ["samlp-response", "samlp-both", "prefixed", "prefixed-response", "digest-512"] {
            let answer = bring(&sandbox, &posted(name), "");
            assert_eq!(answer.status, 200, "{name}: {}", answer.body);
        }
        let persistent = bring(&sandbox, &posted("prefixed"), "");
        assert_eq!(persistent.text("SubjectType"), "persistent");
        assert_eq!(persistent.text("Subject"), "ada", "a comment parts nothing");
    }

    #[test]
    fn what_was_changed_or_nobody_signed_is_not_believed() {
        let sandbox = sandbox();
        let invalid = (400, "InvalidIdentityToken".to_owned(), "Response signature invalid".to_owned());
        let from = |one: &'static str, other: &'static str| move |it: String| it.replacen(one, other, 1);
        let whole = |text: &str| {
            let end = "</saml2:Assertion>";
            text[text.find("<saml2:Assertion").unwrap()..text.find(end).unwrap() + end.len()].to_owned()
        };
        for assertion in [
            posted("samlp-unsigned"),
            posted("samlp-sha1"),
            changed("samlp", from(">ada@example.com<", ">eve@example.com<")),
            changed("samlp", from(">ada@example.com<", "> ada@example.com<")),
            changed("samlp", from("R+D", "Admins")),
            changed("samlp", from("<SignatureValue>", "<SignatureValue>AAAA")),
            changed("samlp", from("<DigestValue>", "<DigestValue>AAAA")),
            changed("samlp", from("URI=\"#_", "URI=\"#x_")),
            changed("samlp", from("#enveloped-signature", "#base64")),
            changed("samlp", from("\"http://www.w3.org/2001/10/xml-exc-c14n#\"", "\"urn:other\"")),
            changed("prefixed", from("a<!-- no -->da", "a<!-- no -->ba")),
            changed("prefixed", from("<deeper/>", "")),
            changed("prefixed", from("xmlns:odd=\"urn:odd\"", "xmlns:odd=\"urn:other\"")),
            changed("samlp-both", from("Destination=\"https", "Destination=\"http")),
            // The signed assertion moves aside, and a forged one with its id takes its place.
            changed("prefixed", |text| {
                let signed = whole(&text);
                let forged = signed.replace("ada@example.com", "eve@example.com");
                let aside = format!("<aside>{signed}</aside>");
                text.replace(&signed, &(forged + &aside))
            }),
            changed("prefixed", |text| {
                let signed = whole(&text);
                let forged = signed.replace("ada@example.com", "eve@example.com");
                let other = forged.replacen("ID=\"assertion\"", "ID=\"other\"", 1);
                text.replace(&signed, &format!("{other}<aside>{signed}</aside>"))
            }),
        ] {
            assert_eq!(refused(&sandbox, &assertion), invalid);
        }
        let twice = changed("prefixed", |text| text.replace(&whole(&text), &whole(&text).repeat(2)));
        assert_eq!(refused(&sandbox, &twice).1, "InvalidIdentityToken");
        // The same response, of a provider with another key or none: what comes along counts for nothing.
        for certificate in [SamlResponses::read().other_certificate, "AAAA".to_owned(), String::new()] {
            let provider = SamlProvider::new(SAML_PROVIDER, "https://idp.example.com/metadata", certificate);
            let role = Role::new("Federated").trusts_saml(SAML_PROVIDER);
            let world = World::default()
                .account(Account::new("444455556666", "production").role(role))
                .saml_provider(provider);
            let sandbox = when_saml_responses_were_made(Sandbox::start(world));
            assert_eq!(refused(&sandbox, &posted("samlp")), invalid);
        }
    }

    #[test]
    fn each_refusal_has_aws_s_words() {
        let sandbox = sandbox();
        for (name, status, code, words) in [
            ("refused", 403, "IDPRejectedClaim", "reported that authentication failed"),
            ("elsewhere", 400, "InvalidIdentityToken", "Recipient"),
            ("audience", 400, "InvalidIdentityToken", "Response does not contain the required audience."),
            ("stranger", 400, "InvalidIdentityToken", "Issuer not present in specified provider"),
            ("ended", 400, "ExpiredTokenException", "Token expired: current date/time"),
            ("early", 400, "InvalidIdentityToken", "not valid yet"),
            ("nameless", 400, "InvalidIdentityToken", "RoleSessionName is required in AuthnResponse"),
            ("misnamed", 400, "InvalidIdentityToken", "RoleSessionName in AuthnResponse must match"),
            ("roleless", 403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML"),
            ("untaggable", 400, "ValidationError", "tags.1.member.value"),
            ("denied-identity", 400, "InvalidIdentityToken", "Source Identity must match"),
        ] {
            let (told_status, told_code, message) = refused(&sandbox, &posted(name));
            assert_eq!((told_status, told_code.as_str()), (status, code), "{name}: {message}");
            assert!(message.contains(words), "{name}: {message}");
        }
        for assertion in
            ["%%%%", "AAAA", &STANDARD.encode("<Response/>"), &STANDARD.encode("<!DOCTYPE a><a/>")]
        {
            let (status, code, message) = refused(&sandbox, assertion);
            assert_eq!((status, code.as_str()), (400, "InvalidIdentityToken"), "{message}");
        }
        sandbox.set_clock_offset(
            SamlResponses::read().issued.duration_since(real_now(&sandbox)) + SignedDuration::from_mins(6),
        );
        assert_eq!(refused(&sandbox, &posted("samlp")).1, "ExpiredTokenException");
    }

    /// The machine's present, which the sandbox's clock is set against.
    fn real_now(sandbox: &Sandbox) -> Timestamp {
        sandbox.set_clock_offset(SignedDuration::ZERO);
        sandbox.now()
    }

    #[test]
    fn trust_leave_and_durations_are_the_role_s() {
        let start = |role: Role, provider: &str| {
            let saml = SamlResponses::read();
            let world = World::default()
                .account(Account::new("444455556666", "production").role(role))
                .saml_provider(SamlProvider::new(
                    provider,
                    "https://idp.example.com/metadata",
                    // As metadata has it: base64 without its frame.
                    saml.certificate.lines().filter(|line| !line.starts_with('-')).collect::<String>(),
                ));
            when_saml_responses_were_made(Sandbox::start(world))
        };
        let denied =
            |action: &str| (403, "AccessDenied".to_owned(), format!("Not authorized to perform {action}"));
        let nobody = start(Role::new("Federated"), SAML_PROVIDER);
        assert_eq!(refused(&nobody, &posted("samlp")), denied("sts:AssumeRoleWithSAML"));
        let trusting = || Role::new("Federated").trusts_saml(SAML_PROVIDER);
        let bare = start(trusting(), SAML_PROVIDER);
        assert_eq!(refused(&bare, &posted("samlp")), denied("sts:TagSession"));
        assert_eq!(bring(&bare, &posted("prefixed"), "").status, 200, "it has no labels");
        let tagged = start(trusting().with_tags(), SAML_PROVIDER);
        assert_eq!(refused(&tagged, &posted("samlp")), denied("sts:SetSourceIdentity"));
        let other = start(trusting(), "arn:aws:iam::444455556666:saml-provider/Other");
        assert_eq!(refused(&other, &posted("samlp")).2, "Specified provider doesn't exist");

        let long = bring(&bare, &posted("prefixed"), "&DurationSeconds=3601");
        assert_eq!(long.error().0, "ValidationError");
        let left = |name: &str, more: &str| {
            let answer = bring(&bare, &posted(name), more);
            let ends: Timestamp = answer.text("Expiration").parse().unwrap();
            ends.duration_since(bare.now()).as_secs()
        };
        assert!((890..=900).contains(&left("short", "&DurationSeconds=900")));
        assert!((1100..=1200).contains(&left("short", "")), "the sign-in ends before the hour does");
        assert!((3500..=3600).contains(&left("prefixed", "")));
    }
}
