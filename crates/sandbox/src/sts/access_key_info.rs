//! GetAccessKeyInfo: which account an access key id belongs to.

use super::{NAMESPACE, limits};
use crate::answer::{AwsError, Xml};
use crate::aws::{Aws, Caller};
use crate::constraint::Violations;
use crate::ids;
use crate::query::Params;

pub(super) fn answer(
    aws: &Aws,
    _caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let id = params.get("AccessKeyId");
    let mut violations = Violations::default();
    violations.required("accessKeyId", id);
    violations.text("accessKeyId", id, limits::ACCESS_KEY_ID);
    violations.end()?;
    let id = id.unwrap_or_default();
    let user_arn = aws.keys().find(id).map(|key| key.user_arn.clone());
    let account = user_arn
        .and_then(|arn| aws.world.find_user(&arn))
        .map(|(account, _)| account.id.clone())
        .or_else(|| ids::account_of_access_key(id))
        .ok_or_else(|| AwsError::validation("Invalid access key ID"))?;
    Ok(Xml::answer("GetAccessKeyInfo", NAMESPACE, request_id, |xml| {
        xml.text("Account", &account);
    }))
}
