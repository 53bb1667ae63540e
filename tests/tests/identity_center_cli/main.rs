//! One sign-in for all: the AWS CLI signs in and Hatrack goes on with it, and the other way round, with
//! today's botocore as a third who refreshes the token.
//!
//! All of them call AWS's own names. Debian's AWS CLI knows no other way, and so nobody is told of the
//! sandbox: what stands in front of it is a proxy and an authority's certificate, as in companies.

#![cfg(target_os = "linux")]

mod front;

use acceptance::place::run;
use acceptance::program::{python_program, root};
use acceptance::{Place, Ran, Running, until};
use front::Front;
use hatrack_sandbox::{AssignedAccount, Choice, Organisation, World};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const START: &str = "https://acme.awsapps.com/start";
const REGION: &str = "eu-west-1";
const PROD: &str = "111122223333";

/// The file of the session's token: the SHA-1 sum of `acme`, as sha1sum tells it.
const TOKEN_FILE: &str = "sso/cache/293abb6b76d7791c0732cc517d38c4b5c734b87f.json";

const SESSION: &str = "[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\n\
     sso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n\n\
     [profile admin]\nsso_session = acme\nsso_account_id = 111122223333\nsso_role_name = Admin\n\
     region = eu-west-1\n";

/// As profiles were written before there were sessions.
const OLDER: &str = "[profile older]\nsso_start_url = https://acme.awsapps.com/start\n\
     sso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Read\nregion = eu-west-1\n";

/// Who the profile of AWS_PROFILE is, as today's botocore finds out.
const BOTOCORE: &str = "import botocore.session\n\
     print(botocore.session.Session().create_client('sts').get_caller_identity()['Arn'])";

/// The AWS CLI 2, which people's own environments for Python may hide behind an older one.
fn aws_cli_2() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let there = std::env::split_paths(&path).map(|folder| folder.join("aws")).filter(|path| path.is_file());
    let is_2 = |path: &PathBuf| {
        let told = Command::new(path).arg("--version").output();
        told.is_ok_and(|told| told.stdout.starts_with(b"aws-cli/2."))
    };
    let found = there.chain(["/usr/bin/aws".into()]).find(is_2);
    found.expect("the AWS CLI 2 is installed: run scripts/setup clients first")
}

/// A home in which everybody calls AWS's names and gets to the sandbox; and a browser with Ann.
struct Home {
    place: Place,
    aws: PathBuf,
    front: Front,
}

impl Home {
    fn new(organisation: Organisation, config: &str) -> Self {
        let names = ["portal.sso", "oidc", "sts"].map(|name| format!("{name}.{REGION}.amazonaws.com"));
        Self::behind(&names, organisation, config)
    }

    fn behind(names: &[String], organisation: Organisation, config: &str) -> Self {
        let mut place = Place::new(World::default().organisation(organisation), config, "");
        let front = Front::before(place.sandbox.port(), names);
        let authority = place.folder().join("authority.pem");
        fs::write(&authority, &front.authority).expect("a file can be written");
        let browser = place.folder().join("browser");
        let (python, person) =
            (python_program("python"), root().join("tests/tests/identity_center_cli/person.py"));
        let script = format!("#!/bin/sh\nexec '{}' '{}' \"$1\"\n", python.display(), person.display());
        fs::write(&browser, script).expect("a file can be written");
        fs::set_permissions(&browser, fs::Permissions::from_mode(0o700)).expect("it is the test's own");
        place.unset("AWS_ENDPOINT_URL");
        place.set("HTTPS_PROXY", front.url());
        place.set("AWS_CA_BUNDLE", authority.to_string_lossy());
        place.set("BROWSER", format!("{} %s", browser.display()));
        Self { place, aws: aws_cli_2(), front }
    }

    /// How often the browser was opened.
    fn opened(&self) -> usize {
        fs::read_to_string(self.place.folder().join("opened")).unwrap_or_default().lines().count()
    }

    /// Runs the AWS CLI.
    fn aws(&self, arguments: &[&str]) -> Ran {
        run(self.place.command(&self.aws).args(arguments), "")
    }

    /// Who the AWS CLI is with a profile.
    #[track_caller]
    fn aws_identity(&self, profile: &str) -> String {
        let told = self.aws(&[
            "sts",
            "get-caller-identity",
            "--profile",
            profile,
            "--region",
            REGION,
            "--output",
            "json",
        ]);
        told.succeeded().json()["Arn"].as_str().expect("it is told").to_owned()
    }

