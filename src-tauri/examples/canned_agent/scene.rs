//! The canned present, and what little the commands do to it.

use hatrack_core::catalogue::{Catalogue, Needs, Role, RoleKind};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::{OutputProfile, PromptId, RoleId, SessionId};
use hatrack_core::snapshot::{Problem, Prompt, PromptState, SessionState, SessionView, Snapshot};
use hatrack_wire::frame::{self, FrameError, LIMIT_FROM_AGENT, LIMIT_TO_AGENT, Reader};
use hatrack_wire::{
    Activate, Answer, Command, Face, FromAgent, Hello, PROTOCOL, Request, Update, View, Welcome, Which,
};
use jiff::{SignedDuration, Timestamp};
use std::os::unix::net::UnixStream;
use std::sync::{Mutex, PoisonError};

/// The present, and who follows it.
pub(crate) struct Stage {
    snapshot: Snapshot,
    catalogue: Catalogue,
    followers: Vec<(Face, UnixStream)>,
    next: u64,
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
        let catalogue = Catalogue {
            roles: match scene {
                "empty" => Vec::new(),
                "many" => many(3_000),
                "ten-thousand" => many(10_000),
                "long" | "long-prompt" => long(),
                _ => three(),
            },
        };
        let mut stage = Self { snapshot: Snapshot::default(), catalogue, followers: Vec::new(), next: 1 };
        match scene {
            "empty" => {}
            "prompt" | "long-prompt" | "refused" | "waiting" => stage.ask(scene),
            _ => stage.fill(),
        }
        stage
    }

    fn act(&mut self, command: Command, stream: &UnixStream) -> Result<Answer, Failure> {
        match command {
            Command::Subscribe { face } => {
                if let Ok(stream) = stream.try_clone() {
                    let catalogue = Update::Catalogue(Box::new(self.catalogue.clone()));
                    frame::write(&stream, &FromAgent::Update(catalogue), LIMIT_FROM_AGENT).ok();
                    self.followers.push((face, stream));
                }
                Ok(Answer::Done)
            }
            Command::Catalogue => Ok(Answer::Catalogue(self.catalogue.clone())),
            Command::Activate(wish) => self.activate(&wish),
            Command::AnswerPrompt { prompt, code } => self.answer(prompt, code.open()),
            Command::DismissPrompt { prompt } => {
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
            Command::Profiles
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

    fn activate(&mut self, wish: &Activate) -> Result<Answer, Failure> {
        let role = RoleId(wish.role.clone());
        let Some(role) = self.catalogue.get(&role).cloned() else {
            return Err(Failure::new(FailureCode::NotFound, "No such role.", "Choose another one."));
        };
        if role.tags.iter().any(|tag| tag == "taken") && !wish.adopt {
            return Err(Failure::new(
                FailureCode::NotOurs,
                "The profile default has keys that Hatrack didn't write.",
                "Choose another output profile, for instance hatrack, or take this one over.",
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
        self.followers.retain(|(_, stream)| frame::write(stream, &update, LIMIT_FROM_AGENT).is_ok());
    }

    fn fill(&mut self) {
        let roles = self.catalogue.roles.clone();
        let lives = [(192, SessionState::Active), (4, SessionState::Active), (0, SessionState::Failed)];
        for (index, (role, (minutes, state))) in roles.iter().zip(lives).enumerate() {
            let life = (minutes > 0).then_some(minutes);
            let id = self.begin(role, ["default", "staging", "billing"][index], state, life);
            let session = self.snapshot.sessions.iter_mut().find(|session| session.id == id);
            if let (Some(session), SessionState::Failed) = (session, state) {
                session.failure = Some(
                    Failure::new(
                        FailureCode::Refused,
                        "AWS doesn't let you assume this role.",
                        "Ask for sts:AssumeRole on it, and look at the role's trust policy.",
                    )
                    .with_request_id(Some("b25f48e8-84fd-11e6-80d9-574e0c4664cb")),
                );
            }
        }
        self.snapshot.settings.favourites = roles.iter().skip(4).step_by(7).take(3).map(role_id).collect();
        self.snapshot.problems = vec![Problem {
            file: "~/.aws/config".to_owned(),
            line: Some(12),
            profile: Some("old".to_owned()),
            message: "The key role_arm is unknown. It may be meant as role_arn.".to_owned(),
        }];
    }

    fn ask(&mut self, scene: &str) {
        let roles = self.catalogue.roles.clone();
        let begin = |stage: &mut Self, role| stage.begin(role, "default", SessionState::AwaitingMfa, None);
        let sessions: Vec<_> = roles.iter().take(3).map(|role| begin(self, role)).collect();
        let number = self.number();
        let mut prompt = prompt_for(number, sessions);
        match scene {
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
            output_profile,
            credentials_file: "~/.aws/credentials".to_owned(),
            region: role.region.clone(),
            state,
            arn: minutes.map(|_| {
                format!("arn:aws:sts::{}:assumed-role/{}/eve@laptop", role.account_id, role.role_name)
            }),
            expiration: minutes.map(|minutes| now() + SignedDuration::from_mins(minutes)),
            since: minutes.map(|minutes| now() - SignedDuration::from_mins(minutes / 3)),
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

fn role(name: &str, account: (&str, &str), role_name: &str, region: &str, tags: &[&str]) -> Role {
    Role {
        id: RoleId::of_profile(name),
        name: name.to_owned(),
        account_id: account.0.to_owned(),
        account_name: account.1.to_owned(),
        role_name: role_name.to_owned(),
        kind: RoleKind::AssumeRole,
        source: "~/.aws/config".to_owned(),
        region: Some(region.to_owned()),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        needs: Some(Needs::Mfa),
    }
}

fn role_id(role: &Role) -> RoleId {
    role.id.clone()
}

fn three() -> Vec<Role> {
    vec![
        role(
            "acme-prod-admin",
            ("111122223333", "Acme Production"),
            "Administrator",
            "eu-west-1",
            &["production"],
        ),
        role("acme-staging", ("444455556666", "Acme Staging"), "Developer", "eu-west-1", &[]),
        role("billing", ("777788889999", "777788889999"), "BillingReader", "us-east-1", &["taken"]),
    ]
}

fn many(count: usize) -> Vec<Role> {
    let names = ["admin", "deploy", "read-only", "billing", "support"];
    let one = |index: usize| {
        let (account, name) = (index / names.len(), names[index % names.len()]);
        let id = format!("{:012}", 100_000_000_003_u64 + account as u64 * 7_919_003);
        let production = account.is_multiple_of(4);
        let place = if production { "prod" } else { ["dev", "staging", "test"][account % 3] };
        let label = if production { "production" } else { "eu" };
        role(
            &format!("team{account:03}-{place}-{name}"),
            (&id, &format!("Team {account:03} {place}")),
            name,
            "eu-central-1",
            &[label],
        )
    };
    (0..count).map(one).collect()
}

fn long() -> Vec<Role> {
    let account = "Enterprise Platform Engineering Shared Services Production 1";
    let name = "enterprise-platform-engineering-shared-services-administrator";
    let mut roles = three();
    roles.insert(
        0,
        role(name, ("222233334444", account), name, "ap-southeast-2", &["production", "platform"]),
    );
    roles.push(role("x", ("999900001111", "Ops"), "Ops", "eu-west-1", &[]));
    roles.push(role("مدير-الإنتاج", ("333344445555", "شركة المثال"), "Admin", "me-south-1", &["production"]));
    let hostile = "evil\u{202e}gnp.exe <img src=x onerror=alert(1)>\u{7}";
    roles.push(role(hostile, ("666677778888", "<b>Bold</b> & Co"), hostile, "eu-west-1", &["<i>"]));
    roles
}

#[expect(clippy::disallowed_methods, reason = "the marked clock of this example")]
fn now() -> Timestamp {
    Timestamp::now()
}
