//! Pages of the console: by service, by a pasted address, by an ARN.

use super::Site;
use crate::failure::{Failure, FailureCode};
use crate::name::shown;
use crate::partition::is_region;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How long an address may be.
const LONGEST: usize = 4096;

/// A page of the console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page<'a> {
    /// Its start page.
    Home,
    /// That of a service, by the AWS CLI's name or the console's.
    Service(&'a str),
    /// That of an address, as a browser shows it.
    Url(&'a str),
    /// That of a resource, else of its service.
    Arn(&'a str),
}

/// The address of a page, for a role of this account (empty: it isn't known) in this region.
pub fn destination(
    site: &Site,
    page: Page<'_>,
    region: Option<&str>,
    account_id: &str,
) -> Result<String, Failure> {
    let region = region.unwrap_or(site.region);
    if !is_region(region) {
        return Err(usage(format!("{} is no region.", shown(region)), "Give one like eu-central-1."));
    }
    match page {
        Page::Home => Ok(at(site, region, "console")),
        Page::Service(name) => Ok(at(site, region, path_of(name)?)),
        Page::Url(url) => url_of(site, url),
        Page::Arn(arn) => of_arn(site, arn, region, account_id),
    }
}

/// The portal's own link to a role's console: no credential leaves this machine for it.
pub fn shortcut(start_url: &str, account_id: &str, role_name: &str, destination: Option<&str>) -> String {
    let portal = start_url.trim_end_matches(['/', '#']).trim_end_matches("/start");
    let mut link = format!(
        "{portal}/start/#/console?account_id={}&role_name={}",
        encoded(account_id),
        encoded(role_name)
    );
    if let Some(destination) = destination {
        link.push_str("&destination=");
        link.push_str(&encoded(destination));
    }
    link
}

/// A text as part of a query: everything but letters, digits and four signs as its bytes.
pub(super) fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.extend(
                [byte >> 4, byte & 15].map(|half| char::from(b"0123456789ABCDEF"[usize::from(half)])),
            );
        }
    }
    encoded
}

fn at(site: &Site, region: &str, path: &str) -> String {
    let host = site.host(site.console, region);
    format!("https://{host}/{path}/home?region={region}")
}

/// The first part of each service's path, from AWS's own models.
fn services() -> &'static BTreeMap<String, String> {
    static ALL: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
        let json = include_str!("../../data/console_services.json");
        serde_json::from_str(json).expect("the table of services can be read")
    });
    &ALL
}

fn path_of(name: &str) -> Result<&'static str, Failure> {
    let wanted = name.trim().to_ascii_lowercase();
    let by_path = || services().values().find(|path| path.split('/').next() == Some(wanted.as_str()));
    services().get(&wanted).or_else(by_path).map(String::as_str).ok_or_else(|| {
        usage(
            format!("The console has no service {}.", shown(name)),
            "Give a service's name as the AWS CLI has it, or the page's address with --url.",
        )
    })
}

/// An address that a person pasted: of this console and no other host, whatever it looks like.
fn url_of(site: &Site, url: &str) -> Result<String, Failure> {
    let refused = || {
        usage(
            format!("{} is no page of the console of this role's partition.", shown(url)),
            &format!("Paste an address that begins with https:// and a host of {}.", site.console),
        )
    };
    let url = url.trim();
    let rest = url.strip_prefix("https://").ok_or_else(refused)?;
    let plain = url.len() <= LONGEST && url.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let host = &rest[..end];
    let is_host = host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b));
    let below = host.strip_suffix(site.console);
    let is_ours = below.is_some_and(|below| {
        below.is_empty()
            || below.strip_suffix('.').is_some_and(|it| it.split('.').all(|label| !label.is_empty()))
    });
    if plain && is_host && is_ours { Ok(url.to_owned()) } else { Err(refused()) }
}

