//! What a page can ask for. Each command is granted to single windows in `capabilities/`.
//!
//! A command returns when the agent accepted or refused it; what becomes of it is in the snapshots.
#![expect(
    clippy::needless_pass_by_value,
    clippy::let_underscore_must_use,
    reason = "the framework hands a command its arguments by value, and its macro expands to such a let"
)]

pub(crate) mod keys;
pub(crate) mod organisations;
pub(crate) mod roles;
pub(crate) mod rules;
pub(crate) mod seeds;
pub(crate) mod sign_ins;
pub(crate) mod vault;

use crate::agent::Agent;
use crate::follow::TryAgain;
use crate::present::{News, Page, Present, WantedDialog};
use crate::windows;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::hand_out::{Allow, Way};
use hatrack_core::name::{OutputProfile, PromptId, RoleId, SessionId};
use hatrack_core::settings::Settings;
use hatrack_wire::{Activate, Answer, Ask, Command, ConsolePage, HandOut, OpenConsole, Sealed, View, Which};
use serde::Deserialize;
use std::sync::Arc;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _, State, WebviewWindow};

/// How a role is to be activated.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Activation {
    /// The role.
    role: RoleId,
    /// The section of the credentials file; null: as the settings say.
    output_profile: Option<OutputProfile>,
    /// Whether the agent is to hold it, as it does now.
    held: bool,
    /// The wanted life in seconds; null: as its profile says.
    duration_seconds: Option<u32>,
    /// The account's id as a person typed it, where the role wants to be confirmed.
    confirmed: Option<String>,
    /// Consent to take over a section that isn't Hatrack's.
    adopt: bool,
    /// Whether new credentials are wanted even where live ones are delivered.
    renew: bool,
}

/// A role, and whether it stands first.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct Mark {
    /// The role.
    role: RoleId,
    /// Whether it stands first.
    on: bool,
}

/// The answer to a question.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct PromptAnswer {
    /// The question.
    prompt: PromptId,
    /// The six digits.
    #[cfg_attr(test, ts(type = "string"))]
    code: Sealed,
}

/// A person's word on a program.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ConsentWord {
    /// The question.
    consent: PromptId,
    /// The word.
    allow: Allow,
}

/// A role's console.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(crate) struct ConsoleWish {
    /// The role.
    role: RoleId,
    /// A service's name, a console's address or an ARN; empty: its start page.
    page: String,
}

/// How many seconds a click waits for the person who made it.
const PATIENCE: u32 = 600;

/// What every command is given.
pub(crate) type Asked<'a> = State<'a, Arc<Agent>>;

/// Tells the page everything that is known, and from now on what is new.
#[tauri::command]
pub(crate) fn follow(window: WebviewWindow, present: State<'_, Present>, news: Channel<News>) {
    let page = if window.label() == windows::PROMPT { Page::Prompt } else { Page::Main };
    present.follow(page, news);
}

/// Has the agent looked for again at once.
#[tauri::command]
pub(crate) fn try_again(again: State<'_, Arc<TryAgain>>) {
    again.ask();
}

/// Gets credentials for a role. Its question, if there is one, comes up in the dialog.
#[tauri::command]
pub(crate) async fn activate(
    app: AppHandle,
    agent: Asked<'_>,
    activation: Activation,
) -> Result<(), Failure> {
    let command = Command::Activate(Activate {
        role: activation.role.0,
        output_profile: activation.output_profile,
        duration_seconds: activation.duration_seconds,
        region: None,
        token_code: None,
        confirmed: activation.confirmed,
        held: activation.held,
        adopt: activation.adopt,
        renew: activation.renew,
        ask: Ask::InWindow,
    });
    match request(&agent, command).await? {
        Answer::Accepted { session, attempt: _ } => {
            match app.state::<Present>().expect_question(session) {
                WantedDialog::Open => windows::show_from_anywhere(&app, View::Prompt),
                WantedDialog::AsItIs | WantedDialog::Close => {}
            }
            Ok(())
        }
        other => Err(unexpected(&other)),
    }
}

/// Ends a session and removes what it wrote; takes back one that is on its way.
#[tauri::command]
pub(crate) async fn deactivate(agent: Asked<'_>, session: SessionId) -> Result<(), Failure> {
    match request(&agent, Command::Deactivate(Which::Session(session))).await? {
        Answer::Ending(_) => Ok(()),
        other => Err(unexpected(&other)),
    }
}

/// Puts a role first in the lists, or not any more.
#[tauri::command]
pub(crate) async fn favourite(agent: Asked<'_>, mark: Mark) -> Result<(), Failure> {
    done(&agent, Command::Favourite { role: mark.role, on: mark.on }).await
}

