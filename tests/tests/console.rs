//! The console: a link that AWS's sign-in takes, handed to a browser once, and by nobody's command line.

use acceptance::place::{Ran, run};
use acceptance::program::{program, system_program};
use acceptance::{Place, until};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;

const ROLE: &str = "arn:aws:sts::666677778888:assumed-role/Analyst/";

/// What a browser gets at an address on loopback.
fn get(url: &str) -> String {
    let (host, path) = url.strip_prefix("http://").expect("loopback").split_once('/').expect("a path");
    let mut stream = TcpStream::connect(host).expect("somebody listens");
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("it is read");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

/// The link that is printed.
fn link(ran: Ran) -> String {
    ran.succeeded().answer.trim().to_owned()
}

fn asked(place: &Place, action: &str) -> usize {
    place.sandbox.requests().iter().filter(|call| call.action == action && call.status == Some(200)).count()
}

/// A browser that writes down what it was started with.
fn with_browser(place: &mut Place) -> std::path::PathBuf {
    let (browser, log) = (place.folder().join("browser"), place.folder().join("browser.log"));
    std::fs::write(&browser, format!("#!/bin/sh\nprintf '%s\\n' \"$@\" >> {}\n", log.display()))
        .expect("it is written");
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).expect("it is its owner's");
    place.set("BROWSER", browser.to_string_lossy());
    log
}

#[test]
fn a_printed_link_signs_in_as_the_role() {
    let place = Place::demo();
    let printed =
        link(place.hat(&["console", "data-analyst", "--print", "--service", "s3", "--region", "eu-west-1"]));
    let page = get(&printed);
    assert!(page.contains(ROLE), "{page}");
    assert!(page.contains("https://console.aws.amazon.com/s3/home?region=eu-west-1"), "{page}");
    assert_eq!((asked(&place, "AssumeRole"), asked(&place, "getSigninToken")), (1, 1));
    // What is active serves again, and the session's life may be said.
    link(place.hat(&["console", "data-analyst", "--print", "--duration", "1h"]));
    assert_eq!((asked(&place, "AssumeRole"), asked(&place, "getSigninToken")), (1, 2));
    let consumers = place.json(&["status", "--consumers"]);
    let ways: Vec<&str> =
        consumers.as_array().unwrap().iter().map(|it| it["way"].as_str().unwrap()).collect();
    assert_eq!(ways, ["console", "console"]);
}

#[test]
fn a_browser_is_given_an_address_that_works_once_and_tells_nothing() {
    let mut place = Place::demo();
    let log = with_browser(&mut place);
    place.hat(&["console", "data-analyst"]).succeeded();
    let started = until("the browser", || std::fs::read_to_string(&log).ok().filter(|it| it.ends_with('\n')));
    let address = started.trim();
    assert!(address.starts_with("http://127.0.0.1:") && !address.contains("Signin"), "{address}");
    let first = get(address);
    let location = first.lines().find_map(|line| line.strip_prefix("location: ")).expect("it leads on");
    assert!(get(location.trim()).contains(ROLE));
    let second = get(address);
    assert!(second.starts_with("HTTP/1.1 410 ") && !second.contains("location:"), "{second}");
}

#[test]
fn what_can_not_become_a_console_is_told_with_a_way_out() {
    let place = Place::demo();
    for (arguments, code, words) in [
        (
            &["console", "data-analyst", "--print", "--url", "https://evil.example/"][..],
            2,
            "console.aws.amazon.com",
        ),
        (&["console", "data-analyst", "--print", "--service", "nosuch"], 2, "nosuch"),
        (
            &["console", "data-analyst", "--print", "--arn", "arn:aws:iam::111122223333:role/x"],
            2,
            "666677778888",
        ),
        (&["console", "data-analyst", "--print", "--duration", "13h"], 2, "12 hours"),
        (&["console"], 2, "active"),
        (&["console", "production-readonly", "--print"], 3, "MFA"),
    ] {
        place.hat(arguments).refused(code, words);
    }
    assert_eq!(asked(&place, "getSigninToken"), 0);
}

#[test]
fn a_federation_token_becomes_a_console_and_too_long_a_life_is_not_insisted_on() {
    let place = Place::demo_with_other_ways();
    for role in ["guest", "tagged"] {
        let page = get(&link(place.hat(&["console", role, "--print", "--duration", "2h"])));
        assert!(page.contains("id=identity>arn:aws:sts::"), "{role}: {page}");
    }
    // No duration can be said for the guest's credentials; the role allows an hour alone.
    let requests = place.sandbox.requests();
    let tokens = requests.iter().filter(|call| call.action == "getSigninToken").map(|call| call.status);
    assert_eq!(tokens.collect::<Vec<_>>(), [Some(200), Some(400), Some(200)]);
}

