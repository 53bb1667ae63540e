//! `hat roles`.

use super::Manner;
use crate::connect::{client, unexpected};
use crate::print;
use crate::table::table;
use hatrack_core::catalogue::{Needs, Page, Role};
use hatrack_core::failure::Failure;
use hatrack_wire::{Answer, Client, Command, LARGEST_PAGE};
use std::process::ExitCode;

/// How often a listing begins anew because the catalogue changes under it. After that it goes on: a
/// role may then be told twice, or not.
const MOST_TRIES: usize = 3;

pub(super) fn run(manner: Manner, query: &[String], limit: Option<usize>) -> Result<ExitCode, Failure> {
    let mut client = client(manner.no_agent)?;
    let query = query.join(" ");
    let roles = found(&mut client, &query, limit.unwrap_or(usize::MAX))?;
    if manner.json {
        print::json(&roles)?;
    } else if roles.is_empty() {
        print::talk(if page(&mut client, "", 0, 1)?.total == 0 {
            "There are no roles yet. Describe one in ~/.aws/config, or sign in at your organisation: hat login."
        } else {
            "No role has all these words."
        });
    } else {
        print::answer(&rendered(&roles))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The roles that a query finds, page by page.
fn found(client: &mut Client, query: &str, limit: usize) -> Result<Vec<Role>, Failure> {
    let mut roles: Vec<Role> = Vec::new();
    let mut revision = None;
    let mut tries = 1;
    loop {
        let wanted = LARGEST_PAGE.min(limit - roles.len());
        let next = page(client, query, roles.len(), wanted)?;
        if revision.is_some_and(|revision| revision != next.revision) && tries < MOST_TRIES {
            roles.clear();
            revision = None;
            tries += 1;
            continue;
        }
        revision = Some(next.revision);
        let is_last = next.roles.is_empty();
        roles.extend(next.roles);
        if is_last || roles.len() >= limit.min(next.total) {
            return Ok(roles);
        }
    }
}

fn page(client: &mut Client, query: &str, from: usize, count: usize) -> Result<Page, Failure> {
    let Answer::Roles(page) = client.request(Command::Roles { query: query.to_owned(), from, count })? else {
        return Err(unexpected());
    };
    Ok(page)
}

fn rendered(roles: &[Role]) -> String {
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
    use hatrack_core::name::RoleId;

    fn role(name: &str, account_name: &str, needs: Option<Needs>) -> Role {
        Role {
            id: RoleId::of_profile(name),
            name: name.to_owned(),
            account_id: "123456789012".to_owned(),
            account_name: account_name.to_owned(),
            role_name: "Admin".to_owned(),
            source: "~/.aws/config".to_owned(),
            region: Some("eu-central-1".to_owned()),
            tags: vec!["Production".to_owned()],
            needs,
            ..Role::default()
        }
    }

    #[test]
    fn the_listing_tells_account_and_needs() {
        let roles = [role("shop", "Shop", Some(Needs::Mfa)), role("dev", "123456789012", None)];
        let text = anstream::adapter::strip_str(&rendered(&roles)).to_string();
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
