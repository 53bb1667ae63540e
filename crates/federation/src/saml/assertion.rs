//! An assertion on its way from a provider to AWS.

use super::endpoint::{is_audience, is_endpoint};
use super::response::{Response, Statement, Status};
use super::role::SamlRole;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::shown;
use hatrack_wire::Sealed;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// STS takes no longer one.
const LONGEST: usize = 100_000;
/// How long AWS takes an assertion after it was issued.
const TAKEN_FOR: SignedDuration = SignedDuration::from_mins(5);
/// What the names of AWS's attributes begin with.
const ATTRIBUTES: &str = "https://aws.amazon.com/SAML/Attributes/";
/// Providers leave the padding out at times.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What an identity provider says about a person to AWS: which roles they may have, and for how long.
///
/// Nothing in it is verified; AWS does that. Texts are as the provider wrote them, to be escaped
/// where they are shown.
#[derive(Debug)]
pub struct Assertion {
    posted: Sealed,
    is_encrypted: bool,
    issuer: Option<String>,
    recipients: Vec<String>,
    audiences: Vec<String>,
    ends: Option<Timestamp>,
    session_ends: Option<Timestamp>,
    roles: Vec<SamlRole>,
    attributes: Vec<(String, Vec<String>)>,
}

impl Assertion {
    /// Reads the `SAMLResponse` that a provider had posted.
    ///
    /// What is no response to be read fails as [`FailureCode::Unreachable`]. A provider's no, a
    /// response that is meant for another service, and one without a role fail as
    /// [`FailureCode::Refused`].
    pub fn read(posted: Sealed) -> Result<Self, Failure> {
        if posted.open().len() > LONGEST {
            return Err(unreadable("is longer than AWS takes: 100,000 characters at most"));
        }
        let posted = if posted.open().contains(|c: char| c.is_ascii_whitespace()) {
            Sealed::new(posted.open().replace(|c: char| c.is_ascii_whitespace(), ""))
        } else {
            posted
        };
        let bytes = BASE64.decode(posted.open()).map_err(|_| unreadable("isn't base64"))?;
        let bytes = Zeroizing::new(bytes);
        let text = std::str::from_utf8(&bytes).map_err(|_| unreadable("isn't UTF-8"))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let response = Response::read(text)
            .map_err(|_| unreadable("isn't SAML 2.0, or has a part that can't be understood"))?;
        Self::of(posted, response)
    }

    fn of(posted: Sealed, response: Response) -> Result<Self, Failure> {
        if let Status::Refused { code, message } = &response.status {
            return Err(refused(response.issuer.as_deref(), code, message));
        }
        let is_encrypted = response.is_encrypted;
        let mut assertions = response.assertions;
        let statement = match (assertions.pop(), assertions.is_empty()) {
            (Some(only), true) => only,
            (None, _) if is_encrypted => Statement::default(),
            (None, _) => return Err(unreadable("has no assertion")),
            (Some(_), false) => return Err(unreadable("has more than one assertion")),
        };
        let mut recipients = statement.recipients;
        if recipients.is_empty() {
            recipients.extend(response.destination);
        }
        let issued = response.issued.and_then(|issued| issued.checked_add(TAKEN_FOR).ok());
        let this = Self {
            posted,
            is_encrypted,
            issuer: response.issuer,
            recipients,
            audiences: statement.audiences,
            ends: statement.ends.into_iter().min().or(issued),
            session_ends: statement.session_ends,
            roles: roles(&statement.attributes),
            attributes: statement.attributes,
        };
        if let Some(other) = this.other_service() {
            return Err(meant_for_another(other));
        }
        if this.roles.is_empty() && !is_encrypted {
            return Err(without_roles(this.issuer()));
        }
        Ok(this)
    }

    /// What it was as posted, for STS: whoever has it before it ends can have the roles.
    pub fn sealed(&self) -> &Sealed {
        &self.posted
    }

    /// The roles that it offers, each once; none can be listed where it [is
    /// encrypted](Self::is_encrypted). Pairs that name no role are left out.
    pub fn roles(&self) -> &[SamlRole] {
        &self.roles
    }

