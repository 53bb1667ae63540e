//! The parameters of a call in AWS's query protocol: a form, read strictly.

use crate::answer::AwsError;
use std::collections::BTreeMap;

/// The parameters of one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params(BTreeMap<String, String>);

/// A form that can't be read: a broken percent escape, or bytes that aren't UTF-8.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

impl Params {
    /// Reads a form; of a name given twice the last value counts.
    pub(crate) fn parse(form: &[u8]) -> Result<Self, Malformed> {
        form.split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
                let value = pair.get(at + 1..).unwrap_or_default();
                Ok((decode(&pair[..at])?, decode(value)?))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The value of a parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The action, or AWS's refusal of a call without one.
    pub(crate) fn action(&self) -> Result<&str, AwsError> {
        self.get("Action").ok_or_else(|| AwsError::new(400, "MissingAction", "Missing Action"))
    }

    /// Every parameter.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &String)> {
        self.0.iter()
    }

    /// The members of a list in their order, each with its fields: `Tags.member.1.Key` is the field
    /// `Key` of a member; a list of texts has the field with the empty name.
    pub(crate) fn members(&self, list: &str) -> Result<Vec<BTreeMap<&str, &str>>, Malformed> {
        let prefix = format!("{list}.member.");
        let mut members: BTreeMap<u32, BTreeMap<&str, &str>> = BTreeMap::new();
        for (name, value) in &self.0 {
            let Some(rest) = name.strip_prefix(&prefix) else { continue };
            let (index, field) = rest.split_once('.').unwrap_or((rest, ""));
            let index = index.parse().map_err(|_| Malformed)?;
            members.entry(index).or_default().insert(field, value);
        }
        Ok(members.into_values().collect())
    }
}

fn decode(text: &[u8]) -> Result<String, Malformed> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => digit(rest.next())? << 4 | digit(rest.next())?,
            _ => *byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| Malformed)
}

fn digit(byte: Option<&u8>) -> Result<u8, Malformed> {
    let digit = byte.and_then(|byte| char::from(*byte).to_digit(16)).ok_or(Malformed)?;
    u8::try_from(digit).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read() {
        let params = Params::parse(b"Action=AssumeRole&Name=a%20b+c%C3%A9&Empty=&Bare&&X=1&X=2").unwrap();
        assert_eq!(params.get("Action"), Some("AssumeRole"));
        assert_eq!(params.get("Name"), Some("a b cé"));
        assert_eq!(params.get("Empty"), Some(""));
        assert_eq!(params.get("Bare"), Some(""));
        assert_eq!(params.get("X"), Some("2"));
        assert_eq!(params.get("Y"), None);
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for form in [&b"A=%"[..], b"A=%4", b"A=%zz", b"A=%ff", b"A=\xff", b"%C3=1", b"A=%+1"] {
            assert_eq!(Params::parse(form), Err(Malformed), "{form:?}");
        }
    }

    #[test]
    fn lists_keep_their_order() {
        let params =
            Params::parse(b"T.member.10.Key=j&T.member.2.Key=b&T.member.2.Value=v&K.member.1=x").unwrap();
        let tags = params.members("T").unwrap();
        assert_eq!(tags.iter().map(|tag| tag["Key"]).collect::<Vec<_>>(), ["b", "j"]);
        assert_eq!(tags[0].get("Value"), Some(&"v"));
        assert_eq!(params.members("K").unwrap()[0][""], "x");
        assert_eq!(Params::parse(b"T.member.x=1").unwrap().members("T"), Err(Malformed));
    }
}
