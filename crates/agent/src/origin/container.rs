//! `credential_source = EcsContainer`: the role of the container, from its credential endpoint.

use super::answer::{Dialect, complaint, credentials};
use super::nearby::Nearby;
use crate::credentials::Credentials;
use crate::text::plain;
use crate::world::World;
use hatrack_core::failure::{Failure, FailureCode};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const ECS: Ipv4Addr = Ipv4Addr::new(169, 254, 170, 2);
const EKS_V4: Ipv4Addr = Ipv4Addr::new(169, 254, 170, 23);
const EKS_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23);
const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

pub(super) async fn load(world: &World) -> Result<Credentials, Failure> {
    let (address, from) = address(world)?;
    let endpoint = Nearby::at(&address, &[IpAddr::V4(ECS), IpAddr::V4(EKS_V4), IpAddr::V6(EKS_V6)], from)?;
    let token = token(world)?;
    let mut headers = vec![("accept", "application/json")];
    headers.extend(token.as_deref().map(|token| ("authorization", token)));
    let (status, body) = endpoint.ask("GET", "", &headers).await?;
    let unusable = |why: String| {
        refused(
            format!(
                "The container's credential endpoint gave no credentials: {}.",
                why.trim_end_matches('.')
            ),
            format!("Look at {from}, at its authorization token, and at the container's role."),
        )
    };
    match status {
        200 => credentials(&body, Dialect::Endpoint).map_err(unusable),
        _ => Err(unusable(complaint(&body).unwrap_or_else(|| format!("status {status}")))),
    }
}

fn address(world: &World) -> Result<(String, &'static str), Failure> {
    match (world.variable(RELATIVE), world.variable(FULL)) {
        (Some(path), _) if path.starts_with('/') => Ok((format!("http://{ECS}{path}"), RELATIVE)),
        (Some(path), _) => Err(refused(
            format!("{RELATIVE} is {:?}, which doesn't begin with a slash.", plain(path, 100)),
            format!("Set it as the container's agent does, or use {FULL}."),
        )),
        (None, Some(address)) => Ok((address.to_owned(), FULL)),
        (None, None) => Err(refused(
            "The profile takes its keys from a container's role, but the caller's environment names no endpoint for it.",
            format!(
                "Run the command in a container that sets {RELATIVE} or {FULL}, or give the profile a source_profile."
            ),
        )),
    }
}

fn token(world: &World) -> Result<Option<String>, Failure> {
    let (token, from) = match world.variable(TOKEN_FILE) {
        Some(file) => {
            let path = world.path(file)?;
            let text = std::fs::read_to_string(&path).map_err(|error| {
                Failure::new(
                    FailureCode::File,
                    format!("The authorization token in {} can't be read: {error}.", path.display()),
                    format!("Look at {TOKEN_FILE}."),
                )
            })?;
            (text.trim_end().to_owned(), TOKEN_FILE)
        }
        None => match world.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
            Some(token) => (token.to_owned(), "AWS_CONTAINER_AUTHORIZATION_TOKEN"),
            None => return Ok(None),
        },
    };
    if token.chars().any(char::is_control) || !token.is_ascii() {
        return Err(refused(
            format!("The token that {from} stands for has characters that a token can't have."),
            format!("Look at {from}."),
        ));
    }
    Ok(Some(token))
}

fn refused(happened: impl Into<String>, remedy: impl Into<String>) -> Failure {
    Failure::new(FailureCode::Refused, happened, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::tests::world;

    #[test]
    fn the_relative_address_goes_first() {
        let both = world(&[(RELATIVE, "/v2/x"), (FULL, "https://y")]);
        assert_eq!(address(&both).unwrap().0, "http://169.254.170.2/v2/x");
        assert!(address(&world(&[(RELATIVE, "v2")])).is_err());
        assert!(address(&world(&[])).unwrap_err().happened.contains("names no endpoint"));
    }

    #[test]
    fn credentials_travel_in_the_clear_only_nearby() {
        let near = [IpAddr::V4(ECS), IpAddr::V4(EKS_V4), IpAddr::V6(EKS_V6)];
        for good in [
            "http://169.254.170.2/x",
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::23]/v1/credentials",
            "http://localhost:8080/x",
            "http://[::1]/x",
            "https://anywhere.example.com/x",
        ] {
            assert!(Nearby::at(good, &near, FULL).is_ok(), "{good}");
        }
        for bad in
            ["http://192.168.1.1/x", "http://169.254.170.3/x", "http://example.com", "/x", "ftp://localhost"]
        {
            assert!(Nearby::at(bad, &near, FULL).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_can_t_add_a_header() {
        assert!(token(&world(&[("AWS_CONTAINER_AUTHORIZATION_TOKEN", "a\r\nx: y")])).is_err());
        assert_eq!(
            token(&world(&[("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Basic x")])).unwrap().unwrap(),
            "Basic x"
        );
    }
}
