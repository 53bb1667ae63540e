//! The real window: a key, a role by hand and a role's options, each with the planner's answer; an
//! organisation of IAM Identity Center, from its address to credentials of one of its roles.

#![cfg(target_os = "linux")]

use acceptance::desktop::Desktop;
use acceptance::webdriver::WebDriver;
use acceptance::{Place, program, until, within};
use hatrack_sandbox::{AssignedAccount, Choice, Organisation, World};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

/// Clicks what carries this text or this name.
fn click(driver: &WebDriver, name: &str) {
    let script = format!(
        "const wanted = {};
         const all = [...document.querySelectorAll('button')].filter((it) => it.checkVisibility());
         const it = all.findLast((it) => it.textContent.trim() === wanted || it.ariaLabel === wanted);
         if (it === undefined || it.disabled) return false;
         it.click();
         return true;",
        serde_json::json!(name)
    );
    until(&format!("the button {name}"), || driver.script(&script).as_bool()?.then_some(()));
}

/// Types into the field with this label.
fn fill(driver: &WebDriver, label: &str, text: &str) {
    let script = format!(
        "const wanted = {};
         const label = [...document.querySelectorAll('label')]
           .find((it) => it.firstChild.textContent.trim().startsWith(wanted) && it.checkVisibility());
         const field = label?.control;
         if (!field) return '';
         field.id ||= 'field-' + Math.random().toString(36).slice(2);
         return field.id;",
        serde_json::json!(label)
    );
    let id = until(&format!("the field {label}"), || {
        driver.script(&script).as_str().filter(|id| !id.is_empty()).map(str::to_owned)
    });
    let field = driver.element(&format!("[id='{id}']"));
    let value = format!("return document.getElementById('{id}')?.value");
    let empty = format!(
        "const field = document.getElementById('{id}');
         field.value = '';
         field.dispatchEvent(new Event('input', {{ bubbles: true }}));"
    );
    // A window that has just lost or got the focus of the screen may not take every key.
    until(&format!("{label} as it is typed"), || {
        driver.script(&empty);
        field.type_keys(text);
        (driver.script(&value) == text).then_some(())
    });
}

fn plan(driver: &WebDriver, wanted: &[&str]) {
    let script = "return document.querySelector('aside[aria-label=Plan]')?.innerText ?? ''";
    until(&format!("a plan with {wanted:?}"), || {
        let told = driver.script(script);
        wanted.iter().all(|word| told.as_str().unwrap_or_default().contains(word)).then_some(())
    });
}

fn shows(driver: &WebDriver, text: &str) {
    let forms = "return [...document.querySelectorAll('input:not([type=password]), button')]
        .map((it) => [it.value || it.textContent.trim(), it.disabled, it.validationMessage])";
    let shown = within(|| driver.text().contains(text).then_some(()));
    assert!(
        shown.is_some(),
        "waited in vain for {text}; the page says:\n{}\nand its forms:\n{}",
        driver.text(),
        driver.script(forms)
    );
}

fn window() -> (Desktop, WebDriver) {
    let (desktop, driver) = window_of(Place::demo(), &[]);
    shows(&driver, "production-admin");
    (desktop, driver)
}

fn window_of(place: Place, variables: &[(&str, &str)]) -> (Desktop, WebDriver) {
    let desktop = Desktop::new(place);
    let driver = WebDriver::start(&desktop, &program("hatrack"), variables);
    driver.turn_to("//localhost");
    (desktop, driver)
}

/// The address of the organisation's portal.
const START_URL: &str = "https://acme.awsapps.com/start";

/// An organisation with two accounts, and somebody who can sign in.
fn acme() -> Organisation {
    let account =
        |id: &str, name: &str| AssignedAccount::new(id, name).email(format!("aws+{id}@acme.example"));
    Organisation::new(START_URL, "eu-central-1")
        .person("ann")
        .account(
            account("111122223333", "Payments").permission_sets(["Admin".to_owned(), "ReadOnly".to_owned()]),
        )
        .account(account("444455556666", "Production").permission_sets(["ReadOnly".to_owned()]))
}

/// A home without a profile, in a world with this organisation; `browser` stands in for the system's.
fn place(organisation: Organisation, browser: &str) -> Place {
    let mut place = Place::new(World::default().organisation(organisation), "", "");
    let script = place.folder().join("browser");
    fs::write(&script, format!("#!/bin/sh\n{browser}\n")).expect("a file can be written");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("its mode can be set");
    place.set("BROWSER", script.to_string_lossy());
    place
}

/// A browser in which somebody agrees at once to whatever is asked.
const AGREES: &str = "exec curl --silent --show-error --location --output /dev/null \"$1&sandbox_user=ann\"";

