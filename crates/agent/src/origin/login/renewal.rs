//! Renewing a session at AWS's sign-in service.

use super::file::{AccessToken, Session, end_after};
use super::{proof, sign_in};
use crate::clock;
use crate::text::plain;
use crate::world::{Connector, Reach, World, accept, explain, never_connected};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::partition::{Partition, is_region};
use hatrack_wire::Sealed;
use serde::Deserialize;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the whole may take.
const TOTAL: Duration = Duration::from_secs(15);
/// How often is asked, where nothing can have been used up.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(400);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Renewed {
    access_token: Keys,
    expires_in: i64,
    refresh_token: Sealed,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Keys {
    access_key_id: String,
    secret_access_key: Sealed,
    session_token: Sealed,
}

#[derive(Deserialize)]
struct Complaint {
    error: Option<String>,
    message: Option<String>,
}

/// Exchanges the session's refresh token for new credentials and a new refresh token.
pub(super) async fn renew(world: &World, profile: &str, session: &Session) -> Result<Session, Failure> {
    let address = address(world, session)?;
    let reach = Reach::to(world, &address, None)?;
    let connector = Connector::new(reach.clone(), CONNECT);
    let body = Zeroizing::new(
        serde_json::json!({
            "clientId": session.client_id,
            "refreshToken": session.refresh_token.open(),
            "grantType": "refresh_token",
        })
        .to_string(),
    );
    let asking = async {
        let mut tries = 0;
        loop {
            tries += 1;
            let again = tries < TRIES;
            match connector.send(request(&address, profile, session, &body)?).await {
                // A token that may have arrived is not sent again: it counts once.
                Err(error) if again && never_connected(&error) => {}
                Err(error) => return Err(explain(&error, &reach, error.is_timeout())),
                Ok(response) => {
                    let status = response.status().as_u16();
                    if !(again && (status == 429 || status == 503)) {
                        let bytes = Zeroizing::new(response.body().bytes().unwrap_or_default().to_vec());
                        return Ok((status, bytes));
                    }
                }
            }
            tokio::time::sleep(PAUSE * tries).await;
        }
    };
    let (status, answer) = match tokio::time::timeout(TOTAL, asking).await {
        Ok(answer) => answer?,
        Err(elapsed) => return Err(explain(&elapsed, &reach, true)),
    };
    if status != 200 {
        return Err(refusal(profile, status, &answer));
    }
    let renewed: Renewed = serde_json::from_slice(&answer).map_err(|_| {
        Failure::new(
            FailureCode::Unreachable,
            format!("{} gave an answer that is none of AWS's sign-in service.", plain(&reach.host, 100)),
            "Look at what stands between this computer and AWS: a proxy, or an endpoint that is set.",
        )
    })?;
    Ok(Session {
        access_token: AccessToken {
            access_key_id: renewed.access_token.access_key_id,
            secret_access_key: renewed.access_token.secret_access_key,
            session_token: renewed.access_token.session_token,
            expires_at: end_after(renewed.expires_in),
        },
        refresh_token: renewed.refresh_token,
        client_id: session.client_id.clone(),
        dpop_key: session.dpop_key.clone(),
        sign_in_region: session.sign_in_region.clone(),
    })
}

fn request(address: &str, profile: &str, session: &Session, body: &str) -> Result<HttpRequest, Failure> {
    let spoilt =
        || sign_in(profile, &format!("The session of aws login of the profile {profile} has no usable key."));
    let proof =
        proof::proof(session.dpop_key.open(), address, clock::now().as_second()).ok_or_else(spoilt)?;
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST").map_err(|_| spoilt())?;
    request.set_uri(address.to_owned()).map_err(|_| spoilt())?;
    for (name, value) in [
        ("content-type", "application/json".to_owned()),
        ("accept", "application/json".to_owned()),
        ("dpop", proof),
    ] {
        request.headers_mut().try_insert(name, value).map_err(|_| spoilt())?;
    }
    Ok(request)
}

