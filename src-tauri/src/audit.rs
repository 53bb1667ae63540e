//! What a page may do, compared with a list: commands by window, and the content security policy.
//!
//! Whoever changes one of them changes this list too, and is seen to do so.

use crate::command_names::COMMAND_NAMES;
use crate::windows::{MAIN, PROMPT};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[test]
fn each_window_is_granted_these_commands_and_no_others() {
    let expected = BTreeMap::from([
        (
            MAIN.to_owned(),
            set(&[
                "activate",
                "add_key",
                "cancel_listing",
                "change_settings",
                "deactivate",
                "describe",
                "dismiss_prompt",
                "export_key",
                "favourite",
                "fitting_rules",
                "follow",
                "forget_seed",
                "import_key",
                "keep_client_secret",
                "keep_seed",
                "list_keys",
                "list_organisation",
                "lock_vault",
                "open_again",
                "open_console",
                "open_prompt",
                "plan",
                "remove_key",
                "remove_profiles",
                "remove_section",
                "rotate_key",
                "save_section",
                "seal_vault_with_keyring",
                "seal_vault_with_passphrase",
                "search_roles",
                "sign_in",
                "sign_out",
                "try_again",
                "unlock_vault",
                "vault_status",
                "why",
                "write_profiles",
            ]),
        ),
        (
            PROMPT.to_owned(),
            set(&["answer_consent", "answer_prompt", "dismiss_prompt", "follow", "try_again"]),
        ),
    ]);
    let granted = granted();
    assert_eq!(granted, expected);
    let all: BTreeSet<String> = granted.into_values().flatten().collect();
    assert_eq!(all, set(COMMAND_NAMES), "a command that no window is granted");
}

#[test]
fn the_policy_lets_nothing_in_from_outside() {
    let config = json("tauri.conf.json");
    let security = &config["app"]["security"];
    let expected = [
        ("base-uri", "'none'"),
        ("connect-src", "ipc: http://ipc.localhost"),
        ("default-src", "'none'"),
        ("font-src", "'self'"),
        ("form-action", "'none'"),
        ("frame-ancestors", "'none'"),
        ("img-src", "'self'"),
        ("script-src", "'self'"),
        ("style-src", "'self'"),
    ];
    let policy: BTreeMap<&str, &str> = security["csp"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(directive, sources)| (directive.as_str(), sources.as_str().unwrap()))
        .collect();
    assert_eq!(policy, BTreeMap::from(expected));
    assert_eq!(security["freezePrototype"], true);
    assert_eq!(config["app"]["withGlobalTauri"], false);
    assert_eq!(security.get("devCsp"), None);
    assert_eq!(security.get("dangerousDisableAssetCspModification"), None);
    assert_eq!(config["build"].get("devUrl"), None);
    assert_eq!(config.get("plugins"), None);
    let enabled = security["capabilities"].as_array().unwrap();
    assert_eq!(enabled, &["main", "prompt"]);
}

/// The commands that the capability files grant, by window.
fn granted() -> BTreeMap<String, BTreeSet<String>> {
    let mut granted = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("capabilities");
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let capability = json(&format!("capabilities/{name}"));
        assert_eq!(capability.get("remote"), None, "{name}");
        assert_eq!(capability.get("webviews"), None, "{name}");
        for window in capability["windows"].as_array().unwrap() {
            let commands: &mut BTreeSet<String> =
                granted.entry(window.as_str().unwrap().to_owned()).or_default();
            for permission in capability["permissions"].as_array().unwrap() {
                let command = permission.as_str().unwrap().strip_prefix("allow-").unwrap();
                commands.insert(command.replace('-', "_"));
            }
        }
    }
    granted
}

fn json(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}
