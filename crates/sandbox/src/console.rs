//! The console's sign-in, as custom identity brokers use it: `getSigninToken` and `login`.
//!
//! It checks what AWS checks: whose credentials the session's JSON has, which of them may become a
//! session of the console, for how long, and where the sign-in leads. Deliberately absent: the
//! console; who signs in is shown a page that says who they are.

use crate::aws::{Aws, Caller, Holder, Session};
use crate::ids;
use crate::query::Params;
use crate::services::Answer;
use axum::http::Method;
use axum::http::request::Parts;
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use serde::Deserialize;

/// Where it stands.
pub(crate) const PATH: &str = "/federation";

/// How long a sign-in token is good.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(15);

const SECONDS: std::ops::RangeInclusive<u32> = 900..=43_200;

const CONSOLES: [(&str, &str); 4] = [
    ("aws", "console.aws.amazon.com"),
    ("aws-cn", "console.amazonaws.cn"),
    ("aws-us-gov", "console.amazonaws-us-gov.com"),
    ("aws-eusc", "console.amazonaws-eusc.eu"),
];

/// A sign-in token, and whose it is.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    arn: String,
    partition: String,
    end: Timestamp,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Given {
    session_id: String,
    session_key: String,
    session_token: String,
}

/// The words of a refusal.
struct Refusal(&'static str);

/// The name of what is asked for, for the record of calls.
pub(crate) fn action(parts: &Parts, body: Option<&[u8]>) -> &'static str {
    match params(parts, body).as_ref().and_then(|params| params.get("Action")) {
        Some("getSigninToken") => "getSigninToken",
        Some("login") => "login",
        Some(_) | None => "",
    }
}

/// Answers either action.
pub(crate) fn answer(aws: &Aws, parts: &Parts, body: Option<&[u8]>) -> Answer {
    let refused = |Refusal(words)| Answer {
        status: 400,
        body: format!("<html><body>{words}</body></html>"),
        content_type: "text/html",
        error: Some("BadRequest"),
        ..Answer::default()
    };
    let Some(params) = params(parts, body) else { return refused(Refusal("The request can't be read.")) };
    let answered = match params.get("Action") {
        Some("getSigninToken") => token(aws, &params),
        Some("login") if parts.method == Method::GET => login(aws, &params),
        Some(_) | None => Err(Refusal("The action is unknown.")),
    };
    answered.unwrap_or_else(refused)
}

fn params(parts: &Parts, body: Option<&[u8]>) -> Option<Params> {
    let form = match parts.method {
        Method::GET => parts.uri.query().unwrap_or_default().as_bytes(),
        Method::POST => body?,
        _ => return None,
    };
    Params::parse(form).ok()
}

fn token(aws: &Aws, params: &Params) -> Result<Answer, Refusal> {
    let given: Given = serde_json::from_str(params.get("Session").unwrap_or_default())
        .map_err(|_| Refusal("The session can't be read."))?;
    let session = aws
        .session(&given.session_id)
        .filter(|session| session.secret.expose_secret() == given.session_key)
        .filter(|session| session.token.expose_secret() == given.session_token)
        .filter(|session| session.expiration > aws.clock.now())
        .ok_or(Refusal("The credentials are unknown or have ended."))?;
    let seconds = params.get("SessionDuration").map(|text| text.parse::<u32>().unwrap_or_default());
    allowed(aws, &session, seconds)?;
    let (arn, partition) = identity(aws, &session)?;
    let token = ids::random_text(64);
    let end = aws.clock.now() + TOKEN_LIFE;
    aws.sign_ins().insert(token.clone(), SignIn { arn, partition, end });
    let body = serde_json::json!({ "SigninToken": token }).to_string();
    Ok(Answer { body, content_type: "application/json", ..Answer::default() })
}

/// Which credentials may become a session of the console, and whose life may be said.
fn allowed(aws: &Aws, session: &Session, seconds: Option<u32>) -> Result<(), Refusal> {
    if seconds.is_some_and(|seconds| !SECONDS.contains(&seconds)) {
        return Err(Refusal("The duration is not between 900 and 43200 seconds."));
    }
    match &session.holder {
        Holder::User { .. } | Holder::Root { .. } => Err(Refusal("These credentials can't federate.")),
        Holder::Federated(_) if seconds.is_some() => {
            Err(Refusal("A duration can't be said for GetFederationToken's credentials."))
        }
        Holder::Role(role) if role.chained && seconds.is_some() => {
            Err(Refusal("A duration can't be said for the credentials of a chain of roles."))
        }
        Holder::Role(role) => {
            let most = aws.world.find_role(&role.role_arn).map(|(_, role)| role.max_session_duration);
            match (seconds, most) {
                (Some(seconds), Some(most)) if seconds > most => {
                    Err(Refusal("The duration is over the role's MaxSessionDuration."))
                }
                _ => Ok(()),
            }
        }
        Holder::Federated(_) | Holder::PermissionSet(_) => Ok(()),
    }
}

fn identity(aws: &Aws, session: &Session) -> Result<(String, String), Refusal> {
    let caller: Option<Caller<'_>> = aws.holder(session.holder.clone());
    let arn = caller.map(|caller| caller.arn()).ok_or(Refusal("The identity is gone."))?;
    let partition = arn.split(':').nth(1).unwrap_or_default().to_owned();
    Ok((arn, partition))
}

fn login(aws: &Aws, params: &Params) -> Result<Answer, Refusal> {
    let given = params.get("SigninToken").unwrap_or_default();
    let sign_in = aws.sign_ins().get(given).cloned().filter(|it| it.end > aws.clock.now());
    let sign_in = sign_in.ok_or(Refusal("The sign-in token is unknown or too old."))?;
    if params.get("Issuer").is_none() {
        return Err(Refusal("An issuer is required."));
    }
    let destination = params.get("Destination").unwrap_or_default();
    if !leads_to_console(destination, &sign_in.partition) {
        return Err(Refusal("The destination is no page of the console."));
    }
    let body = format!(
        "<!doctype html><title>Signed in</title><h1>Signed in</h1><p id=identity>{}</p><p id=destination>{}</p>",
        escaped(&sign_in.arn),
        escaped(destination)
    );
    Ok(Answer { body, content_type: "text/html", ..Answer::default() })
}

fn leads_to_console(destination: &str, partition: &str) -> bool {
    let host = destination.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    let console = CONSOLES.iter().find(|(name, _)| *name == partition).map(|(_, host)| *host);
    // A browser takes more for the end of a host than these three signs.
    let is_host = |host: &&str| host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
    host.filter(is_host).zip(console).is_some_and(|(host, console)| {
        host == console || host.strip_suffix(console).is_some_and(|below| below.ends_with('.'))
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
