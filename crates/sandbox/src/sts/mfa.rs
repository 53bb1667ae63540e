//! MFA codes as STS takes them.

use crate::answer::AwsError;
use crate::aws::{Aws, Caller};
use crate::totp;

/// Whether the call itself proves MFA; a wrong or used code refuses it. Each code is good for one call.
pub(super) fn check(
    aws: &Aws,
    caller: &Caller<'_>,
    serial: Option<&str>,
    code: Option<&str>,
) -> Result<bool, AwsError> {
    let (serial, code) = match (serial, code) {
        (None, None) => return Ok(false),
        (Some(serial), Some(code)) => (serial, code),
        (Some(_), None) | (None, Some(_)) => {
            return Err(AwsError::access_denied(
                "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
            ));
        }
    };
    let devices = match caller {
        Caller::User { user, .. } | Caller::UserSession { user, .. } => user.mfa_devices.as_slice(),
        // A role has no devices, whoever assumed it.
        Caller::Federated { .. } | Caller::Role { .. } | Caller::Root { .. } => &[],
    };
    let device = devices.iter().find(|device| device.serial == serial).ok_or_else(|| {
        AwsError::access_denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial \
             number is valid and associated with this user.",
        )
    })?;
    let step = totp::step_of(device, code, aws.clock.now());
    if step.is_some_and(|step| aws.use_code(serial, step)) {
        return Ok(true);
    }
    // The blank at the end is AWS's.
    Err(AwsError::access_denied("MultiFactorAuthentication failed with invalid MFA one time pass code. "))
}
