//! SAML responses as providers write them, and as nobody should.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_federation::saml::Assertion;
use hatrack_wire::Sealed;
use serde_json::Value;

const ROLE: &str = "arn:aws:iam::123456789012:role/Admin,arn:aws:iam::123456789012:saml-provider/Work";
const ATTRIBUTES: &str = "https://aws.amazon.com/SAML/Attributes/";

/// A response in the making.
#[derive(Clone)]
struct Draft {
    destination: &'static str,
    recipient: &'static str,
    audience: &'static str,
    status: String,
    ends: [String; 2],
    attributes: Vec<(String, Vec<String>)>,
}

impl Draft {
    fn new() -> Self {
        Self {
            destination: "https://signin.aws.amazon.com/saml",
            recipient: "https://signin.aws.amazon.com/saml",
            audience: "urn:amazon:webservices",
            status: r#"<p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>"#.to_owned(),
            ends: ["2026-01-02T03:10:00Z".to_owned(), "2026-01-02T04:05:00.5Z".to_owned()],
            attributes: vec![(format!("{ATTRIBUTES}Role"), vec![ROLE.to_owned()])],
        }
    }

    fn with(mut self, name: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        self.attributes.push((format!("{ATTRIBUTES}{name}"), values));
        self
    }

    fn assertion(&self) -> String {
        let attributes: String = self
            .attributes
            .iter()
            .map(|(name, values)| {
                let value = |value: &String| format!("<AttributeValue>{value}</AttributeValue>");
                let values: String = values.iter().map(value).collect();
                format!(r#"<Attribute Name="{name}">{values}</Attribute>"#)
            })
            .collect();
        format!(
            r#"<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"><Issuer>http://idp.example/</Issuer>
            <Subject><NameID>eve</NameID><SubjectConfirmation>
            <SubjectConfirmationData NotOnOrAfter="{}" Recipient="{}"/></SubjectConfirmation></Subject>
            <Conditions NotOnOrAfter="{}"><AudienceRestriction><Audience>{}</Audience></AudienceRestriction></Conditions>
            <AttributeStatement>{attributes}</AttributeStatement>
            <AuthnStatement SessionNotOnOrAfter="2026-01-02T11:05:00Z"/></Assertion>"#,
            self.ends[0], self.recipient, self.ends[1], self.audience
        )
    }

    fn around(&self, content: &str) -> String {
        format!(
            r#"<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" Destination="{}"
            IssueInstant="2026-01-02T03:05:00Z"><p:Status>{}</p:Status>{content}</p:Response>"#,
            self.destination, self.status
        )
    }

    fn read(&self) -> Result<Assertion, Failure> {
        read(&self.around(&self.assertion()))
    }
}

fn read(xml: &str) -> Result<Assertion, Failure> {
    Assertion::read(Sealed::new(STANDARD.encode(xml)))
}

fn refused(read: Result<Assertion, Failure>) -> String {
    let failure = read.expect_err("it is refused");
    assert_eq!(failure.code, FailureCode::Refused, "{failure}");
    failure.to_string()
}

#[test]
fn what_saml2aws_expects_is_read() {
    let cases: Value = serde_json::from_str(include_str!("saml/saml_cases.json")).unwrap();
    for case in cases["assertions"].as_array().unwrap() {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let expected = &cases["upstream_expectations"][text(&case["file"])];
        let roles = case["roles"].as_array().unwrap();
        let pairs = roles.iter().map(|role| format!("{},{}", text(&role["role"]), text(&role["principal"])));
        let mut draft = Draft::new();
        draft.attributes = vec![(format!("{ATTRIBUTES}Role"), pairs.collect())];
        draft.ends = [text(&case["not_on_or_after"][0]), text(&case["not_on_or_after"][1])];
        let draft = draft
            .with("RoleSessionName", &[&text(&case["session_name"])])
            .with("SessionDuration", &[&text(&case["session_duration"])]);
        for destination in ["https://signin.aws.amazon.com/saml", ""] {
            let assertion = Draft { destination, ..draft.clone() }.read().unwrap();
            let found: Vec<_> = assertion
                .roles()
                .iter()
                .map(|role| (role.role_arn.as_str().to_owned(), role.principal_arn.clone()))
                .collect();
            let wanted: Vec<_> =
                roles.iter().map(|role| (text(&role["role"]), text(&role["principal"]))).collect();
            assert_eq!(found, wanted);
            assert_eq!(assertion.session_duration().map(u64::from), expected["session_duration_s"].as_u64());
            assert_eq!(assertion.role_session_name(), case["session_name"].as_str());
            assert_eq!(assertion.endpoint(), expected["destination"].as_str());
            let ends = assertion.expires(jiff::Timestamp::UNIX_EPOCH);
            assert_eq!(
                ends.as_second(),
                text(&expected["expires"]).parse::<jiff::Timestamp>().unwrap().as_second()
            );
        }
    }
    for pair in cases["role_pairs"].as_array().unwrap() {
        let mut draft = Draft::new();
        draft.attributes =
            vec![(format!("{ATTRIBUTES}Role"), vec![pair["value"].as_str().unwrap().to_owned()])];
        let role = &draft.read().unwrap().roles()[0].clone();
        assert_eq!(role.role_arn.as_str(), "arn:aws:iam::456456456456:role/admin");
        assert_eq!(role.principal_arn, "arn:aws:iam::456456456456:saml-provider/example-idp");
    }
    assert_eq!(cases["upstream_expectations"]["assertion_invalid_date.xml"], "error on the date");
    let mut draft = Draft::new();
    draft.ends[0] = "2016-09-10 nonsense".to_owned();
    assert_eq!(draft.read().unwrap_err().code, FailureCode::Unreachable);
}

#[test]
fn everything_for_aws_is_read_and_nothing_else() {
    let mut draft = Draft::new()
        .with("Role", &[&format!(" {ROLE}\n"), "nonsense"])
        .with("SourceIdentity", &["eve"])
        .with("PrincipalTag:Team", &["R &amp; D"])
        .with("PrincipalTag:Cost", &["1"])
        .with("TransitiveTagKeys", &["Team", "Cost"])
        .with("SessionDuration", &["43201"]);
    draft.attributes.push(("https://evil.example/Attributes/Role".to_owned(), vec!["x".to_owned()]));
    let assertion = draft.read().unwrap();
    assert_eq!(assertion.roles().len(), 1, "each once");
    assert_eq!(assertion.source_identity(), Some("eve"));
    assert_eq!(assertion.tags(), [("Cost", "1"), ("Team", "R & D")].into());
    assert_eq!(assertion.transitive_tag_keys(), ["Team", "Cost"]);
    assert_eq!(assertion.session_duration(), None, "more than AWS allows");
    assert_eq!(assertion.role_session_name(), None);
    assert_eq!(assertion.issuer(), Some("http://idp.example/"));
    assert_eq!(assertion.expires(jiff::Timestamp::MAX).to_string(), "2026-01-02T03:10:00Z");
    assert_eq!(assertion.session_ends().unwrap().to_string(), "2026-01-02T11:05:00Z");
    assert!(!assertion.is_encrypted());
}

#[test]
fn an_assertion_within_something_else_is_none() {
    let draft = Draft::new();
    let hidden = format!("<x>{}</x>", draft.assertion());
    assert_eq!(read(&draft.around(&hidden)).unwrap_err().code, FailureCode::Unreachable);
    let twice = draft.assertion().repeat(2);
    assert_eq!(read(&draft.around(&twice)).unwrap_err().code, FailureCode::Unreachable);
    assert_eq!(read(&draft.assertion()).unwrap_err().code, FailureCode::Unreachable);
}

#[test]
fn an_encrypted_assertion_is_handed_on_unread() {
    let draft = Draft::new();
    let sealed = r#"<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>"#;
    let assertion = read(&draft.around(sealed)).unwrap();
    assert!(assertion.is_encrypted() && assertion.roles().is_empty());
    assert_eq!(
        assertion.expires(jiff::Timestamp::MAX).to_string(),
        "2026-01-02T03:10:00Z",
        "five minutes on"
    );
    let elsewhere = Draft { destination: "https://wiki.example/acs", ..Draft::new() };
    assert!(refused(read(&elsewhere.around(sealed))).contains("https://wiki.example/acs"));
}

#[test]
fn a_provider_s_no_is_told_in_its_words_and_escaped() {
    let status = r#"<p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder">
        <p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:RequestDenied"/></p:StatusCode>
        <p:StatusMessage>Not you,&#x202e; &lt;b&gt;Eve</p:StatusMessage>"#;
    let draft = Draft { status: status.to_owned(), ..Draft::new() };
    let words = refused(read(&draft.around("")));
    let expected = "The identity provider refused the sign-in: “Not you,\\u{202e} <b>Eve” (RequestDenied).";
    assert!(words.starts_with(expected), "{words}");
}

#[test]
fn what_is_for_another_service_or_without_a_role_is_refused_in_words() {
    let elsewhere = Draft { recipient: "https://wiki.example/acs", audience: "wiki", ..Draft::new() };
    assert!(refused(elsewhere.read()).contains("another service, https://wiki.example/acs, not to AWS"));
    let by_audience = Draft { recipient: "https://portal.example/", ..Draft::new() };
    assert!(by_audience.read().is_ok(), "its audience is AWS");
    let by_recipient = Draft { audience: "company", ..Draft::new() };
    assert!(by_recipient.read().is_ok(), "its recipient is AWS");
    let nobody = Draft { attributes: Vec::new(), ..Draft::new() };
    assert!(refused(nobody.read()).contains("names no role"));
}

#[test]
fn what_can_t_be_read_says_why() {
    let xml = Draft::new().around(&Draft::new().assertion());
    let doctype = format!("<!DOCTYPE x [<!ENTITY a 'b'>]>{xml}");
    let long = "A".repeat(100_001);
    for (posted, why) in [
        (String::new(), "SAML 2.0"),
        ("%".to_owned(), "base64"),
        (STANDARD.encode([0xff, 0xfe]), "UTF-8"),
        (STANDARD.encode("notxml"), "SAML 2.0"),
        (STANDARD.encode("<html/>"), "SAML 2.0"),
        (STANDARD.encode(doctype), "SAML 2.0"),
        (long, "100,000"),
    ] {
        let failure = Assertion::read(Sealed::new(posted)).unwrap_err();
        assert_eq!(failure.code, FailureCode::Unreachable);
        assert!(failure.happened.contains(why), "{failure}");
    }
}

#[test]
fn line_breaks_and_missing_padding_are_borne_and_debug_tells_no_assertion() {
    let posted = STANDARD.encode(Draft::new().around(&Draft::new().assertion()));
    let lines: Vec<&str> =
        posted.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let assertion = Assertion::read(Sealed::new(lines.join("\r\n").trim_end_matches('='))).unwrap();
    assert_eq!(assertion.sealed().open(), posted.trim_end_matches('='));
    assert!(!format!("{assertion:?}").contains(&posted[..40]));
}
