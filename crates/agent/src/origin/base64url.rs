//! Base64 as JSON Web Tokens have it: with `-` and `_`, without padding.

use zeroize::Zeroizing;

pub(super) fn encode(bytes: &[u8]) -> String {
    aws_smithy_types::base64::encode(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

pub(super) fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(text.trim_end_matches('=').replace('-', "+").replace('_', "/"));
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    aws_smithy_types::base64::decode(text.as_str()).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_decoded() {
        for (bytes, text) in [(&b"\xfb\xff"[..], "-_8"), (b"abc", "YWJj"), (b"", "")] {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).unwrap().as_slice(), bytes);
        }
        assert!(decode("a").is_none());
    }
}
