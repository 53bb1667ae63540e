//! An agent's loop at work: the sandbox as AWS, a throw-away home, a clock that the test moves,
//! and faces that talk to it as real ones do.

use crate::drawer::Drawer;
use hatrack_agent::clock::{Clock, Hand, now};
use hatrack_agent::connection::{ConnectionId, FromFace, serve};
use hatrack_agent::run::{Start, run};
use hatrack_core::failure::Failure;
use hatrack_core::name::{OutputProfile, SessionId};
use hatrack_core::snapshot::{SessionState, SessionView, Snapshot};
use hatrack_sandbox::{Home, Sandbox, World, code_at};
use hatrack_vault::Vault;
use hatrack_wire::frame::{self, HEADER, LIMIT_FROM_AGENT, LIMIT_TO_AGENT};
use hatrack_wire::{
    Activate, Answer, Ask, Command, Environment, Face, FromAgent, Hello, PROTOCOL, Request, Sealed, Update,
    Welcome,
};
use jiff::{SignedDuration, Timestamp};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

/// How long anything awaited may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

/// The whole: what the agent works with, and the agent.
pub(crate) struct Desk {
    pub(crate) sandbox: Sandbox,
    folder: tempfile::TempDir,
    environment: Environment,
    clock: Clock,
    hand: Hand,
    agent: Option<(UnboundedSender<FromFace>, JoinHandle<()>)>,
    faces: u64,
    keyring: Arc<Drawer>,
}

/// One face: its end of the stream, and the last that it was shown.
pub(crate) struct Caller {
    stream: DuplexStream,
    last_id: u64,
    pub(crate) snapshot: Snapshot,
    /// Everything that came, as it came.
    pub(crate) heard: Vec<u8>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        let sandbox = Sandbox::start(World::demo());
        let written = Home::write(&home).unwrap();
        let variables = [
            ("HOME", home.display().to_string()),
            ("USERPROFILE", home.display().to_string()),
            ("AWS_ENDPOINT_URL", sandbox.endpoint()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), Sealed::new(value)));
        let environment =
            Environment { variables: variables.into(), folder: written.dir().display().to_string() };
        let (clock, hand) = Clock::driven(now());
        let mut desk = Self {
            sandbox,
            folder,
            environment,
            clock,
            hand,
            agent: None,
            faces: 0,
            keyring: Arc::default(),
        };
        // One code for each role, where a test doesn't want otherwise.
        desk.wish(r#"{"settings":{"mfa_session_hours":0}}"#);
        desk.start();
        desk
    }

    pub(crate) fn start(&mut self) {
        let (to_loop, faces) = tokio::sync::mpsc::unbounded_channel();
        let place = |name: &str| self.folder.path().join(name);
        let start = Start {
            clock: self.clock.clone(),
            config: place("config"),
            data: place("data"),
            run: place("run"),
            faces,
            vault: Vault::open(place("data/vault"), self.keyring.clone()),
            user: "ann".to_owned(),
            host: "desk".to_owned(),
        };
        let acting = tokio::spawn(run(start, Box::pin(std::future::pending())));
        self.agent = Some((to_loop, acting));
    }

    /// Writes the settings file that the next start reads.
    pub(crate) fn wish(&mut self, settings: &str) {
        let folder = self.folder.path().join("config");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("settings.json"), settings).unwrap();
    }

    /// Waits until the loop has ended by itself.
    pub(crate) async fn ended(&mut self) {
        let (_, acting) = self.agent.take().unwrap();
        tokio::time::timeout(PATIENCE, acting).await.expect("the loop ends").unwrap();
    }

    pub(crate) async fn face(&mut self, face: Face) -> Caller {
        self.faces += 1;
        let (mine, theirs) = tokio::io::duplex(1 << 16);
        let to_loop = self.agent.as_ref().unwrap().0.clone();
        tokio::spawn(serve(theirs, Some(std::process::id()), ConnectionId(self.faces), to_loop));
        let mut caller =
            Caller { stream: mine, last_id: 0, snapshot: Snapshot::default(), heard: Vec::new() };
        let hello =
            Hello { protocol: PROTOCOL, version: "test".to_owned(), environment: self.environment.clone() };
        caller.write(&hello).await;
        let welcome: Welcome = caller.read().await;
        assert_eq!(welcome.protocol, PROTOCOL);
        caller.request(Command::Subscribe { face }).await.unwrap();
        caller.until("the present", |_| true).await;
        caller
    }

    pub(crate) fn credentials_file(&self) -> PathBuf {
        self.folder.path().join("home/.aws/credentials")
    }

    pub(crate) fn credentials(&self) -> String {
        std::fs::read_to_string(self.credentials_file()).unwrap()
    }

    /// Moves the agent's clock; the sandbox and the signatures stay in the present.
    pub(crate) fn set_clock(&self, time: Timestamp) {
        self.hand.set(time);
    }

    /// The code of the demo user's device, so many 30-second steps from now.
    pub(crate) fn code(&self, steps: i64) -> String {
        let device = self.sandbox.world().mfa_device(hatrack_sandbox::DEMO_MFA_SERIAL).unwrap();
        let time = self.sandbox.now() + SignedDuration::from_secs(30 * steps);
        code_at(device, time).unwrap().code
    }

    /// How often AWS was asked for this.
    pub(crate) fn calls(&self, action: &str) -> usize {
        self.sandbox.requests().iter().filter(|call| call.action == action).count()
    }
}

