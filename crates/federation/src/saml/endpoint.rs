//! AWS's own SAML endpoints: where a provider posts its assertions.

use hatrack_core::partition::Partition;

/// The hosts of AWS's sign-in, by partition, and whether there is one for all regions.
const HOSTS: [(&str, &str, bool); 4] = [
    ("aws", "signin.aws.amazon.com", true),
    ("aws-cn", "signin.amazonaws.cn", true),
    ("aws-us-gov", "signin.amazonaws-us-gov.com", true),
    ("aws-eusc", "signin.amazonaws-eusc.eu", false),
];

/// The audiences by which AWS calls itself, besides its endpoints.
const AUDIENCE: &str = "urn:amazon:webservices";

/// Lists the addresses of AWS's SAML endpoints: of each partition, and of each of its regions. A
/// provider may add `/acs/` and its own id to one.
pub fn endpoints() -> Vec<String> {
    let mut endpoints = Vec::new();
    for (id, host, for_all) in HOSTS {
        if for_all {
            endpoints.push(format!("https://{host}/saml"));
        }
        let partitions = Partition::all().iter().filter(|partition| partition.id == id);
        let regions = partitions.flat_map(Partition::regions).filter(|region| !region.ends_with("-global"));
        endpoints.extend(regions.map(|region| format!("https://{region}.{host}/saml")));
    }
    endpoints
}

/// Tells whether an address is one of AWS's SAML endpoints, to the letter.
pub fn is_endpoint(address: &str) -> bool {
    endpoints().iter().any(|endpoint| {
        address.strip_prefix(endpoint.as_str()).is_some_and(|rest| {
            let is_id = |id: &str| {
                !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
            };
            rest.is_empty() || rest.strip_prefix("/acs/").is_some_and(is_id)
        })
    })
}

/// Tells whether an audience is AWS.
pub(super) fn is_audience(audience: &str) -> bool {
    let rest = audience.strip_prefix(AUDIENCE);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':')) || is_endpoint(audience)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_known_to_the_letter() {
        for address in [
            "https://signin.aws.amazon.com/saml",
            "https://eu-central-1.signin.aws.amazon.com/saml",
            "https://us-east-1.signin.aws.amazon.com/saml/acs/SAMLSP-4f2a",
            "https://signin.amazonaws-us-gov.com/saml",
            "https://us-gov-west-1.signin.amazonaws-us-gov.com/saml",
            "https://signin.amazonaws.cn/saml",
            "https://eusc-de-east-1.signin.amazonaws-eusc.eu/saml",
        ] {
            assert!(is_endpoint(address), "{address}");
        }
        for address in [
            "http://signin.aws.amazon.com/saml",
            "https://signin.aws.amazon.com/",
            "https://signin.aws.amazon.com/saml/",
            "https://signin.aws.amazon.com/saml/acs/",
            "https://signin.aws.amazon.com/saml/acs/../oauth",
            "https://signin.aws.amazon.com/saml?x",
            "https://signin.aws.amazon.com:444/saml",
            "https://signin.aws.amazon.com.evil.example/saml",
            "https://evil.signin.aws.amazon.com/saml",
            "https://eu-central-1.signin.amazonaws.cn/saml",
            "https://a@signin.aws.amazon.com/saml",
            "https://aws-global.signin.aws.amazon.com/saml",
            "https://signin.amazonaws-eusc.eu/saml",
            "",
        ] {
            assert!(!is_endpoint(address), "{address}");
        }
    }

    #[test]
    fn aws_goes_by_few_names() {
        for audience in [
            "urn:amazon:webservices",
            "urn:amazon:webservices:govcloud",
            "https://signin.aws.amazon.com/saml",
        ] {
            assert!(is_audience(audience), "{audience}");
        }
        for audience in ["", "urn:amazon:webservicesx", "urn:amazon:cognito:sp:eu-west-1_x"] {
            assert!(!is_audience(audience), "{audience}");
        }
    }
}
