//! The roles that the profiles of the shared files describe.

use super::whole::{self, AccountSpan, Described, Entry, Organisation, Wishes};
use super::{Catalogue, Needs, Role, RoleKind};
use crate::account::{self, Named};
use crate::arn::RoleArn;
use crate::chain::{self, ChainError, Ending, Origin, Summaries};
use crate::failure::Failure;
use crate::identity_center::{self, Directory, Portal};
use crate::memory::SamlRole;
use crate::name::{RoleId, shown};
use crate::profile::{KeyFacts, Profile, Profiles, SharedFile};
use crate::rules::Rules;
use crate::settings::Settings;
use crate::snapshot::Problem;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What a catalogue is made of.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// The profiles of the shared files and of Hatrack's own.
    pub profiles: &'a Profiles,
    /// The wishes.
    pub settings: &'a Settings,
    /// The roles that SAML providers named.
    pub saml_roles: &'a BTreeMap<String, Vec<SamlRole>>,
    /// What was discovered of organisations; those that no portal leads to are passed over.
    pub directories: &'a [Arc<Directory>],
    /// Where profiles are described, `~/.aws/config` for instance.
    pub source: &'a str,
}

impl Catalogue {
    /// Lists every profile that can be activated and whose chain can be had, the roles that SAML
    /// providers named, and those that organisations assign; one that a profile describes too
    /// stands there once. A profile whose chain is broken is told among the problems in place of
    /// the list.
    pub fn of(sources: &Sources<'_>) -> (Self, Vec<Problem>) {
        let Sources { profiles, settings, .. } = sources;
        let mut summaries = Summaries::new(profiles);
        let mut found = Vec::new();
        let mut assigned = Vec::new();
        let mut problems = Vec::new();
        for (name, profile) in &profiles.profiles {
            let Some(kind) = kind(profiles, name, profile) else { continue };
            let looked = if kind == RoleKind::IdentityCenter {
                chain::resolve(profiles, name).map(|chain| {
                    assigned.extend(OfPortal::look(&chain.origin, name, profile));
                })
            } else {
                Found::look(&mut summaries, kind, name, profile, profiles).map(|one| found.extend(one))
            };
            if let Err(error) = looked {
                problems.push(problem(profiles, name, profile, &error));
            }
        }
        let wishes = Wishes::of(settings);
        let mut organisations = organisations(profiles, sources.directories, &wishes.rules);
        let assigned = describe(&mut organisations, assigned);
        let account_names = AccountNames::of(settings, sources.directories, &found);
        let account_name = |id: &str| account_names.of_account(id);
        let own = profiles.path(SharedFile::Own).unwrap_or_default();
        let mut listed: Vec<Role> = found
            .iter()
            .map(|found| {
                found.role(account_name(&found.account_id), if found.is_own() { own } else { sources.source })
            })
            .collect();
        let only_in_vault =
            profiles.vault_keys.iter().filter(|(name, _)| !profiles.profiles.contains_key(*name));
        listed.extend(only_in_vault.map(|(name, facts)| of_key(name, facts, &account_name)));
        for (provider, offered) in sources.saml_roles {
            listed.extend(offered.iter().filter_map(|role| of_assertion(provider, role, &account_name)));
        }
        listed.extend(assigned.iter().map(|((portal, account_id, role_name), described)| {
            let name = account_name(account_id);
            whole::of_portal(portal, account_id, &name, role_name, None, Some(described))
        }));
        (Self::ordered(listed, organisations, &account_name, wishes), problems)
    }

