//! `credential_source = Ec2InstanceMetadata`: the role of the machine, by IMDSv2.
//!
//! Deliberately absent: IMDSv1, and going on with credentials that the machine lets expire. (The
//! SDK's own provider is not used: it reads this process's environment.)

use super::answer::{Dialect, complaint, credentials};
use super::nearby::Nearby;
use crate::credentials::Credentials;
use crate::sts::word;
use crate::text::plain;
use crate::world::World;
use hatrack_core::failure::{Failure, FailureCode};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const V4: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
const V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
const ROLES: &str = "/latest/meta-data/iam/security-credentials/";

pub(super) async fn load(world: &World) -> Result<Credentials, Failure> {
    if world.switch("AWS_EC2_METADATA_DISABLED") == Some(true) {
        return Err(refused(
            "The profile takes its keys from this machine's role, but AWS_EC2_METADATA_DISABLED is set.",
            "Unset it, or give the profile a source_profile.",
        ));
    }
    let near = [IpAddr::V4(V4), IpAddr::V6(V6)];
    let endpoint = Nearby::at(&address(world), &near, "AWS_EC2_METADATA_SERVICE_ENDPOINT")?;
    let token = endpoint
        .ask("PUT", "/latest/api/token", &[("x-aws-ec2-metadata-token-ttl-seconds", "60")])
        .await
        .map_err(|failure| Failure { remedy: NOT_THERE.to_owned(), ..failure })?;
    let token = text(token).ok_or_else(|| unusable("it gave no session token"))?;
    let headers = [("x-aws-ec2-metadata-token", token.as_str())];
    let role = match endpoint.ask("GET", ROLES, &headers).await? {
        (404, _) => {
            return Err(refused(
                "This machine has no role.",
                "Attach an instance profile to it, or give the profile a source_profile.",
            ));
        }
        answer => text(answer).ok_or_else(|| unusable("it named no role"))?,
    };
    let (status, body) = endpoint.ask("GET", &format!("{ROLES}{role}"), &headers).await?;
    match status {
        200 => credentials(&body, Dialect::Endpoint).map_err(|why| unusable(&why)),
        _ => Err(unusable(&complaint(&body).unwrap_or_else(|| format!("status {status}")))),
    }
}

const NOT_THERE: &str = "credential_source = Ec2InstanceMetadata works on EC2 machines only: give the profile a source_profile here.";

fn address(world: &World) -> String {
    let ipv6 = world
        .variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")
        .is_some_and(|mode| mode.trim().eq_ignore_ascii_case("ipv6"));
    match world.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT") {
        Some(address) => address.trim_end_matches('/').to_owned(),
        None if ipv6 => format!("http://[{V6}]"),
        None => format!("http://{V4}"),
    }
}

/// The one word that a good answer consists of.
fn text((status, body): (u16, Vec<u8>)) -> Option<String> {
    let text = String::from_utf8(body).ok().filter(|_| status == 200)?;
    word(text.trim(), 1024)
}

fn unusable(why: &str) -> Failure {
    refused(
        format!(
            "This machine's metadata endpoint gave no credentials: {}.",
            plain(why.trim_end_matches('.'), 300)
        ),
        "Look at the machine's instance profile and at its role's trust policy.",
    )
}

fn refused(happened: impl Into<String>, remedy: impl Into<String>) -> Failure {
    Failure::new(FailureCode::Refused, happened, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::tests::world;

    #[test]
    fn the_address_is_the_callers_choice() {
        assert_eq!(address(&world(&[])), "http://169.254.169.254");
        let six = [("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6")];
        assert_eq!(address(&world(&six)), "http://[fd00:ec2::254]");
        let own = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/")];
        assert_eq!(address(&world(&own)), "http://127.0.0.1:1338");
    }

    #[tokio::test]
    async fn it_can_be_turned_off_and_not_be_led_astray() {
        let off = world(&[("AWS_EC2_METADATA_DISABLED", "True")]);
        assert!(load(&off).await.unwrap_err().happened.contains("AWS_EC2_METADATA_DISABLED"));
        let astray = world(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://metadata.example.com")]);
        assert!(load(&astray).await.unwrap_err().happened.contains("in the clear"));
    }
}
