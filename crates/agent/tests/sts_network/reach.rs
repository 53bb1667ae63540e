//! Proxies, certificates, and endpoints that are not there.

use crate::stage::{
    Stage, bundle, call, caller, certificate, certificate_of, granted, header, keys, proxy, world,
};
use hatrack_agent::sts::Granted;
use hatrack_agent::world::{ProfileEndpoint, World};
use hatrack_core::failure::{Failure, FailureCode};
use std::fs;

async fn assume(world: &World, profile: &ProfileEndpoint) -> Result<Granted, Failure> {
    caller().assume_role(world, profile, &keys(), &call(None)).await
}

#[tokio::test]
async fn a_ca_bundle_is_trusted_in_place_of_the_systems() {
    let (config, pem) = certificate("localhost");
    let stage = Stage::tls(config, |_, _| granted()).await;
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("ca.pem");
    // Bundles carry comments and the odd broken certificate.
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    fs::write(&bundle, format!("# ours\n{broken}{pem}")).unwrap();
    let (url, bundle) = (format!("https://localhost:{}", stage.port), bundle.to_str().unwrap().to_owned());

    let by_environment = world(&[("AWS_ENDPOINT_URL", &url), ("AWS_CA_BUNDLE", &bundle)]);
    assert!(assume(&by_environment, &ProfileEndpoint::default()).await.is_ok());
    let by_profile = ProfileEndpoint { ca_bundle: Some(bundle), ..ProfileEndpoint::default() };
    assert!(assume(&world(&[("AWS_ENDPOINT_URL", &url)]), &by_profile).await.is_ok());

    let (_, stranger) = certificate("localhost");
    let other = folder.path().join("other.pem");
    fs::write(&other, stranger).unwrap();
    let heard = stage.heard().len();
    let untrusting = world(&[("AWS_ENDPOINT_URL", &url), ("AWS_CA_BUNDLE", other.to_str().unwrap())]);
    let failure = assume(&untrusting, &ProfileEndpoint::default()).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Unreachable);
    assert!(
        failure.happened.contains("issuer, \u{201c}Corporate Inspection CA\u{201d}, is not among"),
        "{failure}"
    );
    assert!(failure.remedy.contains("AWS_CA_BUNDLE"), "{failure}");
    assert_eq!(stage.heard().len(), heard);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_taken() {
    let (config, pem) = certificate("sts.example.test");
    let stage = Stage::tls(config, |_, _| granted()).await;
    let (bundle, _folder) = bundle(&pem);
    let url = format!("https://localhost:{}", stage.port);
    let world = world(&[("AWS_ENDPOINT_URL", &url), ("AWS_CA_BUNDLE", &bundle)]);
    let failure = assume(&world, &ProfileEndpoint::default()).await.unwrap_err();
    assert!(failure.happened.contains("made for another name"), "{failure}");
    assert_eq!(stage.connections(), 1, "there is no use in trying again");
}

#[tokio::test]
async fn a_certificate_that_is_over_or_not_yet_valid_is_not_taken() {
    for years in [(2001, 2002), (2200, 2201)] {
        let (config, pem) = certificate_of("localhost", Some(years));
        let stage = Stage::tls(config, |_, _| granted()).await;
        let (bundle, _folder) = bundle(&pem);
        let url = format!("https://localhost:{}", stage.port);
        let world = world(&[("AWS_ENDPOINT_URL", &url), ("AWS_CA_BUNDLE", &bundle)]);
        let failure = assume(&world, &ProfileEndpoint::default()).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::Unreachable);
        assert!(failure.happened.contains("isn't valid at this time"), "{failure}");
        assert!(failure.remedy.contains("clock"), "{failure}");
        assert!(stage.heard().is_empty(), "nothing was sent");
        assert_eq!(stage.connections(), 1, "there is no use in trying again");
    }
}

