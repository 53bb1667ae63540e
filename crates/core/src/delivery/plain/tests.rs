//! Taking a key out and putting it back, with everything that can stand around it.

use super::*;
use crate::failure::FailureCode;

const ID: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn name(text: &str) -> OutputProfile {
    OutputProfile::parse(text).unwrap()
}

fn lines() -> String {
    format!("aws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n")
}

fn key() -> PlainKey {
    PlainKey { access_key_id: ID.to_owned(), secret_access_key: Zeroizing::new(SECRET.to_owned()) }
}

fn taken(credentials: &str, config: &str, profile: &str) -> Result<TakenOut, PlainRefusal> {
    take_out(Shared { credentials: credentials.as_bytes(), config: config.as_bytes() }, &name(profile))
}

fn left(credentials: &str, config: &str) -> String {
    let out = taken(credentials, config, "work").unwrap();
    assert_eq!(out.key, key());
    String::from_utf8(out.text.to_vec()).unwrap()
}

fn put(credentials: &str, config: &str) -> Result<Option<String>, PlainRefusal> {
    let shared = Shared { credentials: credentials.as_bytes(), config: config.as_bytes() };
    let text = put_back(shared, &name("work"), &key())?;
    Ok(text.map(|text| String::from_utf8(text.to_vec()).unwrap()))
}

fn refusal(credentials: &str, config: &str) -> PlainRefusal {
    match taken(credentials, config, "work") {
        Ok(_) => panic!("it was taken out: {credentials:?} {config:?}"),
        Err(refusal) => refusal,
    }
}

#[test]
fn only_the_keys_lines_go() {
    let keys = lines();
    for (before, after) in [
        (format!("[work]\n{keys}"), String::new()),
        (format!("[a]\nregion = x\n\n[work]\n{keys}"), "[a]\nregion = x\n".to_owned()),
        (format!("# top\n[work]\n{keys}\n[b]\nx = 1\n"), "# top\n\n[b]\nx = 1\n".to_owned()),
        (
            format!("[work]\n# mine\nregion = eu-west-1\n{keys}# more\ns3 =\n  max = 1\n[b]\n"),
            "[work]\n# mine\nregion = eu-west-1\n# more\ns3 =\n  max = 1\n[b]\n".to_owned(),
        ),
        (format!("[work]\n{keys}aws_session_token =\n"), "[work]\naws_session_token =\n".to_owned()),
        (
            format!("[b]\r\nx=1\r\n[work]\r\nAWS_Access_Key_Id={ID}\r\naws_secret_access_key:{SECRET}"),
            "[b]\r\nx=1\r\n".to_owned(),
        ),
    ] {
        assert_eq!(left(&before, ""), after, "{before:?}");
    }
}

#[test]
fn a_key_of_the_config_file_is_taken_out_of_it_and_leaves_its_header() {
    for header in ["[profile work]", "[profile \"work\"]", "[profile\twork]"] {
        let config = format!("{header}\n{}[profile b]\n", lines());
        let out = taken("[other]\nx = 1\n", &config, "work").unwrap();
        assert_eq!(out.file, SharedFile::Config);
        assert_eq!(&out.text[..], format!("{header}\n[profile b]\n").as_bytes());
    }
    assert_eq!(
        taken(&format!("[work]\n{}", lines()), "[profile work]\nregion = x\n", "work").unwrap().file,
        SharedFile::Credentials
    );
}

#[test]
fn what_is_not_one_plain_key_stays() {
    let keys = lines();
    let section = format!("[work]\n{keys}");
    let marked = "# managed by Hatrack as work: role profile:x expires 2026-11-23T20:42:25Z gap 0 sums -.-.-.- (\"hat off\" removes it)";
    let decided = |key: &str| PlainRefusal::Decided { key: key.to_owned() };
    for (credentials, config, expected) in [
        (String::new(), "", PlainRefusal::NoProfile),
        ("[work]\nregion = x\n".to_owned(), "", PlainRefusal::NoKey),
        (format!("[work]\naws_access_key_id = {ID}\n"), "", PlainRefusal::Half),
        (format!("{section}aws_session_token = t\n"), "", PlainRefusal::Temporary),
        (format!("{section}aws_session_token =\n  t\n"), "", PlainRefusal::Temporary),
        (format!("[work]\n{marked}\n{keys}"), "", PlainRefusal::Delivered),
        (format!("{section}{section}"), "", PlainRefusal::Twice { file: SharedFile::Credentials }),
        (section.clone(), "[profile work]\nrole_arn = r\nsource_profile = work\n", decided("role_arn")),
        (section.clone(), "[profile work]\ncredential_process = x\n", decided("credential_process")),
        (format!("{section}aws_access_key_id = AKIAOTHER\n"), "", PlainRefusal::Odd),
        (section.replace(ID, &format!("{ID} # note")), "", PlainRefusal::Odd),
        (section.replace(SECRET, "\u{202e}x"), "", PlainRefusal::Odd),
        (format!("{section}  and more\n"), "", PlainRefusal::Odd),
        (
            section.replace("aws_access", " aws_access").replace("[work]", "[work]\nx = 1"),
            "",
            PlainRefusal::Half,
        ),
        (format!("{section}\0"), "", PlainRefusal::NotText { file: SharedFile::Credentials }),
    ] {
        assert_eq!(refusal(&credentials, config), expected, "{credentials:?} {config:?}");
    }
    let twice = format!("[profile work]\n{keys}");
    assert_eq!(refusal(&section, &twice), PlainRefusal::Elsewhere);
}