/// Where the session's region signs in, unless the caller set an endpoint.
fn address(world: &World, session: &Session) -> Result<String, Failure> {
    const SET: [&str; 2] = ["AWS_ENDPOINT_URL_SIGNIN", "AWS_ENDPOINT_URL"];
    let ignored = world.switch("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") == Some(true);
    if let Some((name, url)) =
        SET.into_iter().filter(|_| !ignored).find_map(|name| world.variable(name).map(|url| (name, url)))
    {
        accept(url, name)?;
        return Ok(format!("{}/v1/token", url.trim_end_matches('/')));
    }
    let region = session.sign_in_region.as_deref().or(world.region()).unwrap_or("us-east-1");
    if !is_region(region) {
        return Err(Failure::new(
            FailureCode::Usage,
            format!("{:?} is not a region.", plain(region, 60)),
            "Set AWS_REGION to a name like eu-west-1.",
        ));
    }
    let partition = Partition::of_region(region).map_or("aws", |partition| partition.id.as_str());
    let suffix = match partition {
        "aws-cn" => "signin.amazonaws.cn",
        "aws-us-gov" => "signin.amazonaws-us-gov.com",
        "aws-eusc" => "signin.amazonaws-eusc.eu",
        "aws-iso" => "signin.c2shome.ic.gov",
        "aws-iso-b" => "signin.sc2shome.sgov.gov",
        "aws-iso-e" => "signin.csphome.adc-e.uk",
        "aws-iso-f" => "signin.csphome.hci.ic.gov",
        _ => "signin.aws.amazon.com",
    };
    Ok(format!("https://{region}.{suffix}/v1/token"))
}

fn refusal(profile: &str, status: u16, answer: &[u8]) -> Failure {
    let complaint = serde_json::from_slice::<Complaint>(answer).ok();
    let code = complaint.as_ref().and_then(|complaint| complaint.error.as_deref()).unwrap_or_default();
    let ended =
        |why: &str| sign_in(profile, &format!("The session of aws login of the profile {profile} {why}."));
    match code {
        "TOKEN_EXPIRED" | "AUTHCODE_EXPIRED" => ended("has ended"),
        "USER_CREDENTIALS_CHANGED" => ended("has ended, because the password was changed"),
        "INSUFFICIENT_PERMISSIONS" => Failure::new(
            FailureCode::Refused,
            format!("AWS doesn't let the session of aws login of the profile {profile} be renewed."),
            "Ask for the permission signin:CreateOAuth2Token.",
        ),
        _ if status >= 500 || status == 429 => Failure::new(
            FailureCode::Unreachable,
            format!("AWS's sign-in service can't renew the session now (status {status})."),
            "Try again in a while.",
        ),
        _ => {
            let said = complaint.and_then(|complaint| complaint.message).unwrap_or_default();
            let said = plain(&said, 200);
            let said = if said.is_empty() { format!("status {status}") } else { said };
            ended(&format!("could not be renewed: {}", said.trim_end_matches('.')))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::tests::world;

    fn session(region: Option<&str>) -> Session {
        Session {
            access_token: AccessToken {
                access_key_id: "ASIA".to_owned(),
                secret_access_key: Sealed::new("s"),
                session_token: Sealed::new("t"),
                expires_at: String::new(),
            },
            refresh_token: Sealed::new("r"),
            client_id: "c".to_owned(),
            dpop_key: Sealed::new("k"),
            sign_in_region: region.map(str::to_owned),
        }
    }

    #[test]
    fn the_session_s_region_counts_above_the_caller_s() {
        let here = world(&[("AWS_REGION", "eu-west-1")]);
        for (region, host) in [
            (None, "https://eu-west-1.signin.aws.amazon.com/v1/token"),
            (Some("us-east-2"), "https://us-east-2.signin.aws.amazon.com/v1/token"),
            (Some("cn-north-1"), "https://cn-north-1.signin.amazonaws.cn/v1/token"),
            (Some("us-gov-west-1"), "https://us-gov-west-1.signin.amazonaws-us-gov.com/v1/token"),
        ] {
            assert_eq!(address(&here, &session(region)).unwrap(), host);
        }
        assert!(address(&here, &session(Some("x/../y"))).is_err());
        let set = world(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:1/")]);
        assert_eq!(address(&set, &session(None)).unwrap(), "http://127.0.0.1:1/v1/token");
    }
}
