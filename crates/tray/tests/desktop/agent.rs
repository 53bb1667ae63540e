//! An agent that publishes what the test tells it to and repeats what it was told.

use super::desktop::soon;
use super::samples::outline;
use hatrack_core::catalogue::Outline;
use hatrack_core::name::{PromptId, SessionId};
use hatrack_core::snapshot::Snapshot;
use hatrack_wire::frame::{self, LIMIT_FROM_AGENT, LIMIT_TO_AGENT};
use hatrack_wire::{
    Answer, Command, FromAgent, Hello, Open, PROTOCOL, Places, Request, Sealed, Update, Welcome,
};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};
use std::thread;
use tokio::sync::mpsc;

/// The sign-in that it begins for whoever asks for one.
pub(crate) const SIGN_IN: PromptId = PromptId(9);

/// The address that a browser is to show for it.
pub(crate) const ADDRESS: &str = "https://acme.example/authorize?state=x%20y&code_challenge=z";

/// The agent's end of all connections.
pub(crate) struct Agent {
    commands: mpsc::UnboundedReceiver<Command>,
    present: Arc<Mutex<Present>>,
}

#[derive(Default)]
struct Present {
    snapshot: Snapshot,
    subscribers: Vec<UnixStream>,
}

impl Agent {
    /// Listens where the agent of these places does.
    pub(crate) fn listen(places: &Places) -> Self {
        places.prepare().unwrap();
        let listener = UnixListener::bind(places.socket()).unwrap();
        let (tell, commands) = mpsc::unbounded_channel();
        let present = Arc::<Mutex<Present>>::default();
        let shared = Arc::clone(&present);
        thread::spawn(move || {
            for socket in listener.incoming() {
                let (socket, tell, present) = (socket.unwrap(), tell.clone(), Arc::clone(&shared));
                thread::spawn(move || serve(&socket, &tell, &present));
            }
        });
        Self { commands, present }
    }

    /// The next command that a client sent.
    pub(crate) async fn next(&mut self) -> Command {
        soon("a command", self.commands.recv()).await.unwrap()
    }

    /// Publishes a snapshot.
    pub(crate) fn publish(&self, snapshot: Snapshot) {
        let mut present = self.present.lock().unwrap();
        present.snapshot = snapshot;
        for subscriber in &present.subscribers {
            send(subscriber, &update(&present.snapshot));
        }
    }

    /// Publishes an outline to those who follow it.
    pub(crate) fn publish_outline(&self, outline: &Outline) {
        let present = self.present.lock().unwrap();
        for subscriber in &present.subscribers {
            send(subscriber, &FromAgent::Update(Update::Outline(Box::new(outline.clone()))));
        }
    }

    /// Breaks off all subscriptions, as if the agent had ended and another one had come.
    pub(crate) fn hang_up(&self) {
        let mut present = self.present.lock().unwrap();
        present.snapshot = Snapshot::default();
        for subscriber in present.subscribers.drain(..) {
            subscriber.shutdown(Shutdown::Both).unwrap();
        }
    }
}

fn serve(socket: &UnixStream, tell: &mpsc::UnboundedSender<Command>, present: &Mutex<Present>) {
    let mut reader = frame::Reader::new(LIMIT_TO_AGENT);
    reader.next::<Hello>(socket).unwrap();
    send(socket, &Welcome { protocol: PROTOCOL, version: "0.0.0".to_owned() });
    while let Ok(Request { id, command }) = reader.next::<Request>(socket) {
        let answer = match &command {
            Command::Activate(_) => Answer::Accepted { session: SessionId(1), attempt: 1 },
            Command::Show(_) => Answer::Shown(false),
            Command::SignIn { .. } => Answer::SignIn(SIGN_IN),
            _ => Answer::Done,
        };
        send(socket, &FromAgent::Answer { id, answer: Ok(answer) });
        if matches!(command, Command::SignIn { .. } | Command::OpenAgain { .. }) {
            let open = Open { url: Sealed::new(ADDRESS), window: None };
            send(socket, &FromAgent::Update(Update::Open(open)));
        }
        if matches!(command, Command::Subscribe { .. }) {
            let mut present = present.lock().unwrap();
            send(socket, &FromAgent::Update(Update::Outline(Box::new(outline()))));
            send(socket, &update(&present.snapshot));
            present.subscribers.push(socket.try_clone().unwrap());
        }
        tell.send(command).ok();
    }
}

fn update(snapshot: &Snapshot) -> FromAgent {
    FromAgent::Update(Update::Snapshot(Box::new(snapshot.clone())))
}

fn send<T: serde::Serialize>(socket: &UnixStream, message: &T) {
    // The client may be gone, as it hangs up after each errand.
    frame::write(socket, message, LIMIT_FROM_AGENT).ok();
}
