use super::*;
use serde_json::Value;

const PORTAL: &str = include_str!("../../tests/oracles/sso.endpoint-tests.json");
const OIDC: &str = include_str!("../../tests/oracles/sso-oidc.endpoint-tests.json");

#[tokio::test]
async fn endpoints_are_those_of_aws() {
    for (service, text, expected) in [(Service::Portal, PORTAL, 14), (Service::Oidc, OIDC, 14)] {
        let cases: Value = serde_json::from_str(text).unwrap();
        let mut looked_at = 0;
        for case in cases.as_array().unwrap() {
            let (params, expect) = (&case["params"], &case["expect"]);
            // An address that is set stands before these rules.
            let (Some(region), None) = (params["Region"].as_str(), params.get("Endpoint")) else { continue };
            let on = |name: &str| params[name].as_bool().unwrap_or_default();
            let url = endpoint(service, region, on("UseFIPS"), on("UseDualStack")).await;
            match expect["endpoint"]["url"].as_str() {
                Some(expected) => assert_eq!(url.unwrap(), expected, "{case}"),
                None => assert_eq!(url.unwrap_err().code, FailureCode::Refused, "{case}"),
            }
            looked_at += 1;
        }
        assert_eq!(looked_at, expected, "{service:?}");
    }
}

#[tokio::test]
async fn nonsense_never_becomes_a_host() {
    for region in ["", "evil.example/", "a b", "x@y", "é"] {
        for service in [Service::Oidc, Service::Portal] {
            let url = endpoint(service, region, false, false).await;
            assert!(url.is_err(), "{region:?}: {url:?}");
        }
    }
}
