//! STS's limits, held before a call is made: a person is told which setting is wrong, and no code
//! is spent on it.
//!
//! They are those of STS's service model; a test holds them against it. What a role or an account
//! allows, only AWS knows.

use crate::text::plain;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use std::ops::RangeInclusive;

/// What STS takes for one parameter.
#[derive(Debug)]
pub(super) struct Rule {
    /// What a person knows it as.
    setting: &'static str,
    /// How many characters it has.
    length: RangeInclusive<usize>,
    /// Which.
    takes: Characters,
}

#[derive(Clone, Copy, Debug)]
enum Characters {
    /// `[\w]`, and these.
    Word(&'static str),
    /// What a policy may be written in.
    Latin,
    /// What XML can carry.
    Xml,
    /// Visible ASCII: it is a token or an address.
    Graphic,
}

impl Characters {
    fn take(self, c: char) -> bool {
        match self {
            Self::Word(others) => c.is_ascii_alphanumeric() || c == '_' || others.contains(c),
            Self::Latin => matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}'),
            Self::Xml => {
                matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
            }
            Self::Graphic => c.is_ascii_graphic(),
        }
    }

    fn named(self) -> String {
        match self {
            Self::Word("") => "letters, digits and _".to_owned(),
            Self::Word(others) => format!("letters, digits and _{others}"),
            Self::Latin => "Latin characters".to_owned(),
            Self::Xml => "what XML can carry".to_owned(),
            Self::Graphic => "visible ASCII characters".to_owned(),
        }
    }
}

const fn rule(setting: &'static str, length: RangeInclusive<usize>, takes: Characters) -> Rule {
    Rule { setting, length, takes }
}

const NAME: Characters = Characters::Word("+=,.@-");

pub(super) const ROLE: Rule = rule("role_arn", 20..=2048, Characters::Xml);
pub(super) const PRINCIPAL: Rule = rule("principal_arn", 20..=2048, Characters::Xml);
pub(super) const TASK_POLICY: Rule = rule("root_task_policy", 20..=2048, Characters::Xml);
pub(super) const ROOT_ACCOUNT: Rule = rule("root_account_id", 12..=2048, Characters::Graphic);
pub(super) const SESSION_NAME: Rule = rule("role_session_name", 2..=64, NAME);
pub(super) const SOURCE_IDENTITY: Rule = rule("source_identity", 2..=64, NAME);
pub(super) const FEDERATION_NAME: Rule = rule("federation_name", 2..=32, NAME);
pub(super) const EXTERNAL_ID: Rule = rule("external_id", 2..=1224, Characters::Word("+=,.@:/-"));
pub(super) const DEVICE: Rule = rule("mfa_serial", 9..=256, Characters::Word("+=/:,.@-"));
pub(super) const POLICY: Rule = rule("policy", 1..=2048, Characters::Latin);
/// AssumeRole's policy: the model sets no end to it, only the packed size does.
pub(super) const LONG_POLICY: Rule = rule("policy", 1..=usize::MAX, Characters::Latin);
pub(super) const POLICY_ARN: Rule = rule("An ARN in policy_arns", 20..=2048, Characters::Xml);
pub(super) const PROVIDER_ID: Rule = rule("provider_id", 4..=2048, Characters::Graphic);
pub(super) const WEB_IDENTITY_TOKEN: Rule = rule("The web identity token", 4..=20_000, Characters::Graphic);
pub(super) const ASSERTION: Rule = rule("The SAML assertion", 4..=100_000, Characters::Graphic);
pub(super) const TRADE_IN_TOKEN: Rule = rule("The trade-in token", 1..=usize::MAX, Characters::Graphic);
pub(super) const SIGNING_ALGORITHM: Rule = rule("The signing algorithm", 5..=5, Characters::Word(""));
pub(super) const ACCESS_KEY_ID: Rule = rule("The access key's id", 16..=128, Characters::Word(""));
pub(super) const ENCODED_MESSAGE: Rule = rule("The encoded message", 1..=10_240, Characters::Graphic);
const AUDIENCE: Rule = rule("An audience", 1..=1000, Characters::Xml);

const MOST_TAGS: usize = 50;
const MOST_POLICY_ARNS: usize = 10;
const MOST_AUDIENCES: usize = 10;
const TAG_KEY: RangeInclusive<usize> = 1..=128;
const TAG_VALUE: RangeInclusive<usize> = 0..=256;

/// Checks one parameter. Its value isn't repeated: it may be a secret.
pub(super) fn text(rule: &Rule, value: &str) -> Result<(), Failure> {
    let length = value.chars().count();
    if !rule.length.contains(&length) {
        let (least, most) = (rule.length.start(), rule.length.end());
        let wanted = match (least, *most) {
            (least, most) if *least == most => format!("{least}"),
            (least, usize::MAX) => format!("{least} at least"),
            (least, most) => format!("{least} to {most}"),
        };
        return Err(wrong(rule.setting, format!("has {length} characters, and STS takes {wanted}")));
    }
    if value.chars().all(|c| rule.takes.take(c)) {
        return Ok(());
    }
    let named = rule.takes.named();
    Err(wrong(rule.setting, format!("has a character in it that STS doesn't take: it takes {named}")))
}

