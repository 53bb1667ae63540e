//! AWS's own names in front of a sandbox: a proxy whose tunnels end at the sandbox, with a
//! certificate for each name by an authority that the caller is told to trust.
//!
//! Nothing leaves the machine: a name that it doesn't stand for gets no tunnel.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// The longest head of a request for a tunnel.
const LONGEST_HEAD: usize = 8192;

/// A proxy that runs. It ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Front {
    address: SocketAddr,
    /// The authority's certificate, to be trusted.
    pub(crate) authority: String,
    asked: Arc<Mutex<Vec<String>>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Front {
    /// Starts a proxy whose tunnels lead to this port of loopback, for these names.
    pub(crate) fn before(port: u16, names: &[String]) -> Self {
        let (config, authority) = certified(names);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime starts");
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let listener = listener.expect("loopback has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let (stop, stopped) = oneshot::channel();
        let asked_for = Arc::<Mutex<Vec<String>>>::default();
        let known: Arc<[String]> = names.into();
        let (asked, acceptor) = (Arc::clone(&asked_for), TlsAcceptor::from(Arc::new(config)));
        let serve = async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (asked, known, acceptor) = (Arc::clone(&asked), Arc::clone(&known), acceptor.clone());
                tokio::spawn(async move {
                    let name = asked_name(stream, &asked).await;
                    // A client that goes away early is its own test's matter.
                    tunnel(name?, &known, port, &acceptor).await.ok()
                });
            }
        };
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    () = serve => {}
                }
            });
        });
        Self { address, authority, asked: asked_for, stop: Some(stop), thread: Some(thread) }
    }

    /// The proxy's address, as HTTPS_PROXY has it.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The names that tunnels were asked for, each once.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        names.sort();
        names.dedup();
        names
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there was printed by the thread.
            thread.join().ok();
        }
    }
}

/// Reads which name a tunnel is asked for.
async fn asked_name(mut stream: TcpStream, asked: &Mutex<Vec<String>>) -> Option<(TcpStream, String)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < LONGEST_HEAD {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let name = head.strip_prefix("CONNECT ")?.split(':').next()?.to_owned();
    asked.lock().unwrap_or_else(PoisonError::into_inner).push(name.clone());
    Some((stream, name))
}

async fn tunnel(
    (mut stream, name): (TcpStream, String),
    known: &[String],
    port: u16,
    acceptor: &TlsAcceptor,
) -> std::io::Result<()> {
    if !known.contains(&name) {
        return stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n").await;
    }
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    let mut near = acceptor.accept(stream).await?;
    let mut far = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    copy_bidirectional(&mut near, &mut far).await?;
    Ok(())
}

/// A certificate for these names, and the authority's that signed it.
fn certified(names: &[String]) -> (ServerConfig, String) {
    let mut authority = CertificateParams::new(Vec::new()).expect("no names are names");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "A test's own authority");
    let key = KeyPair::generate().expect("the system gives random bytes");
    let authority = CertifiedIssuer::self_signed(authority, key).expect("a certificate can be signed");
    let key = KeyPair::generate().expect("the system gives random bytes");
    let mut leaf = CertificateParams::new(names).expect("these are names");
    leaf.use_authority_key_identifier_extension = true;
    let leaf = leaf.signed_by(&key, &authority).expect("a certificate can be signed");
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("it is a key");
    let config = ServerConfig::builder().with_no_client_auth();
    let config = config.with_single_cert(vec![leaf.der().clone()], key).expect("they fit each other");
    (config, authority.pem())
}
