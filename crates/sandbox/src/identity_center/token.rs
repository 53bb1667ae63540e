//! CreateToken: a token for a browser's code, a device's answer or a refresh token.

use super::answered;
use super::oidc::{
    AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN, client, invalid_grant, invalid_request, read, required,
};
use super::sign_in::{DeviceAnswer, Tokens};
use super::state::State;
use crate::answer::AwsError;
use crate::aws::Aws;
use crate::services::Answer;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

/// Seconds that a device has to wait more each time it asks too early.
const SLOW_DOWN: u32 = 5;

/// How much earlier than told a device's question may come: clocks are no metronomes.
const SLACK: SignedDuration = SignedDuration::from_millis(200);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Input {
    client_id: Option<String>,
    client_secret: Option<String>,
    grant_type: Option<String>,
    device_code: Option<String>,
    code: Option<String>,
    refresh_token: Option<String>,
    redirect_uri: Option<String>,
    code_verifier: Option<String>,
}

pub(super) fn answer(aws: &Aws, body: &[u8]) -> Result<Answer, AwsError> {
    let input: Input = read(body)?;
    let client_id = required(input.client_id.as_deref(), "clientId")?;
    let secret = required(input.client_secret.as_deref(), "clientSecret")?;
    let grant = required(input.grant_type.as_deref(), "grantType")?;
    let now = aws.clock.now();
    let mut state = aws.identity_center.state();
    if !client(&state, client_id, secret, now)?.may(grant) {
        let words = "The client didn't register for this grant.";
        return Err(AwsError::new(400, "UnauthorizedClientException", words));
    }
    let tokens = match grant {
        AUTHORIZATION_CODE => of_code(aws, &mut state, &input, client_id, now)?,
        DEVICE_CODE => of_device(aws, &mut state, &input, client_id, now)?,
        REFRESH_TOKEN => of_refresh_token(aws, &mut state, &input, client_id, now)?,
        _ => {
            let words = format!("The grant type {grant} isn't supported.");
            return Err(AwsError::new(400, "UnsupportedGrantTypeException", words));
        }
    };
    let lifetime = tokens.expires.duration_since(now).as_secs();
    let mut body = json!({ "accessToken": tokens.access, "tokenType": "Bearer", "expiresIn": lifetime });
    if let Some(refresh) = tokens.refresh {
        body["refreshToken"] = Value::from(refresh);
    }
    Ok(answered(&body))
}

fn of_code(
    aws: &Aws,
    state: &mut State,
    input: &Input,
    client_id: &str,
    now: Timestamp,
) -> Result<Tokens, AwsError> {
    let code = required(input.code.as_deref(), "code")?;
    let redirect = required(input.redirect_uri.as_deref(), "redirectUri")?;
    let verifier = required(input.code_verifier.as_deref(), "codeVerifier")?;
    if !(43..=128).contains(&verifier.len()) {
        return Err(invalid_request("codeVerifier must have 43 to 128 characters."));
    }
    // Once: whoever brings it first with whatever else has used it up.
    let code = state.codes.remove(code).filter(|code| code.client_id == client_id);
    let code = code.ok_or_else(|| invalid_grant("Invalid authorization code provided."))?;
    if code.expires <= now {
        return Err(invalid_grant("The authorization code has expired."));
    }
    if code.redirect != redirect {
        return Err(invalid_grant("The redirect URI is not the one of the authorization."));
    }
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    if !bool::from(challenge.as_bytes().ct_eq(code.challenge.as_bytes())) {
        return Err(invalid_grant("The code verifier does not fit the challenge."));
    }
    let organisation = &aws.world.organisations[code.portal];
    Ok(state.sign_in(organisation, code.portal, &code.person, client_id, now))
}

fn of_device(
    aws: &Aws,
    state: &mut State,
    input: &Input,
    client_id: &str,
    now: Timestamp,
) -> Result<Tokens, AwsError> {
    let refuse = |code, words: &str| AwsError::new(400, code, words);
    let code = required(input.device_code.as_deref(), "deviceCode")?;
    let device = state.devices.get_mut(code).filter(|device| device.client_id == client_id);
    let device = device.ok_or_else(|| invalid_grant("Invalid device code provided."))?;
    if device.expires <= now {
        return Err(refuse("ExpiredTokenException", "The device code has expired."));
    }
    if device.is_used {
        return Err(invalid_grant("The device code was used before."));
    }
    // The AWS CLI asks once before it shows the code, and at once after that.
    let is_early = device.asked >= 2
        && now.duration_since(device.last_asked) + SLACK < SignedDuration::from_secs(device.interval.into());
    device.asked = device.asked.saturating_add(1);
    device.last_asked = now;
    if is_early {
        device.interval = device.interval.saturating_add(SLOW_DOWN);
        return Err(refuse("SlowDownException", "The device asks too often."));
    }
    let person = match &device.answer {
        None => {
            return Err(refuse("AuthorizationPendingException", "The code has not been confirmed yet."));
        }
        Some(DeviceAnswer::Denied) => return Err(refuse("AccessDeniedException", "Access was denied.")),
        Some(DeviceAnswer::Allowed(person)) => person.clone(),
    };
    device.is_used = true;
    let portal = device.portal;
    Ok(state.sign_in(&aws.world.organisations[portal], portal, &person, client_id, now))
}

fn of_refresh_token(
    aws: &Aws,
    state: &mut State,
    input: &Input,
    client_id: &str,
    now: Timestamp,
) -> Result<Tokens, AwsError> {
    let token = required(input.refresh_token.as_deref(), "refreshToken")?;
    let invalid = || invalid_grant("Invalid refresh token provided.");
    let sign_in = state.refresh_tokens.get(token).ok_or_else(invalid)?.sign_in;
    let known = &state.sign_ins[sign_in];
    if known.client_id != client_id || known.until <= now {
        return Err(invalid());
    }
    let portal = known.portal;
    state.refresh_tokens.remove(token);
    Ok(state.issue(&aws.world.organisations[portal], sign_in, true, now))
}
