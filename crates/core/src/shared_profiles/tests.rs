use super::*;
use crate::profile::Profiles;
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
    planned(config.as_bytes(), entries)
}

fn file(bytes: &[u8]) -> File<'_> {
    File { path: "~/.aws/config", bytes }
}

fn planned(config: &[u8], entries: &[Entry]) -> Planned {
    write(file(config), &taken(config), entries, &Template::default()).unwrap()
}

fn removed(config: &[u8], which: &Which, force: bool) -> Planned {
    remove(file(config), which, force).unwrap()
}

fn string(text: &[u8]) -> &str {
    std::str::from_utf8(text).unwrap()
}

/// A text with the sums of marks left out.
fn without_sums(text: &str) -> String {
    let mut parts = text.split(", sum ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + &part[8..])
}

#[test]
fn a_profile_is_written_with_its_portal_and_read_as_meant() {
    let entries = [Entry { region: Some("eu-central-1".to_owned()), ..entry("Prod", 1, "Admin") }];
    let planned = written("[default]\nregion = us-east-1", &entries);
    let mark = "# written by Hatrack, gap";
    let end = "(\"hat profiles remove\" removes it)";
    assert_eq!(
        without_sums(string(&planned.text)),
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
    let planned = write(file(b""), &BTreeSet::new(), &[entry("default", 1, "R")], &default).unwrap();
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
        ("a/b:c%d", "a-b-c-d-R"),
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
        let all = removed(&planned.text, &Which::All, false);
        assert_eq!(string(&all.text), config);
        assert_eq!(all.removed, ["Prod-Admin", "Dev-Admin"]);
        let one = Which::Named(BTreeSet::from(["Dev-Admin".to_owned(), "other".to_owned()]));
        let one = removed(&planned.text, &one, false);
        assert_eq!((one.removed.as_slice(), one.skipped.len()), (["Dev-Admin".to_owned()].as_slice(), 1));
        assert!(string(&one.text).contains("[sso-session acme]"), "another profile names it");
    }
}

#[test]
fn what_somebody_made_of_a_profile_is_not_removed_unasked() {
    let planned = written("", &[entry("Prod", 1, "Admin")]);
    let edited = format!("{}credential_process = secret command\n", string(&planned.text));
    let kept = removed(edited.as_bytes(), &Which::All, false);
    assert_eq!((string(&kept.text), kept.removed.len(), kept.skipped.len()), (edited.as_str(), 0, 1));
    let forced = removed(edited.as_bytes(), &Which::All, true);
    assert_eq!((string(&forced.text), forced.removed.len()), ("", 1));
    assert!(!forced.diff.contains("secret"), "{}", forced.diff);
}

#[test]
fn an_edited_region_is_its_editors_and_ours_follows_what_is_known() {
    let with = |region: Option<&str>| [Entry { region: region.map(str::to_owned), ..entry("P", 1, "R") }];
    let first = written("", &with(Some("eu-west-1")));
    let moved = written(string(&first.text), &with(Some("eu-west-2")));
    assert_eq!(moved.changed, ["P-R"]);
    assert!(string(&moved.text).contains("region = eu-west-2\n"));
    assert_eq!(moved.text, written("", &with(Some("eu-west-2"))).text);
    assert_eq!(written(string(&moved.text), &with(None)).text, written("", &with(None)).text);

    let edited = string(&first.text).replace("\nregion = eu-west-1", "\nregion = mine");
    for region in [None, Some("eu-west-2")] {
        let again = written(&edited, &with(region));
        assert_eq!((string(&again.text), again.unchanged.len()), (edited.as_str(), 1));
    }
    let kept = removed(edited.as_bytes(), &Which::All, false);
    assert_eq!((string(&kept.text), kept.skipped.len()), (edited.as_str(), 1));
    assert_eq!(removed(edited.as_bytes(), &Which::All, true).text, b"");
}

#[test]
fn what_stands_around_a_profile_is_nobodys_hindrance() {
    let first = written("# top", &[entry("P", 1, "R")]);
    let text = format!("{}\n# of the next\n[profile mine]\nregion = x", string(&first.text));
    assert_eq!(written(&text, &[entry("P", 1, "R")]).text, text.as_bytes());
    let gone = removed(text.as_bytes(), &Which::All, false);
    assert_eq!(string(&gone.text), "# top\n\n# of the next\n[profile mine]\nregion = x");
    // A comment of somebody's own above the mark, and a name of their choice.
    let renamed = string(&first.text).replace("[profile P-R]\n", "[profile \"my own\"]\n# why\n");
    let again = written(&renamed, &[entry("P", 1, "R")]);
    assert_eq!(
        (again.unchanged.as_slice(), again.text.as_slice()),
        (&["my own".to_owned()][..], renamed.as_bytes())
    );
    assert_eq!(removed(renamed.as_bytes(), &Which::All, false).skipped.len(), 1);
}

#[test]
fn a_portal_of_this_name_that_is_another_organisation_is_not_borrowed() {
    for (session, why) in [
        ("sso_start_url = https://other.example/start\nsso_region = eu-west-1\n", "another organisation"),
        ("sso_region = eu-west-1\n", "no sso_start_url"),
    ] {
        let config = format!("[sso-session acme]\n{session}");
        let planned = written(&config, &[entry("Prod", 1, "Admin"), entry("Dev", 2, "Admin")]);
        assert_eq!((string(&planned.text), planned.skipped.len()), (config.as_str(), 2));
        assert!(planned.skipped.iter().all(|skipped| skipped.contains(why)), "{:?}", planned.skipped);
    }
    let same =
        "[sso-session \"acme\"]\nsso_start_url = https://ACME.example/start/#/\nsso_region = eu-west-1\n";
    let planned = written(same, &[entry("Prod", 1, "Admin")]);
    assert_eq!((planned.skipped.len(), planned.added.len()), (0, 1));
    assert_eq!(string(&planned.text).matches("[sso-session").count(), 1);
}

#[test]
fn what_portals_and_files_are_called_cannot_be_a_line_of_its_own() {
    let portal = entry("a", 1, "R").portal;
    for (session, start_url, region) in [
        (Some("a]\n[profile evil"), "https://a.example/start", "eu-west-1"),
        (Some("two words"), "https://a.example/start", "eu-west-1"),
        (Some("a"), "https://a.example/\nx = y", "eu-west-1"),
        (Some("a"), "https://a.example/\u{202e}", "eu-west-1"),
        (Some("a"), "https://a.example/start", "eu west"),
        (None, "", "eu-west-1"),
        (None, "https://a.example/start", "x\r"),
    ] {
        let portal = Portal {
            session: session.map(str::to_owned),
            start_url: start_url.to_owned(),
            region: region.to_owned(),
            ..portal.clone()
        };
        let planned = written("", &[Entry { portal, ..entry("a", 1, "R") }]);
        assert_eq!((planned.text.len(), planned.skipped.len()), (0, 1), "{session:?} {start_url:?}");
    }
    for account in ["", "11111111111", "1111111111111", "11111111111\n", "１１１１１１１１１１１１"]
    {
        let planned = written("", &[Entry { account_id: account.to_owned(), ..entry("a", 1, "R") }]);
        assert_eq!((planned.text.len(), planned.skipped.len()), (0, 1), "{account:?}");
    }
}

#[test]
fn names_stay_short_and_mean_nothing_else() {
    let long = "x".repeat(64);
    let entries: Vec<Entry> = (1..=3).map(|account| entry(&long, account, "R")).collect();
    let planned = written("", &entries);
    assert_eq!(planned.added.iter().collect::<BTreeSet<_>>().len(), 3);
    assert!(planned.added.iter().all(|name| name.len() <= 64), "{:?}", planned.added);
    let account = Template::parse("{account}").unwrap();
    for name in ["__proto__", "constructor", "prototype", "default"] {
        let planned = write(file(b""), &BTreeSet::new(), &[entry(name, 1, "R")], &account).unwrap();
        assert_eq!(planned.added, [format!("{name}-111111111111")]);
    }
    let slashes = Template::parse("acme/{account}:{role}").unwrap();
    let planned = write(file(b""), &BTreeSet::new(), &[entry("a/b", 1, "R")], &slashes).unwrap();
    assert_eq!(planned.added, ["acme/a-b:R"]);
}

#[test]
fn a_file_that_is_no_text_is_named_with_its_line() {
    for (config, line) in
        [(&b"[a]\n\xff\xfe\n"[..], "line 2"), (b"\xff\xfe[\0a\0", "line 1"), (b"\n\nx\0", "line 3")]
    {
        for failure in [
            write(file(config), &BTreeSet::new(), &[entry("a", 1, "R")], &Template::default()).unwrap_err(),
            remove(file(config), &Which::All, true).unwrap_err(),
        ] {
            assert_eq!(failure.code, FailureCode::File);
            assert!(failure.happened.contains(line) && failure.happened.contains("config"), "{failure}");
        }
    }
}

#[test]
fn lines_that_cannot_be_changed_alone_are_not_changed() {
    let first = written("", &[entry("P", 1, "R")]);
    let odd = string(&first.text).replace("sso_role_name = R\n", "sso_role_name =\n  Other\n");
    let failure = write(file(odd.as_bytes()), &BTreeSet::new(), &[entry("P", 1, "R")], &Template::default())
        .unwrap_err();
    assert!(failure.happened.contains("P-R"), "{failure}");
}

#[test]
fn hundreds_of_roles_are_written_and_removed() {
    let entries: Vec<Entry> =
        (0..800_u32).map(|n| Entry { account_id: format!("{n:012}"), ..entry("Same", 1, "R") }).collect();
    let first = written("[default]\n", &entries);
    assert_eq!(first.added.len(), 800);
    assert_eq!(written(string(&first.text), &entries).unchanged.len(), 800);
    assert_eq!(removed(&first.text, &Which::All, false).text, b"[default]\n");
}

mod laws;
mod oracles;
