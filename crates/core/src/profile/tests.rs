use super::*;
use proptest::prelude::*;

fn of_config(text: &str) -> Profiles {
    of_bytes(text.as_bytes(), b"")
}

fn of_both(config: &str, credentials: &str) -> Profiles {
    of_bytes(config.as_bytes(), credentials.as_bytes())
}

fn of_bytes(config: &[u8], credentials: &[u8]) -> Profiles {
    Profiles::read(
        Some(File { path: "config", bytes: config }),
        Some(File { path: "credentials", bytes: credentials }),
    )
}

fn value<'a>(read: &'a Profiles, profile: &str, key: &str) -> Option<&'a str> {
    read.get(profile)?.settings.get(key)
}

/// The lines that have problems, with the beginning of what is told about each.
fn told(read: &Profiles) -> Vec<(u32, String)> {
    read.problems
        .iter()
        .map(|problem| (problem.line.unwrap(), problem.message.split(['.', ',']).next().unwrap().to_owned()))
        .collect()
}

#[test]
fn the_credentials_file_wins_key_by_key() {
    let read =
        of_both("[profile a]\nregion = x\noutput = t\n", "[a]\nREGION = y\naws_access_key_id = AKID\n");
    assert_eq!(value(&read, "a", "region"), Some("y"));
    assert_eq!(value(&read, "a", "output"), Some("t"));
    let setting = read.get("a").unwrap().settings.setting("region").unwrap();
    assert_eq!((setting.file, setting.line), (SharedFile::Credentials, 2));
    assert_eq!(read.problems, []);
}

#[test]
fn a_profile_tells_which_sections_describe_it() {
    let read = of_both("\n[profile \"a b\"]\nregion = x\n", "# c\n\n[a b]\n");
    let profile = read.get("a b").unwrap();
    assert_eq!(profile.config, Some(Place { section: "profile \"a b\"".to_owned(), line: 2 }));
    assert_eq!(profile.credentials, Some(Place { section: "a b".to_owned(), line: 3 }));
}

#[test]
fn an_unprefixed_section_counts_if_it_has_settings_of_a_profile() {
    let read = of_config("[p]\nregion = x\n[tool]\ncolour = red\n[q]\nregion = y\n[profile q]\nregion = z\n");
    assert_eq!(read.profiles.keys().collect::<Vec<_>>(), ["p", "q"]);
    assert_eq!(value(&read, "q", "region"), Some("z"));
    let message = "AWS tools read this section of the config file as no profile";
    assert_eq!(told(&read), [(1, message.to_owned()), (5, message.to_owned())]);
    assert_eq!(read.problems[0].profile.as_deref(), Some("p"));
}

#[test]
fn what_stands_twice_is_merged_and_told() {
    let read = of_config("[profile a]\nregion = x\noutput = t\n[profile a]\nregion = y\n");
    assert_eq!(value(&read, "a", "region"), Some("y"));
    assert_eq!(value(&read, "a", "output"), Some("t"));
    assert_eq!(read.problems.iter().map(|p| p.line).collect::<Vec<_>>(), [Some(4), Some(5)]);
    assert!(read.problems.iter().all(|p| p.profile.as_deref() == Some("a")));
}

#[test]
fn a_broken_header_takes_no_setting_into_the_section_above() {
    let read = of_config("[profile a]\nregion = x\n[profile b\nregion = y\n[profile c]\nregion = z\n");
    assert_eq!(value(&read, "a", "region"), Some("x"));
    assert_eq!(value(&read, "c", "region"), Some("z"));
    assert_eq!(read.profiles.len(), 2);
    assert_eq!(told(&read).len(), 1);
    assert_eq!(read.problems[0].line, Some(3));
}

