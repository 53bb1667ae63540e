//! The demo's organisation: the company's accounts once more, as its access portal assigns them.

use crate::demo::{DEMO_ACCOUNTS, DEMO_USER};
use crate::world::{AssignedAccount, Organisation};

/// The name of the `sso-session` in the home.
const SESSION: &str = "sandbox";

const START_URL: &str = "https://acme.awsapps.com/start";
const REGION: &str = "eu-central-1";

/// The account and the permission set that a profile of the home names.
const PROFILE: (&str, &str) = ("777788889999", "ReadOnlyAccess");

/// The organisation. Somebody who signs in sees the company's own accounts; the partner's isn't one.
pub(crate) fn organisation() -> Organisation {
    let own = DEMO_ACCOUNTS.iter().filter(|(_, name)| !name.contains("partner"));
    let organisation = Organisation::new(START_URL, REGION).person(DEMO_USER);
    own.fold(organisation, |organisation, (id, name)| {
        let sets: &[&str] = match *name {
            "Acme Security" => &["ReadOnlyAccess", "SecurityAudit"],
            "Acme Data" => &["AdministratorAccess", "DataScientist", "ReadOnlyAccess"],
            "Acme Production" => &["Billing", "OnCall", "ReadOnlyAccess"],
            _ => &["AdministratorAccess", "ReadOnlyAccess"],
        };
        let email = format!("aws+{}@acme.example", name.replace("Acme ", "").to_lowercase());
        organisation
            .account(AssignedAccount::new(*id, *name).email(email).permission_sets(sets.iter().copied()))
    })
}

/// The `sso-session`, as the config file has it.
pub(crate) fn session() -> String {
    format!(
        "[sso-session {SESSION}]\nsso_start_url = {START_URL}\nsso_region = {REGION}\n\
         sso_registration_scopes = sso:account:access\n"
    )
}

/// The profile of one role, as the config file has it.
pub(crate) fn profile() -> String {
    let (account, role) = PROFILE;
    format!(
        "\n[profile portal]\nsso_session = {SESSION}\nsso_account_id = {account}\nsso_role_name = {role}\n\
         region = eu-west-1\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_names_what_is_assigned() {
        let organisation = organisation();
        let account = organisation.accounts.iter().find(|account| account.id == PROFILE.0).unwrap();
        assert!(account.permission_sets.iter().any(|name| name == PROFILE.1));
        assert_eq!(organisation.accounts.len(), DEMO_ACCOUNTS.len() - 1);
    }
}
