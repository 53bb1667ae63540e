//! DecodeAuthorizationMessage: what stands behind a refusal that came with an encoded message.

use super::{NAMESPACE, limits};
use crate::answer::{AwsError, Xml};
use crate::aws::{Aws, Caller};
use crate::constraint::Violations;
use crate::permission;
use crate::query::Params;

pub(super) fn answer(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let message = params.get("EncodedMessage");
    let mut violations = Violations::default();
    violations.required("encodedMessage", message);
    violations.text("encodedMessage", message, limits::ENCODED_MESSAGE);
    violations.end()?;
    permission::check(caller, "sts:DecodeAuthorizationMessage", "*")?;
    let decoded = aws.decode(message.unwrap_or_default()).ok_or_else(|| {
        AwsError::new(400, "InvalidAuthorizationMessageException", "Message is not an encoded message.")
    })?;
    Ok(Xml::answer("DecodeAuthorizationMessage", NAMESPACE, request_id, |xml| {
        xml.text("DecodedMessage", &decoded);
    }))
}
