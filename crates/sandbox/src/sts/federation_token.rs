//! GetFederationToken: a session for somebody whom a user vouches for by name.

use super::session_policy::{self, Labels};
use super::{NAMESPACE, credentials, limits};
use crate::answer::{AwsError, Xml};
use crate::aws::{Aws, Caller, FederatedUser, Holder};
use crate::constraint::Violations;
use crate::permission;
use crate::query::Params;

/// Seconds of a session, if the caller doesn't say: 12 hours.
const DEFAULT_DURATION: u32 = 43_200;

pub(super) fn answer(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let mut violations = Violations::default();
    let name = params.get("Name");
    violations.required("name", name);
    violations.text("name", name, limits::FEDERATED_NAME);
    let (min, max) = limits::SESSION_DURATION;
    let duration = violations.number("durationSeconds", params.get("DurationSeconds"), min, max)?;
    let size = credentials::requested_size(params, &mut violations)?;
    let requested = session_policy::read(params, &mut violations, limits::SESSION_POLICY, Labels::Tags)?;
    violations.end()?;
    let name = name.unwrap_or_default();

    let Caller::User { account, user } = caller else {
        return Err(AwsError::access_denied("Cannot call GetFederationToken with session credentials"));
    };
    let resource = account.federated_arn(name);
    permission::check(caller, "sts:GetFederationToken", &resource)?;
    let policy = requested.resolve(Some(caller), &resource)?;
    if !policy.tags.is_empty() {
        permission::check(caller, "sts:TagSession", &resource)?;
    }
    let federated =
        FederatedUser { user_arn: account.user_arn(user), name: name.to_owned(), tags: policy.tags.clone() };
    let session =
        aws.issue(account, duration.unwrap_or(DEFAULT_DURATION), size, Holder::Federated(federated));
    Ok(Xml::answer("GetFederationToken", NAMESPACE, request_id, |xml| {
        credentials::write(xml, &session);
        xml.open("FederatedUser")
            .text("FederatedUserId", &format!("{}:{name}", account.id))
            .text("Arn", &resource)
            .close("FederatedUser");
        if let Some(percent) = policy.packed_size {
            xml.text("PackedPolicySize", &percent.to_string());
        }
        credentials::write_size(xml, &session);
    }))
}