    /// Puts roles in order: by the name of their account, then by their own.
    fn ordered(
        listed: Vec<Role>,
        organisations: Vec<Organisation>,
        account_name: &impl Fn(&str) -> String,
        wishes: Wishes,
    ) -> Self {
        let mut by_account: BTreeMap<&str, Vec<Entry>> = BTreeMap::new();
        for (index, role) in (0..).zip(&listed) {
            by_account.entry(&role.account_id).or_default().push(Entry::Listed(index));
        }
        for (organisation, known) in (0..).zip(&organisations) {
            for (account, at) in known.directory.accounts().iter().zip(0..) {
                let roles = known.directory.roles(account).len().min(usize::from(u16::MAX));
                if roles > 0 {
                    let entries = by_account.entry(&account.id).or_default();
                    entries.extend((0..).take(roles).map(|role| Entry::Assigned {
                        organisation,
                        role,
                        account: at,
                    }));
                }
            }
        }
        let mut spans: Vec<(String, &str, String, Vec<Entry>)> = by_account
            .into_iter()
            .map(|(id, entries)| {
                let name = account_name(id);
                (name.to_lowercase(), id, name, entries)
            })
            .collect();
        spans.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        let mut accounts = Vec::with_capacity(spans.len());
        let mut all = Vec::with_capacity(spans.iter().map(|(.., entries)| entries.len()).sum());
        for (_, id, name, mut entries) in spans {
            // What was discovered stands by name already; it is put between what is listed.
            entries.sort_by_cached_key(|entry| match *entry {
                Entry::Listed(index) => {
                    let role = &listed[usize::try_from(index).unwrap_or(usize::MAX)];
                    (role.name_in_account().to_lowercase(), Some(role.id.clone()))
                }
                Entry::Assigned { organisation, role, account } => {
                    let name = organisations[usize::from(organisation)].sorting_name(account, role);
                    (name.to_lowercase(), None)
                }
            });
            let first = u32::try_from(all.len()).unwrap_or(u32::MAX);
            let fits = wishes.rules.of_account(&name, id);
            accounts.push(AccountSpan { id: id.to_owned(), name, first, fits });
            all.extend(entries);
        }
        let by_id = (0..)
            .zip(&all)
            .filter_map(|(position, entry)| match *entry {
                Entry::Listed(index) => Some((listed[usize::try_from(index).ok()?].id.clone(), position)),
                Entry::Assigned { .. } => None,
            })
            .collect();
        Self { listed, organisations, accounts, entries: all, by_id, wishes }
    }
}

/// A role of Identity Center that a profile describes.
struct OfPortal {
    portal: Portal,
    account_id: String,
    role_name: String,
    described: Described,
}

impl OfPortal {
    fn look(origin: &Origin, name: &str, profile: &Profile) -> Option<Self> {
        let Origin::IdentityCenter { portal, account_id, role_name } = origin else { return None };
        Some(Self {
            portal: portal.clone(),
            account_id: account_id.clone(),
            role_name: role_name.clone(),
            described: Described {
                profiles: vec![name.to_owned()],
                region: profile.get("region").map(str::to_owned),
                tags: tags_of(profile),
            },
        })
    }
}

/// The organisations that were discovered and that a portal leads to; one with a `sso-session` goes
/// before one of the older form.
fn organisations(profiles: &Profiles, directories: &[Arc<Directory>], rules: &Rules) -> Vec<Organisation> {
    let portals = identity_center::portals(profiles);
    let mut known: Vec<Organisation> = directories
        .iter()
        .filter_map(|directory| {
            let leads_there = |portal: &&Portal| portal.organisation() == directory.organisation;
            let portal = portals.iter().filter(leads_there).min_by_key(|portal| portal.session.is_none())?;
            Some(Organisation {
                portal: portal.clone(),
                directory: Arc::clone(directory),
                fits: rules.of_organisation(portal.name()),
                role_fits: if rules.is_empty() {
                    HashMap::new()
                } else {
                    directory.role_names().map(|name| (name.to_owned(), rules.of_role(name))).collect()
                },
                described: BTreeMap::new(),
            })
        })
        .collect();
    known.truncate(usize::from(u16::MAX));
    known
}

/// The account's id and the role's name, with the portal that a profile names.
type Assigned = (Portal, String, String);

/// Puts what profiles say on the roles that were discovered; what wasn't is given back.
fn describe(organisations: &mut [Organisation], of_profiles: Vec<OfPortal>) -> BTreeMap<Assigned, Described> {
    let mut others: BTreeMap<Assigned, Described> = BTreeMap::new();
    let mut portals: BTreeMap<String, Portal> = BTreeMap::new();
    for OfPortal { portal, account_id, role_name, described } in of_profiles {
        let organisation = portal.organisation();
        let known = organisations.iter_mut().find(|known| {
            known.directory.organisation == organisation && known.directory.has_role(&account_id, &role_name)
        });
        let place = match known {
            Some(known) => known.described.entry((account_id, role_name)).or_default(),
            None => {
                let portal = portals.entry(organisation).or_insert(portal).clone();
                others.entry((portal, account_id, role_name)).or_default()
            }
        };
        place.profiles.extend(described.profiles);
        place.region = place.region.take().or(described.region);
        place.tags.extend(described.tags);
    }
    others
}

