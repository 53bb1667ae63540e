//! The way with a code that is typed in on any device.

use super::Ended;
use super::oidc::{Grant, Oidc};
use crate::cache::{Given, Registration};
use crate::call::Refusal;
use crate::outside::Outside;
use aws_sdk_ssooidc::operation::start_device_authorization::StartDeviceAuthorizationOutput;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::Portal;
use hatrack_core::name::shown;
use hatrack_federation::loopback::LONGEST_WAIT;
use hatrack_wire::Sealed;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;
use tokio::time::Instant;

/// How often is asked where the portal doesn't say, and what each complaint adds (RFC 8628).
const INTERVAL: Duration = Duration::from_secs(5);
/// The longest interval that a portal can ask for.
const LONGEST_INTERVAL: Duration = Duration::from_secs(60);
const LONGEST_USER_CODE: usize = 40;
const LONGEST_ADDRESS: usize = 2048;

/// A code for a person, and where it is typed in. It is shown before any browser opens: who
/// didn't see the same code here must not confirm it there.
#[derive(Clone, Debug)]
pub struct Device {
    /// The code.
    pub user_code: String,
    /// The page that asks for it.
    pub verification_uri: String,
    /// The page with the code filled in.
    pub verification_uri_complete: String,
    /// When it ends, by this machine's clock.
    pub expires: Timestamp,
}

/// A sign-in that waits for a code to be typed in somewhere.
#[derive(Debug)]
pub(super) struct OnDevice {
    shown: Device,
    code: Sealed,
    interval: Duration,
    lasts: Duration,
}

impl OnDevice {
    pub(super) fn new(
        begun: StartDeviceAuthorizationOutput,
        oidc: &Oidc,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let here = oidc.url().starts_with("http://");
        let address = |uri: Option<String>| uri.filter(|uri| is_address(uri, here));
        let user_code = begun.user_code.filter(|code| {
            (1..=LONGEST_USER_CODE).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_graphic())
        });
        let lasts = u64::try_from(begun.expires_in).ok().filter(|seconds| *seconds > 0);
        let parts = (user_code, address(begun.verification_uri), begun.device_code, lasts);
        let (Some(user_code), Some(verification_uri), Some(code), Some(lasts)) = parts else {
            return Err(oidc.odd());
        };
        let lasts = Duration::from_secs(lasts).min(LONGEST_WAIT);
        let expires = SignedDuration::try_from(lasts).ok().and_then(|lasts| now.checked_add(lasts).ok());
        let complete = address(begun.verification_uri_complete).unwrap_or_else(|| verification_uri.clone());
        let interval = u64::try_from(begun.interval).ok().filter(|seconds| *seconds > 0);
        Ok(Self {
            shown: Device {
                user_code,
                verification_uri,
                verification_uri_complete: complete,
                expires: expires.unwrap_or(now),
            },
            code: Sealed::new(code),
            interval: interval.map_or(INTERVAL, Duration::from_secs).min(LONGEST_INTERVAL),
            lasts,
        })
    }

    pub(super) fn url(&self) -> Sealed {
        Sealed::new(self.shown.verification_uri_complete.clone())
    }

    pub(super) fn shown(&self) -> &Device {
        &self.shown
    }

    pub(super) async fn finish(
        self,
        portal: &Portal,
        oidc: &Oidc,
        registration: &Registration,
        limit: Duration,
        outside: &impl Outside,
    ) -> Result<Given, Ended> {
        let end = Instant::now() + self.lasts.min(limit);
        let grant = Grant::Device(self.code);
        let mut interval = self.interval;
        loop {
            if Instant::now() + interval >= end {
                tokio::time::sleep_until(end).await;
                return Err(too_late(portal).into());
            }
            tokio::time::sleep(interval).await;
            let refusal = match oidc.token(&registration.id, &registration.secret, &grant, outside).await {
                Ok(given) => return Ok(given),
                Err(refusal) => refusal,
            };
            match refusal.code() {
                Some("AuthorizationPendingException") => {}
                Some("SlowDownException") => interval = (interval + INTERVAL).min(LONGEST_INTERVAL),
                Some("ExpiredTokenException") => return Err(too_late(portal).into()),
                Some("AccessDeniedException") => return Err(denied(portal).into()),
                // The person may need minutes; the network may be back by then.
                None if is_passing(&refusal) => {}
                Some(_) | None => return Err(Ended::Refused(refusal)),
            }
        }
    }
}

fn is_passing(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Failed { may_pass: true, .. })
}

/// Whether an address is one that a face may open: https, or http on this machine where the
/// service itself is here.
fn is_address(uri: &str, here: bool) -> bool {
    let plain = |b: u8| b.is_ascii_graphic() && !b"\\\"<>^`{|}".contains(&b);
    if uri.len() > LONGEST_ADDRESS || !uri.bytes().all(plain) {
        return false;
    }
    let bare = uri.split_once('#').map_or(uri, |(before, _)| before);
    let Ok(parsed) = bare.parse::<http::Uri>() else { return false };
    if parsed.authority().is_none_or(|authority| authority.as_str().contains('@')) {
        return false;
    }
    match parsed.scheme_str() {
        Some("https") => true,
        Some("http") => here && matches!(parsed.host(), Some("127.0.0.1" | "localhost" | "[::1]")),
        Some(_) | None => false,
    }
}

fn too_late(portal: &Portal) -> Failure {
    Failure::new(
        FailureCode::PersonNeeded,
        format!("Nobody typed the code in at {} before it ended.", shown(portal.name())),
        "Start the sign-in again.",
    )
}

fn denied(portal: &Portal) -> Failure {
    Failure::new(
        FailureCode::Refused,
        format!("The request for access was denied at {}.", shown(portal.name())),
        "Start the sign-in again and allow it, or ask who administers the organisation.",
    )
    .with_aws_code(Some("AccessDeniedException"))
}
