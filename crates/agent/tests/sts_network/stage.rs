//! A server that plays what the network can do to a call.

use hatrack_agent::credentials::Credentials;
use hatrack_agent::sts::{AssumeRole, Caller, Patience};
use hatrack_agent::world::World;
use hatrack_wire::{Environment, Sealed};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::rustls::{ServerConfig, pki_types::PrivateKeyDer};

/// What the server does with a request.
#[derive(Clone)]
pub(crate) enum Act {
    /// Answers with these bytes and goes on listening.
    Answer(Vec<u8>),
    /// Sends these bytes and closes.
    Close(Vec<u8>),
    /// Answers with so many bytes, which say nothing.
    Flood(usize),
    /// Sends these bytes, one each second.
    Drip(Vec<u8>),
    /// Says nothing, for ever.
    Stall,
}

/// What the server was sent.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) head: String,
    pub(crate) body: String,
}

pub(crate) struct Stage {
    pub(crate) port: u16,
    heard: Arc<Mutex<Vec<Heard>>>,
    connections: Arc<Mutex<usize>>,
    _tasks: JoinSet<()>,
}

impl Stage {
    /// Serves plain HTTP; `play` is asked for each request, counted from 0.
    pub(crate) async fn plain(play: impl Fn(usize, &Heard) -> Act + Send + Sync + 'static) -> Self {
        Self::start(None, play).await
    }

    /// Serves TLS with this certificate.
    pub(crate) async fn tls(
        config: ServerConfig,
        play: impl Fn(usize, &Heard) -> Act + Send + Sync + 'static,
    ) -> Self {
        Self::start(Some(config), play).await
    }

    async fn start(
        tls: Option<ServerConfig>,
        play: impl Fn(usize, &Heard) -> Act + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (heard, connections) = (Arc::<Mutex<Vec<Heard>>>::default(), Arc::<Mutex<usize>>::default());
        let mut tasks = JoinSet::new();
        let (play, log, count) = (Arc::new(play), Arc::clone(&heard), Arc::clone(&connections));
        tasks.spawn(async move {
            let mut each = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                *count.lock().unwrap() += 1;
                let (play, log, tls) = (Arc::clone(&play), Arc::clone(&log), tls.clone());
                each.spawn(async move {
                    match tls {
                        None => talk(stream, &log, &*play).await,
                        Some(config) => {
                            let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
                            if let Ok(stream) = acceptor.accept(stream).await {
                                talk(stream, &log, &*play).await;
                            }
                        }
                    }
                });
            }
        });
        Self { port, heard, connections, _tasks: tasks }
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }

    /// The world of a caller whose STS this is.
    pub(crate) fn world(&self) -> World {
        let url = format!("http://127.0.0.1:{}", self.port);
        world(&[("AWS_ENDPOINT_URL", &url), ("AWS_REGION", "eu-west-1")])
    }
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    log: &Mutex<Vec<Heard>>,
    play: &(dyn Fn(usize, &Heard) -> Act + Send + Sync),
) {
    let mut buffer = Vec::new();
    while let Some(heard) = hear(&mut stream, &mut buffer).await {
        let number = {
            let mut log = log.lock().unwrap();
            log.push(heard.clone());
            log.len() - 1
        };
        match play(number, &heard) {
            Act::Answer(bytes) => stream.write_all(&bytes).await.unwrap(),
            Act::Close(bytes) => {
                // Who has heard enough hangs up.
                stream.write_all(&bytes).await.ok();
                stream.shutdown().await.ok();
                return;
            }
            Act::Flood(length) => {
                let head = format!("HTTP/1.1 200 X\r\ncontent-length: {length}\r\n\r\n");
                stream.write_all(head.as_bytes()).await.ok();
                let mut endless = tokio::io::repeat(b'x').take(u64::try_from(length).unwrap());
                tokio::io::copy(&mut endless, &mut stream).await.ok();
                return;
            }
            Act::Drip(bytes) => {
                for byte in bytes {
                    if stream.write_all(&[byte]).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
            Act::Stall => std::future::pending().await,
        }
    }
}

async fn hear<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>) -> Option<Heard> {
    loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(buffer[..end].to_vec()).unwrap();
            let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
            if buffer.len() >= end + 4 + length {
                let body = String::from_utf8(buffer[end + 4..end + 4 + length].to_vec()).unwrap();
                buffer.drain(..end + 4 + length);
                return Some(Heard { head, body });
            }
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => buffer.extend_from_slice(&piece[..count]),
        }
    }
}

