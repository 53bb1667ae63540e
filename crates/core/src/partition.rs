//! AWS's partitions: which one a region or an ARN belongs to, and what its hosts end in.
//!
//! All of it comes from AWS's own table, which is compiled in. Deliberately absent: a list of
//! regions of our own, and the hosts of single services.

use regex_lite::Regex;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A group of regions with accounts, ARNs and hosts of its own.
#[derive(Debug)]
pub struct Partition {
    /// The name that its ARNs carry, `aws-us-gov` for instance.
    pub id: String,
    /// What its hosts end in, `amazonaws.com` for instance.
    pub dns_suffix: String,
    /// What its hosts for IPv4 and IPv6 end in, `api.aws` for instance.
    pub dual_stack_dns_suffix: String,
    /// The region of its services that have one for all.
    pub implicit_global_region: String,
    region_pattern: Regex,
    regions: BTreeMap<String, serde::de::IgnoredAny>,
}

impl Partition {
    /// All partitions, in the order in which a region's name is tried on them.
    pub fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Partition>> = LazyLock::new(|| {
            read(include_str!("../data/partitions.json")).expect("AWS's table of partitions can be read")
        });
        &ALL
    }

    /// Finds the partition of a region: where it is listed, else whose pattern its name follows.
    pub fn of_region(region: &str) -> Option<&'static Self> {
        let all = Self::all();
        all.iter()
            .find(|partition| partition.regions.contains_key(region))
            .or_else(|| all.iter().find(|partition| partition.region_pattern.is_match(region)))
    }

    /// Finds the partition that an ARN names.
    pub fn of_arn(arn: &str) -> Option<&'static Self> {
        let (id, _) = arn.strip_prefix("arn:")?.split_once(':')?;
        Self::all().iter().find(|partition| partition.id == id)
    }

    /// Goes through the regions that were known when the table was made.
    pub fn regions(&self) -> impl ExactSizeIterator<Item = &str> {
        self.regions.keys().map(String::as_str)
    }
}

/// Tells whether a text can be the name of a region, also of one that is not known yet: letters,
/// digits and hyphens in the shape of a host's label, 1 to 63 characters. What isn't must never
/// become part of a host's name.
pub fn is_region(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn read(json: &str) -> Result<Vec<Partition>, Box<dyn std::error::Error>> {
    let file: File = serde_json::from_str(json)?;
    let partition = |row: Row| -> Result<Partition, regex_lite::Error> {
        Ok(Partition {
            id: row.id,
            dns_suffix: row.outputs.dns_suffix,
            dual_stack_dns_suffix: row.outputs.dual_stack_dns_suffix,
            implicit_global_region: row.outputs.implicit_global_region,
            region_pattern: Regex::new(&row.region_regex)?,
            regions: row.regions,
        })
    };
    Ok(file.partitions.into_iter().map(partition).collect::<Result<_, _>>()?)
}

#[derive(Deserialize)]
struct File {
    partitions: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: String,
    outputs: Outputs,
    region_regex: String,
    regions: BTreeMap<String, serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outputs {
    dns_suffix: String,
    dual_stack_dns_suffix: String,
    implicit_global_region: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(partition: Option<&Partition>) -> Option<&str> {
        partition.map(|partition| partition.id.as_str())
    }

    #[test]
    fn a_region_belongs_to_its_partition_known_or_not() {
        for (region, expected) in [
            ("eu-central-1", Some("aws")),
            ("mx-north-7", Some("aws")),
            ("cn-north-1", Some("aws-cn")),
            ("us-gov-west-1", Some("aws-us-gov")),
            ("us-iso-east-1", Some("aws-iso")),
            ("us-isob-north-3", Some("aws-iso-b")),
            ("eusc-de-east-1", Some("aws-eusc")),
            ("aws-cn-global", Some("aws-cn")),
            ("moon-1", None),
            ("", None),
            ("eu-central-1.evil.example", None),
        ] {
            assert_eq!(id(Partition::of_region(region)), expected, "{region}");
        }
    }

    #[test]
    fn every_listed_region_has_a_region_s_shape() {
        for partition in Partition::all() {
            assert!(partition.regions().len() > 0, "{}", partition.id);
            for region in partition.regions() {
                assert!(is_region(region), "{region}");
                assert_eq!(id(Partition::of_region(region)), Some(partition.id.as_str()), "{region}");
            }
            assert_eq!(
                id(Partition::of_region(&partition.implicit_global_region)),
                Some(partition.id.as_str())
            );
        }
    }

    #[test]
    fn an_arn_names_its_partition() {
        let suffix = |arn| Partition::of_arn(arn).map(|partition| partition.dns_suffix.as_str());
        assert_eq!(suffix("arn:aws-cn:iam::123456789012:role/x"), Some("amazonaws.com.cn"));
        assert_eq!(suffix("arn:moon:iam::123456789012:role/x"), None);
        assert_eq!(suffix("aws"), None);
    }

    #[test]
    fn what_could_change_a_host_is_no_region() {
        for text in
            ["", "-a", "a-", "eu_west_1", "a.b", "a/b", "a@b", "eu-west-1 # note", "é", &"a".repeat(64)]
        {
            assert!(!is_region(text), "{text}");
        }
        assert!(is_region("us-east-7"));
    }
}
