//! What a response says, once its signature is known to fit.

use super::signature;
use super::xml::Element;
use crate::answer::AwsError;
use crate::world::SamlProvider;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
const ATTRIBUTES: &str = "https://aws.amazon.com/SAML/Attributes/";
const RECIPIENT: &str = "https://signin.aws.amazon.com/saml";
const AUDIENCES: [&str; 2] = ["urn:amazon:webservices", RECIPIENT];
/// What begins the formats of names that SAML itself knows.
const FORMAT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:";
const REDEEMABLE: SignedDuration = SignedDuration::from_mins(5);

/// What a signed assertion says.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) issuer: String,
    pub(super) subject: String,
    pub(super) subject_type: Option<String>,
    pub(super) recipient: String,
    /// When the session at the provider ends.
    pub(super) session_ends: Option<Timestamp>,
    attributes: Vec<(String, Vec<String>)>,
}

/// Reads what was posted, without believing it.
pub(super) fn read(posted: &str) -> Result<Element, AwsError> {
    let bytes = STANDARD.decode(posted).map_err(|_| invalid("Invalid base64 SAMLResponse"))?;
    let text = String::from_utf8(bytes).ok();
    let root = text.and_then(|text| Element::read(&text).ok());
    root.filter(|root| root.is(PROTOCOL, "Response")).ok_or_else(|| invalid("Invalid SAMLResponse"))
}

impl Statement {
    /// Reads the assertion, if the provider signed it, it is for AWS, and it is its time.
    pub(super) fn verify(root: &Element, provider: &SamlProvider, now: Timestamp) -> Result<Self, AwsError> {
        let status = root.only(PROTOCOL, "Status").and_then(|status| status.only(PROTOCOL, "StatusCode"));
        if status.and_then(|code| code.attribute("Value"))
            != Some("urn:oasis:names:tc:SAML:2.0:status:Success")
        {
            let words = "The identity provider (IdP) reported that authentication failed.";
            return Err(AwsError::new(403, "IDPRejectedClaim", words));
        }
        if root.all(ASSERTION, "EncryptedAssertion").next().is_some() {
            return Err(invalid("No private key found to decrypt the EncryptedAssertion"));
        }
        let assertion = root.only(ASSERTION, "Assertion").ok_or_else(|| invalid("Invalid SAMLResponse"))?;
        let issuer = assertion.only(ASSERTION, "Issuer").map(Element::text).unwrap_or_default();
        if issuer != provider.issuer {
            return Err(invalid("Issuer not present in specified provider"));
        }
        let mut signed = [assertion, root].into_iter().filter(|it| signature::is_signed(it)).peekable();
        let is_signed = signed.peek().is_some();
        if !is_signed || !signed.all(|it| signature::fits(it, root, &provider.certificate)) {
            return Err(invalid("Response signature invalid"));
        }
        let this = Self::of(assertion, issuer)?;
        check_audience(assertion)?;
        check_time(assertion, now)?;
        Ok(this)
    }

    fn of(assertion: &Element, issuer: String) -> Result<Self, AwsError> {
        let subject = assertion.only(ASSERTION, "Subject");
        let subject = subject.ok_or_else(|| invalid("Invalid SAMLResponse"))?;
        let name = subject.only(ASSERTION, "NameID");
        let format = name.and_then(|name| name.attribute("Format"));
        let recipient = confirmations(subject).find_map(|it| it.attribute("Recipient"));
        let recipient = recipient
            .filter(|it| *it == RECIPIENT)
            .ok_or_else(|| invalid(&format!("The SAML response's Recipient must match {RECIPIENT}")))?;
        let statements = || assertion.all(ASSERTION, "AuthnStatement");
        let ends: Option<Timestamp> =
            statements().find_map(|it| it.attribute("SessionNotOnOrAfter")?.parse().ok());
        let attributes = assertion
            .all(ASSERTION, "AttributeStatement")
            .flat_map(|statement| statement.all(ASSERTION, "Attribute"))
            .filter_map(|attribute| {
                let values = attribute.all(ASSERTION, "AttributeValue").map(Element::text).collect();
                Some((attribute.attribute("Name")?.to_owned(), values))
            });
        Ok(Self {
            issuer,
            subject: name.map(Element::text).unwrap_or_default(),
            subject_type: format.map(|it| it.strip_prefix(FORMAT).unwrap_or(it).to_owned()),
            recipient: recipient.to_owned(),
            session_ends: ends,
            attributes: attributes.collect(),
        })
    }

