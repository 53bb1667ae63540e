//! IAM Identity Center: how an organisation is known here, and what was discovered of it.
//!
//! Deliberately absent: tokens, and everything that reaches for the portal.

mod directory;

pub use directory::{Account, Change, Directory, Listed};

use serde::{Deserialize, Serialize};

/// How this machine knows an organisation's access portal: a `sso-session` section, or the
/// `sso_start_url` and `sso_region` of a profile of the older form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Portal {
    /// The name of the `sso-session` section; `None`: the older form.
    pub session: Option<String>,
    /// `sso_start_url`, as it stands in the file.
    pub start_url: String,
    /// `sso_region`: where the organisation's instance is.
    pub region: String,
    /// `sso_registration_scopes`; empty: `sso:account:access` alone.
    pub scopes: Vec<String>,
}

impl Portal {
    /// What people, and the AWS CLI's cache, call it: the session's name, else the start URL.
    pub fn name(&self) -> &str {
        self.session.as_deref().unwrap_or(&self.start_url)
    }

    /// The organisation behind it.
    pub fn organisation(&self) -> String {
        organisation(&self.start_url)
    }
}

/// The identity of an organisation: its start URL without what people leave out or put at its
/// end, host in lower case.
///
/// `https://Acme.awsapps.com/start/#/` and `https://acme.awsapps.com/start` are the same.
pub fn organisation(start_url: &str) -> String {
    let text = start_url.trim();
    let text = text.split_once('#').map_or(text, |(before, _)| before).trim_end_matches('/');
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    format!("{}://{}{path}", scheme.to_lowercase(), host.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_is_known_by_its_start_url_however_that_is_written() {
        for written in [
            "https://acme.awsapps.com/start",
            "https://acme.awsapps.com/start/",
            " https://Acme.awsapps.com/start#/ ",
            "HTTPS://acme.awsapps.com/start/#/?tab=accounts",
        ] {
            assert_eq!(organisation(written), "https://acme.awsapps.com/start", "{written}");
        }
        assert_eq!(organisation("https://A.example/Start"), "https://a.example/Start");
        assert_ne!(organisation("https://a.example/start"), organisation("https://b.example/start"));
        assert_eq!(organisation("nonsense"), "nonsense");
    }
}
