//! Real files in temporary folders.

mod child;
mod crash;
mod delivering;
mod places;
mod plain;
mod together;

use super::*;
use hatrack_core::name::RoleId;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;

/// A throw-away home.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn credentials(&self) -> PathBuf {
        self.path(".aws/credentials")
    }

    fn with(text: &str) -> Self {
        let home = Self::new();
        fs::create_dir(home.path(".aws")).unwrap();
        fs::write(home.credentials(), text).unwrap();
        home.mode(".aws", 0o700);
        home.mode(".aws/credentials", 0o600);
        home
    }

    fn mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn mode_of(&self, name: &str) -> u32 {
        self.path(name).metadata().unwrap().permissions().mode() & 0o777
    }

    fn dir(&self) -> AwsDir {
        dir_in(self.folder.path())
    }

    fn text(&self) -> String {
        fs::read_to_string(self.credentials()).unwrap()
    }

    /// The names in the folder of the shared files.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.path(".aws"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

fn dir_in(home: &Path) -> AwsDir {
    let aws = home.join(".aws");
    let journal = Journal::in_folder(&home.join("data"));
    AwsDir::new(&aws.join("credentials"), &aws.join("config"), &home.join("run"), journal)
}

fn profile(name: &str) -> OutputProfile {
    OutputProfile::parse(name).unwrap()
}

/// Delivers made-up credentials that carry this number.
fn deliver(dir: &AwsDir, name: &str, serial: u32, adopt: bool) -> Result<Delivered, Failure> {
    let (id, secret, token) = values(serial);
    let delivery = Delivery {
        profile: &profile(name),
        access_key_id: &id,
        secret_access_key: &secret,
        session_token: &token,
        region: Some("us-east-1"),
        role_id: &RoleId::of_profile("prod"),
        expiration: "2026-11-23T20:42:25Z".parse().unwrap(),
    };
    dir.deliver(&delivery, adopt)
}

fn values(serial: u32) -> (String, String, String) {
    (format!("ASIA{serial:016}"), format!("secret{serial}"), "t".repeat(900) + &serial.to_string())
}
