//! Where a browser brings back what an identity provider gave it: a listener on this machine only.
//!
//! It waits for one request to one path and shows the person a page without anything from outside
//! in it. Deliberately absent: IPv6 addresses where 127.0.0.1 was promised, CORS, and any answer
//! that tells a web page something.

mod address;
mod desk;
mod fields;
mod page;

pub use address::Address;
pub use fields::Fields;

use desk::Desk;
use hatrack_core::failure::{Failure, FailureCode};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// The longest that a sign-in may take.
pub const LONGEST_WAIT: Duration = Duration::from_secs(600);
/// How many connections stand at once; the oldest makes room for one more.
const CONNECTIONS: usize = 16;
/// How long one connection may take.
const CONNECTION_TIME: Duration = Duration::from_secs(10);
/// What a request's line and headers may weigh: an answer in a query is a few kilobytes.
const HEAD: usize = 32 * 1024;

/// How the wanted answer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// In the query of a GET, as OpenID Connect and OAuth send it.
    Query,
    /// In the form of a POST, as SAML sends it.
    Form,
}

/// What an answer is to the one who waits.
#[derive(Debug)]
pub enum Verdict<T> {
    /// The one that was waited for.
    Done(T),
    /// The provider's refusal, or an answer that can't be used: the wait ends.
    Failed(Failure),
    /// An answer to something else, with a wrong state: the wait goes on, ten times at most.
    Stranger,
}

/// A listener that waits for one answer. Dropping it ends the wait and closes the port.
#[derive(Debug)]
pub struct Loopback {
    listeners: Vec<TcpListener>,
    address: Address,
    port: u16,
    wanted: Wanted,
}

impl Loopback {
    /// Listens, on a port that the system chooses where the address names none.
    pub async fn bind(address: Address, wanted: Wanted) -> Result<Self, Failure> {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, address.port().unwrap_or(0)));
        let first = first.await.map_err(|error| no_port(&address, &error))?;
        let port = first.local_addr().map_err(|error| no_port(&address, &error))?.port();
        let mut listeners = vec![first];
        if address.is_localhost() {
            // A browser may take "localhost" for ::1: nobody else may sit there and get the answer.
            match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
                Ok(second) => listeners.push(second),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                    return Err(no_port(&address, &error));
                }
                // There is no IPv6 here.
                Err(_) => {}
            }
        }
        Ok(Self { listeners, address, port, wanted })
    }

    /// The address that the provider must send the browser to.
    pub fn url(&self) -> String {
        self.address.with_port(self.port)
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the answer that `judge` is satisfied with, for `limit` and never longer than
    /// [`LONGEST_WAIT`]; the port is closed when this returns.
    pub async fn receive<T: Send + 'static>(
        self,
        limit: Duration,
        judge: impl Fn(Fields) -> Verdict<T> + Send + Sync + 'static,
    ) -> Result<T, Failure> {
        let limit = limit.min(LONGEST_WAIT);
        let desk = Arc::new(Desk::new(self.address.path(), self.port, self.wanted, judge));
        match tokio::time::timeout(limit, self.serve(desk)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(timed_out(limit)),
        }
    }

    async fn serve<T, J>(&self, desk: Arc<Desk<T, J>>) -> Result<T, Failure>
    where
        T: Send + 'static,
        J: Fn(Fields) -> Verdict<T> + Send + Sync + 'static,
    {
        let mut connections = JoinSet::new();
        let mut in_order: VecDeque<AbortHandle> = VecDeque::new();
        loop {
            tokio::select! {
                Some(_) = connections.join_next() => {
                    in_order.retain(|connection| !connection.is_finished());
                    // Only now has the browser got its page.
                    if let Some(outcome) = desk.take_outcome() {
                        return outcome;
                    }
                }
                stream = self.accept() => {
                    if in_order.len() >= CONNECTIONS && let Some(oldest) = in_order.pop_front() {
                        oldest.abort();
                    }
                    in_order.push_back(connections.spawn(attend(stream, Arc::clone(&desk))));
                }
            }
        }
    }

    async fn accept(&self) -> TcpStream {
        loop {
            let accepted = std::future::poll_fn(|context| {
                for listener in &self.listeners {
                    if let Poll::Ready(accepted) = listener.poll_accept(context) {
                        return Poll::Ready(accepted);
                    }
                }
                Poll::Pending
            });
            match accepted.await {
                Ok((stream, peer)) if is_here(peer) => return stream,
                Ok(_) => {}
                // Too many open files, mostly: that passes.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }
}

async fn attend<T, J>(stream: TcpStream, desk: Arc<Desk<T, J>>)
where
    T: Send + 'static,
    J: Fn(Fields) -> Verdict<T> + Send + Sync + 'static,
{
    let service = hyper::service::service_fn(|request| desk.answer(request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(CONNECTION_TIME)
        .keep_alive(false)
        .max_buf_size(HEAD)
        .max_headers(64)
        .serve_connection(TokioIo::new(stream), service);
    // A connection that breaks off or takes too long has no one to tell.
    tokio::time::timeout(CONNECTION_TIME, connection).await.ok();
}

fn is_here(peer: SocketAddr) -> bool {
    peer.ip().is_loopback()
}

fn no_port(address: &Address, error: &io::Error) -> Failure {
    let (which, remedy) = match address.port() {
        Some(port) => (format!("port {port}"), "End the program that uses this port, or use another port."),
        None => ("a port".to_owned(), "Try again."),
    };
    Failure::new(
        FailureCode::Refused,
        format!("Hatrack can't listen on {which} of this machine for the browser's answer: {error}."),
        remedy,
    )
}

fn timed_out(limit: Duration) -> Failure {
    let limit = match limit.as_secs() {
        seconds if seconds >= 120 => format!("{} minutes", seconds / 60),
        seconds => format!("{seconds} seconds"),
    };
    Failure::new(
        FailureCode::PersonNeeded,
        format!("Nobody finished the sign-in in the browser within {limit}."),
        "Start the sign-in again.",
    )
}
