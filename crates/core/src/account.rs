//! Account ids, and the names of accounts that the names of profiles suggest.

use std::collections::{BTreeMap, HashMap};

/// Tells whether a text is an account's id: twelve digits, zeros in front included.
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A role that a profile describes.
pub(crate) struct Named<'a> {
    pub(crate) profile: &'a str,
    pub(crate) role_name: &'a str,
    pub(crate) account_id: &'a str,
}

/// What ends a word of a profile's name.
const SEPARATORS: [char; 5] = ['-', '_', '.', '/', ':'];

/// Infers the names of accounts from what the names of their profiles share: `acme-dev` of
/// `acme-dev-admin` and `acme-dev-read`, or of `acme-dev-admin` alone where the role is `Admin`.
/// A name that two accounts would share is given to neither.
pub(crate) fn inferred_names<'a>(roles: impl Iterator<Item = Named<'a>>) -> BTreeMap<&'a str, &'a str> {
    let mut accounts: BTreeMap<&str, Vec<Named<'a>>> = BTreeMap::new();
    for role in roles {
        accounts.entry(role.account_id).or_default().push(role);
    }
    let inferred: Vec<(&str, &str)> = accounts
        .iter()
        .filter_map(|(id, roles)| {
            let name = match roles.as_slice() {
                [role] => without_role(role.profile, role.role_name),
                roles => shared_prefix(roles.iter().map(|role| role.profile)),
            }?;
            (name.chars().count() >= 2).then_some((*id, name))
        })
        .collect();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for (_, name) in &inferred {
        *uses.entry(name).or_default() += 1;
    }
    inferred.into_iter().filter(|(_, name)| uses.get(name) == Some(&1)).collect()
}

/// What all names begin with, up to where a word ends in all of them.
fn shared_prefix<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let first = names.next()?;
    let shared = names.fold(first, |shared, name| {
        let same = shared.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
        &shared[..shared.floor_char_boundary(same)]
    });
    let (prefix, _) = shared.rsplit_once(SEPARATORS)?;
    Some(prefix.trim_end_matches(SEPARATORS))
}

/// The profile's name without the role's name at its end, ignoring case and punctuation.
fn without_role<'a>(profile: &'a str, role_name: &str) -> Option<&'a str> {
    let mut role = role_name.chars().rev().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase);
    let mut wanted = role.next()?;
    for (at, c) in profile.char_indices().rev() {
        if !c.is_alphanumeric() {
            continue;
        }
        if !c.to_lowercase().eq([wanted]) {
            return None;
        }
        match role.next() {
            Some(next) => wanted = next,
            None => {
                let rest = &profile[..at];
                return rest.ends_with(SEPARATORS).then(|| rest.trim_end_matches(SEPARATORS));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names<'a>(roles: &[(&'a str, &'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        inferred_names(roles.iter().map(|(profile, role_name, account_id)| Named {
            profile,
            role_name,
            account_id,
        }))
        .into_iter()
        .collect()
    }

    #[test]
    fn an_account_id_has_twelve_digits() {
        assert!(is_account_id("000000000000"));
        for text in ["", "12345678901", "1111222233334", " 11122223333", "my-alias", "١١١١٢٢٢٢٣٣٣٣"]
        {
            assert!(!is_account_id(text), "{text}");
        }
    }

    #[test]
    fn what_all_profiles_of_an_account_begin_with_is_its_name() {
        assert_eq!(names(&[("acme-dev-admin", "A", "1"), ("acme-dev-read", "R", "1")]), [("1", "acme-dev")]);
        assert_eq!(names(&[("acme/dev", "A", "1"), ("acme/admin", "R", "1")]), [("1", "acme")]);
        assert_eq!(names(&[("prod-admin", "A", "1"), ("prod-admin-ro", "R", "1")]), [("1", "prod")]);
        assert_eq!(names(&[("réa-x", "A", "1"), ("réb-x", "R", "1")]), []);
        assert_eq!(names(&[("a-x", "A", "1"), ("a-y", "R", "1")]), []);
        assert_eq!(names(&[("prod", "A", "1"), ("prod-ro", "R", "1")]), []);
    }

    #[test]
    fn a_single_profile_without_its_role_s_name_is_its_account_s_name() {
        assert_eq!(names(&[("acme-prod-Admin", "admin", "1")]), [("1", "acme-prod")]);
        assert_eq!(names(&[("acme_read-only", "ReadOnly", "1")]), [("1", "acme")]);
        assert_eq!(names(&[("acmeadmin", "admin", "1")]), []);
        assert_eq!(names(&[("admin", "admin", "1")]), []);
        assert_eq!(names(&[("acme-x", "admin", "1")]), []);
    }

    #[test]
    fn one_name_is_never_given_to_two_accounts() {
        assert_eq!(
            names(&[
                ("team-x", "X", "1"),
                ("team-y", "Y", "1"),
                ("team-z", "Z", "2"),
                ("team-w", "W", "2"),
                ("other-v", "V", "3")
            ]),
            [("3", "other")]
        );
    }
}
