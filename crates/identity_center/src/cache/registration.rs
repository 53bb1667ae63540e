//! A registration, as it stands in the cache.

use super::json::{self, Fields, Written};
use super::token::{Client, time, written};
use hatrack_core::identity_center::Portal;
use hatrack_wire::Sealed;
use jiff::Timestamp;
use zeroize::Zeroizing;

/// What a program was registered as.
#[derive(Clone)]
pub(crate) struct Registration {
    pub(crate) id: String,
    pub(crate) secret: Sealed,
    pub(crate) expires: Timestamp,
    pub(crate) scopes: Vec<String>,
    /// What it may ask for; none: a code for a device, which the AWS CLI doesn't say.
    pub(crate) grant_types: Vec<String>,
}

/// The name that the AWS CLI derives the file's name from.
pub(super) fn key(portal: &Portal) -> Zeroizing<Vec<u8>> {
    let scopes = match portal.scopes.as_slice() {
        [] => Written::Null,
        scopes => Written::List(scopes),
    };
    let fields = [
        ("region", Written::Text(&portal.region)),
        ("scopes", scopes),
        ("session_name", portal.session.as_deref().map_or(Written::Null, Written::Text)),
        ("startUrl", Written::Text(&portal.start_url)),
        ("tool", Written::Text("botocore")),
    ];
    json::text(&fields, &Fields::default())
}

impl Registration {
    /// Reads the fields; `None` where they are no registration.
    pub(super) fn read(mut fields: Fields) -> Option<Self> {
        Some(Self {
            id: fields.take("clientId")?,
            secret: Sealed::new(fields.take("clientSecret")?),
            expires: time(&fields.take("expiresAt")?)?,
            scopes: fields.take_list("scopes"),
            grant_types: fields.take_list("grantTypes"),
        })
    }

    /// The file's text, to the byte as the AWS CLI writes it.
    pub(super) fn text(&self) -> Zeroizing<Vec<u8>> {
        let expires = written(self.expires);
        let mut fields = vec![
            ("clientId", Written::Text(&self.id)),
            ("clientSecret", Written::Text(self.secret.open())),
            ("expiresAt", Written::Text(&expires)),
        ];
        for (name, list) in [("scopes", &self.scopes), ("grantTypes", &self.grant_types)] {
            if !list.is_empty() {
                fields.push((name, Written::List(list)));
            }
        }
        json::text(&fields, &Fields::default())
    }

    /// Whether it is one for the browser's way, with the code coming back to this machine.
    pub(crate) fn is_for_browser(&self) -> bool {
        self.grant_types.iter().any(|grant| grant == "authorization_code")
    }

    /// What is kept beside a token.
    pub(crate) fn client(&self) -> Client {
        Client { id: self.id.clone(), secret: self.secret.clone(), expires: self.expires }
    }
}
