//! MFA codes from a seed, as a virtual MFA device makes them: SHA-1, six digits, 30 seconds.
//!
//! Deliberately absent: any other kind of device (AWS has none), the time (it is given in), and a
//! seed in an error's words.

use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use jiff::Timestamp;
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

/// How long a code counts, in seconds.
pub const STEP: u64 = 30;

const DIGITS: u8 = 6;

/// No seed that AWS or another issuer hands out is longer, and no address around it.
const LONGEST: usize = 2_048;

/// Fewer characters than any issuer hands out (80 bits).
const SHORTEST_SEED: usize = 16;

/// The seed of a virtual MFA device, in base32 without blanks or padding.
#[derive(Clone, Debug)]
pub struct Seed(Sealed);

impl Seed {
    /// Reads a seed as people paste it: with blanks, in any case, padded, or as the `otpauth://`
    /// address of a QR code.
    pub fn parse(pasted: &Sealed) -> Result<Self, Failure> {
        let text = pasted.open().trim();
        if text.len() > LONGEST {
            return Err(refused("The seed is too long.", "Paste the seed alone."));
        }
        let secret = match strip_prefix(text, "otpauth://") {
            Some(address) => secret_of(address)?,
            None => Zeroizing::new(text.to_owned()),
        };
        Ok(Self(Sealed::new(cleaned(&secret)?.as_str())))
    }

    /// The seed's own text, as the vault keeps it.
    pub fn base32(&self) -> &Sealed {
        &self.0
    }

    /// Makes the code that counts at this time.
    pub fn code_at(&self, at: Timestamp) -> Result<Sealed, Failure> {
        Ok(Sealed::new(self.totp()?.generate(seconds(at)).to_string()))
    }

    fn totp(&self) -> Result<Totp, Failure> {
        let secret = Secret::try_from_base32(self.0.open()).map_err(|_| not_base32())?;
        let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(DIGITS);
        // The builder's own check asks for 128 bits, which some issuers' seeds don't have.
        Ok(builder.with_step_duration(STEP).with_secret(secret).build_noncompliant())
    }
}

/// Tells when the code of this time stops counting.
pub fn ends_at(at: Timestamp) -> Timestamp {
    let end = (seconds(at) / STEP + 1).saturating_mul(STEP);
    i64::try_from(end).ok().and_then(|end| Timestamp::from_second(end).ok()).unwrap_or(Timestamp::MAX)
}

/// A clock before 1970 counts as 1970.
fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_second()).unwrap_or_default()
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

/// The secret of `totp/LABEL?secret=…`, if the rest asks for nothing that AWS doesn't do.
fn secret_of(address: &str) -> Result<Zeroizing<String>, Failure> {
    if strip_prefix(address, "totp/").is_none() {
        return Err(refused(
            "This is not the address of a time-based device.",
            "Paste the seed of a virtual MFA device.",
        ));
    }
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    let mut secret = None;
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let other = match name.to_ascii_lowercase().as_str() {
            "secret" => {
                let decoded = decoded(value).ok_or_else(not_base32)?;
                if secret.replace(decoded).is_some() {
                    return Err(refused("The address has two secrets.", "Paste the seed alone."));
                }
                continue;
            }
            "algorithm" => !value.eq_ignore_ascii_case("SHA1"),
            "digits" => value.parse() != Ok(DIGITS),
            "period" => value.parse() != Ok(STEP),
            // Label, issuer and picture say nothing about the code.
            _ => false,
        };
        if other {
            return Err(refused(
                "The address asks for another kind of code than AWS takes.",
                "Use a device with SHA-1, six digits and 30 seconds.",
            ));
        }
    }
    secret.ok_or_else(|| {
        refused("The address has no secret in it.", "Copy the whole address, or the seed alone.")
    })
}

/// Undoes percent-encoding.
fn decoded(text: &str) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte == b'%' {
            let digits = std::str::from_utf8(after.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &after[2..];
        } else {
            bytes.push(*byte);
        }
    }
    Some(Zeroizing::new(std::str::from_utf8(&bytes).ok()?.to_owned()))
}