    /// Who today's botocore is with a profile.
    #[track_caller]
    fn botocore_identity(&self, profile: &str) -> String {
        let mut python = self.place.command(python_program("python"));
        let told = run(python.args(["-c", BOTOCORE]).env("AWS_PROFILE", profile), "");
        told.succeeded().answer.trim().to_owned()
    }

    /// What stands in the cache of the session's sign-in.
    fn token(&self) -> Value {
        serde_json::from_str(&self.place.read(TOKEN_FILE)).expect("it is JSON")
    }

    /// The grants that tokens were asked for with.
    fn grants(&self) -> Vec<String> {
        let calls = self.place.sandbox.requests();
        let tokens = calls.iter().filter(|call| call.action == "CreateToken" && call.status == Some(200));
        tokens.map(|call| call.params["grantType"].clone()).collect()
    }
}

fn acme() -> Organisation {
    Organisation::new(START, REGION)
        .person("ann")
        .account(AssignedAccount::new(PROD, "Prod").permission_sets(["Admin", "Read"]))
        .account(AssignedAccount::new("222233334444", "Dev").permission_sets(["Admin"]))
        .device_interval(1)
}

#[track_caller]
fn is_ann(arn: &str, permission_set: &str) {
    let start = format!("arn:aws:sts::{PROD}:assumed-role/AWSReservedSSO_{permission_set}_");
    assert!(arn.starts_with(&start) && arn.ends_with("/ann"), "{arn}");
}

#[test]
fn the_aws_cli_signs_in_and_hatrack_goes_on() {
    let home = Home::new(acme(), SESSION);
    let place = &home.place;
    home.aws(&["sso", "login", "--sso-session", "acme"]).succeeded();
    assert_eq!(home.opened(), 1);
    is_ann(&home.aws_identity("admin"), "Admin");

    place.hat(&["sync"]).succeeded();
    until("the roles", || {
        let roles = place.json(&["roles"]);
        (roles.as_array().map(Vec::len) == Some(3)).then_some(())
    });
    place.hat(&["use", "admin", "--as", "out"]).succeeded();
    is_ann(&home.aws_identity("out"), "Admin");
    assert_eq!(home.opened(), 1, "one sign-in was enough");
    assert_eq!(home.grants(), ["urn:ietf:params:oauth:grant-type:device_code"]);
    let names = home.front.names();
    assert!(names.iter().all(|name| name.ends_with(".amazonaws.com")), "{names:?}");

    home.aws(&["sso", "logout"]).succeeded();
    place.hat(&["use", "Dev/Admin", "--as", "dev"]).refused(3, "acme");
}

#[test]
fn the_aws_cli_signs_in_without_a_browser_for_a_profile_of_the_older_kind() {
    let home = Home::new(acme(), OLDER);
    let mut login = home.place.command(&home.aws);
    login.args(["sso", "login", "--no-browser", "--profile", "older"]);
    let told = home.place.folder().join("told");
    let output = fs::File::create(&told).expect("a file can be made");
    let mut login = Running::start(login.env("PYTHONUNBUFFERED", "1").stdout(output).stderr(Stdio::null()));
    let page = until("the address", || {
        let text = fs::read_to_string(&told).ok()?;
        let complete = text.lines().find(|line| line.contains("?user_code="))?;
        text.ends_with('\n').then(|| complete.to_owned())
    });
    home.place.sandbox.visit(&page, "ann", Choice::Allow).end();
    assert!(login.ended().success());
    assert_eq!(home.opened(), 0);
    is_ann(&home.aws_identity("older"), "Read");
    home.place.hat(&["use", "older", "--as", "out"]).succeeded();
    is_ann(&home.aws_identity("out"), "Read");
}

#[test]
fn hatrack_signs_in_and_the_aws_cli_and_botocore_go_on() {
    let home = Home::new(acme(), SESSION);
    home.place.hat(&["login", "acme"]).succeeded();
    assert_eq!(home.opened(), 1);
    is_ann(&home.aws_identity("admin"), "Admin");
    is_ann(&home.botocore_identity("admin"), "Admin");
    assert_eq!(home.grants(), ["authorization_code"], "the token is good for all");
    let token = home.token();
    for (name, value) in [("startUrl", START), ("region", REGION)] {
        assert_eq!(token[name], value);
    }
    home.place.hat(&["logout", "acme"]).succeeded();
    assert!(!home.place.path(TOKEN_FILE).exists());
    let list = ["sso", "list-accounts", "--region", REGION, "--access-token"];
    let token = token["accessToken"].as_str().expect("it is told");
    let refused = home.aws(&[&list[..], &[token]].concat());
    assert!(refused.talk.contains("UnauthorizedException"), "{}", refused.talk);
}

