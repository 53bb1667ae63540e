//! Vault keys, federated origins, endings, and what sessions carry.

use super::*;
use crate::profile::KeyFacts;
use std::collections::BTreeMap;

const CODE: &str = "mfa_serial = arn:aws:iam::123456789012:mfa/ada\n";

/// The profiles of a config file, Hatrack's own file, and a vault with keys of these names.
fn all(config: &str, own: &str, keys: &[&str]) -> Profiles {
    let facts = |name: &&str| ((*name).to_owned(), KeyFacts::default());
    read(&config.replace("ARN\n", ARN), "")
        .with_own(File { path: "roles", bytes: own.replace("ARN\n", ARN).as_bytes() })
        .with_vault_keys(keys.iter().map(facts).collect())
}

fn vault(name: &str) -> Origin {
    Origin::Vault { name: name.to_owned() }
}

#[test]
fn a_key_of_the_vault_is_an_origin_with_a_section_and_without() {
    for config in [
        "[profile a]\nARN\nsource_profile = base\n",
        "[profile a]\nARN\nsource_profile = base\n[profile base]\nregion = eu-west-1\n",
    ] {
        let chain = resolve(&all(config, "", &["base"]), "a").unwrap();
        assert_eq!((chain.origin.clone(), hops(&chain)), (vault("base"), vec!["a"]), "{config}");
        assert_eq!(chain.ending, Ending::AsItIs);
    }
    let itself = resolve(&all("[profile a]\nARN\nsource_profile = a\n", "", &["a"]), "a").unwrap();
    assert_eq!((itself.origin.clone(), hops(&itself)), (vault("a"), vec!["a"]));
    let missing = resolve(&all("[profile a]\nARN\nsource_profile = base\n", "", &["other"]), "a");
    assert!(matches!(missing, Err(ChainError::UnknownSource { .. })), "{missing:?}");
}

#[test]
fn credentials_of_its_own_count_above_a_key_of_the_vault() {
    for (settings, origin) in [
        (KEYS, keys("a")),
        ("credential_process = c\n", Origin::Process { profile: "a".to_owned(), command: "c".to_owned() }),
    ] {
        let chain = resolve(&all(&format!("[profile a]\n{settings}"), "", &["a"]), "a").unwrap();
        assert_eq!(chain.origin, origin);
    }
}

#[test]
fn a_user_s_own_keys_end_in_a_session_of_theirs() {
    let alone = resolve(&all("", "", &["ada"]), "ada").unwrap();
    let bare = Ending::SessionToken { mfa_serial: None, mfa_process: None, duration_seconds: None };
    assert_eq!((alone.origin.clone(), alone.hops.len(), alone.ending.clone()), (vault("ada"), 0, bare));

    let config = format!("[profile ada]\n{CODE}mfa_process = code\nduration_seconds = 129600\n");
    let described = resolve(&all(&config, "", &["ada"]), "ada").unwrap();
    let serial = "arn:aws:iam::123456789012:mfa/ada";
    assert_eq!(
        described.ending,
        Ending::SessionToken {
            mfa_serial: Some(serial.to_owned()),
            mfa_process: Some("code".to_owned()),
            duration_seconds: Some(129_600)
        }
    );
    assert_eq!(described.mfa_process(serial), Some("code"));
    assert_eq!(described.mfa_process("another"), None);

    let facts = KeyFacts { mfa_serial: Some("GAHT12345678".to_owned()), ..KeyFacts::default() };
    let known = read("", "").with_vault_keys(BTreeMap::from([("ada".to_owned(), facts)]));
    let Ending::SessionToken { mfa_serial, .. } = resolve(&known, "ada").unwrap().ending else {
        panic!("a session of the user");
    };
    assert_eq!(mfa_serial.as_deref(), Some("GAHT12345678"), "the device is known from the vault");

    let temporary = format!("[profile ada]\n{KEYS}aws_session_token = t\n");
    assert_eq!(resolve(&all(&temporary, "", &[]), "ada").unwrap().ending, Ending::AsItIs);
    let too_long = format!("[profile ada]\n{KEYS}duration_seconds = 129601\n");
    assert!(resolve(&all(&too_long, "", &[]), "ada").is_err());
}

