//! Hostile texts in the shared files: they stay what they are, and are shown harmlessly.

use hatrack_core::catalogue::{Catalogue, Sources};
use hatrack_core::chain::resolve;
use hatrack_core::ini::Document;
use hatrack_core::profile::{File, Profiles};
use hatrack_core::settings::Settings;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The cases of some categories that have a text, with their ids.
fn texts(categories: &[&str]) -> Vec<(String, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/nasty.json");
    let cases: Vec<Json> = serde_json::from_slice(&std::fs::read(path).expect(path)).expect(path);
    let text = |case: &Json| match &case["input"] {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    };
    cases
        .iter()
        .filter(|case| case["category"].as_str().is_some_and(|category| categories.contains(&category)))
        .filter_map(|case| Some((case["id"].as_str()?.to_owned(), text(case)?)))
        .collect()
}

fn read(config: &str) -> Profiles {
    Profiles::read(Some(File { path: "config", bytes: config.as_bytes() }), None)
}

fn with_role(name: &str, more: &str) -> String {
    format!(
        "[profile {name}]\nrole_arn = arn:aws:iam::111122223333:role/R\ncredential_source = Environment\n{more}\n"
    )
}

fn is_harmless(shown: &str) -> bool {
    !shown.chars().any(|c| {
        c.is_control()
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    })
}

#[test]
fn a_hostile_name_hides_no_other_profile_and_is_shown_harmlessly() {
    let cases = texts(&["name", "unicode", "html", "path", "shell"]);
    assert!(cases.len() >= 40, "{}", cases.len());
    for (id, name) in cases {
        let config = with_role("before", "") + &with_role(&name, "") + &with_role("after", "");
        assert_eq!(Document::parse(config.as_bytes()).print(), config.as_bytes(), "{id}");
        let profiles = read(&config);
        let (catalogue, problems) = Catalogue::of(&Sources {
            profiles: &profiles,
            settings: &Settings::default(),
            saml_roles: &BTreeMap::new(),
            directories: &[],
            source: "config",
        });
        for good in ["before", "after"] {
            assert!(catalogue.iter().any(|role| role.name == good), "{id}: {good}");
        }
        for role in catalogue.iter() {
            assert!(is_harmless(&role.name) && is_harmless(&role.account_name), "{id}: {:?}", role.name);
            assert!(profiles.get(role.id.0.trim_start_matches("profile:")).is_some(), "{id}: ids are exact");
        }
        for problem in profiles.problems.iter().chain(&problems) {
            assert!(is_harmless(&problem.message), "{id}: {problem:?}");
            assert!(problem.profile.as_deref().is_none_or(is_harmless), "{id}: {problem:?}");
        }
    }
}

#[test]
fn a_quoted_hostile_name_is_one_profile() {
    for (id, name) in texts(&["unicode", "html", "path", "shell"]) {
        if name.contains(['\n', '\r', '\\']) {
            continue;
        }
        let quoted = format!("\"{}\"", name.replace('"', "\\\""));
        assert!(read(&with_role(&quoted, "")).get(&name).is_some(), "{id}");
    }
}

#[test]
fn hostile_values_are_refused_before_any_call_and_hide_no_other_role() {
    for (category, key, good) in [
        ("duration", "duration_seconds", &["duration/0900"][..]),
        ("session-name", "role_session_name", &["session-name/email"]),
        // A blank at a line's end is no part of a value.
        ("role-arn", "role_arn", &["role-arn/path", "role-arn/cn", "role-arn/trailing-space"]),
    ] {
        for (id, value) in texts(&[category]) {
            let config = with_role("a", &format!("{key} = {value}")) + &with_role("good", "");
            let profiles = read(&config);
            let resolved = resolve(&profiles, "a");
            assert_eq!(resolved.is_ok(), good.contains(&id.as_str()), "{id}: {resolved:?}");
            if let Err(error) = resolved {
                assert!(error.to_string().contains(key), "{id}: {error}");
            }
            assert!(resolve(&profiles, "good").is_ok(), "{id}");
        }
    }
}
