//! The whole list, kept small.

use super::{Needs, Role, RoleKind};
use crate::identity_center::{Account, Directory, Portal};
use crate::name::{RoleId, shown};
use crate::rules::{Fits, PartFits, Rules};
use crate::settings::Settings;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The roles that can be activated, ordered by account and name.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// Roles that profiles, the vault and assertions describe.
    pub(super) listed: Vec<Role>,
    /// The organisations whose roles were discovered.
    pub(super) organisations: Vec<Organisation>,
    /// The accounts, in order.
    pub(super) accounts: Vec<AccountSpan>,
    /// The roles, in order: those of one account stand together.
    pub(super) entries: Vec<Entry>,
    /// Where each of `listed` stands in `entries`.
    pub(super) by_id: HashMap<RoleId, u32>,
    /// The wishes that show on a role.
    pub(super) wishes: Wishes,
}

/// What a person wishes that shows on a role.
#[derive(Clone, Debug, Default)]
pub(super) struct Wishes {
    regions: BTreeMap<RoleId, String>,
    tags: BTreeMap<RoleId, Vec<String>>,
    pub(super) rules: Rules,
}

impl Wishes {
    pub(super) fn of(settings: &Settings) -> Self {
        Self {
            regions: settings.regions.clone(),
            tags: settings.tags.clone(),
            rules: Rules::of(&settings.rules),
        }
    }

    /// Puts a person's wishes on a role as its source describes it.
    fn put_on(&self, mut role: Role, fits: Fits) -> Role {
        for tag in self.rules.tags(fits) {
            if !role.tags.iter().any(|given| given == tag) {
                role.tags.push(tag.to_owned());
            }
        }
        role.colour = self.rules.colour(fits);
        if let Some(region) = self.regions.get(&role.id).filter(|region| !region.is_empty()) {
            role.region = Some(region.clone());
        }
        role.tags.extend(self.tags.get(&role.id).into_iter().flatten().map(|tag| shown(tag)));
        role
    }
}

/// An organisation's discovered roles.
#[derive(Clone, Debug)]
pub(super) struct Organisation {
    pub(super) portal: Portal,
    pub(super) directory: Arc<Directory>,
    /// The rules that it fits.
    pub(super) fits: Fits,
    /// What the names of its roles fit.
    pub(super) role_fits: HashMap<String, PartFits>,
    /// What profiles say of its roles, by account id and role name.
    pub(super) described: BTreeMap<(String, String), Described>,
}

/// What profiles say of one role of an organisation.
#[derive(Clone, Debug, Default)]
pub(super) struct Described {
    pub(super) profiles: Vec<String>,
    pub(super) region: Option<String>,
    pub(super) tags: Vec<String>,
}

/// Where a role is described.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    /// At this position of `listed`.
    Listed(u32),
    /// In an organisation's directory.
    Assigned { organisation: u16, role: u16, account: u32 },
}

/// The roles of one account.
#[derive(Clone, Debug)]
pub(super) struct AccountSpan {
    pub(super) id: String,
    /// Its name, fit to be shown, else its id.
    pub(super) name: String,
    /// The position of its first role; the next account's is the end.
    pub(super) first: u32,
    /// The rules that it fits.
    pub(super) fits: PartFits,
}

/// What a role can be found by, without making a [`Role`] of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fields<'a> {
    /// The account's name, else its id.
    pub account_name: &'a str,
    /// The account's id.
    pub account_id: &'a str,
    /// The address of the account's root user.
    pub email: &'a str,
    /// The role's name.
    pub role_name: &'a str,
    /// The organisation's portal.
    pub organisation: &'a str,
    /// The names of the profiles that describe it.
    pub profiles: &'a [String],
    /// What people call it, where that is neither of the above.
    pub name: &'a str,
    /// Its tags, those of the person last.
    pub tags: Vec<&'a str>,
}

