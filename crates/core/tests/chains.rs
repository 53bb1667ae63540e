//! Chains resolved against the cases of the SDK for Rust.

use hatrack_core::chain::{Chain, Origin, TokenSource, resolve};
use hatrack_core::profile::{File, Profiles};
use serde_json::{Value as Json, json};

/// What the error of each case that has one must speak of.
const SPEAKS_OF: [(&str, &str); 5] = [
    ("smithy-rs/assume-role/09", "\"B\" has one of a pair of keys and no aws_access_key_id"),
    ("smithy-rs/assume-role/10", "\"B\" has nothing that leads to credentials"),
    ("smithy-rs/assume-role/16", "in a loop: \"A\" → \"B\" → \"A\""),
    ("smithy-rs/assume-role/23", "has no sso_account_id"),
    ("smithy-rs/assume-role/24", "has no sso_role_name"),
];

#[test]
fn the_sdk_s_own_cases_resolve_as_they_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracles/chain_cases.json");
    let cases: Vec<Json> = serde_json::from_slice(&std::fs::read(path).expect(path)).expect(path);
    assert_eq!(cases.len(), 10);
    for case in &cases {
        let id = case["id"].as_str().unwrap();
        let config = File { path: "config", bytes: case["config"].as_str().unwrap().as_bytes() };
        let profiles = Profiles::read(Some(config), None);
        let resolved = resolve(&profiles, case["profile"].as_str().unwrap());
        match case["expect"].get("chain") {
            Some(chain) => assert_eq!(rendered(&profiles, &resolved.unwrap()), *chain, "{id}"),
            None => {
                let (_, words) = SPEAKS_OF.into_iter().find(|(case, _)| *case == id).expect(id);
                let error = resolved.unwrap_err().to_string();
                assert!(error.contains(words), "{id}: {error}");
            }
        }
    }
}

/// A chain as the cases write it.
fn rendered(profiles: &Profiles, chain: &Chain) -> Json {
    let setting =
        |profile: &str, key: &str| profiles.get(profile).and_then(|p| p.get(key)).map(str::to_owned);
    let mut hops = chain.hops.iter();
    let first = match &chain.origin {
        Origin::StaticKeys { profile } => json!({ "AccessKey": {
            "access_key_id": setting(profile, "aws_access_key_id"),
            "secret_access_key": setting(profile, "aws_secret_access_key"),
        } }),
        Origin::WebIdentity { token: TokenSource::File(token_file), .. } => {
            let hop = hops.next().expect("web identity is for a role");
            json!({ "WebIdentityToken": {
                "role_arn": hop.role_arn.as_str(),
                "web_identity_token_file": token_file,
                "role_session_name": hop.role_session_name,
            } })
        }
        Origin::IdentityCenter { portal, account_id, role_name } if portal.session.is_none() => {
            json!({ "Sso": {
                "sso_account_id": account_id,
                "sso_region": portal.region,
                "sso_role_name": role_name,
                "sso_start_url": portal.start_url,
            } })
        }
        other => panic!("{other:?} is in no case"),
    };
    let roles = hops.map(|hop| {
        let mut call = json!({ "role_arn": hop.role_arn.as_str() });
        if let Some(external_id) = &hop.external_id {
            call["external_id"] = json!(external_id);
        }
        json!({ "AssumeRole": call })
    });
    std::iter::once(first).chain(roles).collect()
}
