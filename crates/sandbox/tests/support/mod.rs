//! A client that signs what it is told and reads what comes, and a small world to call.

#![expect(dead_code, reason = "each test file uses some of it")]

pub(crate) mod portal;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use hatrack_sandbox::{Account, Role, SamlProvider, Sandbox, User, World};
use jiff::{SignedDuration, Timestamp};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::SystemTime;

pub(crate) const ALICE_KEY: &str = "AKIAIOSFODNN7ALICE00";
pub(crate) const ALICE_SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYALICESECRT";
pub(crate) const ALICE_ARN: &str = "arn:aws:iam::111122223333:user/alice";
pub(crate) const ALICE_MFA: &str = "arn:aws:iam::111122223333:mfa/alice";
pub(crate) const BOB_KEY: &str = "AKIAIOSFODNN7BOB0000";
pub(crate) const BOB_SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYBOBSECRET0";
pub(crate) const SAML_PROVIDER: &str = "arn:aws:iam::444455556666:saml-provider/Company";
pub(crate) const VERSION: &str = "Version=2011-06-15";

/// Two users and the roles around them.
pub(crate) fn world() -> World {
    let role = |name: &str| Role::new(name).trusts(ALICE_ARN);
    let far = |name: &str| format!("arn:aws:iam::444455556666:role/{name}");
    World::default()
        .trade_in_token(ALICE_ARN, "trade-me-in")
        .saml_provider(SamlProvider::new(
            SAML_PROVIDER,
            "https://idp.example.com/metadata",
            SamlResponses::read().certificate,
        ))
        .account(
            Account::new("111122223333", "identity")
                .with_outbound_web_identity()
                .user(
                    User::new("alice")
                        .access_key(ALICE_KEY, ALICE_SECRET)
                        .mfa_device(ALICE_MFA, "JBSWY3DPEHPK3PXP")
                        .mfa_device("GAHT12345678", "GEZDGNBVGY3TQOJQ")
                        .denied(far("Denied"))
                        .with_assume_root(),
                )
                .user(
                    User::new("bob")
                        .access_key(BOB_KEY, BOB_SECRET)
                        .denied("sts:AssumeRole")
                        .denied("sts:GetSessionToken"),
                ),
        )
        .account(
            Account::new("444455556666", "production")
                .role(role("Plain").path("/team/").with_tags().with_source_identity())
                .role(role("Mfa").with_mfa().max_session_duration(43_200))
                .role(role("External").external_id("sesame:42"))
                .role(Role::new("Chained").trusts(far("team/Plain")).with_tags().with_source_identity())
                .role(Role::new("Whole").trusts("arn:aws:iam::111122223333:root"))
                .role(Role::new("Nobody"))
                .role(role("Denied"))
                .role(Role::new("Federated").trusts_saml(SAML_PROVIDER).with_tags().with_source_identity()),
        )
}

/// What a SAML provider had posted, and when: see the README beside it.
#[derive(serde::Deserialize)]
pub(crate) struct SamlResponses {
    pub(crate) issued: Timestamp,
    pub(crate) certificate: String,
    /// Another key's.
    #[serde(rename = "otherCertificate")]
    pub(crate) other_certificate: String,
    pub(crate) responses: BTreeMap<String, String>,
}

impl SamlResponses {
    pub(crate) fn read() -> Self {
        serde_json::from_str(include_str!("../saml/responses.json")).unwrap()
    }
}

/// The same sandbox at the moment at which the SAML responses were made.
pub(crate) fn when_saml_responses_were_made(sandbox: Sandbox) -> Sandbox {
    let since = SamlResponses::read().issued.duration_since(sandbox.now());
    sandbox.set_clock_offset(SignedDuration::from_secs(since.as_secs() + 5));
    sandbox
}

/// The ARN of a role of the second account.
pub(crate) fn role(name: &str) -> String {
    format!("arn:aws:iam::444455556666:role/{name}")
}

/// Who signs, and when.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) key: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
    pub(crate) service: &'static str,
    pub(crate) region: &'static str,
    pub(crate) time: Timestamp,
}

impl Signer {
    pub(crate) fn alice(sandbox: &Sandbox) -> Self {
        Self {
            key: ALICE_KEY.to_owned(),
            secret: ALICE_SECRET.to_owned(),
            token: None,
            service: "sts",
            region: "eu-central-1",
            time: sandbox.now(),
        }
    }

