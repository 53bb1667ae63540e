//! The codes of virtual MFA devices: RFC 6238 with SHA-1, six digits, steps of 30 seconds.

use crate::world::MfaDevice;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use totp_rs::{Algorithm, Builder, Secret, Totp};

/// A code that a device shows, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Six digits.
    pub code: String,
    /// After how many seconds the device shows the next one: 1 to 30.
    pub seconds_left: u64,
}

/// Tells the code that the device shows at this time; nothing if its seed isn't base32.
pub fn code_at(device: &MfaDevice, time: Timestamp) -> Option<Code> {
    let totp = totp(device)?;
    let time = seconds(time);
    Some(Code { code: totp.generate(time).to_string(), seconds_left: totp.next_step(time) - time })
}

/// Tells which step's code this is: the present one's, the one's before or the one's after.
pub(crate) fn step_of(device: &MfaDevice, code: &str, time: Timestamp) -> Option<u64> {
    totp(device)?.check(code, seconds(time))
}

fn totp(device: &MfaDevice) -> Option<Totp> {
    let seed: String = device
        .seed
        .expose_secret()
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-' && *c != '=')
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let secret = Secret::try_from_base32(seed).ok()?;
    // Not `build`: seeds shorter than RFC 4226 asks for are in use, and AWS takes them.
    Some(
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(30)
            .with_skew(1)
            .with_secret(secret)
            .build_noncompliant(),
    )
}

fn seconds(time: Timestamp) -> u64 {
    u64::try_from(time.as_second()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;
    use serde_json::Value;

    fn device(seed: &str) -> MfaDevice {
        MfaDevice { serial: "arn:aws:iam::111122223333:mfa/demo".to_owned(), seed: SecretString::from(seed) }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../tests/oracles/totp_vectors.json")).unwrap()
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        for vector in vectors()["rfc6238_sha1_8digits"].as_array().unwrap() {
            let device = device(vector["seed_b32"].as_str().unwrap());
            let code = code_at(&device, at(vector["time"].as_i64().unwrap())).unwrap().code;
            assert_eq!(code, vector["code"].as_str().unwrap()[2..], "{vector}");
        }
    }

    #[test]
    fn a_seed_may_be_spelled_as_people_do() {
        for vector in vectors()["seed_spellings"].as_array().unwrap() {
            let code = code_at(&device(vector["typed"].as_str().unwrap()), at(59)).unwrap();
            assert_eq!(code.code, vector["at_59"].as_str().unwrap(), "{vector}");
            assert_eq!(code.seconds_left, 1);
        }
        assert_eq!(code_at(&device("not base32!"), at(59)), None);
    }

    #[test]
    fn a_device_may_be_one_step_off() {
        let device = device("JBSWY3DPEHPK3PXP");
        let code = code_at(&device, at(3000)).unwrap().code;
        for (time, step) in
            [(2969, None), (2970, Some(100)), (3000, Some(100)), (3059, Some(100)), (3060, None)]
        {
            assert_eq!(step_of(&device, &code, at(time)), step, "{time}");
        }
        for code in ["", "12345", "1234567", "+12345", "１２３４５６"] {
            assert_eq!(step_of(&device, code, at(3000)), None, "{code}");
        }
    }
}
