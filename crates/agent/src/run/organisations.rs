//! Organisations of IAM Identity Center: what the shared cache says of sign-ins, listings in tasks
//! of their own, and what faces see of both.

use super::{Agent, Outcome};
use crate::clock;
use crate::connection::ConnectionId;
use crate::files::Files;
use crate::identity_center::Center;
use crate::world::World;
use hatrack_core::chain::{Chain, Origin, Provider};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::{Directory, Portal};
use hatrack_core::name::shown;
use hatrack_core::plan::{Identity, WorldId};
use hatrack_core::snapshot::{FailedAccount, Organisation, Progress, SignInStanding};
use hatrack_identity_center::Scope;
use hatrack_wire::Answer;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// How many accounts and roles are named where they are told.
const NAMED: usize = 20;

/// How old a listing may be before it is looked at again without being asked for.
const FRESH: SignedDuration = SignedDuration::from_hours(4);

/// The first steps show at once: the accounts, and the first roles.
const FIRST_STEPS: u32 = 3;

/// How often the catalogue is made anew after that. It costs more than a listing's own calls.
const SHOWN_EVERY: Duration = Duration::from_secs(8);

/// A listing that is under way.
pub(super) struct Listing {
    task: AbortHandle,
    /// What was known of the organisation before.
    before: Arc<Directory>,
    /// The steps that it told of.
    steps: u32,
    /// When the catalogue was made anew for it.
    shown: Instant,
}

/// What a listing has found so far.
pub struct Further {
    /// The organisation as it is known now.
    pub directory: Box<Directory>,
    /// How far it is.
    pub progress: Progress,
}

impl Agent {
    /// The way of a caller to organisations.
    pub(super) fn center(&self, world: &World) -> Center {
        Center::of(world, &self.ways, &self.run_folder)
    }

    /// Looks at what the cache holds for the portals of a world's files, and from now on whenever
    /// somebody changes that. It is looked at before any request is answered: who signed in with
    /// another tool is signed in.
    pub(super) fn look_at_tokens(&mut self, world: WorldId, files: &Files) {
        let Some(known) = self.world(world) else { return };
        let center = self.center(&known.world);
        for portal in &files.portals {
            let Ok(path) = center.token_path(portal) else { continue };
            if self.token_paths.insert(path.clone(), (world, portal.clone())).is_none() {
                self.watch.add(&path);
                self.token_seen(portal.name(), center.identity(portal));
            }
        }
    }

    /// A file of the cache changed; tells whether it is one.
    pub(super) fn token_changed(&mut self, path: &Path) -> bool {
        let Some((world, portal)) = self.token_paths.get(path).cloned() else { return false };
        if let Some(known) = self.world(world) {
            let center = self.center(&known.world);
            self.look_at_token(&center, portal);
        }
        true
    }

    fn look_at_token(&self, center: &Center, portal: Portal) {
        let (center, outcomes) = (center.clone(), self.outcomes.clone());
        tokio::task::spawn_blocking(move || {
            let identity = center.identity(&portal);
            // The loop may have ended meanwhile.
            outcomes.send(Outcome::TokenSeen { portal: portal.name().to_owned(), identity }).ok();
        });
    }

    pub(super) fn token_seen(&mut self, portal: &str, identity: Result<Option<Identity>, Failure>) {
        let now = self.clock.now();
        // A file that can't be read now says nothing; a sign-in replaces it.
        self.state.token_seen(portal, identity.unwrap_or_default(), now);
    }

    pub(super) fn list(
        &mut self,
        connection: ConnectionId,
        portal: Option<&str>,
        all: bool,
    ) -> Result<Answer, Failure> {
        let files = self.files_of(connection)?;
        let world = self.faces.get(&connection).ok_or_else(gone)?.world.clone()?;
        let portals: Vec<&Portal> = match portal {
            Some(name) => vec![files.portal(name).ok_or_else(|| unknown(name))?],
            None => self.one_for_each(&files),
        };
        if portals.is_empty() {
            return Err(Failure::new(
                FailureCode::NotFound,
                "No organisation of IAM Identity Center is known here.",
                "Add one: hat provider add identity-center, or aws configure sso.",
            ));
        }
        let now = self.clock.now();
        for portal in &portals {
            // Where a sign-in turns out to be needed, who asked for the listing shows it.
            let provider = Provider::IdentityCenter(portal.name().to_owned());
            self.asked_sign_ins.push((connection, provider));
            self.state.list(portal.name(), world, all, true, now);
        }
        Ok(Answer::Listing(portals.into_iter().map(|portal| portal.name().to_owned()).collect()))
    }