    pub(crate) fn bob(sandbox: &Sandbox) -> Self {
        Self { key: BOB_KEY.to_owned(), secret: BOB_SECRET.to_owned(), ..Self::alice(sandbox) }
    }

    /// The holder of the credentials in an answer.
    pub(crate) fn holder(answer: &Answer, sandbox: &Sandbox) -> Self {
        Self {
            key: answer.text("AccessKeyId"),
            secret: answer.text("SecretAccessKey"),
            token: Some(answer.text("SessionToken")),
            ..Self::alice(sandbox)
        }
    }

    /// The headers that sign this form for the path "/".
    pub(crate) fn headers(&self, host: &str, form: &[u8]) -> Vec<(String, String)> {
        let identity = Credentials::new(&self.key, &self.secret, self.token.clone(), None, "test").into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(SystemTime::try_from(self.time).unwrap())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let request = SignableRequest::new(
            "POST",
            format!("http://{host}/"),
            [("content-type", "application/x-www-form-urlencoded")].into_iter(),
            SignableBody::Bytes(form),
        )
        .unwrap();
        let (instructions, _) = sign(request, &params).unwrap().into_parts();
        instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The text of the first element with this name.
    pub(crate) fn text(&self, name: &str) -> String {
        let root = Element::parse(&self.body);
        root.find(name).unwrap_or_else(|| panic!("{name} in {}", self.body)).text.clone()
    }

    /// Code and message of an error.
    pub(crate) fn error(&self) -> (String, String) {
        (self.text("Code"), self.text("Message"))
    }
}

/// Calls with a signature.
pub(crate) fn call(sandbox: &Sandbox, signer: &Signer, form: &str) -> Answer {
    let host = format!("127.0.0.1:{}", sandbox.port());
    send(sandbox, "POST / HTTP/1.1", &signer.headers(&host, form.as_bytes()), form.as_bytes())
}

/// Sends these headers and bytes, and reads until the end.
pub(crate) fn send(sandbox: &Sandbox, line: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
    parse(&exchange(sandbox, line, headers, body))
}

/// As `send`, without an idea of what comes back.
pub(crate) fn exchange(sandbox: &Sandbox, line: &str, headers: &[(String, String)], body: &[u8]) -> Vec<u8> {
    let port = sandbox.port();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut head = format!(
        "{line}\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\ncontent-length: {}\r\n\
         content-type: application/x-www-form-urlencoded\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&[name, ": ", value, "\r\n"].concat());
    }
    head.push_str("\r\n");
    // The sandbox may answer, and close, before it has read everything.
    let mut answer = Vec::new();
    if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).is_ok() {
        drop(stream.read_to_end(&mut answer));
    }
    answer
}

fn parse(bytes: &[u8]) -> Answer {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("an answer: {text:?}"));
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// One XML element.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) namespace: Option<String>,
    pub(crate) text: String,
    pub(crate) children: Vec<Self>,
}

impl Element {
    /// Reads a document.
    pub(crate) fn parse(xml: &str) -> Self {
        let mut reader = Reader::from_str(xml);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => open.push(Self {
                    name: String::from_utf8(start.name().as_ref().to_vec()).unwrap(),
                    namespace: start
                        .try_get_attribute("xmlns")
                        .unwrap()
                        .map(|it| it.unescape_value().unwrap().into_owned()),
                    ..Self::default()
                }),
                Event::End(_) => {
                    let done = open.pop().unwrap();
                    open.last_mut().unwrap().children.push(done);
                }
                Event::Text(text) => open.last_mut().unwrap().text.push_str(&text.decode().unwrap()),
                Event::GeneralRef(reference) => {
                    let name = reference.decode().unwrap();
                    let text = quick_xml::escape::unescape(&format!("&{name};")).unwrap().into_owned();
                    open.last_mut().unwrap().text.push_str(&text);
                }
                Event::Eof => return open.pop().unwrap().children.pop().unwrap(),
                other => panic!("{other:?}"),
            }
        }
    }

    /// The child with this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first element with this name, at any depth.
    pub(crate) fn find(&self, name: &str) -> Option<&Self> {
        self.child(name).or_else(|| self.children.iter().find_map(|child| child.find(name)))
    }
}