impl Caller {
    pub(crate) async fn request(&mut self, command: Command) -> Result<Answer, Failure> {
        self.last_id += 1;
        let id = self.last_id;
        self.write(&Request { id, command }).await;
        loop {
            match self.read::<FromAgent>().await {
                FromAgent::Answer { id: answered, answer } if answered == id => return answer,
                FromAgent::Answer { .. } => panic!("an answer out of turn"),
                FromAgent::Update(update) => self.take(update),
            }
        }
    }

    /// Sends a command and doesn't wait for its answer.
    pub(crate) async fn send(&mut self, command: Command) {
        self.last_id += 1;
        let id = self.last_id;
        self.write(&Request { id, command }).await;
    }

    /// Waits until the agent has closed the connection.
    pub(crate) async fn until_ended(&mut self) {
        let mut rest = Vec::new();
        tokio::time::timeout(PATIENCE, self.stream.read_to_end(&mut rest)).await.expect("an end").ok();
        assert!(!String::from_utf8_lossy(&rest).contains("faces"), "nothing more is answered");
    }

    /// Activates a role of the demo world into an output profile of this name.
    pub(crate) async fn activate(&mut self, role: &str, profile: &str) -> Result<SessionId, Failure> {
        self.activate_with(role, profile, |_| {}).await
    }

    pub(crate) async fn activate_with(
        &mut self,
        role: &str,
        profile: &str,
        change: impl FnOnce(&mut Activate),
    ) -> Result<SessionId, Failure> {
        let mut activate = Activate {
            role: role.to_owned(),
            output_profile: Some(OutputProfile::parse(profile).unwrap()),
            duration_seconds: None,
            region: None,
            token_code: None,
            confirmed: None,
            held: false,
            adopt: false,
            renew: false,
            ask: Ask::Here,
        };
        change(&mut activate);
        match self.request(Command::Activate(activate)).await? {
            Answer::Accepted { session, .. } => Ok(session),
            other => panic!("not an answer to an activation: {other:?}"),
        }
    }

    pub(crate) async fn answer_first_prompt(&mut self, code: &str) {
        let prompt = self.until("a prompt", |snapshot| !snapshot.prompts.is_empty()).await.prompts[0].id;
        self.request(Command::AnswerPrompt { prompt, code: Sealed::new(code) }).await.unwrap();
    }

    /// Waits for a snapshot that fits.
    pub(crate) async fn until(&mut self, what: &str, fits: impl Fn(&Snapshot) -> bool) -> Snapshot {
        let waiting = async {
            let mut fresh = self.snapshot != Snapshot::default();
            loop {
                if fresh && fits(&self.snapshot) {
                    return self.snapshot.clone();
                }
                match self.read::<FromAgent>().await {
                    FromAgent::Update(update) => self.take(update),
                    FromAgent::Answer { .. } => panic!("an answer out of turn"),
                }
                fresh = true;
            }
        };
        let found = tokio::time::timeout(PATIENCE, waiting).await;
        found.unwrap_or_else(|_| panic!("waited in vain for {what}: {:#?}", self.snapshot))
    }

    pub(crate) async fn until_state(&mut self, id: SessionId, state: SessionState) -> SessionView {
        let what = format!("{id:?} to be {state:?}");
        let fits = |snapshot: &Snapshot| session(snapshot, id).is_some_and(|session| session.state == state);
        session(&self.until(&what, fits).await, id).unwrap().clone()
    }

    pub(crate) async fn until_gone(&mut self, id: SessionId) {
        self.until("the session to be gone", |snapshot| session(snapshot, id).is_none()).await;
    }

    fn take(&mut self, update: Update) {
        match update {
            Update::Snapshot(snapshot) => self.snapshot = *snapshot,
            Update::Outline(_)
            | Update::Show(_)
            | Update::Open(_)
            | Update::SignedIn { .. }
            | Update::Progress(_) => {}
        }
    }

    async fn write(&mut self, message: &impl serde::Serialize) {
        let bytes = frame::encode(message, LIMIT_TO_AGENT).unwrap();
        self.stream.write_all(&bytes).await.unwrap();
    }

    async fn read<T: serde::de::DeserializeOwned>(&mut self) -> T {
        let mut header = [0; HEADER];
        self.stream.read_exact(&mut header).await.unwrap();
        let mut body = vec![0; frame::length(header, LIMIT_FROM_AGENT).unwrap()];
        self.stream.read_exact(&mut body).await.unwrap();
        self.heard.extend_from_slice(&body);
        frame::decode(&body).unwrap()
    }
}

pub(crate) fn session(snapshot: &Snapshot, id: SessionId) -> Option<&SessionView> {
    snapshot.sessions.iter().find(|session| session.id == id)
}
