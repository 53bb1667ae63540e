//! Sign-in at an OpenID provider that others wrote, and the roles that its tokens open.

use crate::home::{AWAY, CREDENTIALS, calls, seen, stands_below};
use acceptance::desktop::Login;
use acceptance::program::{python_program, root, system_program};
use acceptance::{Place, Running};
use hatrack_sandbox::{Account, OidcProvider, Role, World};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

/// The client id that the provider knows Hatrack by.
const CLIENT: &str = "hatrack-RS256";

struct Provider {
    _server: Running,
    issuer: String,
}

impl Provider {
    fn start() -> Self {
        let folder = root().join("tests/providers/openid");
        assert!(folder.join("node_modules").is_dir(), "Run scripts/setup providers first.");
        let mut command = std::process::Command::new(system_program("node"));
        // It ends with its input, which is this test's.
        command.arg(folder.join("server.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = Running::start(command.stderr(Stdio::null()));
        let mut issuer = String::new();
        let output = server.child().stdout.take().expect("its output is piped");
        BufReader::new(output).read_line(&mut issuer).expect("its output can be read");
        assert!(issuer.starts_with("http://127.0.0.1:"), "the provider tells its issuer: {issuer:?}");
        Self { _server: server, issuer: issuer.trim().to_owned() }
    }
}

/// A home with a keyring in a world that knows the provider, Ada's role, and a browser with Ada.
fn login(provider: &Provider) -> Login {
    let role = Role::new("Web").trusts_web_identity(&provider.issuer, CLIENT, "ada");
    let world = World::default()
        .account(Account::new(AWAY, "Away").role(role))
        .oidc_provider(OidcProvider::new(&provider.issuer, CLIENT, None));
    let mut place = Place::new(world, "", CREDENTIALS);
    let path = |path: &std::path::Path| path.to_string_lossy().into_owned();
    let browser = place.folder().join("browser");
    std::os::unix::fs::symlink(root().join("tests/clients/browser.sh"), &browser)
        .expect("a link can be made");
    place.set("BROWSER", path(&browser));
    place.set("PERSON_PYTHON", path(&python_program("python")));
    place.set("PERSON_SCRIPT", path(&root().join("tests/clients/sign_in.py")));
    let login = Login::new(place);
    let place = &login.place;
    let add = ["provider", "add", "oidc", "company", "--issuer", &provider.issuer, "--client-id", CLIENT];
    place.hat(&add).succeeded();
    let arn = format!("arn:aws:iam::{AWAY}:role/Web");
    place.hat(&["role", "add", "web", "--arn", &arn, "--oidc", "company"]).succeeded();
    login
}

/// The addresses that the browser was given so far.
fn opened(place: &Place) -> Vec<String> {
    let text = std::fs::read_to_string(place.folder().join("opened")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn a_person_signs_in_once_and_roles_are_had_and_renewed_without_her() {
    let provider = Provider::start();
    let mut login = login(&provider);
    let place = &login.place;
    let plan = place.json(&["plan", "web"]);
    assert!(plan["steps"][0]["prompt"].as_str().unwrap().contains("browser"), "{plan}");
    place.hat(&["login", "company"]).succeeded();
    let addresses = opened(place);
    assert_eq!(addresses.len(), 1);
    assert!(addresses[0].starts_with(&provider.issuer), "{addresses:?}");
    for part in ["code_challenge_method=S256", "response_type=code", "state=", "nonce="] {
        assert!(addresses[0].contains(part), "{part} isn't in {addresses:?}");
    }
    assert!(calls(place).is_empty(), "a sign-in calls nobody at AWS");

    let session = place.json(&["use", "web", "--as", "out"]);
    assert_eq!(session["renews"], json!(true), "{session}");
    assert_eq!(calls(place), ["AssumeRoleWithWebIdentity Web"]);
    assert!(seen(place, "out").starts_with(&format!("arn:aws:sts::{AWAY}:assumed-role/Web/")));
    let plan = place.json(&["plan", "web"]);
    assert_eq!(plan["steps"][0]["prompt"], json!(null), "{plan}");

    // Another agent has no token in memory any more: the refresh token in the vault gets one.
    let delivered = place.section("out");
    place.hat(&["agent", "stop"]).succeeded();
    login.place.unset("BROWSER");
    let place = &login.place;
    for _ in 0..2 {
        place.hat(&["use", "web", "--as", "out", "--renew"]).succeeded();
        place.hat(&["agent", "stop"]).succeeded();
    }
    assert_ne!(place.section("out"), delivered);
    assert_eq!(opened(place), addresses, "nobody was asked");
    assert!(!stands_below(&place.folder().join("hatrack"), "eyJ"), "no token stands in a file in plain");

    place.hat(&["logout", "company"]).succeeded();
    place.hat(&["use", "web", "--as", "out", "--renew"]).refused(3, "sign-in at company");
}

#[test]
fn a_role_opens_no_browser_where_nobody_can_be_asked() {
    let provider = Provider::start();
    let login = login(&provider);
    let place = &login.place;
    // Somebody must be there who can be asked: a window or a terminal.
    place.hat(&["use", "web"]).refused(3, "sign-in at company");
    assert!(opened(place).is_empty(), "nothing is opened unasked");
    place.hat(&["login", "nobody"]).refused(4, "No identity provider");
    assert_eq!(place.json(&["provider", "list"]), json!([{"kind": "oidc", "name": "company"}]));
    place.hat(&["provider", "remove", "oidc", "company"]).succeeded();
    assert_eq!(place.json(&["provider", "list"]), json!([]));
    assert_ne!(place.hat(&["use", "web"]).code, 0);
}

#[test]
fn a_provider_that_is_gone_is_told_and_leaves_nobody_waiting() {
    let provider = Provider::start();
    let login = login(&provider);
    let issuer = provider.issuer.clone();
    drop(provider);
    let refused = login.place.hat(&["login", "company"]);
    assert_ne!(refused.code, 0);
    let host = issuer.trim_start_matches("http://");
    assert!(refused.talk.contains(host) || refused.talk.contains("company"), "{}", refused.talk);
    assert!(opened(&login.place).is_empty());
}
