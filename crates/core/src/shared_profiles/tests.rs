use super::*;
use crate::profile::{File, Profiles};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn entry(account_name: &str, account: u8, role: &str) -> Entry {
    Entry {
        portal: Portal {
            session: Some("acme".to_owned()),
            start_url: "https://acme.example/start".to_owned(),
            region: "eu-west-1".to_owned(),
            scopes: Vec::new(),
        },
        account_id: format!("11111111111{account}"),
        account_name: account_name.to_owned(),
        role_name: role.to_owned(),
        region: None,
    }
}

fn taken(config: &[u8]) -> BTreeSet<String> {
    Profiles::read(Some(File { path: "config", bytes: config }), None).profiles.into_keys().collect()
}

fn written(config: &str, entries: &[Entry]) -> Planned {
    write(config.as_bytes(), &taken(config.as_bytes()), entries, &Template::default())
}

fn string(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap()
}

#[test]
fn a_profile_is_written_with_its_portal_and_read_as_meant() {
    let entries = [Entry { region: Some("eu-central-1".to_owned()), ..entry("Prod", 1, "Admin") }];
    let planned = written("[default]\nregion = us-east-1", &entries);
    let mark = "# written by Hatrack, gap";
    let end = "(\"hat profiles remove\" removes it)";
    assert_eq!(
        string(&planned.text),
        format!(
            "[default]\nregion = us-east-1\n\n[sso-session acme]\n{mark} 2, for - {end}\n\
             sso_start_url = https://acme.example/start\nsso_region = eu-west-1\n\
             sso_registration_scopes = sso:account:access\n\n[profile Prod-Admin]\n\
             {mark} 1, for sso:https://acme.example/start:111111111111:Admin {end}\n\
             sso_session = acme\nsso_account_id = 111111111111\nsso_role_name = Admin\nregion = eu-central-1\n"
        )
    );
    assert_eq!(planned.added, ["Prod-Admin"]);
    assert!(planned.diff.contains("+[profile Prod-Admin]\n"), "{}", planned.diff);
    let profiles = Profiles::read(Some(File { path: "config", bytes: &planned.text }), None);
    assert_eq!(profiles.problems, []);
    let chain = crate::chain::resolve(&profiles, "Prod-Admin").unwrap();
    let expected = Portal { scopes: vec!["sso:account:access".to_owned()], ..entries[0].portal.clone() };
    assert_eq!(chain, crate::chain::Chain::of_portal(expected, "111111111111", "Admin"));
}

#[test]
fn two_runs_give_the_same_bytes_and_a_renamed_account_keeps_its_profile() {
    let first = written("", &[entry("Prod", 1, "Admin"), entry("Dev", 2, "Admin")]);
    let again = written(string(&first.text), &[entry("Prod", 1, "Admin"), entry("Renamed", 2, "Admin")]);
    assert_eq!(again.text, first.text);
    assert_eq!(again.unchanged, ["Prod-Admin", "Dev-Admin"]);
    assert_eq!((again.diff.as_str(), again.added.len()), ("", 0));
}

#[test]
fn what_somebody_added_stays_and_what_is_ours_is_brought_up_to_date() {
    let first = written("", &[entry("Prod", 1, "Admin")]);
    let edited = string(&first.text)
        .replace("sso_role_name = Admin\n", "output = json\n# why\ncolor = red\nregion = x\n");
    let again = written(&edited, &[Entry { region: Some("y".to_owned()), ..entry("Prod", 1, "Admin") }]);
    assert_eq!(again.changed, ["Prod-Admin"]);
    let text = string(&again.text);
    assert!(
        text.contains("sso_role_name = Admin\n")
            && text.contains("output = json\n# why\ncolor = red\nregion = x\n")
    );
}

#[test]
fn names_that_are_taken_or_equal_are_told_apart() {
    let config = "[profile Prod-Admin]\nregion = x\n";
    let entries = [entry("Prod", 1, "Admin"), entry("Prod", 2, "Admin"), entry("prod/admin", 3, "")];
    let planned = written(config, &entries[..2]);
    assert_eq!(planned.added, ["Prod-Admin-111111111111", "Prod-Admin-111111111112"]);
    assert!(string(&planned.text).starts_with(config), "somebody's own profile stays as it is");
    let default = Template::parse("{account}").unwrap();
    let planned = write(b"", &BTreeSet::new(), &[entry("default", 1, "R")], &default);
    assert_eq!(planned.added, ["default-111111111111"]);
}

