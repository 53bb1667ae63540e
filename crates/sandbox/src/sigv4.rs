//! Signature Version 4, checked as AWS checks it: the request is signed again and compared.
//!
//! Deliberately absent: signatures in the query (presigned requests), Version 4A, unsigned and
//! chunked payloads; STS's clients use none of them.

use crate::answer::AwsError;
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SessionTokenMode, SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use axum::http::{HeaderMap, Method};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::time::SystemTime;
use subtle::ConstantTimeEq;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const DATE_HEADER: &str = "x-amz-date";
const TOKEN_HEADER: &str = "x-amz-security-token";
const TOLERANCE: SignedDuration = SignedDuration::from_mins(15);

/// The parts of a request that a signature covers.
#[derive(Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a Method,
    pub(crate) path_and_query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// What the Authorization header says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Authorization<'a> {
    pub(crate) access_key_id: &'a str,
    date: &'a str,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
    terminator: &'a str,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
}

/// Reads the Authorization header, or refuses as AWS does.
pub(crate) fn authorization(headers: &HeaderMap) -> Result<Authorization<'_>, AwsError> {
    let header = headers.get("authorization").ok_or_else(|| {
        AwsError::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
    })?;
    let text = header.to_str().unwrap_or_default();
    let fields = text.strip_prefix(ALGORITHM).unwrap_or_default();
    let field = |name: &str| {
        fields
            .split(',')
            .find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
            .filter(|it| !it.is_empty())
    };
    let (credential, signed_headers, signature) =
        (field("Credential"), field("SignedHeaders"), field("Signature"));
    let (Some(credential), Some(signed_headers), Some(signature)) = (credential, signed_headers, signature)
    else {
        let missing =
            [("Credential", credential), ("Signature", signature), ("SignedHeaders", signed_headers)]
                .into_iter()
                .filter(|(_, value)| value.is_none())
                .map(|(name, _)| format!("Authorization header requires '{name}' parameter."));
        return Err(incomplete(missing.collect::<Vec<_>>().join(" ")));
    };
    let mut scope = credential.split('/');
    let (Some(access_key_id), Some(date), Some(region), Some(service), Some(terminator), None) =
        (scope.next(), scope.next(), scope.next(), scope.next(), scope.next(), scope.next())
    else {
        return Err(incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term.",
        ));
    };
    let signed_headers = signed_headers.split(';').collect();
    Ok(Authorization { access_key_id, date, region, service, terminator, signed_headers, signature })
}

impl Authorization<'_> {
    /// Checks scope, time and signature; the credentials are those that the access key id names.
    pub(crate) fn check(
        &self,
        request: &Signed<'_>,
        service: &str,
        secret: &str,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<(), AwsError> {
        let stamp =
            request.headers.get(DATE_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let time = parse_time(stamp).ok_or_else(|| {
            incomplete(format!(
                "Date must be in ISO-8601 'basic format'. Got '{stamp}'. See http://en.wikipedia.org/wiki/ISO_8601"
            ))
        })?;
        self.check_scope(service, stamp)?;
        check_age(stamp, time, now)?;
        let expected = self.sign_again(request, secret, token, time).ok_or_else(mismatch)?;
        if bool::from(expected.as_bytes().ct_eq(self.signature.as_bytes())) {
            Ok(())
        } else {
            Err(mismatch())
        }
    }

    fn check_scope(&self, service: &str, stamp: &str) -> Result<(), AwsError> {
        let day = stamp.get(..8).unwrap_or_default();
        let mut wrong = Vec::new();
        if self.region.is_empty() {
            wrong.push("Credential should be scoped to a valid region.".to_owned());
        }
        if self.service != service {
            wrong.push(format!("Credential should be scoped to correct service: '{service}'."));
        }
        if self.terminator != "aws4_request" {
            wrong.push(format!(
                "Credential should be scoped with a valid terminator: 'aws4_request', not '{}'.",
                self.terminator
            ));
        }
        if self.date != day {
            wrong.push(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: \
                 '{}' != '{day}', from '{stamp}'.",
                self.date
            ));
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(AwsError::new(403, "SignatureDoesNotMatch", wrong.join(" ")))
        }
    }

    fn sign_again(
        &self,
        request: &Signed<'_>,
        secret: &str,
        token: Option<&str>,
        time: Timestamp,
    ) -> Option<String> {
        // A signature without the host could be sent to another one; AWS refuses it, and the crate
        // that signs would ask the address for it.
        if !self.signed_headers.contains(&"host") || !request.path_and_query.starts_with('/') {
            return None;
        }
        let mut headers = Vec::new();
        for name in &self.signed_headers {
            let before = headers.len();
            for value in request.headers.get_all(*name) {
                headers.push((*name, value.to_str().ok()?));
            }
            // Signed, they say, and not there.
            if headers.len() == before {
                return None;
            }
        }
        let token_signed = self.signed_headers.contains(&TOKEN_HEADER);
        let mut settings = SigningSettings::default();
        settings.excluded_headers = None;
        settings.session_token_mode =
            if token_signed { SessionTokenMode::Include } else { SessionTokenMode::Exclude };
        let token = token.filter(|_| token_signed).map(str::to_owned);
        let identity = Credentials::new(self.access_key_id, secret, token, None, "sandbox").into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.service)
            .time(SystemTime::try_from(time).ok()?)
            .settings(settings)
            .build()
            .ok()?
            .into();
        let signable = SignableRequest::new(
            request.method.as_str(),
            format!("http://sandbox{}", request.path_and_query),
            headers.into_iter(),
            SignableBody::Bytes(request.body),
        )
        .ok()?;
        Some(sign(signable, &params).ok()?.signature().to_owned())
    }
}

/// The session token that came with the request.
pub(crate) fn session_token(headers: &HeaderMap) -> Option<&str> {
    headers.get(TOKEN_HEADER).map(|value| value.to_str().unwrap_or_default())
}

fn check_age(stamp: &str, time: Timestamp, now: Timestamp) -> Result<(), AwsError> {
    let age = now.duration_since(time);
    let basic = |time: Timestamp| time.strftime("%Y%m%dT%H%M%SZ").to_string();
    let limit = |limit: Option<Timestamp>| limit.map(basic).unwrap_or_default();
    let words = if age > TOLERANCE {
        format!(
            "Signature expired: {stamp} is now earlier than {} ({} - 15 min.)",
            limit(now.checked_sub(TOLERANCE).ok()),
            basic(now)
        )
    } else if -age > TOLERANCE {
        format!(
            "Signature not yet current: {stamp} is still later than {} ({} + 15 min.)",
            limit(now.checked_add(TOLERANCE).ok()),
            basic(now)
        )
    } else {
        return Ok(());
    };
    Err(AwsError::new(403, "SignatureDoesNotMatch", words))
}

fn parse_time(stamp: &str) -> Option<Timestamp> {
    if stamp.len() != "20150830T123600Z".len() {
        return None;
    }
    let time = DateTime::strptime("%Y%m%dT%H%M%SZ", stamp).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

fn incomplete(message: impl Into<String>) -> AwsError {
    AwsError::new(403, "IncompleteSignature", message)
}

fn mismatch() -> AwsError {
    AwsError::new(
        403,
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
         Access Key and signing method. Consult the service documentation for details.",
    )
}
