//! What narrows or labels a session: policies, tags, source identity. Parsed and measured, not enforced.

use super::limits;
use crate::answer::AwsError;
use crate::aws::{Caller, SessionTag};
use crate::constraint::{Text, Violations};
use crate::permission;
use crate::query::Params;
use crate::world::DeniedBy;
use serde_json::Value;
use std::collections::HashSet;

/// How much policies and tags may take together, packed.
const SPACE: usize = 2048;

/// What a session is narrowed and labelled with.
#[derive(Debug)]
pub(super) struct SessionPolicy {
    /// How much of the space policies and tags take in percent; nothing if there are none.
    pub(super) packed_size: Option<usize>,
    /// The session's tags, those that it inherits first.
    pub(super) tags: Vec<SessionTag>,
    /// Who is behind the session, if he or an earlier session said so.
    pub(super) source_identity: Option<String>,
}

/// The parameters, held against the model.
#[derive(Debug, Default)]
pub(super) struct Requested<'a> {
    policy: Option<&'a str>,
    policy_arns: Vec<&'a str>,
    tags: Vec<(&'a str, &'a str)>,
    transitive_tag_keys: Vec<&'a str>,
    source_identity: Option<&'a str>,
}

/// Which labels an operation takes as parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Labels {
    /// None: they come with a token or an assertion.
    None,
    /// Tags.
    Tags,
    /// Tags, transitive ones, contexts and a source identity.
    All,
}

/// Reads the parameters and adds what they violate.
pub(super) fn read<'a>(
    params: &'a Params,
    violations: &mut Violations,
    policy_limits: Text,
    labels: Labels,
) -> Result<Requested<'a>, AwsError> {
    let members = |list| params.members(list).map_err(|_| AwsError::malformed_input());
    let policy = params.get("Policy");
    violations.text("policy", policy, policy_limits);
    let mut policy_arns = Vec::new();
    for (at, member) in members("PolicyArns")?.into_iter().enumerate() {
        let arn = member.get("arn").copied();
        violations.text(&format!("policyArns.{}.member.arn", at + 1), arn, limits::ARN);
        policy_arns.extend(arn);
    }
    violations.at_most("policyArns", policy_arns.len(), limits::MOST_POLICY_ARNS);
    let mut requested = Requested { policy, policy_arns, ..Requested::default() };
    match labels {
        Labels::None => {}
        Labels::Tags => requested.tags = read_tags(params, violations)?,
        Labels::All => {
            requested.tags = read_tags(params, violations)?;
            requested.read_labels(params, violations)?;
        }
    }
    Ok(requested)
}

/// Reads the parameter Tags.
pub(super) fn read_tags<'a>(
    params: &'a Params,
    violations: &mut Violations,
) -> Result<Vec<(&'a str, &'a str)>, AwsError> {
    let members = |list| params.members(list).map_err(|_| AwsError::malformed_input());
    let mut tags = Vec::new();
    for (at, member) in members("Tags")?.into_iter().enumerate() {
        let (key, value) = (member.get("Key").copied(), member.get("Value").copied());
        let (key_name, value_name) =
            (format!("tags.{}.member.key", at + 1), format!("tags.{}.member.value", at + 1));
        violations.required(&key_name, key);
        violations.text(&key_name, key, limits::TAG_KEY);
        violations.required(&value_name, value);
        violations.text(&value_name, value, limits::TAG_VALUE);
        tags.push((key.unwrap_or_default(), value.unwrap_or_default()));
    }
    violations.at_most("tags", tags.len(), limits::MOST_TAGS);
    Ok(tags)
}

impl<'a> Requested<'a> {
    fn read_labels(&mut self, params: &'a Params, violations: &mut Violations) -> Result<(), AwsError> {
        let members = |list| params.members(list).map_err(|_| AwsError::malformed_input());
        self.transitive_tag_keys =
            members("TransitiveTagKeys")?.iter().filter_map(|member| member.get("").copied()).collect();
        violations.texts("transitiveTagKeys", &self.transitive_tag_keys, limits::TAG_KEY);
        violations.at_most("transitiveTagKeys", self.transitive_tag_keys.len(), limits::MOST_TAGS);
        let contexts = members("ProvidedContexts")?;
        for (at, member) in contexts.iter().enumerate() {
            let name = |field| format!("providedContexts.{}.member.{field}", at + 1);
            violations.text(&name("providerArn"), member.get("ProviderArn").copied(), limits::ARN);
            let assertion = member.get("ContextAssertion").copied();
            violations.text(&name("contextAssertion"), assertion, limits::CONTEXT_ASSERTION);
        }
        violations.at_most("providedContexts", contexts.len(), limits::MOST_CONTEXTS);
        self.source_identity = params.get("SourceIdentity");
        violations.text("sourceIdentity", self.source_identity, limits::SOURCE_IDENTITY);
        Ok(())
    }

