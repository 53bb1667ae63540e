//! `hat key list`, and keys as every command shows them.

use super::keys;
use crate::command::Manner;
use crate::connect::client;
use crate::table::marked_table;
use crate::{clock, duration, print};
use anstyle::{AnsiColor, Style};
use hatrack_core::failure::Failure;
use hatrack_wire::{Command, KeyCommand, KeyView};
use jiff::Timestamp;
use serde::Serialize;
use std::process::ExitCode;

/// From how many days on a key is old: what AWS's own checks of accounts allow.
const OLD: i64 = 90;

const WARNING: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Yellow)));

/// A key as scripts read it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    key: &'a KeyView,
    age_days: i64,
    is_old: bool,
}

impl<'a> Told<'a> {
    fn of(key: &'a KeyView, now: Timestamp) -> Self {
        let age_days = duration::full_days(key.facts.created.unwrap_or(key.added), now);
        Self { key, age_days, is_old: age_days >= OLD }
    }
}

pub(super) fn run(manner: Manner) -> Result<ExitCode, Failure> {
    let keys = keys(client(manner.no_agent)?.request(Command::Key(KeyCommand::List))?)?;
    if keys.is_empty() && !manner.json {
        print::talk("No key is in the vault. Add one with hat key add NAME, or hat key import PROFILE.");
    } else {
        tell(manner, &keys)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells keys.
pub(super) fn tell<'a>(manner: Manner, keys: impl IntoIterator<Item = &'a KeyView>) -> Result<(), Failure> {
    let now = clock::now();
    let told: Vec<Told<'_>> = keys.into_iter().map(|key| Told::of(key, now)).collect();
    if manner.json { print::json(&told) } else { print::answer(&rendered(&told)) }
}

fn rendered(keys: &[Told<'_>]) -> String {
    let rows = keys.iter().map(|Told { key, age_days, is_old }| {
        let facts = &key.facts;
        let user = facts.user_arn.as_deref().map(|arn| arn.rsplit('/').next().unwrap_or(arn));
        let age = duration::days(*age_days);
        let cells = [
            key.name.clone(),
            facts.access_key_id.clone(),
            facts.account_id.clone().unwrap_or_default(),
            user.unwrap_or_default().to_owned(),
            facts.mfa_serial.clone().unwrap_or_default(),
            if *is_old { format!("{age}, old: rotate it") } else { age },
        ];
        (cells, if *is_old { WARNING } else { Style::new() })
    });
    marked_table(["NAME", "ID", "ACCOUNT", "USER", "MFA DEVICE", "AGE"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatrack_core::profile::KeyFacts;

    fn key(name: &str, created: Option<&str>) -> KeyView {
        let facts = KeyFacts {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            account_id: Some("123456789012".to_owned()),
            user_arn: Some("arn:aws:iam::123456789012:user/staff/eve".to_owned()),
            mfa_serial: None,
            created: created.map(|at| at.parse().unwrap()),
        };
        KeyView { name: name.to_owned(), facts, added: "2030-03-31T00:00:00Z".parse().unwrap() }
    }

    #[test]
    fn an_old_key_is_marked_in_words_and_colour() {
        let now = "2030-04-01T00:00:00Z".parse().unwrap();
        let (old, new) = (key("work", Some("2030-01-01T00:00:00Z")), key("home", None));
        let text = rendered(&[Told::of(&old, now), Told::of(&new, now)]);
        let expected = "\
NAME  ID                    ACCOUNT       USER  MFA DEVICE  AGE
work  AKIAIOSFODNN7EXAMPLE  123456789012  eve               90 days, old: rotate it
home  AKIAIOSFODNN7EXAMPLE  123456789012  eve               1 day
";
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), expected);
        assert!(text.contains(&format!("{WARNING}90 days, old: rotate it{WARNING:#}")));
    }

    #[test]
    fn json_has_the_promised_keys() {
        let key = key("work", Some("2030-01-01T00:00:00Z"));
        let value = serde_json::to_value(Told::of(&key, "2030-01-31T00:00:00Z".parse().unwrap())).unwrap();
        for (name, expected) in [
            ("name", serde_json::json!("work")),
            ("access_key_id", "AKIAIOSFODNN7EXAMPLE".into()),
            ("account_id", "123456789012".into()),
            ("mfa_serial", serde_json::Value::Null),
            ("created", "2030-01-01T00:00:00Z".into()),
            ("age_days", 30.into()),
            ("is_old", false.into()),
        ] {
            assert_eq!(value.get(name), Some(&expected), "{name}");
        }
    }
}