#[test]
fn what_was_taken_out_goes_back_in() {
    for before in [
        format!("[a]\nregion = x\n\n[work]\n{}", lines()),
        format!("[work]\nregion = x\n{}", lines()),
        format!("[work]\n{}", lines()),
    ] {
        assert_eq!(put(&left(&before, ""), "").unwrap().unwrap(), before);
        assert_eq!(put(&before, "").unwrap(), None, "it stands there already");
    }
    assert_eq!(put("[a]\nx = 1", "").unwrap().unwrap(), format!("[a]\nx = 1\n\n[work]\n{}", lines()));
    let indented = "[work]\n  s3 =\n    max = 1\n# end\n[b]\n";
    let written = put(indented, "").unwrap().unwrap();
    assert!(written.contains(&format!("    max = 1\n  aws_access_key_id = {ID}\n  aws_secret")), "{written}");
}

#[test]
fn nothing_is_overwritten_on_the_way_back() {
    let other = lines().replace(ID, "AKIAIOSFODNN7ANOTHER");
    let marked = "# managed by Hatrack as work: role profile:x expires 2026-11-23T20:42:25Z gap 0 sums -.-.-.- (\"hat off\" removes it)";
    for (credentials, config, expected) in [
        (format!("[work]\n{other}"), "", PlainRefusal::OtherKeys),
        ("[work]\naws_session_token = t\n".to_owned(), "", PlainRefusal::OtherKeys),
        (format!("[work]\n{}aws_session_token = t\n", lines()), "", PlainRefusal::OtherKeys),
        (format!("[work]\n{marked}\n"), "", PlainRefusal::Delivered),
        ("[work]\n[work]\n".to_owned(), "", PlainRefusal::Twice { file: SharedFile::Credentials }),
        (
            String::new(),
            "[profile work]\nsso_start_url = x\n",
            PlainRefusal::Decided { key: "sso_start_url".to_owned() },
        ),
    ] {
        assert_eq!(put(&credentials, config).unwrap_err(), expected, "{credentials:?} {config:?}");
    }
    let evil = PlainKey { access_key_id: format!("{ID}\n[evil]"), ..key() };
    let nothing = Shared { credentials: b"", config: b"" };
    assert!(matches!(put_back(nothing, &name("work"), &evil), Err(PlainRefusal::Value { .. })));
}

#[test]
fn the_diff_shows_no_secret_of_anybody() {
    let text = format!(
        "[a]\npassword = hunter2\n# aws_secret_access_key = old-secret\nregion = eu-west-1\n[work]\n{}s3 =\n  token = nested-secret\njunk-secret\n[\u{1b}[31m]\n",
        lines()
    );
    let hunks = taken(&text, "", "work").unwrap().hunks;
    assert_eq!(
        hunks,
        "@@ -3,8 +3,6 @@\n # ****\n region = eu-west-1\n [work]\n-aws_access_key_id = AKIA…MPLE\n-aws_secret_access_key = ****\n s3 =\n   token = ****\n   ****\n"
    );
    let alone = taken(&format!("[work]\n{}", lines()), "", "work").unwrap();
    assert!(alone.hunks.starts_with("@@ -1,3 +0,0 @@\n-[work]\n"), "{}", alone.hunks);
    let shown = format!("{:?}", alone.key);
    assert!(shown.contains(ID) && !shown.contains(SECRET), "{shown}");
}

#[test]
fn distant_lines_have_a_hunk_each() {
    let text = format!(
        "[work]\naws_access_key_id = {ID}\na = 1\nb = 1\nc = 1\nd = 1\ne = 1\nf = 1\ng = 1\naws_secret_access_key = {SECRET}\n"
    );
    let hunks = taken(&text, "", "work").unwrap().hunks;
    let heads: Vec<&str> = hunks.lines().filter(|line| line.starts_with("@@")).collect();
    assert_eq!(heads, ["@@ -1,5 +1,4 @@", "@@ -7,4 +6,3 @@"]);
}

#[test]
fn every_refusal_is_two_sentences_that_name_the_profile_or_the_file() {
    let all = [
        PlainRefusal::NoProfile,
        PlainRefusal::NoKey,
        PlainRefusal::Half,
        PlainRefusal::Temporary,
        PlainRefusal::Delivered,
        PlainRefusal::Twice { file: SharedFile::Config },
        PlainRefusal::Decided { key: "role_arn".to_owned() },
        PlainRefusal::Elsewhere,
        PlainRefusal::OtherKeys,
        PlainRefusal::Odd,
        PlainRefusal::NotText { file: SharedFile::Credentials },
        PlainRefusal::Value { key: "aws_access_key_id", fault: crate::delivery::ValueFault::Empty },
    ];
    for refusal in all {
        let failure = refusal.explain(&name("work"), "/h/credentials", "/h/config");
        assert!(failure.happened.ends_with('.') && failure.remedy.ends_with('.'), "{failure}");
        assert!(failure.happened.contains("work") || failure.happened.contains("/h/"), "{failure}");
        assert_ne!(failure.code, FailureCode::Usage);
    }
}