    pub(super) fn cancel_listing(&mut self, portal: &str) -> Result<Answer, Failure> {
        if self.state.cancel_listing(portal) {
            Ok(Answer::Done)
        } else {
            Err(Failure::new(FailureCode::NotFound, "No listing is under way there.", ""))
        }
    }

    /// Lists what is due of a portal's organisation, if nobody has looked for a while.
    pub(super) fn list_if_old(&mut self, world: WorldId, portal: &Portal) {
        let now = clock::now();
        let listed = self.directories.get(&portal.organisation()).and_then(|known| known.complete);
        if listed.is_none_or(|listed| now.duration_since(listed) >= FRESH) {
            self.state.list(portal.name(), world, false, false, self.clock.now());
        }
    }

    /// The portals of a world that a face begins to show, listed if that is long ago.
    pub(super) fn list_old_ones(&mut self, connection: ConnectionId) {
        let world = self.faces.get(&connection).and_then(|face| face.world.clone().ok());
        let (Some(world), Ok(files)) = (world, self.files_of(connection)) else { return };
        for portal in self.one_for_each(&files) {
            self.list_if_old(world, portal);
        }
    }

    /// Begins a listing that the state decided.
    pub(super) fn begin_listing(
        &mut self,
        attempt: u64,
        name: &str,
        world: WorldId,
        all_before: Option<Timestamp>,
    ) {
        let now = self.clock.now();
        let found = self.world(world).and_then(|known| {
            let portal = self.files.get(&known.pair)?.portal(name)?.clone();
            Some((portal, self.center(&known.world)))
        });
        let Some((portal, center)) = found else {
            return self.state.listing_ended(attempt, Err(unknown(name)), now);
        };
        let organisation = portal.organisation();
        let known = self.directories.get(&organisation).cloned();
        let before = known.unwrap_or_else(|| Arc::new(Directory::new(organisation)));
        // What was listed when is written down by this machine's clock.
        let ahead = now.duration_since(clock::now());
        let all_before = all_before.map(|moment| moment - ahead);
        let scope = Scope { all_before, used: self.accounts_in_use() };
        let outcomes = self.outcomes.clone();
        let task = tokio::spawn({
            let before = Directory::clone(&before);
            async move {
                let tell = |found| {
                    // The loop may have ended meanwhile.
                    outcomes.send(Outcome::Listed { attempt, found }).ok();
                };
                let (directory, result) = center.discover(&portal, before, scope, tell).await;
                outcomes.send(Outcome::ListingEnded { attempt, directory: Box::new(directory), result }).ok();
            }
        });
        let listing = Listing { task: task.abort_handle(), before, steps: 0, shown: Instant::now() };
        self.listings.insert(attempt, listing);
    }

    /// Takes a listing back; what it has told of stays.
    pub(super) fn abort_listing(&mut self, attempt: u64) {
        if let Some(listing) = self.listings.remove(&attempt) {
            listing.task.abort();
            let organisation = listing.before.organisation.clone();
            if let Some(directory) = self.directories.get(&organisation).cloned() {
                self.keep_directory(&directory);
                self.reread_all();
            }
        }
    }

    pub(super) fn listed(&mut self, attempt: u64, found: Further) {
        let Some(listing) = self.listings.get_mut(&attempt) else { return };
        listing.steps += 1;
        let is_due = listing.steps <= FIRST_STEPS || listing.shown.elapsed() >= SHOWN_EVERY;
        if is_due {
            listing.shown = Instant::now();
        }
        self.state.listed(attempt, found.progress);
        self.directories.insert(found.directory.organisation.clone(), Arc::new(*found.directory));
        if is_due {
            self.reread_all();
        }
    }

    pub(super) fn listing_ended(
        &mut self,
        attempt: u64,
        directory: Directory,
        result: Result<Option<Failure>, Failure>,
    ) {
        let Some(listing) = self.listings.remove(&attempt) else { return };
        let change = directory.since(&listing.before);
        self.keep_directory(&directory);
        self.directories.insert(directory.organisation.clone(), Arc::new(directory));
        self.reread_all();
        let now = self.clock.now();
        self.state.listing_ended(attempt, result.map(|wrong| (change, wrong)), now);
    }