impl Catalogue {
    /// How many roles there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The roles in their order, each made when it is reached.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Role> + Clone + '_ {
        (0..self.entries.len()).map(|position| self.made(position))
    }

    /// The role at a position.
    pub fn role(&self, position: usize) -> Option<Role> {
        (position < self.entries.len()).then(|| self.made(position))
    }

    /// The role with this identity.
    pub fn get(&self, id: &RoleId) -> Option<Role> {
        self.position(id).map(|position| self.made(position))
    }

    /// Where the role with this identity stands.
    pub fn position(&self, id: &RoleId) -> Option<usize> {
        if let Some(position) = self.by_id.get(id) {
            return usize::try_from(*position).ok();
        }
        let (organisation, account_id, role_name) = id.identity_center()?;
        let index = self.organisations.iter().position(|it| it.directory.organisation == organisation)?;
        let directory = &self.organisations[index].directory;
        let account = directory.account(account_id)?;
        let role = directory.roles(account).position(|name| name == role_name)?;
        self.accounts.iter().enumerate().filter(|(_, span)| span.id == account_id).find_map(|(at, _)| {
            self.span(at).find(|position| match self.entries[*position] {
                Entry::Assigned { organisation, role: at, account } => {
                    usize::from(organisation) == index
                        && usize::from(at) == role
                        && self.account(index, account).is_some_and(|account| account.id == account_id)
                }
                Entry::Listed(_) => false,
            })
        })
    }

    /// What each role can be found by, in order.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = Fields<'_>> + '_ {
        let mut at = 0;
        (0..self.entries.len()).map(move |position| {
            while self.accounts.get(at + 1).is_some_and(|next| usize_of(next.first) <= position) {
                at += 1;
            }
            self.fields_of(position, at)
        })
    }

    /// The portal of an organisation whose roles are known.
    pub fn portal(&self, organisation: &str) -> Option<&Portal> {
        let known = self.organisations.iter().find(|it| it.directory.organisation == organisation)?;
        Some(&known.portal)
    }

    pub(super) fn span(&self, account: usize) -> std::ops::Range<usize> {
        let first = usize_of(self.accounts[account].first);
        let end = self.accounts.get(account + 1).map_or(self.entries.len(), |next| usize_of(next.first));
        first..end
    }

    pub(super) fn made(&self, position: usize) -> Role {
        match self.entries[position] {
            Entry::Listed(index) => {
                let role = self.listed[usize_of(index)].clone();
                let fits = self.listed_fits(&role, position);
                self.wishes.put_on(role, fits)
            }
            Entry::Assigned { organisation, role, account } => {
                let known = &self.organisations[usize::from(organisation)];
                let span = self.span_of(position);
                let fits = known.fits(account, role, span.fits);
                self.wishes.put_on(known.made(&span.name, account, role), fits)
            }
        }
    }

    fn span_of(&self, position: usize) -> &AccountSpan {
        &self.accounts[self.accounts.partition_point(|span| usize_of(span.first) <= position) - 1]
    }

    /// The rules that a role fits that isn't of a directory.
    fn listed_fits(&self, role: &Role, position: usize) -> Fits {
        let rules = &self.wishes.rules;
        if rules.is_empty() {
            return Fits::default();
        }
        let organisation = rules.of_organisation(role.organisation.as_deref().unwrap_or_default());
        Fits::together(organisation, self.span_of(position).fits, rules.of_role(&role.role_name))
    }

    fn account(&self, organisation: usize, account: u32) -> Option<&Account> {
        self.organisations.get(organisation)?.directory.accounts().get(usize_of(account))
    }

    fn fields_of(&self, position: usize, span: usize) -> Fields<'_> {
        let account = &self.accounts[span];
        match self.entries[position] {
            Entry::Listed(index) => {
                let role = &self.listed[usize_of(index)];
                let own = self.wishes.tags.get(&role.id).into_iter().flatten();
                let fits = self.listed_fits(role, position);
                Fields {
                    account_name: &account.name,
                    account_id: &role.account_id,
                    email: role.email.as_deref().unwrap_or_default(),
                    role_name: &role.role_name,
                    organisation: role.organisation.as_deref().unwrap_or_default(),
                    profiles: &role.profiles,
                    name: &role.name,
                    tags: role
                        .tags
                        .iter()
                        .chain(own)
                        .map(String::as_str)
                        .chain(self.wishes.rules.tags(fits))
                        .collect(),
                }
            }
            Entry::Assigned { organisation, role, account: at } => {
                let known = &self.organisations[usize::from(organisation)];
                let assigned = known.assigned(at, role);
                let described = assigned.and_then(|(account, role)| known.described(&account.id, role));
                let own = assigned.filter(|_| !self.wishes.tags.is_empty()).and_then(|(account, role)| {
                    self.wishes.tags.get(&RoleId::of_identity_center(
                        &known.directory.organisation,
                        &account.id,
                        role,
                    ))
                });
                let of_profile = described.map(|described| described.tags.as_slice()).unwrap_or_default();
                Fields {
                    account_name: &account.name,
                    account_id: &account.id,
                    email: assigned.map_or("", |(account, _)| &account.email),
                    role_name: assigned.map_or("", |(_, role)| role),
                    organisation: known.portal.name(),
                    profiles: described.map(|described| described.profiles.as_slice()).unwrap_or_default(),
                    name: "",
                    tags: of_profile
                        .iter()
                        .chain(own.into_iter().flatten())
                        .map(String::as_str)
                        .chain(self.wishes.rules.tags(known.fits(at, role, account.fits)))
                        .collect(),
                }
            }
        }
    }
}

