//! The agent's way to organisations of IAM Identity Center: the cache that the AWS CLI shares, the
//! portals, and how far listings are.
//!
//! Deliberately absent: when a listing begins and what follows from it, which the state decides.

use crate::credentials::Credentials;
use crate::run::Further;
use crate::world::{CallersWays, Ways, World};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::identity_center::{Directory, Portal};
use hatrack_core::plan::Identity;
use hatrack_core::snapshot::{DeviceCode, Progress};
use hatrack_identity_center::{self as center, Cache, Flow, Outside, Scope, Step, Token};
use hatrack_wire::Sealed;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The way of one caller.
#[derive(Clone)]
pub struct Center {
    ways: CallersWays,
    /// The caller's home folder.
    home: Option<PathBuf>,
    /// The caller's cache; `None`: the caller has no home folder.
    cache: Option<Cache>,
}

/// A sign-in that waits for a person.
#[derive(Debug)]
pub struct Pending {
    pending: center::Pending,
    device: Option<DeviceCode>,
}

impl Pending {
    /// The page that a person is to see.
    pub fn url(&self) -> Sealed {
        self.pending.url()
    }

    /// The code that the page asks for, for a sign-in of that kind.
    pub fn device(&self) -> Option<DeviceCode> {
        self.device.clone()
    }
}

impl Center {
    /// The way of a caller; `run` has the folder of locks.
    pub fn of(world: &World, ways: &Ways, run: &Path) -> Self {
        let home = world.home();
        let folder = home.as_ref().map(|home| home.join(".aws/sso/cache"));
        let cache = folder.map(|folder| Cache::in_folder(folder, run.join("locks")));
        Self { ways: ways.of(world), home, cache }
    }

    fn cache(&self) -> Result<&Cache, Failure> {
        self.cache.as_ref().ok_or_else(|| {
            Failure::new(
                FailureCode::File,
                "The caller has no home folder, so that there is no place for sign-ins.",
                "Set HOME.",
            )
        })
    }

    /// The file of a portal's token.
    pub fn token_path(&self, portal: &Portal) -> Result<PathBuf, Failure> {
        Ok(self.cache()?.token_path(portal))
    }

    /// Who is signed in at a portal, as the cache says.
    pub fn identity(&self, portal: &Portal) -> Result<Option<Identity>, Failure> {
        let token = self.cache()?.token(portal)?;
        Ok(token.map(|token| self.identity_of(&token)))
    }

    fn identity_of(&self, token: &Token) -> Identity {
        let end = self.ways.by_aws(token.expires);
        Identity { end, refreshable: token.is_refreshable(self.ways.now()) }
    }

    /// Begins a sign-in.
    pub async fn begin(&self, portal: &Portal, flow: Flow) -> Result<Pending, Failure> {
        let pending = center::begin(portal, flow, &self.ways, self.cache()?).await?;
        let device = pending.device().map(|device| DeviceCode {
            user_code: device.user_code.clone(),
            verification_uri: device.verification_uri.clone(),
            expires: self.ways.by_aws(device.expires),
        });
        Ok(Pending { pending, device })
    }

    /// Waits for the person.
    pub async fn finish(&self, pending: Pending, limit: Duration) -> Result<Identity, Failure> {
        let token = pending.pending.finish(&self.ways, limit).await?;
        Ok(self.identity_of(&token))
    }

    /// Credentials of a role, and the sign-in as it is after that.
    pub async fn role_credentials(
        &self,
        portal: &Portal,
        account_id: &str,
        role_name: &str,
    ) -> Result<(Credentials, Identity), Failure> {
        let cache = self.cache()?;
        let given = center::role_credentials(portal, account_id, role_name, &self.ways, cache).await?;
        let credentials = Credentials {
            access_key_id: given.access_key_id,
            secret_access_key: given.secret_access_key,
            session_token: Some(given.session_token),
            expiration: Some(given.expiration),
        };
        // It was there a moment ago; who removed it meanwhile is heard of by the watch.
        let identity = self.identity(portal)?;
        let gone = Identity { end: given.expiration, refreshable: false };
        Ok((credentials, identity.unwrap_or(gone)))
    }

    /// Ends a sign-in, at the portal and here. What the AWS CLI keeps of roles that it had by sign-ins
    /// goes too, as it does when that signs out.
    pub async fn sign_out(&self, portal: &Portal) -> Result<(), Failure> {
        if let Some(home) = &self.home {
            forget_cached_roles(&home.join(".aws/cli/cache"));
        }
        center::sign_out(portal, &self.ways, self.cache()?).await
    }

    /// Lists what a portal assigns; whatever happens, what was found is given back. A listing that
    /// came to its end may have left out something that made no sense.
    pub async fn discover(
        &self,
        portal: &Portal,
        before: Directory,
        scope: Scope,
        tell: impl FnMut(Further) + Send,
    ) -> (Directory, Result<Option<Failure>, Failure>) {
        let cache = match self.cache() {
            Ok(cache) => cache,
            Err(failure) => return (before, Err(failure)),
        };
        let mut tell = tell;
        let tell = |step: Step<'_>| {
            tell(Further {
                directory: Box::new(step.directory.clone()),
                progress: Progress {
                    done: step.accounts_done,
                    total: step.accounts_total,
                    seconds_left: step.seconds_left,
                },
            });
        };
        match center::discover(portal, before, scope, &self.ways, cache, tell).await {
            Ok(found) => (found.directory, Ok(found.left_out.into_iter().next())),
            Err(stopped) => (stopped.directory, Err(stopped.failure)),
        }
    }
}

/// The largest file of the AWS CLI's cache that is looked at, in bytes.
const LARGEST: u64 = 64 * 1024;

/// As much of a file of the AWS CLI's cache as says how the credentials in it were had.
#[derive(serde::Deserialize)]
struct Cached {
    #[serde(rename = "ProviderType")]
    provider_type: String,
}

/// Removes the credentials of Identity Center roles from the AWS CLI's cache. One that can't be
/// removed ends by itself.
fn forget_cached_roles(folder: &Path) {
    let is_of_sign_in = |path: &Path| {
        let small = std::fs::metadata(path).is_ok_and(|it| it.is_file() && it.len() <= LARGEST);
        let text = if small { std::fs::read(path).ok() } else { None };
        let text = zeroize::Zeroizing::new(text.unwrap_or_default());
        serde_json::from_slice::<Cached>(&text).is_ok_and(|cached| cached.provider_type == "sso")
    };
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "json") && is_of_sign_in(&path) {
            std::fs::remove_file(&path).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_out_forgets_what_the_aws_cli_had_by_signing_in_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        std::fs::write(file("sso.json"), r#"{"ProviderType": "sso", "Credentials": {}}"#).unwrap();
        std::fs::write(file("role.json"), r#"{"Credentials": {"AccessKeyId": "sso"}}"#).unwrap();
        std::fs::write(file("broken.json"), "{").unwrap();
        std::fs::write(file("sso.txt"), r#"{"ProviderType": "sso"}"#).unwrap();
        forget_cached_roles(folder.path());
        forget_cached_roles(&file("nowhere"));
        let there = |name: &str| file(name).exists();
        assert!(!there("sso.json"));
        assert!(there("role.json") && there("broken.json") && there("sso.txt"));
    }
}