/// Adds the organisation in the window.
fn add_organisation(driver: &WebDriver) {
    click(driver, "Organisations");
    click(driver, "Add organisation");
    let fields = [("Start URL", START_URL), ("Region", "eu-central-1"), ("Name", "acme")];
    // A key that comes late may end in a field that was full already.
    until("a form with all its fields", || {
        for (label, text) in fields {
            fill(driver, label, text);
        }
        let typed = "return [...document.querySelectorAll('form input')].map((it) => it.value)";
        (driver.script(typed) == serde_json::json!(fields.map(|(_, text)| text))).then_some(())
    });
    click(driver, "Add organisation");
    shows(driver, "Not signed in.");
}

/// Adds the organisation in the window, and asks to sign in.
fn sign_in(driver: &WebDriver) {
    add_organisation(driver);
    click(driver, "Sign in");
}

#[test]
fn a_key_is_added_and_listed_and_its_secret_stays_nowhere_in_the_page() {
    let (desktop, driver) = window();
    let credentials = desktop.place.read("credentials");
    let setting = |key: &str| {
        let line = credentials.lines().find_map(|line| line.strip_prefix(key)).expect(key);
        line.trim_start_matches([' ', '=']).to_owned()
    };
    let (id, secret) = (setting("aws_access_key_id"), setting("aws_secret_access_key"));
    click(&driver, "Keys");
    click(&driver, "Add key");
    fill(&driver, "Name", "mine");
    fill(&driver, "Access key", &id);
    fill(&driver, "Secret", &secret);
    click(&driver, "Add key");
    shows(&driver, "mine");
    shows(&driver, &id[id.len() - 4..]);
    let page = driver.script(
        "return document.documentElement.outerHTML + [...document.querySelectorAll('input')].map((it) => it.value)",
    );
    assert!(!page.as_str().expect("a page").contains(&secret), "the secret stands in the page");
    driver.wait_for_paint();
    desktop.picture("keys");
    let listed = desktop.place.hat(&["key", "list", "--json"]).answer;
    assert!(listed.contains("mine") && listed.contains(&id) && !listed.contains(&secret));
}

#[test]
fn a_role_is_added_by_hand_with_its_plan_beside_the_form() {
    let (desktop, driver) = window();
    let before = desktop.place.read("config");
    click(&driver, "Add role");
    fill(&driver, "Name", "by-hand");
    fill(&driver, "Role ARN", "arn:aws:iam::777788889999:role/Playground");
    fill(&driver, "Source profile", "demo");
    plan(&driver, &["AssumeRole", "777788889999"]);
    driver.wait_for_paint();
    desktop.picture("add-role");
    click(&driver, "Add role");
    shows(&driver, "by-hand");
    assert!(desktop.place.hat(&["roles", "by-hand"]).answer.contains("Playground"));
    assert_eq!(desktop.place.read("config"), before, "the shared files stay as they are");
}

#[test]
fn the_options_of_a_role_are_edited_with_the_plan_beside_them() {
    let (desktop, driver) = window();
    let row = "const row = [...document.querySelectorAll('[role=option]')]
        .find((it) => it.textContent.includes('production-admin')); row.click(); return true";
    until("the row", || driver.script(row).as_bool());
    click(&driver, "Edit options");
    plan(&driver, &["GetSessionToken", "AssumeRole"]);
    fill(&driver, "Duration", "43200");
    plan(&driver, &["12 h", "More than an hour"]);
    driver.wait_for_paint();
    desktop.picture("options");
    click(&driver, "Save");
    let told = until("the option in the plan", || {
        Some(desktop.place.hat(&["plan", "production-admin"]).answer).filter(|told| told.contains("12 h"))
    });
    assert!(told.contains("AssumeRole"), "{told}");
}

#[test]
fn one_sign_in_shows_every_account_and_role_and_activates_one() {
    let (desktop, driver) = window_of(place(acme(), AGREES), &[]);
    sign_in(&driver);
    shows(&driver, "Signed in");
    shows(&driver, "2 accounts, 3 roles");
    driver.wait_for_paint();
    desktop.picture("organisation");
    click(&driver, "Back to the roles");
    driver.element("[role=combobox]").type_keys("paym adm");
    let rows = "return [...document.querySelectorAll('[role=option]')].map((it) => it.innerText)";
    until("the one role that is found", || {
        let found = driver.script(rows);
        let [found] = found.as_array()?.as_slice() else { return None };
        found.as_str()?.contains("Payments").then_some(())
    });
    driver.element("[role=combobox]").type_keys("\u{e007}");
    until("credentials of the role", || {
        let active = desktop.place.json(&["status"]).to_string();
        (active.contains("\"active\"") && active.contains("111122223333")).then_some(())
    });
    assert!(desktop.place.read("credentials").contains("aws_session_token"), "no session was delivered");
    click(&driver, "Details");
    shows(&driver, "aws+111122223333@acme.example");
    driver.wait_for_paint();
    desktop.picture("organisation-role");
    click(&driver, "Profile for other tools");
    shows(&driver, "+[profile Payments-Admin]");
    assert!(!desktop.place.read("config").contains("[profile"), "it is written before anybody agreed");
    driver.wait_for_paint();
    desktop.picture("profile-for-other-tools");
    click(&driver, "Write");
    shows(&driver, "Done: 1 profile new.");
    let config = desktop.place.read("config");
    assert!(config.contains("[profile Payments-Admin]") && config.contains("sso_account_id = 111122223333"));
}

