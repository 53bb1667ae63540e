//! Every operation that is called, with something to ask of each.

use crate::stage::{call, keys};
use hatrack_agent::iam::Iam;
use hatrack_agent::sts::{
    AssumeRoleWithSaml, AssumeRoleWithWebIdentity, AssumeRoot, Caller, GetFederationToken, GetSessionToken,
    GetWebIdentityToken,
};
use hatrack_agent::world::{ProfileEndpoint, World};
use hatrack_core::failure::Failure;
use hatrack_wire::Sealed;

const ROLE: &str = "arn:aws:iam::222222222222:role/Admin";
const DEVICE: &str = "arn:aws:iam::111111111111:mfa/ada";
const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    AssumeRole,
    AssumeRoleWithCode,
    AssumeRoleWithWebIdentity,
    AssumeRoleWithSaml,
    GetSessionToken,
    GetSessionTokenWithCode,
    GetFederationToken,
    GetCallerIdentity,
    GetAccessKeyInfo,
    AssumeRoot,
    GetWebIdentityToken,
    GetDelegatedAccessToken,
    DecodeAuthorizationMessage,
    GetUser,
    ListMfaDevices,
    ListAccessKeys,
    CreateAccessKey,
    UpdateAccessKey,
    DeleteAccessKey,
    GetAccessKeyLastUsed,
}

impl Operation {
    pub(crate) const ALL: [Self; 20] = [
        Self::AssumeRole,
        Self::AssumeRoleWithCode,
        Self::AssumeRoleWithWebIdentity,
        Self::AssumeRoleWithSaml,
        Self::GetSessionToken,
        Self::GetSessionTokenWithCode,
        Self::GetFederationToken,
        Self::GetCallerIdentity,
        Self::GetAccessKeyInfo,
        Self::AssumeRoot,
        Self::GetWebIdentityToken,
        Self::GetDelegatedAccessToken,
        Self::DecodeAuthorizationMessage,
        Self::GetUser,
        Self::ListMfaDevices,
        Self::ListAccessKeys,
        Self::CreateAccessKey,
        Self::UpdateAccessKey,
        Self::DeleteAccessKey,
        Self::GetAccessKeyLastUsed,
    ];

