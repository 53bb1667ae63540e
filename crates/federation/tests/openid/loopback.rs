//! The listener on this machine: what it takes, what it turns away, and when it closes.

use crate::web::{get, send};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_federation::loopback::{Address, Fields, Loopback, Verdict, Wanted};
use http::{Request, Response};
use std::net::{TcpListener as StdListener, TcpStream as StdStream};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

const LONG: Duration = Duration::from_secs(30);

type Waiting = JoinHandle<Result<String, Failure>>;

async fn listen(wanted: Wanted) -> (String, u16, Waiting) {
    let loopback = Loopback::bind(Address::at("/cb"), wanted).await.unwrap();
    let (url, port) = (loopback.url(), loopback.port());
    let judge = |fields: Fields| match (fields.get("state"), fields.get("error")) {
        (Some("right"), None) => Verdict::Done(fields.get("code").unwrap_or_default().to_owned()),
        (Some("right"), Some(_)) => Verdict::Failed(Failure::new(FailureCode::Cancelled, "Denied.", "")),
        (_, _) => Verdict::Stranger,
    };
    (url, port, tokio::spawn(loopback.receive(LONG, judge)))
}

fn is_closed(port: u16) -> bool {
    StdStream::connect(("127.0.0.1", port)).is_err()
}

async fn outcome(waiting: Waiting) -> Result<String, Failure> {
    tokio::time::timeout(LONG, waiting).await.expect("the wait has an end").unwrap()
}

