//! First credentials: where a chain begins.
//!
//! Deliberately absent: looking for credentials that the profile doesn't name, what needs a browser
//! (Identity Center among it), and calls to STS: of web identity there is the token alone.

mod answer;
mod base64url;
mod command;
mod container;
mod instance;
mod login;
mod nearby;
mod process;
pub mod web_identity;

pub(crate) use command::{Fault, Line, run as run_command};

use crate::credentials::Credentials;
use crate::world::World;
use hatrack_core::chain::Origin;
use hatrack_core::failure::{Failure, FailureCode};

/// Gets the credentials that an origin stands for. `keys` tells the keys that stand in a profile
/// of the caller's files.
pub async fn load(
    world: &World,
    origin: &Origin,
    keys: impl FnOnce(&str) -> Option<Credentials>,
) -> Result<Credentials, Failure> {
    match origin {
        Origin::StaticKeys { profile } => keys(profile).ok_or_else(|| {
            Failure::new(
                FailureCode::Refused,
                format!("The profile {profile} doesn't have its access key any more."),
                "Put aws_access_key_id and aws_secret_access_key back, or name another source_profile.",
            )
        }),
        Origin::Process { profile, command } => {
            process::load(world, profile, command, process::TIME_LIMIT).await
        }
        Origin::Environment => world.keys(),
        Origin::Ec2InstanceMetadata => instance::load(world).await,
        Origin::EcsContainer => container::load(world).await,
        // What opens these isn't at hand here: the vault, a provider's token or assertion.
        Origin::Vault { .. }
        | Origin::WebIdentity { .. }
        | Origin::Saml { .. }
        | Origin::IdentityCenter { .. } => Err(Failure::new(
            FailureCode::Refused,
            "These credentials can't be read by themselves.",
            "Activate a role that begins with them.",
        )),
        Origin::Login { profile, session } => login::load(world, profile, session).await,
    }
}