/// Replaces the wishes.
#[tauri::command]
pub(crate) async fn change_settings(agent: Asked<'_>, settings: Settings) -> Result<(), Failure> {
    done(&agent, Command::ChangeSettings(settings)).await
}

/// Shows the dialog with this question, whoever asked for it.
#[tauri::command]
pub(crate) fn open_prompt(app: AppHandle, present: State<'_, Present>, prompt: PromptId) {
    present.take_question(prompt);
    windows::show_from_anywhere(&app, View::Prompt);
}

/// Forwards the code of an MFA device. It is wiped when it is sent.
#[tauri::command]
pub(crate) async fn answer_prompt(agent: Asked<'_>, answer: PromptAnswer) -> Result<(), Failure> {
    done(&agent, Command::AnswerPrompt { prompt: answer.prompt, code: answer.code }).await
}

/// Gives a person's word on a program that wants credentials.
#[tauri::command]
pub(crate) async fn answer_consent(agent: Asked<'_>, word: ConsentWord) -> Result<(), Failure> {
    done(&agent, Command::AnswerConsent { consent: word.consent, allow: word.allow }).await
}

/// Opens the console with a role, in the browser of the settings. The address never comes here.
#[tauri::command]
pub(crate) async fn open_console(agent: Asked<'_>, wish: ConsoleWish) -> Result<Option<String>, Failure> {
    let role = HandOut {
        role: wish.role.0,
        way: Way::Console,
        program: None,
        duration_seconds: None,
        region: None,
        confirmed: None,
        ask: Ask::InWindow,
        wait_seconds: Some(PATIENCE),
    };
    let page = match wish.page.as_str() {
        "" => ConsolePage::Home,
        page if page.starts_with("https://") => ConsolePage::Url(page.to_owned()),
        page if page.starts_with("arn:") => ConsolePage::Arn(page.to_owned()),
        page => ConsolePage::Service(page.to_owned()),
    };
    let open = OpenConsole { role, page, session_seconds: None, by_portal: true, link: false };
    match request(&agent, Command::OpenConsole(Box::new(open))).await? {
        Answer::Console(console) => {
            windows::browse_with(&console.browser, &console.url)?;
            Ok(console.hint)
        }
        other => Err(unexpected(&other)),
    }
}

/// Takes back what waits for a question.
#[tauri::command]
pub(crate) async fn dismiss_prompt(agent: Asked<'_>, prompt: PromptId) -> Result<(), Failure> {
    done(&agent, Command::DismissPrompt { prompt }).await
}

async fn done(agent: &Asked<'_>, command: Command) -> Result<(), Failure> {
    match request(agent, command).await? {
        Answer::Done => Ok(()),
        other => Err(unexpected(&other)),
    }
}

/// The connection blocks, so it is used on a thread where that is allowed.
async fn request(agent: &Asked<'_>, command: Command) -> Result<Answer, Failure> {
    let agent = Arc::clone(agent.inner());
    let answer = tauri::async_runtime::spawn_blocking(move || agent.request(command)).await;
    answer.unwrap_or_else(|error| {
        Err(Failure::new(FailureCode::Unreachable, format!("The command was lost: {error}."), "Try again."))
    })
}

fn unexpected(answer: &Answer) -> Failure {
    let kind = match answer {
        Answer::Done => "done",
        Answer::Accepted { .. } => "accepted",
        Answer::Ending(_) => "ending",
        Answer::Roles(_) => "roles",
        Answer::Profiles(_) => "profiles",
        Answer::Shown(_) => "shown",
        Answer::Findings(_) => "findings",
        Answer::Agent(_) => "its status",
        Answer::Plan(_) => "a plan",
        Answer::Why { .. } => "reasons",
        Answer::Description { .. } => "a description",
        Answer::Keys(_) => "keys",
        Answer::Diff(_) => "changes",
        Answer::Vault(_) => "the vault",
        Answer::Devices(_) => "devices",
        Answer::KeyOwner { .. } => "a key's owner",
        Answer::Token { .. } => "a token",
        Answer::HandedOut(_) => "credentials",
        Answer::Serving(_) => "an endpoint",
        Answer::Console(_) => "a sign-in at the console",
        Answer::Sessions { .. } => "sessions",
        Answer::SignIn(_) => "a sign-in",
        Answer::Listing(_) => "a listing",
        Answer::ProfilesPlanned(_) => "planned profiles",
    };
    Failure::new(
        FailureCode::Unreachable,
        format!("The agent gave an answer that doesn't fit ({kind})."),
        "Run hat agent stop and try again.",
    )
}
