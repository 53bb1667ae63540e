//! `hat roles`.

use super::Manner;
use crate::connect::{client, unexpected};
use crate::print;
use crate::table::table;
use hatrack_core::catalogue::{Needs, Role};
use hatrack_core::failure::Failure;
use hatrack_wire::{Answer, Command};
use std::process::ExitCode;

pub(super) fn run(manner: Manner, query: &[String]) -> Result<ExitCode, Failure> {
    let Answer::Catalogue(catalogue) = client(manner.no_agent)?.request(Command::Catalogue)? else {
        return Err(unexpected());
    };
    let words: Vec<String> =
        query.iter().flat_map(|text| text.split_whitespace()).map(str::to_lowercase).collect();
    let roles: Vec<&Role> = catalogue.roles.iter().filter(|role| matches(role, &words)).collect();
    if manner.json {
        print::json(&roles)?;
    } else if roles.is_empty() {
        print::talk(if catalogue.roles.is_empty() {
            "There are no roles yet. Describe one in ~/.aws/config: a profile with role_arn and source_profile."
        } else {
            "No role has all these words."
        });
    } else {
        print::answer(&rendered(&roles))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a role has all these lower-case words.
fn matches(role: &Role, words: &[String]) -> bool {
    let texts = [&role.name, &role.account_id, &role.account_name, &role.role_name, &role.id.0];
    let texts: Vec<String> = texts.into_iter().chain(&role.tags).map(|text| text.to_lowercase()).collect();
    words.iter().all(|word| texts.iter().any(|text| text.contains(word.as_str())))
}

fn rendered(roles: &[&Role]) -> String {
    let rows = roles.iter().map(|role| {
        let account = if role.account_name == role.account_id {
            role.account_id.clone()
        } else {
            format!("{} ({})", role.account_name, role.account_id)
        };
        let needs = match role.needs {
            Some(Needs::Mfa) => "mfa",
            Some(Needs::Browser) => "browser",
            None => "",
        };
        let region = role.region.clone().unwrap_or_default();
        [role.name.clone(), account, role.role_name.clone(), region, needs.to_owned()]
    });
    table(["NAME", "ACCOUNT", "ROLE", "REGION", "NEEDS"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatrack_core::catalogue::RoleKind;
    use hatrack_core::name::RoleId;

    fn role(name: &str, account_name: &str, needs: Option<Needs>) -> Role {
        Role {
            id: RoleId::of_profile(name),
            name: name.to_owned(),
            account_id: "123456789012".to_owned(),
            account_name: account_name.to_owned(),
            role_name: "Admin".to_owned(),
            kind: RoleKind::AssumeRole,
            source: "~/.aws/config".to_owned(),
            region: Some("eu-central-1".to_owned()),
            tags: vec!["Production".to_owned()],
            needs,
        }
    }

    #[test]
    fn all_words_must_be_there_in_any_place_and_case() {
        let role = role("shop", "Shop GmbH", None);
        let matches =
            |words: &[&str]| matches(&role, &words.iter().map(|w| w.to_lowercase()).collect::<Vec<_>>());
        assert!(matches(&[]) && matches(&["ADMIN", "prod"]) && matches(&["3456", "gmbh"]));
        assert!(!matches(&["admin", "staging"]));
    }

    #[test]
    fn the_listing_tells_account_and_needs() {
        let (one, two) = (role("shop", "Shop", Some(Needs::Mfa)), role("dev", "123456789012", None));
        let text = anstream::adapter::strip_str(&rendered(&[&one, &two])).to_string();
        let expected = "\
NAME  ACCOUNT              ROLE   REGION        NEEDS
shop  Shop (123456789012)  Admin  eu-central-1  mfa
dev   123456789012         Admin  eu-central-1
";
        assert_eq!(text, expected);
    }

    #[test]
    fn json_has_the_promised_keys() {
        let value = serde_json::to_value(role("shop", "Shop", None)).unwrap();
        let keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        for key in [
            "id",
            "name",
            "account_id",
            "account_name",
            "role_name",
            "kind",
            "source",
            "region",
            "tags",
            "needs",
        ] {
            assert!(keys.contains(&key), "{key}");
        }
    }
}
