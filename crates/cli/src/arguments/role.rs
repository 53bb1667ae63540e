//! The words of `hat role`.

use crate::duration;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum RoleVerb {
    /// Describe a role in Hatrack's own file, and tell the way to it.
    #[command(
        after_help = "Examples:\n  hat role add deploy --arn arn:aws:iam::123456789012:role/Deploy --from work --tag team=web\n  hat role add unlock --from work --set root_account_id=123456789012 --set root_task_policy=S3UnlockBucketPolicy"
    )]
    Add(Edit),
    /// Change the options of a role; the shared files stay as they are.
    ///
    /// An empty value takes a setting away.
    #[command(
        after_help = "Examples:\n  hat role edit deploy --duration 4h\n  hat role edit deploy --mfa ''"
    )]
    Edit(Edit),
    /// Remove what Hatrack's own file says of a role.
    #[command(after_help = "Example:\n  hat role remove deploy")]
    Remove {
        /// The role.
        name: String,
    },
    /// Show what Hatrack's own file says of a role, and what the shared files say.
    #[command(after_help = "Example:\n  hat role show deploy")]
    Show {
        /// The role.
        name: String,
    },
}

/// A role and its options.
#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// The role's name, which is a profile's.
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) options: Box<Options>,
}

/// The options of a role; each is one setting of its profile.
#[derive(Debug, Default, Args)]
pub(crate) struct Options {
    /// The role's ARN.
    #[arg(long)]
    pub(crate) arn: Option<String>,
    /// The profile, or the key in the vault, that the role is assumed with.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) from: Option<String>,
    /// The OpenID provider at which to sign in.
    #[arg(long, value_name = "PROVIDER")]
    pub(crate) oidc: Option<String>,
    /// The SAML provider at which to sign in.
    #[arg(long, value_name = "PROVIDER")]
    pub(crate) saml: Option<String>,
    /// The external id that the role's trust policy wants.
    #[arg(long, value_name = "ID")]
    pub(crate) external_id: Option<String>,
    /// The MFA device whose code goes with the call.
    #[arg(long, value_name = "SERIAL")]
    pub(crate) mfa: Option<String>,
    /// How long the credentials are to live: 1h, 90m, 3600.
    #[arg(long, value_parser = duration::setting)]
    pub(crate) duration: Option<String>,
    /// A session tag; may be said again.
    #[arg(long, value_name = "KEY=VALUE", value_parser = tag_setting)]
    pub(crate) tag: Vec<String>,
    /// The key of a tag that goes on along a chain; may be said again.
    #[arg(long, value_name = "KEY", value_parser = listed)]
    pub(crate) transitive: Vec<String>,
    /// The source identity.
    #[arg(long, value_name = "NAME")]
    pub(crate) source_identity: Option<String>,
    /// A file with a session policy in JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// The ARN of a managed policy that limits the session; may be said again.
    #[arg(long, value_name = "ARN", value_parser = listed)]
    pub(crate) policy_arn: Vec<String>,
    /// The session's name, or a template with {user} and {host}.
    #[arg(long, value_name = "NAME")]
    pub(crate) session_name: Option<String>,
    /// The region to go with the role.
    #[arg(long)]
    pub(crate) region: Option<String>,
    /// Any other setting of the profile; may be said again.
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
}

/// Takes `KEY=VALUE` apart.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.to_owned())),
        Some(_) | None => Err("write it like KEY=VALUE".to_owned()),
    }
}

/// An item of a setting that has commas between its items; a lone empty one takes it away.
fn listed(text: &str) -> Result<String, String> {
    if text.contains(',') { Err("it can't have a comma".to_owned()) } else { Ok(text.to_owned()) }
}

fn tag_setting(text: &str) -> Result<String, String> {
    if !text.is_empty() {
        pair(text)?;
    }
    listed(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_pairs_and_an_empty_one_takes_them_away() {
        assert_eq!(tag_setting("team=web=1"), Ok("team=web=1".to_owned()));
        assert_eq!(tag_setting(""), Ok(String::new()));
        for text in ["team", "=web", "a=b,c=d"] {
            assert!(tag_setting(text).is_err(), "{text}");
        }
        assert_eq!(pair("key=a=b"), Ok(("key".to_owned(), "a=b".to_owned())));
    }
}