/// The value of a header.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// A server's certificate for a name, and the authority that made it, as PEM.
pub(crate) fn certificate(name: &str) -> (ServerConfig, String) {
    certificate_of(name, None)
}

/// The same, valid from the first day of one year to that of another.
pub(crate) fn certificate_of(name: &str, years: Option<(i32, i32)>) -> (ServerConfig, String) {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "Corporate Inspection CA");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if let Some((from, to)) = years {
        leaf.not_before = date_time_ymd(from, 1, 1);
        leaf.not_after = date_time_ymd(to, 1, 1);
    }
    let leaf = leaf.signed_by(&key, &authority).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    (config, authority.pem())
}

/// A file with certificates, and the folder that has to stay as long as it.
pub(crate) fn bundle(pem: &str) -> (String, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    std::fs::write(&file, pem).unwrap();
    (file.to_str().unwrap().to_owned(), folder)
}

/// A CONNECT proxy that leads every tunnel to this port, and tells what it was asked.
pub(crate) async fn proxy(to: u16, answer: &'static str) -> (u16, Arc<Mutex<Vec<String>>>, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let log = Arc::clone(&asked);
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut each = JoinSet::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let log = Arc::clone(&log);
            each.spawn(async move {
                let mut buffer = Vec::new();
                let Some(heard) = hear(&mut stream, &mut buffer).await else { return };
                log.lock().unwrap().push(heard.head);
                stream.write_all(answer.as_bytes()).await.unwrap();
                if answer.contains(" 200 ") {
                    let mut server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                    tokio::io::copy_bidirectional(&mut stream, &mut server).await.ok();
                }
            });
        }
    });
    (port, asked, tasks)
}

pub(crate) fn world(variables: &[(&str, &str)]) -> World {
    let mut all = BTreeMap::from([("HOME".to_owned(), Sealed::new("/home/ada"))]);
    all.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), Sealed::new(*value))));
    World::of(&Environment { variables: all, folder: "/".to_owned() }).unwrap()
}

pub(crate) fn keys() -> Credentials {
    Credentials {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: Sealed::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        session_token: None,
        expiration: None,
    }
}

pub(crate) fn call(code: Option<&str>) -> AssumeRole {
    AssumeRole {
        role_arn: "arn:aws:iam::222222222222:role/Admin".to_owned(),
        session_name: "ada@desk".to_owned(),
        duration_seconds: Some(3600),
        mfa: code.map(|code| ("arn:aws:iam::111111111111:mfa/ada".to_owned(), Sealed::new(code))),
        ..AssumeRole::default()
    }
}

/// A caller that loses its patience soon enough for a test, and late enough for a busy machine.
pub(crate) fn caller() -> Caller {
    Caller::with_patience(Patience {
        connect: Duration::from_secs(2),
        attempt: Duration::from_secs(3),
        total: Duration::from_secs(10),
    })
}

/// A whole HTTP answer.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len()).into_bytes()
}

/// STS's way of saying no.
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Act {
    refusal_at(status, code, message, "")
}

pub(crate) fn refusal_at(status: u16, code: &str, message: &str, headers: &str) -> Act {
    let body = format!(
        r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>0f1e2d3c-request</RequestId></ErrorResponse>"#
    );
    Act::Answer(answer(status, &format!("content-type: text/xml\r\n{headers}"), &body))
}

/// STS's way of saying yes to AssumeRole.
pub(crate) fn granted() -> Act {
    granted_as("ASIAGRANTED", "arn:aws:sts::222222222222:assumed-role/Admin/ada@desk")
}

pub(crate) fn granted_as(key_id: &str, arn: &str) -> Act {
    let body = format!(
        r#"<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROAX:ada@desk</AssumedRoleId><Arn>{arn}</Arn></AssumedRoleUser><Credentials><AccessKeyId>{key_id}</AccessKeyId><SecretAccessKey>granted-secret</SecretAccessKey><SessionToken>granted-token</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult><ResponseMetadata><RequestId>c2e971c2-request</RequestId></ResponseMetadata></AssumeRoleResponse>"#
    );
    Act::Answer(answer(200, "content-type: text/xml\r\nx-amzn-requestid: c2e971c2-request\r\n", &body))
}
