//! Amazon Resource Names of roles and MFA devices, read at the door.

use crate::account;
use serde::{Deserialize, Serialize};

/// The ARN of an IAM role: `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "bindings", ts(type = "string"))]
pub struct RoleArn {
    text: String,
    partition: usize,
    account: (usize, usize),
    name: usize,
}

/// Why a text is not the ARN of a role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the ARN of a role; one looks like arn:aws:iam::123456789012:role/Name")]
pub struct RoleArnError(pub String);

impl RoleArn {
    /// Accepts the ARN of a role, at most 2,048 characters, or says why not.
    pub fn parse(text: &str) -> Result<Self, RoleArnError> {
        let error = || RoleArnError(text.chars().take(80).collect());
        if text.len() > 2048 || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(error());
        }
        let mut fields = text.splitn(6, ':');
        let (Some("arn"), Some(partition), Some("iam"), Some(""), Some(account), Some(resource)) =
            (fields.next(), fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(error());
        };
        let path = resource.strip_prefix("role/").ok_or_else(error)?;
        let name = path.rsplit('/').next().unwrap_or(path);
        if partition.is_empty() || name.is_empty() || !account::is_account_id(account) {
            return Err(error());
        }
        let account_start = "arn:".len() + partition.len() + ":iam::".len();
        Ok(Self {
            text: text.to_owned(),
            partition: partition.len(),
            account: (account_start, account_start + account.len()),
            name: text.len() - name.len(),
        })
    }

    /// The whole ARN.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The partition, `aws` for instance.
    pub fn partition(&self) -> &str {
        &self.text["arn:".len().."arn:".len() + self.partition]
    }

    /// The account's id.
    pub fn account_id(&self) -> &str {
        &self.text[self.account.0..self.account.1]
    }

    /// The role's name, without its path.
    pub fn role_name(&self) -> &str {
        &self.text[self.name..]
    }
}

impl TryFrom<String> for RoleArn {
    type Error = RoleArnError;
    fn try_from(text: String) -> Result<Self, RoleArnError> {
        Self::parse(&text)
    }
}

impl From<RoleArn> for String {
    fn from(arn: RoleArn) -> Self {
        arn.text
    }
}

impl std::fmt::Display for RoleArn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_arn_tells_its_parts() {
        let arn = RoleArn::parse("arn:aws-us-gov:iam::123456789012:role/team/ops/Admin").unwrap();
        assert_eq!(
            (arn.partition(), arn.account_id(), arn.role_name()),
            ("aws-us-gov", "123456789012", "Admin")
        );
    }

    #[test]
    fn what_is_not_a_role_is_refused() {
        for text in [
            "",
            "arn:aws:iam::123456789012:user/x",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::12a:role/x",
            "arn:aws:iam::1111222233334:role/x",
            "arn:aws:iam::١١١١٢٢٢٢٣٣٣٣:role/x",
            "iam::111122223333:role/x",
            "arn:aws:iam::111122223333:role/x ",
            "arn:aws:sts::123456789012:role/x",
            "arn:aws:iam::123456789012:role/x # note",
        ] {
            assert!(RoleArn::parse(text).is_err(), "{text}");
        }
    }
}
