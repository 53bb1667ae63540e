use super::*;
use crate::failure::{Failure, FailureCode};
use crate::identity_center::Portal;
use crate::profile::File;
use proptest::prelude::*;

mod ways;

const ARN: &str = "role_arn = arn:aws:iam::123456789012:role/R\n";

fn read(config: &str, credentials: &str) -> Profiles {
    Profiles::read(
        Some(File { path: "config", bytes: config.as_bytes() }),
        Some(File { path: "credentials", bytes: credentials.as_bytes() }),
    )
}

/// Resolves the profile `a` of a config file in which `ARN` stands for a role.
fn resolved(config: &str) -> Result<Chain, ChainError> {
    resolve(&read(&config.replace("ARN\n", ARN), ""), "a")
}

fn keys(profile: &str) -> Origin {
    Origin::StaticKeys { profile: profile.to_owned() }
}

fn hops(chain: &Chain) -> Vec<&str> {
    chain.hops.iter().map(|hop| hop.profile.as_str()).collect()
}

const KEYS: &str = "aws_access_key_id = k\naws_secret_access_key = s\n";

#[test]
fn a_chain_of_any_depth_begins_at_its_far_end() {
    let mut config = format!("[profile p0]\n{KEYS}");
    for n in 1..200 {
        config.extend([format!("[profile p{n}]\n{ARN}source_profile = p{}\n", n - 1)]);
    }
    let chain = resolve(&read(&config, ""), "p199").unwrap();
    assert_eq!(chain.origin, keys("p0"));
    assert_eq!(chain.hops.len(), 199);
    assert_eq!((hops(&chain)[0], hops(&chain)[198]), ("p1", "p199"));
}

#[test]
fn a_hop_carries_what_its_profile_says() {
    let chain = resolved(
        "[profile a]\nARN\nexternal_id = e:1\nmfa_serial = arn:aws:iam::123456789012:mfa/ada\nduration_seconds = 0900\nrole_session_name = ada@x\nregion = eu-central-1\ncredential_source = Environment\n",
    )
    .unwrap();
    assert_eq!(chain.origin, Origin::Environment);
    let hop = &chain.hops[0];
    assert_eq!(hop.external_id.as_deref(), Some("e:1"));
    assert_eq!(hop.mfa_serial.as_deref(), Some("arn:aws:iam::123456789012:mfa/ada"));
    assert_eq!(hop.duration_seconds, Some(900));
    assert_eq!(hop.role_session_name.as_deref(), Some("ada@x"));
    assert_eq!(hop.region.as_deref(), Some("eu-central-1"));
}

#[test]
fn every_origin_is_recognised() {
    let process = Origin::Process { profile: "b".into(), command: "cmd --x 'y z'".into() };
    let login = Origin::Login { profile: "b".into(), session: "arn:x".into() };
    let sso = Origin::IdentityCenter {
        portal: Portal {
            session: Some("s".into()),
            start_url: "https://x".into(),
            region: "eu-west-1".into(),
            scopes: Vec::new(),
        },
        account_id: "1".into(),
        role_name: "R".into(),
    };
    for (source, origin) in [
        ("credential_process = cmd --x 'y z'\n", process),
        ("login_session = arn:x\n", login),
        (
            "sso_session = s\nsso_account_id = 1\nsso_role_name = R\n[sso-session s]\nsso_start_url = https://x\nsso_region = eu-west-1\n",
            sso,
        ),
        (KEYS, keys("b")),
    ] {
        let chain = resolved(&format!("[profile a]\nARN\nsource_profile = b\n[profile b]\n{source}"));
        assert_eq!(chain.unwrap().origin, origin);
    }
    for (value, origin) in [
        ("Environment", Origin::Environment),
        ("Ec2InstanceMetadata", Origin::Ec2InstanceMetadata),
        ("EcsContainer", Origin::EcsContainer),
    ] {
        let chain = resolved(&format!("[profile a]\nARN\ncredential_source = {value}\n"));
        assert_eq!(chain.unwrap().origin, origin);
    }
}

#[test]
fn web_identity_makes_the_first_call() {
    let chain = resolved(
        "[profile a]\nARN\nsource_profile = b\n[profile b]\nARN\nweb_identity_token_file = /t\nmfa_serial = x\n",
    )
    .unwrap();
    assert_eq!(
        chain.origin,
        Origin::WebIdentity { profile: "b".into(), token: TokenSource::File("/t".into()) }
    );
    assert_eq!(hops(&chain), ["b", "a"]);
    assert_eq!(chain.hops[0].mfa_serial, None);
}