#[test]
fn each_oddity_is_told_with_its_line() {
    for (text, line, words) in [
        ("\u{FEFF}[profile a]\n", 1, "The file begins with a byte order mark"),
        ("[profile a]\rregion = x\n", 1, "This line ends in a carriage return alone"),
        ("[ profile a ]\n", 1, "Blanks stand inside the brackets"),
        ("[profile a b]\n", 1, "This header isn't one word and one name"),
        ("[profile café]\n", 1, "Tools built on the SDKs for Rust and JavaScript"),
        ("[profile \"a\"]\n", 1, "Tools built on the SDKs for Rust and JavaScript"),
        ("[profile __proto__]\n", 1, "The SDK for JavaScript refuses"),
        ("[default]\n[profile default]\n", 2, "This profile stands in the file before"),
        ("[DEFAULT]\nregion = x\n", 1, "Python's tools give"),
        ("[sso-sesion x]\nsso_region = y\n", 1, "AWS tools know no section"),
        ("region = x\n", 1, "This line stands above the first section"),
        ("[profile a]\njunk\n", 2, "This line has no \"=\""),
        ("[profile a]\ns3 =\n  junk\n", 3, "This line is indented below a setting and has no"),
        ("[profile a]\nregion: x\n", 2, "A colon ends this key"),
        ("[profile a]\nmy key = x\n", 2, "Most AWS tools don't read a key"),
        ("[profile a]\n region = x\n output = y\n", 2, "This setting is indented right below"),
        ("[profile a]\nregion = x\n [profile b]\n", 3, "This header is indented below"),
        ("[profile a]\ns3 =\n [profile b]\n", 3, "This header is indented below"),
        ("[profile a]\nregion = x\n output = y\n", 3, "This line is indented below a setting that has"),
        ("[profile a]\nregion = x # note\n", 2, "What follows the # or ;"),
        ("[profile a]\nregion = x\nRegion = y\n", 3, "This key stands in the section before"),
    ] {
        let read = of_config(text);
        assert_eq!(read.problems.len(), 1, "{text:?}: {:?}", read.problems);
        assert_eq!(read.problems[0].line, Some(line), "{text:?}");
        assert!(read.problems[0].message.starts_with(words), "{text:?}: {}", read.problems[0].message);
    }
    let read = of_both("", "[profile a]\n");
    assert!(read.problems[0].message.starts_with("In the credentials file"));
}

#[test]
fn what_is_common_is_not_odd() {
    let read = of_both(
        "# mine\n[default]\nregion = x\n\n[profile a]\nrole_arn = r\ns3 =\n  a = b # c\n[sso-session s]\n[services t]\n[plugins]\ncli = x\n[preview]\nx = true\n",
        "[default]\naws_access_key_id = x\n",
    );
    assert_eq!(read.problems, []);
}

#[test]
fn a_file_in_another_encoding_is_told_and_what_can_be_read_is_read() {
    let read = of_bytes(b"[profile a]\nregion = x\n[profile b]\noutput = \xFF\n", b"");
    assert_eq!(value(&read, "a", "region"), Some("x"));
    assert_eq!(value(&read, "b", "output"), Some("\u{FFFD}"));
    assert_eq!(read.problems[0].line, Some(4));
}

#[test]
fn a_hopeless_file_is_told_in_a_bounded_number_of_problems() {
    let read = of_config(&"junk\n".repeat(5000));
    assert_eq!(read.problems.len(), 101);
    assert!(read.problems[100].message.starts_with("4900 more"));
}

#[test]
fn a_comment_in_an_sso_session_is_part_of_the_value_too() {
    let read = of_config("[sso-session s]\nsso_region = x  # note\n");
    assert_eq!(read.sso_sessions["s"].get("sso_region"), Some("x  # note"));
    assert_eq!(read.problems.len(), 1);
}

#[test]
fn an_empty_value_counts_as_missing() {
    let read = of_config("[profile a]\nmfa_serial =\n");
    assert_eq!(read.get("a").unwrap().get("mfa_serial"), None);
    assert_eq!(value(&read, "a", "mfa_serial"), Some(""));
}

#[test]
fn no_value_is_shown() {
    let read = of_both(
        "[profile a]\nregion = x\n  aws_secret_access_key = swordfish\n[services s]\nsts =\n  k = swordfish\n",
        "[a]\naws_secret_access_key = swordfish\naws_session_token = swordfish\n",
    );
    let shown = format!("{read:?} {:?}", read.get("a").unwrap());
    assert!(shown.contains("aws_secret_access_key") && !shown.contains("swordfish"), "{shown}");
}

#[test]
fn hostile_names_are_kept_as_names_and_told_escaped() {
    let read = of_both("", "[a\u{202E}b]\n[\u{2067}abc\u{2069}]\n[<img src=x>]\n[a\u{7}b]\n");
    assert_eq!(read.profiles.len(), 4);
    assert!(read.get("a\u{202E}b").is_some());
    assert_eq!(read.problems.len(), 4);
    for problem in &read.problems {
        let name = problem.profile.as_deref().unwrap();
        assert!(!name.contains(['\u{202E}', '\u{2067}', '\u{7}']), "{name:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_can_be_read(config in prop::collection::vec(any::<u8>(), 0..300)) {
        let read = of_bytes(&config, &config);
        prop_assert!(read.problems.iter().all(|problem| !problem.message.is_empty()));
    }

    #[test]
    fn a_bad_line_hides_no_other_profile(junk in "[^\n\r]{0,40}", at in 0_usize..4) {
        let mut lines = vec!["[profile a]", "region = x", "[profile b]", "region = y"];
        lines.insert(at, &junk);
        lines.extend(["[profile last]", "region = z"]);
        let read = of_config(&lines.join("\n"));
        prop_assert_eq!(value(&read, "last", "region"), Some("z"));
    }
}
