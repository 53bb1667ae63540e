//! Which STS endpoint a call goes to, and how it is reached.

use super::endpoint::{ProfileEndpoint, accept};
use super::{Reach, World, is_on};
use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
use aws_smithy_types::Document;
use hatrack_core::failure::{Failure, FailureCode};

/// One STS endpoint, with the region that calls to it are signed for and the way to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    /// Its address.
    pub(crate) url: String,
    /// The region of the signature.
    pub(crate) region: String,
    /// The way to it.
    pub(crate) reach: Reach,
}

impl Target {
    /// Chooses the endpoint as the AWS tools do: the caller's environment before the profile, a
    /// service's own address before the general one, and the chosen region's endpoint where no
    /// address is set. `partition` is that of the role, for who has no region at all.
    pub(crate) async fn choose(
        world: &World,
        profile: &ProfileEndpoint,
        partition: &str,
    ) -> Result<Self, Failure> {
        let region = world
            .region()
            .or(profile.region.as_deref())
            .unwrap_or_else(|| first_region(partition))
            .to_owned();
        is_region_name(&region)?;
        let own = profile.sts_endpoint_url.as_deref();
        let (url, region) = match configured(world, profile, "AWS_ENDPOINT_URL_STS", own, "sts") {
            Some((url, from)) => {
                accept(url, &from)?;
                (url.trim_end_matches('/').to_owned(), region)
            }
            None => resolve(world, profile, region).await?,
        };
        let reach = Reach::to(world, &url, profile.ca_bundle.as_deref())?;
        Ok(Self { url, region, reach })
    }
}

/// Makes sure that nonsense never becomes a host.
pub(super) fn is_region_name(region: &str) -> Result<(), Failure> {
    if !region.is_empty() && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Ok(());
    }
    Err(Failure::new(
        FailureCode::Usage,
        format!("{:?} is not a region.", crate::text::plain(region, 60)),
        "Set AWS_REGION, or the profile's region, to a name like eu-west-1.",
    ))
}

/// The address that the caller or the profile set, and what the setting is called.
pub(super) fn configured<'a>(
    world: &'a World,
    profile: &'a ProfileEndpoint,
    variable: &str,
    own: Option<&'a str>,
    service: &str,
) -> Option<(&'a str, String)> {
    let ignored = world
        .switch("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")
        .or_else(|| profile.ignore_configured_endpoint_urls.as_deref().map(is_on));
    if ignored == Some(true) {
        return None;
    }
    let by_environment = [variable, "AWS_ENDPOINT_URL"]
        .into_iter()
        .find_map(|name| world.variable(name).map(|url| (url, name.to_owned())));
    by_environment
        .or_else(|| Some((own?, format!("endpoint_url of {service} in the profile's services section"))))
        .or_else(|| profile.endpoint_url.as_deref().map(|url| (url, "The profile's endpoint_url".to_owned())))
}

/// AWS's own endpoint for a region, and the region that it wants signatures for.
async fn resolve(
    world: &World,
    profile: &ProfileEndpoint,
    region: String,
) -> Result<(String, String), Failure> {
    let switch = |variable: &str, setting: &Option<String>| {
        world.switch(variable).or_else(|| setting.as_deref().map(is_on)).unwrap_or(false)
    };
    let fips = switch("AWS_USE_FIPS_ENDPOINT", &profile.use_fips_endpoint);
    let dual_stack = switch("AWS_USE_DUALSTACK_ENDPOINT", &profile.use_dualstack_endpoint);
    let regional = world.variable("AWS_STS_REGIONAL_ENDPOINTS").or(profile.sts_regional_endpoints.as_deref());
    let legacy = regional.is_some_and(|mode| mode.trim().eq_ignore_ascii_case("legacy"));
    let none = |why: String| {
        Failure::new(
            FailureCode::Refused,
            format!(
                "There is no STS endpoint for {region} as it is set up: {}.",
                crate::text::plain(&why, 200)
            ),
            "Choose another region, or turn use_fips_endpoint and use_dualstack_endpoint off.",
        )
    };
    let params = Params::builder()
        .region(region.clone())
        .use_fips(fips)
        .use_dual_stack(dual_stack)
        .use_global_endpoint(legacy)
        .build()
        .map_err(|error| none(error.to_string()))?;
    let resolver = DefaultResolver::new();
    let endpoint = ResolveEndpoint::resolve_endpoint(&resolver, &params)
        .await
        .map_err(|error| none(error.to_string()))?;
    let signed_for = endpoint
        .auth_schemes()
        .first()
        .and_then(|scheme| scheme.get("signingRegion"))
        .and_then(Document::as_string)
        .map_or(region, str::to_owned);
    Ok((endpoint.url().to_owned(), signed_for))
}