#[test]
fn within_a_profile_the_order_is_botocore_s() {
    let credentials = "[b]\naws_access_key_id = k\naws_secret_access_key = s\n";
    let process = |profile: &str| Origin::Process { profile: profile.into(), command: "c".into() };
    let origin = |config: &str, credentials: &str| resolve(&read(config, credentials), "b").unwrap().origin;
    assert_eq!(origin("[profile b]\ncredential_process = c\n", credentials), keys("b"));
    assert_eq!(origin(&format!("[profile b]\n{KEYS}credential_process = c\n"), ""), process("b"));
    let login = origin("[profile b]\nlogin_session = l\ncredential_process = c\n", "");
    assert_eq!(login, Origin::Login { profile: "b".into(), session: "l".into() });
    let sso = "[profile b]\nsso_account_id = 1\nsso_role_name = r\nsso_start_url = u\nsso_region = x\n";
    assert!(matches!(origin(sso, credentials), Origin::IdentityCenter { .. }));
}

#[test]
fn a_source_s_keys_count_above_its_role_and_a_role_above_its_own_keys() {
    let config = format!(
        "[profile a]\nARN\n{KEYS}source_profile = b\n[profile b]\nARN\n{KEYS}source_profile = c\n[profile c]\n{KEYS}"
    );
    let chain = resolved(&config).unwrap();
    assert_eq!((chain.origin.clone(), hops(&chain)), (keys("b"), vec!["a"]));
}

#[test]
fn a_profile_may_be_its_own_source_only_with_keys() {
    let chain = resolved(&format!("[profile a]\nARN\nsource_profile = a\n{KEYS}")).unwrap();
    assert_eq!((chain.origin.clone(), hops(&chain)), (keys("a"), vec!["a"]));
    assert_eq!(
        resolved("[profile a]\nARN\nsource_profile = a\ncredential_process = c\n"),
        Err(ChainError::Loop { profiles: vec!["a".into()] })
    );
}

#[test]
fn what_cannot_be_resolved_names_the_profiles_and_what_to_do() {
    let b = "[profile a]\nARN\nsource_profile = b\n";
    for (config, words, code) in [
        (String::new(), "There is no profile \"a\".", FailureCode::NotFound),
        (
            b.to_owned(),
            "The profile \"a\" has the source_profile \"b\", which doesn't exist.",
            FailureCode::Refused,
        ),
        (
            format!("{b}[profile b]\nARN\nsource_profile = c\n[profile c]\nARN\nsource_profile = b\n"),
            "These profiles are each other's source_profile in a loop: \"b\" → \"c\" → \"b\".",
            FailureCode::Refused,
        ),
        (
            format!("{b}{KEYS}[profile b]\nARN\nsource_profile = a\n"),
            "These profiles are each other's source_profile in a loop: \"a\" → \"b\" → \"a\".",
            FailureCode::Refused,
        ),
        (
            "[profile a]\nARN\n".to_owned(),
            "The profile \"a\" has a role_arn and neither source_profile nor credential_source.",
            FailureCode::Refused,
        ),
        (
            format!("{b}credential_source = Environment\n"),
            "The profile \"a\" has both source_profile and credential_source.",
            FailureCode::Refused,
        ),
        (
            "[profile a]\nARN\ncredential_source = environment\n".to_owned(),
            "The profile \"a\" has the credential_source \"environment\", which AWS tools don't know.",
            FailureCode::Refused,
        ),
        (
            format!("{b}[profile b]\naws_access_key_id = k\n"),
            "The profile \"b\" has one of a pair of keys and no aws_secret_access_key.",
            FailureCode::Refused,
        ),
        (
            format!("{b}[profile b]\nregion = x\n"),
            "The profile \"b\" has nothing that leads to credentials.",
            FailureCode::Refused,
        ),
        (
            format!("{b}[profile b]\nsso_account_id = 1\nsso_start_url = u\n"),
            "The profile \"b\" uses Identity Center and has no sso_region, sso_role_name.",
            FailureCode::Refused,
        ),
        (
            format!("{b}[profile b]\nsso_account_id = 1\nsso_session = s\n"),
            "The profile \"b\" has the sso_session \"s\", which doesn't exist.",
            FailureCode::Refused,
        ),
        (
            format!(
                "{b}[profile b]\nsso_account_id = 1\nsso_session = s\nsso_region = x\n[sso-session s]\nsso_region = y\n"
            ),
            "sso_region of the profile \"b\" differs from that of its sso-session \"s\".",
            FailureCode::Refused,
        ),
        (
            format!("{b}[profile b]\nweb_identity_token_file = t\n"),
            "The profile \"b\" has a web identity and no role_arn.",
            FailureCode::Refused,
        ),
    ] {
        let failure = Failure::from(resolved(&config).unwrap_err());
        assert_eq!(failure.happened, words);
        assert_eq!(failure.code, code, "{words}");
        assert!(failure.remedy.ends_with('.'), "{}", failure.remedy);
    }
}

