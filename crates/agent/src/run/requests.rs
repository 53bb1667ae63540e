//! What faces ask for, one command at a time.

use super::hand_outs::Wants;
use super::{Agent, Outcome};
use crate::connection::ConnectionId;
use crate::doctor;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::{PromptId, RoleId, SessionId};
use hatrack_core::rules::{MOST_RULES, Rule};
use hatrack_core::settings::Settings;
use hatrack_core::snapshot::SessionState;
use hatrack_wire::{AgentStatus, Answer, Command, Face, Request, Sealed, View, Which};
use std::sync::Arc;

impl Agent {
    /// Takes a request; one that needs the shared files waits until they were looked at again.
    pub(super) fn request(&mut self, connection: ConnectionId, request: Request) {
        let needs_files = match &request.command {
            Command::HandOut(asked) | Command::Serve(asked) => !self.is_live(connection, asked),
            Command::OpenConsole(asked) => !self.is_live(connection, &asked.role),
            Command::Subscribe { .. }
            | Command::Roles { .. }
            | Command::Profiles
            | Command::Activate(_)
            | Command::Deactivate(_)
            | Command::Plan { .. }
            | Command::Why { .. }
            | Command::Describe { .. }
            | Command::Key(_)
            | Command::Mfa(_)
            | Command::KeyOwner { .. }
            | Command::Token { .. }
            | Command::SignIn { .. }
            | Command::SignOut { .. }
            | Command::List { .. }
            | Command::WriteProfiles { .. }
            | Command::RemoveProfiles { .. }
            | Command::Quit => true,
            Command::AnswerPrompt { .. }
            | Command::DismissPrompt { .. }
            | Command::AnswerConsent { .. }
            | Command::HoldOpen
            | Command::Sessions
            | Command::Favourite { .. }
            | Command::ChangeSettings(_)
            | Command::Show(_)
            | Command::SaveSection(_)
            | Command::RemoveSection { .. }
            | Command::Vault(_)
            | Command::KeepClientSecret { .. }
            | Command::OpenAgain { .. }
            | Command::CancelListing { .. }
            | Command::Doctor
            | Command::Agent
            | Command::Stop => false,
        };
        if !needs_files {
            self.request_with_files(connection, request);
            return;
        }
        let Some(face) = self.faces.get(&connection) else { return };
        match face.world.clone() {
            Ok(world) => {
                self.waiting.push((connection, request));
                self.want_files(world);
            }
            Err(failure) => self.answer(connection, request.id, Err(failure)),
        }
    }

    /// Takes a request for which everything is at hand.
    pub(super) fn request_with_files(&mut self, connection: ConnectionId, request: Request) {
        let Request { id, command } = request;
        let now = self.clock.now();
        let answer = match command {
            Command::Subscribe { face } => self.subscribe(connection, face),
            Command::Roles { query, from, count } => self.roles(connection, &query, from, count),
            Command::Profiles => self.files_of(connection).map(|files| Answer::Profiles(files.listing())),
            Command::Activate(activate) => {
                self.activate(connection, id, activate);
                return;
            }
            Command::HandOut(asked) => {
                self.hand_out(connection, id, *asked, Wants::Keys);
                return;
            }
            Command::Serve(asked) => {
                self.hand_out(connection, id, *asked, Wants::Endpoint);
                return;
            }
            Command::OpenConsole(asked) => {
                self.hand_out(connection, id, asked.role.clone(), Wants::Console(asked));
                return;
            }
            // Reading from the connection has ended by itself.
            Command::HoldOpen => Ok(Answer::Done),
            Command::AnswerConsent { consent, allow } => self.answer_consent(consent, allow),
            Command::Sessions => self.sessions(connection),
            Command::AnswerPrompt { prompt, code } => self.answer_prompt(prompt, &code),
            Command::DismissPrompt { prompt } => self.state.dismiss(prompt, now).map(|()| Answer::Done),
            Command::Deactivate(which) => self.deactivate(connection, &which),
            Command::Plan { role, duration_seconds } => self.plan(connection, &role, duration_seconds),
            Command::Why { role } => self.why(connection, &role),
            Command::Describe { profile } => self.describe(connection, &profile),
            Command::SaveSection(section) => self.save_section(&section),
            Command::RemoveSection { kind, name } => self.remove_section(kind, &name),
            Command::Key(command) => {
                self.key(connection, id, command);
                return;
            }
            Command::Vault(command) => {
                self.vault_command(connection, id, command);
                return;
            }
            Command::Mfa(command) => {
                self.mfa(connection, id, command);
                return;
            }
            Command::KeyOwner { role, access_key_id } => {
                self.key_owner(connection, id, &role, access_key_id);
                return;
            }
            Command::Token { role, wanted } => {
                self.token(connection, id, &role, wanted);
                return;
            }
            Command::KeepClientSecret { provider, secret } => {
                let (vault, now) = (self.vault.asking(), self.clock.now());
                self.later(connection, id, async move {
                    let facts = hatrack_vault::Facts::new();
                    let kind = hatrack_vault::Kind::ClientSecret;
                    vault.put(kind, &provider, secret, facts, now).await.map(|()| Answer::Done)
                });
                return;
            }
            Command::SignIn { provider, device_code } => {
                self.ask_sign_in(connection, provider.as_deref(), device_code)
            }
            Command::SignOut { provider } => {
                self.sign_out(connection, id, provider.as_deref());
                return;
            }
            Command::OpenAgain { sign_in } => self.open_again(connection, sign_in),
            Command::List { portal, all } => self.list(connection, portal.as_deref(), all),
            Command::CancelListing { portal } => self.cancel_listing(&portal),
            Command::WriteProfiles { roles, template, really } => {
                if let Err(failure) = self.write_profiles(connection, id, &roles, template.as_deref(), really)
                {
                    self.answer(connection, id, Err(failure));
                }
                return;
            }
            Command::RemoveProfiles { names, force, really } => {
                if let Err(failure) = self.remove_profiles(connection, id, &names, force, really) {
                    self.answer(connection, id, Err(failure));
                }
                return;
            }
            Command::Favourite { role, on } => Ok(self.favourite(role, on)),
            Command::ChangeSettings(settings) => self.change_settings(settings),
            Command::Show(view) => Ok(self.show(view)),
            Command::Doctor => {
                self.look(connection, id);
                return;
            }
            Command::Agent => Ok(Answer::Agent(self.status())),
            Command::Quit => {
                self.quit(connection, id);
                return;
            }
            Command::Stop => {
                self.done = true;
                Ok(Answer::Done)
            }
        };
        self.answer(connection, id, answer);
    }

