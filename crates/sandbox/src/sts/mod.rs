//! STS, by the query protocol of 2011-06-15.

mod access_key_info;
mod assume_role;
mod assume_root;
mod authorization_message;
mod caller_identity;
mod credentials;
mod delegated_access_token;
mod federation_token;
mod limits;
mod mfa;
mod role_session;
mod saml;
mod session_policy;
mod session_token;
mod web_identity;
mod web_identity_token;

use crate::answer::AwsError;
use crate::aws::Aws;
use crate::caller;
use crate::query::Params;
use crate::sigv4::Signed;

/// The namespace of STS's answers.
pub(crate) const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

const VERSION: &str = "2011-06-15";

/// Answers one call, or refuses it.
pub(crate) async fn answer(
    aws: &Aws,
    request: &Signed<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let action = params.action()?;
    let perform = match (action, params.get("Version")) {
        ("AssumeRole", Some(VERSION)) => assume_role::answer,
        ("AssumeRoot", Some(VERSION)) => assume_root::answer,
        ("DecodeAuthorizationMessage", Some(VERSION)) => authorization_message::answer,
        ("GetDelegatedAccessToken", Some(VERSION)) => delegated_access_token::answer,
        ("GetFederationToken", Some(VERSION)) => federation_token::answer,
        ("GetSessionToken", Some(VERSION)) => session_token::answer,
        ("GetCallerIdentity", Some(VERSION)) => caller_identity::answer,
        ("GetAccessKeyInfo", Some(VERSION)) => access_key_info::answer,
        ("GetWebIdentityToken", Some(VERSION)) => web_identity_token::answer,
        ("AssumeRoleWithSAML", Some(VERSION)) => return saml::answer(aws, params, request_id),
        ("AssumeRoleWithWebIdentity", Some(VERSION)) => {
            return web_identity::answer(aws, params, request_id).await;
        }
        (_, version) => return Err(AwsError::no_such_action(action, version)),
    };
    let caller = caller::authenticate(aws, request, "sts")?;
    perform(aws, &caller, params, request_id)
}
