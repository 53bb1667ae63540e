//! What may be written: portals tell names that can be anything.

use crate::identity_center::{Portal, organisation};
use crate::name::{OutputProfile, shown};
use crate::profile::SettingMap;
use crate::shared_profiles::Entry;

/// Longer than any value that AWS gives.
const LONGEST: usize = 1024;

/// Refuses values that could break out of their line, or that some reader would read differently.
pub(super) fn values(entry: &Entry) -> Result<(), String> {
    let Entry { portal, account_id, role_name, region, account_name: _ } = entry;
    if account_id.len() != 12 || !account_id.bytes().all(|b| b.is_ascii_digit()) {
        return Err("its account's id isn't twelve digits".to_owned());
    }
    if !is_plain(role_name) {
        return Err("its sso_role_name can't stand in a config file".to_owned());
    }
    if portal.session.is_none() {
        plain_portal(portal)?;
    }
    match region {
        Some(region) if !is_region(region) => {
            Err("its region is none; choose another one for this role".to_owned())
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether the section that the file has leads to the same organisation for other tools.
pub(super) fn same_portal(section: &SettingMap, portal: &Portal) -> Result<(), String> {
    let session = shown(portal.name());
    let setting = |key| section.get(key).filter(|value: &&str| !value.is_empty());
    match (setting("sso_start_url"), setting("sso_region")) {
        (Some(url), Some(_)) if organisation(url) == portal.organisation() => Ok(()),
        (Some(_), Some(_)) => Err(format!(
            "[sso-session {session}] of the config file is another organisation; give one of them another name"
        )),
        (None, _) | (_, None) => Err(format!(
            "[sso-session {session}] of the config file has no sso_start_url or no sso_region; complete it"
        )),
    }
}

/// The settings of a portal that the file doesn't have yet.
pub(super) fn new_portal(portal: &Portal, session: &str) -> Result<Vec<(&'static str, String)>, String> {
    if OutputProfile::parse(session).is_err() {
        return Err(format!(
            "its portal is called \"{}\", which not all tools read; use letters, digits and _ . / @ % : + -",
            shown(session)
        ));
    }
    plain_portal(portal)?;
    let scopes = match portal.scopes.join(",") {
        none if none.is_empty() => "sso:account:access".to_owned(),
        scopes => scopes,
    };
    if !is_plain(&scopes) {
        return Err("its portal's sso_registration_scopes can't stand in a config file".to_owned());
    }
    Ok(vec![
        ("sso_start_url", portal.start_url.clone()),
        ("sso_region", portal.region.clone()),
        ("sso_registration_scopes", scopes),
    ])
}

fn plain_portal(portal: &Portal) -> Result<(), String> {
    if !is_plain(&portal.start_url) {
        return Err("its portal's sso_start_url can't stand in a config file".to_owned());
    }
    if !is_region(&portal.region) {
        return Err("its portal's sso_region is no region".to_owned());
    }
    Ok(())
}

fn is_region(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Whether a value is one word of plain signs, which every reader reads alike.
fn is_plain(value: &str) -> bool {
    (1..=LONGEST).contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_graphic())
        && !value.starts_with(['#', ';', '"', '\''])
}
