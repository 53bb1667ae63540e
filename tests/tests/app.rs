//! The real programs on a real desktop without a screen: a panel's tray, a notification daemon, a
//! keyring, and web views that a WebDriver types into.

#![cfg(target_os = "linux")]

use acceptance::desktop::Desktop;
use acceptance::menu::{self, Row};
use acceptance::place::run;
use acceptance::program::python_program;
use acceptance::webdriver::WebDriver;
use acceptance::{Place, program, until};
use hatrack_sandbox::World;
use hatrack_wire::{Answer, Command};
use serde_json::{Value, json};

/// Whether a process holds the turn to show windows.
fn has_windows(desktop: &Desktop) -> bool {
    let lock = desktop.place.places().run().join("windows.lock");
    std::fs::File::options().write(true).open(lock).is_ok_and(|lock| lock.try_lock().is_err())
}

fn wait_for_rows(driver: &WebDriver) {
    driver.turn_to(MAIN);
    until("the list", || (driver.script(ROWS).as_u64()? > 0).then_some(()));
}

/// How the addresses of the pages end.
const MAIN: &str = "//localhost";
const PROMPT: &str = "/prompt.html";

const ROWS: &str = "return document.querySelectorAll('[role=option]').length";

#[test]
fn a_role_is_picked_in_the_tray_its_code_typed_used_and_taken_back() {
    let desktop = Desktop::new(Place::demo());
    let before = desktop.place.read("credentials");
    let mut tray = desktop.hatrack("hatrack-tray", &["--hidden"]);
    let item = menu::item(&desktop);
    let (whole, account) = menu::with(&desktop, &item, "production");
    assert!(whole.longest_level() <= 25, "{whole:#?}");
    assert!(account.find("production-admin").is_some() && whole.find("All roles…").is_some());
    let driver = WebDriver::start(&desktop, &program("hatrack"), &[]);
    wait_for_rows(&driver);
    driver.wait_for_paint();
    desktop.picture("window");

    menu::click(&desktop, &item, "production-admin");
    driver.turn_to(PROMPT);
    let field = driver.element("input.code");
    let dialog = until("the question", || Some(driver.text()).filter(|text| text.contains("MFA code of")));
    assert!(dialog.contains("production") && dialog.contains("production-admin"), "{dialog}");
    driver.wait_for_paint();
    desktop.picture("dialog");
    field.type_keys(&desktop.place.wrong_code());
    let refused = "return document.querySelector('.line.refused')?.textContent ?? ''";
    let why = until("why the code was refused", || {
        driver.script(refused).as_str().map(str::to_owned).filter(|why| !why.is_empty())
    });
    assert!(why.contains("did not accept the code"), "{why}");
    let main = "const main = document.querySelector('main'); return main.scrollHeight - main.clientHeight";
    assert_eq!(driver.script(main), 0, "the dialog has room for what it says");
    driver.wait_for_paint();
    desktop.picture("dialog-refused");
    menu::with(&desktop, &item, "production-admin waits for a code…");

    // Pasted as it is shown on many a screen; six digits go by themselves.
    let code = desktop.place.code();
    let pasted = format!(" {} {} ", &code[..3], &code[3..]);
    driver.script(&format!("document.execCommand('insertText', false, {})", json!(pasted)));
    until("the dialog's end", || (!driver.has_window(PROMPT)).then_some(()));
    menu::with(&desktop, &item, "production-admin → default · ");
    assert!(desktop.place.read("credentials").contains("\n[default]\n"));
    let script = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])";
    let python = run(desktop.place.command(python_program("python")).args(["-c", script]), "").succeeded();
    assert!(python.answer.starts_with("arn:aws:sts::444455556666:assumed-role/Admin/"), "{}", python.answer);
    driver.turn_to(MAIN);
    until("the countdown", || {
        let standing = driver.script("return document.querySelector('[role=option] .standing')?.textContent");
        standing.as_str().filter(|text| text.contains(|c: char| c.is_ascii_digit())).map(drop)
    });
    driver.wait_for_paint();
    desktop.picture("window-active");
    desktop.click_at(15, 15, "3");
    until("the opened menu", || (desktop.menus() > 0).then_some(()));
    desktop.picture("tray-menu");
    until("the notification", || {
        let told = desktop.notifications();
        told.iter().any(|it| it.starts_with("production-admin is active\n")).then_some(())
    });

    menu::click(&desktop, &item, "Deactivate");
    until("the end of what was written", || (desktop.place.read("credentials") == before).then_some(()));
    driver.turn_to(MAIN);
    driver.close_window();
    until("the end of the windows' process", || (!has_windows(&desktop)).then_some(()));
    assert!(tray.is_running() && desktop.place.has_agent());
    menu::click(&desktop, &item, "Quit");
    assert!(tray.ended().success());
    until("the agent's end", || (!desktop.place.has_agent()).then_some(()));
}

#[test]
fn a_second_start_shows_the_first_one_s_window_and_the_tray_starts_it() {
    let desktop = Desktop::new(Place::demo());
    let mut tray = desktop.hatrack("hatrack-tray", &[]);
    let item = menu::item(&desktop);
    assert_eq!(desktop.visible_windows("Hatrack"), 0, "where there is a tray no window opens by itself");
    menu::click(&desktop, &item, "Open Hatrack");
    until("the window", || (desktop.visible_windows("Hatrack") == 1).then_some(()));
    let mut second = desktop.hatrack("hatrack", &[]);
    assert!(second.ended().success());
    assert_eq!(desktop.visible_windows("Hatrack"), 1);
    let mut another_tray = desktop.hatrack("hatrack-tray", &[]);
    assert!(another_tray.ended().success());
    assert!(tray.is_running());
    let doctor = desktop.place.json(&["doctor"]);
    let is_good = |subject: &str| {
        doctor.as_array().unwrap().iter().any(|it| it["subject"] == subject && it["verdict"] == "good")
    };
    assert!(is_good("keyring") && is_good("clock"), "{doctor}");
}

