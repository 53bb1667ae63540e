//! The agent was started by somebody else, somewhere else: its own environment decides nothing.

use std::process::Command;

/// What would lead every call astray that looked at it.
const ASTRAY: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", "AKIAASTRAY"),
    ("AWS_SECRET_ACCESS_KEY", "astray"),
    ("AWS_SESSION_TOKEN", "astray"),
    ("AWS_PROFILE", "astray"),
    ("AWS_CONFIG_FILE", "/nowhere/config"),
    ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials"),
    ("AWS_REGION", "astray-1"),
    ("AWS_DEFAULT_REGION", "astray-1"),
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
    ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1"),
    ("AWS_CA_BUNDLE", "/nowhere/ca.pem"),
    ("AWS_USE_FIPS_ENDPOINT", "true"),
    ("AWS_STS_REGIONAL_ENDPOINTS", "legacy"),
    ("AWS_MAX_ATTEMPTS", "1"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1"),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1:1"),
    ("HTTPS_PROXY", "http://127.0.0.1:1"),
    ("HTTP_PROXY", "http://127.0.0.1:1"),
    ("NO_PROXY", "*"),
    ("HOME", "/nowhere"),
];

#[test]
fn the_agents_own_environment_decides_nothing() {
    let again = Command::new(std::env::current_exe().unwrap())
        .args([
            "origins::",
            "providers::",
            "reach::",
            "resending::what_stumbles",
            "resending::one_connection",
        ])
        .envs(ASTRAY.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(again.status.success(), "{said}");
    assert!(said.contains("0 failed") && !said.contains(" 0 passed"), "{said}");
}