#[test]
fn a_code_is_shown_that_is_typed_in_on_another_device() {
    let (desktop, driver) = window_of(place(acme().device_interval(1), ":"), &[]);
    add_organisation(&driver);
    click(&driver, "With a code");
    let read = |css: &str| {
        let script = format!("return document.querySelector('.device {css}')?.textContent.trim() ?? ''");
        until(css, || driver.script(&script).as_str().filter(|text| !text.is_empty()).map(str::to_owned))
    };
    let (code, page) = (read(".code"), read(".address"));
    driver.wait_for_paint();
    desktop.picture("device-code");
    desktop.place.sandbox.visit(&format!("{page}?user_code={code}"), "ann", Choice::Allow).end();
    shows(&driver, "2 accounts, 3 roles");
    assert!(has_token(&desktop.place), "the AWS CLI's cache holds no token");
}

#[test]
fn a_rule_marks_roles_as_soon_as_it_is_typed() {
    let (desktop, driver) = window_of(place(acme(), AGREES), &[]);
    sign_in(&driver);
    shows(&driver, "2 accounts, 3 roles");
    click(&driver, "Settings");
    click(&driver, "Add rule");
    driver.element("[aria-label='Pattern of the new rule']").type_keys("prod*\u{e007}");
    driver.element("[aria-label^='Tags of rule 1']").type_keys("production\u{e007}");
    click(&driver, "Back to the roles");
    let marked = "return [...document.querySelectorAll('[role=option]')]
        .filter((it) => it.innerText.includes('PROD')).map((it) => it.innerText).join()";
    until("the marked role", || {
        let marked = driver.script(marked);
        let marked = marked.as_str()?;
        (marked.contains("Production") && !marked.contains("Payments")).then_some(())
    });
    driver.wait_for_paint();
    desktop.picture("rules");
}

#[test]
fn names_from_the_portal_are_text_and_keep_within_the_window() {
    let place = place(Organisation::hostile(START_URL, "eu-central-1"), AGREES);
    let (desktop, driver) = window_of(place, &[("GTK_THEME", "Adwaita:dark")]);
    sign_in(&driver);
    shows(&driver, "21 accounts");
    click(&driver, "Back to the roles");
    shows(&driver, "<img src=x onerror=alert(1)>");
    click(&driver, "Details");
    let odd = "const unseen = /[\\u0000-\\u0009\\u000b-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ufeff]/u;
        const all = [document.documentElement, ...document.querySelectorAll('[role=option], .details')];
        const out = all.filter((it) => Math.max(it.scrollWidth, it.getBoundingClientRect().right) > innerWidth + 1);
        const hidden = unseen.exec(document.body.textContent);
        const made = document.querySelectorAll('img, script:not([src]), b, iframe');
        return [...out.map((it) => 'too wide: ' + it.className), ...(hidden ? ['hidden: ' + escape(hidden[0])] : []),
          ...[...made].map((it) => 'markup: ' + it.outerHTML)].join('\\n');";
    let field = driver.element("[role=combobox]");
    for row in 0..24 {
        field.type_keys("\u{e015}");
        until("a page that is drawn", || driver.script("return true").as_bool());
        let found = driver.script(odd);
        assert_eq!(found, "", "at row {row}");
        if row % 10 == 0 {
            driver.wait_for_paint();
            desktop.picture(&format!("names-{row}"));
        }
    }
}

#[test]
fn a_sign_in_that_nobody_answers_is_taken_back_in_the_window() {
    let (desktop, driver) = window_of(place(acme(), ":"), &[]);
    sign_in(&driver);
    shows(&driver, "Signing in");
    driver.wait_for_paint();
    desktop.picture("signing-in");
    click(&driver, "Cancel");
    shows(&driver, "Not signed in.");
    assert!(!has_token(&desktop.place), "a sign-in was kept");
}

/// Whether a token of a portal is kept.
fn has_token(place: &Place) -> bool {
    let files = fs::read_dir(place.folder().join(".aws/sso/cache")).into_iter().flatten().flatten();
    files.into_iter().any(|file| fs::read_to_string(file.path()).unwrap_or_default().contains("accessToken"))
}
