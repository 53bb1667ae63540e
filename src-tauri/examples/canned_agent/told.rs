//! Canned plans, reasons, descriptions and keys.

use hatrack_core::chain::Provider;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::memory::Failed;
use hatrack_core::picks::picks;
use hatrack_core::plan::{PlanStep, PlanView, Renewal};
use hatrack_core::profile::{File, KeyFacts, Profiles};
use hatrack_wire::{Answer, Described, KeyView, OwnSection, ProfilesPlanned};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

const CONFIG: &str = "\
[profile acme-staging]
role_arn = arn:aws:iam::444455556666:role/Developer
source_profile = main
mfa_serial = arn:aws:iam::111122223333:mfa/eve-phone
region = eu-west-1
";

/// The way to a role, or to one that isn't saved yet.
pub(crate) fn plan(role: &Described, seconds: Option<u32>) -> Result<Answer, Failure> {
    let (arn, device, wanted) = match role {
        Described::Role(_) => {
            ("arn:aws:iam::444455556666:role/Developer", "arn:aws:iam::111122223333:mfa/eve-phone", seconds)
        }
        Described::Draft(OwnSection { settings, .. }) => {
            let get = |key: &str| settings.get(key).map(String::as_str).filter(|value| !value.is_empty());
            let wanted = get("duration_seconds").map(str::parse::<u32>);
            if let Some(Err(_)) = wanted {
                return Err(Failure::new(
                    FailureCode::Usage,
                    "The setting duration_seconds is no number.",
                    "Write the seconds, 900 to 43200.",
                ));
            }
            (
                get("role_arn").unwrap_or("arn:aws:iam::444455556666:role/Developer"),
                get("mfa_serial").unwrap_or("arn:aws:iam::111122223333:mfa/eve-phone"),
                seconds.or(wanted.and_then(Result::ok)),
            )
        }
    };
    if wanted.is_some_and(|seconds| seconds > 43_200) {
        return Err(Failure::new(
            FailureCode::Refused,
            "A role's session lives 12 hours at most.",
            "Ask for a duration between 15m and 12h.",
        ));
    }
    let step = |operation: Option<&str>, subject: &str, seconds, prompt: Option<&str>, why: &str| PlanStep {
        operation: operation.map(str::to_owned),
        subject: subject.to_owned(),
        duration_seconds: seconds,
        prompt: prompt.map(str::to_owned),
        why: why.to_owned(),
    };
    let code = format!("a code of {device}");
    Ok(Answer::Plan(Box::new(PlanView {
        steps: vec![
            step(None, "the key main in the vault", None, None, "It is where the profile's chain begins."),
            step(
                Some("AssumeRole"),
                arn,
                Some(wanted.unwrap_or(3600)),
                Some(&code),
                "The code goes with the call, as more than the hour of a chain is wanted.",
            ),
        ],
        renewal: Renewal::Code,
        renewal_words: "Renewing needs a code again.".to_owned(),
        notes: vec!["AWS grants it only if the role's MaxSessionDuration is as long.".to_owned()],
    })))
}

/// The last failure, and what the tools pick.
pub(crate) fn why(now: Timestamp) -> Answer {
    let config = File { path: "~/.aws/config", bytes: CONFIG.as_bytes() };
    let profiles = Profiles::read(Some(config), None);
    Answer::Why {
        failed: Some(Failed { at: now - SignedDuration::from_mins(7), failure: denied() }),
        picks: Some(Box::new(picks(&profiles, "acme-staging", &BTreeSet::new()))),
    }
}

/// A refusal of AWS.
pub(crate) fn denied() -> Failure {
    Failure::new(
        FailureCode::Refused,
        "The role's trust policy doesn't let arn:aws:iam::111122223333:user/eve assume it, or wants an external id.",
        "Ask who owns the account 777788889999 to name you there, or set the external id in the role's options.",
    )
    .with_aws_code(Some("AccessDenied"))
    .with_request_id(Some("b25f48e8-84fd-11e6-80d9-574e0c4664cb"))
}

/// What the files say.
pub(crate) fn description(own: &BTreeMap<String, BTreeMap<String, String>>, profile: &str) -> Answer {
    let shared = [
        ("role_arn", "arn:aws:iam::444455556666:role/Developer"),
        ("source_profile", "main"),
        ("mfa_serial", "arn:aws:iam::111122223333:mfa/eve-phone"),
        ("region", "eu-west-1"),
    ];
    Answer::Description {
        own: own.get(profile).cloned().unwrap_or_default(),
        shared: shared.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
        providers: vec![Provider::Oidc("google".to_owned()), Provider::Saml("acme".to_owned())],
    }
}

/// Two keys, an old and a young one.
pub(crate) fn keys(now: Timestamp) -> Vec<KeyView> {
    let days = |days: i64| now - SignedDuration::from_hours(24 * days);
    let key = |name: &str, id: &str, user: &str, age: i64| KeyView {
        name: name.to_owned(),
        facts: KeyFacts {
            access_key_id: id.to_owned(),
            account_id: Some("111122223333".to_owned()),
            user_arn: Some(format!("arn:aws:iam::111122223333:user/{user}")),
            mfa_serial: Some("arn:aws:iam::111122223333:mfa/eve-phone".to_owned()),
            created: Some(days(age)),
        },
        added: days(age.min(20)),
    };
    vec![key("main", "AKIAIOSFODNN7EXAMPLE", "eve", 12), key("old-ci", "AKIAI44QH8DHBEXAMPLE", "ci", 214)]
}

/// What taking a key out of the credentials file does to it.
pub(crate) fn diff(profile: &str) -> String {
    format!(
        "--- ~/.aws/credentials\n+++ ~/.aws/credentials\n@@ -4,3 +4,0 @@\n-[{profile}]\n-aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n-aws_secret_access_key = ****\n"
    )
}

/// What writing profiles for other tools does.
pub(crate) fn profiles(count: usize) -> ProfilesPlanned {
    ProfilesPlanned {
        diff: "--- ~/.aws/config\n+++ ~/.aws/config\n@@ -12,0 +13,6 @@\n+[profile Team-000-prod-Deploy]\n+# hatrack\n+sso_session = acme\n+sso_account_id = 100000000003\n+sso_role_name = Deploy\n+region = eu-central-1\n".to_owned(),
        added: vec!["Team-000-prod-Deploy".to_owned(); count],
        ..ProfilesPlanned::default()
    }
}
