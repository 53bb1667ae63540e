//! Which IAM endpoint a call goes to: there is one for each partition.

use super::endpoint::{ProfileEndpoint, accept};
use super::target::{configured, is_region_name};
use super::{Reach, Target, World, is_on};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::partition::Partition;

/// Of a partition: its name, the region of its signatures, and its endpoint's host; that with FIPS,
/// that with IPv6, and that with both.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    Option<&'static str>,
);

const ENDPOINTS: &[Row] = &[
    (
        "aws",
        "us-east-1",
        "iam.amazonaws.com",
        Some("iam-fips.amazonaws.com"),
        Some("iam.global.api.aws"),
        Some("iam-fips.global.api.aws"),
    ),
    (
        "aws-cn",
        "cn-north-1",
        "iam.cn-north-1.amazonaws.com.cn",
        None,
        Some("iam.global.api.amazonwebservices.com.cn"),
        None,
    ),
    (
        "aws-us-gov",
        "us-gov-west-1",
        "iam.us-gov.amazonaws.com",
        Some("iam.us-gov.amazonaws.com"),
        Some("iam.us-gov.api.aws"),
        Some("iam.us-gov.api.aws"),
    ),
    ("aws-eusc", "eusc-de-east-1", "iam.eusc-de-east-1.amazonaws.eu", None, None, None),
    (
        "aws-iso",
        "us-iso-east-1",
        "iam.us-iso-east-1.c2s.ic.gov",
        Some("iam-fips.us-iso-east-1.c2s.ic.gov"),
        None,
        None,
    ),
    (
        "aws-iso-b",
        "us-isob-east-1",
        "iam.us-isob-east-1.sc2s.sgov.gov",
        Some("iam-fips.us-isob-east-1.sc2s.sgov.gov"),
        None,
        None,
    ),
    ("aws-iso-e", "eu-isoe-west-1", "iam.eu-isoe-west-1.cloud.adc-e.uk", None, None, None),
    ("aws-iso-f", "us-isof-south-1", "iam.us-isof-south-1.csp.hci.ic.gov", None, None, None),
];

impl Target {
    /// Chooses IAM's endpoint: an address that is set, else that of the region's partition.
    pub(crate) fn of_iam(world: &World, profile: &ProfileEndpoint) -> Result<Self, Failure> {
        let region = world.region().or(profile.region.as_deref()).unwrap_or("us-east-1");
        is_region_name(region)?;
        let partition = Partition::of_region(region).map_or("aws", |partition| partition.id.as_str());
        let (_, signed_for, plain, fips, dual, both) =
            ENDPOINTS.iter().find(|(id, ..)| *id == partition).unwrap_or(&ENDPOINTS[0]);
        let on = |variable: &str, setting: &Option<String>| {
            world.switch(variable).or_else(|| setting.as_deref().map(is_on)).unwrap_or(false)
        };
        let url = match configured(
            world,
            profile,
            "AWS_ENDPOINT_URL_IAM",
            profile.iam_endpoint_url.as_deref(),
            "iam",
        ) {
            Some((url, from)) => {
                accept(url, &from)?;
                url.trim_end_matches('/').to_owned()
            }
            None => {
                let host = match (
                    on("AWS_USE_FIPS_ENDPOINT", &profile.use_fips_endpoint),
                    on("AWS_USE_DUALSTACK_ENDPOINT", &profile.use_dualstack_endpoint),
                ) {
                    (false, false) => Some(*plain),
                    (true, false) => *fips,
                    (false, true) => *dual,
                    (true, true) => *both,
                };
                let host = host.ok_or_else(|| {
                    Failure::new(
                        FailureCode::Refused,
                        format!("There is no IAM endpoint for {region} as it is set up."),
                        "Turn use_fips_endpoint and use_dualstack_endpoint off.",
                    )
                })?;
                format!("https://{host}")
            }
        };
        let reach = Reach::to(world, &url, profile.ca_bundle.as_deref())?;
        Ok(Self { url, region: (*signed_for).to_owned(), reach })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::world;
    use super::*;

    fn chosen(variables: &[(&str, &str)], profile: &ProfileEndpoint) -> (String, String) {
        let target = Target::of_iam(&world(variables), profile).unwrap();
        (target.url, target.region)
    }

    #[test]
    fn each_partition_has_its_own() {
        for (region, url, signed_for) in [
            ("eu-west-1", "https://iam.amazonaws.com", "us-east-1"),
            ("cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("us-gov-east-1", "https://iam.us-gov.amazonaws.com", "us-gov-west-1"),
            ("eusc-de-east-1", "https://iam.eusc-de-east-1.amazonaws.eu", "eusc-de-east-1"),
        ] {
            let chosen = chosen(&[("AWS_REGION", region)], &ProfileEndpoint::default());
            assert_eq!(chosen, (url.to_owned(), signed_for.to_owned()));
        }
        let fips = [("AWS_USE_FIPS_ENDPOINT", "true")];
        assert_eq!(chosen(&fips, &ProfileEndpoint::default()).0, "https://iam-fips.amazonaws.com");
        let none = [("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_REGION", "cn-north-1")];
        assert!(Target::of_iam(&world(&none), &ProfileEndpoint::default()).is_err());
    }

    #[test]
    fn an_address_that_is_set_goes_first() {
        let profile = ProfileEndpoint::default().with_iam(Some("https://services"));
        assert_eq!(chosen(&[], &profile).0, "https://services");
        let own = [("AWS_ENDPOINT_URL", "https://general"), ("AWS_ENDPOINT_URL_IAM", "https://own/")];
        assert_eq!(chosen(&own, &profile).0, "https://own");
        assert_eq!(chosen(&own[..1], &profile).0, "https://general");
    }
}
