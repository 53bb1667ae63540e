//! The canned present, and what little the commands do to it.

use crate::roles::{long, many, three};
use crate::{organisations, told};
use hatrack_core::catalogue::{Outline, Page, Role, RoleKind};
use hatrack_core::chain::Provider;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::{OutputProfile, PromptId, RoleId, SessionId};
use hatrack_core::snapshot::{Problem, Prompt, PromptState, SessionState, SessionView, SignIn, Snapshot};
use hatrack_wire::frame::{self, FrameError, LIMIT_FROM_AGENT, LIMIT_TO_AGENT, Reader};
use hatrack_wire::{
    Activate, Answer, Command, Face, FromAgent, Hello, KeptBy, KeyCommand, KeyView, PROTOCOL, Request,
    SectionKind, Update, VaultCommand, VaultView, View, Welcome, Which,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};

/// The present, and who follows it.
pub(crate) struct Stage {
    snapshot: Snapshot,
    roles: Vec<Role>,
    revision: u64,
    followers: Vec<(Face, UnixStream)>,
    next: u64,
    keys: Vec<KeyView>,
    own: BTreeMap<String, BTreeMap<String, String>>,
    vault: VaultView,
    no_keyring: bool,
}

/// Serves one connection until it ends.
pub(crate) fn serve(stream: &UnixStream, stage: &Mutex<Stage>) -> Result<(), FrameError> {
    let mut reader = Reader::new(LIMIT_TO_AGENT);
    reader.next::<Hello>(stream)?;
    let version = env!("CARGO_PKG_VERSION").to_owned();
    frame::write(stream, &Welcome { protocol: PROTOCOL, version }, LIMIT_FROM_AGENT)?;
    loop {
        let Request { id, command } = match reader.next(stream) {
            Ok(request) => request,
            Err(FrameError::Closed) => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut stage = stage.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = stage.act(command, stream);
        frame::write(stream, &FromAgent::Answer { id, answer }, LIMIT_FROM_AGENT)?;
        stage.publish();
    }
}

impl Stage {
    /// The scene with this name.
    pub(crate) fn new(scene: &str) -> Self {
        let roles = match scene {
            "empty" => Vec::new(),
            "many" | "organisations" | "listing" => many(3_000),
            "ten-thousand" => many(10_000),
            "hundred-thousand" => many(100_000),
            "long" | "long-prompt" => long(),
            _ => three(),
        };
        let kept_by = if scene == "locked" { KeptBy::Passphrase } else { KeptBy::Keyring };
        let mut stage = Self {
            snapshot: Snapshot::default(),
            roles,
            revision: 1,
            followers: Vec::new(),
            next: 1,
            keys: told::keys(now()),
            own: BTreeMap::new(),
            vault: VaultView { kept_by, open: scene != "locked" },
            no_keyring: scene == "no-keyring",
        };
        match scene {
            "empty" => {}
            "prompt" | "long-prompt" | "refused" | "waiting" | "fetching" => stage.ask(scene),
            "browser" => stage.ask_in_browser(),
            _ => stage.fill(),
        }
        if matches!(scene, "many" | "organisations" | "listing" | "long") {
            stage.snapshot.organisations = organisations::all(scene, now());
        }
        if scene == "clock" {
            stage.snapshot.clock_offset = -754;
        }
        if scene == "root" {
            stage.roles[0].kind = RoleKind::AssumeRoot;
            stage.snapshot.sessions.clear();
        }
        stage
    }

    fn act(&mut self, command: Command, stream: &UnixStream) -> Result<Answer, Failure> {
        match command {
            Command::Subscribe { face } => {
                if let Ok(stream) = stream.try_clone() {
                    let outline = Update::Outline(Box::new(self.outline()));
                    frame::write(&stream, &FromAgent::Update(outline), LIMIT_FROM_AGENT).ok();
                    self.followers.push((face, stream));
                }
                Ok(Answer::Done)
            }
            Command::Roles { query, from, count } => Ok(Answer::Roles(self.page(&query, from, count))),
            Command::OpenAgain { sign_in: _ } => Ok(Answer::Done),
            Command::SignIn { provider: Some(portal), device_code } => {
                let id = PromptId(self.number());
                organisations::sign_in(&mut self.snapshot, &portal, id, device_code, now());
                Ok(Answer::SignIn(id))
            }
            Command::SignOut { provider: Some(portal) } => {
                organisations::sign_out(&mut self.snapshot, &portal);
                Ok(Answer::Done)
            }
            Command::List { portal: Some(portal), all: _ } => {
                organisations::list(&mut self.snapshot, &portal);
                Ok(Answer::Listing(vec![portal]))
            }
            Command::CancelListing { portal } => {
                organisations::cancel(&mut self.snapshot, &portal);
                Ok(Answer::Done)
            }
            Command::WriteProfiles { roles, template: _, really: _ } => {
                Ok(Answer::ProfilesPlanned(Box::new(told::profiles(roles.len()))))
            }
            Command::Activate(wish) => self.activate(&wish),
            Command::AnswerPrompt { prompt, code } => self.answer(prompt, code.open()),
            Command::DismissPrompt { prompt } => {
                let cancelled = self.snapshot.sign_ins.iter().position(|it| it.id == prompt);
                organisations::take_back(&mut self.snapshot, prompt);
                if let Some(sign_in) = cancelled.map(|index| self.snapshot.sign_ins.remove(index)) {
                    self.snapshot.sessions.retain(|session| !sign_in.sessions.contains(&session.id));
                }
                let gone = self.snapshot.prompts.iter().position(|it| it.id == prompt);
                if let Some(prompt) = gone.map(|index| self.snapshot.prompts.remove(index)) {
                    self.snapshot.sessions.retain(|session| !prompt.sessions.contains(&session.id));
                }
                Ok(Answer::Done)
            }
            Command::Deactivate(Which::Session(id)) => {
                self.snapshot.sessions.retain(|session| session.id != id);
                Ok(Answer::Ending(vec![id]))
            }
            Command::Favourite { role, on } => {
                self.snapshot.settings.favourites.retain(|it| *it != role);
                if on {
                    self.snapshot.settings.favourites.push(role);
                }
                Ok(Answer::Done)
            }
            Command::ChangeSettings(settings) => {
                self.snapshot.settings = settings;
                Ok(Answer::Done)
            }
            Command::Show(view) => Ok(Answer::Shown(self.show(view))),
            Command::Plan { role, duration_seconds } => told::plan(&role, duration_seconds),
            Command::Why { role: _ } => Ok(told::why(now())),
            Command::Describe { profile } => Ok(told::description(&self.own, &profile)),
            Command::SaveSection(section) => {
                if section.kind == SectionKind::Profile {
                    self.own.insert(section.name, section.settings);
                }
                Ok(Answer::Done)
            }
            Command::RemoveSection { kind: _, name } => {
                self.own.remove(&name);
                Ok(Answer::Done)
            }
            Command::Key(command) => self.key(command, stream),
            Command::Vault(command) => self.vault(&command),
            Command::KeepClientSecret { .. } | Command::HoldOpen => Ok(Answer::Done),
            Command::AnswerConsent { consent, allow: _ } => {
                self.snapshot.consents.retain(|question| question.id != consent);
                Ok(Answer::Done)
            }
            Command::SignIn { provider: None, .. }
            | Command::SignOut { provider: None }
            | Command::List { portal: None, .. }
            | Command::HandOut(_)
            | Command::Serve(_)
            | Command::OpenConsole(_)
            | Command::Sessions
            | Command::RemoveProfiles { .. }
            | Command::Mfa(_)
            | Command::KeyOwner { .. }
            | Command::Token { .. }
            | Command::Profiles
            | Command::Deactivate(Which::Role(_) | Which::OutputProfile(_) | Which::All)
            | Command::Doctor
            | Command::Agent
            | Command::Quit
            | Command::Stop => Err(Failure::new(
                FailureCode::Refused,
                "This agent only shows canned roles.",
                "Run hatrack-agent.",
            )),
        }
    }

    fn outline(&self) -> Outline {
        let is_mentioned = |role: &&Role| {
            self.snapshot.settings.favourites.contains(&role.id)
                || self.snapshot.sessions.iter().any(|session| session.role_id == role.id)
        };
        Outline {
            revision: self.revision,
            roles: self.roles.len(),
            accounts_total: self.roles.len().div_ceil(5),
            mentioned: self.roles.iter().filter(is_mentioned).cloned().collect(),
            accounts: Vec::new(),
        }
    }

    fn page(&self, query: &str, from: usize, count: usize) -> Page {
        let query = query.to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        let fits = |role: &&Role| {
            let text =
                format!("{} {} {} {}", role.name, role.account_id, role.tags.join(" "), role.role_name);
            let text = text.to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        let found: Vec<&Role> = self.roles.iter().filter(fits).collect();
        let roles = found.iter().skip(from).take(count).map(|role| (*role).clone()).collect();
        Page { revision: self.revision, total: found.len(), from, roles }
    }

    fn key(&mut self, command: KeyCommand, stream: &UnixStream) -> Result<Answer, Failure> {
        if self.no_keyring {
            return Err(Failure::new(
                FailureCode::Unreachable,
                "There is no keyring on this computer that could open the vault.",
                "Start the desktop's keyring, or seal the vault with a passphrase.",
            ));
        }
        match command {
            KeyCommand::List => {}
            KeyCommand::Add { name, access_key_id, secret_access_key: _, mfa_serial } => {
                let mut key = told::keys(now()).swap_remove(0);
                key.name = name;
                key.facts.access_key_id = access_key_id;
                key.facts.mfa_serial = mfa_serial;
                key.facts.created = Some(now());
                self.keys.push(key);
            }
            KeyCommand::Import { profile, really: _ } => return Ok(Answer::Diff(told::diff(&profile))),
            KeyCommand::Export { name: _ } => return Ok(Answer::Done),
            KeyCommand::Rotate { name } => {
                for step in ["A new key is made.", "AWS knows the new key.", "The old key is deactivated."] {
                    let update = FromAgent::Update(Update::Progress(step.to_owned()));
                    frame::write(stream, &update, LIMIT_FROM_AGENT).ok();
                    std::thread::sleep(std::time::Duration::from_millis(700));
                }
                for key in self.keys.iter_mut().filter(|key| key.name == name) {
                    key.facts.created = Some(now());
                }
            }
            KeyCommand::Remove { name } => self.keys.retain(|key| key.name != name),
        }
        Ok(Answer::Keys(self.keys.clone()))
    }

    fn vault(&mut self, command: &VaultCommand) -> Result<Answer, Failure> {
        match command {
            VaultCommand::Status => {}
            VaultCommand::Unlock { passphrase } if passphrase.open() == "wrong" => {
                return Err(Failure::new(
                    FailureCode::Refused,
                    "This isn't the vault's passphrase.",
                    "Type it again.",
                ));
            }
            VaultCommand::Unlock { passphrase: _ } => self.vault.open = true,
            VaultCommand::Lock => self.vault.open = false,
            VaultCommand::SealWithPassphrase { passphrase: _ } => self.vault.kept_by = KeptBy::Passphrase,
            VaultCommand::SealWithKeyring => self.vault.kept_by = KeptBy::Keyring,
        }
        Ok(Answer::Vault(self.vault))
    }

    fn ask_in_browser(&mut self) {
        self.fill();
        let role = self.roles[1].clone();
        self.snapshot.sessions.remove(1);
        let session = self.begin(&role, "staging", SessionState::AwaitingBrowser, None);
        let id = PromptId(self.number());
        let provider = Provider::Saml("acme".to_owned());
        self.snapshot.sign_ins.push(SignIn { id, provider, sessions: vec![session], device: None });
    }

    fn activate(&mut self, wish: &Activate) -> Result<Answer, Failure> {
        let role = RoleId(wish.role.clone());
        let Some(role) = self.roles.iter().find(|it| it.id == role).cloned() else {
            return Err(Failure::new(FailureCode::NotFound, "No such role.", "Choose another one."));
        };
        if role.tags.iter().any(|tag| tag == "taken") && !wish.adopt {
            return Err(Failure::new(
                FailureCode::NotOurs,
                "The profile default has keys that Hatrack didn't write.",
                "Choose another output profile, for instance hatrack, or take this one over.",
            ));
        }
        if role.kind == RoleKind::AssumeRoot && wish.confirmed.as_deref() != Some(&role.account_id) {
            return Err(Failure::new(
                FailureCode::ConfirmationNeeded,
                format!("{} is the root user of account {}.", role.name, role.account_id),
                "Confirm it by typing the account's id.",
            ));
        }
        self.snapshot.sessions.retain(|session| session.role_id != role.id);
        let id = self.begin(&role, "default", SessionState::AwaitingMfa, None);
        let prompt = self.number();
        self.snapshot.prompts.push(prompt_for(prompt, vec![id]));
        Ok(Answer::Accepted { session: id, attempt: 1 })
    }

    fn answer(&mut self, prompt: PromptId, code: &str) -> Result<Answer, Failure> {
        let Some(index) = self.snapshot.prompts.iter().position(|it| it.id == prompt) else {
            return Err(Failure::new(FailureCode::NotFound, "Nobody waits for this code any more.", ""));
        };
        self.snapshot.prompts[index].state = PromptState::Sending;
        self.publish();
        std::thread::sleep(std::time::Duration::from_millis(600));
        if code == "000000" {
            let prompt = &mut self.snapshot.prompts[index];
            prompt.state = PromptState::Asking;
            prompt.refused = Some(wrong_code());
            return Ok(Answer::Done);
        }
        let prompt = self.snapshot.prompts.remove(index);
        for session in &mut self.snapshot.sessions {
            if prompt.sessions.contains(&session.id) {
                session.state = SessionState::Active;
                session.since = Some(now());
                session.expiration = Some(now() + SignedDuration::from_mins(60));
            }
        }
        Ok(Answer::Done)
    }

    fn show(&mut self, view: View) -> bool {
        self.followers.iter().filter(|(face, _)| *face == Face::Windows).any(|(_, stream)| {
            frame::write(stream, &FromAgent::Update(Update::Show(view)), LIMIT_FROM_AGENT).is_ok()
        })
    }

    fn publish(&mut self) {
        let update = FromAgent::Update(Update::Snapshot(Box::new(self.snapshot.clone())));
        let outline = FromAgent::Update(Update::Outline(Box::new(self.outline())));
        self.followers.retain(|(_, stream)| {
            frame::write(stream, &outline, LIMIT_FROM_AGENT).is_ok()
                && frame::write(stream, &update, LIMIT_FROM_AGENT).is_ok()
        });
    }

    fn fill(&mut self) {
        let roles = self.roles.clone();
        let lives = [(192, SessionState::Active), (4, SessionState::Active), (0, SessionState::Failed)];
        for (index, (role, (minutes, state))) in roles.iter().zip(lives).enumerate() {
            let life = (minutes > 0).then_some(minutes);
            let id = self.begin(role, ["default", "staging", "billing"][index], state, life);
            let session = self.snapshot.sessions.iter_mut().find(|session| session.id == id);
            if let (Some(session), SessionState::Failed) = (session, state) {
                session.failure = Some(told::denied());
            }
        }
        self.snapshot.settings.favourites =
            roles.iter().skip(4).step_by(7).take(3).map(|role| role.id.clone()).collect();
        self.snapshot.problems = vec![Problem {
            file: "~/.aws/config".to_owned(),
            line: Some(12),
            profile: Some("old".to_owned()),
            message: "The key role_arm is unknown. It may be meant as role_arn.".to_owned(),
        }];
    }

    fn ask(&mut self, scene: &str) {
        let roles = self.roles.clone();
        let begin = |stage: &mut Self, role| stage.begin(role, "default", SessionState::AwaitingMfa, None);
        let sessions: Vec<_> = roles.iter().take(3).map(|role| begin(self, role)).collect();
        let number = self.number();
        let mut prompt = prompt_for(number, sessions);
        match scene {
            "fetching" => prompt.fetching = Some("the YubiKey (touch it)".to_owned()),
            "refused" => prompt.refused = Some(wrong_code()),
            "waiting" => {
                prompt.state = PromptState::Holding;
                prompt.next_code_at = Some(now() + SignedDuration::from_secs(25));
            }
            _ => {}
        }
        self.snapshot.prompts = vec![prompt];
    }

    fn begin(&mut self, role: &Role, output: &str, state: SessionState, minutes: Option<i64>) -> SessionId {
        let id = SessionId(self.number());
        let Ok(output_profile) = OutputProfile::parse(output) else { return id };
        self.snapshot.sessions.push(SessionView {
            id,
            attempt: 1,
            role_id: role.id.clone(),
            role: role.name.clone(),
            role_name: role.role_name.clone(),
            account_id: role.account_id.clone(),
            account_name: role.account_name.clone(),
            output_profile: Some(output_profile),
            credentials_file: "~/.aws/credentials".to_owned(),
            region: role.region.clone(),
            state,
            arn: minutes.map(|_| {
                format!("arn:aws:sts::{}:assumed-role/{}/eve@laptop", role.account_id, role.role_name)
            }),
            expiration: minutes.map(|minutes| now() + SignedDuration::from_mins(minutes)),
            since: minutes.map(|minutes| now() - SignedDuration::from_mins(minutes / 3)),
            verified: minutes.is_some(),
            renews: minutes.is_some_and(|minutes| minutes > 60),
            failure: None,
        });
        id
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

fn prompt_for(id: u64, sessions: Vec<SessionId>) -> Prompt {
    Prompt {
        id: PromptId(id),
        mfa_serial: "arn:aws:iam::111122223333:mfa/eve-phone".to_owned(),
        sessions,
        in_window: true,
        state: PromptState::Asking,
        refused: None,
        fetching: None,
        next_code_at: None,
    }
}

fn wrong_code() -> Failure {
    Failure::new(
        FailureCode::CodeRefused,
        "AWS didn't take this code.",
        "Wait for the next one of the device eve-phone, and check that the clocks agree.",
    )
}

#[expect(clippy::disallowed_methods, reason = "the marked clock of this example")]
fn now() -> Timestamp {
    Timestamp::now()
}
