//! The options of a role as settings of its profile.

use super::Settings;
use crate::arguments::Options;
use hatrack_core::failure::{Failure, FailureCode};
use serde::de::IgnoredAny;
use std::path::Path;

/// The settings that are AWS's keys. Other processes see a command's arguments.
const SECRETS: [&str; 3] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

/// The settings that the options stand for; an empty value takes one away.
pub(super) fn of(options: Options) -> Result<Settings, Failure> {
    let Options {
        arn,
        from,
        oidc,
        saml,
        external_id,
        mfa,
        duration,
        tag,
        transitive,
        source_identity,
        policy,
        policy_arn,
        session_name,
        region,
        set,
    } = options;
    if set.iter().any(|(key, _)| SECRETS.contains(&key.to_lowercase().as_str())) {
        return Err(no_keys());
    }
    let policy = policy.as_deref().map(read_policy).transpose()?;
    let single = [
        ("role_arn", arn),
        ("source_profile", from),
        ("oidc", oidc),
        ("saml", saml),
        ("external_id", external_id),
        ("mfa_serial", mfa),
        ("duration_seconds", duration),
        ("session_tags", list(&tag)),
        ("transitive_session_tags", list(&transitive)),
        ("source_identity", source_identity),
        ("policy", policy),
        ("policy_arns", list(&policy_arn)),
        ("role_session_name", session_name),
        ("region", region),
    ];
    let single = single.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    let other = set.into_iter().map(|(key, value)| (key.to_lowercase(), value));
    Ok(single.chain(other).map(|(key, value)| (key, value.trim().to_owned())).collect())
}

/// What stands in Hatrack's own file after the changes. A value that is taken away stands there as
/// an empty one only where the shared files have it.
pub(super) fn laid_over(mut own: Settings, shared: &Settings, changes: Settings) -> Settings {
    for (key, value) in changes {
        if value.is_empty() && !shared.contains_key(&key) {
            own.remove(&key);
        } else {
            own.insert(key, value);
        }
    }
    own
}

fn list(items: &[String]) -> Option<String> {
    (!items.is_empty())
        .then(|| items.iter().map(|it| it.trim()).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(","))
}

fn no_keys() -> Failure {
    Failure::new(
        FailureCode::Usage,
        "Keys don't stand in Hatrack's own file.",
        "Put them into the vault: hat key add.",
    )
}

/// Reads a policy's file into one line; an empty name takes the policy away.
fn read_policy(file: &Path) -> Result<String, Failure> {
    if file.as_os_str().is_empty() {
        return Ok(String::new());
    }
    let path = file.display();
    let text = std::fs::read_to_string(file).map_err(|error| {
        let happened = format!("The policy's file {path} can't be read: {error}.");
        Failure::new(FailureCode::File, happened, "Look at its name and permissions.")
    })?;
    one_line(&text).ok_or_else(|| {
        let happened = format!("{path} isn't a policy in JSON.");
        Failure::new(FailureCode::Usage, happened, "Give a file with one policy document.")
    })
}

/// The same JSON object without the white space between its parts.
fn one_line(json: &str) -> Option<String> {
    let json = json.trim_start_matches('\u{feff}').trim();
    if !json.starts_with('{') || serde_json::from_str::<IgnoredAny>(json).is_err() {
        return None;
    }
    let (mut line, mut in_text, mut escaped) = (String::with_capacity(json.len()), false, false);
    for c in json.chars() {
        if in_text || !c.is_ascii_whitespace() {
            line.push(c);
        }
        in_text ^= c == '"' && !escaped;
        escaped = in_text && c == '\\' && !escaped;
    }
    Some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn each_option_is_a_setting() {
        let options = Options {
            arn: Some("arn:aws:iam::123456789012:role/Deploy".to_owned()),
            mfa: Some(String::new()),
            duration: Some("3600".to_owned()),
            tag: vec!["team=web".to_owned(), "env=prod".to_owned()],
            transitive: vec![String::new()],
            set: vec![("Federation_Name".to_owned(), "eve".to_owned())],
            ..Options::default()
        };
        let expected = settings(&[
            ("role_arn", "arn:aws:iam::123456789012:role/Deploy"),
            ("mfa_serial", ""),
            ("duration_seconds", "3600"),
            ("session_tags", "team=web,env=prod"),
            ("transitive_session_tags", ""),
            ("federation_name", "eve"),
        ]);
        assert_eq!(of(options).unwrap(), expected);
        assert_eq!(of(Options::default()).unwrap(), settings(&[]));
    }

    #[test]
    fn keys_are_no_settings() {
        let set = vec![("AWS_Secret_Access_Key".to_owned(), "x".to_owned())];
        let failure = of(Options { set, ..Options::default() }).unwrap_err();
        assert_eq!(failure.code, FailureCode::Usage);
    }

    #[test]
    fn an_empty_value_stands_only_where_it_takes_something_away() {
        let own = settings(&[("region", "eu-west-1"), ("external_id", "x")]);
        let shared = settings(&[("mfa_serial", "eve")]);
        let changes = settings(&[("region", ""), ("mfa_serial", ""), ("external_id", "y")]);
        assert_eq!(laid_over(own, &shared, changes), settings(&[("external_id", "y"), ("mfa_serial", "")]));
    }

    #[test]
    fn a_policy_becomes_one_line_and_keeps_its_texts() {
        let policy = "{\n  \"Sid\" : \"two  words \\\" \\\\\",\r\n\t\"Statement\": [ ]\n}\n";
        assert_eq!(one_line(policy).as_deref(), Some(r#"{"Sid":"two  words \" \\","Statement":[]}"#));
        for text in ["", "[]", "{", "{} {}", "null"] {
            assert_eq!(one_line(text), None, "{text}");
        }
    }
}