impl Organisation {
    /// An account and the name of one of its roles, by their positions.
    fn assigned(&self, account: u32, role: u16) -> Option<(&Account, &str)> {
        let account = self.directory.accounts().get(usize_of(account))?;
        Some((account, self.directory.roles(account).nth(usize::from(role))?))
    }

    /// The rules that a role fits.
    fn fits(&self, account: u32, role: u16, account_fits: PartFits) -> Fits {
        let role = self.assigned(account, role).and_then(|(_, name)| self.role_fits.get(name));
        Fits::together(self.fits, account_fits, role.copied().unwrap_or_default())
    }

    /// What a role is sorted by: the name that people see.
    pub(super) fn sorting_name(&self, account: u32, role: u16) -> &str {
        let Some((account, role_name)) = self.assigned(account, role) else { return "" };
        let described = self.described(&account.id, role_name);
        described.and_then(|described| described.profiles.first()).map_or(role_name, String::as_str)
    }

    fn described(&self, account_id: &str, role_name: &str) -> Option<&Described> {
        if self.described.is_empty() {
            return None;
        }
        self.described.get(&(account_id.to_owned(), role_name.to_owned()))
    }

    fn made(&self, account_name: &str, account: u32, role: u16) -> Role {
        let Some((account, role_name)) = self.assigned(account, role) else { return Role::default() };
        let described = self.described(&account.id, role_name);
        let email = Some(shown(&account.email)).filter(|email| !email.is_empty());
        of_portal(&self.portal, &account.id, account_name, role_name, email, described)
    }
}

/// A role of Identity Center, with what profiles say of it.
pub(super) fn of_portal(
    portal: &Portal,
    account_id: &str,
    account_name: &str,
    role_name: &str,
    email: Option<String>,
    described: Option<&Described>,
) -> Role {
    let role = shown(role_name);
    let profiles: Vec<String> =
        described.iter().flat_map(|described| &described.profiles).map(|name| shown(name)).collect();
    Role {
        id: RoleId::of_identity_center(&portal.organisation(), account_id, role_name),
        name: profiles.first().cloned().unwrap_or_else(|| format!("{account_name}/{role}")),
        account_id: shown(account_id),
        account_name: account_name.to_owned(),
        role_name: role,
        kind: RoleKind::IdentityCenter,
        source: shown(portal.name()),
        region: described.and_then(|described| described.region.clone()),
        tags: described.map(|described| described.tags.clone()).unwrap_or_default(),
        needs: Some(Needs::Browser),
        colour: None,
        organisation: Some(shown(portal.name())),
        email,
        profiles,
    }
}

fn usize_of(position: u32) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
