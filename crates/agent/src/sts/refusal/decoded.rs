//! What stands in an encoded authorization message, in words.

use crate::text::plain;
use hatrack_core::failure::Failure;
use serde::Deserialize;

const MARK: &str = "Encoded authorization failure message: ";

/// The encoded part of a refusal's message, if it has one.
pub(in crate::sts) fn encoded(message: &str) -> Option<&str> {
    let rest = message.split_once(MARK)?.1;
    rest.split_whitespace().next().filter(|text| !text.is_empty())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Decoded {
    #[serde(default)]
    explicit_deny: bool,
    #[serde(default)]
    matched_statements: Statements,
    context: Context,
}

#[derive(Default, Deserialize)]
struct Statements {
    #[serde(default)]
    items: Vec<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    #[serde(default)]
    statement_id: String,
    #[serde(default)]
    effect: String,
    #[serde(default)]
    source_policy_id: String,
    #[serde(default)]
    source_policy_type: String,
}

#[derive(Deserialize)]
struct Context {
    action: String,
    resource: String,
}

/// The failure with what the decoded message says; the same failure where it says nothing that
/// can be read.
pub(in crate::sts) fn with_decoded(mut failure: Failure, message: &str) -> Failure {
    let Ok(decoded) = serde_json::from_str::<Decoded>(message) else { return failure };
    let action = plain(&decoded.context.action, 100);
    let resource = plain(&decoded.context.resource, 200);
    if decoded.explicit_deny {
        let deny = decoded
            .matched_statements
            .items
            .iter()
            .find(|statement| statement.effect.eq_ignore_ascii_case("deny"));
        let source = deny.map(Statement::source).unwrap_or_default();
        failure.happened = format!("A policy forbids {action} on {resource} outright{source}.");
        "No other policy can allow it: have that statement changed by whoever keeps it."
            .clone_into(&mut failure.remedy);
    } else {
        failure.happened = format!("No policy allows the caller {action} on {resource}.");
        failure.remedy = format!("Have {action} on it allowed by a policy of the caller.");
    }
    failure
}

impl Statement {
    /// ` (statement “NoProd” of SCP p-1)`, as far as AWS says it.
    fn source(&self) -> String {
        let (id, policy, kind) = (
            plain(&self.statement_id, 100),
            plain(&self.source_policy_id, 200),
            plain(&self.source_policy_type, 60),
        );
        let statement = if id.is_empty() { String::new() } else { format!("statement \u{201c}{id}\u{201d}") };
        let policy = [kind, policy].join(" ").trim().to_owned();
        match (statement.is_empty(), policy.is_empty()) {
            (true, true) => String::new(),
            (false, true) => format!(" ({statement})"),
            (true, false) => format!(" ({policy})"),
            (false, false) => format!(" ({statement} of {policy})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hatrack_core::failure::FailureCode;

    fn told(message: &str) -> String {
        with_decoded(Failure::new(FailureCode::Refused, "Before.", "Then."), message).to_string()
    }

    #[test]
    fn only_what_is_encoded_is_taken() {
        assert_eq!(
            encoded("You are not authorized. Encoded authorization failure message: Ab-_9 x"),
            Some("Ab-_9")
        );
        assert_eq!(encoded("You are not authorized."), None);
        assert_eq!(encoded(MARK), None);
    }

    #[test]
    fn action_resource_and_statement_are_named() {
        let deny = r#"{"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[{"statementId":"Ok","effect":"ALLOW"},{"statementId":"NoProd\u202e","effect":"DENY","sourcePolicyId":"p-1","sourcePolicyType":"SCP"}]},"failures":{"items":[]},"context":{"principal":{"arn":"x"},"action":"sts:AssumeRole","resource":"arn:aws:iam::222222222222:role/Prod"}}"#;
        assert_eq!(
            told(deny),
            "A policy forbids sts:AssumeRole on arn:aws:iam::222222222222:role/Prod outright (statement \u{201c}NoProd\u{201d} of SCP p-1). No other policy can allow it: have that statement changed by whoever keeps it."
        );
        let nothing = r#"{"explicitDeny":false,"matchedStatements":{"items":[]},"context":{"action":"iam:GetUser","resource":"arn:x"}}"#;
        assert!(told(nothing).starts_with("No policy allows the caller iam:GetUser on arn:x."));
        for odd in ["", "{}", "[]", "{\"context\":{}}"] {
            assert_eq!(told(odd), "Before. Then.");
        }
    }
}