    /// Whether it offers this role by way of this provider.
    pub(super) fn offers(&self, role: &str, provider: &str) -> bool {
        self.all("Role").any(|pair| {
            let pair = pair.split_once(',').map(|(one, other)| (one.trim(), other.trim()));
            pair == Some((role, provider)) || pair == Some((provider, role))
        })
    }

    /// The values of one of AWS's attributes.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let wanted = self.attributes.iter().filter(move |(it, _)| it.strip_prefix(ATTRIBUTES) == Some(name));
        wanted.flat_map(|(_, values)| values).map(String::as_str)
    }

    /// The tags, each with its first value.
    pub(super) fn tags<'a>(&'a self) -> Vec<(&'a str, &'a str)> {
        let tag = |(name, values): &'a (String, Vec<String>)| {
            let key = name.strip_prefix(ATTRIBUTES)?.strip_prefix("PrincipalTag:")?;
            Some((key, values.first()?.as_str()))
        };
        self.attributes.iter().filter_map(tag).collect()
    }
}

fn confirmations(subject: &Element) -> impl Iterator<Item = &Element> {
    let confirmations = subject.all(ASSERTION, "SubjectConfirmation");
    confirmations.flat_map(|it| it.all(ASSERTION, "SubjectConfirmationData"))
}

fn check_audience(assertion: &Element) -> Result<(), AwsError> {
    let conditions = assertion.all(ASSERTION, "Conditions");
    let restrictions = conditions.flat_map(|it| it.all(ASSERTION, "AudienceRestriction"));
    let mut audiences = restrictions.flat_map(|it| it.all(ASSERTION, "Audience")).map(Element::text);
    if audiences.any(|audience| AUDIENCES.contains(&audience.as_str())) {
        return Ok(());
    }
    Err(invalid("Response does not contain the required audience."))
}

fn check_time(assertion: &Element, now: Timestamp) -> Result<(), AwsError> {
    let time = |element: &Element, name: &str| -> Result<Option<Timestamp>, AwsError> {
        let text = element.attribute(name);
        text.map(|it| it.parse().map_err(|_| invalid("Invalid SAMLResponse"))).transpose()
    };
    let issued = time(assertion, "IssueInstant")?.ok_or_else(|| invalid("Invalid SAMLResponse"))?;
    let subjects = assertion.all(ASSERTION, "Subject");
    let bounds = assertion.all(ASSERTION, "Conditions").chain(subjects.flat_map(confirmations));
    for bound in bounds {
        if time(bound, "NotBefore")?.is_some_and(|begins| now < begins) {
            return Err(invalid("The SAML response is not valid yet"));
        }
        if let Some(ends) = time(bound, "NotOnOrAfter")?.filter(|ends| now >= *ends) {
            let (now, ends) = (now.as_second(), ends.as_second());
            return Err(expired(&format!(
                "Token expired: current date/time {now} must be before the expiration date/time {ends}"
            )));
        }
    }
    if now.duration_since(issued) > REDEEMABLE {
        return Err(expired("Token must be redeemed within 5 minutes of issuance"));
    }
    Ok(())
}

/// The refusal of an assertion that isn't to be believed.
pub(super) fn invalid(words: &str) -> AwsError {
    AwsError::new(400, "InvalidIdentityToken", words)
}

/// The refusal of what has passed.
pub(super) fn expired(words: &str) -> AwsError {
    AwsError::new(400, "ExpiredTokenException", words)
}
