//! Roles for who signed in elsewhere: AssumeRoleWithWebIdentity and AssumeRoleWithSAML. Neither is
//! signed; the token speaks for itself.

use super::answer::{self, Granted};
use super::assume_role::{partition, policies};
use super::limits;
use super::refusal::{self, Asked};
use super::{Caller, seconds};
use crate::world::{ProfileEndpoint, Target, World};
use aws_sdk_sts::operation::RequestId;
use hatrack_core::failure::Failure;
use hatrack_wire::Sealed;

/// What an AssumeRoleWithWebIdentity call asks for.
#[derive(Clone, Debug)]
pub struct AssumeRoleWithWebIdentity {
    /// The role.
    pub role_arn: String,
    /// RoleSessionName.
    pub session_name: String,
    /// WebIdentityToken: the provider's ID token, or an access token of a plain OAuth provider.
    pub token: Sealed,
    /// ProviderId: the plain OAuth provider, `graph.facebook.com` for instance; OpenID Connect
    /// has none.
    pub provider_id: Option<String>,
    /// DurationSeconds; `None`: an hour, as STS has it.
    pub duration_seconds: Option<u32>,
    /// Policy: what the session may do at most, as JSON.
    pub policy: Option<String>,
    /// PolicyArns.
    pub policy_arns: Vec<String>,
}

/// What an AssumeRoleWithSAML call asks for.
#[derive(Clone, Debug)]
pub struct AssumeRoleWithSaml {
    /// The role.
    pub role_arn: String,
    /// PrincipalArn: the SAML provider in IAM.
    pub principal_arn: String,
    /// SAMLAssertion: the whole response of the identity provider, in base64.
    pub assertion: Sealed,
    /// DurationSeconds; `None`: an hour, as STS has it.
    pub duration_seconds: Option<u32>,
    /// Policy: what the session may do at most, as JSON.
    pub policy: Option<String>,
    /// PolicyArns.
    pub policy_arns: Vec<String>,
}

impl Caller {
    /// Calls AssumeRoleWithWebIdentity; `profile` is what the role's profile says about the
    /// endpoint.
    pub async fn assume_role_with_web_identity(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        call: &AssumeRoleWithWebIdentity,
    ) -> Result<Granted, Failure> {
        limits::role(&call.role_arn)?;
        limits::text(&limits::SESSION_NAME, &call.session_name)?;
        limits::text(&limits::WEB_IDENTITY_TOKEN, call.token.open())?;
        limits::optional(&limits::PROVIDER_ID, call.provider_id.as_deref())?;
        limits::duration(call.duration_seconds, 900..=43_200, "duration_seconds")?;
        limits::optional(&limits::POLICY, call.policy.as_deref())?;
        limits::policy_arns(&call.policy_arns)?;
        let target = Target::choose(world, profile, partition(&call.role_arn)).await?;
        let asked = Asked {
            role_arn: Some(&call.role_arn),
            duration_seconds: call.duration_seconds,
            ..Asked::of("AssumeRoleWithWebIdentity", &target, self.clock())
        };
        let output = self
            .client(&target)
            .assume_role_with_web_identity()
            .role_arn(&call.role_arn)
            .role_session_name(&call.session_name)
            .web_identity_token(call.token.open())
            .set_provider_id(call.provider_id.clone())
            .set_duration_seconds(call.duration_seconds.map(seconds))
            .set_policy(call.policy.clone())
            .set_policy_arns(policies(&call.policy_arns))
            .customize()
            .config_override(self.settings(None, false))
            .send()
            .await
            .map_err(|error| refusal::explain(&error, &asked))?;
        #[expect(deprecated, reason = "its successor counts what AWS itself puts into the token too")]
        let packed = output.packed_policy_size();
        answer::of_role(
            output.credentials(),
            output.assumed_role_user(),
            packed,
            output.source_identity(),
            output.request_id(),
        )
        .map(|granted| Granted {
            subject: answer::shown(output.subject_from_web_identity_token()),
            provider: answer::shown(output.provider()),
            ..granted
        })
        .ok_or_else(|| refusal::nonsense(&target, output.request_id()))
    }

    /// Calls AssumeRoleWithSAML; `profile` is what the role's profile says about the endpoint.
    pub async fn assume_role_with_saml(
        &self,
        world: &World,
        profile: &ProfileEndpoint,
        call: &AssumeRoleWithSaml,
    ) -> Result<Granted, Failure> {
        limits::role(&call.role_arn)?;
        limits::text(&limits::PRINCIPAL, &call.principal_arn)?;
        limits::text(&limits::ASSERTION, call.assertion.open())?;
        limits::duration(call.duration_seconds, 900..=43_200, "duration_seconds")?;
        limits::optional(&limits::POLICY, call.policy.as_deref())?;
        limits::policy_arns(&call.policy_arns)?;
        let target = Target::choose(world, profile, partition(&call.role_arn)).await?;
        let asked = Asked {
            role_arn: Some(&call.role_arn),
            duration_seconds: call.duration_seconds,
            ..Asked::of("AssumeRoleWithSAML", &target, self.clock())
        };
        let output = self
            .client(&target)
            .assume_role_with_saml()
            .role_arn(&call.role_arn)
            .principal_arn(&call.principal_arn)
            .saml_assertion(call.assertion.open())
            .set_duration_seconds(call.duration_seconds.map(seconds))
            .set_policy(call.policy.clone())
            .set_policy_arns(policies(&call.policy_arns))
            .customize()
            .config_override(self.settings(None, false))
            .send()
            .await
            .map_err(|error| refusal::explain(&error, &asked))?;
        #[expect(deprecated, reason = "its successor counts what AWS itself puts into the token too")]
        let packed = output.packed_policy_size();
        answer::of_role(
            output.credentials(),
            output.assumed_role_user(),
            packed,
            output.source_identity(),
            output.request_id(),
        )
        .map(|granted| Granted {
            subject: answer::shown(output.subject()),
            provider: answer::shown(output.issuer()),
            ..granted
        })
        .ok_or_else(|| refusal::nonsense(&target, output.request_id()))
    }
}
