//! One AssumeRole call, checked against what STS accepts before anything is called. The limits are
//! those of the service model of STS.

use super::{ChainError, Hop, SessionOptions};
use crate::arn::RoleArn;
use crate::partition::is_region;
use crate::profile::{Profile, Profiles, SharedFile};
use std::collections::BTreeSet;

/// SerialNumber.
pub(super) const MFA_SERIAL: Limit = Limit {
    key: "mfa_serial",
    least: 9,
    most: 256,
    beside: "+=/:,.@-",
    words: "9 to 256 letters, digits and _ + = / : , . @ -, as a serial number or an ARN has them",
};

/// The call that a profile with a role describes.
pub(super) fn of(profiles: &Profiles, name: &str) -> Result<Hop, ChainError> {
    let profile = find(profiles, name)?;
    let external_id = Limit {
        key: "external_id",
        least: 2,
        most: 1224,
        beside: "+=,.@:/-",
        words: "2 to 1,224 letters, digits and _ + = , . @ : / -",
    };
    Ok(Hop {
        external_id: external_id.check(name, profile)?,
        mfa_serial: MFA_SERIAL.check(name, profile)?,
        mfa_process: profile.get("mfa_process").map(str::to_owned),
        ..federated(profiles, name)?
    })
}

/// The AssumeRoleWithWebIdentity or AssumeRoleWithSAML call that a profile describes, which has
/// neither external id nor MFA device.
pub(super) fn federated(profiles: &Profiles, name: &str) -> Result<Hop, ChainError> {
    let profile = find(profiles, name)?;
    let role_arn = profile.get("role_arn").unwrap_or_default();
    let role_arn = RoleArn::parse(role_arn)
        .map_err(|source| ChainError::RoleArn { profile: name.to_owned(), source })?;
    Ok(Hop {
        duration_seconds: duration(name, profile)?,
        role_session_name: session_name(name, profile)?,
        region: region(name, profile)?,
        session: session(name, profile)?,
        ..Hop::bare(name, role_arn)
    })
}

fn find<'a>(profiles: &'a Profiles, name: &str) -> Result<&'a Profile, ChainError> {
    profiles.get(name).ok_or_else(|| ChainError::UnknownProfile { profile: name.to_owned() })
}

/// What STS accepts for a text; letters are those of ASCII.
pub(super) struct Limit {
    pub(super) key: &'static str,
    pub(super) least: usize,
    pub(super) most: usize,
    /// What it may have beside letters, digits and the underscore.
    pub(super) beside: &'static str,
    pub(super) words: &'static str,
}

impl Limit {
    pub(super) fn check(&self, name: &str, profile: &Profile) -> Result<Option<String>, ChainError> {
        self.check_filled(name, profile, str::to_owned)
    }

    /// The same for a value of which something is filled in first.
    fn check_filled(
        &self,
        name: &str,
        profile: &Profile,
        fill: impl FnOnce(&str) -> String,
    ) -> Result<Option<String>, ChainError> {
        let Some(value) = profile.get(self.key) else { return Ok(None) };
        let filled = fill(value);
        let fits = (self.least..=self.most).contains(&filled.len())
            && filled.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || self.beside.contains(c));
        if fits {
            return Ok(Some(value.to_owned()));
        }
        Err(ChainError::Limit { profile: name.to_owned(), key: self.key, limit: self.words })
    }
}

/// `role_session_name`, a template: who and where is filled in when the role is assumed.
fn session_name(name: &str, profile: &Profile) -> Result<Option<String>, ChainError> {
    let limit = Limit {
        key: "role_session_name",
        least: 2,
        most: 64,
        beside: "+=,.@-",
        words: "2 to 64 letters, digits and _ + = , . @ -, and may have {user} and {host} in it",
    };
    limit.check_filled(name, profile, |template| template.replace("{user}", "u").replace("{host}", "h"))
}

