//! The agent's one HTTP server, on loopback: container credentials for programs that hold a token,
//! and the address by which a browser gets a secret link once.
//!
//! What comes in is taken for hostile, as a page in any browser can reach this port: the Host must be
//! the address itself, no other origin is answered, nothing but GET is taken, and there is nothing to
//! find without 32 random bytes. Deliberately absent: EC2 metadata; a wait for a person, whom SDKs
//! don't wait for; and wiping what hyper has written to a socket, which it can't.

mod answer;
#[cfg(target_os = "linux")]
mod peer;

#[cfg(test)]
mod tests;

use crate::clock::Clock;
use hatrack_core::failure::Failure;
use hatrack_wire::Sealed;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::AbortHandle;

/// How many connections are served at a time; more are closed at once.
const CONNECTIONS: usize = 64;

/// How long a client may take to send a request, or to send another one.
const REQUEST_WITHIN: Duration = Duration::from_secs(5);

/// How large a request may be, in bytes. hyper takes no less for its buffer.
const LARGEST_REQUEST: usize = 8192;

/// How many headers a request may have.
const MOST_HEADERS: usize = 64;

/// How long a browser may take to come for its link.
const LINK_WITHIN: Duration = Duration::from_secs(60);

/// A program that holds a token, as the loop numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConsumerId(pub u64);

/// What comes from the server into the loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FromEndpoint {
    /// A consumer was given its role's credentials.
    Served(ConsumerId),
    /// A consumer asked, and there was nothing to give.
    Missed(ConsumerId),
}

/// What a consumer gets.
#[derive(Clone, Debug)]
pub enum Shelf {
    /// These credentials, as JSON, until they end.
    Live {
        /// The JSON.
        json: Sealed,
        /// When the credentials end.
        end: Timestamp,
    },
    /// Nothing, for this reason.
    Empty(Failure),
}

/// Where a consumer asks, and how it shows who it is.
#[derive(Debug)]
pub struct Opened {
    /// `AWS_CONTAINER_CREDENTIALS_FULL_URI`.
    pub url: String,
    /// `AWS_CONTAINER_AUTHORIZATION_TOKEN`.
    pub token: Sealed,
}

/// The server. It ends when it is dropped.
#[derive(Debug)]
pub struct Endpoint {
    shared: Arc<Shared>,
    accepting: AbortHandle,
}

#[derive(Debug)]
struct Shared {
    address: SocketAddr,
    host: String,
    clock: Clock,
    events: mpsc::UnboundedSender<FromEndpoint>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    consumers: HashMap<String, Consumer>,
    /// Links by their addresses' names; one that was used is remembered as such for its minute.
    links: HashMap<String, Option<Sealed>>,
}

#[derive(Debug)]
struct Consumer {
    id: ConsumerId,
    token: Sealed,
    shelf: Shelf,
}

impl Endpoint {
    /// Listens on a port of loopback that the system chooses.
    pub fn start(clock: Clock, events: mpsc::UnboundedSender<FromEndpoint>) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let address = listener.local_addr()?;
        let host = address.to_string();
        let shared = Arc::new(Shared { address, host, clock, events, kept: Mutex::default() });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared))).abort_handle();
        Ok(Self { shared, accepting })
    }

    /// Opens the endpoint for one more consumer.
    pub fn open(&self, id: ConsumerId, shelf: Shelf) -> io::Result<Opened> {
        let (name, token) = (random()?, Sealed::new(random()?));
        let url = format!("http://{}/credentials/{name}", self.shared.host);
        self.shared.kept().consumers.insert(name, Consumer { id, token: token.clone(), shelf });
        Ok(Opened { url, token })
    }

    /// Puts what a consumer gets from now on.
    pub fn fill(&self, id: ConsumerId, shelf: Shelf) {
        let mut kept = self.shared.kept();
        if let Some(consumer) = kept.consumers.values_mut().find(|consumer| consumer.id == id) {
            consumer.shelf = shelf;
        }
    }

    /// Closes the endpoint for a consumer.
    pub fn close(&self, id: ConsumerId) {
        self.shared.kept().consumers.retain(|_, consumer| consumer.id != id);
    }

    /// Whether nobody has anything to come for.
    pub fn is_idle(&self) -> bool {
        let kept = self.shared.kept();
        kept.consumers.is_empty() && kept.links.is_empty()
    }

    /// An address that leads a browser to a secret link, once, within a minute.
    pub fn lead_to(&self, link: Sealed) -> io::Result<Sealed> {
        let name = random()?;
        let address = Sealed::new(format!("http://{}/open/{name}", self.shared.host));
        self.shared.kept().links.insert(name.clone(), Some(link));
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            tokio::time::sleep(LINK_WITHIN).await;
            shared.kept().links.remove(&name);
        });
        Ok(address)
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.accepting.abort();
        *self.shared.kept() = Kept::default();
    }
}

impl Shared {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // Out of file descriptors, for instance: connections that end make room.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let answer = answer::to(&shared, &request, peer);
                async move { Ok::<_, Infallible>(answer) }
            });
            let serving = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(REQUEST_WITHIN)
                .max_buf_size(LARGEST_REQUEST)
                .max_headers(MOST_HEADERS)
                .half_close(false)
                .serve_connection(TokioIo::new(stream), service);
            // A client that breaks off, or breaks the rules, hears no more.
            serving.await.ok();
            drop(place);
        });
    }
}

/// 32 random bytes, as text that stands in a path and in a header.
fn random() -> io::Result<String> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| io::Error::other("the system gives no randomness"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