#[test]
fn federated_origins_make_the_first_call() {
    let own = "[oidc work]\nissuer = https://id\n[saml idp]\nsign_in_url = https://idp\n";
    let web = |token| Origin::WebIdentity { profile: "b".to_owned(), token };
    let saml = |principal: Option<&str>| Origin::Saml {
        provider: "idp".to_owned(),
        principal_arn: principal.map(str::to_owned),
    };
    let principal = "arn:aws:iam::123456789012:saml-provider/idp";
    for (settings, origin) in [
        ("web_identity_token_file = /t\n".to_owned(), web(TokenSource::File("/t".to_owned()))),
        ("web_identity_token_process = cmd x\n".to_owned(), web(TokenSource::Process("cmd x".to_owned()))),
        ("oidc = work\n".to_owned(), web(TokenSource::Provider("work".to_owned()))),
        ("oidc = work\nweb_identity_token_file = /t\n".to_owned(), web(TokenSource::File("/t".to_owned()))),
        ("saml = idp\n".to_owned(), saml(None)),
        (format!("saml = idp\nprincipal_arn = {principal}\n"), saml(Some(principal))),
    ] {
        let config = format!("[profile a]\nARN\nsource_profile = b\n[profile b]\nARN\n{CODE}{settings}");
        let chain = resolve(&all(&config, own, &[]), "a").unwrap();
        assert_eq!((chain.origin.clone(), hops(&chain)), (origin, vec!["b", "a"]), "{settings}");
        assert_eq!(chain.hops[0].mfa_serial, None, "AWS takes no code with it");
    }
    for settings in ["oidc = other\n", "saml = other\n", "oidc = idp\n"] {
        let error = resolve(&all(&format!("[profile a]\nARN\n{settings}"), own, &[]), "a").unwrap_err();
        assert!(matches!(error, ChainError::UnknownProvider { .. }), "{error}");
        assert!(Failure::from(error).remedy.contains("roles file"));
    }
    let no_role = resolve(&all("[profile a]\nsaml = idp\n", own, &[]), "a").unwrap_err();
    assert!(matches!(no_role, ChainError::NoRole { .. }), "{no_role}");
}

#[test]
fn a_federation_token_takes_a_user_s_own_keys_only() {
    let config =
        "[profile a]\nfederation_name = guest\nsource_profile = base\nduration_seconds = 900\npolicy = {}\n";
    let chain = resolve(&all(config, "", &["base"]), "a").unwrap();
    assert_eq!((chain.origin.clone(), chain.hops.len()), (vault("base"), 0));
    let Ending::FederationToken { name, session, duration_seconds } = chain.ending else {
        panic!("a federation token");
    };
    assert_eq!(
        (name.as_str(), session.policy.as_deref(), duration_seconds),
        ("guest", Some("{}"), Some(900))
    );

    let own_keys = format!("[profile a]\nfederation_name = guest\n{KEYS}");
    assert_eq!(resolve(&all(&own_keys, "", &[]), "a").unwrap().origin, keys("a"));
    for (source, keys) in [
        (format!("[profile base]\nARN\nsource_profile = k\n[profile k]\n{KEYS}"), &[][..]),
        ("[profile base]\nlogin_session = l\n".to_owned(), &[]),
    ] {
        let error = resolve(&all(&format!("{config}{source}"), "", keys), "a").unwrap_err();
        assert_eq!(error, ChainError::FederationNeedsKeys { profile: "a".to_owned() });
    }
    for name in ["x", "a b", &"x".repeat(33)] {
        let config = format!("[profile a]\nfederation_name = {name}\nsource_profile = base\n");
        assert!(resolve(&all(&config, "", &["base"]), "a").is_err(), "{name}");
    }
}

#[test]
fn a_root_user_is_reached_through_roles_or_with_keys_for_one_of_aws_s_tasks() {
    let root =
        "[profile a]\nroot_account_id = 123456789012\nroot_task_policy = IAMAuditRootUserCredentials\n";
    let config =
        format!("{root}source_profile = keeper\n[profile keeper]\nARN\n{CODE}source_profile = base\n");
    let chain = resolve(&all(&config, "", &["base"]), "a").unwrap();
    assert_eq!((chain.origin.clone(), hops(&chain)), (vault("base"), vec!["keeper"]));
    let task_policy = "IAMAuditRootUserCredentials".to_owned();
    assert_eq!(chain.ending, Ending::Root { account_id: "123456789012".to_owned(), task_policy });

    let direct = resolve(&all(&format!("{root}source_profile = base\n"), "", &["base"]), "a").unwrap();
    assert_eq!((direct.origin.clone(), direct.hops.len()), (vault("base"), 0));
    assert!(matches!(direct.ending, Ending::Root { .. }));
    for (right, wrong, key) in [
        ("123456789012", "12345678901", "root_account_id"),
        ("123456789012", "12345678901x", "root_account_id"),
        ("IAMAuditRootUserCredentials", "AdministratorAccess", "root_task_policy"),
        ("root_task_policy = IAMAuditRootUserCredentials\n", "", "root_task_policy"),
    ] {
        let error = resolve(&all(&config.replace(right, wrong), "", &["base"]), "a").unwrap_err();
        assert!(matches!(error, ChainError::Limit { key: told, .. } if told == key), "{error}");
    }
}

