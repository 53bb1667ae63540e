//! Names that AWS makes up: access key ids, unique ids, secrets, tokens, request ids.

/// Base32's letters, which are those of every AWS id.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Base64's letters, which are those of secrets and session tokens.
const DENSE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// How many letters after the prefix of an access key id carry its account.
const ACCOUNT_LETTERS: usize = 10;

/// Makes an access key id of an account: the prefix, then the account's number in base32 where AWS
/// puts it, then what `noise` says.
pub(crate) fn access_key_id(prefix: &str, account: &str, noise: [u8; 7]) -> String {
    let number: u64 = account.parse().unwrap_or(0);
    // The top bit marks the ids that carry an account; 40 bits of account follow, then 7 bits of noise.
    // Two more bits fill the tenth letter.
    let bits = ((1 << 47) | (number << 7) | u64::from(noise[0] & 0x7f)) << 2 | u64::from(noise[0] >> 6);
    let head = (0..ACCOUNT_LETTERS).rev().map(|at| LETTERS[(bits >> (at * 5)) as usize & 31]);
    let tail = noise[1..].iter().map(|byte| LETTERS[usize::from(byte & 31)]);
    prefix.chars().chain(head.chain(tail).map(char::from)).collect()
}

/// Reads the account that an access key id carries, if it is one that does.
pub(crate) fn account_of_access_key(id: &str) -> Option<String> {
    let letters = id.strip_prefix("AKIA").or_else(|| id.strip_prefix("ASIA"))?;
    if letters.len() != 16 {
        return None;
    }
    let mut bits = 0_u64;
    for byte in letters.bytes().take(ACCOUNT_LETTERS) {
        bits = bits << 5 | LETTERS.iter().position(|letter| *letter == byte)? as u64;
    }
    let bits = bits >> 2;
    (bits >> 47 == 1).then(|| format!("{:012}", (bits >> 7) & ((1 << 40) - 1)))
}

/// Makes the unique id of a user (`AIDA`) or a role (`AROA`): the same for the same ARN.
pub(crate) fn unique_id(prefix: &str, arn: &str) -> String {
    let hash = hash(arn);
    prefix.chars().chain((0..17).map(|at| char::from(LETTERS[(hash >> (at * 5)) as usize & 31]))).collect()
}

/// A number that is always the same for the same text: FNV-1a, 128 bits.
pub(crate) fn hash(text: &str) -> u128 {
    text.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    })
}

/// Draws bytes from the system's source of randomness.
///
/// A system without one can't run a sandbox: the call panics.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::expect_used, reason = "a system without randomness can't run a sandbox")]
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// Makes a random text of so many letters of base64.
pub(crate) fn random_text(letters: usize) -> String {
    let mut text = String::with_capacity(letters + 32);
    while text.len() < letters {
        text.extend(random::<32>().iter().map(|byte| char::from(DENSE[usize::from(byte & 63)])));
    }
    text.truncate(letters);
    text
}

/// Makes so many random letters that people can read and type.
pub(crate) fn letters(count: usize) -> String {
    (0..count).map(|_| char::from(LETTERS[usize::from(random::<1>()[0] & 31)])).collect()
}

/// Makes a request id: a random UUID.
pub(crate) fn request_id() -> String {
    let id = u128::from_be_bytes(random()) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let hex = format!("{id:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_key_id_carries_its_account() {
        for account in ["000000000001", "111122223333", "999999999999"] {
            for noise in [[0; 7], [255; 7], random()] {
                let id = access_key_id("ASIA", account, noise);
                assert_eq!(id.len(), 20, "{id}");
                assert_eq!(account_of_access_key(&id).as_deref(), Some(account), "{id}");
            }
        }
        assert_eq!(account_of_access_key("AKIAIOSFODNN7EXAMPLE"), None, "old ids carry none");
        assert_eq!(account_of_access_key("ASIAY34FZKBOKMUTVV7A").as_deref(), Some("609629065308"));
    }

    #[test]
    fn a_request_id_is_a_version_4_uuid() {
        let id = request_id();
        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "4");
        assert!("89ab".contains(&id[19..20]));
        assert_ne!(id, request_id());
    }

    #[test]
    fn unique_ids_are_stable() {
        let id = unique_id("AROA", "arn:aws:iam::111122223333:role/A");
        assert_eq!(id.len(), 21);
        assert_eq!(id, unique_id("AROA", "arn:aws:iam::111122223333:role/A"));
        assert_ne!(id, unique_id("AROA", "arn:aws:iam::111122223333:role/B"));
    }
}
