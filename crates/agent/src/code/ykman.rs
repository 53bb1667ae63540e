//! A YubiKey, through Yubico's `ykman`.

use super::{code, no_code};
use crate::origin::{Fault, Line, run_command};
use crate::text::plain;
use crate::world::World;
use hatrack_core::failure::Failure;
use hatrack_wire::Sealed;
use std::time::Duration;

/// What a face tells while a YubiKey is asked.
pub const TOUCH: &str = "Touch your YubiKey if it blinks.";

const WHO: &str = "ykman";

/// The name that AWS's page gives the account of a device when its QR code is scanned:
/// `issuer:name`, the issuer being AWS.
pub fn account_of(mfa_serial: &str) -> Option<String> {
    let mut parts = mfa_serial.splitn(6, ':');
    let (arn, _, service, _, account, resource) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let device = resource.strip_prefix("mfa/")?.rsplit('/').next()?;
    let is_device = arn == "arn" && service == "iam" && !account.is_empty() && !device.is_empty();
    is_device.then(|| format!("Amazon Web Services:{device}@{account}"))
}

pub(super) async fn obtain(world: &World, account: &str, limit: Duration) -> Result<Sealed, Failure> {
    let failed = |why: String, remedy: &'static str| no_code(WHO, &Fault { why, remedy });
    // An account that looks like an option would be one.
    if account.is_empty() || account.starts_with('-') || account.chars().any(char::is_control) {
        return Err(failed(
            format!("{:?} can't be the name of an account", plain(account, 100)),
            "Name the account as \"ykman oath accounts list\" does.",
        ));
    }
    let words = ["ykman", "oath", "accounts", "code", "--single", account].map(str::to_owned);
    let out = run_command(world, Line::Words(&words), limit).await.map_err(|fault| {
        let remedy = if fault.why.contains("could not be started") {
            "Install yubikey-manager, so that ykman is in the caller's PATH."
        } else if fault.why.starts_with("it took longer") {
            "Plug the YubiKey in, ask again, and touch it when it blinks."
        } else {
            "Plug in the YubiKey that has this account; \"ykman oath accounts list\" tells the names."
        };
        no_code(WHO, &Fault { why: fault.why, remedy })
    })?;
    code(&out).ok_or_else(|| {
        failed(
            "what it printed is not one code of six digits".to_owned(),
            "Name one account only, one with codes of six digits, as \"ykman oath accounts list\" does.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::account_of;

    #[test]
    fn a_device_s_account_is_named_as_aws_names_it() {
        for (serial, account) in [
            ("arn:aws:iam::123456789012:mfa/ada", Some("Amazon Web Services:ada@123456789012")),
            ("arn:aws-cn:iam::123456789012:mfa/team/ada", Some("Amazon Web Services:ada@123456789012")),
            ("GAHT12345678", None),
            ("arn:aws:iam::123456789012:user/ada", None),
            ("arn:aws:iam::123456789012:mfa/", None),
        ] {
            assert_eq!(account_of(serial).as_deref(), account, "{serial}");
        }
    }
}
