//! The words for what is picked.

use super::{Pick, Sdk, Source, Spot};
use crate::name::shown;

/// What is picked, as the rest of a sentence.
pub(super) fn of(source: &Source, sdk: Sdk) -> String {
    match source {
        Source::Refused { why } => format!("none, as {why}"),
        Source::Nothing => "none, as nothing leads to any".to_owned(),
        Source::Instance => "the role of this machine, if it is one of EC2 that has one".to_owned(),
        Source::Role { without_mfa: true, .. } => {
            format!("{}, without an MFA code, as the {sdk} never asks for one", short(source))
        }
        Source::EnvironmentKeys
        | Source::EnvironmentToken
        | Source::Role { .. }
        | Source::WebIdentity { .. }
        | Source::IdentityCenter { .. }
        | Source::Login { .. }
        | Source::Process { .. }
        | Source::Keys { .. }
        | Source::Container => short(source),
    }
}

/// What a source is called.
pub(super) fn short(source: &Source) -> String {
    let place = |at: &Spot| format!("({} line {})", at.file, at.line);
    let of = |what: &str, profile: &str, at: &Spot| {
        format!("{what} of the profile \"{}\" {}", shown(profile), place(at))
    };
    match source {
        Source::EnvironmentKeys => "the keys in the environment (AWS_ACCESS_KEY_ID)".to_owned(),
        Source::EnvironmentToken => {
            "the role of AWS_ROLE_ARN, by the token of AWS_WEB_IDENTITY_TOKEN_FILE".to_owned()
        }
        Source::Role { arn, at, from, .. } => match &**from {
            Source::Nothing => format!("the role {arn} {}", place(at)),
            from => format!("the role {arn} {}, assumed with {}", place(at), short(from)),
        },
        Source::WebIdentity { arn, profile, at } => {
            format!("the role {arn}, by {}", of("the web identity token", profile, at))
        }
        Source::IdentityCenter { profile, at } => of("the Identity Center role", profile, at),
        Source::Login { profile, at } => of("the login_session", profile, at),
        Source::Process { profile, at } => of("the credential_process", profile, at),
        Source::Keys { profile, at } => of("the access key", profile, at),
        Source::Container => "the role of the container".to_owned(),
        Source::Instance => "the role of this machine".to_owned(),
        Source::Refused { .. } | Source::Nothing => "nothing".to_owned(),
    }
}

/// Who picks what, where not all pick the same.
pub(super) fn disagreements(by_sdk: &[(Sdk, Pick)]) -> Vec<String> {
    let mut groups: Vec<(String, Vec<Sdk>)> = Vec::new();
    for (sdk, pick) in by_sdk {
        let what = short(&pick.source);
        match groups.iter_mut().find(|(other, _)| *other == what) {
            Some((_, sdks)) => sdks.push(*sdk),
            None => groups.push((what, vec![*sdk])),
        }
    }
    if groups.len() < 2 {
        return Vec::new();
    }
    groups
        .into_iter()
        .map(|(what, sdks)| {
            let verb = if sdks.len() == 1 { "uses" } else { "use" };
            format!("The {} {verb} {what}.", list(&sdks))
        })
        .collect()
}

fn list(sdks: &[Sdk]) -> String {
    let names: Vec<String> = sdks.iter().map(ToString::to_string).collect();
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}
