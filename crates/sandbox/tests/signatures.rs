//! Who is let in: signatures, clocks, tokens, and requests that nobody sane would send.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use crate::support::{Answer, Signer, VERSION, call, exchange, send, world};
    use hatrack_sandbox::Sandbox;
    use jiff::SignedDuration;

    const WHO: &str = "Action=GetCallerIdentity&Version=2011-06-15";

    fn sandbox() -> Sandbox {
        Sandbox::start(world())
    }

    fn refused(answer: &Answer, status: u16, code: &str, message: &str) {
        assert_eq!(answer.status, status, "{}", answer.body);
        let (got, words) = answer.error();
        assert_eq!(got, code, "{}", answer.body);
        assert!(words.contains(message), "{words:?} has {message:?}");
        assert_eq!(answer.text("Type"), "Sender");
    }

    #[test]
    fn a_good_signature_is_let_in() {
        let sandbox = sandbox();
        let answer = call(&sandbox, &Signer::alice(&sandbox), WHO);
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert!(answer.head.contains("content-type: text/xml"));
        assert!(answer.head.contains(&answer.text("RequestId")));
    }

    #[test]
    fn another_secret_or_another_body_is_not() {
        let sandbox = sandbox();
        let alice = Signer::alice(&sandbox);
        let thief = Signer { secret: "wrong".to_owned(), ..alice.clone() };
        let words = "The request signature we calculated does not match the signature you provided.";
        refused(&call(&sandbox, &thief, WHO), 403, "SignatureDoesNotMatch", words);
        let headers = alice.headers(&format!("127.0.0.1:{}", sandbox.port()), WHO.as_bytes());
        let other = b"Action=GetSessionToken&Version=2011-06-15";
        let answer = send(&sandbox, "POST / HTTP/1.1", &headers, other);
        refused(&answer, 403, "SignatureDoesNotMatch", words);
        let answer = send(&sandbox, "POST /?x=1 HTTP/1.1", &headers, WHO.as_bytes());
        refused(&answer, 403, "SignatureDoesNotMatch", words);
        // Signed for another host.
        let headers = alice.headers("sts.amazonaws.com", WHO.as_bytes());
        let answer = send(&sandbox, "POST / HTTP/1.1", &headers, WHO.as_bytes());
        refused(&answer, 403, "SignatureDoesNotMatch", words);
    }

    #[test]
    fn unknown_keys_and_stray_tokens_are_not() {
        let sandbox = sandbox();
        let alice = Signer::alice(&sandbox);
        let words = "The security token included in the request is invalid.";
        let unknown = Signer { key: "AKIAIOSFODNN7UNKNOWN".to_owned(), ..alice.clone() };
        refused(&call(&sandbox, &unknown, WHO), 403, "InvalidClientTokenId", words);
        let stale = Signer { token: Some("left over".to_owned()), ..alice.clone() };
        refused(&call(&sandbox, &stale, WHO), 403, "InvalidClientTokenId", words);
        let session = call(&sandbox, &alice, &format!("Action=GetSessionToken&{VERSION}"));
        let session = Signer::holder(&session, &sandbox);
        assert_eq!(call(&sandbox, &session, WHO).status, 200);
        let bare = Signer { token: None, ..session.clone() };
        refused(&call(&sandbox, &bare, WHO), 403, "InvalidClientTokenId", words);
        let other = Signer { token: Some("another".to_owned()), ..session };
        refused(&call(&sandbox, &other, WHO), 403, "InvalidClientTokenId", words);
    }

    #[test]
    fn a_clock_may_be_a_quarter_of_an_hour_off() {
        let sandbox = sandbox();
        let at = |offset| {
            let time = sandbox.now().checked_add(SignedDuration::from_secs(offset)).unwrap();
            call(&sandbox, &Signer { time, ..Signer::alice(&sandbox) }, WHO)
        };
        assert_eq!(at(-840).status, 200);
        assert_eq!(at(840).status, 200);
        refused(&at(-1000), 403, "SignatureDoesNotMatch", "Signature expired: ");
        refused(&at(-1000), 403, "SignatureDoesNotMatch", " - 15 min.)");
        refused(&at(1000), 403, "SignatureDoesNotMatch", "Signature not yet current: ");
        sandbox.set_clock_offset(SignedDuration::from_hours(-2));
        assert_eq!(at(0).status, 200, "a client with the sandbox's clock is let in");
    }

    #[test]
    fn sessions_end() {
        let sandbox = sandbox();
        let words = "The security token included in the request is expired";
        let form = format!("Action=GetSessionToken&{VERSION}&DurationSeconds=900");
        let answer = call(&sandbox, &Signer::alice(&sandbox), &form);
        let session = Signer::holder(&answer, &sandbox);
        sandbox.set_clock_offset(SignedDuration::from_secs(800));
        assert_eq!(call(&sandbox, &Signer { time: sandbox.now(), ..session.clone() }, WHO).status, 200);
        sandbox.set_clock_offset(SignedDuration::from_secs(901));
        let late = Signer { time: sandbox.now(), ..session.clone() };
        refused(&call(&sandbox, &late, WHO), 403, "ExpiredToken", words);
        sandbox.set_clock_offset(SignedDuration::ZERO);
        sandbox.expire_sessions();
        refused(&call(&sandbox, &session, WHO), 403, "ExpiredToken", words);
    }

    #[test]
    fn the_scope_has_to_be_right() {
        let sandbox = sandbox();
        let other = Signer { service: "iam", ..Signer::alice(&sandbox) };
        let words = "Credential should be scoped to correct service: 'sts'.";
        refused(&call(&sandbox, &other, WHO), 403, "SignatureDoesNotMatch", words);
    }

    #[test]
    fn half_an_authorization_is_named() {
        let sandbox = sandbox();
        let send = |authorization: Option<&str>| {
            let headers: Vec<_> =
                authorization.map(|it| ("authorization".to_owned(), it.to_owned())).into_iter().collect();
            send(&sandbox, "POST / HTTP/1.1", &headers, WHO.as_bytes())
        };
        refused(&send(None), 403, "MissingAuthenticationToken", "Request is missing Authentication Token");
        refused(&send(Some("Bearer x")), 403, "IncompleteSignature", "requires 'Credential' parameter.");
        let only = "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, Signature=f";
        refused(&send(Some(only)), 403, "IncompleteSignature", "requires 'SignedHeaders' parameter.");
        let short = "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=f";
        refused(&send(Some(short)), 403, "IncompleteSignature", "5 slash-delimited elements");
        let undated = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7ALICE00/20260101/r/sts/aws4_request, \
                       SignedHeaders=host, Signature=f";
        refused(&send(Some(undated)), 403, "IncompleteSignature", "Date must be in ISO-8601 'basic format'.");
    }

    #[test]
    fn signed_headers_that_arent_there_are_a_mismatch() {
        let sandbox = sandbox();
        let stamp = sandbox.now().strftime("%Y%m%dT%H%M%SZ").to_string();
        for list in ["", ";", "x-amz-date", "host;nowhere", "host;bad name", "host;\u{7f}"] {
            let authorization = format!(
                "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7ALICE00/{}/r/sts/aws4_request, \
                 SignedHeaders={list}, Signature=0",
                &stamp[..8]
            );
            let headers =
                [("authorization".to_owned(), authorization), ("x-amz-date".to_owned(), stamp.clone())];
            let answer = exchange(&sandbox, "POST / HTTP/1.1", &headers, WHO.as_bytes());
            assert!(String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 40"), "{list:?}");
        }
    }

    #[test]
    fn nonsense_is_refused_and_survived() {
        let sandbox = sandbox();
        let plain = |line: &str, body: &[u8]| send(&sandbox, line, &[], body);
        let post = "POST / HTTP/1.1";
        refused(
            &plain(post, b"Action=Fly&Version=2011-06-15"),
            400,
            "InvalidAction",
            "Could not find operation Fly for version 2011-06-15",
        );
        refused(&plain(post, b"Action=AssumeRole"), 400, "InvalidAction", "for version NO_VERSION_SPECIFIED");
        refused(&plain(post, b"Action=%3Cb%3E%00&Version=%1b"), 400, "InvalidAction", "<b>\u{fffd}");
        refused(&plain(post, b""), 400, "MissingAction", "Missing Action");
        for body in [&b"Action=\xff"[..], b"Action=%ff", b"%", b"Action=%zz"] {
            let answer = plain(post, body);
            assert_eq!((answer.status, answer.text("Code")), (400, "MalformedInput".to_owned()));
        }
        for line in ["GET /nowhere HTTP/1.1", "DELETE /%00/../x HTTP/1.1"] {
            assert_eq!(plain(line, b"").status, 404, "{line}");
        }
        let answer = exchange(&sandbox, post, &[], &vec![b'a'; (1 << 20) + 1]);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 413"));
        exchange(&sandbox, "\0\0\0 \u{202e} HTTP/9.9", &[], b"\0");
        exchange(&sandbox, "OPTIONS * HTTP/1.1", &[], b"");
        exchange(&sandbox, "GET http://elsewhere/ HTTP/1.1", &[], b"");
        assert_eq!(call(&sandbox, &Signer::alice(&sandbox), WHO).status, 200, "still there");
    }
}
