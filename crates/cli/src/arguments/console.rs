//! The words of `hat console`.

use super::region;
use crate::{complete, duration};
use clap::Args;
use hatrack_wire::ConsolePage;

#[derive(Debug, Args)]
pub(crate) struct Console {
    /// The role; else the one that is active.
    #[arg(add = complete::role())]
    pub(crate) role: Option<String>,
    #[command(flatten)]
    pub(crate) page: PageWords,
    /// The region.
    #[arg(long, value_parser = region)]
    pub(crate) region: Option<String>,
    /// How long the console is to stay signed in, as the credentials allow: 15m to 12h.
    #[arg(long, value_parser = duration::seconds)]
    pub(crate) duration: Option<u32>,
    /// Print the link in place of opening it. It is a secret for 15 minutes.
    #[arg(long)]
    pub(crate) print: bool,
    /// Use the role's credentials even where its portal has a link of its own.
    #[arg(long)]
    pub(crate) by_credentials: bool,
}

/// What is to be seen.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct PageWords {
    /// The service, by the AWS CLI's name.
    #[arg(long)]
    service: Option<String>,
    /// The address of a page, as a browser shows it.
    #[arg(long)]
    url: Option<String>,
    /// The ARN of a resource.
    #[arg(long)]
    arn: Option<String>,
}

impl PageWords {
    /// The page.
    pub(crate) fn page(&self) -> ConsolePage {
        let Self { service, url, arn } = self;
        let service = service.clone().map(ConsolePage::Service);
        let url = || url.clone().map(ConsolePage::Url);
        service.or_else(url).or_else(|| arn.clone().map(ConsolePage::Arn)).unwrap_or_default()
    }
}
