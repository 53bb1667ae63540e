//! What a click does, and how a toolkit that knows only texts carries it.

use crate::name::{OutputProfile, PromptId, RoleId, SessionId};
use serde::{Deserialize, Serialize};

/// What a click in the menu, or on a notice's button, does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MenuAction {
    /// Activates a role, into the output profile that it was in, else as the settings say.
    Activate {
        /// The role.
        role: RoleId,
        /// The output profile.
        output_profile: Option<OutputProfile>,
    },
    /// Gets new credentials for a role that has live ones.
    Renew {
        /// The role.
        role: RoleId,
        /// The output profile that it is in, unless the agent holds it.
        output_profile: Option<OutputProfile>,
    },
    /// Opens the console in the browser with a role, activated first where it isn't yet.
    OpenConsole {
        /// The role.
        role: RoleId,
    },
    /// Ends a session.
    Deactivate {
        /// The session.
        session: SessionId,
    },
    /// Ends all sessions.
    DeactivateAll,
    /// Signs in at an organisation's portal.
    SignIn {
        /// The portal's name.
        portal: String,
    },
    /// Signs out at an organisation's portal.
    SignOut {
        /// The portal's name.
        portal: String,
    },
    /// Has the browser show again what a sign-in waits for.
    OpenAgain {
        /// The sign-in.
        sign_in: PromptId,
    },
    /// Takes a sign-in back.
    CancelSignIn {
        /// The sign-in.
        sign_in: PromptId,
    },
    /// Lists an organisation's accounts and roles anew.
    List {
        /// The portal's name.
        portal: String,
    },
    /// Takes a listing back.
    CancelListing {
        /// The portal's name.
        portal: String,
    },
    /// Shows the main window.
    ShowMain,
    /// Shows the dialog that asks for codes.
    ShowPrompt,
    /// Connects to the agent, and starts it if need be.
    Connect,
    /// Quits Hatrack.
    Quit,
}

impl MenuAction {
    /// Writes the action as a menu item's id.
    pub fn id(&self) -> String {
        match self {
            Self::Activate { role, output_profile } => {
                with_profile("activate", output_profile.as_ref(), role)
            }
            Self::Renew { role, output_profile } => with_profile("renew", output_profile.as_ref(), role),
            Self::OpenConsole { role } => format!("open-console {role}"),
            Self::Deactivate { session } => format!("deactivate {}", session.0),
            Self::DeactivateAll => "deactivate-all".to_owned(),
            Self::SignIn { portal } => format!("sign-in {portal}"),
            Self::SignOut { portal } => format!("sign-out {portal}"),
            Self::OpenAgain { sign_in } => format!("open-again {}", sign_in.0),
            Self::CancelSignIn { sign_in } => format!("cancel-sign-in {}", sign_in.0),
            Self::List { portal } => format!("list {portal}"),
            Self::CancelListing { portal } => format!("cancel-listing {portal}"),
            Self::ShowMain => "show-main".to_owned(),
            Self::ShowPrompt => "show-prompt".to_owned(),
            Self::Connect => "connect".to_owned(),
            Self::Quit => "quit".to_owned(),
        }
    }

    /// Reads a menu item's id; `None` for a text that is none.
    pub fn from_id(id: &str) -> Option<Self> {
        let (verb, object) = id.split_once(' ').map_or((id, None), |(verb, object)| (verb, Some(object)));
        match (verb, object) {
            ("activate", Some(object)) => {
                let (output_profile, role) = profile_and_role(object)?;
                Some(Self::Activate { role, output_profile })
            }
            ("renew", Some(object)) => {
                let (output_profile, role) = profile_and_role(object)?;
                Some(Self::Renew { role, output_profile })
            }
            ("open-console", Some(role)) => Some(Self::OpenConsole { role: RoleId(role.to_owned()) }),
            ("deactivate", Some(session)) => {
                Some(Self::Deactivate { session: SessionId(session.parse().ok()?) })
            }
            ("sign-in", Some(portal)) => Some(Self::SignIn { portal: portal.to_owned() }),
            ("sign-out", Some(portal)) => Some(Self::SignOut { portal: portal.to_owned() }),
            ("open-again", Some(id)) => Some(Self::OpenAgain { sign_in: PromptId(id.parse().ok()?) }),
            ("cancel-sign-in", Some(id)) => Some(Self::CancelSignIn { sign_in: PromptId(id.parse().ok()?) }),
            ("list", Some(portal)) => Some(Self::List { portal: portal.to_owned() }),
            ("cancel-listing", Some(portal)) => Some(Self::CancelListing { portal: portal.to_owned() }),
            ("deactivate-all", None) => Some(Self::DeactivateAll),
            ("show-main", None) => Some(Self::ShowMain),
            ("show-prompt", None) => Some(Self::ShowPrompt),
            ("connect", None) => Some(Self::Connect),
            ("quit", None) => Some(Self::Quit),
            _ => None,
        }
    }
}

fn with_profile(verb: &str, profile: Option<&OutputProfile>, role: &RoleId) -> String {
    format!("{verb} {} {role}", profile.map_or("", OutputProfile::as_str))
}

fn profile_and_role(object: &str) -> Option<(Option<OutputProfile>, RoleId)> {
    let (profile, role) = object.split_once(' ')?;
    let profile = match profile {
        "" => None,
        profile => Some(OutputProfile::parse(profile).ok()?),
    };
    Some((profile, RoleId(role.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_decodes_to_its_action() {
        let role = || RoleId::of_profile("two  words: ünd _");
        let profile = || OutputProfile::parse("-").unwrap();
        for action in [
            MenuAction::Activate { role: role(), output_profile: None },
            MenuAction::Activate { role: role(), output_profile: Some(profile()) },
            MenuAction::Renew { role: role(), output_profile: Some(profile()) },
            MenuAction::Renew { role: role(), output_profile: None },
            MenuAction::OpenConsole { role: role() },
            MenuAction::Deactivate { session: SessionId(u64::MAX) },
            MenuAction::DeactivateAll,
            MenuAction::SignIn { portal: "acme  corp".to_owned() },
            MenuAction::SignOut { portal: "https://x.example/start#/".to_owned() },
            MenuAction::OpenAgain { sign_in: PromptId(u64::MAX) },
            MenuAction::CancelSignIn { sign_in: PromptId(0) },
            MenuAction::List { portal: String::new() },
            MenuAction::CancelListing { portal: "a\nb".to_owned() },
            MenuAction::ShowMain,
            MenuAction::ShowPrompt,
            MenuAction::Connect,
            MenuAction::Quit,
        ] {
            assert_eq!(MenuAction::from_id(&action.id()), Some(action));
        }
    }

    #[test]
    fn other_texts_are_no_ids() {
        for id in [
            "",
            " ",
            "quit now",
            "activate",
            "activate x",
            "activate ] x",
            "renew ] x",
            "deactivate -1",
            "open-again",
            "cancel-sign-in x",
        ] {
            assert_eq!(MenuAction::from_id(id), None, "{id:?}");
        }
    }
}
