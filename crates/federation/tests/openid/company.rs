//! Sign-in at `samlp` from npm: what it posts is carried to the listener as a browser would.

use crate::web::{Browser, Way, send};
use form_urlencoded::Serializer;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_federation::saml::{Acs, Assertion, is_endpoint};
use http::{Request, Response};
use jiff::SignedDuration;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const LONG: Duration = Duration::from_secs(60);

/// The provider's process, and the address at which it begins the sign-in.
struct Idp {
    url: String,
    _process: Child,
}

impl Idp {
    async fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/providers/saml");
        assert!(folder.join("node_modules").is_dir(), "Run scripts/setup providers first.");
        let mut process = Command::new("node")
            .arg(folder.join("provider.mjs"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = tokio::time::timeout(LONG, lines.next_line()).await;
        Self { url: url.expect("it starts").unwrap().expect("its address"), _process: process }
    }

    /// The page that the provider shows whoever signs in with this name and the right password.
    async fn answer_to(&self, name: &str) -> String {
        let mut browser = Browser::default();
        let (_, page) = browser.go(&self.url, None).await;
        assert!(text(page).contains("Company sign-in"));
        let wrong = browser.go(&self.url, Some(&form(&[("user", name), ("password", "guess")]))).await.1;
        assert!(text(wrong).contains("Company sign-in"), "it asks again");
        let right = form(&[("user", name), ("password", "correct horse")]);
        text(browser.go(&self.url, Some(&right)).await.1)
    }

    /// Signs in; what arrives at the listener, and the page that the person sees there.
    async fn sign_in(&self, name: &str) -> (Result<Assertion, Failure>, String) {
        let page = self.answer_to(name).await;
        assert!(is_endpoint(attribute(&page, "<form", "action")), "{page}");
        let response = attribute(&page, "name=\"SAMLResponse\"", "value").replace("&#x3D;", "=");
        let acs = Acs::bind().await.unwrap();
        let request = Request::post(acs.url())
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", self.url.trim_end_matches('/'))
            .body(form(&[("SAMLResponse", response.as_str()), ("RelayState", "")]).into_bytes());
        let (arrived, page) = tokio::join!(acs.receive(LONG), send(request.unwrap()));
        (arrived, text(page.unwrap()))
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn text(page: Response<Vec<u8>>) -> String {
    String::from_utf8(page.into_body()).unwrap()
}

/// An attribute of an element of which this is a part.
fn attribute<'a>(page: &'a str, part: &str, name: &str) -> &'a str {
    let rest = page.split_once(part).unwrap_or_else(|| panic!("{part} in {page}")).1;
    let rest = rest.split_once(&format!("{name}=\"")).unwrap().1;
    rest.split_once('"').unwrap().0
}

#[tokio::test]
async fn what_a_company_s_provider_posts_lists_the_roles() {
    let before = Way::straight().now;
    let (assertion, page) = Idp::start().await.sign_in("ada").await;
    let assertion = assertion.unwrap();
    assert!(page.contains("Hatrack has the sign-in"), "{page}");
    let roles: Vec<_> =
        assertion.roles().iter().map(|it| (it.role_arn.as_str(), it.principal_arn.as_str())).collect();
    let provider = "arn:aws:iam::444455556666:saml-provider/Company";
    let expected = [
        ("arn:aws:iam::444455556666:role/Developer", provider),
        ("arn:aws:iam::444455556666:role/Admin", provider),
    ];
    assert_eq!(roles, expected);
    assert_eq!(assertion.issuer(), Some("https://idp.example.com/metadata"));
    assert_eq!(assertion.endpoint(), Some("https://signin.aws.amazon.com/saml"));
    assert_eq!(assertion.session_duration(), Some(7200));
    assert_eq!(assertion.role_session_name(), Some("ada@example.com"));
    assert_eq!(assertion.source_identity(), Some("ada"));
    assert_eq!(assertion.tags().into_iter().collect::<Vec<_>>(), [("Team", "R+D")]);
    assert_eq!(assertion.transitive_tag_keys(), ["Team"]);
    let after = Way::straight().now + SignedDuration::from_secs(1);
    let ends = assertion.expires(after);
    let life = SignedDuration::from_mins(5);
    assert!((before + life..=after + life).contains(&ends), "{ends}");
    assert!(!page.contains("ada@example.com"), "the page tells nobody who signed in");
}

#[tokio::test]
async fn a_provider_s_no_and_a_sign_in_to_another_service_are_told() {
    let idp = Idp::start().await;
    let (denied, page) = idp.sign_in("denied").await;
    let failure = denied.unwrap_err();
    assert_eq!(failure.code, FailureCode::Refused);
    assert!(failure.happened.contains("“Ada <b>may not</b> use AWS.” (RequestDenied)"), "{failure}");
    assert!(page.contains("Not signed in") && !page.contains("<b>"), "{page}");

    let (elsewhere, page) = idp.sign_in("elsewhere").await;
    let failure = elsewhere.unwrap_err();
    assert_eq!(failure.code, FailureCode::Refused);
    assert!(failure.happened.contains("https://wiki.example.com/acs"), "{failure}");
    assert!(page.contains("Not signed in"), "{page}");
}

#[tokio::test]
async fn a_sealed_assertion_is_handed_on_unread() {
    let (assertion, page) = Idp::start().await.sign_in("sealed").await;
    let assertion = assertion.unwrap();
    assert!(assertion.is_encrypted() && assertion.roles().is_empty());
    assert!(assertion.sealed().open().len() > 1000);
    assert!(page.contains("Hatrack has the sign-in"), "{page}");
}