    /// What AWS calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AssumeRole | Self::AssumeRoleWithCode => "AssumeRole",
            Self::AssumeRoleWithWebIdentity => "AssumeRoleWithWebIdentity",
            Self::AssumeRoleWithSaml => "AssumeRoleWithSAML",
            Self::GetSessionToken | Self::GetSessionTokenWithCode => "GetSessionToken",
            Self::GetFederationToken => "GetFederationToken",
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::GetAccessKeyInfo => "GetAccessKeyInfo",
            Self::AssumeRoot => "AssumeRoot",
            Self::GetWebIdentityToken => "GetWebIdentityToken",
            Self::GetDelegatedAccessToken => "GetDelegatedAccessToken",
            Self::DecodeAuthorizationMessage => "DecodeAuthorizationMessage",
            Self::GetUser => "GetUser",
            Self::ListMfaDevices => "ListMFADevices",
            Self::ListAccessKeys => "ListAccessKeys",
            Self::CreateAccessKey => "CreateAccessKey",
            Self::UpdateAccessKey => "UpdateAccessKey",
            Self::DeleteAccessKey => "DeleteAccessKey",
            Self::GetAccessKeyLastUsed => "GetAccessKeyLastUsed",
        }
    }

    pub(crate) fn carries_a_code(self) -> bool {
        matches!(self, Self::AssumeRoleWithCode | Self::GetSessionTokenWithCode)
    }

    /// Whether it is sent once, whatever comes back: codes and trade-in tokens are good once, and a
    /// key that nobody knows must not be left behind.
    pub(crate) fn goes_once(self) -> bool {
        self.carries_a_code() || matches!(self, Self::GetDelegatedAccessToken | Self::CreateAccessKey)
    }

    /// Calls it and tells why it came to nothing.
    pub(crate) async fn fail(self, caller: &Caller, world: &World) -> Failure {
        self.run(caller, world).await.unwrap_err()
    }

    async fn run(self, caller: &Caller, world: &World) -> Result<(), Failure> {
        let (profile, keys) = (ProfileEndpoint::default(), keys());
        let session_token = |code: Option<&str>| GetSessionToken {
            duration_seconds: Some(3600),
            mfa: code.map(|code| (DEVICE.to_owned(), Sealed::new(code))),
        };
        let iam = Iam { caller, world, profile: &profile, credentials: &keys };
        match self {
            Self::AssumeRole => caller.assume_role(world, &profile, &keys, &call(None)).await.map(drop),
            Self::AssumeRoleWithCode => {
                caller.assume_role(world, &profile, &keys, &call(Some("123456"))).await.map(drop)
            }
            Self::AssumeRoleWithWebIdentity => {
                let call = AssumeRoleWithWebIdentity {
                    role_arn: ROLE.to_owned(),
                    session_name: "ada@desk".to_owned(),
                    token: Sealed::new("e30.e30.e30"),
                    provider_id: None,
                    duration_seconds: None,
                    policy: None,
                    policy_arns: Vec::new(),
                };
                caller.assume_role_with_web_identity(world, &profile, &call).await.map(drop)
            }
            Self::AssumeRoleWithSaml => {
                let call = AssumeRoleWithSaml {
                    role_arn: ROLE.to_owned(),
                    principal_arn: "arn:aws:iam::222222222222:saml-provider/idp".to_owned(),
                    assertion: Sealed::new("PHNhbWw+"),
                    duration_seconds: None,
                    policy: None,
                    policy_arns: Vec::new(),
                };
                caller.assume_role_with_saml(world, &profile, &call).await.map(drop)
            }
            Self::GetSessionToken => {
                caller.get_session_token(world, &profile, &keys, &session_token(None)).await.map(drop)
            }
            Self::GetSessionTokenWithCode => {
                let call = session_token(Some("123456"));
                caller.get_session_token(world, &profile, &keys, &call).await.map(drop)
            }
            Self::GetFederationToken => {
                let call = GetFederationToken {
                    name: "guest".to_owned(),
                    duration_seconds: None,
                    policy: None,
                    policy_arns: Vec::new(),
                    tags: Vec::new(),
                };
                caller.get_federation_token(world, &profile, &keys, &call).await.map(drop)
            }
            Self::GetCallerIdentity => caller.get_caller_identity(world, &profile, &keys).await.map(drop),
            Self::GetAccessKeyInfo => caller.get_access_key_info(world, &profile, &keys, KEY).await.map(drop),
            Self::AssumeRoot => {
                let call = AssumeRoot {
                    target_principal: "222222222222".to_owned(),
                    task_policy_arn: "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
                        .to_owned(),
                    duration_seconds: Some(900),
                };
                caller.assume_root(world, &profile, &keys, &call).await.map(drop)
            }
            Self::GetWebIdentityToken => {
                let call = GetWebIdentityToken {
                    audience: vec!["api".to_owned()],
                    signing_algorithm: "RS256".to_owned(),
                    duration_seconds: None,
                    tags: Vec::new(),
                };
                caller.get_web_identity_token(world, &profile, &keys, &call).await.map(drop)
            }
            Self::GetDelegatedAccessToken => {
                let token = Sealed::new("trade-in");
                caller.get_delegated_access_token(world, &profile, &keys, &token).await.map(drop)
            }
            Self::DecodeAuthorizationMessage => {
                caller.decode_authorization_message(world, &profile, &keys, "encoded").await.map(drop)
            }
            Self::GetUser => iam.get_user(None).await.map(drop),
            Self::ListMfaDevices => iam.list_mfa_devices(None).await.map(drop),
            Self::ListAccessKeys => iam.list_access_keys(None).await.map(drop),
            Self::CreateAccessKey => iam.create_access_key(None).await.map(drop),
            Self::UpdateAccessKey => iam.update_access_key(None, KEY, false).await,
            Self::DeleteAccessKey => iam.delete_access_key(None, KEY).await,
            Self::GetAccessKeyLastUsed => iam.get_access_key_last_used(KEY).await.map(drop),
        }
    }
}
