//! Lays Hatrack's own `roles` file over the shared files.
//!
//! It has the config file's syntax: `[profile NAME]` adds a role or changes settings of one that
//! the shared files describe (an empty value takes a setting away); `[oidc NAME]` and
//! `[saml NAME]` describe identity providers, `[sso-session NAME]` an organisation's portal. Deliberately absent: keys of AWS. They belong into
//! the vault, and are passed over here with a word about it.

use super::name::{Header, words};
use super::odd::{Odd, Oddities};
use super::read::sections::{self, Entry, Part, Parts};
use super::setting::{SettingMap, SharedFile};
use super::{File, Place, Profiles};

/// Settings that are never read from the file.
const SECRETS: [&str; 3] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];

pub(super) fn lay_over(mut all: Profiles, file: File<'_>) -> Profiles {
    all.own_path = Some(file.path.to_owned());
    let mut odd = Oddities::new(file.path);
    let Parts { parts, .. } = sections::split(file.bytes, SharedFile::Own, &mut odd);
    for Part { section, line, entries } in parts {
        match kind(&section) {
            Kind::Profile(name) => {
                let settings = settings(entries, Some(&name), &mut odd);
                let profile = all.profiles.entry(name).or_default();
                profile.settings = settings.above(std::mem::take(&mut profile.settings));
                profile.own = Some(Place { section, line });
            }
            Kind::Oidc(name) => {
                all.oidc.insert(name, settings(entries, None, &mut odd));
            }
            Kind::Saml(name) => {
                all.saml.insert(name, settings(entries, None, &mut odd));
            }
            Kind::SsoSession(name) => {
                all.sso_sessions.insert(name, settings(entries, None, &mut odd));
            }
            Kind::Other => odd.note(line, None, Odd::NotOfOwn),
        }
    }
    all.problems.extend(odd.finish(|_| None));
    all
}

enum Kind {
    Profile(String),
    Oidc(String),
    Saml(String),
    SsoSession(String),
    Other,
}

fn kind(section: &str) -> Kind {
    match words(section).as_deref() {
        Some([word, name]) if word == "oidc" && !name.is_empty() => Kind::Oidc(name.clone().into_owned()),
        Some([word, name]) if word == "saml" && !name.is_empty() => Kind::Saml(name.clone().into_owned()),
        _ => match Header::of_config(section) {
            Header::Profile(name) => Kind::Profile(name),
            Header::SsoSession(name) => Kind::SsoSession(name),
            Header::Services(_) | Header::Defaults | Header::Bare(_) | Header::Malformed | Header::Other => {
                Kind::Other
            }
        },
    }
}

fn settings(entries: Vec<Entry>, profile: Option<&str>, odd: &mut Oddities<'_>) -> SettingMap {
    let (secret, plain): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|(key, _)| SECRETS.contains(&key.as_ref()));
    if let Some((_, setting)) = secret.first() {
        odd.note(setting.line, profile, Odd::KeysInOwn);
    }
    SettingMap::of(plain, |_, setting| odd.note(setting.line, profile, Odd::SettingTwice))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid_over(config: &str, own: &str) -> Profiles {
        let file = |bytes: &'static [u8], path| File { path, bytes };
        let leak = |text: &str| -> &'static [u8] { text.to_owned().leak().as_bytes() };
        Profiles::read(Some(file(leak(config), "config")), None).with_own(file(leak(own), "roles"))
    }

    #[test]
    fn own_settings_lie_over_the_shared_ones() {
        let profiles = laid_over(
            "[profile a]\nregion = eu-west-1\nmfa_serial = arn:aws:iam::1:mfa/x\n",
            "[profile a]\nregion = eu-central-1\nmfa_serial =\n[profile b]\nsource_profile = a\n",
        );
        assert_eq!(profiles.get("a").unwrap().get("region"), Some("eu-central-1"));
        assert_eq!(profiles.get("a").unwrap().get("mfa_serial"), None, "an empty value takes it away");
        assert_eq!(profiles.get("b").unwrap().get("source_profile"), Some("a"));
        assert_eq!(profiles.problems, []);
    }

    #[test]
    fn providers_have_sections_of_their_own() {
        let profiles = laid_over(
            "",
            "[oidc work]\nissuer = https://id.example\n[saml \"my idp\"]\nsign_in_url = https://x\n",
        );
        assert_eq!(profiles.oidc["work"].get("issuer"), Some("https://id.example"));
        assert_eq!(profiles.saml["my idp"].get("sign_in_url"), Some("https://x"));
    }

    #[test]
    fn what_is_laid_over_tells_where_it_stands() {
        let profiles = laid_over("[profile a]\nregion = eu-west-1\n", "\n[profile a]\noutput = json\n");
        let profile = profiles.get("a").unwrap();
        assert_eq!(profile.own, Some(Place { section: "profile a".to_owned(), line: 2 }));
        assert_eq!(profile.config.as_ref().map(|place| place.line), Some(1));
        assert_eq!(profile.settings.setting("output").map(|s| (s.file, s.line)), Some((SharedFile::Own, 3)));
        assert_eq!(profile.settings.setting("region").map(|s| s.file), Some(SharedFile::Config));
        assert_eq!(profiles.path(SharedFile::Own), Some("roles"));
    }

    #[test]
    fn keys_of_the_shared_files_stay_although_the_own_file_has_some() {
        let profiles = laid_over(
            "[profile a]\naws_access_key_id = AKIASHARED\naws_secret_access_key = s\n",
            "[profile a]\naws_access_key_id = AKIAOWN\naws_session_token = t\nregion = x\n",
        );
        let profile = profiles.get("a").unwrap();
        assert_eq!(profile.get("aws_access_key_id"), Some("AKIASHARED"));
        assert_eq!(profile.get("aws_session_token"), None);
        assert_eq!(profiles.problems.len(), 1, "told once for a section");
        assert_eq!((profiles.problems[0].file.as_str(), profiles.problems[0].line), ("roles", Some(2)));
    }

    #[test]
    fn a_provider_without_a_name_and_a_bare_section_are_told() {
        let profiles = laid_over("", "[oidc]\nissuer = x\n[a]\nregion = x\n[saml \"\"]\nsign_in_url = x\n");
        assert!(profiles.oidc.is_empty() && profiles.saml.is_empty() && profiles.profiles.is_empty());
        assert_eq!(
            profiles.problems.iter().map(|it| it.line).collect::<Vec<_>>(),
            [Some(1), Some(3), Some(5)]
        );
    }

    #[test]
    fn keys_are_passed_over_and_told() {
        let profiles = laid_over("", "[profile a]\naws_access_key_id = AKIAX\n[services x]\n");
        assert_eq!(profiles.get("a").unwrap().get("aws_access_key_id"), None);
        assert_eq!(profiles.problems.len(), 2);
    }

    #[test]
    fn an_organisation_s_portal_can_stand_here_alone() {
        let profiles = laid_over("", "[sso-session acme]\nsso_start_url = https://acme.example/start\n");
        assert_eq!(profiles.sso_sessions["acme"].get("sso_start_url"), Some("https://acme.example/start"));
        assert_eq!(profiles.problems, []);
    }
}