/// The page of a resource, where the console has a lasting address for it; else its service's.
fn of_arn(site: &Site, arn: &str, region: &str, account_id: &str) -> Result<String, Failure> {
    let odd = || usage(format!("{} is no ARN.", shown(arn)), "Give one like arn:aws:s3:::my-bucket.");
    let parts: Vec<&str> = arn.trim().splitn(6, ':').collect();
    let ["arn", partition, service, of_region, account, resource] = parts[..] else { return Err(odd()) };
    if resource.is_empty() || !arn.trim().bytes().all(|byte| byte.is_ascii_graphic()) || arn.len() > LONGEST {
        return Err(odd());
    }
    if partition != site.partition {
        return Err(usage(
            format!("{} is of another partition than the role.", shown(arn)),
            "Choose a role of that partition.",
        ));
    }
    if !account.is_empty() && !account_id.is_empty() && account != account_id && account != "aws" {
        return Err(usage(
            format!("{} belongs to account {}, the role to {account_id}.", shown(arn), shown(account)),
            "Choose a role of that account.",
        ));
    }
    let region = if of_region.is_empty() { region } else { of_region };
    if !is_region(region) {
        return Err(odd());
    }
    let host = site.host(site.console, region);
    let page = |path: &str, tail: String| Ok(format!("https://{host}/{path}?region={region}{tail}"));
    let (kind, name) = resource.split_once(['/', ':']).unwrap_or(("", resource));
    let name = encoded(name);
    match (service, kind) {
        ("s3", _) => {
            let (bucket, key) = resource.split_once('/').unwrap_or((resource, ""));
            page(&format!("s3/buckets/{}", encoded(bucket)), format!("&prefix={}", encoded(key)))
        }
        ("ec2", "instance") => page("ec2/home", format!("#InstanceDetails:instanceId={name}")),
        ("lambda", "function") => page("lambda/home", format!("#/functions/{name}")),
        ("iam", "role") => {
            let name = resource.rsplit('/').next().map(encoded).unwrap_or_default();
            page("iam/home", format!("#/roles/details/{name}"))
        }
        ("iam", "user") => {
            let name = resource.rsplit('/').next().map(encoded).unwrap_or_default();
            page("iam/home", format!("#/users/details/{name}"))
        }
        ("iam", "policy") => page("iam/home", format!("#/policies/details/{}", encoded(arn.trim()))),
        ("dynamodb", "table") => {
            let table = resource.split('/').nth(1).map(encoded).unwrap_or_default();
            page("dynamodbv2/home", format!("#table?name={table}"))
        }
        ("cloudformation", "stack") => {
            page("cloudformation/home", format!("#/stacks/stackinfo?stackId={}", encoded(arn.trim())))
        }
        ("sns", _) => page("sns/v3/home", format!("#/topic/{}", encoded(arn.trim()))),
        ("sqs", _) => {
            let queue = format!("https://sqs.{region}.amazonaws.com/{account}/{resource}");
            page("sqs/v3/home", format!("#/queues/{}", encoded(&queue)))
        }
        ("rds", "db") => page("rds/home", format!("#database:id={name};is-cluster=false")),
        ("eks", "cluster") => page(&format!("eks/clusters/{name}"), String::new()),
        ("ecs", "cluster") => page(&format!("ecs/v2/clusters/{name}"), String::new()),
        ("kms", "key") => page("kms/home", format!("#/kms/keys/{name}")),
        ("states", "stateMachine") => {
            page("states/home", format!("#/statemachines/view/{}", encoded(arn.trim())))
        }
        ("secretsmanager", "secret") => {
            page("secretsmanager/secret", format!("&name={}", encoded(arn.trim())))
        }
        ("logs", "log-group") => {
            let group = resource.trim_start_matches("log-group:").trim_end_matches(":*");
            // The console's own form: the sign before the bytes is a dollar in place of a percent,
            // and encoded once more.
            let group = encoded(&encoded(group)).replace("%25", "$25");
            page("cloudwatch/home", format!("#logsV2:log-groups/log-group/{group}"))
        }
        _ => {
            let path = path_of(service)?;
            Ok(at(site, region, path))
        }
    }
}