    /// The files of a connection's world.
    pub(super) fn files_of(&self, connection: ConnectionId) -> Result<Arc<crate::files::Files>, Failure> {
        let gone =
            || Failure::new(FailureCode::NotFound, "The shared files haven't been read.", "Try again.");
        let face = self.faces.get(&connection).ok_or_else(gone)?;
        let world = face.world.clone()?;
        let pair = self.world(world).map(|known| &known.pair).ok_or_else(gone)?;
        self.files.get(pair).cloned().ok_or_else(gone)
    }

    fn subscribe(&mut self, connection: ConnectionId, face: Face) -> Result<Answer, Failure> {
        if let Some(connected) = self.faces.get_mut(&connection) {
            connected.face = Some(face);
        }
        match face {
            Face::Windows => {
                self.open_windows(connection);
                self.list_old_ones(connection);
            }
            Face::Tray => self.list_old_ones(connection),
            Face::Terminal | Face::Attendant => {}
        }
        Ok(Answer::Done)
    }

    /// Gives a prompt its code: six digits, in any script's digits, with or without blanks.
    pub(super) fn answer_prompt(&mut self, id: PromptId, code: &Sealed) -> Result<Answer, Failure> {
        let digits = six_digits(code)?;
        let Some(prompt) = self.state.prompt(id) else {
            return Err(Failure::new(FailureCode::NotFound, "Nobody waits for this code any more.", ""));
        };
        let serial = prompt.mfa_serial.clone();
        let repeated = self.last_codes.get(&serial).is_some_and(|last| last.open() == digits.open());
        let now = self.clock.now();
        self.state.answer(id, repeated, now)?;
        if !repeated {
            self.codes.insert(serial, digits);
        }
        Ok(Answer::Done)
    }

    fn deactivate(&mut self, connection: ConnectionId, which: &Which) -> Result<Answer, Failure> {
        let ids = self.chosen(connection, which)?;
        let now = self.clock.now();
        self.state.deactivate(&ids, now);
        if *which == Which::All {
            self.state.forget_sources();
        }
        Ok(Answer::Ending(ids))
    }

    fn chosen(&self, connection: ConnectionId, which: &Which) -> Result<Vec<SessionId>, Failure> {
        let wishes = || self.state.wishes();
        let ids: Vec<_> = match which {
            Which::All => return Ok(wishes().map(|(id, _)| id).collect()),
            Which::Session(wanted) => wishes().filter(|(id, _)| id == wanted).map(|(id, _)| id).collect(),
            Which::OutputProfile(profile) => {
                let file = self.credentials_file_of(connection)?;
                wishes()
                    .filter(|(_, wish)| {
                        wish.output_profile.as_ref() == Some(profile) && wish.credentials_file == file
                    })
                    .map(|(id, _)| id)
                    .collect()
            }
            Which::Role(text) => {
                let named: Vec<_> = wishes()
                    .filter(|(_, wish)| wish.role.id.0 == *text || wish.role.name == *text)
                    .map(|(id, _)| id)
                    .collect();
                if named.is_empty() {
                    let files = self.files_of(connection)?;
                    let role = files.role(text)?;
                    wishes().filter(|(_, wish)| wish.role.id == role.id).map(|(id, _)| id).collect()
                } else {
                    named
                }
            }
        };
        if ids.is_empty() {
            return Err(Failure::new(
                FailureCode::NotFound,
                "No such session is active.",
                "Run hat status to see what is.",
            ));
        }
        Ok(ids)
    }

