//! What the instances of IAM Identity Center remember: sign-ins, tokens, what is assigned just now.

use super::Operation;
use super::bucket::Bucket;
use super::fault::PortalFault;
use super::sign_in::{AccessToken, Client, Code, Device, RefreshToken, SignIn};
use crate::aws::hold;
use crate::world::{AssignedAccount, Organisation, World};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// What AWS's portal takes in a second, and at once.
const PACE: (f64, u32) = (20.0, 20);

/// All instances of a world, and who is signed in.
pub(crate) struct IdentityCenter(Mutex<State>);

/// What changes.
pub(super) struct State {
    /// In the order of the world's organisations.
    pub(super) portals: Vec<PortalState>,
    pub(super) clients: HashMap<String, Client>,
    pub(super) codes: HashMap<String, Code>,
    pub(super) devices: HashMap<String, Device>,
    pub(super) sign_ins: Vec<SignIn>,
    pub(super) access_tokens: HashMap<String, AccessToken>,
    pub(super) refresh_tokens: HashMap<String, RefreshToken>,
}

/// One organisation's portal.
pub(super) struct PortalState {
    pub(super) accounts: Vec<AssignedAccount>,
    pub(super) bucket: Bucket,
    pub(super) latency: Duration,
    pub(super) faults: Vec<PortalFault>,
    /// How many calls are taken before every sign-in ends.
    pub(super) calls_left: Option<u32>,
    pub(super) counts: BTreeMap<Operation, OperationCount>,
}

/// How often an operation was called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OperationCount {
    /// The calls, those that were refused as well.
    pub calls: u64,
    /// Those of them that came too early.
    pub throttled: u64,
}

impl fmt::Debug for IdentityCenter {
    /// Tells nothing: tokens are the keys of its maps.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityCenter").finish_non_exhaustive()
    }
}

impl IdentityCenter {
    /// The instances as the world has them at its start.
    pub(crate) fn of(world: &World) -> Self {
        Self(Mutex::new(State {
            portals: world.organisations.iter().map(PortalState::of).collect(),
            clients: HashMap::new(),
            codes: HashMap::new(),
            devices: HashMap::new(),
            sign_ins: Vec::new(),
            access_tokens: HashMap::new(),
            refresh_tokens: HashMap::new(),
        }))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        hold(&self.0)
    }
}

impl PortalState {
    fn of(organisation: &Organisation) -> Self {
        Self {
            accounts: organisation.accounts.clone(),
            bucket: Bucket::new(PACE.0, PACE.1),
            latency: Duration::ZERO,
            faults: Vec::new(),
            calls_left: None,
            counts: BTreeMap::new(),
        }
    }
}

impl State {
    /// Ends the sign-ins at a portal.
    pub(super) fn end_sign_ins(&mut self, portal: usize, now: Timestamp) {
        for sign_in in self.sign_ins.iter_mut().filter(|it| it.portal == portal) {
            sign_in.until = sign_in.until.min(now);
        }
    }
}
