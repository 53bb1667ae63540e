//! What shadows what.

use super::reader;
use super::resolve::{KEYS, SSO};
use super::words::short;
use super::{Pick, Sdk, Shadowed, Source, Spot};
use crate::profile::Profiles;
use std::collections::BTreeSet;

/// The credentials of the profile and of the environment that some tool passes over for others.
pub(super) fn shadowed(
    profiles: &Profiles,
    profile: &str,
    environment: &BTreeSet<String>,
    by_sdk: &[(Sdk, Pick)],
) -> Vec<Shadowed> {
    let mut all: Vec<Shadowed> = Vec::new();
    for (sdk, pick) in by_sdk {
        if matches!(pick.source, Source::Refused { .. } | Source::Nothing) {
            continue;
        }
        for there in candidates(profiles, profile, environment, *sdk) {
            if uses(&pick.source, &there) {
                continue;
            }
            let (what, by, at) = (short(&there), short(&pick.source), spot(&pick.source));
            match all.iter_mut().find(|it| it.what == what && it.by == by) {
                Some(known) => known.sdks.push(*sdk),
                None => all.push(Shadowed { what, by, at, sdks: vec![*sdk] }),
            }
        }
    }
    all
}

/// What a tool could use, as far as it sees it.
fn candidates(profiles: &Profiles, name: &str, environment: &BTreeSet<String>, sdk: Sdk) -> Vec<Source> {
    let set = |name: &str| environment.contains(name);
    let mut all = Vec::new();
    if set("AWS_ACCESS_KEY_ID") && set("AWS_SECRET_ACCESS_KEY") {
        all.push(Source::EnvironmentKeys);
    }
    if set("AWS_WEB_IDENTITY_TOKEN_FILE") && set("AWS_ROLE_ARN") {
        all.push(Source::EnvironmentToken);
    }
    let Some(seen) = reader::see(profiles, name, sdk) else { return all };
    let profile = || name.to_owned();
    let arn = seen.get("role_arn").map(crate::name::shown);
    let token = seen.get("web_identity_token_file").is_some();
    if let Some(arn) = arn {
        if token {
            let at = seen.spot(&["web_identity_token_file"]);
            all.push(Source::WebIdentity { arn, profile: profile(), at });
        } else {
            let at = seen.spot(&["role_arn"]);
            let from = Box::new(Source::Nothing);
            all.push(Source::Role { arn, profile: profile(), at, without_mfa: false, from });
        }
    }
    if SSO[..2].iter().all(|key| seen.get(key).is_some()) {
        all.push(Source::IdentityCenter { profile: profile(), at: seen.spot(&SSO) });
    }
    if seen.get("login_session").is_some() {
        all.push(Source::Login { profile: profile(), at: seen.spot(&["login_session"]) });
    }
    if seen.get("credential_process").is_some() {
        all.push(Source::Process { profile: profile(), at: seen.spot(&["credential_process"]) });
    }
    if KEYS.iter().all(|key| seen.get(key).is_some()) {
        all.push(Source::Keys { profile: profile(), at: seen.spot(&KEYS) });
    }
    all
}

/// Whether a pick is made with what is there.
fn uses(pick: &Source, there: &Source) -> bool {
    match (pick, there) {
        (Source::Role { at, .. }, Source::Role { at: other, .. }) if at == other => true,
        (Source::Role { from, .. }, _) => uses(from, there),
        (_, _) => pick == there,
    }
}

/// Where a pick stands.
fn spot(source: &Source) -> Option<Spot> {
    match source {
        Source::Role { at, .. }
        | Source::WebIdentity { at, .. }
        | Source::IdentityCenter { at, .. }
        | Source::Login { at, .. }
        | Source::Process { at, .. }
        | Source::Keys { at, .. } => Some(at.clone()),
        Source::EnvironmentKeys
        | Source::EnvironmentToken
        | Source::Container
        | Source::Instance
        | Source::Refused { .. }
        | Source::Nothing => None,
    }
}
