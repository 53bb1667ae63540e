//! The server as its friends and its foes see it: raw bytes over real sockets.

use super::*;
use crate::clock::now;
use hatrack_core::failure::FailureCode;
use jiff::SignedDuration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const JSON: &str = r#"{"AccessKeyId":"ASIAEXAMPLE"}"#;
const LINK: &str = "https://signin.aws.amazon.com/federation?SigninToken=s3cret";

struct Stage {
    endpoint: Endpoint,
    opened: Opened,
    events: mpsc::UnboundedReceiver<FromEndpoint>,
}

fn stage() -> Stage {
    let (tell, events) = mpsc::unbounded_channel();
    let endpoint = Endpoint::start(Clock::real(), tell).unwrap();
    let opened = endpoint.open(ConsumerId(7), live()).unwrap();
    Stage { endpoint, opened, events }
}

fn live() -> Shelf {
    Shelf::Live { json: Sealed::new(JSON), end: now() + SignedDuration::from_hours(1) }
}

impl Stage {
    fn address(&self) -> SocketAddr {
        self.endpoint.shared.address
    }

    fn path(&self) -> &str {
        self.opened.url.strip_prefix(&format!("http://{}", self.address())).unwrap()
    }

    /// A request as an SDK makes it, with these lines in place of others.
    fn request(&self, change: impl Fn(String) -> String) -> String {
        change(format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nAuthorization: {}\r\nConnection: close\r\n\r\n",
            self.path(),
            self.address(),
            self.opened.token.open()
        ))
    }

    async fn ask(&self, change: impl Fn(String) -> String) -> String {
        self.say(self.request(change).as_bytes()).await
    }

    /// Everything that comes back for these bytes.
    async fn say(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address()).await.unwrap();
        let mut answer = Vec::new();
        // One that is turned away may be closed before all is written or read.
        stream.write_all(bytes).await.ok();
        stream.read_to_end(&mut answer).await.ok();
        String::from_utf8(answer).unwrap()
    }

    async fn follow(&self, address: &Sealed, headers: &str) -> String {
        let (_, path) = address.open().split_once("/open/").unwrap();
        let head = format!("GET /open/{path} HTTP/1.1\r\nHost: {}\r\n", self.address());
        self.say(format!("{head}{headers}Connection: close\r\n\r\n").as_bytes()).await
    }
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

#[tokio::test]
async fn who_shows_the_token_gets_the_credentials_and_nobody_keeps_them() {
    let mut stage = stage();
    let answer = stage.ask(|it| it).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(JSON), "{answer}");
    assert!(answer.contains("cache-control: no-store\r\n"), "{answer}");
    assert!(answer.contains("content-type: application/json\r\n"), "{answer}");
    assert!(!answer.to_lowercase().contains("access-control"), "{answer}");
    assert_eq!(stage.events.recv().await, Some(FromEndpoint::Served(ConsumerId(7))));
}

#[tokio::test]
async fn any_other_token_is_refused_alike() {
    let mut stage = stage();
    let token = stage.opened.token.open().to_owned();
    let other = stage.endpoint.open(ConsumerId(8), live()).unwrap().token;
    let mut flipped = token.clone().into_bytes();
    flipped[63] ^= 1;
    let wrong = [
        String::new(),
        token[..63].to_owned(),
        format!("{token}0"),
        format!("Bearer {token}"),
        String::from_utf8(flipped).unwrap(),
        token.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A"),
        other.open().to_owned(),
    ];
    let mut answers = std::collections::BTreeSet::new();
    for wrong in &wrong {
        let answer = stage.ask(|it| it.replace(&token, wrong)).await;
        assert_eq!(status(&answer), "403", "{wrong:?}: {answer}");
        answers.insert(answer.split("date:").next().unwrap().to_owned());
    }
    let missing = stage.ask(|it| it.replace("Authorization:", "X-Other:")).await;
    let twice =
        stage.ask(|it| it.replace("Connection", &format!("Authorization: {token}\r\nConnection"))).await;
    let nobody = stage.ask(|it| it.replace(stage.path(), &format!("/credentials/{}", "0".repeat(64)))).await;
    for answer in [missing, twice, nobody] {
        assert_eq!(status(&answer), "403", "{answer}");
        answers.insert(answer.split("date:").next().unwrap().to_owned());
    }
    assert_eq!(answers.len(), 1, "no refusal tells more than another: {answers:#?}");
    assert!(stage.events.try_recv().is_err());
}