/// The region to ask for a partition whose region nobody named: the one that the partition's
/// global services answer in.
fn first_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-northwest-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-eusc" => "eusc-de-east-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        "aws-iso-e" => "eu-isoe-west-1",
        "aws-iso-f" => "us-isof-south-1",
        _ => "us-east-1",
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::world;
    use super::*;

    async fn choose(variables: &[(&str, &str)], profile: &ProfileEndpoint) -> (String, String) {
        let target = Target::choose(&world(variables), profile, "aws").await.unwrap();
        (target.url, target.region)
    }

    fn pair(url: &str, region: &str) -> (String, String) {
        (url.to_owned(), region.to_owned())
    }

    #[tokio::test]
    async fn the_environment_goes_before_the_profile() {
        let profile = ProfileEndpoint {
            region: Some("eu-west-1".to_owned()),
            endpoint_url: Some("https://profile".to_owned()),
            sts_endpoint_url: Some("https://services".to_owned()),
            ..ProfileEndpoint::default()
        };
        assert_eq!(choose(&[], &profile).await, pair("https://services", "eu-west-1"));
        let general = [("AWS_ENDPOINT_URL", "https://general/")];
        assert_eq!(choose(&general, &profile).await, pair("https://general", "eu-west-1"));
        let own = [("AWS_ENDPOINT_URL", "https://general"), ("AWS_ENDPOINT_URL_STS", "https://own")];
        assert_eq!(choose(&own, &profile).await.0, "https://own");
        let ignored =
            [("AWS_ENDPOINT_URL", "https://general"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "True")];
        assert_eq!(choose(&ignored, &profile).await.0, "https://sts.eu-west-1.amazonaws.com");
        let region = [("AWS_REGION", "us-east-2"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")];
        assert_eq!(choose(&region, &profile).await, pair("https://sts.us-east-2.amazonaws.com", "us-east-2"));
    }

    #[tokio::test]
    async fn legacy_means_the_global_endpoint_for_the_old_regions() {
        let profile = ProfileEndpoint {
            region: Some("eu-west-1".to_owned()),
            sts_regional_endpoints: Some("legacy".to_owned()),
            ..ProfileEndpoint::default()
        };
        assert_eq!(choose(&[], &profile).await, pair("https://sts.amazonaws.com", "us-east-1"));
        let regional = [("AWS_STS_REGIONAL_ENDPOINTS", "regional")];
        assert_eq!(
            choose(&regional, &profile).await,
            pair("https://sts.eu-west-1.amazonaws.com", "eu-west-1")
        );
        let young = [("AWS_REGION", "eu-south-1")];
        assert_eq!(choose(&young, &profile).await.0, "https://sts.eu-south-1.amazonaws.com");
    }

    #[tokio::test]
    async fn nonsense_never_becomes_a_host() {
        for region in ["evil.example.com/", "us east", "x@y", "é"] {
            assert!(
                Target::choose(&world(&[("AWS_REGION", region)]), &ProfileEndpoint::default(), "aws")
                    .await
                    .is_err()
            );
        }
    }

    #[tokio::test]
    async fn endpoints_are_those_of_aws() {
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/oracles/sts.endpoint-tests.json")).unwrap();
        let mut looked_at = 0;
        for case in file.as_array().unwrap() {
            let (params, expect) = (&case["params"], &case["expect"]);
            // An address that is set stands in our way before the rules are asked.
            let (Some(region), None) = (params["Region"].as_str(), params.get("Endpoint")) else { continue };
            let on = |name: &str| params[name].as_bool().unwrap_or(false).to_string();
            let mode =
                if params["UseGlobalEndpoint"].as_bool() == Some(true) { "legacy" } else { "regional" };
            let variables = [
                ("AWS_REGION", region.to_owned()),
                ("AWS_USE_FIPS_ENDPOINT", on("UseFIPS")),
                ("AWS_USE_DUALSTACK_ENDPOINT", on("UseDualStack")),
                ("AWS_STS_REGIONAL_ENDPOINTS", mode.to_owned()),
            ];
            let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let target = Target::choose(&world(&variables), &ProfileEndpoint::default(), "aws").await;
            match expect["endpoint"]["url"].as_str() {
                Some(url) => assert_eq!(target.unwrap().url, url, "{case}"),
                None => assert!(target.is_err(), "{case}"),
            }
            looked_at += 1;
        }
        assert_eq!(looked_at, 30, "the others set an address themselves");
    }

    #[test]
    fn the_first_region_is_the_partitions_own() {
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/oracles/partitions.json")).unwrap();
        for partition in file["partitions"].as_array().unwrap() {
            let id = partition["id"].as_str().unwrap();
            let region = partition["outputs"]["implicitGlobalRegion"].as_str().unwrap();
            assert_eq!(first_region(id), region, "{id}");
        }
    }
}
