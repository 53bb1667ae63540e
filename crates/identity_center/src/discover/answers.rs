//! What a portal tells, held to what it can be.

use crate::role_credentials::{is_account_id, is_role_name};
use aws_sdk_sso::types::AccountInfo;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::Listed;
use hatrack_core::name::shown;

/// The most characters of an account's name; AWS allows 50.
const LONGEST_NAME: usize = 300;
/// The most characters of an address.
const LONGEST_EMAIL: usize = 320;

/// An account as it was told, its texts cut to what they may be; nothing else about them is
/// changed. An id that can't be one leaves the account out.
pub(super) fn account(told: AccountInfo) -> Result<Listed, Failure> {
    let name = cut(told.account_name.unwrap_or_default(), LONGEST_NAME);
    let id = told.account_id.unwrap_or_default();
    if !is_account_id(&id) {
        return Err(Failure::new(
            FailureCode::Refused,
            format!(
                "The portal told of an account {} whose id {} isn't twelve digits.",
                shown(&format!("{name:?}")),
                shown(&format!("{id:?}"))
            ),
            "It is left out; ask who administers the organisation.",
        ));
    }
    Ok(Listed { id, name, email: cut(told.email_address.unwrap_or_default(), LONGEST_EMAIL) })
}

/// The names that can be those of roles; and of one that can't, why the account isn't whole.
pub(super) fn role_names(told: Vec<String>, account_id: &str) -> (Vec<String>, Option<String>) {
    let (fit, unfit): (Vec<String>, Vec<String>) = told.into_iter().partition(|name| is_role_name(name));
    let complaint = unfit.first().map(|first| {
        format!(
            "The portal told of a role {} in the account {account_id}, which can't be a role's name.",
            shown(&format!("{first:?}"))
        )
    });
    (fit, complaint)
}

fn cut(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
    }
    text
}
