//! Organisations of IAM Identity Center: one sign-in, every account and role, at the portal's pace.

use crate::home::{seen, stands_below};
use acceptance::Place;
use acceptance::program::{python_program, root};
use hatrack_sandbox::{AssignedAccount, Organisation, PortalFault, Role, World};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

const START: &str = "https://acme.awsapps.com/start";
const PROD: &str = "111122223333";
const DEV: &str = "222233334444";
const ACME: &str = "[sso-session acme]\nsso_start_url = https://acme.awsapps.com/start\n\
     sso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n";

fn acme() -> Organisation {
    Organisation::new(START, "eu-west-1")
        .person("ann")
        .account(
            AssignedAccount::new(PROD, "Prod").email("aws@acme.example").permission_sets(["Admin", "Read"]),
        )
        .account(AssignedAccount::new(DEV, "Dev").permission_sets(["Admin"]))
}

/// A home that knows the organisation, and a browser with Ann.
fn place(organisation: Organisation, config: &str) -> Place {
    place_in(World::default().organisation(organisation), config)
}

fn place_in(world: World, config: &str) -> Place {
    let mut place = Place::new(world, config, "");
    let path = |path: &std::path::Path| path.to_string_lossy().into_owned();
    let browser = place.folder().join("browser");
    std::os::unix::fs::symlink(root().join("tests/clients/browser.sh"), &browser)
        .expect("a link can be made");
    place.set("BROWSER", path(&browser));
    place.set("PERSON", "ann");
    place.set("PERSON_PYTHON", path(&python_program("python")));
    place.set("PERSON_SCRIPT", path(&root().join("tests/clients/portal.py")));
    place
}

/// How often the browser was opened.
fn opened(place: &Place) -> usize {
    std::fs::read_to_string(place.folder().join("opened")).unwrap_or_default().lines().count()
}

fn names(place: &Place, query: &[&str]) -> Vec<String> {
    let roles = place.json(&[&["roles"], query].concat());
    let name = |role: &Value| role["name"].as_str().expect("it has a name").to_owned();
    roles.as_array().expect("they are listed").iter().map(name).collect()
}

/// How often an operation of the portal was called.
fn called(place: &Place, operation: &str) -> usize {
    let portal = place.sandbox.portal(START);
    portal.counts().get(operation).map_or(0, |count| usize::try_from(count.calls).expect("a small number"))
}

#[test]
fn one_sign_in_shows_every_account_and_role_and_gives_their_credentials() {
    let place = place(acme(), ACME);
    place.hat(&["roles"]).succeeded();
    assert_eq!(opened(&place), 0, "nothing is opened unasked");
    place.hat(&["login"]).succeeded();
    assert_eq!(opened(&place), 1);
    place.hat(&["sync"]).succeeded();
    assert_eq!(names(&place, &[]), ["Dev/Admin", "Prod/Admin", "Prod/Read"]);
    assert_eq!(names(&place, &["prd", "read"]), ["Prod/Read"]);
    let role = &place.json(&["roles", "aws@acme", "read"])[0];
    assert_eq!(role["id"], json!(format!("sso:{START}:{PROD}:Read")));
    assert_eq!((&role["organisation"], &role["email"]), (&json!("acme"), &json!("aws@acme.example")));

    let session = place.json(&["use", "Prod/Admin", "--as", "out"]);
    assert_eq!(session["renews"], json!(true), "{session}");
    assert!(
        seen(&place, "out").starts_with(&format!("arn:aws:sts::{PROD}:assumed-role/AWSReservedSSO_Admin_"))
    );
    assert_eq!(opened(&place), 1, "the sign-in serves every role");

    let cache = place.path("sso/cache");
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&cache), 0o700);
    for file in std::fs::read_dir(&cache).expect("it is there").flatten() {
        assert_eq!(mode(&file.path()), 0o600, "{}", file.path().display());
    }
    assert!(!stands_below(&place.folder().join("hatrack"), "accessToken"), "no token stands anywhere else");

    // Another agent knows who is signed in, and what there is, from its first moment.
    place.hat(&["agent", "stop"]).succeeded();
    assert_eq!(names(&place, &[]).len(), 3);
    place.hat(&["use", "Dev/Admin", "--as", "dev"]).succeeded();
    assert_eq!(opened(&place), 1);

    place.hat(&["logout"]).succeeded();
    assert_eq!(called(&place, "Logout"), 1);
    assert_eq!(names(&place, &[]).len(), 3, "the list works without a sign-in");
    place.hat(&["use", "Prod/Read", "--as", "read"]).refused(3, "sign-in at acme");
}

