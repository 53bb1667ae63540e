//! What somebody wants, and how it is to be met.

use crate::catalogue::Role;
use crate::chain::Chain;
use crate::name::OutputProfile;
use crate::plan::WorldId;

/// What somebody wants: a role, delivered into an output profile, or held by the agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The world that it was asked from.
    pub world: WorldId,
    /// The role.
    pub role: Role,
    /// The way to it; `None` for what was found in a file and isn't in the catalogue any more.
    pub chain: Option<Chain>,
    /// The section of the credentials file; `None`: the agent holds the credentials, and hands them
    /// out to who asks.
    pub output_profile: Option<OutputProfile>,
    /// The credentials file.
    pub credentials_file: String,
    /// The region to go with it.
    pub region: Option<String>,
    /// The life that the person asked for, in seconds.
    pub duration_seconds: Option<u32>,
    /// Consent to take over a section that isn't Hatrack's.
    pub adopt: bool,
    /// The account's id that a person typed, where the role wants that.
    pub confirmed: Option<String>,
}

/// How a wish is to be met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Whether new credentials are wanted even where live ones are delivered.
    pub renew: bool,
    /// Whether a window asks for a code.
    pub in_window: bool,
    /// Whether anybody can be asked at all.
    pub can_ask: bool,
    /// Whether a code was given along; [`crate::state::State::answer`] follows at once if it is needed.
    pub has_code: bool,
}

impl Wish {
    /// Whether nothing of it stands in a file.
    pub fn is_held(&self) -> bool {
        self.output_profile.is_none()
    }

    /// Whether both would stand in the same section. What is held stands in nobody's way.
    pub(super) fn is_same_place(&self, other: &Self) -> bool {
        let same_file = self.credentials_file == other.credentials_file;
        let same_holding = || self.world == other.world && self.role.id == other.role.id;
        same_file && self.output_profile == other.output_profile && (!self.is_held() || same_holding())
    }

    pub(super) fn is_same_place_and_role(&self, other: &Self) -> bool {
        self.is_same_place(other) && self.role.id == other.role.id
    }
}