#[test]
fn a_crash_of_the_agent_is_survived_and_quitting_ends_what_is_active() {
    let desktop = Desktop::new(Place::demo());
    let before = desktop.place.read("credentials");
    let mut tray = desktop.hatrack("hatrack-tray", &["--hidden"]);
    let item = menu::item(&desktop);
    menu::click(&desktop, &item, "playground");
    menu::with(&desktop, &item, "playground → default · ");
    let first = desktop.place.agent_pid();
    let killed = std::process::Command::new("kill").args(["-9", &first.to_string()]).status().unwrap();
    assert!(killed.success());
    until("another agent that the tray follows", || {
        let Answer::Agent(status) = desktop.place.connect()?.request(Command::Agent).ok()? else {
            return None;
        };
        (status.pid != first && status.faces == 1 && status.active_sessions == 1).then_some(())
    });
    menu::with(&desktop, &item, "playground → default · ");
    menu::click(&desktop, &item, "Quit");
    assert!(tray.ended().success());
    until("the agent's end", || (!desktop.place.has_agent()).then_some(()));
    assert_eq!(desktop.place.read("credentials"), before);
}

#[test]
fn the_window_is_used_by_keyboard_alone() {
    let desktop = Desktop::bare(Place::demo());
    let before = desktop.place.read("credentials");
    let driver = WebDriver::start(&desktop, &program("hatrack"), &[]);
    wait_for_rows(&driver);
    let search = driver.element("input");
    search.type_keys("analyst");
    until("the one role that fits", || (driver.script(ROWS) == 1).then_some(()));
    search.type_keys(ENTER);
    until("the credentials", || desktop.place.read("credentials").contains("[default]").then_some(()));
    let state = "return document.querySelector('.details')?.innerText ?? ''";
    until("the end that is offered", || {
        driver.script(state).as_str().filter(|text| text.contains("End session")).map(drop)
    });
    search.type_keys(CONTROL_D);
    until("the end of what was written", || (desktop.place.read("credentials") == before).then_some(()));
}

/// The protocol's own characters for keys.
const ENTER: &str = "\u{e007}";
const CONTROL_D: &str = "\u{e009}d";

#[test]
fn where_no_tray_is_shown_the_window_opens_and_a_tray_that_comes_is_used() {
    let desktop = Desktop::bare(Place::demo());
    let _tray = desktop.hatrack("hatrack-tray", &[]);
    until("the window", || (desktop.visible_windows("Hatrack") == 1).then_some(()));
    let _settings = desktop.panel_settings();
    for _ in 0..2 {
        let _panel = desktop.panel();
        let item = menu::item(&desktop);
        menu::with(&desktop, &item, "All roles…");
    }
}

#[test]
fn hostile_names_are_text_and_a_long_list_stays_short() {
    let oracle = include_str!("../../crates/core/tests/oracles/nasty.json");
    let oracle: Vec<Value> = serde_json::from_str(oracle).unwrap();
    let names =
        oracle.iter().filter(|case| case["category"] == "name").filter_map(|case| case["input"].as_str());
    let plain = |name: &&str| !name.contains(['\n', '\r', '[', ']', '"', '\'', '\\']) && name.len() < 300;
    let markup =
        ["<img src=x onerror=window.__xss=1>", "<script>window.__xss=1</script>", "&lt;b&gt;", "a_b__c"];
    let keys = "[base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n";
    let many = (0..60).map(|number| format!("role-{number:02}"));
    let names = names.filter(plain).map(str::to_owned).chain(markup.map(str::to_owned)).chain(many);
    let sections = names.enumerate().map(|(number, name)| {
        let account = if name.starts_with("role-") { 900_000_000_000 } else { 100_000_000_000 + number };
        let arn = format!("arn:aws:iam::{account}:role/R{number}");
        format!("[profile \"{name}\"]\nrole_arn = {arn}\nsource_profile = base\n")
    });
    let config: String = sections.collect();
    let desktop = Desktop::new(Place::new(World::default(), &config, keys));
    let _tray = desktop.hatrack("hatrack-tray", &["--hidden"]);
    let item = menu::item(&desktop);
    let (whole, _) = menu::with(&desktop, &item, "All roles…");
    assert!(whole.longest_level() <= 25, "{whole:#?}");
    let no_controls = |row: &Row| !row.text.chars().any(char::is_control);
    assert!(all(&whole, &no_controls), "{whole:#?}");
    let driver = WebDriver::start(&desktop, &program("hatrack"), &[("GTK_THEME", "Adwaita:dark")]);
    wait_for_rows(&driver);
    driver.element("input").type_keys("onerror");
    until("the hostile name as text", || driver.text().contains(markup[0]).then_some(()));
    assert_eq!(driver.script("return typeof window.__xss"), "undefined");
    assert_eq!(driver.script("return document.querySelectorAll('img, iframe, main script').length"), 0);
    let dark = driver.script("return matchMedia('(prefers-color-scheme: dark)').matches");
    assert_eq!(dark, true);
    driver.wait_for_paint();
    desktop.picture("window-hostile-dark");
}

fn all(row: &Row, is_so: &dyn Fn(&Row) -> bool) -> bool {
    is_so(row) && row.rows.iter().all(|row| all(row, is_so))
}
