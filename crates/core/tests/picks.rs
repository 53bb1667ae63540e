//! Which credentials AWS's tools pick, as a table. What the AWS CLI, the SDK for Rust and the one
//! for JavaScript do here is held against them in the acceptance tests.

use hatrack_core::picks::{Picks, Sdk, Source, picks};
use hatrack_core::profile::{File, Profiles};
use std::collections::BTreeSet;

const KEYS: &str = "aws_access_key_id = AKIA\naws_secret_access_key = s\n";
const ROLE: &str = "role_arn = arn:aws:iam::111122223333:role/r\n";
const SSO: &str =
    "sso_account_id = 1\nsso_role_name = r\nsso_start_url = https://x\nsso_region = us-east-1\n";

fn of(config: &str, credentials: &str, profile: &str, environment: &[&str]) -> Picks {
    let file = |path, text: &'static str| File { path, bytes: text.as_bytes() };
    let config: &'static str = Box::leak(
        config.replace("KEYS\n", KEYS).replace("ROLE\n", ROLE).replace("SSO\n", SSO).into_boxed_str(),
    );
    let credentials: &'static str = Box::leak(credentials.replace("KEYS\n", KEYS).into_boxed_str());
    let profiles = Profiles::read(Some(file("/c", config)), Some(file("/k", credentials)));
    let environment: BTreeSet<String> = environment.iter().map(|name| (*name).to_owned()).collect();
    picks(&profiles, profile, &environment)
}

/// A source in a word.
fn word(source: &Source) -> String {
    match source {
        Source::EnvironmentKeys => "env".to_owned(),
        Source::EnvironmentToken => "env-token".to_owned(),
        Source::Role { from, .. } => format!("role<{}", word(from)),
        Source::WebIdentity { .. } => "web".to_owned(),
        Source::IdentityCenter { .. } => "sso".to_owned(),
        Source::Login { .. } => "login".to_owned(),
        Source::Process { .. } => "process".to_owned(),
        Source::Keys { at, .. } => if at.file == "/k" { "keys" } else { "config-keys" }.to_owned(),
        Source::Container => "container".to_owned(),
        Source::Instance => "instance".to_owned(),
        Source::Refused { .. } => "refused".to_owned(),
        Source::Nothing => "nothing".to_owned(),
    }
}

/// The five picks in the order of [`Sdk::ALL`].
fn words(picks: &Picks) -> String {
    let words: Vec<String> = picks.by_sdk.iter().map(|(_, pick)| word(&pick.source)).collect();
    words.join(" ")
}

#[test]
fn each_tool_has_an_order_of_its_own() {
    let env: &[&str] = &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    let token: &[&str] = &["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN"];
    let container: &[&str] = &["AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    for (config, credentials, environment, expected) in [
        // One kind alone.
        ("[profile p]\n", "[p]\nKEYS\n", &[][..], "keys keys keys keys keys"),
        ("[profile p]\nKEYS\n", "", &[], "config-keys config-keys config-keys config-keys config-keys"),
        ("[profile p]\ncredential_process = x\n", "", &[], "process process process process process"),
        ("[profile p]\nlogin_session = x\n", "", &[], "login login login login login"),
        ("[profile p]\nSSO\n", "", &[], "sso sso sso sso sso"),
        ("[profile p]\nROLE\nweb_identity_token_file = t\n", "", &[], "web web web web web"),
        // The environment.
        ("[profile p]\nKEYS\n", "", env, "env env config-keys env env"),
        ("[profile p]\nKEYS\n", "", token, "env-token config-keys config-keys env-token env-token"),
        ("[profile p]\nregion = x\n", "", token, "env-token env-token env-token env-token env-token"),
        ("[profile p]\nregion = x\n", "", container, "container container container container container"),
        ("[profile p]\nregion = x\n", "", &[], "instance instance instance instance instance"),
        (
            "[profile p]\nregion = x\n",
            "",
            &["AWS_EC2_METADATA_DISABLED"],
            "nothing nothing nothing nothing nothing",
        ),
        // Two kinds.
        ("[profile p]\nSSO\n", "[p]\nKEYS\n", &[], "sso sso keys keys sso"),
        ("[profile p]\ncredential_process = x\n", "[p]\nKEYS\n", &[], "keys process keys keys process"),
        (
            "[profile p]\ncredential_process = x\nKEYS\n",
            "",
            &[],
            "process process config-keys config-keys process",
        ),
        ("[profile p]\nlogin_session = x\n", "[p]\nKEYS\n", &[], "keys login keys keys login"),
        (
            "[profile p]\nlogin_session = x\ncredential_process = x\n",
            "",
            &[],
            "login login process process login",
        ),
        (
            "[profile p]\nROLE\nweb_identity_token_file = t\n",
            "[p]\nKEYS\n",
            &[],
            "web web keys role<keys web",
        ),
        (
            "[profile p]\nROLE\nsource_profile = b\n[profile b]\nKEYS\n",
            "[p]\nKEYS\n",
            &[],
            "role<config-keys role<config-keys role<config-keys role<config-keys role<config-keys",
        ),
        (
            "[profile p]\nSSO\nROLE\nsource_profile = b\n[profile b]\nKEYS\n",
            "",
            &[],
            "role<config-keys role<config-keys role<config-keys role<config-keys sso",
        ),
        // A source with keys and a role of its own.
        (
            "[profile p]\nROLE\nsource_profile = b\n[profile b]\nKEYS\nROLE\nsource_profile = c\n[profile c]\ncredential_process = x\n",
            "",
            &[],
            "role<config-keys role<config-keys role<config-keys role<config-keys role<role<process",
        ),
        // Its own source.
        (
            "[profile p]\nROLE\nsource_profile = p\nKEYS\n",
            "",
            &[],
            "role<config-keys role<config-keys role<config-keys role<config-keys refused",
        ),
        (
            "[profile p]\nROLE\ncredential_source = EcsContainer\n",
            "",
            container,
            "role<container role<container role<container role<container role<container",
        ),
        // A role that nothing leads to.
        ("[profile p]\nROLE\nKEYS\n", "", &[], "refused refused config-keys role<config-keys config-keys"),
        ("[profile p]\nROLE\nsource_profile = gone\n", "", &[], "refused refused refused refused refused"),
        (
            "[profile p]\nROLE\nsource_profile = b\n[profile b]\nROLE\nsource_profile = p\n",
            "",
            &[],
            "refused refused refused refused refused",
        ),
        // A code that only some can ask for.
        (
            "[profile p]\nROLE\nsource_profile = b\nmfa_serial = GAHT12345678\n[profile b]\nKEYS\n",
            "",
            &[],
            "role<config-keys role<config-keys refused refused role<config-keys",
        ),
    ] {
        let picks = of(config, credentials, "p", environment);
        assert_eq!(words(&picks), expected, "{config}{credentials}{environment:?}");
        assert_eq!(
            picks.disagreements.is_empty(),
            {
                let first = &picks.by_sdk[0].1.source;
                picks.by_sdk.iter().all(|(_, pick)| pick.source == *first)
                    || picks.by_sdk.iter().all(|(_, pick)| matches!(pick.source, Source::Refused { .. }))
            },
            "{config}"
        );
    }
}