async fn request(request: http::request::Builder, body: impl Into<Vec<u8>>) -> Response<Vec<u8>> {
    send(request.body(body.into()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn the_right_answer_ends_the_wait_and_closes_the_port() {
    let (url, port, waiting) = listen(Wanted::Query).await;
    assert_eq!(url, format!("http://127.0.0.1:{port}/cb"));
    let page = get(&format!("{url}?state=right&code=%3Cscript%3E")).await;
    assert_eq!(page.status(), 200);
    let headers = page.headers();
    assert!(headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none';"));
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert!(!headers.keys().any(|name| name.as_str().starts_with("access-control")));
    let text = String::from_utf8(page.into_body()).unwrap();
    assert!(text.contains("You can close this tab.") && !text.contains("script"), "{text}");
    assert_eq!(outcome(waiting).await.unwrap(), "<script>");
    assert!(is_closed(port));
}

#[tokio::test]
async fn what_is_no_answer_is_turned_away_and_the_wait_goes_on() {
    let (url, port, waiting) = listen(Wanted::Query).await;
    let right = format!("{url}?state=right&code=c");
    for (request_, status) in [
        (Request::get(format!("http://127.0.0.1:{port}/favicon.ico")), 404),
        (Request::get(format!("{url}/?state=right&code=c")), 404),
        (Request::post(&right), 405),
        (Request::head(&right), 405),
        (Request::options(&right).header("origin", "https://evil.example"), 405),
        (Request::get(&right).header("host", "evil.example"), 400),
        (Request::get(&right).header("host", format!("127.0.0.1.nip.example:{port}")), 400),
        (Request::get(&right).header("host", "127.0.0.1"), 400),
        (Request::get(&right).header("host", format!("[::1]:{port}")), 400),
        (Request::get(&right).header("sec-fetch-mode", "no-cors").header("sec-fetch-dest", "image"), 400),
        (Request::get(&right).header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "iframe"), 400),
        (Request::get(format!("{right}&state=right")), 400),
        (Request::get(&url), 400),
        (Request::get(format!("{url}?state=wrong&code=c")), 400),
    ] {
        let shown = format!("{request_:?}");
        assert_eq!(request(request_, "").await.status(), status, "{shown}");
    }
    assert!(!waiting.is_finished());
    let navigation = Request::get(&right).header("host", format!("localhost:{port}"));
    let navigation = navigation.header("sec-fetch-mode", "navigate").header("sec-fetch-dest", "document");
    assert_eq!(request(navigation, "").await.status(), 200);
    assert_eq!(outcome(waiting).await.unwrap(), "c");
}

#[tokio::test]
async fn raw_requests_that_lead_elsewhere_are_turned_away() {
    let (_, port, waiting) = listen(Wanted::Query).await;
    let long = format!(
        "GET /cb?state=right&code={} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n",
        "c".repeat(200_000)
    );
    for raw in [
        format!("GET http://evil.example/cb?state=right&code=c HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"),
        format!(
            "GET /cb?state=right&code=c HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\n\r\n"
        ),
        "GET /cb?state=right&code=c HTTP/1.1\r\n\r\n".to_owned(),
        "GET /cb?state=right&code=c HTTP/1.0\r\n\r\n".to_owned(),
        "\u{16}\u{3}\u{1} no http\r\n\r\n".to_owned(),
        long,
    ] {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        // A request that is too long is not read to its end.
        stream.write_all(raw.as_bytes()).await.ok();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok();
        assert!(!String::from_utf8_lossy(&answer).starts_with("HTTP/1.1 200"), "{raw:.80}");
    }
    assert!(!waiting.is_finished());
    waiting.abort();
}

#[tokio::test]
async fn a_browser_that_keeps_its_connection_delays_nothing() {
    let (_, port, waiting) = listen(Wanted::Query).await;
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let raw = format!("GET /cb?state=right&code=c HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    stream.write_all(raw.as_bytes()).await.unwrap();
    // Half of what a connection may take.
    let outcome = tokio::time::timeout(Duration::from_secs(5), waiting).await;
    assert_eq!(outcome.expect("it doesn't wait for the browser").unwrap().unwrap(), "c");
    assert!(is_closed(port));
    let mut page = String::new();
    stream.read_to_string(&mut page).await.unwrap();
    assert!(page.contains("You can close this tab."), "{page}");
}

#[tokio::test]
async fn the_second_answer_finds_nobody() {
    let (url, port, waiting) = listen(Wanted::Query).await;
    let both = tokio::join!(
        send(Request::get(format!("{url}?state=right&code=one")).body(Vec::new()).unwrap()),
        send(Request::get(format!("{url}?state=right&code=two")).body(Vec::new()).unwrap()),
    );
    let taken = [both.0, both.1].into_iter().flatten().filter(|answer| answer.status() == 200);
    assert_eq!(taken.count(), 1);
    outcome(waiting).await.unwrap();
    assert!(is_closed(port));
}

#[tokio::test]
async fn ten_wrong_states_are_borne_and_no_more() {
    let (url, port, waiting) = listen(Wanted::Query).await;
    for round in 0..10 {
        assert!(!waiting.is_finished(), "{round}");
        assert_eq!(get(&format!("{url}?state=wrong{round}&code=c")).await.status(), 400);
    }
    let failure = outcome(waiting).await.unwrap_err();
    assert!(failure.happened.starts_with("10 answers came back"), "{failure}");
    assert!(is_closed(port));
}

#[tokio::test]
async fn a_refusal_ends_the_wait_with_a_page() {
    let (url, port, waiting) = listen(Wanted::Query).await;
    let page = get(&format!("{url}?state=right&error=access_denied&error_description=%3Cb%3E")).await;
    let text = String::from_utf8(page.into_body()).unwrap();
    assert!(text.contains("Not signed in") && !text.contains("<b>"), "{text}");
    assert_eq!(outcome(waiting).await.unwrap_err().code, FailureCode::Cancelled);
    assert!(is_closed(port));
}

#[tokio::test]
async fn a_form_is_taken_whole_up_to_its_limit() {
    let (url, _, waiting) = listen(Wanted::Form).await;
    let form = || Request::post(&url).header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(request(Request::get(format!("{url}?state=right&code=c")), "").await.status(), 405);
    assert_eq!(
        request(Request::post(&url).header("content-type", "text/plain"), "state=right").await.status(),
        400
    );
    assert_eq!(request(Request::post(&url), "state=right").await.status(), 400);
    let too_large = format!("state=right&code={}", "c".repeat(200_000));
    assert_eq!(request(form(), too_large).await.status(), 413);
    let large = format!("state=right&code={}", "c".repeat(199_000));
    assert_eq!(request(form(), large).await.status(), 200);
    assert_eq!(outcome(waiting).await.unwrap().len(), 199_000);
}

#[tokio::test]
async fn slow_and_many_connections_keep_nobody_out() {
    let (url, port, waiting) = listen(Wanted::Query).await;
    let mut slow = Vec::new();
    for _ in 0..100 {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(b"GET /cb?state=").await.unwrap();
        slow.push(stream);
    }
    assert_eq!(get(&format!("{url}?state=right&code=c")).await.status(), 200);
    assert_eq!(outcome(waiting).await.unwrap(), "c");
    // The oldest made room, and the others went with the port.
    for mut stream in slow {
        let mut rest = Vec::new();
        assert!(matches!(stream.read_to_end(&mut rest).await, Ok(0) | Err(_)));
    }
}

#[tokio::test]
async fn the_wait_has_an_end_and_can_be_taken_back() {
    let loopback = Loopback::bind(Address::at("/cb"), Wanted::Query).await.unwrap();
    let port = loopback.port();
    let never = |_: Fields| Verdict::<()>::Stranger;
    let failure = loopback.receive(Duration::from_millis(50), never).await.unwrap_err();
    assert!(failure.happened.starts_with("Nobody finished the sign-in"), "{failure}");
    assert!(is_closed(port));

    let (_, port, waiting) = listen(Wanted::Query).await;
    waiting.abort();
    assert!(waiting.await.unwrap_err().is_cancelled());
    assert!(is_closed(port));
}

#[tokio::test]
async fn a_fixed_port_that_is_taken_is_told() {
    let taken = StdListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let address = Address::parse(&format!("http://127.0.0.1:{port}/cb")).unwrap();
    let failure = Loopback::bind(address, Wanted::Query).await.unwrap_err();
    assert!(failure.happened.contains(&format!("can't listen on port {port}")), "{failure}");
    assert!(failure.remedy.contains("another port"), "{failure}");
}

#[tokio::test]
async fn localhost_is_ours_in_both_families_or_not_at_all() {
    let Ok(squatter) = StdListener::bind("[::1]:0") else {
        // Without IPv6 a browser can't take localhost for ::1 either.
        return;
    };
    let port = squatter.local_addr().unwrap().port();
    let address = Address::parse(&format!("http://localhost:{port}/cb")).unwrap();
    Loopback::bind(address, Wanted::Query).await.unwrap_err();

    let address = Address::parse("http://localhost/cb").unwrap();
    let loopback = Loopback::bind(address, Wanted::Query).await.unwrap();
    assert!(StdStream::connect(("::1", loopback.port())).is_ok());
    // Where 127.0.0.1 is meant, nobody listens on ::1.
    let loopback = Loopback::bind(Address::at("/cb"), Wanted::Query).await.unwrap();
    assert!(StdStream::connect(("::1", loopback.port())).is_err());
}
