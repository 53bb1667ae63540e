//! A token, as it stands in the cache.

use super::json::{self, Fields, Written};
use hatrack_core::identity_center::{Portal, organisation};
use hatrack_wire::Sealed;
use jiff::Timestamp;
use zeroize::Zeroizing;

/// The longest token that is taken for one: it travels in a header.
const LONGEST: usize = 32 * 1024;

/// A portal's token.
#[derive(Clone, Debug)]
pub struct Token {
    /// When it ends, by this machine's clock.
    pub expires: Timestamp,
    /// Until when it can be renewed without a person; `None`: it can't be.
    pub refreshable_until: Option<Timestamp>,
    pub(crate) access: Sealed,
}

impl Token {
    /// Tells whether it can be renewed without a person.
    pub fn is_refreshable(&self, now: Timestamp) -> bool {
        self.refreshable_until.is_some_and(|until| now < until)
    }
}

/// What the file of a token was found to hold.
#[derive(Default)]
pub(crate) struct Seen {
    /// The token; `None`: there is no file.
    pub(crate) stored: Option<Stored>,
    /// Whether something stands behind the token that other programs stumble over.
    pub(crate) is_spoilt: bool,
}

/// All that stands in the file of a token.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) start_url: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) access: Sealed,
    pub(crate) expires: Timestamp,
    pub(crate) client: Option<Client>,
    pub(crate) refresh: Option<Sealed>,
    /// What later versions of other programs keep there.
    pub(crate) rest: Fields,
}

/// The registration that a token was given to.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: Sealed,
    pub(crate) expires: Timestamp,
}

impl Stored {
    /// Reads the fields, or says as the end of a sentence what is wrong with them.
    pub(super) fn read(mut fields: Fields) -> Result<Self, String> {
        let access = fields.take("accessToken").filter(|token| is_fit(token));
        let access = Sealed::new(access.ok_or("there is no accessToken that can be used")?);
        let expires = fields.take("expiresAt").as_deref().and_then(time);
        let expires = expires.ok_or("expiresAt is no time")?;
        let id = fields.take("clientId");
        let secret = fields.take("clientSecret").map(Sealed::new);
        let until = fields.take("registrationExpiresAt").as_deref().and_then(time);
        let client = id.zip(secret).zip(until).map(|((id, secret), expires)| Client { id, secret, expires });
        Ok(Self {
            start_url: fields.take("startUrl"),
            region: fields.take("region"),
            access,
            expires,
            client,
            refresh: fields.take("refreshToken").map(Sealed::new),
            rest: fields,
        })
    }

    /// A token that a portal has just given.
    pub(crate) fn given(portal: &Portal, client: Client, given: Given) -> Self {
        Self {
            start_url: Some(portal.start_url.clone()),
            region: Some(portal.region.clone()),
            access: given.access,
            expires: given.expires,
            client: Some(client),
            refresh: given.refresh,
            rest: Fields::default(),
        }
    }

    /// Whether it was given for this portal's organisation, as far as it says so.
    pub(super) fn is_of(&self, portal: &Portal) -> bool {
        self.start_url.as_deref().is_none_or(|url| organisation(url) == portal.organisation())
    }

    pub(crate) fn token(&self) -> Token {
        let client = self.refresh.as_ref().and(self.client.as_ref());
        Token {
            expires: self.expires,
            refreshable_until: client.map(|client| client.expires),
            access: self.access.clone(),
        }
    }

    /// The file's text, to the byte as the AWS CLI writes it.
    pub(super) fn text(&self) -> Zeroizing<Vec<u8>> {
        let expires = written(self.expires);
        let until = self.client.as_ref().map(|client| written(client.expires)).unwrap_or_default();
        let mut fields = Vec::new();
        fields.extend(self.start_url.as_deref().map(|url| ("startUrl", Written::Text(url))));
        fields.extend(self.region.as_deref().map(|region| ("region", Written::Text(region))));
        fields.push(("accessToken", Written::Text(self.access.open())));
        fields.push(("expiresAt", Written::Text(&expires)));
        if let Some(client) = &self.client {
            fields.push(("clientId", Written::Text(&client.id)));
            fields.push(("clientSecret", Written::Text(client.secret.open())));
            fields.push(("registrationExpiresAt", Written::Text(&until)));
        }
        fields.extend(self.refresh.as_ref().map(|token| ("refreshToken", Written::Text(token.open()))));
        json::text(&fields, &self.rest)
    }
}

/// What a portal gives at a sign-in or a renewal.
pub(crate) struct Given {
    pub(crate) access: Sealed,
    pub(crate) expires: Timestamp,
    pub(crate) refresh: Option<Sealed>,
}

/// Whether a text can travel in a header.
pub(crate) fn is_fit(token: &str) -> bool {
    (1..=LONGEST).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic())
}

/// Reads a time as the AWS CLI writes it, now and in earlier versions.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    match text.strip_suffix("UTC") {
        Some(civil) => format!("{}Z", civil.trim_end()).parse().ok(),
        None => text.parse().ok(),
    }
}

/// Writes a time as the AWS CLI does.
pub(super) fn written(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