#[test]
fn what_some_readers_don_t_see_counts() {
    for (config, profile, expected) in [
        ("[profile café]\nKEYS\n", "café", "config-keys refused refused config-keys refused"),
        ("[profile \"two words\"]\nKEYS\n", "two words", "config-keys refused refused refused refused"),
        (
            "[profile p]\nKEYS\n[profile p]\nregion = x\n",
            "p",
            "refused config-keys config-keys config-keys config-keys",
        ),
        ("[profile p]\n  region = x\nKEYS\n", "p", "config-keys refused config-keys config-keys refused"),
        ("[profile p]\nKEYS\nnonsense\n", "p", "refused refused config-keys config-keys refused"),
        ("[p]\nKEYS\n", "p", "refused refused refused refused refused"),
    ] {
        assert_eq!(words(&of(config, "", profile, &[])), expected, "{config}");
    }
}

#[test]
fn the_default_profile_needs_no_naming() {
    let env: &[&str] = &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    assert_eq!(words(&of("[default]\nKEYS\n", "", "default", env)), "env env env env env");
    let named = [env, &["AWS_PROFILE"]].concat();
    assert_eq!(words(&of("[default]\nKEYS\n", "", "default", &named)), "env env config-keys env env");
    assert_eq!(words(&of("", "", "default", &[])), "instance instance instance instance instance");
}

#[test]
fn words_name_files_lines_and_what_is_passed_over() {
    let config = "[profile p]\nROLE\nsource_profile = base\n[profile base]\ncredential_process = x\n";
    let picks = of(config, "[p]\nKEYS\n", "p", &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]);
    let said = |sdk: Sdk| &picks.by_sdk.iter().find(|(other, _)| *other == sdk).unwrap().1.words;
    assert_eq!(said(Sdk::AwsCli), "AWS CLI: the keys in the environment (AWS_ACCESS_KEY_ID).");
    assert_eq!(
        said(Sdk::JavaScript),
        "SDK for JavaScript: the role arn:aws:iam::111122223333:role/r (/c line 2), assumed with the credential_process of the profile \"base\" (/c line 5)."
    );
    assert_eq!(picks.disagreements.len(), 2, "{:?}", picks.disagreements);
    assert!(
        picks.disagreements[0].starts_with(
            "The AWS CLI, SDK for Rust, SDK for Go and SDK for Java use the keys in the environment"
        ),
        "{:?}",
        picks.disagreements
    );
    let shadowed: Vec<(&str, usize)> =
        picks.shadowed.iter().map(|it| (it.what.as_str(), it.sdks.len())).collect();
    assert_eq!(
        shadowed,
        [
            ("the role arn:aws:iam::111122223333:role/r (/c line 2)", 4),
            ("the access key of the profile \"p\" (/k line 2)", 4),
            ("the keys in the environment (AWS_ACCESS_KEY_ID)", 1),
            ("the access key of the profile \"p\" (/k line 2)", 1),
        ]
    );
    let at = picks.shadowed[2].at.as_ref().unwrap();
    assert_eq!((at.file.as_str(), at.line), ("/c", 2));
    let travelled: Picks = serde_json::from_str(&serde_json::to_string(&picks).unwrap()).unwrap();
    assert_eq!(travelled, picks);
}

#[test]
fn no_secret_and_no_trick_is_in_the_words() {
    let picks = of(
        "[profile p]\nROLE\nsource_profile = b\u{202e}\n",
        "[p]\naws_access_key_id = AKIASHOWN\naws_secret_access_key = hidden\n",
        "p",
        &[],
    );
    let text = serde_json::to_string(&picks).unwrap();
    assert!(!text.contains("hidden") && !text.contains("AKIASHOWN") && !text.contains('\u{202e}'), "{text}");
}