/// What the session is limited to and carries, as the profile says it.
pub(super) fn session(name: &str, profile: &Profile) -> Result<SessionOptions, ChainError> {
    let limit = |key, limit| Err(ChainError::Limit { profile: name.to_owned(), key, limit });
    let list = |key: &str| -> Vec<String> {
        let items = profile.get(key).unwrap_or_default().split(',').map(str::trim);
        items.filter(|item| !item.is_empty()).map(str::to_owned).collect()
    };
    let source_identity = Limit {
        key: "source_identity",
        least: 2,
        most: 64,
        beside: "+=,.@-",
        words: "2 to 64 letters, digits and _ + = , . @ -",
    };
    let policy = profile.get("policy").map(str::to_owned);
    let is_json =
        |text: &str| text.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
    if policy.as_ref().is_some_and(|policy| policy.chars().count() > 2048 || !is_json(policy)) {
        return limit("policy", "a policy in JSON on one line, at most 2,048 characters");
    }
    let policy_arns = list("policy_arns");
    if policy_arns.len() > 10 || policy_arns.iter().any(|arn| !arn.starts_with("arn:") || arn.len() > 2048) {
        return limit("policy_arns", "at most 10 ARNs of managed policies with commas between them");
    }
    let mut tags = Vec::new();
    for pair in list("session_tags") {
        match pair.split_once('=') {
            Some((key, value))
                if (1..=128).contains(&key.trim().chars().count()) && value.trim().chars().count() <= 256 =>
            {
                tags.push((key.trim().to_owned(), value.trim().to_owned()));
            }
            Some(_) | None => {
                return limit(
                    "session_tags",
                    "key=value pairs with commas between them, keys of 1 to 128 and values of at most 256 characters",
                );
            }
        }
    }
    let keys: BTreeSet<_> = tags.iter().map(|(key, _)| key.to_lowercase()).collect();
    if keys.len() < tags.len() {
        return limit("session_tags", "tags whose keys differ in more than the case of letters");
    }
    if tags.len() > 50 {
        return limit("session_tags", "at most 50 tags");
    }
    let transitive_tag_keys = list("transitive_session_tags");
    if transitive_tag_keys.iter().any(|wanted| !tags.iter().any(|(key, _)| key == wanted)) {
        return limit("transitive_session_tags", "keys of session_tags with commas between them");
    }
    Ok(SessionOptions {
        policy,
        policy_arns,
        tags,
        transitive_tag_keys,
        source_identity: source_identity.check(name, profile)?,
    })
}

/// An empty duration of the shared files is refused and not passed over: nobody writes one to mean
/// the default. In Hatrack's own file it takes theirs away.
fn duration(name: &str, profile: &Profile) -> Result<Option<u32>, ChainError> {
    duration_up_to(43_200, "a number of seconds from 900 to 43,200", name, profile)
}

/// `duration_seconds` from 900 to `most`; `limit` says so in words.
pub(super) fn duration_up_to(
    most: u32,
    limit: &'static str,
    name: &str,
    profile: &Profile,
) -> Result<Option<u32>, ChainError> {
    let key = "duration_seconds";
    let Some(setting) = profile.settings.setting(key) else { return Ok(None) };
    if setting.file == SharedFile::Own && profile.get(key).is_none() {
        return Ok(None);
    }
    let digits = profile.get(key).filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    match digits.and_then(|text| text.parse().ok()) {
        Some(seconds) if (900..=most).contains(&seconds) => Ok(Some(seconds)),
        Some(_) | None => Err(ChainError::Limit { profile: name.to_owned(), key, limit }),
    }
}

fn region(name: &str, profile: &Profile) -> Result<Option<String>, ChainError> {
    match profile.get("region") {
        Some(region) if !is_region(region) => Err(ChainError::Limit {
            profile: name.to_owned(),
            key: "region",
            limit: "the name of a region, such as eu-central-1",
        }),
        region => Ok(region.map(str::to_owned)),
    }
}