    fn keep_directory(&mut self, directory: &Directory) {
        // Without its file the organisation is listed again at the next start.
        self.broken_wishes = self.directory_files.save(directory).err();
    }

    /// The accounts whose roles people used lately.
    fn accounts_in_use(&self) -> HashSet<String> {
        let recents = self.state.recents().iter().chain(&self.state.settings().favourites);
        recents.filter_map(|id| id.identity_center()).map(|(_, account, _)| account.to_owned()).collect()
    }

    /// The same way, through the portal of the organisation at which somebody is signed in, where
    /// its files know several.
    pub(super) fn through_open_portal(&self, files: &Files, mut chain: Chain) -> Chain {
        if let Origin::IdentityCenter { portal, .. } = &mut chain.origin {
            let now = self.clock.now();
            let is_open = |portal: &Portal| {
                matches!(self.state.standing(portal.name(), now), SignInStanding::SignedIn { .. })
            };
            if !is_open(portal)
                && let Some(other) = files.portal_of(&portal.organisation(), is_open)
                && is_open(other)
            {
                *portal = other.clone();
            }
        }
        chain
    }

    /// The organisations that a world's files know, as faces see them.
    pub(super) fn organisations(&self, files: &Files, now: Timestamp) -> Vec<Organisation> {
        self.one_for_each(files).into_iter().map(|portal| self.organisation(portal, now)).collect()
    }

    /// One portal for each organisation: where several lead to one, that at which somebody is signed
    /// in or about to be.
    fn one_for_each<'a>(&self, files: &'a Files) -> Vec<&'a Portal> {
        let now = self.clock.now();
        let is_open = |portal: &Portal| match self.state.standing(portal.name(), now) {
            SignInStanding::SignedIn { .. } | SignInStanding::SigningIn { .. } => true,
            SignInStanding::Ended | SignInStanding::SignedOut => false,
        };
        let mut seen = BTreeSet::new();
        let each = files.portals.iter().map(Portal::organisation).filter(|name| seen.insert(name.clone()));
        each.filter_map(|organisation| files.portal_of(&organisation, is_open)).collect()
    }

    fn organisation(&self, portal: &Portal, now: Timestamp) -> Organisation {
        let name = portal.name();
        let listing = self.state.listing_view(name);
        let directory = self.directories.get(&portal.organisation());
        let accounts = directory.map(|known| known.accounts()).unwrap_or_default();
        let failed = || accounts.iter().filter_map(|account| Some((account, account.failure.as_ref()?)));
        let account_name = |id: &str| {
            let account = directory.and_then(|known| known.account(id));
            account
                .map(|account| account.name.as_str())
                .filter(|name| !name.is_empty())
                .unwrap_or(id)
                .to_owned()
        };
        let told = |roles: &[(String, String)]| {
            let named = roles.iter().take(NAMED);
            named.map(|(id, role)| format!("{}/{}", shown(&account_name(id)), shown(role))).collect()
        };
        Organisation {
            name: name.to_owned(),
            start_url: portal.start_url.clone(),
            region: portal.region.clone(),
            sign_in: self.state.standing(name, now),
            accounts: accounts.len(),
            roles: directory.map_or(0, |known| known.len()),
            listed: directory.and_then(|known| known.complete),
            progress: listing.progress,
            waits: listing.waits,
            failure: listing.failure,
            failed_total: failed().count(),
            failed: failed()
                .take(NAMED)
                .map(|(account, failure)| FailedAccount {
                    id: shown(&account.id),
                    name: shown(&account.name),
                    failure: shown(failure),
                })
                .collect(),
            gained_total: listing.change.gained.len(),
            gained: told(&listing.change.gained),
            lost_total: listing.change.lost.len(),
            lost: told(&listing.change.lost),
        }
    }
}

/// The portals whose tokens are watched, by the file in the cache.
pub(super) type TokenPaths = BTreeMap<PathBuf, (WorldId, Portal)>;

pub(super) fn unknown(name: &str) -> Failure {
    Failure::new(
        FailureCode::NotFound,
        format!("No organisation of IAM Identity Center is called {}.", shown(name)),
        "See hat status for those that there are.",
    )
}

fn gone() -> Failure {
    Failure::new(FailureCode::NotFound, "The connection is gone.", "Try again.")
}
