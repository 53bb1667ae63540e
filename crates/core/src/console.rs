//! AWS's console in the browser: where its pages are, and what turns a role's credentials into a
//! sign-in there.
//!
//! Deliberately absent: calls, browsers, and the credentials themselves, which only pass through
//! [`token_request`] into a buffer that is wiped. The forms are those of AWS's user guide for IAM,
//! "Enable custom identity broker access to the AWS console".

mod destination;
mod federation;

pub use destination::{Page, destination, shortcut};
pub use federation::{Kind, Token, login, session_seconds, sign_in_address, token, token_request};

use crate::failure::{Failure, FailureCode};

/// The console of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Site {
    /// The partition, as ARNs name it.
    pub partition: &'static str,
    /// The console's host; its pages are there and on hosts below it.
    pub console: &'static str,
    /// The host of the sign-in.
    pub sign_in: &'static str,
    /// Whether both are reached by a region's host alone.
    pub regional: bool,
    /// The region of its pages that have none of their own.
    pub region: &'static str,
}

const SITES: [Site; 4] = [
    Site {
        partition: "aws",
        console: "console.aws.amazon.com",
        sign_in: "signin.aws.amazon.com",
        regional: false,
        region: "us-east-1",
    },
    Site {
        partition: "aws-cn",
        console: "console.amazonaws.cn",
        sign_in: "signin.amazonaws.cn",
        regional: false,
        region: "cn-north-1",
    },
    Site {
        partition: "aws-us-gov",
        console: "console.amazonaws-us-gov.com",
        sign_in: "signin.amazonaws-us-gov.com",
        regional: false,
        region: "us-gov-west-1",
    },
    Site {
        partition: "aws-eusc",
        console: "console.amazonaws-eusc.eu",
        sign_in: "signin.amazonaws-eusc.eu",
        regional: true,
        region: "eusc-de-east-1",
    },
];

impl Site {
    /// The console of the partition with this name.
    pub fn of(partition: &str) -> Result<Self, Failure> {
        SITES.into_iter().find(|site| site.partition == partition).ok_or_else(|| {
            Failure::new(
                FailureCode::Refused,
                format!("Nothing is known of a console of the partition {}.", crate::name::shown(partition)),
                "Open it the way that is usual there.",
            )
        })
    }

    /// A host of this console, in a region where it has one for each.
    fn host(&self, host: &str, region: &str) -> String {
        if self.regional { format!("{region}.{host}") } else { host.to_owned() }
    }
}
