//! Finds the role that a person means.

use super::{Catalogue, Fields, Role};
use crate::failure::{Failure, FailureCode};
use crate::name::{RoleId, shown};

/// How many roles or names a failure lists.
const LISTED: usize = 5;

impl Catalogue {
    /// Finds a role by its id, else by its name or that of a profile, else by words that all stand
    /// somewhere in its name, its account's name or id, or its role's name, whatever the case of the
    /// letters. `ACCOUNT/ROLE` names a role of Identity Center, the account by name or id.
    ///
    /// Fails with [`FailureCode::Usage`] where several fit, and with [`FailureCode::NotFound`] where
    /// none does, with the names that come next.
    pub fn find(&self, text: &str) -> Result<Role, Failure> {
        if let Some(role) = self.get(&RoleId(text.to_owned())) {
            return Ok(role);
        }
        let named = |fields: &Fields<'_>| {
            let by_account = || {
                let (account, role) = text.rsplit_once('/')?;
                Some(
                    fields.role_name == role
                        && (fields.account_id == account || fields.account_name == account),
                )
            };
            fields.name == text
                || fields.profiles.iter().any(|profile| profile == text)
                || (!fields.organisation.is_empty() && by_account() == Some(true))
        };
        if let Some(found) = self.only(text, named) {
            return found;
        }
        let wanted = text.trim().to_lowercase();
        if wanted.is_empty() {
            return Err(Failure::new(
                FailureCode::Usage,
                "The role's name is empty.",
                "Give a role of \"hat roles\", or a part of its name.",
            ));
        }
        let words: Vec<&str> = wanted.split_whitespace().collect();
        let fits = |fields: &Fields<'_>| {
            let all = format!(
                "{}\n{}/{}\n{}\n{}",
                fields.name,
                fields.account_name,
                fields.role_name,
                fields.account_id,
                fields.profiles.join("\n")
            );
            let all = all.to_lowercase();
            all.contains(&wanted) || words.iter().all(|word| all.contains(word))
        };
        self.only(text, fits).unwrap_or_else(|| Err(self.none(text, &wanted)))
    }

    /// The one role that fits; `None` where none does, a failure where several do.
    fn only(&self, text: &str, fits: impl Fn(&Fields<'_>) -> bool) -> Option<Result<Role, Failure>> {
        let mut fitting = self.fields().enumerate().filter(|(_, fields)| fits(fields)).map(|(at, _)| at);
        match (fitting.next()?, fitting.next()) {
            (first, None) => self.role(first).map(Ok),
            (first, Some(second)) => {
                let listed: Vec<Role> = [first, second]
                    .into_iter()
                    .chain(fitting.by_ref().take(LISTED - 2))
                    .filter_map(|at| self.role(at))
                    .collect();
                Some(Err(several(text, &listed, fitting.count())))
            }
        }
    }

    fn none(&self, text: &str, wanted: &str) -> Failure {
        let wanted: Vec<char> = wanted.chars().take(LONGEST).collect();
        let mut near: Vec<(usize, String)> = self
            .fields()
            .filter_map(|fields| {
                let of_account = || format!("{}/{}", fields.account_name, fields.role_name);
                let name = match (fields.profiles.first(), fields.name) {
                    (Some(profile), _) => profile.clone(),
                    (None, "") => of_account(),
                    (None, name) => name.to_owned(),
                };
                let distance = distance(&wanted, &name);
                (distance <= wanted.len().div_ceil(3)).then_some((distance, name))
            })
            .collect();
        near.sort_unstable();
        near.dedup();
        let names: Vec<String> =
            near.iter().take(LISTED).map(|(_, name)| format!("\"{}\"", shown(name))).collect();
        let remedy = if names.is_empty() {
            "See \"hat roles\" for those that there are.".to_owned()
        } else {
            format!("Did you mean {}?", names.join(", "))
        };
        Failure::new(FailureCode::NotFound, format!("No role fits \"{}\".", shown(text)), remedy)
    }
}

/// A failure that lists the roles by what tells them apart.
fn several(text: &str, roles: &[Role], more: usize) -> Failure {
    let listed: Vec<String> = roles.iter().map(|role| format!("\"{}\"", shown(&role.id.0))).collect();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Failure::new(
        FailureCode::Usage,
        format!("Several roles fit \"{}\": {}{more}.", shown(text), listed.join(", ")),
        "Give more of the name, or one of these.",
    )
}

/// How much of a name is compared with others.
const LONGEST: usize = 64;

/// How many characters must be put in, left out or changed to make one name of the other.
fn distance(wanted: &[char], name: &str) -> usize {
    let mut row: Vec<usize> = (0..=wanted.len()).collect();
    for (at, c) in name.to_lowercase().chars().take(LONGEST).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (index, other) in wanted.iter().enumerate() {
            let change = diagonal + usize::from(*other != c);
            diagonal = row[index + 1];
            row[index + 1] = change.min(diagonal + 1).min(row[index] + 1);
        }
    }
    row[wanted.len()]
}
