//! AWS's own addresses of the two services, by the SDK's rules.

use crate::outside::Service;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::shown;

/// Tells the address of a service in a region.
pub async fn endpoint(
    service: Service,
    region: &str,
    use_fips: bool,
    use_dual_stack: bool,
) -> Result<String, Failure> {
    let url = match service {
        Service::Oidc => {
            use aws_sdk_ssooidc::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
            let params =
                Params::builder().region(region).use_fips(use_fips).use_dual_stack(use_dual_stack).build();
            let params = params.map_err(|error| none(region, &error.to_string()))?;
            ResolveEndpoint::resolve_endpoint(&DefaultResolver::new(), &params)
                .await
                .map(|endpoint| endpoint.url().to_owned())
        }
        Service::Portal => {
            use aws_sdk_sso::config::endpoint::{DefaultResolver, Params, ResolveEndpoint};
            let params =
                Params::builder().region(region).use_fips(use_fips).use_dual_stack(use_dual_stack).build();
            let params = params.map_err(|error| none(region, &error.to_string()))?;
            ResolveEndpoint::resolve_endpoint(&DefaultResolver::new(), &params)
                .await
                .map(|endpoint| endpoint.url().to_owned())
        }
    };
    url.map_err(|error| none(region, &error.to_string()))
}

fn none(region: &str, why: &str) -> Failure {
    Failure::new(
        FailureCode::Refused,
        format!(
            "There is no endpoint of Identity Center for {} as it is set up: {}.",
            shown(region),
            shown(why.trim_end_matches('.'))
        ),
        "Correct sso_region, or turn use_fips_endpoint and use_dualstack_endpoint off.",
    )
}

#[cfg(test)]
mod tests;
