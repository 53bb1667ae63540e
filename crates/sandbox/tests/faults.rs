//! Faults on demand, and the log of calls.

#[cfg(test)]
mod support;

#[cfg(test)]
mod tests {
    use crate::support::{ALICE_KEY, ALICE_MFA, Signer, VERSION, call, exchange, role, world};
    use hatrack_sandbox::{Fault, Sandbox};
    use std::time::Duration;

    const WHO: &str = "Action=GetCallerIdentity&Version=2011-06-15";

    fn raw(sandbox: &Sandbox) -> Vec<u8> {
        let host = format!("127.0.0.1:{}", sandbox.port());
        let headers = Signer::alice(sandbox).headers(&host, WHO.as_bytes());
        exchange(sandbox, "POST / HTTP/1.1", &headers, WHO.as_bytes())
    }

    #[test]
    fn each_fault_happens_once() {
        let sandbox = Sandbox::start(world());
        sandbox.fail_next(Fault::Status { status: 503, body: "<html>captive".to_owned() });
        sandbox.fail_next(Fault::Throttle);
        sandbox.fail_next(Fault::Delay(Duration::from_millis(1)));
        let alice = Signer::alice(&sandbox);
        let answer = call(&sandbox, &alice, WHO);
        assert_eq!((answer.status, answer.body.as_str()), (503, "<html>captive"));
        let answer = call(&sandbox, &alice, WHO);
        assert_eq!(
            (answer.status, answer.error()),
            (400, ("Throttling".to_owned(), "Rate exceeded".to_owned()))
        );
        for _ in 0..2 {
            assert_eq!(call(&sandbox, &alice, WHO).status, 200);
        }
    }

    #[test]
    fn a_connection_can_be_reset_cut_and_slowed() {
        let sandbox = Sandbox::start(world());
        let whole = raw(&sandbox);
        sandbox.fail_next(Fault::Reset);
        assert_eq!(raw(&sandbox), b"");
        sandbox.fail_next(Fault::Half);
        let half = raw(&sandbox);
        let head = whole.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
        assert_eq!(half.len(), head + (whole.len() - head) / 2, "the head, and half of the body");
        sandbox.fail_next(Fault::Slow(Duration::ZERO));
        assert_eq!(raw(&sandbox).len(), whole.len());
        let statuses: Vec<_> = sandbox.requests().into_iter().map(|call| call.status).collect();
        assert_eq!(statuses, [Some(200), None, Some(200), Some(200)]);
    }

    #[test]
    fn refusals_pages_redirects_and_lengths_are_made_to_order() {
        let sandbox = Sandbox::start(world());
        let alice = Signer::alice(&sandbox);
        let whole = call(&sandbox, &alice, WHO);
        for (status, code) in [
            (400, "ValidationError"),
            (403, "AccessDenied"),
            (429, "TooManyRequestsException"),
            (500, "InternalFailure"),
            (503, "ServiceUnavailable"),
        ] {
            sandbox.fail_next(Fault::Error { status, code, message: "no".to_owned() });
            let answer = call(&sandbox, &alice, WHO);
            assert_eq!((answer.status, answer.error()), (status, (code.to_owned(), "no".to_owned())));
            assert_eq!(answer.text("Type"), if status < 500 { "Sender" } else { "Receiver" });
        }
        sandbox.fail_next(Fault::CaptivePage);
        let page = call(&sandbox, &alice, WHO);
        assert_eq!(page.status, 200);
        assert!(page.head.contains("content-type: text/html") && page.body.starts_with("<!DOCTYPE html>"));
        sandbox.fail_next(Fault::Redirect("http://127.0.0.1:9/".to_owned()));
        let redirect = call(&sandbox, &alice, WHO);
        assert_eq!(redirect.status, 302);
        assert!(redirect.head.contains("location: http://127.0.0.1:9/"), "{}", redirect.head);
        sandbox.fail_next(Fault::Long(10 << 20));
        assert!(call(&sandbox, &alice, WHO).body.len() > 10 << 20);
        sandbox.fail_next(Fault::BadXml);
        let bad = call(&sandbox, &alice, WHO);
        assert!(bad.status == 200 && bad.body.contains("<<"), "{}", bad.body);
        let length = |answer: &[u8]| {
            let text = String::from_utf8(answer.to_vec()).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            let told = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let told = told.unwrap_or_else(|| panic!("{head}"));
            (told.parse::<usize>().unwrap(), body.len())
        };
        sandbox.fail_next(Fault::WrongLength(100));
        assert_eq!(length(&raw(&sandbox)), (whole.body.len() + 100, whole.body.len()));
        sandbox.fail_next(Fault::WrongLength(-100));
        assert_eq!(length(&raw(&sandbox)), (whole.body.len() - 100, whole.body.len() - 100));
    }

