//! GetCallerIdentity: nobody is ever refused it.

use super::NAMESPACE;
use crate::answer::{AwsError, Xml};
use crate::aws::{Aws, Caller};
use crate::query::Params;

pub(super) fn answer(
    _aws: &Aws,
    caller: &Caller<'_>,
    _params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    Ok(Xml::answer("GetCallerIdentity", NAMESPACE, request_id, |xml| {
        xml.text("Arn", &caller.arn())
            .text("UserId", &caller.user_id())
            .text("Account", &caller.account().id);
    }))
}