    /// The same request with the labels that a token or an assertion brings.
    pub(super) fn labelled(
        mut self,
        tags: Vec<(&'a str, &'a str)>,
        transitive_tag_keys: Vec<&'a str>,
        source_identity: Option<&'a str>,
    ) -> Self {
        self.tags = tags;
        self.transitive_tag_keys = transitive_tag_keys;
        self.source_identity = source_identity;
        self
    }

    /// What the session gets, or why it can't.
    pub(super) fn resolve(
        &self,
        caller: Option<&Caller<'_>>,
        resource: &str,
    ) -> Result<SessionPolicy, AwsError> {
        let policy = self.policy.map(read_policy).transpose()?;
        let session = caller.and_then(Caller::role_session);
        let inherited: Vec<_> = session
            .into_iter()
            .flat_map(|session| &session.tags)
            .filter(|tag| tag.transitive)
            .cloned()
            .collect();
        self.check_tags(&inherited)?;
        let source_identity = session.and_then(|session| session.source_identity.as_deref());
        if let (Some(caller), Some(inherited), Some(wanted)) = (caller, source_identity, self.source_identity)
            && inherited != wanted
        {
            let by = DeniedBy::Unsaid;
            return Err(permission::refusal(caller, "sts:SetSourceIdentity", resource, by));
        }
        let packed_size = self.packed_size(policy.as_deref(), &inherited)?;
        let own = self.tags.iter().map(|(key, value)| SessionTag {
            key: (*key).to_owned(),
            value: (*value).to_owned(),
            transitive: self.transitive_tag_keys.iter().any(|it| it.to_lowercase() == key.to_lowercase()),
        });
        Ok(SessionPolicy {
            packed_size,
            tags: inherited.into_iter().chain(own).collect(),
            source_identity: source_identity.or(self.source_identity).map(str::to_owned),
        })
    }

    fn check_tags(&self, inherited: &[SessionTag]) -> Result<(), AwsError> {
        let mut keys = HashSet::new();
        if !self.tags.iter().all(|(key, _)| keys.insert(key.to_lowercase())) {
            return Err(AwsError::invalid_parameter(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
        if !self.transitive_tag_keys.iter().all(|key| keys.contains(&key.to_lowercase())) {
            return Err(AwsError::invalid_parameter(
                "The specified transitive tag key must be included in the requested tags.",
            ));
        }
        if inherited.iter().any(|tag| keys.contains(&tag.key.to_lowercase())) {
            return Err(AwsError::invalid_parameter(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive \
                 tag key from the calling session.",
            ));
        }
        Ok(())
    }

    /// AWS doesn't say how it packs; this counts what carries meaning.
    fn packed_size(&self, policy: Option<&str>, inherited: &[SessionTag]) -> Result<Option<usize>, AwsError> {
        if policy.is_none() && self.policy_arns.is_empty() && self.tags.is_empty() && inherited.is_empty() {
            return Ok(None);
        }
        let size = policy.map_or(0, str::len)
            + self.policy_arns.iter().map(|arn| arn.len()).sum::<usize>()
            + self.tags.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>()
            + inherited.iter().map(|tag| tag.key.len() + tag.value.len()).sum::<usize>();
        let percent = (size * 100).div_ceil(SPACE);
        if percent > 100 {
            return Err(AwsError::new(
                400,
                "PackedPolicyTooLarge",
                format!("Packed policy consumes {percent}% of allotted space, please use smaller policy."),
            ));
        }
        Ok(Some(percent))
    }
}

/// The policy without its blanks.
fn read_policy(text: &str) -> Result<String, AwsError> {
    let malformed = |message| AwsError::new(400, "MalformedPolicyDocument", message);
    let policy: Value =
        serde_json::from_str(text).map_err(|_| malformed("This policy contains invalid Json"))?;
    let statements = match policy.get("Statement") {
        Some(Value::Array(statements)) => statements.iter().collect(),
        Some(statement) => vec![statement],
        None => Vec::new(),
    };
    let sound = |statement: &&Value| {
        matches!(statement.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny"))
            && (statement.get("Action").is_some() || statement.get("NotAction").is_some())
            && (statement.get("Resource").is_some() || statement.get("NotResource").is_some())
    };
    if statements.is_empty() || !statements.iter().all(sound) {
        return Err(malformed("Syntax errors in policy."));
    }
    Ok(policy.to_string())
}
