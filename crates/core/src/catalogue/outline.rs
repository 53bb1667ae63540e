//! What a face keeps of the catalogue: as much as a menu shows. More is asked for by page.

use super::{Catalogue, Role};
use crate::name::RoleId;
use serde::{Deserialize, Serialize};

/// How many accounts an outline has, and how many roles of each.
const MOST: usize = 25;

/// What a face keeps of the catalogue, however large that is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Outline {
    /// Changes with the catalogue: pages of another revision don't go together.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub revision: u64,
    /// How many roles there are.
    pub roles: usize,
    /// How many accounts there are.
    pub accounts_total: usize,
    /// The roles that sessions, favourites and recents name, if they are there.
    pub mentioned: Vec<Role>,
    /// The accounts that are used most, at most 25, in the catalogue's order.
    pub accounts: Vec<OutlineAccount>,
}

/// An account of an outline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct OutlineAccount {
    /// The account's id; empty for roles whose account isn't known.
    pub id: String,
    /// Its name, else its id.
    pub name: String,
    /// How many roles it has.
    pub total: usize,
    /// Its first roles, at most 25.
    pub roles: Vec<Role>,
}

/// Some of the roles that a query finds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Page {
    /// The catalogue's revision.
    #[cfg_attr(feature = "bindings", ts(type = "number"))]
    pub revision: u64,
    /// How many roles the query finds.
    pub total: usize,
    /// The position of the first of these.
    pub from: usize,
    /// The roles, the best first; without a query in the catalogue's order.
    pub roles: Vec<Role>,
}

impl Outline {
    /// The role with this identity, if it is mentioned or stands among the accounts.
    pub fn get(&self, id: &RoleId) -> Option<&Role> {
        let of_accounts = self.accounts.iter().flat_map(|account| &account.roles);
        self.mentioned.iter().chain(of_accounts).find(|role| role.id == *id)
    }
}

impl Catalogue {
    /// The accounts that weigh most, with their first roles, in the catalogue's order.
    pub fn outline_accounts(&self, weight: impl Fn(&str) -> u32) -> Vec<OutlineAccount> {
        let mut chosen: Vec<usize> = (0..self.accounts.len()).collect();
        if chosen.len() > MOST {
            chosen.sort_by_cached_key(|at| std::cmp::Reverse(weight(&self.accounts[*at].id)));
            chosen.truncate(MOST);
            chosen.sort_unstable();
        }
        chosen
            .into_iter()
            .map(|at| {
                let span = self.span(at);
                OutlineAccount {
                    id: self.accounts[at].id.clone(),
                    name: self.accounts[at].name.clone(),
                    total: span.len(),
                    roles: span.take(MOST).map(|position| self.made(position)).collect(),
                }
            })
            .collect()
    }

    /// The roles that are there of those that are named, each once.
    pub fn mentioned<'a>(&self, ids: impl IntoIterator<Item = &'a RoleId>) -> Vec<Role> {
        let mut positions: Vec<usize> = ids.into_iter().filter_map(|id| self.position(id)).collect();
        positions.sort_unstable();
        positions.dedup();
        positions.into_iter().map(|position| self.made(position)).collect()
    }

    /// How many accounts there are.
    pub fn accounts_total(&self) -> usize {
        self.accounts.len()
    }
}
