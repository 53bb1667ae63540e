//! The world of one caller: what its environment decides about files, endpoints, proxies and keys.
//!
//! Deliberately absent: the agent's own environment, which never stands in for a caller's, and
//! what the shared files say, which is handed in where it counts ([`ProfileEndpoint`]).

mod clock_offset;
mod connector;
mod endpoint;
mod iam_target;
mod identity_center;
mod issuer;
mod proxy;
mod target;
mod unreachable;

pub(crate) use clock_offset::{ClockOffset, date_of, off_by};
pub(crate) use connector::{Connector, Reach, SignedForWrongTime};
pub use endpoint::ProfileEndpoint;
pub(crate) use endpoint::{accept, is_loopback};
pub use identity_center::{CallersWays, Ways};
pub(crate) use target::Target;
pub(crate) use unreachable::{explain, is_lasting, never_connected};

use crate::credentials::Credentials;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::{Environment, Sealed};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everything that a command's caller decides by its environment.
///
/// Cheap to clone; two worlds are equal when the same variables and the same folder made them, so
/// it is a key too.
#[derive(Clone)]
pub struct World(Arc<Inner>);

struct Inner {
    variables: BTreeMap<String, Sealed>,
    folder: PathBuf,
    config_file: PathBuf,
    credentials_file: PathBuf,
}

impl World {
    /// Reads a caller's environment, or says what it lacks.
    pub fn of(environment: &Environment) -> Result<Self, Failure> {
        let mut inner = Inner {
            variables: environment.variables.clone(),
            folder: PathBuf::from(&environment.folder),
            config_file: PathBuf::new(),
            credentials_file: PathBuf::new(),
        };
        inner.config_file = inner.shared_file("AWS_CONFIG_FILE", "config")?;
        inner.credentials_file = inner.shared_file("AWS_SHARED_CREDENTIALS_FILE", "credentials")?;
        Ok(Self(Arc::new(inner)))
    }

    /// The shared config file: `AWS_CONFIG_FILE`, else `~/.aws/config`.
    pub fn config_file(&self) -> &Path {
        &self.0.config_file
    }

    /// The shared credentials file: `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`.
    pub fn credentials_file(&self) -> &Path {
        &self.0.credentials_file
    }

    /// The caller's working folder.
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// The caller's home folder, where it has one.
    pub fn home(&self) -> Option<PathBuf> {
        self.0.home()
    }

    /// A path as the caller means it: `~` is its home, and a relative path starts in its folder.
    pub fn path(&self, text: &str) -> Result<PathBuf, Failure> {
        self.0.path(text)
    }

    /// A variable that is there and isn't empty.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.0.variable(name)
    }

    /// The region that the caller chose: `AWS_REGION`, else `AWS_DEFAULT_REGION`.
    pub fn region(&self) -> Option<&str> {
        self.variable("AWS_REGION").or_else(|| self.variable("AWS_DEFAULT_REGION"))
    }

    /// The keys that the caller's environment holds, for `credential_source = Environment`.
    pub fn keys(&self) -> Result<Credentials, Failure> {
        let missing = |name: &str| {
            Failure::new(
                FailureCode::Refused,
                format!("The profile takes its keys from the environment, but {name} isn't set there."),
                "Export it in the shell that runs the command, or give the profile a source_profile.",
            )
        };
        let id = self.variable("AWS_ACCESS_KEY_ID").ok_or_else(|| missing("AWS_ACCESS_KEY_ID"))?;
        let secret =
            self.variable("AWS_SECRET_ACCESS_KEY").ok_or_else(|| missing("AWS_SECRET_ACCESS_KEY"))?;
        let token = self.variable("AWS_SESSION_TOKEN").or_else(|| self.variable("AWS_SECURITY_TOKEN"));
        let expiration = match self.variable("AWS_CREDENTIAL_EXPIRATION") {
            None => None,
            Some(text) => Some(text.parse::<Timestamp>().map_err(|_| {
                Failure::new(
                    FailureCode::Refused,
                    "AWS_CREDENTIAL_EXPIRATION in the caller's environment is not a time.",
                    "Export it as 2030-01-31T12:00:00Z, or unset it.",
                )
            })?),
        };
        Ok(Credentials {
            access_key_id: id.to_owned(),
            secret_access_key: Sealed::new(secret),
            session_token: token.map(Sealed::new),
            expiration,
        })
    }

    /// The variables, for a program that is started on the caller's behalf.
    pub(crate) fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.variables.iter().map(|(name, value)| (name.as_str(), value.open()))
    }

    /// Whether a switch is on: `true`, in any case.
    pub(crate) fn switch(&self, name: &str) -> Option<bool> {
        self.variable(name).map(is_on)
    }
}

/// Whether the text of a switch means on, as the AWS tools read it.
fn is_on(text: &str) -> bool {
    text.trim().eq_ignore_ascii_case("true")
}