#[test]
fn a_code_for_any_device_is_shown_before_its_page_opens() {
    let place = place(acme().device_interval(1), ACME);
    let ran = place.hat(&["login", "acme", "--device-code"]).succeeded();
    assert_eq!(opened(&place), 1);
    let page = std::fs::read_to_string(place.folder().join("opened")).expect("it was opened");
    let code =
        ran.talk.split("Your code is ").nth(1).and_then(|rest| rest.split('.').next()).expect("it is told");
    assert!(page.contains(code), "{page} has {code}");
    place.hat(&["sync"]).succeeded();
    place.hat(&["use", "Dev/Admin", "--as", "dev"]).succeeded();
}

#[test]
fn who_denies_is_told_and_nobody_is_signed_in() {
    let mut place = place(acme(), ACME);
    place.set("PERSON_CHOICE", "deny");
    let ran = place.hat(&["login", "acme"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    place.hat(&["use", &format!("sso:{START}:{PROD}:Admin")]).refused(4, "No role fits");
    place.hat(&["sync", "nobody"]).refused(4, "No organisation");
}

#[test]
fn a_sign_in_that_ends_midway_asks_once_and_the_listing_goes_on() {
    let organisation = Organisation::generated(START, "eu-west-1", 60, 3);
    let place = place(organisation, ACME);
    place.sandbox.portal(START).set_pace(1000.0, 1000);
    place.hat(&["login"]).succeeded();
    place.hat(&["sync"]).succeeded();
    assert_eq!(names(&place, &[]).len(), 180);
    let before = called(&place, "ListAccountRoles");
    place.sandbox.portal(START).end_sign_ins_after(30);
    place.hat(&["sync", "--all"]).succeeded();
    assert_eq!(opened(&place), 2, "asked once more");
    let again = called(&place, "ListAccountRoles") - before;
    assert!((60..70).contains(&again), "what was listed before the end isn't listed twice: {again}");
    assert_eq!(names(&place, &[]).len(), 180);
}

#[test]
fn an_account_that_fails_costs_itself_alone_and_is_named() {
    let place = place(acme(), ACME);
    place.hat(&["login"]).succeeded();
    place.hat(&["sync"]).succeeded();
    let portal = place.sandbox.portal(START);
    portal.fail(PortalFault::Account { account_id: DEV.to_owned(), status: 403, code: "ForbiddenException" });
    portal.assign(AssignedAccount::new(PROD, "Renamed").permission_sets(["Admin", "Billing"]));
    let ran = place.hat(&["sync", "--all"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.answer.contains("! Dev (222233334444): "), "{}", ran.answer);
    assert!(
        ran.answer.contains("+ Renamed/Billing") && ran.answer.contains("- Renamed/Read"),
        "{}",
        ran.answer
    );
    assert_eq!(names(&place, &[]), ["Dev/Admin", "Renamed/Admin", "Renamed/Billing"]);
    portal.mend();
    place.hat(&["sync"]).succeeded();
}

#[test]
fn a_token_that_the_portal_takes_no_more_is_asked_for_again_when_a_person_wants_a_role() {
    let place = place(acme(), ACME);
    place.hat(&["login"]).succeeded();
    place.hat(&["sync"]).succeeded();
    place.sandbox.portal(START).end_sign_ins();
    // A command off a terminal asks nobody; sync is a person's own wish.
    place.hat(&["sync", "--all"]).succeeded();
    assert_eq!(opened(&place), 2);
    place.hat(&["use", "Prod/Admin", "--as", "out"]).succeeded();
}

#[test]
fn an_access_token_that_ends_is_renewed_without_anybody() {
    let place = place(acme(), ACME);
    place.hat(&["login"]).succeeded();
    place.hat(&["sync"]).succeeded();
    place.sandbox.portal(START).end_access_tokens();
    place.hat(&["use", "Prod/Admin", "--as", "out"]).succeeded();
    assert_eq!(opened(&place), 1);
}

#[test]
fn chains_start_from_roles_of_an_organisation() {
    let role = Role::new("Deploy").trusts(format!("arn:aws:iam::{PROD}:root"));
    let world =
        World::default().organisation(acme()).account(hatrack_sandbox::Account::new(DEV, "Dev").role(role));
    let config = format!(
        "{ACME}[profile base]\nsso_session = acme\nsso_account_id = {PROD}\nsso_role_name = Admin\n\
         [profile deploy]\nrole_arn = arn:aws:iam::{DEV}:role/Deploy\nsource_profile = base\n"
    );
    let place = place_in(world, &config);
    place.hat(&["login"]).succeeded();
    let plan = place.json(&["plan", "deploy"]);
    assert_eq!(plan["steps"][0]["operation"], json!("GetRoleCredentials"), "{plan}");
    place.hat(&["use", "deploy", "--as", "out"]).succeeded();
    assert!(seen(&place, "out").starts_with(&format!("arn:aws:sts::{DEV}:assumed-role/Deploy/")));
    place.hat(&["sync"]).succeeded();
    let ids: Vec<Value> = place
        .json(&["roles", "base"])
        .as_array()
        .expect("a list")
        .iter()
        .map(|it| it["id"].clone())
        .collect();
    assert_eq!(
        ids[0],
        json!(format!("sso:{START}:{PROD}:Admin")),
        "what a profile describes stands there once"
    );
    let why = place.json(&["why", "base"]);
    assert!(why["picks"]["by_sdk"].as_array().is_some_and(|sdks| !sdks.is_empty()), "{why}");
}

#[test]
fn names_that_try_to_break_out_end_as_plain_text_and_as_safe_profiles() {
    let place = place(Organisation::hostile(START, "eu-west-1"), ACME);
    place.hat(&["login"]).succeeded();
    place.hat(&["sync"]);
    let listed = place.hat(&["roles"]).succeeded();
    let hidden = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!listed.answer.contains(hidden), "{:?}", listed.answer);
    let roles = names(&place, &[]).len();
    assert!(roles > 5, "{roles}");
    let before = place.read("config");
    let written = place.json(&["profiles", "write", "acme", "--yes"]);
    let names = written["added"].as_array().expect("they are listed");
    assert_eq!(names.len(), roles);
    let safe = |name: &str| {
        name.chars().all(|c| c.is_ascii_alphanumeric() || "._@+-".contains(c)) && name.len() <= 90
    };
    assert!(names.iter().all(|name| safe(name.as_str().expect("a name"))), "{names:?}");
    assert!(place.read("config").starts_with(&before));
    // What was written is read by others, and goes without a trace.
    let profiles = place.json(&["profiles"]);
    assert_eq!(profiles["problems"], json!([]));
    place.hat(&["profiles", "remove", "--all", "--yes"]).succeeded();
    assert_eq!(place.read("config"), before);
}

#[test]
fn written_profiles_serve_other_tools() {
    let place = place(acme(), ACME);
    place.hat(&["login"]).succeeded();
    place.hat(&["sync"]).succeeded();
    let shown = place.hat(&["profiles", "write", "Prod/Admin", "--dry-run"]).succeeded();
    assert!(shown.answer.contains("+[profile Prod-Admin]"), "{}", shown.answer);
    assert_eq!(place.read("config"), ACME);
    let asked = place.hat(&["profiles", "write", "Prod/Admin"]);
    assert!(asked.code == 3 && asked.talk.contains("--yes"), "{asked:?}");
    place.hat(&["profiles", "write", "Prod/Admin", "--yes"]).succeeded();
    assert!(seen(&place, "Prod-Admin").contains("AWSReservedSSO_Admin_"));
    assert_eq!(names(&place, &[]).len(), 3, "the role stands there once");
    assert_eq!(names(&place, &["Prod-Admin"])[0], "Prod-Admin");
}

#[test]
fn several_organisations_stand_side_by_side() {
    const OTHER: &str = "https://globex.awsapps.com/start";
    let globex = Organisation::new(OTHER, "us-east-1")
        .person("ann")
        .account(AssignedAccount::new("333344445555", "Globex").permission_sets(["Audit"]));
    let world = World::default().organisation(acme()).organisation(globex);
    let config = format!(
        "{ACME}[sso-session globex]\nsso_start_url = {OTHER}\nsso_region = us-east-1\n\
         sso_registration_scopes = sso:account:access\n"
    );
    let place = place_in(world, &config);
    let several = place.hat(&["login"]);
    assert!(
        several.code == 2 && several.talk.contains("acme") && several.talk.contains("globex"),
        "{several:?}"
    );
    place.hat(&["login", "acme"]).succeeded();
    place.hat(&["login", "globex"]).succeeded();
    place.hat(&["sync"]).succeeded();
    assert_eq!(names(&place, &[]), ["Dev/Admin", "Globex/Audit", "Prod/Admin", "Prod/Read"]);
    place.hat(&["use", "Prod/Admin", "--as", "one"]).succeeded();
    place.hat(&["use", "Globex/Audit", "--as", "two"]).succeeded();
    assert!(seen(&place, "one").contains(PROD) && seen(&place, "two").contains("333344445555"));
    place.hat(&["logout", "acme"]).succeeded();
    place.hat(&["use", "Globex/Audit", "--as", "two", "--renew"]).succeeded();
    place.hat(&["use", "Prod/Admin", "--as", "one", "--renew"]).refused(3, "sign-in at acme");
    assert_eq!(opened(&place), 2);
}
