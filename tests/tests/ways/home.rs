//! The world that these tests share, and what they look at in it.

use acceptance::Place;
use acceptance::place::run;
use acceptance::program::{python_program, root};
use hatrack_sandbox::{Account, User, World};
use serde_json::Value;
use std::path::Path;

/// The account of the user.
pub(crate) const HOME: &str = "111122223333";

/// Another account.
pub(crate) const AWAY: &str = "222233334444";

/// The user's access key.
pub(crate) const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

/// Its secret.
pub(crate) const SECRET: &str = "eve/NotARealSecret/EXAMPLEKEY0000000000";

/// The user.
pub(crate) const EVE: &str = "arn:aws:iam::111122223333:user/eve";

/// The user's MFA device.
pub(crate) const DEVICE: &str = "arn:aws:iam::111122223333:mfa/eve";

/// The seed of that device.
pub(crate) const SEED: &str = "JBSWY3DPEHPK3PXPHATRACKWAYS23456";

/// The user's key as the credentials file has it.
pub(crate) const CREDENTIALS: &str = "[eve]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
     aws_secret_access_key = eve/NotARealSecret/EXAMPLEKEY0000000000\n";

/// The user with a key and a device.
pub(crate) fn eve() -> User {
    User::new("eve").access_key(KEY, SECRET).mfa_device(DEVICE, SEED)
}

/// The user's account, with nobody else in it.
pub(crate) fn home() -> Account {
    Account::new(HOME, "Home").user(eve())
}

/// A home with this config file, the user's key, and these accounts.
pub(crate) fn place(accounts: impl IntoIterator<Item = Account>, config: &str) -> Place {
    let world = accounts.into_iter().fold(World::default(), World::account);
    Place::new(world, config, CREDENTIALS)
}

/// What was called so far, each with its role's name or what else it names, and its error if it was
/// refused. Questions about who somebody is are left out: they hand out nothing.
pub(crate) fn calls(place: &Place) -> Vec<String> {
    let calls = place.sandbox.requests();
    let calls = calls.iter().filter(|call| call.action != "GetCallerIdentity").map(|call| {
        let subject = ["RoleArn", "Name", "TargetPrincipal"].iter().find_map(|key| call.params.get(*key));
        let subject = subject.and_then(|subject| subject.rsplit('/').next()).unwrap_or_default();
        let error = call.error.as_deref().unwrap_or_default();
        format!("{} {subject} {error}", call.action).trim_end().to_owned()
    });
    calls.collect()
}

/// A parameter of the last call of this action.
#[track_caller]
pub(crate) fn parameter(place: &Place, action: &str, key: &str) -> Option<String> {
    let calls = place.sandbox.requests();
    let call = calls.iter().rev().find(|call| call.action == action);
    call.unwrap_or_else(|| panic!("no {action} in {calls:?}")).params.get(key).cloned()
}

/// Who the SDK for Python is with a delivered profile.
#[track_caller]
pub(crate) fn seen(place: &Place, profile: &str) -> String {
    let mut python = place.command(python_program("python"));
    python.arg(root().join("tests/clients/identity.py")).env("AWS_PROFILE", profile);
    let told: Value = run(python.env("AWS_DEFAULT_REGION", "eu-central-1"), "").succeeded().json();
    told["arn"].as_str().expect("it has an ARN").to_owned()
}

/// Whether a text stands in any file below a folder.
pub(crate) fn stands_below(folder: &Path, text: &str) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| {
        let is_file = path.is_file();
        let found = |bytes: Vec<u8>| bytes.windows(text.len()).any(|part| part == text.as_bytes());
        (is_file && std::fs::read(&path).is_ok_and(found)) || (path.is_dir() && stands_below(&path, text))
    })
}