impl Inner {
    fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(Sealed::open).filter(|value| !value.is_empty())
    }

    fn home(&self) -> Option<PathBuf> {
        let names: &[&str] = if cfg!(windows) { &["USERPROFILE", "HOME"] } else { &["HOME"] };
        names.iter().find_map(|name| self.variable(name)).map(|home| self.folder.join(home))
    }

    fn path(&self, text: &str) -> Result<PathBuf, Failure> {
        let below_home = match text.strip_prefix('~') {
            Some("") => Some(""),
            Some(rest) if rest.starts_with(std::path::is_separator) => Some(&rest[1..]),
            Some(_) | None => None,
        };
        let Some(below_home) = below_home else { return Ok(self.folder.join(text)) };
        let home = self.home().ok_or_else(no_home)?;
        Ok(if below_home.is_empty() { home } else { home.join(below_home) })
    }

    fn shared_file(&self, variable: &str, name: &str) -> Result<PathBuf, Failure> {
        match self.variable(variable) {
            Some(path) => self.path(path),
            None => Ok(self.home().ok_or_else(no_home)?.join(".aws").join(name)),
        }
    }
}

fn no_home() -> Failure {
    let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    Failure::new(
        FailureCode::Usage,
        format!("{variable} isn't set, so there is no telling where the AWS files are."),
        format!("Set {variable}, or both AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE."),
    )
}

impl PartialEq for World {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.folder == other.0.folder && self.variables().eq(other.variables()))
    }
}

impl Eq for World {}

impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.folder.hash(state);
        for pair in self.variables() {
            pair.hash(state);
        }
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("config_file", &self.0.config_file)
            .field("credentials_file", &self.0.credentials_file)
            .field("region", &self.region())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn world(variables: &[(&str, &str)]) -> World {
        World::of(&environment(variables)).unwrap()
    }

    pub(crate) fn environment(variables: &[(&str, &str)]) -> Environment {
        let mut all = BTreeMap::from([("HOME".to_owned(), Sealed::new("/home/ada"))]);
        all.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), Sealed::new(*value))));
        Environment { variables: all, folder: "/srv/work".to_owned() }
    }

    #[test]
    fn the_files_are_where_the_aws_tools_look() {
        let plain = world(&[]);
        assert_eq!(plain.config_file(), Path::new("/home/ada/.aws/config"));
        assert_eq!(plain.credentials_file(), Path::new("/home/ada/.aws/credentials"));
        let moved = world(&[("AWS_CONFIG_FILE", "~/x/config"), ("AWS_SHARED_CREDENTIALS_FILE", "creds")]);
        assert_eq!(moved.config_file(), Path::new("/home/ada/x/config"));
        assert_eq!(moved.credentials_file(), Path::new("/srv/work/creds"));
        assert_eq!(world(&[("AWS_CONFIG_FILE", "")]), world(&[("AWS_CONFIG_FILE", "")]));
        assert_eq!(
            world(&[("AWS_CONFIG_FILE", "")]).config_file(),
            Path::new("/home/ada/.aws/config"),
            "an empty variable is none"
        );
        assert_eq!(world(&[("AWS_CONFIG_FILE", "~ada")]).config_file(), Path::new("/srv/work/~ada"));
    }

    #[test]
    fn without_a_home_both_files_must_be_named() {
        let mut environment = environment(&[("HOME", "")]);
        let failure = World::of(&environment).unwrap_err();
        assert_eq!(failure.code, FailureCode::Usage);
        environment.variables.insert("AWS_CONFIG_FILE".to_owned(), Sealed::new("/c"));
        environment.variables.insert("AWS_SHARED_CREDENTIALS_FILE".to_owned(), Sealed::new("/d"));
        assert!(World::of(&environment).is_ok());
    }

    #[test]
    fn the_agents_own_environment_counts_for_nothing() {
        // Every variable of this very process is replaced: PATH and HOME are always there.
        let empty = Environment { variables: BTreeMap::new(), folder: "/".to_owned() };
        assert!(World::of(&empty).is_err(), "this process has a HOME, but it isn't the caller's");
        let world = world(&[]);
        assert!(std::env::var_os("PATH").is_some());
        assert_eq!(world.variable("PATH"), None);
    }

    #[test]
    fn keys_come_whole_or_not_at_all() {
        assert!(world(&[]).keys().unwrap_err().happened.contains("AWS_ACCESS_KEY_ID"));
        let half = world(&[("AWS_ACCESS_KEY_ID", "AKIAX")]).keys().unwrap_err();
        assert!(half.happened.contains("AWS_SECRET_ACCESS_KEY"));
        let whole = world(&[
            ("AWS_ACCESS_KEY_ID", "AKIAX"),
            ("AWS_SECRET_ACCESS_KEY", "s3cret"),
            ("AWS_SECURITY_TOKEN", "t0ken"),
            ("AWS_CREDENTIAL_EXPIRATION", "2030-01-01T00:00:00Z"),
        ])
        .keys()
        .unwrap();
        assert_eq!(whole.secret_access_key.open(), "s3cret");
        assert_eq!(whole.session_token.unwrap().open(), "t0ken");
        assert!(whole.expiration.is_some());
    }

    #[test]
    fn debug_shows_no_secret() {
        let world = world(&[("AWS_SECRET_ACCESS_KEY", "s3cret"), ("HTTPS_PROXY", "http://u:pw@p:1")]);
        let text = format!("{world:?}");
        assert!(!text.contains("s3cret") && !text.contains("pw"), "{text}");
    }
}