    /// Whether only AWS can read it, so that the role must be known from elsewhere.
    pub fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// The provider's own name for itself.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The endpoint of AWS's sign-in that it is meant for, where it says so.
    pub fn endpoint(&self) -> Option<&str> {
        self.recipients.iter().map(String::as_str).find(|recipient| is_endpoint(recipient))
    }

    /// The moment from which on AWS takes it no more: the earliest that it names, else five minutes
    /// after it was issued, else five minutes from now.
    pub fn expires(&self, now: Timestamp) -> Timestamp {
        self.ends.unwrap_or_else(|| now.checked_add(TAKEN_FOR).unwrap_or(now))
    }

    /// When the sign-in at the provider ends; AWS ends the role's session then at the latest.
    pub fn session_ends(&self) -> Option<Timestamp> {
        self.session_ends
    }

    /// How long the role's session is to last, in seconds; none where it isn't said, or isn't within
    /// what AWS allows: 900 to 43,200.
    pub fn session_duration(&self) -> Option<u32> {
        let seconds = self.one("SessionDuration")?.parse().ok()?;
        (900..=43_200).contains(&seconds).then_some(seconds)
    }

    /// The name of the role's session.
    pub fn role_session_name(&self) -> Option<&str> {
        self.one("RoleSessionName")
    }

    /// The identity that stays with the session through every further role.
    pub fn source_identity(&self) -> Option<&str> {
        self.one("SourceIdentity")
    }

    /// The session's tags.
    pub fn tags(&self) -> BTreeMap<&str, &str> {
        self.attributes
            .iter()
            .filter_map(|(name, values)| {
                let key = name.strip_prefix(ATTRIBUTES)?.strip_prefix("PrincipalTag:")?;
                Some((key, values.first()?.as_str()))
            })
            .collect()
    }

    /// The keys of the tags that stay with the session through every further role.
    pub fn transitive_tag_keys(&self) -> Vec<&str> {
        values(&self.attributes, "TransitiveTagKeys").collect()
    }

    fn one(&self, name: &str) -> Option<&str> {
        values(&self.attributes, name).next()
    }

    /// For whom it is meant, if it says so and that isn't AWS.
    fn other_service(&self) -> Option<&str> {
        let is_for_aws = self.endpoint().is_some() || self.audiences.iter().any(|it| is_audience(it));
        if is_for_aws {
            return None;
        }
        self.recipients.first().or(self.audiences.first()).map(String::as_str)
    }
}

/// The values of one of AWS's attributes.
fn values<'a>(attributes: &'a [(String, Vec<String>)], name: &str) -> impl Iterator<Item = &'a str> {
    let wanted = attributes.iter().filter(move |(full, _)| full.strip_prefix(ATTRIBUTES) == Some(name));
    wanted.flat_map(|(_, values)| values).map(String::as_str)
}

fn roles(attributes: &[(String, Vec<String>)]) -> Vec<SamlRole> {
    let mut roles = Vec::new();
    for role in values(attributes, "Role").filter_map(SamlRole::parse) {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles
}

fn unreadable(what: &str) -> Failure {
    Failure::new(
        FailureCode::Unreachable,
        format!("The identity provider's response can't be read: it {what}."),
        "Sign in again; if it recurs, show this to whoever runs the identity provider.",
    )
}

fn refused(issuer: Option<&str>, code: &str, message: &str) -> Failure {
    let provider = issuer.map_or_else(|| "The identity provider".to_owned(), shown);
    let said = if message.is_empty() { String::new() } else { format!(": “{}”", shown(message)) };
    Failure::new(
        FailureCode::Refused,
        format!("{provider} refused the sign-in{said} ({}).", shown(code)),
        "Sign in again, or ask whoever runs the identity provider for access to AWS.",
    )
}

fn meant_for_another(service: &str) -> Failure {
    Failure::new(
        FailureCode::Refused,
        format!("The identity provider signed you in to another service, {}, not to AWS.", shown(service)),
        "Set sign_in_url to the address at which the provider begins the sign-in to AWS.",
    )
}

fn without_roles(issuer: Option<&str>) -> Failure {
    let provider = issuer.map_or_else(|| "the identity provider".to_owned(), shown);
    Failure::new(
        FailureCode::Refused,
        format!("You are signed in, but {provider} names no role of AWS that you may have."),
        "Ask whoever runs the identity provider to give you a role, or sign in as somebody else.",
    )
}
