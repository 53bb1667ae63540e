//! IAM Identity Center: how an organisation is known here, and what was discovered of it.
//!
//! Deliberately absent: tokens, and everything that reaches for the portal.

mod directory;

pub use directory::{Account, Change, Directory, Listed};

use crate::profile::Profiles;
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

/// The portals that profiles know, by name: complete `sso-session` sections, and the start URLs of
/// profiles of the older form.
pub fn portals(profiles: &Profiles) -> Vec<Portal> {
    let sessions = profiles.sso_sessions.iter().filter_map(|(name, section)| {
        let setting = |key| section.get(key).filter(|value| !value.is_empty());
        Some(Portal {
            session: Some(name.clone()),
            start_url: setting("sso_start_url")?.to_owned(),
            region: setting("sso_region")?.to_owned(),
            scopes: scopes(setting("sso_registration_scopes").unwrap_or_default()),
        })
    });
    let older =
        profiles.profiles.values().filter(|profile| profile.get("sso_session").is_none()).filter_map(|it| {
            Some(Portal {
                session: None,
                start_url: it.get("sso_start_url")?.to_owned(),
                region: it.get("sso_region")?.to_owned(),
                scopes: Vec::new(),
            })
        });
    let mut all: Vec<Portal> = sessions.chain(older).collect();
    all.sort_by(|a, b| a.name().cmp(b.name()));
    all.dedup_by(|a, b| a.name() == b.name());
    all
}

/// Reads `sso_registration_scopes`: scopes with commas between.
pub fn scopes(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
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
    use crate::profile::File;

    #[test]
    fn portals_come_from_sessions_and_from_profiles_of_the_older_form() {
        let config = "[sso-session b]\nsso_start_url = https://b.example/start\nsso_region = eu-west-1\n\
            sso_registration_scopes = sso:account:access, x\n[sso-session incomplete]\nsso_region = x\n\
            [profile p]\nsso_start_url = https://a.example/start\nsso_region = us-east-1\n\
            [profile q]\nsso_start_url = https://a.example/start\nsso_region = us-east-1\n\
            [profile r]\nsso_session = b\nsso_account_id = 1\n";
        let profiles = Profiles::read(Some(File { path: "config", bytes: config.as_bytes() }), None);
        let portals = portals(&profiles);
        let names: Vec<_> = portals.iter().map(|it| (it.name(), it.region.as_str())).collect();
        assert_eq!(names, [("b", "eu-west-1"), ("https://a.example/start", "us-east-1")]);
        assert_eq!(portals[0].scopes, ["sso:account:access", "x"]);
    }

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
