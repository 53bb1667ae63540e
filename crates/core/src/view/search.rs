//! Finding one's way in the catalogue.

use crate::catalogue::{Catalogue, Role};
use std::collections::HashMap;

/// The roles of one account, in the catalogue's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRoles<'a> {
    /// The account's id; empty for roles whose account isn't known.
    pub account_id: &'a str,
    /// The account's name, else its id.
    pub account_name: &'a str,
    /// The roles; never empty.
    pub roles: Vec<&'a Role>,
}

/// Groups the catalogue's roles by account, accounts in the order in which they first occur.
pub fn group_by_account(catalogue: &Catalogue) -> Vec<AccountRoles<'_>> {
    let mut groups: Vec<AccountRoles<'_>> = Vec::new();
    let mut positions = HashMap::new();
    for role in &catalogue.roles {
        let position = *positions.entry(role.account_id.as_str()).or_insert(groups.len());
        if position == groups.len() {
            let (account_id, account_name) = (role.account_id.as_str(), role.account_name.as_str());
            groups.push(AccountRoles { account_id, account_name, roles: Vec::new() });
        }
        groups[position].roles.push(role);
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::RoleKind;
    use crate::name::RoleId;

    #[test]
    fn roles_stand_with_their_account() {
        let catalogue = Catalogue {
            roles: [("a", "1"), ("b", "2"), ("c", "1"), ("d", "")].map(|(name, id)| role(name, id)).into(),
        };
        let groups: Vec<(&str, Vec<&str>)> = group_by_account(&catalogue)
            .iter()
            .map(|group| (group.account_id, group.roles.iter().map(|role| role.name.as_str()).collect()))
            .collect();
        assert_eq!(groups, [("1", vec!["a", "c"]), ("2", vec!["b"]), ("", vec!["d"])]);
    }

    fn role(name: &str, account_id: &str) -> Role {
        Role {
            id: RoleId::of_profile(name),
            name: name.to_owned(),
            account_id: account_id.to_owned(),
            account_name: account_id.to_owned(),
            role_name: name.to_owned(),
            kind: RoleKind::AssumeRole,
            source: "~/.aws/config".to_owned(),
            region: None,
            tags: Vec::new(),
            needs: None,
        }
    }
}