#[tokio::test]
async fn a_host_that_is_not_the_address_itself_is_refused_whatever_else_is_right() {
    let stage = stage();
    let own = stage.address().to_string();
    let port = stage.address().port();
    for host in [
        "evil.example".to_owned(),
        format!("localhost:{port}"),
        "127.0.0.1".to_owned(),
        "127.0.0.1:1".to_owned(),
        format!("127.0.0.1.nip.io:{port}"),
        format!("[::1]:{port}"),
        format!("127.1:{port}"),
        format!("{own}."),
        format!("user@{own}"),
        String::new(),
    ] {
        let answer = stage.ask(|it| it.replace(&format!("Host: {own}"), &format!("Host: {host}"))).await;
        assert_ne!(status(&answer), "200", "{host}: {answer}");
        assert!(!answer.contains("ASIA"), "{host}: {answer}");
    }
    let two = stage.ask(|it| it.replace("Host:", "Host: evil.example\r\nHost:")).await;
    let none = stage.ask(|it| it.replace(&format!("Host: {own}\r\n"), "")).await;
    let absolute = stage.ask(|it| it.replace("GET /", &format!("GET http://{own}/"))).await;
    let elsewhere = stage.ask(|it| it.replace("GET /", "GET http://evil.example/")).await;
    for answer in [two, none, absolute, elsewhere] {
        assert!(!answer.contains("ASIA") && status(&answer) != "200", "{answer}");
    }
}

#[tokio::test]
async fn a_page_of_a_browser_gets_nothing_even_with_the_token() {
    let stage = stage();
    for header in [
        "Origin: https://evil.example",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: none",
        "Sec-Fetch-Mode: no-cors",
    ] {
        let answer = stage.ask(|it| it.replace("Connection", &format!("{header}\r\nConnection"))).await;
        assert_eq!(status(&answer), "403", "{header}: {answer}");
    }
    for method in ["OPTIONS", "POST", "HEAD", "PUT", "DELETE", "TRACE", "CONNECT"] {
        let answer = stage.ask(|it| it.replace("GET", method)).await;
        assert!(["405", "403", "400"].contains(&status(&answer)), "{method}: {answer}");
        assert!(!answer.contains("ASIA") && !answer.to_lowercase().contains("access-control"), "{answer}");
    }
}

#[tokio::test]
async fn nothing_is_smuggled_behind_a_body() {
    let stage = stage();
    let right = stage.request(|it| it);
    let token = stage.opened.token.open();
    let wrong = right.replace(token, "wrong");
    for smuggler in [
        wrong.replace("Connection: close", "Content-Length: 0\r\nTransfer-Encoding: chunked"),
        wrong.replace("Connection: close", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
        wrong.replace("Connection: close", "Transfer-Encoding: chunked\r\nContent-Length: 5"),
        wrong.replace("Connection: close", "Transfer-Encoding: xchunked"),
        wrong.replace("Connection: close", "Content-Length: 5\r\nContent-Length: 0"),
        wrong.replace("Connection: close", &format!("Content-Length: {}", right.len())),
        wrong.replace("Connection: close", "Upgrade: h2c\r\nConnection: Upgrade"),
    ] {
        for body in ["", "0\r\n\r\n"] {
            let answer = stage.say(format!("{smuggler}{body}{right}").as_bytes()).await;
            assert!(!answer.contains("ASIA"), "{smuggler}: {answer}");
        }
    }
}

#[tokio::test]
async fn large_requests_are_cut_off_and_the_next_one_is_served() {
    let stage = stage();
    let lines = "X-Filler: x\r\n".repeat(100);
    let many = stage.ask(|it| it.replace("Connection", &format!("{lines}Connection"))).await;
    let long = "x".repeat(20_000);
    let large = stage.ask(|it| it.replace("Connection", &format!("X: {long}\r\nConnection"))).await;
    let garbage = stage.say(&[0xff; 4096]).await;
    for answer in [many, large, garbage] {
        assert!(!answer.contains("ASIA"), "{answer}");
    }
    assert_eq!(status(&stage.ask(|it| it).await), "200");
}

#[tokio::test]
async fn ten_thousand_connections_leave_room_for_an_honest_one() {
    let stage = stage();
    let mut open = Vec::new();
    for number in 0..10_000 {
        let mut stream = TcpStream::connect(stage.address()).await.unwrap();
        // Half of them send a beginning and wait.
        if number % 2 == 0 {
            stream.write_all(b"GET / HTTP/1.1\r\nHost").await.ok();
        }
        open.push(stream);
        if open.len() > 400 {
            open.drain(..200);
        }
    }
    let crowded = stage.ask(|it| it).await;
    assert!(crowded.is_empty() || status(&crowded) == "200", "{crowded}");
    drop(open);
    // Those that were given up are noticed one after another.
    let served = async {
        while status(&stage.ask(|it| it).await) != "200" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), served).await.expect("an honest client is served");
}

