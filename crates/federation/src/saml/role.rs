//! The roles that an assertion offers.

use hatrack_core::account::is_account_id;
use hatrack_core::arn::RoleArn;

/// A role that an assertion lets its bearer assume, and the provider in IAM that stands behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SamlRole {
    /// The role.
    pub role_arn: RoleArn,
    /// The identity provider as IAM knows it, which STS calls the principal.
    pub principal_arn: String,
}

impl SamlRole {
    /// Reads `role,provider`, in either order; none where it is anything else.
    pub(super) fn parse(value: &str) -> Option<Self> {
        let (one, other) = value.split_once(',')?;
        let (one, other) = (one.trim(), other.trim());
        let (role, provider) = if is_provider(one) { (other, one) } else { (one, other) };
        let role_arn = RoleArn::parse(role).ok()?;
        is_provider(provider).then(|| Self { role_arn, principal_arn: provider.to_owned() })
    }
}

/// Whether a text is `arn:PARTITION:iam::ACCOUNT:saml-provider/NAME`.
fn is_provider(text: &str) -> bool {
    let mut fields = text.splitn(6, ':');
    let mut next = || fields.next().unwrap_or_default();
    let (arn, partition, service, region, account, resource) =
        (next(), next(), next(), next(), next(), next());
    let name = resource.strip_prefix("saml-provider/").unwrap_or_default();
    (arn, service, region) == ("arn", "iam", "")
        && !partition.is_empty()
        && is_account_id(account)
        && (1..=128).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        && partition.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_read_in_either_order_and_in_each_partition() {
        for partition in ["aws", "aws-cn", "aws-us-gov", "aws-eusc"] {
            let role = format!("arn:{partition}:iam::123456789012:role/team/Admin");
            let provider = format!("arn:{partition}:iam::123456789012:saml-provider/Work.1");
            for pair in [format!("{role},{provider}"), format!(" {provider} ,\n {role} ")] {
                let read = SamlRole::parse(&pair).unwrap();
                assert_eq!((read.role_arn.as_str(), &read.principal_arn), (role.as_str(), &provider));
            }
        }
    }

    #[test]
    fn what_is_no_pair_is_none() {
        let role = "arn:aws:iam::123456789012:role/Admin";
        let provider = "arn:aws:iam::123456789012:saml-provider/Work";
        for pair in [
            String::new(),
            role.to_owned(),
            format!("{role},{role}"),
            format!("{provider},{provider}"),
            format!("{role},{provider},{role}"),
            format!("{role};{provider}"),
            format!("{role},arn:aws:iam::123456789012:saml-provider/"),
            format!("{role},arn:aws:iam::123456789012:oidc-provider/Work"),
            format!("{role},arn:aws:iam::123456789012:saml-provider/a\u{202e}b"),
        ] {
            assert_eq!(SamlRole::parse(&pair), None, "{pair}");
        }
    }
}