#[tokio::test]
async fn a_bundle_that_can_t_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "nothing here").unwrap();
    for (path, words) in [
        (empty.clone(), "no usable certificate"),
        (folder.path().to_owned(), "not a file"),
        (folder.path().join("x"), ""),
    ] {
        let path = path.to_str().unwrap();
        let world = world(&[("AWS_ENDPOINT_URL", "https://localhost:1"), ("AWS_CA_BUNDLE", path)]);
        let failure = assume(&world, &ProfileEndpoint::default()).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::File, "{failure}");
        assert!(failure.happened.contains(path) && failure.happened.contains(words), "{failure}");
    }
}

#[tokio::test]
async fn a_proxy_is_asked_for_a_tunnel() {
    let (config, pem) = certificate("sts.example.test");
    let stage = Stage::tls(config, |_, _| granted()).await;
    let (bundle, _folder) = bundle(&pem);
    let (port, asked, _tasks) = proxy(stage.port, "HTTP/1.1 200 OK\r\n\r\n").await;
    let address = format!("http://ada:s%40crt@127.0.0.1:{port}");
    let world = world(&[
        ("AWS_ENDPOINT_URL_STS", "https://sts.example.test"),
        ("HTTPS_PROXY", &address),
        ("AWS_CA_BUNDLE", &bundle),
    ]);
    assume(&world, &ProfileEndpoint::default()).await.unwrap();
    let head = asked.lock().unwrap()[0].clone();
    assert!(head.starts_with("CONNECT sts.example.test:443 HTTP/1.1"), "{head}");
    assert_eq!(header(&head, "proxy-authorization"), Some("Basic YWRhOnNAY3J0"), "{head}");

    let (_, stranger) = certificate("sts.example.test");
    fs::write(&bundle, stranger).unwrap();
    let failure = assume(&world, &ProfileEndpoint::default()).await.unwrap_err();
    assert!(
        failure.happened.contains("Corporate Inspection CA"),
        "it is seen through the proxy too: {failure}"
    );
}

#[tokio::test]
async fn a_proxy_that_says_no_is_named_without_its_password() {
    for (answer, words, tries) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n", "wants a user name", 1),
        ("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n", "did not let the connection", 5),
    ] {
        let (port, asked, _tasks) = proxy(0, answer).await;
        let address = format!("http://ada:hidden@127.0.0.1:{port}");
        let world = world(&[("AWS_ENDPOINT_URL_STS", "https://sts.example.test"), ("HTTPS_PROXY", &address)]);
        let failure = assume(&world, &ProfileEndpoint::default()).await.unwrap_err();
        assert_eq!(failure.code, FailureCode::Unreachable);
        let text = failure.to_string();
        assert!(text.contains(words) && text.contains(&format!("127.0.0.1:{port}")), "{text}");
        assert!(!text.contains("hidden"), "{text}");
        assert!(asked.lock().unwrap().len() <= tries, "{text}");
    }
}

#[tokio::test]
async fn nobody_there_is_told_as_such() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://127.0.0.1:{}", gone.local_addr().unwrap().port());
    drop(gone);
    let direct = world(&[("AWS_ENDPOINT_URL", &url)]);
    let failure = assume(&direct, &ProfileEndpoint::default()).await.unwrap_err();
    assert!(failure.happened.contains("127.0.0.1 refused the connection"), "{failure}");
    let by_proxy = world(&[("AWS_ENDPOINT_URL", "https://sts.example.test"), ("https_proxy", &url)]);
    let failure = assume(&by_proxy, &ProfileEndpoint::default()).await.unwrap_err();
    assert!(failure.happened.contains("The proxy 127.0.0.1:"), "{failure}");
    assert!(failure.happened.contains("refused the connection"), "{failure}");
}

#[tokio::test]
async fn http_to_another_machine_is_refused_before_anything_is_sent() {
    let world = world(&[("AWS_ENDPOINT_URL", "http://sts.example.test")]);
    let failure = assume(&world, &ProfileEndpoint::default()).await.unwrap_err();
    assert_eq!(failure.code, FailureCode::Refused);
    assert!(failure.happened.contains("in the clear"), "{failure}");
}
