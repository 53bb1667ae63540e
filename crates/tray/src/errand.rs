//! What the tray has the agent do.

use hatrack_core::hand_out::Way;
use hatrack_core::name::{OutputProfile, PromptId, RoleId, SessionId};
use hatrack_core::view::menu::MenuAction;
use hatrack_wire::{Activate, Ask, Command, ConsolePage, HandOut, OpenConsole, View, Which};

/// How many seconds a click waits for the person who made it.
const PATIENCE: u32 = 600;

/// One thing that the tray has the agent do. It can be sent again as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Activates or renews a role; what a person must be asked is asked in a window.
    Activate {
        /// The role.
        role: RoleId,
        /// The output profile; `None`: as the settings say.
        output_profile: Option<OutputProfile>,
        /// Whether the agent is to hold it.
        held: bool,
        /// Whether new credentials are wanted even where live ones are delivered.
        renew: bool,
    },
    /// Opens the console with a role, in the browser that the settings say.
    OpenConsole {
        /// The role.
        role: RoleId,
    },
    /// Ends one session.
    Deactivate(SessionId),
    /// Ends all sessions.
    DeactivateAll,
    /// Signs in at an organisation's portal, in the system's browser.
    SignIn {
        /// The portal's name.
        portal: String,
    },
    /// Signs out there.
    SignOut {
        /// The portal's name.
        portal: String,
    },
    /// Has the browser show again what a sign-in waits for.
    OpenAgain(PromptId),
    /// Takes a sign-in back.
    CancelSignIn(PromptId),
    /// Lists what it assigns anew.
    List {
        /// The portal's name.
        portal: String,
    },
    /// Takes a listing back.
    CancelListing {
        /// The portal's name.
        portal: String,
    },
    /// Has a window shown.
    Show(View),
    /// Quits.
    Quit,
}

impl Errand {
    /// What a click has the agent do; `None`: nothing.
    pub fn of(click: MenuAction) -> Option<Self> {
        Some(match click {
            MenuAction::Activate { role, output_profile } => {
                Self::Activate { role, output_profile, held: false, renew: false }
            }
            MenuAction::Renew { role, output_profile } => {
                Self::Activate { role, held: output_profile.is_none(), output_profile, renew: true }
            }
            MenuAction::OpenConsole { role } => Self::OpenConsole { role },
            MenuAction::Deactivate { session } => Self::Deactivate(session),
            MenuAction::DeactivateAll => Self::DeactivateAll,
            MenuAction::SignIn { portal } => Self::SignIn { portal },
            MenuAction::SignOut { portal } => Self::SignOut { portal },
            MenuAction::OpenAgain { sign_in } => Self::OpenAgain(sign_in),
            MenuAction::CancelSignIn { sign_in } => Self::CancelSignIn(sign_in),
            MenuAction::List { portal } => Self::List { portal },
            MenuAction::CancelListing { portal } => Self::CancelListing { portal },
            MenuAction::ShowMain => Self::Show(View::Main),
            MenuAction::ShowPrompt => Self::Show(View::Prompt),
            MenuAction::Connect => return None,
            MenuAction::Quit => Self::Quit,
        })
    }

    /// The command that says so.
    pub fn command(&self) -> Command {
        match self {
            Self::Activate { role, output_profile, held, renew } => Command::Activate(Activate {
                role: role.0.clone(),
                output_profile: output_profile.clone(),
                duration_seconds: None,
                region: None,
                token_code: None,
                confirmed: None,
                held: *held,
                adopt: false,
                renew: *renew,
                ask: Ask::InWindow,
            }),
            Self::OpenConsole { role } => Command::OpenConsole(Box::new(OpenConsole {
                role: HandOut {
                    role: role.0.clone(),
                    way: Way::Console,
                    program: None,
                    duration_seconds: None,
                    region: None,
                    confirmed: None,
                    ask: Ask::InWindow,
                    wait_seconds: Some(PATIENCE),
                },
                page: ConsolePage::Home,
                session_seconds: None,
                by_portal: true,
                link: false,
            })),
            Self::Deactivate(session) => Command::Deactivate(Which::Session(*session)),
            Self::DeactivateAll => Command::Deactivate(Which::All),
            Self::SignIn { portal } => Command::SignIn { provider: Some(portal.clone()), device_code: false },
            Self::SignOut { portal } => Command::SignOut { provider: Some(portal.clone()) },
            Self::List { portal } => Command::List { portal: Some(portal.clone()), all: true },
            Self::OpenAgain(sign_in) => Command::OpenAgain { sign_in: *sign_in },
            Self::CancelSignIn(sign_in) => Command::DismissPrompt { prompt: *sign_in },
            Self::CancelListing { portal } => Command::CancelListing { portal: portal.clone() },
            Self::Show(view) => Command::Show(*view),
            Self::Quit => Command::Quit,
        }
    }
}
