//! Signing a call to IAM, sending it, and sending it again where that does no harm.

use super::Iam;
use super::answer::Node;
use crate::clock;
use crate::sts::{
    Asked, Refusal, answer_without_code, is_throttled, request_id, unreachable, was_refused_for_the_clock,
};
use crate::world::{Connector, Target, is_lasting, never_connected};
use aws_credential_types::Credentials as Keys;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hatrack_core::failure::{Failure, FailureCode};
use std::time::{Duration, SystemTime};

const MOST_TRIES: u32 = 5;
const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

impl Iam<'_> {
    /// Makes one call; with `once` it is sent again only if it can't have arrived.
    pub(super) async fn call(
        &self,
        operation: &'static str,
        fields: &[(&'static str, String)],
        once: bool,
    ) -> Result<Node, Failure> {
        let target = Target::of_iam(self.world, self.profile)?;
        let asked = Asked::signed(operation, &target, self.caller.clock(), self.credentials);
        let body = form(operation, fields);
        let trying = self.tries(&target, &body, &asked, once);
        let response = match tokio::time::timeout(self.caller.patience().total, trying).await {
            Ok(response) => response?,
            Err(elapsed) => return Err(unreachable(&elapsed, &asked, true)),
        };
        let text = response.body().bytes().and_then(|bytes| std::str::from_utf8(bytes).ok());
        let status = response.status();
        let root = text.and_then(Node::parse);
        if status.is_success() {
            // A sign-in page of the network may be well-formed too.
            let answers = format!("{operation}Response");
            return root
                .filter(|root| root.children.iter().any(|answer| answer.is(&answers)))
                .ok_or_else(|| answer_without_code(&response, &asked));
        }
        let code = root.as_ref().and_then(|root| root.find("Error")?.find("Code"));
        let failure = match code {
            None => answer_without_code(&response, &asked),
            Some(code) => {
                let message = root.as_ref().and_then(|root| root.find("Message"));
                let message = message.map_or("", |message| message.text.as_str());
                Refusal { code: &code.text, message, status: status.as_u16() }.explain(&asked)
            }
        };
        Err(failure.with_request_id(request_id(&response).as_deref()))
    }

    async fn tries(
        &self,
        target: &Target,
        body: &str,
        asked: &Asked<'_>,
        once: bool,
    ) -> Result<HttpResponse, Failure> {
        let patience = self.caller.patience();
        let connector = Connector::learning(target.reach.clone(), patience.connect, self.caller.clock());
        let mut tries = 0;
        loop {
            tries += 1;
            let request = self.signed(target, body).ok_or_else(unsigned)?;
            let limit = if once { patience.total } else { patience.attempt };
            let outcome = tokio::time::timeout(limit, connector.send(request)).await;
            let again = match &outcome {
                Ok(Ok(response)) => was_refused_for_the_clock(response) || (!once && stumbled(response)),
                Ok(Err(error)) => may_repeat(error, once),
                Err(_) => !once,
            };
            if again && tries < MOST_TRIES {
                tokio::time::sleep(pause(tries)).await;
                continue;
            }
            return match outcome {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(error)) => Err(unreachable(&error, asked, error.is_timeout())),
                Err(elapsed) => Err(unreachable(&elapsed, asked, true)),
            };
        }
    }

    fn signed(&self, target: &Target, body: &str) -> Option<HttpRequest> {
        let keys = self.credentials;
        let token = keys.session_token.as_ref().map(|token| token.open().to_owned());
        let identity =
            Keys::new(&keys.access_key_id, keys.secret_access_key.open(), token, None, "hatrack").into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(&target.region)
            .name("iam")
            .time(SystemTime::try_from(self.caller.clock().now()).ok()?)
            .settings(SigningSettings::default())
            .build()
            .ok()?
            .into();
        let url = format!("{}/", target.url);
        let headers = [("content-type", CONTENT_TYPE)];
        let signable =
            SignableRequest::new("POST", &url, headers.into_iter(), SignableBody::Bytes(body.as_bytes()))
                .ok()?;
        let (instructions, _) = sign(signable, &params).ok()?.into_parts();
        let mut request = http::Request::builder()
            .method("POST")
            .uri(&url)
            .header("content-type", CONTENT_TYPE)
            .body(SdkBody::from(body))
            .ok()?;
        instructions.apply_to_request_http1x(&mut request);
        HttpRequest::try_from(request).ok()
    }
}

/// The body of a call.
fn form(operation: &str, fields: &[(&'static str, String)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", operation).append_pair("Version", "2010-05-08").extend_pairs(fields);
    form.finish()
}

/// Whether IAM had trouble of its own, or was asked too often.
fn stumbled(response: &HttpResponse) -> bool {
    response.status().is_server_error()
        || is_throttled(response)
        || crate::sts::code_in_body(response).is_some_and(|code| code.starts_with("Throttling"))
}

fn may_repeat(error: &ConnectorError, once: bool) -> bool {
    !is_lasting(error) && (!once || never_connected(error))
}

/// A pause that grows, and that is another for everybody.
fn pause(tries: u32) -> Duration {
    let window = 200_u64.saturating_mul(1 << tries.min(4));
    let chance = u64::from(clock::now().subsec_nanosecond().unsigned_abs());
    Duration::from_millis(chance / 1000 % window)
}

fn unsigned() -> Failure {
    Failure::new(
        FailureCode::Refused,
        "The call to IAM could not be signed.",
        "Look at the keys of the profile, and at the endpoint that is set.",
    )
}