/// Upper case without blanks, hyphens and padding; whether it is base32 at all.
fn cleaned(text: &str) -> Result<Zeroizing<String>, Failure> {
    let mut seed = Zeroizing::new(String::with_capacity(text.len()));
    for c in text.trim_end_matches(|c: char| c == '=' || c.is_whitespace()).chars() {
        match c.to_ascii_uppercase() {
            c @ ('A'..='Z' | '2'..='7') => seed.push(c),
            '-' => {}
            c if c.is_whitespace() => {}
            _ => return Err(not_base32()),
        }
    }
    if seed.len() < SHORTEST_SEED {
        return Err(refused("The seed is too short.", "Copy the whole seed."));
    }
    // Lengths that no number of whole bytes has.
    if matches!(seed.len() % 8, 1 | 3 | 6) {
        return Err(refused("The seed is not whole.", "Copy the whole seed."));
    }
    Ok(seed)
}

fn not_base32() -> Failure {
    refused(
        "This is not a seed in base32, which has only the letters A to Z and the digits 2 to 7.",
        "Copy the seed as the console shows it beside the QR code.",
    )
}

fn refused(happened: &str, remedy: &str) -> Failure {
    Failure::new(FailureCode::Usage, happened, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "12345678901234567890", the seed of RFC 6238's examples.
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn parse(text: &str) -> Result<Seed, Failure> {
        Seed::parse(&Sealed::new(text))
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        let seed = parse(RFC).unwrap();
        // RFC 6238, appendix B, the last six of its eight digits.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let at = Timestamp::from_second(second).unwrap();
            assert_eq!(seed.code_at(at).unwrap().open(), code);
        }
    }

    #[test]
    fn a_code_ends_with_its_step() {
        for (at, end) in [(0, 30), (29, 30), (30, 60), (59, 60)] {
            let at = Timestamp::from_second(at).unwrap();
            assert_eq!(ends_at(at), Timestamp::from_second(end).unwrap());
        }
    }

    #[test]
    fn a_seed_is_taken_as_people_paste_it() {
        for pasted in [
            RFC,
            "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
            "  GEZDGNBV-GY3TQOJQ-GEZDGNBV-GY3TQOJQ==== \n",
            "otpauth://totp/Amazon%20Web%20Services:ada@1?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Amazon",
            "OTPAUTH://TOTP/x?digits=6&period=30&algorithm=sha1&secret=gezdgnbvgy3tqojqgezdgnbvgy3tqojq%3D%3D",
        ] {
            assert_eq!(parse(pasted).unwrap().base32().open(), RFC, "{pasted}");
        }
    }

    #[test]
    fn other_things_are_refused_in_words_without_the_seed() {
        for (pasted, words) in [
            ("", "too short"),
            ("GEZDGNBV", "too short"),
            ("GEZDGNBVGY3TQOJQG", "not whole"),
            ("GEZDGNBVGY3TQOJ0", "not a seed in base32"),
            ("GEZDGNBV=GY3TQOJQ", "not a seed in base32"),
            ("otpauth://hotp/x?secret=GEZDGNBVGY3TQOJQ&counter=1", "time-based"),
            ("otpauth://totp/x?issuer=y", "no secret"),
            ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=8", "another kind"),
            ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&period=60", "another kind"),
            ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&algorithm=SHA256", "another kind"),
            ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&secret=GEZDGNBVGY3TQOJQ", "two secrets"),
            ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ%", "not a seed in base32"),
        ] {
            let failure = parse(pasted).unwrap_err();
            assert!(failure.happened.contains(words), "{pasted}: {failure}");
            assert!(!failure.to_string().contains("GEZDGNBV"), "{failure}");
        }
        assert!(parse(&"A".repeat(4_000)).unwrap_err().happened.contains("too long"));
    }

    #[test]
    fn a_seed_does_not_show_itself() {
        assert_eq!(format!("{:?}", parse(RFC).unwrap()), "Seed(Sealed(…))");
    }
}
