//! AssumeRoleWithSAML: a role for whoever a company's identity provider says it is. The caller signs
//! nothing; the provider's signature is checked.
//!
//! Deliberately absent: encrypted assertions, AWS's regional endpoints as recipients, and the attribute
//! SessionDuration: by the API reference a session ends with DurationSeconds or SessionNotOnOrAfter.

mod canonical;
mod response;
mod signature;
mod xml;

use super::role_session::{DEFAULT_DURATION, Grant};
use super::session_policy::{self, Labels};
use super::{assume_role, credentials, limits};
use crate::answer::AwsError;
use crate::aws::Aws;
use crate::constraint::{Text, Violations};
use crate::query::Params;
use crate::world::SamlProvider;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use response::{Statement, invalid};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};

pub(super) fn answer(aws: &Aws, params: &Params, request_id: &str) -> Result<String, AwsError> {
    let mut violations = Violations::default();
    let (arn, principal, posted) =
        (params.get("RoleArn"), params.get("PrincipalArn"), params.get("SAMLAssertion"));
    violations.required("roleArn", arn);
    violations.text("roleArn", arn, limits::ARN);
    violations.required("principalArn", principal);
    violations.text("principalArn", principal, limits::ARN);
    violations.required("sAMLAssertion", posted);
    violations.secret("sAMLAssertion", posted, limits::SAML_ASSERTION);
    let (min, max) = limits::ROLE_DURATION;
    let duration = violations.number("durationSeconds", params.get("DurationSeconds"), min, max)?;
    let token_size = credentials::requested_size(params, &mut violations)?;
    let requested = session_policy::read(params, &mut violations, limits::SESSION_POLICY, Labels::None)?;
    violations.end()?;
    let (arn, principal) = (arn.unwrap_or_default(), principal.unwrap_or_default());
    if !assume_role::is_role_arn(arn) {
        return Err(AwsError::validation("Request ARN is invalid"));
    }
    let root = response::read(posted.unwrap_or_default())?;
    let provider = aws.world.saml_providers.iter().find(|it| it.arn == principal);
    let provider = provider.ok_or_else(|| invalid("Specified provider doesn't exist"))?;
    let now = aws.clock.now();
    let statement = Statement::verify(&root, provider, now)?;
    let name = session_name(&statement)?;
    let refuse = |action: &str| AwsError::access_denied(format!("Not authorized to perform {action}"));
    let (account, role) = aws
        .world
        .find_role(arn)
        .filter(|(_, role)| role.trust.saml.iter().any(|trusted| trusted == principal))
        .filter(|_| statement.offers(arn, principal))
        .ok_or_else(|| refuse("sts:AssumeRoleWithSAML"))?;
    let (tags, transitive) = (statement.tags(), statement.all("TransitiveTagKeys").collect());
    check_tags(&tags)?;
    let policy = requested.labelled(tags, transitive, source_identity(&statement)?).resolve(None, arn)?;
    let mut grant = Grant {
        account,
        role,
        session_name: name,
        duration: duration.unwrap_or(DEFAULT_DURATION),
        chained: false,
        token_size,
        policy,
    };
    grant.check(refuse)?;
    if let Some(ends) = statement.session_ends {
        let left = u32::try_from(ends.duration_since(now).as_secs()).ok().filter(|left| *left > 0);
        let ended = || response::expired("The session at the identity provider has ended");
        grant.duration = grant.duration.min(left.ok_or_else(ended)?);
    }
    Ok(grant.answer(aws, "AssumeRoleWithSAML", request_id, |xml| {
        xml.text("Subject", &statement.subject);
        if let Some(format) = &statement.subject_type {
            xml.text("SubjectType", format);
        }
        xml.text("Issuer", &statement.issuer)
            .text("Audience", &statement.recipient)
            .text("NameQualifier", &name_qualifier(&statement, provider));
    }))
}

/// What the session is called, which only the assertion can say.
fn session_name(statement: &Statement) -> Result<&str, AwsError> {
    let mut names = statement.all("RoleSessionName");
    let name = names.next().ok_or_else(|| invalid("RoleSessionName is required in AuthnResponse"))?;
    if names.next().is_some() || !fits(name, limits::ROLE_SESSION_NAME) {
        return Err(invalid("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"));
    }
    Ok(name)
}

/// Who is behind the session, if the assertion says so.
fn source_identity(statement: &Statement) -> Result<Option<&str>, AwsError> {
    let identity = statement.all("SourceIdentity").next();
    if identity.is_some_and(|it| !fits(it, limits::SOURCE_IDENTITY) || it.starts_with("aws:")) {
        let words = "Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with \"aws:\"";
        return Err(invalid(words));
    }
    Ok(identity)
}

fn check_tags(tags: &[(&str, &str)]) -> Result<(), AwsError> {
    let mut violations = Violations::default();
    for (at, (key, value)) in tags.iter().enumerate() {
        violations.text(&format!("tags.{}.member.key", at + 1), Some(key), limits::TAG_KEY);
        violations.text(&format!("tags.{}.member.value", at + 1), Some(value), limits::TAG_VALUE);
    }
    violations.at_most("tags", tags.len(), limits::MOST_TAGS);
    violations.end()
}

fn fits(text: &str, limits: Text) -> bool {
    let mut violations = Violations::default();
    violations.text("", Some(text), limits);
    violations.end().is_ok()
}

/// What tells subjects of the same name apart: the API reference says how it is calculated.
fn name_qualifier(statement: &Statement, provider: &SamlProvider) -> String {
    let mut fields = provider.arn.splitn(6, ':').skip(4);
    let account = fields.next().unwrap_or_default();
    let name = fields.next().unwrap_or_default().trim_start_matches("saml-provider");
    let text = [&statement.issuer, account, name].concat();
    STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()))
}
