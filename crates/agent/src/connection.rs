//! One face at the other end of the socket: its commands come into the loop, what the loop
//! publishes goes out to it.
//!
//! Deliberately absent: any decision. A face that reads slowly never holds up the loop: of states
//! that it has not read yet it gets the latest alone.

use hatrack_core::catalogue::Outline;
use hatrack_core::failure::Failure;
use hatrack_core::snapshot::Snapshot;
use hatrack_wire::frame::{self, FrameError, LIMIT_FROM_AGENT, LIMIT_TO_AGENT};
use hatrack_wire::{
    Answer, Command, Environment, FromAgent, Hello, PROTOCOL, Request, Update, View, Welcome,
};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{mpsc, watch};
use zeroize::Zeroizing;

/// How long a face may take to say hello.
const HELLO_WITHIN: Duration = Duration::from_secs(5);

/// A connection, as the loop numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// What comes from a connection into the loop.
#[derive(Debug)]
pub enum FromFace {
    /// A face said hello.
    Joined {
        /// Its connection.
        connection: ConnectionId,
        /// The process at its other end, where the system tells.
        process: Option<u32>,
        /// Its caller's environment.
        environment: Environment,
        /// The way to it.
        outbox: Outbox,
    },
    /// It wants something.
    Request {
        /// Its connection.
        connection: ConnectionId,
        /// What it wants.
        request: Box<Request>,
    },
    /// It is gone.
    Left {
        /// Its connection.
        connection: ConnectionId,
    },
}

/// The loop's way to one face.
#[derive(Debug)]
pub struct Outbox {
    direct: mpsc::UnboundedSender<FromAgent>,
    snapshot: watch::Sender<Option<Arc<Snapshot>>>,
    outline: watch::Sender<Option<Arc<Outline>>>,
}

struct Inbox {
    direct: mpsc::UnboundedReceiver<FromAgent>,
    snapshot: watch::Receiver<Option<Arc<Snapshot>>>,
    outline: watch::Receiver<Option<Arc<Outline>>>,
}

impl Outbox {
    fn new() -> (Self, Inbox) {
        let (direct, direct_out) = mpsc::unbounded_channel();
        let (snapshot, snapshot_out) = watch::channel(None);
        let (outline, outline_out) = watch::channel(None);
        let inbox = Inbox { direct: direct_out, snapshot: snapshot_out, outline: outline_out };
        (Self { direct, snapshot, outline }, inbox)
    }

    /// Answers a request. A face that is gone needs no answer.
    pub fn answer(&self, id: u64, answer: Result<Answer, Failure>) {
        self.direct.send(FromAgent::Answer { id, answer }).ok();
    }

    /// Has a window shown.
    pub fn show(&self, view: View) {
        self.direct.send(FromAgent::Update(Update::Show(view))).ok();
    }

    /// Tells something that is meant for this face alone.
    pub fn tell(&self, update: Update) {
        self.direct.send(FromAgent::Update(update)).ok();
    }

    /// Publishes the present, if it isn't what was published last.
    pub fn publish(&self, snapshot: &Arc<Snapshot>, outline: &Arc<Outline>) {
        self.outline.send_if_modified(|last| replace(last, outline));
        self.snapshot.send_if_modified(|last| replace(last, snapshot));
    }
}

fn replace<T: PartialEq>(last: &mut Option<Arc<T>>, next: &Arc<T>) -> bool {
    let same = last.as_ref().is_some_and(|last| Arc::ptr_eq(last, next) || last == next);
    if !same {
        *last = Some(Arc::clone(next));
    }
    !same
}

/// Serves one face until it is gone.
pub async fn serve(
    stream: impl AsyncRead + AsyncWrite + Send + 'static,
    process: Option<u32>,
    connection: ConnectionId,
    to_loop: mpsc::UnboundedSender<FromFace>,
) {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let Ok(Ok(hello)) = tokio::time::timeout(HELLO_WITHIN, read::<Hello>(&mut reader)).await else { return };
    let welcome = Welcome { protocol: PROTOCOL, version: env!("CARGO_PKG_VERSION").to_owned() };
    if write(&mut writer, &welcome).await.is_err() || hello.protocol != PROTOCOL {
        return;
    }
    let (outbox, inbox) = Outbox::new();
    if to_loop.send(FromFace::Joined { connection, process, environment: hello.environment, outbox }).is_err()
    {
        return;
    }
    let reading = async {
        while let Ok(request) = read::<Request>(&mut reader).await {
            let request = Box::new(request);
            let holds = matches!(request.command, Command::HoldOpen);
            if to_loop.send(FromFace::Request { connection, request }).is_err() {
                break;
            }
            if holds {
                // Whoever inherits this connection can end it, and nothing else.
                reader.read_u8().await.ok();
                break;
            }
        }
    };
    tokio::select! {
        () = reading => {}
        () = write_all(&mut writer, inbox) => {}
    }
    // The loop may have ended first.
    to_loop.send(FromFace::Left { connection }).ok();
}

async fn write_all(writer: &mut (impl AsyncWrite + Unpin), mut inbox: Inbox) {
    loop {
        let message = tokio::select! {
            biased;
            direct = inbox.direct.recv() => match direct {
                Some(message) => message,
                None => break,
            },
            changed = inbox.outline.changed() => match changed {
                Ok(()) => {
                    let Some(latest) = inbox.outline.borrow_and_update().clone() else { continue };
                    FromAgent::Update(Update::Outline(Box::new(Outline::clone(&latest))))
                }
                Err(_) => break,
            },
            changed = inbox.snapshot.changed() => match changed {
                Ok(()) => {
                    let Some(latest) = inbox.snapshot.borrow_and_update().clone() else { continue };
                    FromAgent::Update(Update::Snapshot(Box::new(Snapshot::clone(&latest))))
                }
                Err(_) => break,
            },
        };
        if write(writer, &message).await.is_err() {
            break;
        }
    }
}

async fn read<T: DeserializeOwned>(from: &mut (impl AsyncRead + Unpin)) -> Result<T, FrameError> {
    let mut header = [0; frame::HEADER];
    from.read_exact(&mut header).await.map_err(FrameError::Io)?;
    let mut body = Zeroizing::new(vec![0; frame::length(header, LIMIT_TO_AGENT)?]);
    from.read_exact(&mut body).await.map_err(FrameError::Io)?;
    frame::decode(&body)
}

async fn write(
    to: &mut (impl AsyncWrite + Unpin),
    message: &impl serde::Serialize,
) -> Result<(), FrameError> {
    let bytes = frame::encode(message, LIMIT_FROM_AGENT)?;
    to.write_all(&bytes).await.map_err(FrameError::Io)?;
    to.flush().await.map_err(FrameError::Io)
}