fn usage(happened: String, remedy: &str) -> Failure {
    Failure::new(FailureCode::Usage, happened, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn aws() -> Site {
        Site::of("aws").unwrap()
    }

    fn to(page: Page<'_>) -> Result<String, Failure> {
        destination(&aws(), page, Some("eu-central-1"), "111122223333")
    }

    #[test]
    fn services_have_the_names_that_people_type() {
        for (name, path) in [
            ("ec2", "ec2"),
            ("S3", "s3"),
            ("stepfunctions", "states"),
            ("states", "states"),
            ("logs", "cloudwatch"),
            ("ssm", "systems-manager"),
            ("cloudformation", "cloudformation"),
        ] {
            let expected = format!("https://console.aws.amazon.com/{path}/home?region=eu-central-1");
            assert_eq!(to(Page::Service(name)).unwrap(), expected);
        }
        for name in ["", "nosuch", "../x", "s3/../../", "ec2?x=y"] {
            assert_eq!(to(Page::Service(name)).unwrap_err().code, FailureCode::Usage, "{name}");
        }
    }

    #[test]
    fn each_partition_has_its_own_hosts() {
        for (partition, expected) in [
            ("aws", "https://console.aws.amazon.com/console/home?region=us-east-1"),
            ("aws-cn", "https://console.amazonaws.cn/console/home?region=cn-north-1"),
            ("aws-us-gov", "https://console.amazonaws-us-gov.com/console/home?region=us-gov-west-1"),
            (
                "aws-eusc",
                "https://eusc-de-east-1.console.amazonaws-eusc.eu/console/home?region=eusc-de-east-1",
            ),
        ] {
            assert_eq!(destination(&Site::of(partition).unwrap(), Page::Home, None, "").unwrap(), expected);
        }
        assert_eq!(Site::of("aws-iso").unwrap_err().code, FailureCode::Refused);
        for region in ["", "eu central", "x/y", "evil.example#", "-a"] {
            assert!(destination(&aws(), Page::Home, Some(region), "").is_err(), "{region}");
        }
    }

    #[test]
    fn a_pasted_address_is_of_this_console_or_refused() {
        for url in [
            "https://console.aws.amazon.com/s3/home?region=eu-west-1#x",
            "https://eu-central-1.console.aws.amazon.com/ec2/home",
            "https://123456789012-abc.eu-west-1.console.aws.amazon.com/",
            " https://console.aws.amazon.com ",
        ] {
            assert_eq!(to(Page::Url(url)).unwrap(), url.trim());
        }
        for url in [
            "",
            "http://console.aws.amazon.com/",
            "https://console.aws.amazon.com.evil.example/",
            "https://evilconsole.aws.amazon.com/",
            "https://.console.aws.amazon.com/",
            "https://a..console.aws.amazon.com/",
            "https://console.aws.amazon.com:443/",
            "https://user@console.aws.amazon.com/",
            "https://evil.example\\@console.aws.amazon.com/",
            "https://evil.example#.console.aws.amazon.com/",
            "https://evil.example?.console.aws.amazon.com",
            "https://CONSOLE.aws.amazon.com/",
            "https://console.aws.amazon.com%2eevil.example/",
            "https://c\u{43e}nsole.aws.amazon.com/",
            "https://console.aws.amazon.com/\nHost: evil",
            "https://console.amazonaws.cn/",
            "javascript:alert(1)//console.aws.amazon.com",
            "//console.aws.amazon.com/",
        ] {
            assert_eq!(to(Page::Url(url)).unwrap_err().code, FailureCode::Usage, "{url}");
        }
    }

    #[test]
    fn resources_have_their_pages_and_the_others_their_service() {
        for (arn, tail) in [
            ("arn:aws:s3:::my-bucket/a b", None),
            ("arn:aws:s3:::my-bucket", Some("s3/buckets/my-bucket?region=eu-central-1&prefix=")),
            (
                "arn:aws:ec2:us-west-2:111122223333:instance/i-0abc",
                Some("ec2/home?region=us-west-2#InstanceDetails:instanceId=i-0abc"),
            ),
            (
                "arn:aws:iam::111122223333:role/team/Admin",
                Some("iam/home?region=eu-central-1#/roles/details/Admin"),
            ),
            (
                "arn:aws:lambda:us-east-1:111122223333:function:hello",
                Some("lambda/home?region=us-east-1#/functions/hello"),
            ),
            (
                "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/x:*",
                Some(
                    "cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fx",
                ),
            ),
            ("arn:aws:acm:us-east-1:111122223333:certificate/x", Some("acm/home?region=us-east-1")),
            ("arn:aws:iam::999999999999:role/Admin", None),
            ("arn:aws-cn:s3:::my-bucket", None),
            ("arn:aws:nosuch:::x", None),
            ("arn:aws:ec2:evil.example#:111122223333:instance/i-0abc", None),
            ("arn:aws:s3", None),
            ("my-bucket", None),
        ] {
            let expected = tail.map(|tail| format!("https://console.aws.amazon.com/{tail}"));
            assert_eq!(to(Page::Arn(arn)).ok(), expected, "{arn}");
        }
    }

    #[test]
    fn the_portals_link_has_one_start() {
        let tail = "/start/#/console?account_id=111122223333&role_name=Admin";
        for start in [
            "https://acme.awsapps.com/start",
            "https://acme.awsapps.com/start/",
            "https://acme.awsapps.com/start/#/",
            "https://ssoins-1.portal.eu-west-1.app.aws",
        ] {
            let host = start.split('/').take(3).collect::<Vec<_>>().join("/");
            assert_eq!(shortcut(start, "111122223333", "Admin", None), format!("{host}{tail}"));
        }
        let linked = shortcut("https://x.example/start", "1", "A&B", Some("https://c/?a=b#c"));
        assert!(linked.ends_with("role_name=A%26B&destination=https%3A%2F%2Fc%2F%3Fa%3Db%23c"), "{linked}");
    }

    proptest! {
        #[test]
        fn whatever_is_pasted_leads_nowhere_else(tail in ".{0,40}", prefix in "[a-z./:@?#%\\\\-]{0,12}") {
            for url in [format!("https://{prefix}console.aws.amazon.com{tail}"), format!("{prefix}{tail}")] {
                if let Ok(taken) = to(Page::Url(&url)) {
                    let host = taken["https://".len()..].split(['/', '?', '#']).next().unwrap().to_owned();
                    prop_assert!(host == "console.aws.amazon.com" || host.ends_with(".console.aws.amazon.com"));
                    prop_assert!(taken.bytes().all(|byte| byte.is_ascii_graphic()));
                }
            }
        }
    }
}
