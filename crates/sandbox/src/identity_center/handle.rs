//! The say over one organisation's portal.

use super::bucket::Bucket;
use super::fault::PortalFault;
use super::sign_in::{Client, SCOPE, SignedIn, after};
use super::state::{OperationCount, PortalState};
use crate::aws::Aws;
use crate::ids;
use crate::world::{AssignedAccount, Organisation};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::time::Duration;

/// The say over one organisation's portal, while the sandbox runs.
#[derive(Clone, Copy, Debug)]
pub struct Portal<'a> {
    aws: &'a Aws,
    at: usize,
}

impl<'a> Portal<'a> {
    /// The portal of the organisation with this start URL.
    pub(crate) fn find(aws: &'a Aws, start_url: &str) -> Option<Self> {
        let at = aws.world.organisations.iter().position(|organisation| organisation.is_at(start_url))?;
        Some(Self { aws, at })
    }

    fn organisation(&self) -> &'a Organisation {
        &self.aws.world.organisations[self.at]
    }

    fn change<T>(&self, change: impl FnOnce(&mut PortalState) -> T) -> T {
        change(&mut self.aws.identity_center.state().portals[self.at])
    }

    /// Signs somebody in without a browser, for a client of its own with the portal's scope.
    ///
    /// # Panics
    ///
    /// If the organisation has nobody of this name.
    pub fn sign_in(&self, person: &str) -> SignedIn {
        let organisation = self.organisation();
        assert!(organisation.people.iter().any(|it| it.name == person), "there is no {person}");
        let now = self.aws.clock.now();
        let secret = ids::random_text(200);
        let registration_expires_at = after(now, organisation.client_duration);
        let mut state = self.aws.identity_center.state();
        let client_id = state.register(Client {
            secret: SecretString::from(secret.clone()),
            name: "sandbox".to_owned(),
            expires: registration_expires_at,
            scopes: vec![SCOPE.to_owned()],
            grants: Vec::new(),
            redirects: Vec::new(),
            portal: Some(self.at),
        });
        let tokens = state.sign_in(organisation, self.at, person, &client_id, now);
        SignedIn {
            access_token: tokens.access,
            expires_at: tokens.expires,
            refresh_token: tokens.refresh.unwrap_or_default(),
            client_id,
            client_secret: secret,
            registration_expires_at,
        }
    }

    /// Takes so many calls a second from now on, and so many at once; 20 and 20 at the start.
    pub fn set_pace(&self, per_second: f64, burst: u32) {
        self.change(|portal| portal.bucket = Bucket::new(per_second, burst));
    }

    /// Lets each call wait so long before it is answered.
    pub fn set_latency(&self, latency: Duration) {
        self.change(|portal| portal.latency = latency);
    }

    /// Lets something be wrong until [`Portal::mend`].
    pub fn fail(&self, fault: PortalFault) {
        self.change(|portal| portal.faults.push(fault));
    }

    /// Takes everything away that was made wrong.
    pub fn mend(&self) {
        self.change(|portal| {
            portal.faults.clear();
            portal.calls_left = None;
        });
    }

    /// Ends every sign-in that there is after so many more calls.
    pub fn end_sign_ins_after(&self, calls: u32) {
        self.change(|portal| portal.calls_left = Some(calls));
    }

    /// Ends every sign-in now, as somebody does who administers the organisation: no token works any more.
    pub fn end_sign_ins(&self) {
        let now = self.aws.clock.now();
        self.aws.identity_center.state().end_sign_ins(self.at, now);
    }

    /// Ends every access token now; what can be refreshed can still be.
    pub fn end_access_tokens(&self) {
        let now = self.aws.clock.now();
        let mut state = self.aws.identity_center.state();
        let sign_ins: Vec<_> = state.sign_ins.iter().map(|sign_in| sign_in.portal == self.at).collect();
        for token in state.access_tokens.values_mut().filter(|token| sign_ins[token.sign_in]) {
            token.expires = token.expires.min(now);
        }
    }

    /// Assigns an account, or instead of one with the same id.
    pub fn assign(&self, account: AssignedAccount) {
        self.change(|portal| match portal.accounts.iter_mut().find(|it| it.id == account.id) {
            Some(known) => *known = account,
            None => portal.accounts.push(account),
        });
    }

    /// Takes an account away from everybody; false if there is none with this id.
    pub fn unassign(&self, account_id: &str) -> bool {
        self.change(|portal| {
            let before = portal.accounts.len();
            portal.accounts.retain(|account| account.id != account_id);
            portal.accounts.len() < before
        })
    }

    /// How often each operation was called with a token of this organisation's, by its name.
    pub fn counts(&self) -> BTreeMap<&'static str, OperationCount> {
        self.change(|portal| {
            portal.counts.iter().map(|(operation, count)| (operation.name(), *count)).collect()
        })
    }
}
