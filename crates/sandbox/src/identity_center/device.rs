//! Sign-in by a code on a screen: StartDeviceAuthorization, and the page where the code is confirmed.

use super::oidc::{DEVICE_CODE, client, invalid_request, read, required};
use super::page::{self, Answered};
use super::sign_in::{Device, DeviceAnswer, after};
use super::{answered, is_elsewhere};
use crate::answer::AwsError;
use crate::aws::Aws;
use crate::ids;
use crate::query::Params;
use crate::services::Answer;
use axum::http::request::Parts;
use serde::Deserialize;
use serde_json::json;

/// Seconds in which the code must be confirmed.
const LIFETIME: u32 = 600;

/// Where the page stands.
const PATH: &str = "/device";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    client_id: Option<String>,
    client_secret: Option<String>,
    start_url: Option<String>,
}

/// Begins a sign-in.
pub(super) fn start(aws: &Aws, parts: &Parts, body: &[u8]) -> Result<Answer, AwsError> {
    let input: Input = read(body)?;
    let client_id = required(input.client_id.as_deref(), "clientId")?;
    let secret = required(input.client_secret.as_deref(), "clientSecret")?;
    let start_url = required(input.start_url.as_deref(), "startUrl")?;
    let now = aws.clock.now();
    let mut state = aws.identity_center.state();
    if !client(&state, client_id, secret, now)?.may(DEVICE_CODE) {
        let words = "The client didn't register for this grant.";
        return Err(AwsError::new(400, "UnauthorizedClientException", words));
    }
    let portal =
        aws.world.organisations.iter().position(|organisation| {
            organisation.is_at(start_url) && !is_elsewhere(parts, &organisation.region)
        });
    let portal = portal.ok_or_else(|| invalid_request(format!("There is no instance at {start_url}.")))?;
    let interval = aws.world.organisations[portal].device_interval;
    let (device_code, letters) = (ids::random_text(120), ids::letters(8));
    let user_code = format!("{}-{}", &letters[..4], &letters[4..]);
    let device = Device {
        user_code: user_code.clone(),
        client_id: client_id.to_owned(),
        portal,
        expires: after(now, LIFETIME),
        interval,
        answer: None,
        asked: 0,
        last_asked: now,
        is_used: false,
    };
    state.devices.insert(device_code.clone(), device);
    let page = format!("{}{PATH}", aws.endpoint());
    Ok(answered(&json!({
        "deviceCode": device_code,
        "userCode": user_code,
        "verificationUri": page,
        "verificationUriComplete": format!("{page}?user_code={user_code}"),
        "expiresIn": LIFETIME,
        "interval": interval,
    })))
}

/// Asks a person, or takes the answer.
pub(super) fn page(aws: &Aws, parts: &Parts) -> Result<Answer, AwsError> {
    let params = Params::parse(parts.uri.query().unwrap_or_default().as_bytes())
        .map_err(|_| invalid_request("The address can't be read."))?;
    let Some(code) = params.get("user_code") else { return Ok(page::ask_for_code(PATH)) };
    // People type small letters, and leave the dash out.
    let letters = |code: &str| code.replace('-', "").to_ascii_uppercase();
    let now = aws.clock.now();
    let mut state = aws.identity_center.state();
    let devices = state.devices.iter().filter(|(_, device)| device.expires > now && device.answer.is_none());
    let found = devices.into_iter().find(|(_, device)| letters(&device.user_code) == letters(code));
    let key = found.map(|(key, _)| key.clone());
    let key = key.ok_or_else(|| invalid_request("The code is wrong, too old, or was answered before."))?;
    let organisation = &aws.world.organisations[state.devices[&key].portal];
    let (answer, words) = match page::answered(organisation, &params)? {
        None => {
            let client = state.clients.get(&state.devices[&key].client_id);
            let name = client.map_or("", |client| client.name.as_str());
            return Ok(page::ask(organisation, name, PATH, &params));
        }
        Some(Answered::Denied) => (DeviceAnswer::Denied, "Access was denied"),
        Some(Answered::Allowed(person)) => (DeviceAnswer::Allowed(person.to_owned()), "Access was allowed"),
    };
    if let Some(device) = state.devices.get_mut(&key) {
        device.answer = Some(answer);
    }
    Ok(page::over(words))
}