/// Checks one parameter, if it is there.
pub(super) fn optional(rule: &Rule, value: Option<&str>) -> Result<(), Failure> {
    value.map_or(Ok(()), |value| text(rule, value))
}

/// Checks a role's ARN.
pub(super) fn role(arn: &str) -> Result<(), Failure> {
    text(&ROLE, arn)
}

/// Checks a duration in seconds.
pub(super) fn duration(
    seconds: Option<u32>,
    allowed: RangeInclusive<u32>,
    setting: &str,
) -> Result<(), Failure> {
    let Some(seconds) = seconds.filter(|seconds| !allowed.contains(seconds)) else { return Ok(()) };
    let (least, most) = (allowed.start(), allowed.end());
    Err(wrong(setting, format!("is {seconds}, and STS takes {least} to {most} seconds")))
}

/// Checks PolicyArns.
pub(super) fn policy_arns(arns: &[String]) -> Result<(), Failure> {
    if arns.len() > MOST_POLICY_ARNS {
        let count = arns.len();
        return Err(wrong("policy_arns", format!("has {count} ARNs, and STS takes {MOST_POLICY_ARNS}")));
    }
    arns.iter().try_for_each(|arn| text(&POLICY_ARN, arn))
}

/// Checks Audience.
pub(super) fn audience(audience: &[String]) -> Result<(), Failure> {
    if !(1..=MOST_AUDIENCES).contains(&audience.len()) {
        return Err(wrong(
            "The audience",
            format!("has {} names, and STS takes 1 to {MOST_AUDIENCES}", audience.len()),
        ));
    }
    audience.iter().try_for_each(|one| text(&AUDIENCE, one))
}

/// Checks Tags and TransitiveTagKeys.
pub(super) fn tags(tags: &[(String, String)], transitive: &[String]) -> Result<(), Failure> {
    if tags.len() > MOST_TAGS {
        return Err(wrong("session_tags", format!("has {} tags, and STS takes {MOST_TAGS}", tags.len())));
    }
    for (place, (key, value)) in tags.iter().enumerate() {
        let name = plain(key, 40);
        if !TAG_KEY.contains(&key.chars().count()) || !key.chars().all(in_tag) {
            return Err(wrong(
                "session_tags",
                format!("has the key {name:?}, and STS takes 1 to 128 letters, digits, blanks and _.:/=+-@"),
            ));
        }
        if !TAG_VALUE.contains(&value.chars().count()) || !value.chars().all(in_tag) {
            return Err(wrong(
                "session_tags",
                format!(
                    "has a value for {name:?} that STS doesn't take: it takes up to 256 letters, digits, blanks and _.:/=+-@"
                ),
            ));
        }
        if tags[..place].iter().any(|(other, _)| other.to_lowercase() == key.to_lowercase()) {
            return Err(wrong(
                "session_tags",
                format!("has {name:?} twice, and STS doesn't tell case apart"),
            ));
        }
    }
    match transitive.iter().find(|key| !tags.iter().any(|(tag, _)| tag == *key)) {
        Some(key) => Err(wrong(
            "transitive_session_tags",
            format!("has {:?}, which is none of the session_tags", plain(key, 40)),
        )),
        None => Ok(()),
    }
}

/// `[\p{L}\p{Z}\p{N}_.:/=+\-@]`.
fn in_tag(c: char) -> bool {
    let is_blank = c.is_whitespace() && !c.is_control();
    c.is_alphanumeric() || is_blank || "_.:/=+-@".contains(c)
}

/// What is said of tags that can't even be sent.
pub(super) fn bad_tags() -> Failure {
    wrong("session_tags", "has a tag without a key")
}

fn wrong(setting: &str, how: impl std::fmt::Display) -> Failure {
    let mut first = setting.chars();
    let is_key = first.next().is_some_and(char::is_lowercase);
    let remedy = if is_key {
        let key = setting.split(' ').next().unwrap_or(setting);
        format!("Correct {key} in the profile, or what was given in its place.")
    } else {
        "Look where it comes from, and try again.".to_owned()
    };
    Failure::new(FailureCode::Usage, format!("{setting} {how}."), remedy)
}

/// The device's serial number and the code. One that can't be a code is not even sent.
pub(super) fn parts(mfa: Option<&(String, Sealed)>) -> Result<(Option<&str>, Option<String>), Failure> {
    let Some((serial, code)) = mfa else { return Ok((None, None)) };
    if code.open().len() != 6 || !code.open().bytes().all(|b| b.is_ascii_digit()) {
        return Err(Failure::new(
            FailureCode::CodeRefused,
            "A code of an MFA device has six digits.",
            "Enter the six digits that the device shows now.",
        ));
    }
    Ok((Some(serial), Some(code.open().to_owned())))
}

#[cfg(test)]
mod tests;