#[test]
fn what_a_session_carries_is_read_and_held_against_sts_s_limits() {
    let config = "[profile a]\nARN\ncredential_source = Environment\nsession_tags = team=blue, cost = 7=8 ,empty=\ntransitive_session_tags = team, cost\nsource_identity = ada@x\npolicy = {\"Version\":\"2012-10-17\"}\npolicy_arns = arn:aws:iam::aws:policy/ReadOnlyAccess,, arn:aws:iam::aws:policy/Job\nmfa_process = code --now\n";
    let chain = resolve(&all(config, "", &[]), "a").unwrap();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(
        chain.hops[0].session,
        SessionOptions {
            policy: Some("{\"Version\":\"2012-10-17\"}".to_owned()),
            policy_arns: ["ReadOnlyAccess", "Job"]
                .map(|name| format!("arn:aws:iam::aws:policy/{name}"))
                .to_vec(),
            tags: vec![pair("team", "blue"), pair("cost", "7=8"), pair("empty", "")],
            transitive_tag_keys: vec!["team".to_owned(), "cost".to_owned()],
            source_identity: Some("ada@x".to_owned()),
        }
    );
    assert_eq!(chain.hops[0].mfa_process.as_deref(), Some("code --now"));

    let tags = |count: usize| (0..count).map(|n| format!("k{n}=v")).collect::<Vec<_>>().join(",");
    let arns = |count: usize| vec!["arn:aws:iam::aws:policy/P"; count].join(",");
    let policy = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
    let long = |n: usize| "x".repeat(n);
    for (key, bad, good) in [
        (
            "session_tags",
            vec![
                tags(51),
                "a".into(),
                "=v".into(),
                "a=1,A=2".into(),
                long(129) + "=v",
                "k=".to_owned() + &long(257),
            ],
            vec![tags(50), "a=".into(), long(128) + "=" + &long(256), "é=ü".into()],
        ),
        ("transitive_session_tags", vec!["team".into()], vec![",".into()]),
        ("source_identity", vec!["x".into(), "a b".into(), long(65)], vec!["xy".into(), long(64)]),
        (
            "policy",
            vec![policy(2049), "[]".into(), "x".into(), "{\"a\":".into(), "{} {}".into()],
            vec![policy(2048), "{}".into()],
        ),
        ("policy_arns", vec![arns(11), "ReadOnlyAccess".into()], vec![arns(10)]),
    ] {
        let config =
            |value: &str| format!("[profile a]\nARN\ncredential_source = Environment\n{key} = {value}\n");
        for value in &good {
            let resolved = resolve(&all(&config(value), "", &[]), "a");
            assert!(resolved.is_ok(), "{key} = {value}: {resolved:?}");
        }
        for value in &bad {
            let error = resolve(&all(&config(value), "", &[]), "a").unwrap_err();
            assert!(matches!(error, ChainError::Limit { key: told, .. } if told == key), "{value}: {error}");
        }
    }
}

#[test]
fn an_empty_duration_of_the_own_file_takes_the_shared_one_away() {
    let config = "[profile a]\nARN\ncredential_source = Environment\nduration_seconds = 7200\n";
    let chain = resolve(&all(config, "[profile a]\nduration_seconds =\n", &[]), "a").unwrap();
    assert_eq!(chain.hops[0].duration_seconds, None);
    let longer = resolve(&all(config, "[profile a]\nduration_seconds = 43200\n", &[]), "a").unwrap();
    assert_eq!(longer.hops[0].duration_seconds, Some(43_200));
}

#[test]
fn a_summary_fails_where_a_federated_chain_fails() {
    let own = "[saml idp]\nsign_in_url = https://idp\n";
    for bad in ["duration_seconds = 1\n", "role_session_name = a b\n", "policy = x\n"] {
        let config = format!("[profile a]\nARN\nsource_profile = b\n[profile b]\nARN\nsaml = idp\n{bad}");
        let profiles = all(&config, own, &[]);
        for name in ["a", "b"] {
            let summary = Summaries::new(&profiles).of(name);
            assert_eq!(summary.err(), resolve(&profiles, name).err(), "{bad}");
            assert!(resolve(&profiles, name).is_err(), "{bad}");
        }
    }
    let profiles = all("[profile a]\nARN\nsource_profile = b\n[profile b]\nARN\nsaml = idp\n", own, &[]);
    let expected = Summary { needs_mfa: false, needs_browser: true };
    assert_eq!(Summaries::new(&profiles).of("a"), Ok(expected));
}