    /// The sessions of the caller's world.
    fn sessions(&self, connection: ConnectionId) -> Result<Answer, Failure> {
        let file = self.credentials_file_of(connection)?;
        let snapshot = self.state.snapshot();
        let sessions = snapshot.sessions.into_iter().filter(|it| it.credentials_file == file).collect();
        Ok(Answer::Sessions { sessions, clock_offset: snapshot.clock_offset })
    }

    fn favourite(&mut self, role: RoleId, on: bool) -> Answer {
        let mut settings = self.state.settings().clone();
        settings.favourites.retain(|favourite| *favourite != role);
        if on {
            settings.favourites.push(role);
        }
        self.state.set_settings(settings);
        Answer::Done
    }

    fn change_settings(&mut self, settings: Settings) -> Result<Answer, Failure> {
        settings.rules.iter().try_for_each(Rule::check)?;
        if settings.rules.len() > MOST_RULES {
            return Err(Failure::new(
                FailureCode::Usage,
                format!("At most {MOST_RULES} rules can mark roles."),
                "Put patterns together with * and ?.",
            ));
        }
        self.state.set_settings(settings);
        self.reread_all();
        Ok(Answer::Done)
    }

    fn show(&self, view: View) -> Answer {
        let windows = self.faces.values().find(|face| face.face == Some(Face::Windows));
        if let Some(windows) = windows {
            windows.outbox.show(view);
        }
        Answer::Shown(windows.is_some())
    }

    fn look(&self, connection: ConnectionId, id: u64) {
        let world = self.faces.get(&connection).map(|face| face.world.clone());
        let known = world.and_then(|world| world.map(|world| self.world(world)).transpose());
        match known {
            Some(Ok(known)) => {
                let (world, outcomes) = (known.world.clone(), self.outcomes.clone());
                tokio::spawn(async move {
                    let findings = doctor::look(&world).await;
                    // The loop may have ended meanwhile.
                    outcomes.send(Outcome::Findings { connection, id, findings }).ok();
                });
            }
            Some(Err(failure)) => self.answer(connection, id, Err(failure)),
            None => {}
        }
    }

    fn status(&self) -> AgentStatus {
        let snapshot = self.state.snapshot();
        AgentStatus {
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            active_sessions: snapshot.sessions.iter().filter(|session| session.state.is_delivered()).count(),
            faces: self.faces.values().filter(|face| face.face.is_some()).count(),
        }
    }

    fn quit(&mut self, connection: ConnectionId, id: u64) {
        if self.state.settings().end_sessions_on_quit {
            let all: Vec<_> = self.state.wishes().map(|(id, _)| id).collect();
            let now = self.clock.now();
            self.state.deactivate(&all, now);
        } else {
            let under_way: Vec<_> = self
                .state
                .snapshot()
                .sessions
                .iter()
                .filter(|session| session.state == SessionState::AwaitingMfa)
                .map(|session| session.id)
                .collect();
            let now = self.clock.now();
            for session in under_way {
                self.state.abandon(session, now);
            }
        }
        self.quitting = Some((connection, id));
    }

    pub(super) fn credentials_file_of(&self, connection: ConnectionId) -> Result<String, Failure> {
        let none = || Failure::new(FailureCode::NotFound, "The connection is gone.", "Try again.");
        let world = self.faces.get(&connection).ok_or_else(none)?.world.clone()?;
        self.world(world).map(|known| crate::files::shown(&known.pair.credentials)).ok_or_else(none)
    }
}

/// The six digits of a code, without blanks, in ASCII.
pub(super) fn six_digits(code: &Sealed) -> Result<Sealed, Failure> {
    let kept: zeroize::Zeroizing<String> =
        zeroize::Zeroizing::new(code.open().chars().filter(|c| !c.is_whitespace() && *c != '-').collect());
    if kept.len() == 6 && kept.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(Sealed::new(kept.as_str()))
    } else {
        Err(Failure::new(
            FailureCode::CodeRefused,
            "A code of an MFA device has six digits.",
            "Type the six digits that the device shows.",
        ))
    }
}