#[test]
fn a_token_that_another_program_refreshed_is_the_one_that_is_used() {
    // Everybody refreshes a token that ends within a quarter of an hour.
    let home = Home::new(acme().access_token_duration(600), SESSION);
    let place = &home.place;
    place.hat(&["login", "acme"]).succeeded();
    place.hat(&["use", "admin", "--as", "first"]).succeeded();
    let mut refreshes = home.grants().len() - 1;
    let mut tokens = vec![home.token()];
    let mut look = |who: &str| {
        let now = home.grants().len() - 1;
        assert!(now > refreshes, "{who} refreshed");
        refreshes = now;
        let token = home.token();
        assert_ne!(token["refreshToken"], tokens[tokens.len() - 1]["refreshToken"], "{who} wrote it back");
        tokens.push(token);
    };
    for round in ["second", "third"] {
        is_ann(&home.botocore_identity("admin"), "Admin");
        look("botocore");
        place.hat(&["use", "admin", "--as", round]).succeeded();
        look("Hatrack");
    }
    assert_eq!(home.opened(), 1, "nobody was asked again");
    let failed = place.sandbox.requests().into_iter().filter(|call| call.status != Some(200));
    let failed: Vec<_> = failed.filter(|call| call.action != "Authorize").collect();
    assert!(failed.is_empty(), "nobody used a token that was gone: {failed:?}");
}

#[test]
fn each_region_and_kind_of_endpoint_has_its_own_names() {
    for (region, variable, names) in [
        (
            "us-east-1",
            "AWS_USE_FIPS_ENDPOINT",
            ["oidc-fips.us-east-1.amazonaws.com", "portal.sso-fips.us-east-1.amazonaws.com"],
        ),
        (
            "eu-west-1",
            "AWS_USE_DUALSTACK_ENDPOINT",
            ["oidc.eu-west-1.api.aws", "portal.sso.eu-west-1.api.aws"],
        ),
        (
            "cn-north-1",
            "NOTHING_MORE",
            ["oidc.cn-north-1.amazonaws.com.cn", "portal.sso.cn-north-1.amazonaws.com.cn"],
        ),
    ] {
        let names = names.map(str::to_owned);
        let organisation = Organisation { region: region.to_owned(), ..acme() };
        let mut home = Home::behind(&names, organisation, &SESSION.replace("eu-west-1", region));
        home.place.set(variable, "true");
        home.place.hat(&["login"]).succeeded();
        home.place.hat(&["sync"]).succeeded();
        home.place.hat(&["use", "Dev/Admin", "--as", "out"]).succeeded();
        // STS is asked whose the credentials are, under a name that isn't this test's matter.
        let asked: Vec<_> = home.front.names().into_iter().filter(|name| !name.starts_with("sts")).collect();
        assert_eq!(asked, names);
    }
}

#[test]
fn profiles_of_hostile_names_are_nothing_more_to_those_who_read_them() {
    let home = Home::new(Organisation::hostile(START, REGION), SESSION);
    let place = &home.place;
    place.hat(&["login"]).succeeded();
    // Some of the roles have names that no role can have: they are left out, and told.
    assert_eq!(place.hat(&["sync"]).code, 1);
    let written = place.json(&["profiles", "write", "acme", "--yes"]);
    let added = written["added"].as_array().expect("they are listed").iter();
    let mut expected: Vec<&str> = added.map(|name| name.as_str().expect("a name")).collect();
    assert!(expected.len() >= 20, "{written}");
    expected.push("admin");
    expected.sort_unstable();

    let listed = home.aws(&["configure", "list-profiles"]).succeeded().answer;
    let mut listed: Vec<&str> = listed.lines().collect();
    listed.sort_unstable();
    assert_eq!(listed, expected);
    let script = "import botocore.session, json\n\
         print(json.dumps(botocore.session.Session().full_config['profiles']))";
    let read = run(place.command(python_program("python")).args(["-c", script]), "").succeeded().json();
    let profiles = read.as_object().expect("they are listed");
    assert_eq!(profiles.len(), expected.len());
    for (name, settings) in profiles {
        let keys: Vec<_> = settings.as_object().expect("settings").keys().map(String::as_str).collect();
        let known = ["sso_session", "sso_account_id", "sso_role_name", "region", "output"];
        assert!(keys.iter().all(|key| known.contains(key)), "{name}: {keys:?}");
        assert_eq!(settings["sso_session"], "acme");
    }
    let one = expected.iter().find(|name| **name != "admin").expect("one was written");
    assert!(home.aws_identity(one).contains("AWSReservedSSO_Admin_"));
}
