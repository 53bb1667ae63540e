//! Organisations of any size, the same ones each time.

use super::{AssignedAccount, Organisation};
use std::sync::Arc;

/// What permission sets are called, before they are numbered.
const SETS: [&str; 10] = [
    "AdministratorAccess",
    "ReadOnlyAccess",
    "PowerUserAccess",
    "ViewOnlyAccess",
    "SecurityAudit",
    "Billing",
    "DatabaseAdministrator",
    "NetworkAdministrator",
    "SupportUser",
    "DataScientist",
];

const TEAMS: [&str; 12] = [
    "payments",
    "search",
    "identity",
    "billing",
    "mobile",
    "data",
    "platform",
    "logistics",
    "catalogue",
    "support",
    "research",
    "media",
];

const STAGES: [&str; 4] = ["development", "staging", "production", "sandbox"];

impl Organisation {
    /// An organisation with so many accounts of so many permission sets each, which all accounts
    /// share; `ann` can sign in and sees everything.
    pub fn generated(
        start_url: impl Into<String>,
        region: impl Into<String>,
        accounts: u32,
        sets: u32,
    ) -> Self {
        let sets: Arc<[String]> = (0..sets as usize).map(set).collect();
        let account = |number: u32| {
            let at = number as usize;
            let (team, stage) = (TEAMS[at / STAGES.len() % TEAMS.len()], STAGES[at % STAGES.len()]);
            AssignedAccount {
                // Any twelve digits, none of them twice.
                id: format!("{:012}", 100_000_000_000 + u64::from(number) * 7_919),
                name: format!("{team}-{stage}-{number:05}"),
                email: format!("aws+{team}-{stage}-{number}@acme.example"),
                permission_sets: Arc::clone(&sets),
            }
        };
        let accounts = (0..accounts).map(account).collect();
        Self { accounts, ..Self::new(start_url, region).person("ann") }
    }
}

fn set(at: usize) -> String {
    match at / SETS.len() {
        0 => SETS[at].to_owned(),
        round => format!("{}{}", SETS[at % SETS.len()], round + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ten_thousand_accounts_have_their_own_ids_and_one_list_of_sets() {
        let organisation = Organisation::generated("https://big.awsapps.com/start", "eu-west-1", 10_000, 25);
        let ids: HashSet<_> = organisation.accounts.iter().map(|account| account.id.as_str()).collect();
        assert!(ids.len() == 10_000 && ids.iter().all(|id| id.len() == 12));
        let sets = &organisation.accounts[0].permission_sets;
        assert!(organisation.accounts.iter().all(|account| Arc::ptr_eq(&account.permission_sets, sets)));
        assert_eq!(sets.iter().collect::<HashSet<_>>().len(), 25);
    }
}
