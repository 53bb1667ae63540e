//! What a SAML response says, as it stands there.

use super::xml::{Element, Space, Unreadable};
use jiff::Timestamp;

/// What a response says about how it went.
#[derive(Debug)]
pub(super) enum Status {
    /// The person is signed in.
    Success,
    /// The provider refused.
    Refused {
        /// The last part of its most precise status code, `AuthnFailed` for instance.
        code: String,
        /// Its own words; often there are none.
        message: String,
    },
}

/// What a response says, before anything is made of it.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: Status,
    pub(super) issuer: Option<String>,
    pub(super) issued: Option<Timestamp>,
    pub(super) destination: Option<String>,
    /// Whether the assertion, or an attribute of it, can be read by AWS alone.
    pub(super) is_encrypted: bool,
    /// The readable assertions: one, where all is as it should be.
    pub(super) assertions: Vec<Statement>,
}

/// What an assertion says.
#[derive(Debug, Default)]
pub(super) struct Statement {
    pub(super) recipients: Vec<String>,
    pub(super) audiences: Vec<String>,
    /// From when on it isn't to be taken, each time that this is said.
    pub(super) ends: Vec<Timestamp>,
    /// When the sign-in at the provider ends.
    pub(super) session_ends: Option<Timestamp>,
    /// The attributes and their values, in their order.
    pub(super) attributes: Vec<(String, Vec<String>)>,
}

impl Response {
    /// Reads a response.
    pub(super) fn read(text: &str) -> Result<Self, Unreadable> {
        let root = Element::read(text)?;
        if !root.is(Space::Protocol, "Response") {
            return Err(Unreadable);
        }
        let assertions = || root.all(Space::Assertion, "Assertion");
        let issuer = |element: &Element| Some(element.first(Space::Assertion, "Issuer")?.text().to_owned());
        let hidden = |assertion: &Element| {
            let mut statements = assertion.all(Space::Assertion, "AttributeStatement");
            statements.any(|statement| statement.first(Space::Assertion, "EncryptedAttribute").is_some())
        };
        Ok(Self {
            status: status(&root)?,
            issuer: assertions().find_map(issuer).or_else(|| issuer(&root)),
            issued: time(&root, "IssueInstant")?,
            destination: root.attribute("Destination").map(str::to_owned),
            is_encrypted: root.first(Space::Assertion, "EncryptedAssertion").is_some()
                || assertions().any(hidden),
            assertions: assertions().map(Statement::read).collect::<Result<_, _>>()?,
        })
    }
}

impl Statement {
    fn read(assertion: &Element) -> Result<Self, Unreadable> {
        let mut this = Self::default();
        for subject in assertion.all(Space::Assertion, "Subject") {
            for confirmation in subject.all(Space::Assertion, "SubjectConfirmation") {
                for by in confirmation.all(Space::Assertion, "SubjectConfirmationData") {
                    this.recipients.extend(by.attribute("Recipient").map(str::to_owned));
                    this.ends.extend(time(by, "NotOnOrAfter")?);
                }
            }
        }
        for conditions in assertion.all(Space::Assertion, "Conditions") {
            this.ends.extend(time(conditions, "NotOnOrAfter")?);
            for restriction in conditions.all(Space::Assertion, "AudienceRestriction") {
                let audiences = restriction.all(Space::Assertion, "Audience");
                this.audiences.extend(audiences.map(|audience| audience.text().to_owned()));
            }
        }
        for statement in assertion.all(Space::Assertion, "AuthnStatement") {
            this.session_ends = this.session_ends.or(time(statement, "SessionNotOnOrAfter")?);
        }
        for statement in assertion.all(Space::Assertion, "AttributeStatement") {
            for attribute in statement.all(Space::Assertion, "Attribute") {
                let name = attribute.attribute("Name").ok_or(Unreadable)?.to_owned();
                let values = attribute.all(Space::Assertion, "AttributeValue");
                this.attributes.push((name, values.map(|value| value.text().to_owned()).collect()));
            }
        }
        Ok(this)
    }
}

fn status(root: &Element) -> Result<Status, Unreadable> {
    let status = root.first(Space::Protocol, "Status").ok_or(Unreadable)?;
    let outer = status.first(Space::Protocol, "StatusCode").ok_or(Unreadable)?;
    let value = |code: &Element| code.attribute("Value").map(str::to_owned).ok_or(Unreadable);
    let code = value(outer)?;
    if code == "urn:oasis:names:tc:SAML:2.0:status:Success" {
        return Ok(Status::Success);
    }
    let precise = outer.first(Space::Protocol, "StatusCode").map_or(Ok(code), value)?;
    let message = status.first(Space::Protocol, "StatusMessage");
    // Some providers write it as they write the code.
    let message =
        message.map(|it| if it.text().is_empty() { it.attribute("Value") } else { Some(it.text()) });
    Ok(Status::Refused {
        code: precise.rsplit(':').next().unwrap_or_default().to_owned(),
        message: message.flatten().unwrap_or_default().to_owned(),
    })
}

/// A time in an attribute; SAML's times are in UTC.
fn time(element: &Element, name: &str) -> Result<Option<Timestamp>, Unreadable> {
    element.attribute(name).map(|text| text.trim().parse().map_err(|_| Unreadable)).transpose()
}
