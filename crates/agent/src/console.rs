//! The call that turns credentials into a sign-in at AWS's console.

use crate::credentials::Credentials;
use crate::text::plain;
use crate::world::{Connector, Reach, World, accept, explain, never_connected};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use hatrack_core::console::{self, Kind, Site};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long the whole may take.
const TOTAL: Duration = Duration::from_secs(15);

/// How long an answer is at most.
const LONGEST: usize = 65_536;

/// A sign-in that is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The console.
    pub site: Site,
    /// The region whose sign-in is asked.
    pub region: String,
    /// How the credentials came to be.
    pub kind: Kind,
    /// How long the session is to live.
    pub seconds: Option<u32>,
    /// The page that it leads to.
    pub destination: String,
}

/// Asks AWS for a sign-in token and makes the link of it: a secret, good for 15 minutes.
pub async fn link(world: &World, credentials: &Credentials, wanted: &Wanted) -> Result<Sealed, Failure> {
    let sign_in = address(world, wanted)?;
    let seconds = console::session_seconds(wanted.kind, wanted.seconds)?;
    let reach = Reach::to(world, &sign_in, None)?;
    let asking = async {
        match ask(&reach, &sign_in, credentials, seconds).await? {
            // A role may allow less than was wanted, and a chain may have come from elsewhere: the
            // console then lives as long as the credentials.
            (400, _) if seconds.is_some() => ask(&reach, &sign_in, credentials, None).await,
            answer => Ok(answer),
        }
    };
    let (status, answer) = match tokio::time::timeout(TOTAL, asking).await {
        Ok(answer) => answer?,
        Err(elapsed) => return Err(explain(&elapsed, &reach, true)),
    };
    let token = console::token(&answer).filter(|_| status == 200).ok_or_else(|| refused(&reach, status))?;
    Ok(Sealed::new(console::login(&sign_in, &token, &wanted.destination).as_str()))
}

async fn ask(
    reach: &Reach,
    sign_in: &str,
    credentials: &Credentials,
    seconds: Option<u32>,
) -> Result<(u16, Zeroizing<Vec<u8>>), Failure> {
    let none = || {
        let happened = "These credentials have no session token, and the console takes none without.";
        Failure::new(FailureCode::Refused, happened, "Choose a role.")
    };
    let token = credentials.session_token.as_ref().ok_or_else(none)?;
    let secret = credentials.secret_access_key.open();
    let form = console::token_request(&credentials.access_key_id, secret, token.open(), seconds);
    let form = form.ok_or_else(none)?;
    let connector = Connector::new(reach.clone(), CONNECT);
    let mut again = true;
    loop {
        match connector.send(request(sign_in, &form)?).await {
            Err(error) if again && never_connected(&error) => again = false,
            Err(error) => return Err(explain(&error, reach, error.is_timeout())),
            Ok(response) => {
                let bytes = response.body().bytes().unwrap_or_default();
                let kept = Zeroizing::new(bytes.get(..LONGEST).unwrap_or(bytes).to_vec());
                return Ok((response.status().as_u16(), kept));
            }
        }
    }
}

fn request(sign_in: &str, form: &str) -> Result<HttpRequest, Failure> {
    let odd = || Failure::new(FailureCode::Usage, "The sign-in's address can't be used.", "Look at it.");
    let mut request = HttpRequest::new(SdkBody::from(form));
    request.set_method("POST").map_err(|_| odd())?;
    request.set_uri(format!("{sign_in}/federation")).map_err(|_| odd())?;
    let headers = request.headers_mut();
    headers.try_insert("content-type", "application/x-www-form-urlencoded").map_err(|_| odd())?;
    headers.try_insert("accept", "application/json").map_err(|_| odd())?;
    Ok(request)
}

/// The partition's sign-in, unless the caller set an endpoint.
fn address(world: &World, wanted: &Wanted) -> Result<String, Failure> {
    const SET: [&str; 2] = ["AWS_ENDPOINT_URL_SIGNIN", "AWS_ENDPOINT_URL"];
    let ignored = world.switch("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == Some(true);
    let set = SET.into_iter().filter(|_| !ignored).find_map(|name| Some((name, world.variable(name)?)));
    match set {
        Some((name, url)) => {
            accept(url, name)?;
            Ok(url.trim_end_matches('/').to_owned())
        }
        None => Ok(console::sign_in_address(&wanted.site, &wanted.region)),
    }
}

/// What AWS says there is a page for people, so it isn't shown.
fn refused(reach: &Reach, status: u16) -> Failure {
    let host = plain(&reach.host, 100);
    match status {
        400 | 401 | 403 => Failure::new(
            FailureCode::Refused,
            format!("{host} refused these credentials (HTTP {status})."),
            "Renew the role's session, and see whether a policy denies signin:*.",
        ),
        _ => Failure::new(
            FailureCode::Unreachable,
            format!("{host} gave no sign-in token (HTTP {status})."),
            "Try again; look at what stands between this computer and AWS.",
        ),
    }
}
