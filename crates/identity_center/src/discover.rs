//! What a portal assigns: its accounts, and the roles in each of them.
//!
//! A listing keeps what it has whatever ends it, so that the next one goes on where it stopped.
//! Deliberately absent: when one is wanted, and what is made of the difference.

mod answers;
mod pages;
mod run;

use crate::cache::Cache;
use crate::outside::Outside;
use hatrack_core::failure::Failure;
use hatrack_core::identity_center::{Directory, Portal};
use jiff::Timestamp;
use std::collections::HashSet;

/// What is to be listed.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The roles of every account that was last listed before this moment; `None`: only where it
    /// is due. Who repeats a listing that was stopped repeats the moment, and it goes on.
    pub all_before: Option<Timestamp>,
    /// The ids of accounts in use, which are due sooner.
    pub used: HashSet<String>,
}

/// How far a listing is.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What is known now.
    pub directory: &'a Directory,
    /// How many accounts' roles were listed.
    pub accounts_done: usize,
    /// How many accounts' roles are to be listed; `None` until all accounts are known.
    pub accounts_total: Option<usize>,
    /// How long it will take from now on, at the pace of the last seconds.
    pub seconds_left: Option<u32>,
}

/// A listing that came to its end.
#[derive(Clone, Debug)]
pub struct Found {
    /// What is known now. Accounts whose roles could not be listed carry the reason.
    pub directory: Directory,
    /// Accounts that the portal told in a way that can't be right; they are left out.
    pub left_out: Vec<Failure>,
}

/// A listing that was stopped.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// What is known now: all that was listed before it stopped, and nothing lost.
    pub directory: Directory,
    /// Why it was stopped; [`hatrack_core::failure::FailureCode::SignInNeeded`] where the token
    /// ended.
    pub failure: Failure,
}

/// Lists the accounts of a portal, and the roles of those that are due, at the portal's pace.
///
/// `tell` hears of the first accounts, of the first roles, and then about once a second. Dropping
/// the future ends the listing; what was told last is what there is then.
pub async fn discover(
    portal: &Portal,
    directory: Directory,
    scope: Scope,
    outside: &impl Outside,
    cache: &Cache,
    tell: impl FnMut(Step<'_>),
) -> Result<Found, Box<Stopped>> {
    run::Listing::begin(portal, directory, scope, outside, cache, tell).await
}
