//! Lists that come in pages: bounded, and never in a circle.

use crate::cache::Token;
use crate::call::{Refusal, nonsense};
use crate::portal::Door;
use aws_sdk_sso::types::AccountInfo;
use hatrack_core::failure::{Failure, FailureCode};
use std::collections::HashSet;

/// The most accounts that are taken for those of one organisation.
pub(super) const MOST_ACCOUNTS: usize = 100_000;
/// The most pages of accounts; a portal may give fewer than a hundred on each.
const MOST_ACCOUNT_PAGES: usize = 5_000;
/// The most pages of one account's roles.
const MOST_ROLE_PAGES: usize = 100;
/// The most roles of one account.
const MOST_ROLES: usize = 5_000;
/// The longest mark of a page: it travels in an address.
const LONGEST_MARK: usize = 8 * 1024;

/// The marks of the pages that were read.
#[derive(Debug, Default)]
pub(super) struct Marks(HashSet<String>);

impl Marks {
    /// Whether a page behind this mark may be asked for.
    fn take(&mut self, mark: &str, most: usize) -> bool {
        mark.len() <= LONGEST_MARK && self.0.len() < most && self.0.insert(mark.to_owned())
    }

    /// The same, for pages of accounts.
    pub(super) fn take_accounts(&mut self, mark: &str) -> bool {
        self.take(mark, MOST_ACCOUNT_PAGES)
    }
}

/// What came of one question.
pub(super) enum Answer {
    /// A page of accounts.
    Accounts {
        /// The mark that it was asked for with.
        from: Option<String>,
        /// The accounts and the next mark.
        result: Result<(Vec<AccountInfo>, Option<String>), Refusal>,
    },
    /// All pages of one account's roles.
    Roles {
        /// The account's id.
        account: String,
        /// The names.
        result: Result<Vec<String>, Refusal>,
    },
}

/// Asks for one page of accounts.
pub(super) async fn accounts(door: Door, token: Token, from: Option<String>) -> Answer {
    let result = door.accounts(&token, from.as_deref()).await;
    Answer::Accounts { from, result: result.map(|page| (page.items, page.next)) }
}

/// Asks for all roles of one account.
pub(super) async fn roles(door: Door, token: Token, account: String) -> Answer {
    let result = all_roles(&door, &token, &account).await;
    Answer::Roles { account, result }
}

async fn all_roles(door: &Door, token: &Token, account: &str) -> Result<Vec<String>, Refusal> {
    let (mut names, mut from, mut marks) = (Vec::new(), None::<String>, Marks::default());
    loop {
        let page = door.roles(token, account, from.as_deref()).await?;
        names.extend(page.items.into_iter().map(|role| role.role_name.unwrap_or_default()));
        let Some(next) = page.next else { return Ok(names) };
        if names.len() > MOST_ROLES || !marks.take(&next, MOST_ROLE_PAGES) {
            return Err(endless(door));
        }
        from = Some(next);
    }
}

fn endless(door: &Door) -> Refusal {
    Refusal::Failed { failure: without_end(door.host()), may_pass: false, may_have_arrived: true }
}

/// A list whose pages never end.
pub(super) fn without_end(host: &str) -> Failure {
    let failure = nonsense(host);
    Failure {
        code: FailureCode::Refused,
        happened: format!("{} gave a list whose pages don't end.", hatrack_core::name::shown(host)),
        ..failure
    }
}
