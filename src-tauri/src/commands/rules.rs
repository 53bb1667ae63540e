//! Which rules of a person mark a role. That is for the core to say; nothing is asked of the agent.

use crate::present::Present;
use hatrack_core::rules::{Fits, Rule, Rules};
use serde::Deserialize;
use tauri::State;

/// What rules are held against.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Marked {
    /// The organisation's portal, for a role of Identity Center.
    organisation: Option<String>,
    /// The account's name.
    account_name: String,
    /// The account's id.
    account_id: String,
    /// The role's name.
    role_name: String,
}

/// Tells the rules that a role fits, in their order.
#[tauri::command]
pub(crate) fn fitting_rules(present: State<'_, Present>, marked: Marked) -> Vec<Rule> {
    fitting(present.rules(), &marked)
}

fn fitting(rules: Vec<Rule>, marked: &Marked) -> Vec<Rule> {
    let fits = |rule: &Rule| {
        let rule = Rules::of(std::slice::from_ref(rule));
        let organisation = rule.of_organisation(marked.organisation.as_deref().unwrap_or_default());
        let account = rule.of_account(&marked.account_name, &marked.account_id);
        !Fits::together(organisation, account, rule.of_role(&marked.role_name)).is_none()
    };
    rules.into_iter().filter(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_that_fit_are_told_in_their_order() {
        let rule = |pattern: &str| Rule { pattern: pattern.to_owned(), ..Rule::default() };
        let marked = Marked {
            organisation: Some("acme".to_owned()),
            account_name: "Shop prod".to_owned(),
            account_id: "111122223333".to_owned(),
            role_name: "Admin".to_owned(),
        };
        let rules = ["Admin", "dev*", "*prod*", "acme/*/Admin", "other/*/Admin"].map(rule).to_vec();
        let patterns: Vec<_> = fitting(rules, &marked).into_iter().map(|rule| rule.pattern).collect();
        assert_eq!(patterns, ["Admin", "*prod*", "acme/*/Admin"]);
    }
}