#[test]
fn what_sts_would_refuse_is_refused_before_any_call() {
    let long = |n: usize| "x".repeat(n);
    for (key, bad, good) in [
        (
            "duration_seconds",
            ["899", "0", "-1", "3600.0", "NaN", "", "43201", "+900", "1e3", "99999999999"]
                .map(String::from)
                .to_vec(),
            ["900", "0900", "43200"].map(String::from).to_vec(),
        ),
        (
            "external_id",
            vec!["x".into(), "a b".into(), "é1".into(), long(1225)],
            vec!["xy".into(), long(1224), "a:/=,.@-_+".into()],
        ),
        (
            "mfa_serial",
            vec![long(8), long(257), "arn aws mfa x".into()],
            vec![long(9), long(256), "GAHT12345678".into()],
        ),
        (
            "role_session_name",
            vec!["x".into(), "zoë".into(), "a b".into(), "a:b".into(), long(65)],
            vec!["xy".into(), "alice+x@example.com".into(), long(64)],
        ),
        (
            "region",
            vec!["eu central".into(), "x/y".into(), "eu-west-1 # note".into()],
            vec!["eu-west-1".into(), "us-east-7".into()],
        ),
        (
            "role_arn",
            [
                "iam::111122223333:role/x",
                "arn:aws:iam::1111222233334:role/x",
                "arn:aws:iam::111122223333:user/x",
            ]
            .map(String::from)
            .to_vec(),
            ["arn:aws:iam::111122223333:role/a/b/c", "arn:aws-cn:iam::111122223333:role/x"]
                .map(String::from)
                .to_vec(),
        ),
    ] {
        let config =
            |value: &str| format!("[profile a]\nARN\ncredential_source = Environment\n{key} = {value}\n");
        for value in &good {
            assert!(resolved(&config(value)).is_ok(), "{key} = {value}");
        }
        for value in &bad {
            let error = resolved(&config(value)).unwrap_err();
            let failure = Failure::from(&error);
            assert!(failure.happened.contains(key) && failure.happened.contains("\"a\""), "{failure}");
            assert_eq!(failure.code, FailureCode::Refused);
        }
    }
}

#[test]
fn hostile_names_are_shown_escaped() {
    let error = ChainError::UnknownProfile { profile: "a\u{202E}\n".into() };
    assert_eq!(error.to_string(), "there is no profile \"a\\u{202e}\\u{a}\"");
}

proptest! {
    #[test]
    fn a_summary_says_what_the_chain_says(
        profiles in prop::collection::vec((0_usize..9, any::<bool>(), 0_u8..12), 1..8)
    ) {
        let mut config = String::new();
        for (n, (source, mfa, kind)) in profiles.iter().enumerate() {
            config.extend([format!("[profile p{n}]\n")]);
            config.extend([match kind {
                0 => KEYS.to_owned(),
                1 => format!("{ARN}{KEYS}source_profile = p{source}\n"),
                2 => format!("{ARN}credential_source = Environment\n"),
                3 => format!("{ARN}web_identity_token_file = t\n"),
                4 => "login_session = l\n".to_owned(),
                5 => "aws_access_key_id = k\n".to_owned(),
                6 => format!("{ARN}source_profile = p{source}\nduration_seconds = 1\n"),
                _ => format!("{ARN}source_profile = p{source}\n"),
            }]);
            if *mfa {
                config += "mfa_serial = GAHT12345678\n";
            }
        }
        let read = read(&config, "");
        let mut summaries = Summaries::new(&read);
        for name in read.profiles.keys() {
            let summary = summaries.of(name);
            match resolve(&read, name) {
                Ok(chain) => {
                    let expected = Summary {
                        needs_browser: chain.origin.provider().is_some(),
                        needs_mfa: chain.hops.iter().any(|hop| hop.mfa_serial.is_some()),
                    };
                    prop_assert_eq!(summary, Ok(expected), "{}\n{}", name, config);
                }
                Err(_) => prop_assert!(summary.is_err(), "{}\n{}", name, config),
            }
        }
    }
}