/// What accounts are called: as the person says, as their organisation does, as the names of
/// profiles suggest.
struct AccountNames<'a> {
    given: &'a BTreeMap<String, String>,
    told: HashMap<&'a str, &'a str>,
    inferred: BTreeMap<&'a str, &'a str>,
}

impl<'a> AccountNames<'a> {
    fn of(settings: &'a Settings, directories: &'a [Arc<Directory>], found: &'a [Found<'_>]) -> Self {
        let named = found.iter().filter(|found| !found.account_id.is_empty()).map(|found| Named {
            profile: found.name,
            role_name: &found.role_name,
            account_id: &found.account_id,
        });
        let accounts = directories.iter().flat_map(|directory| directory.accounts());
        let told = accounts
            .filter(|account| !account.name.trim().is_empty())
            .map(|account| (account.id.as_str(), account.name.as_str()));
        Self {
            given: &settings.account_names,
            told: told.collect(),
            inferred: account::inferred_names(named),
        }
    }

    fn of_account(&self, id: &str) -> String {
        let given = self.given.get(id).map(String::as_str).filter(|name| !name.is_empty());
        let told = || self.told.get(id).copied();
        shown(given.or_else(told).or_else(|| self.inferred.get(id).copied()).unwrap_or(id))
    }
}

/// What a profile's activation makes, if it can be activated.
fn kind(profiles: &Profiles, name: &str, profile: &Profile) -> Option<RoleKind> {
    let has = |key: &str| profile.get(key).is_some();
    if has("root_account_id") {
        return Some(RoleKind::AssumeRoot);
    }
    if has("federation_name") {
        return Some(RoleKind::FederationToken);
    }
    if has("role_arn") {
        return Some(if has("saml") {
            RoleKind::Saml
        } else if ["web_identity_token_file", "web_identity_token_process", "oidc"].into_iter().any(has) {
            RoleKind::WebIdentity
        } else {
            RoleKind::AssumeRole
        });
    }
    if has("sso_account_id") && has("sso_role_name") {
        return Some(RoleKind::IdentityCenter);
    }
    if has("sso_account_id") || has("sso_role_name") || has("aws_session_token") {
        return None;
    }
    if profiles.vault_keys.contains_key(name) || (has("aws_access_key_id") && has("mfa_serial")) {
        return Some(RoleKind::SessionToken);
    }
    has("login_session").then_some(RoleKind::Login)
}

struct Found<'a> {
    name: &'a str,
    profile: &'a Profile,
    kind: RoleKind,
    account_id: String,
    role_name: String,
    needs: Option<Needs>,
}

