//! Finds the role that a person means.

use super::{Catalogue, Role};
use crate::failure::{Failure, FailureCode};
use crate::name::shown;

/// How many roles or names a failure lists.
const LISTED: usize = 5;

impl Catalogue {
    /// Finds a role by its id, else by its name, else by a part of its name, its account's name or
    /// id, or its role's name, whatever the case of the letters.
    ///
    /// Fails with [`FailureCode::Usage`] where several fit, and with [`FailureCode::NotFound`] where
    /// none does, with the names that come next.
    pub fn find(&self, text: &str) -> Result<&Role, Failure> {
        if let Some(role) = self.roles.iter().find(|role| role.id.0 == text) {
            return Ok(role);
        }
        let mut named = self.roles.iter().filter(|role| role.name == text);
        match (named.next(), named.next()) {
            (Some(role), None) => return Ok(role),
            (Some(first), Some(second)) => {
                return Err(several(text, &mut [first, second].into_iter().chain(named)));
            }
            (None, _) => {}
        }
        let wanted = text.trim().to_lowercase();
        if wanted.is_empty() {
            return Err(Failure::new(
                FailureCode::Usage,
                "The role's name is empty.",
                "Give a role of \"hat roles\", or a part of its name.",
            ));
        }
        let mut fitting = self.roles.iter().filter(|role| {
            [&role.name, &role.account_name, &role.account_id, &role.role_name]
                .into_iter()
                .any(|field| field.to_lowercase().contains(&wanted))
        });
        match (fitting.next(), fitting.next()) {
            (Some(role), None) => Ok(role),
            (Some(first), Some(second)) => {
                Err(several(text, &mut [first, second].into_iter().chain(fitting)))
            }
            (None, _) => Err(self.none(text, &wanted)),
        }
    }

    fn none(&self, text: &str, wanted: &str) -> Failure {
        let wanted: Vec<char> = wanted.chars().take(LONGEST).collect();
        let mut near: Vec<(usize, &str)> = self
            .roles
            .iter()
            .map(|role| (distance(&wanted, &role.name), role.name.as_str()))
            .filter(|(distance, _)| *distance <= wanted.len().div_ceil(3))
            .collect();
        near.sort_unstable();
        near.dedup();
        let names: Vec<String> = near.iter().take(LISTED).map(|(_, name)| format!("\"{name}\"")).collect();
        let remedy = if names.is_empty() {
            "See \"hat roles\" for those that there are.".to_owned()
        } else {
            format!("Did you mean {}?", names.join(", "))
        };
        Failure::new(FailureCode::NotFound, format!("No role fits \"{}\".", shown(text)), remedy)
    }
}

/// A failure that lists the roles by what tells them apart.
fn several(text: &str, roles: &mut dyn Iterator<Item = &Role>) -> Failure {
    let listed: Vec<String> = roles.take(LISTED).map(|role| format!("\"{}\"", shown(&role.id.0))).collect();
    let more = roles.count();
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
