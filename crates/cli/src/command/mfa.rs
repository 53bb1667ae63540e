//! `hat mfa`: devices, and where their codes come from.

use super::Manner;
use crate::arguments::{MfaVerb, Source};
use crate::connect::{client, done, subscribe, unexpected};
use crate::table::table;
use crate::{print, terminal};
use hatrack_core::code_source::CodeSource;
use hatrack_core::failure::Failure;
use hatrack_wire::{Answer, Command, Device, MfaCommand, Sealed};
use jiff::tz::TimeZone;
use serde::Serialize;
use std::process::ExitCode;

/// What a person should know who puts a second factor beside the first.
const WARNING: &str =
    "The device is no second factor any more then: whoever opens the vault has the key and its codes.";

/// A device's source as scripts read it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    mfa_serial: &'a str,
    source: Option<&'a CodeSource>,
}

pub(super) fn run(manner: Manner, verb: MfaVerb) -> Result<ExitCode, Failure> {
    match verb {
        MfaVerb::Devices { role } => devices(manner, role)?,
        MfaVerb::KeepSeed { serial, yes } => {
            print::talk(WARNING);
            // The seed may be on stdin, so that the consent can't come from there.
            terminal::confirm(yes, &format!("The seed of {} goes into the vault.", print::shown(&serial)))?;
            let seed = terminal::secret("Seed (the text below the QR code): ", "the seed")?;
            let seed = Sealed::new(seed.open().trim());
            let command = MfaCommand::KeepSeed { mfa_serial: serial.clone(), seed };
            done(&client(manner.no_agent)?.request(Command::Mfa(command))?)?;
            print::talk(&format!("Codes of {} come from the vault.", print::shown(&serial)));
        }
        MfaVerb::ForgetSeed { serial } => {
            let command = MfaCommand::ForgetSeed { mfa_serial: serial.clone() };
            done(&client(manner.no_agent)?.request(Command::Mfa(command))?)?;
            print::talk(&format!("The seed of {} is gone from the vault.", print::shown(&serial)));
        }
        MfaVerb::Source(wanted) => source(manner, wanted)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn devices(manner: Manner, role: String) -> Result<(), Failure> {
    let command = Command::Mfa(MfaCommand::Devices { role });
    let Answer::Devices(devices) = client(manner.no_agent)?.request(command)? else {
        return Err(unexpected());
    };
    if manner.json {
        print::json(&devices)
    } else if devices.is_empty() {
        print::talk("The user has no MFA device.");
        Ok(())
    } else {
        print::answer(&rendered(&devices, &TimeZone::system()))
    }
}

fn rendered(devices: &[Device], zone: &TimeZone) -> String {
    let rows = devices.iter().map(|device| {
        let since =
            device.enabled.map(|at| at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d").to_string());
        let seed = if device.seed_in_vault { "in the vault" } else { "" };
        [device.mfa_serial.clone(), since.unwrap_or_default(), seed.to_owned()]
    });
    table(["MFA DEVICE", "SINCE", "SEED"], rows)
}

/// Tells where a device's codes come from, or changes it.
fn source(manner: Manner, wanted: Source) -> Result<(), Failure> {
    let Source { serial, process, ykman, none } = wanted;
    let mut client = client(manner.no_agent)?;
    let mut settings = subscribe(&mut client)?.settings;
    let chosen = match (process, ykman) {
        (Some(command), _) => Some(CodeSource::Process { command }),
        (None, Some(account)) => Some(CodeSource::Ykman { account }),
        (None, None) => None,
    };
    if let Some(source) = chosen {
        settings.code_sources.insert(serial.clone(), source);
        done(&client.request(Command::ChangeSettings(settings.clone()))?)?;
    } else if none && settings.code_sources.remove(&serial).is_some() {
        done(&client.request(Command::ChangeSettings(settings.clone()))?)?;
    }
    let source = settings.code_sources.get(&serial);
    if manner.json {
        return print::json(&Told { mfa_serial: &serial, source });
    }
    print::answer(&format!("Codes of {} come from {}.\n", print::shown(&serial), words(source)))
}

fn words(source: Option<&CodeSource>) -> String {
    match source {
        None => "a person".to_owned(),
        Some(CodeSource::Process { command }) => format!("the command {}", print::sentence(command)),
        Some(CodeSource::Ykman { account }) => format!("the YubiKey's account {}", print::shown(account)),
        Some(CodeSource::Vault) => "the vault".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_stand_with_what_is_known_of_them() {
        let device = |serial: &str, enabled: Option<&str>, seed_in_vault| Device {
            mfa_serial: serial.to_owned(),
            enabled: enabled.map(|at| at.parse().unwrap()),
            seed_in_vault,
        };
        let devices = [
            device("arn:aws:iam::123456789012:mfa/eve", Some("2030-01-01T12:00:00Z"), true),
            device("GAHT12345678", None, false),
        ];
        let expected = "\
MFA DEVICE                         SINCE       SEED
arn:aws:iam::123456789012:mfa/eve  2030-01-01  in the vault
GAHT12345678
";
        let text = rendered(&devices, &TimeZone::UTC);
        assert_eq!(anstream::adapter::strip_str(&text).to_string(), expected);
    }

    #[test]
    fn a_source_from_outside_commands_no_terminal() {
        let source = CodeSource::Process { command: "pass\u{1b}[2J otp".to_owned() };
        assert_eq!(words(Some(&source)), "the command pass\\u{1b}[2J otp");
        assert_eq!(words(None), "a person");
    }
}
