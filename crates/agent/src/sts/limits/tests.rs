//! The limits, held against STS's service model.

use super::*;
use serde_json::Value;
use std::io::Read;

fn model() -> Value {
    let packed = include_bytes!("../../../tests/oracles/sts.service-2.json.gz");
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn lengths_and_characters_are_those_of_the_service_model() {
    let model = model();
    for (shape, rule) in [
        ("arnType", &ROLE),
        ("arnType", &PRINCIPAL),
        ("arnType", &TASK_POLICY),
        ("arnType", &POLICY_ARN),
        ("TargetPrincipalType", &ROOT_ACCOUNT),
        ("roleSessionNameType", &SESSION_NAME),
        ("sourceIdentityType", &SOURCE_IDENTITY),
        ("userNameType", &FEDERATION_NAME),
        ("externalIdType", &EXTERNAL_ID),
        ("serialNumberType", &DEVICE),
        ("sessionPolicyDocumentType", &POLICY),
        ("unrestrictedSessionPolicyDocumentType", &LONG_POLICY),
        ("urlType", &PROVIDER_ID),
        ("clientTokenType", &WEB_IDENTITY_TOKEN),
        ("SAMLAssertionType", &ASSERTION),
        ("tradeInTokenType", &TRADE_IN_TOKEN),
        ("jwtAlgorithmType", &SIGNING_ALGORITHM),
        ("accessKeyIdType", &ACCESS_KEY_ID),
        ("encodedMessageType", &ENCODED_MESSAGE),
        ("webIdentityTokenAudienceStringType", &AUDIENCE),
    ] {
        let theirs = &model["shapes"][shape];
        assert!(theirs.is_object(), "{shape}");
        let end = |name: &str, otherwise: usize| {
            theirs[name].as_u64().map_or(otherwise, |end| usize::try_from(end).unwrap())
        };
        assert_eq!(rule.length, end("min", 1)..=end("max", usize::MAX), "{shape}");
        let Some(pattern) = theirs["pattern"].as_str().filter(|pattern| pattern.starts_with("[\\w")) else {
            continue;
        };
        let others: String = pattern[3..].chars().take_while(|c| *c != ']').filter(|c| *c != '\\').collect();
        for c in (' '..='\u{17f}').filter(char::is_ascii) {
            let theirs = c.is_ascii_alphanumeric() || c == '_' || others.contains(c);
            assert_eq!(rule.takes.take(c), theirs, "{shape} {c:?}");
        }
    }
}

#[test]
fn durations_and_counts_are_those_of_the_service_model() {
    let model = model();
    for (shape, allowed) in [
        ("roleDurationSecondsType", 900..=43_200),
        ("durationSecondsType", 900..=129_600),
        ("RootDurationSecondsType", 0..=900),
        ("webIdentityTokenDurationSecondsType", 60..=3600),
    ] {
        let theirs = &model["shapes"][shape];
        let end = |name: &str| u32::try_from(theirs[name].as_u64().unwrap()).unwrap();
        assert_eq!(allowed, end("min")..=end("max"), "{shape}");
    }
    assert_eq!(model["shapes"]["tagListType"]["max"], MOST_TAGS);
    assert_eq!(model["shapes"]["webIdentityTokenAudienceListType"]["max"], MOST_AUDIENCES);
    assert_eq!(model["shapes"]["tagKeyType"]["max"], *TAG_KEY.end());
    assert_eq!(model["shapes"]["tagValueType"]["max"], *TAG_VALUE.end());
}

#[test]
fn the_setting_is_named_and_its_value_is_not() {
    let failure = text(&SESSION_NAME, "x y").unwrap_err();
    assert_eq!(
        failure.to_string(),
        "role_session_name has a character in it that STS doesn't take: it takes letters, digits and _+=,.@-. Correct role_session_name in the profile, or what was given in its place."
    );
    let failure = text(&WEB_IDENTITY_TOKEN, &"s3cret".repeat(4000)).unwrap_err().to_string();
    assert!(
        failure.starts_with("The web identity token has 24000 characters, and STS takes 4 to 20000."),
        "{failure}"
    );
    assert!(!failure.contains("s3cret"));
    let failure = duration(Some(100), 900..=43_200, "duration_seconds").unwrap_err();
    assert!(failure.happened.contains("is 100, and STS takes 900 to 43200 seconds"), "{failure}");
}

#[test]
fn tags_are_looked_at_one_by_one() {
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert!(tags(&[pair("Größe", "a b"), pair("k:/=+-@.", "")], &["Größe".to_owned()]).is_ok());
    for (list, words) in [
        (vec![pair("", "v")], "has the key \"\""),
        (vec![pair("k!", "v")], "has the key \"k!\""),
        (vec![pair("k", "a\nb")], "has a value for \"k\""),
        (vec![pair("k", &"v".repeat(257))], "has a value for \"k\""),
        (vec![pair("Team", "a"), pair("team", "b")], "has \"team\" twice"),
        (vec![pair("k", "v"); 51], "has 51 tags"),
    ] {
        let failure = tags(&list, &[]).unwrap_err();
        assert!(failure.happened.contains(words), "{failure}");
    }
    let failure = tags(&[pair("k", "v")], &["other".to_owned()]).unwrap_err();
    assert!(failure.happened.contains("transitive_session_tags has \"other\""), "{failure}");
}

#[test]
fn a_code_has_six_digits() {
    for code in ["", "12345", "1234567", "12345a", "１２３４５６"] {
        let mfa = ("arn:aws:iam::1:mfa/a".to_owned(), Sealed::new(code));
        assert_eq!(parts(Some(&mfa)).unwrap_err().code, FailureCode::CodeRefused, "{code}");
    }
}
