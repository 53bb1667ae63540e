//! `hat profiles`.

pub(super) mod shared;

use super::Manner;
use crate::connect::{client, unexpected};
use crate::print;
use hatrack_core::failure::Failure;
use hatrack_core::snapshot::Problem;
use hatrack_wire::{Answer, Command, Profiles, Value};
use std::collections::BTreeMap;
use std::process::ExitCode;

/// The settings whose values say where and who, but never let anybody in. All other values are
/// kept off the screen: a list of secrets would miss the one that is invented next.
const HARMLESS: [&str; 22] = [
    "aws_account_id",
    "ca_bundle",
    "credential_source",
    "duration_seconds",
    "login_session",
    "mfa_serial",
    "output",
    "region",
    "role_arn",
    "role_session_name",
    "services",
    "source_profile",
    "sso_account_id",
    "sso_region",
    "sso_registration_scopes",
    "sso_role_name",
    "sso_session",
    "sso_start_url",
    "sts_regional_endpoints",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "web_identity_token_file",
];

pub(super) fn run(manner: Manner) -> Result<ExitCode, Failure> {
    let Answer::Profiles(profiles) = client(manner.no_agent)?.request(Command::Profiles)? else {
        return Err(unexpected());
    };
    if manner.json {
        // The machine's own copy of the person's own file: the values as they stand there.
        print::json(&profiles)?;
        return Ok(ExitCode::SUCCESS);
    }
    print::answer(&rendered(&profiles))?;
    for problem in &profiles.problems {
        print::talk(&about(problem));
    }
    Ok(ExitCode::SUCCESS)
}

fn rendered(profiles: &Profiles) -> String {
    let kinds = [
        ("profile", &profiles.profiles),
        ("sso-session", &profiles.sso_sessions),
        ("services", &profiles.services),
    ];
    let mut text = String::new();
    for (kind, sections) in kinds {
        for (name, settings) in sections {
            text.extend([kind, " ", &print::shown(name), "\n"]);
            add_settings(&mut text, settings);
        }
    }
    text
}

fn add_settings(text: &mut String, settings: &BTreeMap<String, Value>) {
    for (key, value) in settings {
        let value = match value {
            Value::Plain(value) if HARMLESS.contains(&key.as_str()) => print::sentence(value.open()),
            Value::Plain(_) => "(set)".to_owned(),
            Value::Nested(nested) => {
                nested.keys().map(|key| print::shown(key)).collect::<Vec<_>>().join(", ")
            }
        };
        text.push_str("  ");
        text.push_str(&print::shown(key));
        text.push_str(" = ");
        text.push_str(&value);
        text.push('\n');
    }
}

fn about(problem: &Problem) -> String {
    let place = match problem.line {
        Some(line) => format!("{}:{line}", problem.file),
        None => problem.file.clone(),
    };
    format!("{}: {}", print::sentence(&place), print::sentence(&problem.message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatrack_wire::Sealed;

    fn profiles() -> Profiles {
        let plain = |text: &str| Value::Plain(Sealed::new(text));
        let settings = [
            ("aws_secret_access_key", plain("wJalr")),
            ("region", plain("eu-central-1")),
            ("s3", Value::Nested([("endpoint_url".to_owned(), Sealed::new("http://eve:pw@x"))].into())),
        ];
        let settings = settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let problems = vec![Problem {
            file: "/h/.aws/config".to_owned(),
            line: Some(3),
            profile: None,
            message: "This line has no =.".to_owned(),
        }];
        Profiles {
            profiles: [("wörk\u{7}".to_owned(), settings)].into(),
            sso_sessions: BTreeMap::new(),
            services: BTreeMap::new(),
            problems,
        }
    }

    #[test]
    fn the_listing_shows_no_value_that_lets_anybody_in() {
        let expected = "\
profile wörk\\u{7}
  aws_secret_access_key = (set)
  region = eu-central-1
  s3 = endpoint_url
";
        assert_eq!(rendered(&profiles()), expected);
        assert_eq!(about(&profiles().problems[0]), "/h/.aws/config:3: This line has no =.");
    }

    #[test]
    fn json_has_the_promised_shape() {
        let value = serde_json::to_value(profiles()).unwrap();
        assert_eq!(value["profiles"]["wörk\u{7}"]["s3"]["endpoint_url"], "http://eve:pw@x");
        assert_eq!(value["problems"][0]["line"], 3);
        assert!(value["sso_sessions"].is_object() && value["services"].is_object());
    }
}
