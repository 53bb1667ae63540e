//! One AssumeRole call, checked against what STS accepts before anything is called. The limits are
//! those of the service model of STS.

use super::{ChainError, Hop};
use crate::arn::RoleArn;
use crate::partition::is_region;
use crate::profile::{Profile, Profiles};

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
    let mfa_serial = Limit {
        key: "mfa_serial",
        least: 9,
        most: 256,
        beside: "+=/:,.@-",
        words: "9 to 256 letters, digits and _ + = / : , . @ -, as a serial number or an ARN has them",
    };
    Ok(Hop {
        external_id: external_id.check(name, profile)?,
        mfa_serial: mfa_serial.check(name, profile)?,
        duration_seconds: duration(name, profile)?,
        ..with_web_identity(profiles, name)?
    })
}

/// The AssumeRoleWithWebIdentity call that a profile describes, which has neither external id nor
/// MFA device.
pub(super) fn with_web_identity(profiles: &Profiles, name: &str) -> Result<Hop, ChainError> {
    let profile = find(profiles, name)?;
    let role_arn = profile.get("role_arn").unwrap_or_default();
    let role_arn = RoleArn::parse(role_arn)
        .map_err(|source| ChainError::RoleArn { profile: name.to_owned(), source })?;
    let role_session_name = Limit {
        key: "role_session_name",
        least: 2,
        most: 64,
        beside: "+=,.@-",
        words: "2 to 64 letters, digits and _ + = , . @ -",
    };
    Ok(Hop {
        profile: name.to_owned(),
        role_arn,
        external_id: None,
        mfa_serial: None,
        duration_seconds: None,
        role_session_name: role_session_name.check(name, profile)?,
        region: region(name, profile)?,
    })
}

fn find<'a>(profiles: &'a Profiles, name: &str) -> Result<&'a Profile, ChainError> {
    profiles.get(name).ok_or_else(|| ChainError::UnknownProfile { profile: name.to_owned() })
}

/// What STS accepts for a text; letters are those of ASCII.
struct Limit {
    key: &'static str,
    least: usize,
    most: usize,
    /// What it may have beside letters, digits and the underscore.
    beside: &'static str,
    words: &'static str,
}

impl Limit {
    fn check(&self, name: &str, profile: &Profile) -> Result<Option<String>, ChainError> {
        let Some(value) = profile.get(self.key) else { return Ok(None) };
        let fits = (self.least..=self.most).contains(&value.len())
            && value.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || self.beside.contains(c));
        if fits {
            return Ok(Some(value.to_owned()));
        }
        Err(ChainError::Limit { profile: name.to_owned(), key: self.key, limit: self.words })
    }
}

/// An empty duration is refused and not passed over: nobody writes one to mean the default.
fn duration(name: &str, profile: &Profile) -> Result<Option<u32>, ChainError> {
    let key = "duration_seconds";
    if profile.settings.setting(key).is_none() {
        return Ok(None);
    }
    let digits = profile.get(key).filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    match digits.and_then(|text| text.parse().ok()) {
        Some(seconds @ 900..=43_200) => Ok(Some(seconds)),
        Some(_) | None => Err(ChainError::Limit {
            profile: name.to_owned(),
            key,
            limit: "a number of seconds from 900 to 43,200",
        }),
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