#[tokio::test]
async fn who_sends_slowly_is_cut_off() {
    let stage = stage();
    let mut stream = TcpStream::connect(stage.address()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(60), stream.read_to_end(&mut answer)).await;
    assert!(ended.is_ok(), "a client that never ends its request is closed");
}

#[tokio::test]
async fn what_is_over_is_told_and_never_given() {
    let mut stage = stage();
    stage.endpoint.fill(ConsumerId(7), Shelf::Live { json: Sealed::new(JSON), end: now() });
    let over = stage.ask(|it| it).await;
    assert!(status(&over) == "503" && !over.contains("ASIA"), "{over}");
    let failure = Failure::new(FailureCode::PersonNeeded, "It waits for a code\u{202e}.", "Type it.");
    stage.endpoint.fill(ConsumerId(7), Shelf::Empty(failure));
    let empty = stage.ask(|it| it).await;
    assert!(status(&empty) == "503" && empty.contains("It waits for a code"), "{empty}");
    assert!(!empty.contains('\u{202e}'), "{empty}");
    for _ in 0..2 {
        assert_eq!(stage.events.recv().await, Some(FromEndpoint::Missed(ConsumerId(7))));
    }
    stage.endpoint.close(ConsumerId(7));
    assert_eq!(status(&stage.ask(|it| it).await), "403");
}

#[tokio::test]
async fn a_link_is_given_once_to_a_person_s_browser_alone() {
    let stage = stage();
    let address = stage.endpoint.lead_to(Sealed::new(LINK)).unwrap();
    for header in [
        "Sec-Purpose: prefetch\r\n",
        "Purpose: prefetch\r\n",
        "Sec-Fetch-Mode: no-cors\r\n",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n",
        "Origin: https://evil.example\r\n",
        "Content-Length: 1\r\n",
    ] {
        let answer = stage.follow(&address, header).await;
        assert!(!answer.contains("s3cret") && answer.starts_with("HTTP/1.1 4"), "{header}: {answer}");
    }
    let head = address.open().replace("http://", "");
    let head = head.split_once('/').unwrap().1;
    let looked = format!("HEAD /{head} HTTP/1.1\r\nHost: {}\r\n\r\n", stage.address());
    assert_eq!(status(&stage.say(looked.as_bytes()).await), "405");

    let first = stage.follow(&address, "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n").await;
    assert!(status(&first) == "303" && first.contains(&format!("location: {LINK}\r\n")), "{first}");
    assert!(first.contains("referrer-policy: no-referrer\r\n") && first.contains("no-store"), "{first}");
    let second = stage.follow(&address, "").await;
    assert!(status(&second) == "410" && !second.contains("s3cret"), "{second}");
}

#[tokio::test]
async fn a_link_that_nobody_comes_for_is_forgotten() {
    let stage = stage();
    tokio::time::pause();
    let address = stage.endpoint.lead_to(Sealed::new(LINK)).unwrap();
    // The task that forgets it has to have begun to wait.
    tokio::task::yield_now().await;
    tokio::time::advance(LINK_WITHIN + Duration::from_secs(1)).await;
    tokio::task::yield_now().await;
    tokio::time::resume();
    assert_eq!(status(&stage.follow(&address, "").await), "410");
}

#[tokio::test]
async fn it_listens_on_loopback_alone_and_ends_with_its_owner() {
    let stage = stage();
    let address = stage.address();
    assert!(address.ip().is_loopback());
    drop(stage);
    tokio::task::yield_now().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[test]
fn debug_shows_no_secret() {
    let shelf = format!("{:?}", live());
    assert!(!shelf.contains("ASIA"), "{shelf}");
}
