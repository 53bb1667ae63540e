//! GetUser and ListMFADevices.

use super::{NAMESPACE, target};
use crate::answer::{AwsError, Xml, time};
use crate::aws::{Aws, Caller};
use crate::constraint::Violations;
use crate::ids;
use crate::query::Params;

pub(super) fn get(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let (account, user) = target(caller, params, Violations::default(), "GetUser")?;
    let arn = account.user_arn(user);
    Ok(Xml::answer("GetUser", NAMESPACE, request_id, |xml| {
        xml.open("User")
            .text("Path", "/")
            .text("UserName", &user.name)
            .text("UserId", &ids::unique_id("AIDA", &arn))
            .text("Arn", &arn)
            .text("CreateDate", &time(aws.started))
            .close("User");
    }))
}

pub(super) fn list_mfa_devices(
    aws: &Aws,
    caller: &Caller<'_>,
    params: &Params,
    request_id: &str,
) -> Result<String, AwsError> {
    let (_, user) = target(caller, params, Violations::default(), "ListMFADevices")?;
    Ok(Xml::answer("ListMFADevices", NAMESPACE, request_id, |xml| {
        xml.open("MFADevices");
        for device in &user.mfa_devices {
            xml.open("member")
                .text("UserName", &user.name)
                .text("SerialNumber", &device.serial)
                .text("EnableDate", &time(aws.started))
                .close("member");
        }
        xml.close("MFADevices").text("IsTruncated", "false");
    }))
}
