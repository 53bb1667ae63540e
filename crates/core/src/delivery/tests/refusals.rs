//! What is not written, and the words for it.

use super::*;
use crate::failure::FailureCode;

fn refused(credentials: &[u8], config: &str, adopt: bool) -> Refusal {
    let early = check(Shared { credentials, config: config.as_bytes() }, &wish("p").profile, adopt);
    let late = wish("p").write(credentials, config.as_bytes(), adopt, None).map(|_| ());
    assert_eq!(early, late);
    early.unwrap_err()
}

#[test]
fn a_section_of_somebody_else_is_refused_and_a_free_name_offered() {
    let refusal = refused(b"[p]\n[hatrack-p]\n", "", false);
    let failure = refusal.explain("/home/x/.aws/credentials");
    assert_eq!(failure.code, FailureCode::NotOurs);
    assert_eq!(
        failure.to_string(),
        "The profile p in /home/x/.aws/credentials exists already and isn't Hatrack's. \
         Deliver into hatrack instead, or take it over with --adopt."
    );
}

#[test]
fn a_profile_with_another_source_is_refused_even_with_consent() {
    for key in [
        "role_arn",
        "sso_session",
        "sso_start_url",
        "sso_account_id",
        "web_identity_token_file",
        "credential_process",
        "login_session",
    ] {
        for header in ["profile p", "profile \"p\"", "profile  'p'"] {
            let config = format!("[{header}]\nregion = x\n{key} = y\n");
            assert!(
                matches!(refused(b"", &config, true), Refusal::Decided { key: found, .. } if found == key),
                "{config}"
            );
        }
        let credentials = format!("[p]\n{key} = y\n");
        assert!(matches!(refused(credentials.as_bytes(), "", true), Refusal::Decided { .. }), "{key}");
    }
    assert!(
        wish("p").write(b"", b"[profile p]\nregion = x\n[profile q]\nrole_arn = y\n", false, None).is_ok()
    );
}

#[test]
fn a_section_that_stands_twice_is_refused() {
    assert!(matches!(refused(b"[p]\n[q]\n[ p ]\n", "", true), Refusal::Twice { .. }));
    let ours = wish("p").put(b"").repeat(2);
    assert!(matches!(refused(ours.as_bytes(), "", true), Refusal::Twice { .. }));
    assert_eq!(erased(ours.as_bytes(), "p", None), b"");
}

#[test]
fn a_file_that_is_no_text_is_refused() {
    for bytes in [&b"\xFF\xFE[\0p\0]\0"[..], b"\xFE\xFF", b"[a]\nx = \0\n"] {
        let refusal = refused(bytes, "", true);
        assert_eq!(refusal, Refusal::NotText);
        assert_eq!(refusal.explain("f").code, FailureCode::File);
    }
}

fn with(secret: &str, region: Option<&str>) -> Result<Edit, Refusal> {
    let (profile, role_id) = (wish("p").profile, RoleId(ROLE.into()));
    let delivery = Delivery {
        profile: &profile,
        access_key_id: "ASIA",
        secret_access_key: secret,
        session_token: "t",
        region,
        role_id: &role_id,
        expiration: Timestamp::UNIX_EPOCH,
    };
    assert!(!format!("{delivery:?}").contains("ASIA"));
    write(
        Shared { credentials: b"", config: b"" },
        &delivery,
        Consent { adopt: false, entry: &entry(), record: None },
    )
}

#[test]
fn values_that_could_leave_their_line_are_refused() {
    for (value, expected) in [
        ("", ValueFault::Empty),
        ("a\nb", ValueFault::Control),
        ("a\r", ValueFault::Control),
        ("a\0", ValueFault::Control),
        ("a\u{85}b", ValueFault::Control),
        ("a\u{2028}b", ValueFault::Control),
        ("a\u{2029}b", ValueFault::Control),
        ("a\tb", ValueFault::Control),
        (" a", ValueFault::Character),
        ("a #b", ValueFault::Character),
        ("#a", ValueFault::Character),
        (";a", ValueFault::Character),
        ("\u{202E}a", ValueFault::Character),
    ] {
        let refusal = with(value, None).unwrap_err();
        assert_eq!(refusal, Refusal::Value { key: "aws_secret_access_key", fault: expected }, "{value:?}");
        assert!(refusal.explain("f").happened.ends_with('.'));
    }
    for region in ["", "a b", "us_east_1", "eu-\n", &"x".repeat(33)] {
        assert_eq!(with("s", Some(region)).unwrap_err(), Refusal::Region, "{region:?}");
    }
    assert!(with("s[x]#y;\"'%", Some("us-gov-west-1")).is_ok());
}
