//! The catalogue as faces ask for it: an outline to keep, pages on request.

use super::Agent;
use crate::connection::ConnectionId;
use crate::files::{FilePair, Files};
use hatrack_core::catalogue::{Catalogue, Outline, Page, Role};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::RoleId;
use hatrack_core::search::{Index, Search};
use hatrack_core::snapshot::Snapshot;
use hatrack_wire::{Answer, LARGEST_PAGE};
use jiff::Timestamp;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// How much more a favourite weighs in a search.
const FAVOURITE: u32 = 20;

/// The catalogue of two files, as it was published and searched last.
#[derive(Default)]
pub(super) struct Shelf {
    catalogue: Arc<Catalogue>,
    mentioned: Vec<RoleId>,
    outline: Arc<Outline>,
    /// Made when somebody searches.
    index: Option<Index>,
    search: Search,
    /// The query whose hits the search has.
    query: Option<String>,
}

impl Shelf {
    /// Takes the present catalogue; tells whether it is another one.
    fn put(&mut self, catalogue: &Arc<Catalogue>) -> bool {
        if Arc::ptr_eq(&self.catalogue, catalogue) && self.outline.revision > 0 {
            return false;
        }
        self.catalogue = Arc::clone(catalogue);
        self.index = None;
        self.query = None;
        let revision = self.outline.revision + 1;
        self.outline = Arc::new(Outline { revision, ..Outline::default() });
        true
    }

    /// The outline of the present; the one of before where nothing of it changed.
    pub(super) fn outline(&mut self, catalogue: &Arc<Catalogue>, snapshot: &Snapshot) -> Arc<Outline> {
        let sessions = snapshot.sessions.iter().map(|session| &session.role_id);
        let mentioned: Vec<RoleId> =
            sessions.chain(&snapshot.settings.favourites).chain(&snapshot.recents).cloned().collect();
        let changed = self.put(catalogue) || self.outline.roles != catalogue.len();
        if changed || self.mentioned != mentioned {
            let roles = catalogue.mentioned(&mentioned);
            let used: BTreeSet<&str> = roles.iter().map(|role| role.account_id.as_str()).collect();
            let accounts = catalogue.outline_accounts(|id| u32::from(used.contains(id)));
            self.outline = Arc::new(Outline {
                revision: self.outline.revision,
                roles: catalogue.len(),
                accounts_total: catalogue.accounts_total(),
                mentioned: roles,
                accounts,
            });
            self.mentioned = mentioned;
        }
        Arc::clone(&self.outline)
    }

    /// A page of what a query finds; without words all, in the catalogue's order.
    fn page(&mut self, query: &str, from: usize, count: usize, weights: &HashMap<RoleId, u32>) -> Page {
        let catalogue = Arc::clone(&self.catalogue);
        let made = |positions: &mut dyn Iterator<Item = usize>| -> Vec<Role> {
            positions.filter_map(|position| catalogue.role(position)).collect()
        };
        let (total, roles) = if query.trim().is_empty() {
            let end = from.saturating_add(count).min(catalogue.len());
            (catalogue.len(), made(&mut (from.min(end)..end)))
        } else {
            let index = self.index.get_or_insert_with(|| Index::of(&catalogue));
            if self.query.as_deref() != Some(query) {
                let weights = weights
                    .iter()
                    .filter_map(|(id, weight)| Some((u32::try_from(catalogue.position(id)?).ok()?, *weight)));
                self.search.find(index, query, &weights.collect());
                self.query = Some(query.to_owned());
            }
            let total = self.search.found();
            let positions: Vec<u32> = self.search.page(from, count).collect();
            (total, made(&mut positions.into_iter().filter_map(|at| usize::try_from(at).ok())))
        };
        Page { revision: self.outline.revision, total, from, roles }
    }
}

impl Agent {
    pub(super) fn roles(
        &mut self,
        connection: ConnectionId,
        query: &str,
        from: usize,
        count: usize,
    ) -> Result<Answer, Failure> {
        let (pair, files) = self.shelf_of(connection)?;
        let now = self.clock.now();
        let weights = self.weights(now);
        let shelf = self.shelves.entry(pair).or_default();
        shelf.put(&files.catalogue);
        Ok(Answer::Roles(shelf.page(query, from, count.min(LARGEST_PAGE), &weights)))
    }

    /// The roles that a person means by texts, each an id, a name, or words that find some.
    pub(super) fn roles_meant(
        &mut self,
        connection: ConnectionId,
        texts: &[String],
    ) -> Result<Vec<Role>, Failure> {
        let (pair, files) = self.shelf_of(connection)?;
        let mut roles: Vec<Role> = Vec::new();
        for text in texts {
            if let Ok(role) = files.role(text) {
                roles.push(role);
                continue;
            }
            let shelf = self.shelves.entry(pair.clone()).or_default();
            shelf.put(&files.catalogue);
            let found = shelf.page(text, 0, usize::MAX, &HashMap::new()).roles;
            if found.is_empty() {
                return Err(Failure::new(
                    FailureCode::NotFound,
                    format!("No role fits \"{}\".", hatrack_core::name::shown(text)),
                    "See \"hat roles\" for those that there are.",
                ));
            }
            roles.extend(found);
        }
        let mut seen = BTreeSet::new();
        roles.retain(|role| seen.insert(role.id.clone()));
        Ok(roles)
    }

    fn shelf_of(&self, connection: ConnectionId) -> Result<(FilePair, Arc<Files>), Failure> {
        let files = self.files_of(connection)?;
        let gone = || Failure::new(FailureCode::NotFound, "The connection is gone.", "Try again.");
        let world = self.faces.get(&connection).ok_or_else(gone)?.world.clone()?;
        let pair = self.world(world).map(|known| known.pair.clone()).ok_or_else(gone)?;
        Ok((pair, files))
    }

    /// How much more the roles weigh that people use or marked.
    fn weights(&self, now: Timestamp) -> HashMap<RoleId, u32> {
        let uses = self.state.memory().uses.weights(now);
        let mut weights: HashMap<RoleId, u32> = uses.map(|(id, weight)| (id.clone(), weight)).collect();
        for favourite in &self.state.settings().favourites {
            *weights.entry(favourite.clone()).or_default() += FAVOURITE;
        }
        weights
    }
}