#[test]
fn no_link_and_no_token_is_ever_in_what_hatrack_keeps_or_says() {
    let mut place = Place::demo();
    let log = with_browser(&mut place);
    let ran = run(place.command(program("hat")).args(["console", "data-analyst"]), "").succeeded();
    let address = until("the browser", || std::fs::read_to_string(&log).ok().filter(|it| it.ends_with('\n')));
    let first = get(address.trim());
    let link = first.lines().find_map(|line| line.strip_prefix("location: ")).expect("it leads on");
    let token = link.rsplit('=').next().expect("a token").trim().to_owned();
    assert!(token.len() > 30);
    assert!(!ran.answer.contains(&token) && !ran.talk.contains(&token));
    let mut folders = vec![place.folder().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.is_file() {
                let bytes = std::fs::read(&path).unwrap();
                assert!(!String::from_utf8_lossy(&bytes).contains(&token), "{}", path.display());
            }
        }
    }
}

/// What a real browser shows of an address, once its scripts have run.
fn shown_by_chromium(place: &Place, url: &str) -> String {
    let profile = format!("--user-data-dir={}", place.folder().join("chromium").display());
    let mut command = place.command(system_program("chromium"));
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", &profile]);
    // The script's own requests have to come back before the page is told.
    run(command.args(["--virtual-time-budget=10000", "--dump-dom", url]), "").succeeded().answer
}

#[test]
fn a_real_browser_signs_in_by_the_address_that_it_is_started_with() {
    let mut place = Place::demo();
    let log = with_browser(&mut place);
    place.hat(&["console", "data-analyst", "--service", "s3"]).succeeded();
    let started = until("the browser", || std::fs::read_to_string(&log).ok().filter(|it| it.ends_with('\n')));
    let page = shown_by_chromium(&place, started.trim());
    assert!(page.contains(ROLE) && page.contains("console.aws.amazon.com/s3/home"), "{page}");
}

/// A page of somebody else's, on a port of its own.
fn hostile_page(script: &str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("a port");
    let page = format!("<!doctype html><body><p id=told>nothing</p><script>{script}</script>");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            // A browser sends all of it at once.
            let asked = stream.read(&mut [0; 8192]).unwrap_or_default();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close";
            if asked > 0 {
                write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len()).ok();
            }
        }
    });
    format!("http://{address}/")
}

#[test]
fn a_hostile_page_gets_nothing_from_our_ports_even_with_the_token() {
    let mut place = Place::demo();
    let serving = &place.hat_serving("data-analyst");
    let log = with_browser(&mut place);
    place.hat(&["console", "data-analyst"]).succeeded();
    let started = until("the browser", || std::fs::read_to_string(&log).ok().filter(|it| it.ends_with('\n')));
    let (url, token, link) = (&serving.url, &serving.token, started.trim());
    let localhost = url.replace("127.0.0.1", "localhost");
    let script = format!(
        r#"const told = [];
        const tries = [
            ["{url}", {{headers: {{Authorization: "{token}"}}}}],
            ["{url}", {{mode: "no-cors", headers: {{Authorization: "{token}"}}}}],
            ["{localhost}", {{headers: {{Authorization: "{token}"}}}}],
            ["{link}", {{mode: "no-cors", redirect: "follow"}}],
            ["{link}", {{redirect: "manual"}}],
        ];
        Promise.all(tries.map(([url, how]) => fetch(url, how)
            .then(async (it) => told.push(it.status + it.type + await it.text()), () => told.push("refused"))))
            .then(() => document.getElementById("told").textContent = "DONE " + told.join(" "));"#
    );
    let page = shown_by_chromium(&place, &hostile_page(&script));
    let told = page.split("id=\"told\">").nth(1).and_then(|it| it.split("</p>").next()).expect("a report");
    assert!(told.starts_with("DONE ") && told.contains("refused"), "the page has tried: {told}");
    assert!(!told.contains("ASIA") && !told.contains("200") && !told.contains("Signed in"), "{told}");
    // What the page tried used nothing up.
    assert!(get(link).contains("location: "), "the link is still its owner's");
}
