//! The real window: a key, a role by hand and a role's options, each with the planner's answer.

#![cfg(target_os = "linux")]

use acceptance::desktop::Desktop;
use acceptance::webdriver::WebDriver;
use acceptance::{Place, program, until};

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
    driver.element(&format!("[id='{id}']")).type_keys(text);
}

fn plan(driver: &WebDriver, wanted: &[&str]) {
    let script = "return document.querySelector('aside[aria-label=Plan]')?.innerText ?? ''";
    until(&format!("a plan with {wanted:?}"), || {
        let told = driver.script(script);
        wanted.iter().all(|word| told.as_str().unwrap_or_default().contains(word)).then_some(())
    });
}

fn shows(driver: &WebDriver, text: &str) {
    until(text, || driver.text().contains(text).then_some(()));
}

fn window() -> (Desktop, WebDriver) {
    let desktop = Desktop::new(Place::demo());
    let driver = WebDriver::start(&desktop, &program("hatrack"), &[]);
    driver.turn_to("//localhost");
    shows(&driver, "production-admin");
    (desktop, driver)
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
