//! Our assertion consumer service: where a provider's form brings the assertion.

use super::Assertion;
use crate::loopback::{Address, Fields, Loopback, Verdict, Wanted};
use hatrack_core::failure::{Failure, FailureCode};
use std::time::Duration;

/// A listener that waits for one assertion. Dropping it ends the wait.
#[derive(Debug)]
pub struct Acs {
    loopback: Loopback,
}

impl Acs {
    /// Listens on this machine, at an address that nobody can guess.
    pub async fn bind() -> Result<Self, Failure> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| {
            Failure::new(
                FailureCode::Refused,
                format!("The system gives no random numbers: {error}."),
                "Restart the computer.",
            )
        })?;
        let path = format!("/saml/{:032x}", u128::from_ne_bytes(random));
        Ok(Self { loopback: Loopback::bind(Address::at(&path), Wanted::Form).await? })
    }

    /// Listens at an address that was registered at the provider.
    pub async fn bind_at(address: &str) -> Result<Self, Failure> {
        Ok(Self { loopback: Loopback::bind(Address::parse(address)?, Wanted::Form).await? })
    }

    /// The address that a form must post to.
    pub fn url(&self) -> String {
        self.loopback.url()
    }

    /// Waits for the assertion. What can't be read doesn't end the wait, a provider's no does.
    pub async fn receive(self, limit: Duration) -> Result<Assertion, Failure> {
        self.loopback.receive(limit, judge).await
    }
}

fn judge(mut fields: Fields) -> Verdict<Assertion> {
    let Some(posted) = fields.take("SAMLResponse") else { return Verdict::Stranger };
    match Assertion::read(posted) {
        Ok(assertion) => Verdict::Done(assertion),
        Err(failure) if failure.code == FailureCode::Unreachable => Verdict::Stranger,
        Err(failure) => Verdict::Failed(failure),
    }
}
