//! One answer of the container endpoint, beside a bare answer of the same size by the same server
//! library: what the defence and the agent around it cost.

use crate::Outcome;
use crate::figures::Series;
use crate::home::{Home, profile};
use crate::process::Running;
use crate::report::{Report, Row, bounded, named};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Stdio;
use std::time::Instant;

const RUNS: usize = 2000;

/// Most times of the bare answer.
const GOAL: f64 = 1.2;

pub(crate) fn measure(report: &mut Report) -> Outcome<()> {
    let home = Home::with_one_of((3, 7), 0)?;
    let mut serving = Running::start(
        home.hat(&["serve", &profile(3, 7), "--shell", "bash"])?.stdout(Stdio::piped()).stderr(Stdio::null()),
    )?;
    let told = serving.child().stdout.take().ok_or("hat serve has no output")?;
    let (mut url, mut token) = (String::new(), String::new());
    for line in BufReader::new(told).lines() {
        let line = line?;
        let value = || line.split('\'').nth(1).unwrap_or_default().to_owned();
        if line.contains("FULL_URI='") {
            url = value();
        } else if line.contains("AUTHORIZATION_TOKEN='") {
            token = value();
        }
        if !url.is_empty() && !token.is_empty() {
            break;
        }
    }
    let (host, path) = url.strip_prefix("http://").and_then(|it| it.split_once('/')).ok_or("no address")?;
    let request = |path: &str, host: &str| {
        format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n")
    };
    let asked = request(path, host);
    let answer = ask(host, &asked)?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    if !body.contains("AccessKeyId") {
        return Err("the endpoint gave no credentials".into());
    }
    let bare = bare_server(body.to_owned())?.to_string();
    let bare_request = request("", &bare);

    let mut floor = Series::new("bare answer of the server library");
    let mut ours = Series::new("container endpoint");
    for _ in 0..RUNS {
        let begin = Instant::now();
        ask(&bare, &bare_request)?;
        floor.push_wall(begin.elapsed());
        let begin = Instant::now();
        ask(host, &asked)?;
        ours.push_wall(begin.elapsed());
    }
    let ratio = ours.ratio_to(&floor);
    report.row(Row {
        what: "container endpoint".to_owned(),
        floor: named(&floor),
        ours: named(&ours),
        ratio: bounded("", ratio, "×"),
        goal: format!("≤ {GOAL}× floor"),
        verdict: (ratio.upper <= GOAL).into(),
        ..Row::default()
    });
    report.series([floor, ours]);
    Ok(())
}

fn ask(host: &str, request: &str) -> Outcome<String> {
    let mut stream = TcpStream::connect(host)?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::with_capacity(4096);
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// A server that answers everything with this, on a thread of its own until the bench ends.
fn bare_server(body: String) -> Outcome<SocketAddr> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let body = Bytes::from(body);
    std::thread::spawn(move || {
        runtime.block_on(async move {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            while let Ok((stream, _)) = listener.accept().await {
                let body = body.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |_: Request<hyper::body::Incoming>| {
                        let answer = Response::new(Full::new(body.clone()));
                        async move { Ok::<_, Infallible>(answer) }
                    });
                    // A client that breaks off is no matter here.
                    http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
                });
            }
        });
    });
    Ok(address)
}
