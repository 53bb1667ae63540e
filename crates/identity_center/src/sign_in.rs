//! A sign-in from its beginning to its token in the cache.
//!
//! Two ways: by the person's browser, with the code coming back to this machine (PKCE, RFC 7636
//! and 8252), or with a code that is typed in on any device (RFC 8628). Who phishes prefers the
//! second, so it is never taken unasked.

mod browser;
mod device;
mod oidc;

pub use device::Device;
pub(crate) use oidc::{Grant, Oidc};

use crate::cache::{Cache, Registration, Stored, Token};
use crate::call::Refusal;
use crate::outside::Outside;
use browser::AtBrowser;
use device::OnDevice;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::Portal;
use hatrack_wire::Sealed;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// A registration that ends sooner isn't begun with.
const REGISTRATION_MARGIN: SignedDuration = SignedDuration::from_mins(15);

/// The way that a sign-in takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// In the browser of this machine.
    Browser,
    /// With a code, on any device.
    DeviceCode,
}

/// A sign-in that waits for a person. Dropping it takes the sign-in back.
#[derive(Debug)]
pub struct Pending {
    portal: Portal,
    cache: Cache,
    oidc: Oidc,
    registration: Registered,
    way: Waiting,
}

#[derive(Debug)]
enum Waiting {
    Browser(AtBrowser),
    Device(OnDevice),
}

/// A registration, for Debug without its secret.
struct Registered(Registration);

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.id)
    }
}

/// Begins a sign-in: registers Hatrack at the portal unless that was done before, and listens for
/// the browser's answer or gets a code for a device.
pub async fn begin(
    portal: &Portal,
    flow: Flow,
    outside: &impl Outside,
    cache: &Cache,
) -> Result<Pending, Failure> {
    let oidc = Oidc::of(portal, outside).await?;
    let now = outside.now();
    let known = cache.registration(portal)?.filter(|known| suits(known, flow, now));
    let was_known = known.is_some();
    let mut registration = match known {
        Some(known) => known,
        None => register(portal, flow, &oidc, cache).await?,
    };
    let way = match flow {
        Flow::Browser => Waiting::Browser(AtBrowser::begin(portal, &oidc, &registration).await?),
        Flow::DeviceCode => {
            let mut begun = oidc.authorize_device(portal, &registration).await;
            if was_known && begun.as_ref().is_err_and(is_about_client) {
                cache.forget_registration(portal).await?;
                registration = register(portal, flow, &oidc, cache).await?;
                begun = oidc.authorize_device(portal, &registration).await;
            }
            let begun = begun.map_err(|refusal| oidc.refused(refusal, "the sign-in"))?;
            Waiting::Device(OnDevice::new(begun, &oidc, now)?)
        }
    };
    Ok(Pending {
        portal: portal.clone(),
        cache: cache.clone(),
        oidc,
        registration: Registered(registration),
        way,
    })
}

async fn register(portal: &Portal, flow: Flow, oidc: &Oidc, cache: &Cache) -> Result<Registration, Failure> {
    let registration = oidc.register(portal, flow).await?;
    cache.keep(portal, &registration).await?;
    Ok(registration)
}

/// Whether a registration can be used again. Those of the two ways are told apart as the AWS CLI
/// does it.
fn suits(registration: &Registration, flow: Flow, now: Timestamp) -> bool {
    let is_of_flow = match flow {
        Flow::Browser => registration.is_for_browser(),
        Flow::DeviceCode => !registration.is_for_browser(),
    };
    is_of_flow && registration.expires.duration_since(now) >= REGISTRATION_MARGIN
}

/// Whether the service doesn't know the registration any more.
fn is_about_client(refusal: &Refusal) -> bool {
    matches!(refusal.code(), Some("InvalidClientException" | "UnauthorizedClientException"))
}

impl Pending {
    /// The address that a face opens in a browser, after it has shown the code where there is one.
    pub fn url(&self) -> Sealed {
        match &self.way {
            Waiting::Browser(browser) => browser.url(),
            Waiting::Device(device) => device.url(),
        }
    }

    /// The code and where it is typed in, if the sign-in is of that kind.
    pub fn device(&self) -> Option<&Device> {
        match &self.way {
            Waiting::Browser(_) => None,
            Waiting::Device(device) => Some(device.shown()),
        }
    }

    /// Waits for the person, for `limit` and never longer than ten minutes, and puts the token
    /// into the cache.
    pub async fn finish(self, outside: &impl Outside, limit: Duration) -> Result<Token, Failure> {
        let Self { portal, cache, oidc, registration: Registered(registration), way } = self;
        let is_by_browser = matches!(way, Waiting::Browser(_));
        let given = match way {
            Waiting::Browser(browser) => browser.finish(&portal, &oidc, &registration, limit, outside).await,
            Waiting::Device(device) => device.finish(&portal, &oidc, &registration, limit, outside).await,
        };
        let given = match given {
            Ok(given) => given,
            Err(Ended::Failed(failure)) => {
                // A portal that doesn't know the registration any more tells only the browser so.
                if failure.code == FailureCode::PersonNeeded && is_by_browser {
                    cache.forget_registration(&portal).await?;
                }
                return Err(failure);
            }
            Err(Ended::Refused(refusal)) => {
                if is_about_client(&refusal) {
                    cache.forget_registration(&portal).await?;
                }
                return Err(oidc.refused(refusal, "the sign-in"));
            }
        };
        let lock = cache.lock(&portal).await?;
        let stored = Stored::given(&portal, registration.client(), given);
        cache.write(&portal, &stored, &lock)?;
        Ok(stored.token())
    }
}

/// How a sign-in ended without a token.
enum Ended {
    Failed(Failure),
    Refused(Refusal),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
