//! What discovery found of one organisation, kept small: an organisation may have ten thousand
//! accounts with ten roles each, and their names are mostly the same ones.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// The accounts and roles of one organisation, as they were last listed. It serves offline too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Directory {
    /// The organisation: [`super::organisation`] of its start URL.
    pub organisation: String,
    /// The accounts, by id.
    accounts: Vec<Account>,
    /// The names of roles, each once.
    role_names: Vec<String>,
    /// When a listing was last brought to its end; `None`: never.
    pub complete: Option<Timestamp>,
}

/// One account of an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Its id, twelve digits.
    pub id: String,
    /// Its name, as the portal tells it; it may be anything.
    pub name: String,
    /// The address of its root user, as the portal tells it.
    pub email: String,
    /// Its roles, as indices into the directory's names.
    roles: Vec<u32>,
    /// When its roles were last listed; `None`: never.
    pub listed: Option<Timestamp>,
    /// Why its roles could not be listed the last time, if they could not.
    pub failure: Option<String>,
}

/// One account, as ListAccounts tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The address of its root user.
    pub email: String,
}

/// What two listings of an organisation differ in: account id and role name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Roles that the later one has.
    pub gained: Vec<(String, String)>,
    /// Roles that the earlier one had.
    pub lost: Vec<(String, String)>,
}

impl Directory {
    /// An organisation of which nothing is known yet.
    pub fn new(organisation: String) -> Self {
        Self { organisation, ..Self::default() }
    }

