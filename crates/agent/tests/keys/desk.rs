//! A user's desk: the sandbox as AWS, a throw-away home, and a vault whose keyring is a folder.

use crate::drawer::Drawer;
use hatrack_agent::aws_dir::AwsDir;
use hatrack_agent::clock::Clock;
use hatrack_agent::credentials::Credentials;
use hatrack_agent::files::{FilePair, Files, Kept};
use hatrack_agent::iam::{AccessKey, Iam};
use hatrack_agent::journal::Journal;
use hatrack_agent::keys::Keys;
use hatrack_agent::sts::{Caller, Patience};
use hatrack_agent::world::{ProfileEndpoint, World};
use hatrack_core::failure::Failure;
use hatrack_sandbox::{Account, Fault, Sandbox, User};
use hatrack_vault::{Kind, Vault};
use hatrack_wire::{Environment, Sealed};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub(crate) const ID: &str = "AKIAADAADAADAADAADA1";
pub(crate) const SECRET: &str = "ada-secret/that+nobody=sees";
pub(crate) const DEVICE: &str = "arn:aws:iam::111111111111:mfa/ada";
pub(crate) const ADA: &str = "arn:aws:iam::111111111111:user/ada";

/// The desk.
pub(crate) struct Desk {
    pub(crate) sandbox: Sandbox,
    pub(crate) vault: Vault,
    folder: tempfile::TempDir,
    /// The steps that a rotation told.
    pub(crate) steps: Arc<Mutex<Vec<String>>>,
}

impl Desk {
    /// A desk whose user has one key and one device.
    pub(crate) fn new() -> Self {
        Self::of(ada().mfa_device(DEVICE, "JBSWY3DPEHPK3PXP"))
    }

    pub(crate) fn of(user: User) -> Self {
        let world =
            hatrack_sandbox::World::default().account(Account::new("111111111111", "People").user(user));
        let folder = tempfile::tempdir().unwrap();
        let aws = folder.path().join(".aws");
        std::fs::create_dir(&aws).unwrap();
        std::fs::set_permissions(&aws, std::fs::Permissions::from_mode(0o700)).unwrap();
        let vault = Vault::open(folder.path().join("data/vault"), Arc::new(Drawer::default()));
        Self { sandbox: Sandbox::start(world), vault, folder, steps: Arc::default() }
    }

    /// What works on keys, with the files and the vault as they are now.
    pub(crate) fn keys(&self) -> Keys {
        self.keys_at(&self.sandbox.endpoint())
    }

    /// The same where AWS can't be reached.
    pub(crate) fn offline(&self) -> Keys {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        self.keys_at(&format!("http://127.0.0.1:{port}"))
    }

    fn keys_at(&self, url: &str) -> Keys {
        let variables = [
            ("HOME", self.folder.path().to_str().unwrap()),
            ("AWS_ENDPOINT_URL", url),
            ("AWS_REGION", "eu-west-1"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), Sealed::new(value))).into();
        let environment = Environment { variables, folder: "/".to_owned() };
        let pair = FilePair { config: self.config_file(), credentials: self.credentials_file() };
        let text = |path: PathBuf| std::fs::read(path).ok();
        let patience = Patience {
            connect: Duration::from_secs(2),
            attempt: Duration::from_secs(3),
            total: Duration::from_secs(10),
        };
        let read = |kept: &Kept| {
            let (config, credentials) = (text(pair.config.clone()), text(pair.credentials.clone()));
            Arc::new(Files::read(&pair, config.as_deref(), credentials.as_deref(), kept))
        };
        let mut keys = Keys {
            vault: self.vault.clone(),
            caller: Caller::with_patience(patience),
            world: World::of(&environment).unwrap(),
            files: read(&Kept::default()),
            clock: Clock::real(),
            dir: AwsDir::new(
                &pair.credentials,
                &pair.config,
                &self.folder.path().join("run"),
                Journal::in_folder(&self.folder.path().join("data")),
            ),
        };
        let vault_keys = keys.list().unwrap().into_iter().map(|key| (key.name, key.facts)).collect();
        keys.files = read(&Kept { vault_keys, ..Kept::default() });
        keys
    }

    pub(crate) fn credentials_file(&self) -> PathBuf {
        self.folder.path().join(".aws/credentials")
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        self.folder.path().join(".aws/config")
    }

    pub(crate) fn sealed_file(&self) -> PathBuf {
        self.folder.path().join("data/vault/vault.age")
    }

    /// Puts the user's key into the vault as `work`.
    pub(crate) async fn add(&self) {
        self.keys().add("work", ID.to_owned(), Sealed::new(SECRET), None).await.unwrap();
    }

    /// Rotates `work`, and notes what is told.
    pub(crate) async fn rotate(&self) -> Result<(), Failure> {
        let steps = Arc::clone(&self.steps);
        self.keys().rotate("work", move |step| steps.lock().unwrap().push(step)).await
    }

    /// The vault's key of this name.
    pub(crate) async fn vaulted(&self, name: &str) -> Option<Credentials> {
        let key = self.keys().list().unwrap().into_iter().find(|key| key.name == name)?;
        Some(Credentials {
            access_key_id: key.facts.access_key_id,
            secret_access_key: self.vault.get(Kind::AccessKey, name).await.unwrap()?,
            session_token: None,
            expiration: None,
        })
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.keys().list().unwrap().into_iter().map(|key| key.name).collect()
    }

    /// Whether the vault's `work` is a key that AWS takes.
    pub(crate) async fn works(&self) -> bool {
        let (keys, credentials) = (self.keys(), self.vaulted("work").await.unwrap());
        let endpoint = ProfileEndpoint::default();
        keys.caller.get_caller_identity(&keys.world, &endpoint, &credentials).await.is_ok()
    }

    /// The user's keys at AWS, as the vault's key may list them.
    pub(crate) async fn at_aws(&self) -> Vec<AccessKey> {
        let (keys, credentials) = (self.keys(), self.vaulted("work").await.unwrap());
        let profile = ProfileEndpoint::default();
        let iam =
            Iam { caller: &keys.caller, world: &keys.world, profile: &profile, credentials: &credentials };
        iam.list_access_keys(None).await.unwrap()
    }

    /// Lets a fault happen to the call after this many that go well.
    pub(crate) fn fail_after(&self, calls: usize, fault: Fault) {
        for _ in 0..calls {
            self.sandbox.fail_next(Fault::Delay(Duration::ZERO));
        }
        self.sandbox.fail_next(fault);
    }

    /// Asserts that a rotation came to its end: one key, another than before, in vault and at AWS.
    pub(crate) async fn assert_rotated(&self, from: &str) {
        let key = self.vaulted("work").await.unwrap();
        assert_ne!(key.access_key_id, from);
        let at_aws: Vec<_> = self.at_aws().await.into_iter().map(|key| (key.id, key.active)).collect();
        assert_eq!(at_aws, [(key.access_key_id.clone(), true)]);
        let entries = self.vault.entries().unwrap();
        assert_eq!(entries.len(), 1, "{entries:?}");
        assert_eq!(entries[0].facts.get("replaces"), None);
        assert_eq!(entries[0].facts.get("user_arn").map(String::as_str), Some(ADA));
    }
}

/// The user with one key.
pub(crate) fn ada() -> User {
    User::new("ada").access_key(ID, SECRET)
}

/// A refusal of AWS's.
pub(crate) fn refusal(code: &'static str) -> Fault {
    Fault::Error { status: 403, code, message: "Not now.".to_owned() }
}