    #[test]
    fn a_region_can_be_switched_off() {
        let sandbox = Sandbox::start(world());
        let alice = Signer::alice(&sandbox);
        sandbox.set_region_disabled("eu-central-1", true);
        let answer = call(&sandbox, &alice, WHO);
        assert_eq!((answer.status, answer.error().0.as_str()), (403, "RegionDisabledException"));
        assert!(answer.error().1.contains("for account:111122223333."));
        assert_eq!(call(&sandbox, &Signer { region: "us-east-1", ..alice.clone() }, WHO).status, 200);
        sandbox.set_region_disabled("eu-central-1", false);
        assert_eq!(call(&sandbox, &alice, WHO).status, 200);
    }

    #[test]
    fn signatures_and_dates_follow_the_clock_twelve_hours_either_way() {
        for hours in [-12, 12] {
            let sandbox = Sandbox::start(world());
            let late = Signer::alice(&sandbox);
            sandbox.set_clock_offset(jiff::SignedDuration::from_hours(hours));
            let refused = call(&sandbox, &late, WHO);
            assert_eq!(refused.error().0, "SignatureDoesNotMatch");
            let date = refused.head.lines().find_map(|line| line.strip_prefix("date: ")).unwrap();
            let told = jiff::fmt::strtime::parse("%a, %d %b %Y %H:%M:%S GMT", date).unwrap();
            let told = jiff::tz::TimeZone::UTC.to_timestamp(told.to_datetime().unwrap()).unwrap();
            assert!((sandbox.now().as_second() - told.as_second()).abs() < 60, "{date}");
            assert_eq!(call(&sandbox, &Signer { time: told, ..late }, WHO).status, 200);
        }
    }

    #[test]
    fn the_log_has_every_call_and_no_code() {
        let sandbox = Sandbox::start(world());
        let code = sandbox.code_now(ALICE_MFA).unwrap().code;
        let arn = role("Mfa");
        let form = format!(
            "Action=AssumeRole&{VERSION}&RoleArn={arn}&RoleSessionName=me&SerialNumber={ALICE_MFA}&TokenCode={code}"
        );
        for _ in 0..2 {
            call(&sandbox, &Signer::alice(&sandbox), &form);
        }
        let calls = sandbox.requests();
        assert_eq!(calls.len(), 2);
        assert_eq!(calls[0].action, "AssumeRole");
        assert_eq!(calls[0].access_key_id.as_deref(), Some(ALICE_KEY));
        assert_eq!(calls[0].params["RoleArn"], arn);
        assert_eq!(calls[0].params["TokenCode"], "***");
        assert_eq!((calls[0].status, &calls[0].error), (Some(200), &None));
        assert_eq!((calls[1].status, calls[1].error.as_deref()), (Some(403), Some("AccessDenied")));
        assert!(!format!("{calls:?} {sandbox:?}").contains(&code));
    }

    #[test]
    fn nothing_that_is_printed_shows_a_secret() {
        let sandbox = Sandbox::start(world());
        let answer = call(&sandbox, &Signer::alice(&sandbox), &format!("Action=GetSessionToken&{VERSION}"));
        let printed = format!("{sandbox:?}");
        for secret in [
            crate::support::ALICE_SECRET,
            "JBSWY3DPEHPK3PXP",
            &answer.text("SecretAccessKey"),
            &answer.text("SessionToken"),
        ] {
            assert!(!printed.contains(secret));
        }
    }

    #[test]
    fn a_dropped_sandbox_is_gone() {
        let sandbox = Sandbox::start(world());
        let port = sandbox.port();
        assert_eq!(sandbox.endpoint(), format!("http://127.0.0.1:{port}"));
        drop(sandbox);
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    }
}