    /// The accounts, by id.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The account with this id.
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.accounts.get(self.position(id).ok()?)
    }

    /// The names of an account's roles, in their order.
    pub fn roles<'a>(&'a self, account: &'a Account) -> impl ExactSizeIterator<Item = &'a str> {
        account.roles.iter().map(|index| self.role_name(*index))
    }

    /// The names of roles, each once.
    pub fn role_names(&self) -> impl Iterator<Item = &str> {
        self.role_names.iter().map(String::as_str)
    }

    /// Tells whether an account has a role.
    pub fn has_role(&self, account_id: &str, role_name: &str) -> bool {
        self.account(account_id).is_some_and(|account| self.roles(account).any(|role| role == role_name))
    }

    /// How many roles there are.
    pub fn len(&self) -> usize {
        self.accounts.iter().map(|account| account.roles.len()).sum()
    }

    /// Whether there is no role.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes over what ListAccounts told, all pages of it: accounts that it doesn't name are gone,
    /// others keep their roles. An account that it names twice is taken once.
    pub fn set_accounts(&mut self, listed: impl IntoIterator<Item = Listed>) {
        let mut before: HashMap<String, Account> =
            self.accounts.drain(..).map(|account| (account.id.clone(), account)).collect();
        let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
        for Listed { id, name, email } in listed {
            if !accounts.contains_key(&id) {
                let known = before.remove(&id).unwrap_or_default();
                accounts.insert(id.clone(), Account { id, name, email, ..known });
            }
        }
        self.accounts = accounts.into_values().collect();
    }

    /// Takes over the roles of an account; one that isn't known is passed over.
    pub fn set_roles<'a>(
        &mut self,
        account_id: &str,
        names: impl IntoIterator<Item = &'a str>,
        at: Timestamp,
    ) {
        let Ok(position) = self.position(account_id) else { return };
        let mut names: Vec<&str> = names.into_iter().collect();
        names.sort_unstable();
        names.dedup();
        let roles = names.into_iter().map(|name| self.index(name)).collect();
        let account = &mut self.accounts[position];
        account.roles = roles;
        account.listed = Some(at);
        account.failure = None;
    }

    /// Notes that the roles of an account could not be listed; those of before stay.
    pub fn set_failure(&mut self, account_id: &str, failure: String) {
        if let Ok(position) = self.position(account_id) {
            self.accounts[position].failure = Some(failure);
        }
    }

    /// The accounts whose roles are to be listed, the most urgent first: those that were never
    /// listed or could not be, then those in use that were listed before `used_age`, then all that
    /// were before `age`; the older the sooner.
    pub fn due(
        &self,
        now: Timestamp,
        age: SignedDuration,
        used_age: SignedDuration,
        is_used: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let mut due: Vec<(u8, Option<Timestamp>, &str)> = self
            .accounts
            .iter()
            .filter_map(|account| {
                let Some(listed) = account.listed.filter(|_| account.failure.is_none()) else {
                    return Some((0, account.listed, account.id.as_str()));
                };
                let old = now.duration_since(listed);
                if old >= used_age && is_used(&account.id) {
                    Some((1, Some(listed), account.id.as_str()))
                } else {
                    (old >= age).then_some((2, Some(listed), account.id.as_str()))
                }
            })
            .collect();
        due.sort_unstable();
        due.into_iter().map(|(_, _, id)| id.to_owned()).collect()
    }

    /// What came and went since an earlier listing; accounts that were never listed in both count
    /// for nothing, so that a first listing gains nothing.
    pub fn since(&self, earlier: &Self) -> Change {
        let mut change = Change::default();
        for account in &self.accounts {
            let Some(before) = earlier.account(&account.id) else {
                if earlier.complete.is_some() {
                    change.gained.extend(self.roles(account).map(|role| pair(account, role)));
                }
                continue;
            };
            if before.listed.is_none() || account.listed.is_none() {
                continue;
            }
            let had: Vec<&str> = earlier.roles(before).collect();
            let has: Vec<&str> = self.roles(account).collect();
            let missing_in = |others: &[&str], role: &str| others.binary_search(&role).is_err();
            change
                .gained
                .extend(has.iter().filter(|role| missing_in(&had, role)).map(|role| pair(account, role)));
            change
                .lost
                .extend(had.iter().filter(|role| missing_in(&has, role)).map(|role| pair(account, role)));
        }
        for gone in earlier.accounts.iter().filter(|account| self.account(&account.id).is_none()) {
            change.lost.extend(earlier.roles(gone).map(|role| pair(gone, role)));
        }
        change
    }

    /// Brings what was read from a file into order: accounts once and by id, indices that point
    /// somewhere.
    #[must_use]
    pub fn repaired(mut self) -> Self {
        let names = self.role_names.len();
        for account in &mut self.accounts {
            account.roles.retain(|index| usize::try_from(*index).is_ok_and(|index| index < names));
        }
        self.accounts.sort_by(|a, b| a.id.cmp(&b.id));
        self.accounts.dedup_by(|a, b| a.id == b.id);
        let mut ordered = std::mem::take(&mut self.accounts);
        for account in &mut ordered {
            let role_names = &self.role_names;
            account.roles.sort_by_key(|index| name_at(role_names, *index));
            account.roles.dedup();
        }
        self.accounts = ordered;
        self
    }

    fn position(&self, id: &str) -> Result<usize, usize> {
        self.accounts.binary_search_by(|account| account.id.as_str().cmp(id))
    }

    fn role_name(&self, index: u32) -> &str {
        name_at(&self.role_names, index)
    }

    /// The index of a role's name, a new one if need be. Organisations have few names, so that
    /// looking through them is quick.
    fn index(&mut self, name: &str) -> u32 {
        let position = self.role_names.iter().position(|known| known == name).unwrap_or_else(|| {
            self.role_names.push(name.to_owned());
            self.role_names.len() - 1
        });
        u32::try_from(position).unwrap_or(u32::MAX)
    }
}

fn name_at(names: &[String], index: u32) -> &str {
    usize::try_from(index).ok().and_then(|index| names.get(index)).map_or("", String::as_str)
}

fn pair(account: &Account, role: &str) -> (String, String) {
    (account.id.clone(), role.to_owned())
}

#[cfg(test)]
mod tests;
