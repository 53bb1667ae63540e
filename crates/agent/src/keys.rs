//! Long-term access keys: into the vault, out of it, and new ones in the place of old.
//!
//! Deliberately absent: the vault's own format, and any secret in an answer.

mod add;
mod process_answer;
mod rotate;
mod shared_files;
mod vaulted;

pub use process_answer::as_process_answer;

use crate::aws_dir::AwsDir;
use crate::clock::Clock;
use crate::credentials::Credentials;
use crate::files::Files;
use crate::iam::Iam;
use crate::origin;
use crate::perform::from_vault;
use crate::sts::{Caller, Identity};
use crate::world::{ProfileEndpoint, World};
use hatrack_core::chain::Origin;
use hatrack_core::failure::Failure;
use hatrack_core::plan::Start;
use hatrack_vault::{Kind, Vault, fact};
use hatrack_wire::KeyView;
use jiff::Timestamp;
use std::sync::Arc;

/// What works on keys, from where one caller stands.
pub struct Keys {
    /// The vault.
    pub vault: Vault,
    /// The way to STS and IAM.
    pub caller: Caller,
    /// The caller's world.
    pub world: World,
    /// What its files hold.
    pub files: Arc<Files>,
    /// The clock.
    pub clock: Clock,
    /// Its shared files on disk.
    pub dir: AwsDir,
}

impl Keys {
    /// The keys in the vault, without their secrets. A key that a rotation has made and not yet put
    /// in the old one's place is listed beside it.
    pub fn list(&self) -> Result<Vec<KeyView>, Failure> {
        let entries = self.vault.entries()?;
        let keys = entries.iter().filter(|entry| entry.kind == Kind::AccessKey);
        let is_copy = |name: &str, id: Option<&String>| {
            rotate::replaced_name(name).is_some_and(|name| {
                let of_name = keys.clone().find(|entry| entry.name == name);
                of_name.is_some_and(|entry| entry.facts.get(fact::ACCESS_KEY_ID) == id)
            })
        };
        let listed = keys.clone().filter(|key| !is_copy(&key.name, key.facts.get(fact::ACCESS_KEY_ID)));
        Ok(listed
            .map(|entry| KeyView {
                facts: crate::run::facts(entry),
                name: entry.name.clone(),
                added: entry.added,
            })
            .collect())
    }

    /// Removes a key from the vault; AWS keeps its own, and the key works on there.
    pub async fn remove(&self, name: &str) -> Result<(), Failure> {
        let next = rotate::next_name(name);
        let had_next = self.vault.remove(Kind::AccessKey, &next).await?;
        if self.vault.remove(Kind::AccessKey, name).await? || had_next {
            return Ok(());
        }
        Err(vaulted::unknown(name))
    }

    /// The MFA devices of the user whose keys an origin stands for, and since when they are enabled.
    pub async fn devices(&self, origin: &Origin) -> Result<Vec<(String, Option<Timestamp>)>, Failure> {
        let credentials = match origin {
            Origin::Vault { name } => from_vault(&self.vault, name).await?,
            Origin::StaticKeys { .. }
            | Origin::Process { .. }
            | Origin::Environment
            | Origin::Ec2InstanceMetadata
            | Origin::EcsContainer
            | Origin::WebIdentity { .. }
            | Origin::Saml { .. }
            | Origin::IdentityCenter { .. }
            | Origin::Login { .. } => {
                let files = Arc::clone(&self.files);
                origin::load(&self.world, origin, move |profile| files.static_keys(profile)).await?
            }
        };
        let endpoint = self.files.origin_endpoint(&Start::Origin(origin.clone()));
        let devices = self.iam(&endpoint, &credentials).list_mfa_devices(None).await?;
        Ok(devices.into_iter().map(|device| (device.serial, device.enabled)).collect())
    }

    fn iam<'a>(&'a self, profile: &'a ProfileEndpoint, credentials: &'a Credentials) -> Iam<'a> {
        Iam { caller: &self.caller, world: &self.world, profile, credentials }
    }

    /// Whose a key is, as AWS says now.
    async fn identity(&self, name: &str, credentials: &Credentials) -> Result<Identity, Failure> {
        let endpoint = self.files.endpoint(name);
        self.caller.get_caller_identity(&self.world, &endpoint, credentials).await
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("dir", &self.dir).finish_non_exhaustive()
    }
}
