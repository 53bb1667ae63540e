//! What STS granted, taken only if it is what it should be.

use super::token::WebIdentityToken;
use crate::credentials::Credentials;
use crate::text::plain;
use aws_sdk_sts::types;
use aws_smithy_types::DateTime;
use hatrack_wire::Sealed;
use jiff::Timestamp;

/// Credentials that STS granted, and what it says about them.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The credentials.
    pub credentials: Credentials,
    /// The ARN of the role session, the federated user or the principal; GetSessionToken and
    /// AssumeRoot tell none.
    pub arn: Option<String>,
    /// The role's id and the session's name, for the AssumeRole family.
    pub assumed_role_id: Option<String>,
    /// How full policies and tags made the session, in percent of what AWS takes.
    pub packed_policy_size: Option<u32>,
    /// SourceIdentity.
    pub source_identity: Option<String>,
    /// The person, as the identity provider names them.
    pub subject: Option<String>,
    /// The identity provider, as it names itself.
    pub provider: Option<String>,
    /// AWS's request id.
    pub request_id: Option<String>,
}

/// The answer to GetCallerIdentity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account's id.
    pub account: String,
    /// The ARN of the user or of the role session.
    pub arn: String,
    /// The id of the user or of the role, and the session's name.
    pub user_id: String,
}

/// The credentials alone; what an operation says about them is added.
pub(super) fn granted(given: Option<&types::Credentials>, request_id: Option<&str>) -> Option<Granted> {
    let given = given?;
    let credentials = Credentials {
        access_key_id: word(given.access_key_id(), 128)?,
        secret_access_key: Sealed::new(word(given.secret_access_key(), 1024)?),
        session_token: Some(Sealed::new(word(given.session_token(), 64 * 1024)?)),
        expiration: Some(time(given.expiration())?),
    };
    Some(Granted {
        credentials,
        arn: None,
        assumed_role_id: None,
        packed_policy_size: None,
        source_identity: None,
        subject: None,
        provider: None,
        request_id: request_id.map(|id| plain(id, 100)),
    })
}

/// The credentials of a role's session.
pub(super) fn of_role(
    given: Option<&types::Credentials>,
    user: Option<&types::AssumedRoleUser>,
    packed_policy_size: Option<i32>,
    source_identity: Option<&str>,
    request_id: Option<&str>,
) -> Option<Granted> {
    Some(Granted {
        arn: Some(word(user?.arn(), 2048)?),
        assumed_role_id: Some(word(user?.assumed_role_id(), 2048)?),
        packed_policy_size: percent(packed_policy_size),
        source_identity: optional(source_identity),
        ..granted(given, request_id)?
    })
}

fn time(time: &DateTime) -> Option<Timestamp> {
    Timestamp::new(time.secs(), i32::try_from(time.subsec_nanos()).ok()?).ok()
}

/// What identifies somebody or something, if it is there and is what it should be.
pub(super) fn optional(text: Option<&str>) -> Option<String> {
    word(text?, 2048)
}

/// What an identity provider said, for people.
pub(super) fn shown(text: Option<&str>) -> Option<String> {
    Some(plain(text?, 300)).filter(|text| !text.is_empty())
}

pub(super) fn percent(size: Option<i32>) -> Option<u32> {
    u32::try_from(size?).ok()
}

pub(super) fn identity(account: Option<&str>, arn: Option<&str>, user_id: Option<&str>) -> Option<Identity> {
    Some(Identity { account: self::account(account)?, arn: word(arn?, 2048)?, user_id: word(user_id?, 256)? })
}

pub(super) fn account(account: Option<&str>) -> Option<String> {
    word(account?, 64)
}

pub(super) fn web_identity_token(
    token: Option<&str>,
    expiration: Option<&DateTime>,
) -> Option<WebIdentityToken> {
    Some(WebIdentityToken { token: Sealed::new(word(token?, 64 * 1024)?), expiration: time(expiration?)? })
}

/// A text of visible ASCII without a blank: these end up in files that other programs read.
pub(crate) fn word(text: &str, most: usize) -> Option<String> {
    let fits = !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn what_could_break_out_of_a_file_is_no_answer() {
        assert_eq!(word("ASIAX", 16).as_deref(), Some("ASIAX"));
        for bad in ["", "a b", "a\nb", "a\u{2028}b", "é", "12345678901234567"] {
            assert_eq!(word(bad, 16), None, "{bad:?}");
        }
    }
}
