//! What STS granted, taken only if it is what it should be.

use crate::credentials::Credentials;
use crate::text::plain;
use aws_sdk_sts::types;
use hatrack_wire::Sealed;
use jiff::Timestamp;

/// The answer to AssumeRole.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The credentials.
    pub credentials: Credentials,
    /// The ARN of the role session.
    pub arn: String,
    /// The role's id and the session's name.
    pub assumed_role_id: String,
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

pub(super) fn granted(
    credentials: Option<&types::Credentials>,
    arn: Option<&str>,
    assumed_role_id: Option<&str>,
    request_id: Option<&str>,
) -> Option<Granted> {
    Some(Granted {
        credentials: self::credentials(credentials)?,
        arn: word(arn?, 2048)?,
        assumed_role_id: word(assumed_role_id?, 256)?,
        request_id: request_id.map(|id| plain(id, 100)),
    })
}

pub(super) fn credentials(given: Option<&types::Credentials>) -> Option<Credentials> {
    let given = given?;
    let expiration = given.expiration();
    Some(Credentials {
        access_key_id: word(given.access_key_id(), 128)?,
        secret_access_key: Sealed::new(word(given.secret_access_key(), 1024)?),
        session_token: Some(Sealed::new(word(given.session_token(), 64 * 1024)?)),
        expiration: Some(
            Timestamp::new(expiration.secs(), i32::try_from(expiration.subsec_nanos()).ok()?).ok()?,
        ),
    })
}

pub(super) fn identity(account: Option<&str>, arn: Option<&str>, user_id: Option<&str>) -> Option<Identity> {
    Some(Identity { account: word(account?, 64)?, arn: word(arn?, 2048)?, user_id: word(user_id?, 256)? })
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