#[test]
fn hostile_names_end_as_safe_ones() {
    let long = "x".repeat(300);
    for (name, expected) in [
        ("a\nb]\n[profile evil", "a-b-profile-evil-R"),
        ("<b>$(rm -rf)\u{202e}\u{0}", "b-rm-rf-R"),
        ("", "111111111111-R"),
        ("🎩日本", "R"),
        ("{role}{account_id}", "role-account_id-R"),
        (long.as_str(), &long[..64]),
        ("--", "R"),
    ] {
        let planned = written("", &[entry(name, 1, "R")]);
        assert_eq!(planned.added, [expected], "{name:?}");
        let profiles = Profiles::read(Some(File { path: "config", bytes: &planned.text }), None);
        assert_eq!((profiles.profiles.len(), profiles.problems.len()), (1, 0), "{name:?}");
    }
    let planned = written("", &[entry("a", 1, "R\n[profile evil]")]);
    assert_eq!((planned.added.len(), planned.skipped.len()), (0, 1));
    assert_eq!(string(&planned.text), "");
}

#[test]
fn a_template_that_would_do_harm_is_refused() {
    for text in ["", "same", "{account}\n", "{account}]", "{nope}-x", "{account} {role}"] {
        assert!(Template::parse(text).is_err(), "{text:?}");
    }
    assert!(Template::parse("aws_{organisation}.{account_id}@{role}").is_ok());
}

#[test]
fn written_profiles_go_again_and_leave_no_trace() {
    for config in
        ["", "[default]\nregion = x\n", "[default]\nregion = x", "# mine\r\n[profile a]\r\nregion = x\r\n"]
    {
        let planned = written(config, &[entry("Prod", 1, "Admin"), entry("Dev", 2, "Admin")]);
        let removed = remove(&planned.text, &Which::All, false);
        assert_eq!(string(&removed.text), config);
        assert_eq!(removed.removed, ["Prod-Admin", "Dev-Admin"]);
        let one = Which::Named(BTreeSet::from(["Dev-Admin".to_owned(), "other".to_owned()]));
        let one = remove(&planned.text, &one, false);
        assert_eq!((one.removed.as_slice(), one.skipped.len()), (["Dev-Admin".to_owned()].as_slice(), 1));
        assert!(string(&one.text).contains("[sso-session acme]"), "another profile names it");
    }
}

#[test]
fn what_somebody_made_of_a_profile_is_not_removed_unasked() {
    let planned = written("", &[entry("Prod", 1, "Admin")]);
    let edited = format!("{}credential_process = secret command\n", string(&planned.text));
    let kept = remove(edited.as_bytes(), &Which::All, false);
    assert_eq!((string(&kept.text), kept.removed.len(), kept.skipped.len()), (edited.as_str(), 0, 1));
    let forced = remove(edited.as_bytes(), &Which::All, true);
    assert_eq!((string(&forced.text), forced.removed.len()), ("", 1));
    assert!(!forced.diff.contains("secret"), "{}", forced.diff);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn writing_and_removing_touch_nothing_else(
        config in "(\\[(default|profile [a-c]|sso-session x)\\]\r?\n(#[a-z]*\n|region = [a-z]+\r?\n|\n|s3 =\n  a = b\n){0,4}){0,4}",
        names in prop::collection::vec("[a-cA-C/ é\\]\n]{0,6}", 0..4),
    ) {
        let entries: Vec<Entry> = (1..).zip(&names).map(|(account, name)| entry(name, account, "R")).collect();
        let planned = written(&config, &entries);
        prop_assert!(planned.text.starts_with(config.as_bytes()));
        prop_assert_eq!(planned.added.len(), entries.len());
        let again = written(&String::from_utf8(planned.text.clone()).unwrap(), &entries);
        prop_assert_eq!(&again.text, &planned.text);
        prop_assert_eq!(remove(&planned.text, &Which::All, false).text, config.as_bytes());
    }
}
