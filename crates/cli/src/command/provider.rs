//! `hat provider`: identity providers in Hatrack's own file.

use super::Manner;
use crate::arguments::{Added, Browser, Oidc, Portal, ProviderVerb, Saml};
use crate::connect::{client, done, unexpected};
use crate::table::table;
use crate::{print, terminal};
use hatrack_core::chain::Provider;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::{Answer, Client, Command, OwnSection, SectionKind};
use serde::Serialize;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// A profile to ask about; the providers come with every description.
const ANY_PROFILE: &str = "default";

/// A provider as scripts read it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    kind: &'a str,
    name: &'a str,
}

impl<'a> Told<'a> {
    fn of(provider: &'a Provider) -> Self {
        let kind = match provider {
            Provider::Oidc(_) => "oidc",
            Provider::Saml(_) => "saml",
            Provider::IdentityCenter(_) => "identity-center",
        };
        Self { kind, name: provider.name() }
    }
}

pub(super) fn run(manner: Manner, verb: ProviderVerb) -> Result<ExitCode, Failure> {
    let mut client = client(manner.no_agent)?;
    match verb {
        ProviderVerb::Add { kind } => {
            let section = section(kind);
            let shown = print::shown(&section.name);
            if providers(&mut client)?.iter().any(|provider| provider.name() == section.name) {
                return Err(there_already(&shown));
            }
            done(&client.request(Command::SaveSection(section))?)?;
            print::talk(&format!("{shown} is saved. Sign in with hat login {shown}."));
        }
        ProviderVerb::List => {
            let providers = providers(&mut client)?;
            let told: Vec<Told<'_>> = providers.iter().map(Told::of).collect();
            if manner.json {
                print::json(&told)?;
            } else if told.is_empty() {
                print::talk("There is no provider yet. Describe one with hat provider add.");
            } else {
                let rows = told.iter().map(|it| [it.name.to_owned(), it.kind.to_owned()]);
                print::answer(&table(["NAME", "KIND"], rows))?;
            }
        }
        ProviderVerb::Secret { name } => {
            let shown = print::shown(&name);
            let secret = terminal::secret(&format!("Client secret of {shown}: "), "the client secret")?;
            done(&client.request(Command::KeepClientSecret { provider: name, secret })?)?;
            print::talk(&format!("The client secret of {shown} is in the vault."));
        }
        ProviderVerb::Remove { kind, name } => {
            let shown = print::shown(&name);
            done(&client.request(Command::RemoveSection { kind: kind.section(), name })?)?;
            print::talk(&format!("{shown} is removed."));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn providers(client: &mut Client) -> Result<Vec<Provider>, Failure> {
    let command = Command::Describe { profile: ANY_PROFILE.to_owned() };
    let Answer::Description { providers, .. } = client.request(command)? else {
        return Err(unexpected());
    };
    Ok(providers)
}

/// The section that describes a provider.
fn section(added: Added) -> OwnSection {
    let (kind, name, settings) = match added {
        Added::Oidc(Oidc {
            name,
            issuer,
            client_id,
            scopes,
            redirect_uri,
            provider_id,
            authorization_endpoint,
            token_endpoint,
        }) => {
            let settings = vec![
                ("issuer", issuer),
                ("client_id", Some(client_id)),
                ("scopes", scopes),
                ("redirect_uri", redirect_uri),
                ("provider_id", provider_id),
                ("authorization_endpoint", authorization_endpoint),
                ("token_endpoint", token_endpoint),
            ];
            (SectionKind::Oidc, name, settings)
        }
        Added::IdentityCenter(Portal { name, start_url, region, scopes }) => {
            let settings = vec![
                ("sso_start_url", Some(start_url)),
                ("sso_region", Some(region)),
                ("sso_registration_scopes", Some(scopes)),
            ];
            (SectionKind::SsoSession, name, settings)
        }
        Added::Saml(Saml { name, sign_in_url, browser, acs_url, duration }) => {
            let browser = browser.map(|browser| match browser {
                Browser::Window => "window".to_owned(),
                Browser::System => "system".to_owned(),
            });
            let settings = vec![
                ("sign_in_url", Some(sign_in_url)),
                ("browser", browser),
                ("acs_url", acs_url),
                ("session_duration", duration.map(|seconds| seconds.to_string())),
            ];
            (SectionKind::Saml, name, settings)
        }
    };
    let settings: BTreeMap<String, String> =
        settings.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect();
    OwnSection { kind, name, settings }
}

fn there_already(name: &str) -> Failure {
    let happened = format!("A provider {name} is there already.");
    Failure::new(FailureCode::Usage, happened, "Take another name, or remove it first.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_not_written() {
        let added = Added::Saml(Saml {
            name: "company".to_owned(),
            sign_in_url: "https://sso.example/app".to_owned(),
            browser: Some(Browser::Window),
            acs_url: None,
            duration: Some(3600),
        });
        let expected = OwnSection {
            kind: SectionKind::Saml,
            name: "company".to_owned(),
            settings: [
                ("browser", "window"),
                ("session_duration", "3600"),
                ("sign_in_url", "https://sso.example/app"),
            ]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        };
        assert_eq!(section(added), expected);
        let added = Added::Oidc(Oidc {
            name: "google".to_owned(),
            issuer: Some("https://accounts.google.com".to_owned()),
            client_id: "id".to_owned(),
            scopes: None,
            redirect_uri: None,
            provider_id: None,
            authorization_endpoint: None,
            token_endpoint: None,
        });
        let section = section(added);
        assert_eq!(section.settings.keys().collect::<Vec<_>>(), ["client_id", "issuer"]);
    }
}