impl<'a> Found<'a> {
    fn look(
        summaries: &mut Summaries<'a>,
        kind: RoleKind,
        name: &'a str,
        profile: &'a Profile,
        profiles: &Profiles,
    ) -> Result<Option<Self>, ChainError> {
        let mut kind = kind;
        let (account_id, role_name, needs) = match kind {
            RoleKind::AssumeRole | RoleKind::WebIdentity | RoleKind::Saml => {
                let arn = RoleArn::parse(profile.get("role_arn").unwrap_or_default())
                    .map_err(|source| ChainError::RoleArn { profile: name.to_owned(), source });
                let summary = summaries.of(name)?;
                let arn = arn?;
                let needs = if summary.needs_browser {
                    Some(Needs::Browser)
                } else {
                    summary.needs_mfa.then_some(Needs::Mfa)
                };
                (arn.account_id().to_owned(), arn.role_name().to_owned(), needs)
            }
            RoleKind::SessionToken
            | RoleKind::FederationToken
            | RoleKind::AssumeRoot
            | RoleKind::Login
            | RoleKind::IdentityCenter => {
                let chain = chain::resolve(profiles, name)?;
                let hop_code = chain.hops.iter().any(|hop| hop.mfa_serial.is_some());
                let (account_id, role_name, own_code) = match &chain.ending {
                    // Keys of the shared files are used as they are where no code is wanted.
                    Ending::SessionToken { mfa_serial: None, .. }
                        if matches!(chain.origin, Origin::StaticKeys { .. }) =>
                    {
                        return Ok(None);
                    }
                    Ending::SessionToken { mfa_serial, .. } => {
                        kind = RoleKind::SessionToken;
                        let known = profiles.vault_keys.get(name).and_then(|facts| facts.account_id.clone());
                        let said = mfa_serial.as_deref().and_then(account_of).map(str::to_owned);
                        (known.or(said).unwrap_or_default(), "user".to_owned(), mfa_serial.is_some())
                    }
                    Ending::FederationToken { name, .. } => (String::new(), name.clone(), false),
                    Ending::Root { account_id, task_policy } => {
                        (account_id.clone(), task_policy.clone(), false)
                    }
                    Ending::AsItIs if matches!(chain.origin, Origin::Login { .. }) => {
                        kind = RoleKind::Login;
                        (String::new(), "login".to_owned(), false)
                    }
                    // A command of its own comes before a key of the vault, and needs no session.
                    Ending::AsItIs => return Ok(None),
                };
                let account_id = profile.get("aws_account_id").map_or(account_id, str::to_owned);
                let needs = if chain.origin.provider().is_some() {
                    Some(Needs::Browser)
                } else {
                    (hop_code || own_code).then_some(Needs::Mfa)
                };
                (account_id, role_name, needs)
            }
        };
        Ok(Some(Self { name, profile, kind, account_id, role_name, needs }))
    }

    fn is_own(&self) -> bool {
        self.profile.config.is_none() && self.profile.credentials.is_none()
    }

    fn role(&self, account_name: String, source: &str) -> Role {
        Role {
            id: RoleId::of_profile(self.name),
            name: shown(self.name),
            account_id: shown(&self.account_id),
            account_name,
            role_name: shown(&self.role_name),
            kind: self.kind,
            source: source.to_owned(),
            region: self.profile.get("region").map(str::to_owned),
            tags: tags_of(self.profile),
            needs: self.needs,
            ..Role::default()
        }
    }
}

fn tags_of(profile: &Profile) -> Vec<String> {
    let tags = profile.get("tags").unwrap_or_default();
    tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(shown).collect()
}

/// The account that stands in an ARN.
fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|id| account::is_account_id(id))
}

/// The user whose key is in the vault and that no profile describes.
fn of_key(name: &str, facts: &KeyFacts, account_name: &impl Fn(&str) -> String) -> Role {
    let account_id = facts.account_id.clone().unwrap_or_default();
    Role {
        id: RoleId::of_profile(name),
        name: shown(name),
        account_name: account_name(&account_id),
        account_id: shown(&account_id),
        role_name: "user".to_owned(),
        kind: RoleKind::SessionToken,
        source: "vault".to_owned(),
        needs: facts.mfa_serial.is_some().then_some(Needs::Mfa),
        ..Role::default()
    }
}

/// A role that an assertion named.
fn of_assertion(provider: &str, role: &SamlRole, account_name: &impl Fn(&str) -> String) -> Option<Role> {
    let arn = RoleArn::parse(&role.role_arn).ok()?;
    Some(Role {
        id: RoleId::of_assertion(provider, arn.as_str()),
        name: shown(&format!("{} {}", account_name(arn.account_id()), arn.role_name())),
        account_id: arn.account_id().to_owned(),
        account_name: account_name(arn.account_id()),
        role_name: shown(arn.role_name()),
        kind: RoleKind::Saml,
        source: shown(provider),
        needs: Some(Needs::Browser),
        ..Role::default()
    })
}

fn problem(profiles: &Profiles, name: &str, profile: &Profile, error: &ChainError) -> Problem {
    let first = profile.settings.iter().next().map(|(_, setting)| setting);
    let setting = profile.settings.setting("role_arn").or(first);
    let path = setting.and_then(|setting| profiles.path(setting.file));
    Problem {
        file: path.unwrap_or_default().to_owned(),
        line: setting.map(|setting| setting.line),
        profile: Some(shown(name)),
        message: Failure::from(error).to_string(),
    }
}

#[cfg(test)]
mod tests;
