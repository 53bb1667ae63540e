//! A running sandbox: one thread, one listener on loopback, and the say over both.

use crate::aws::{Aws, Call};
use crate::fault::Fault;
use crate::http;
use crate::identity_center::{Choice, Portal, Visit};
use crate::line::{Line, LineListener};
use crate::totp::{self, Code};
use crate::world::{KeyStatus, World};
use jiff::{SignedDuration, Timestamp};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use tokio::runtime::Builder;
use tokio::sync::oneshot;

/// A small AWS on loopback. It stops when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    aws: Arc<Aws>,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts a sandbox on a free port, for a test.
    ///
    /// # Panics
    ///
    /// If loopback has no free port or no thread can be started; [`Sandbox::start_on`] tells instead.
    pub fn start(world: World) -> Self {
        #[expect(clippy::expect_used, reason = "a test has no use for a sandbox that didn't start")]
        Self::start_on(world, 0).expect("a sandbox starts on a free port of loopback")
    }

    /// Starts a sandbox on this port of 127.0.0.1, or on a free one if the port is 0.
    pub fn start_on(world: World, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let aws = Arc::new(Aws::new(world, format!("http://{address}")));
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let service = http::router(Arc::clone(&aws)).into_make_service_with_connect_info::<Line>();
        // Connections end with the runtime: a client that never finishes can't hold up the end.
        let serve = async move {
            tokio::select! {
                _ = stopped => {}
                _ = axum::serve(LineListener(listener), service) => {}
            }
        };
        let thread =
            thread::Builder::new().name("sandbox".to_owned()).spawn(move || runtime.block_on(serve))?;
        Ok(Self { aws, address, stop: Some(stop), thread: Some(thread) })
    }

    /// The address to give as AWS_ENDPOINT_URL.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The issuer of the tokens that GetWebIdentityToken gives; its discovery document is served.
    pub fn token_issuer(&self) -> String {
        self.aws.token_issuer()
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The accounts, users and roles that it plays.
    pub fn world(&self) -> &World {
        &self.aws.world
    }

    /// The code that the MFA device with this serial number shows now; nothing if there is none.
    pub fn code_now(&self, serial: &str) -> Option<Code> {
        totp::code_at(self.aws.world.mfa_device(serial)?, self.now())
    }

    /// The sandbox's present.
    pub fn now(&self) -> Timestamp {
        self.aws.clock.now()
    }

    /// Moves the sandbox's present to this far after (or, negative, before) the machine's; whole seconds.
    ///
    /// Devices show the codes of the moved time, and sessions end by it. A client whose clock is
    /// more than 15 minutes off is refused, as by AWS.
    pub fn set_clock_offset(&self, offset: SignedDuration) {
        self.aws.clock.set_offset(offset);
    }

    /// Makes a long-term key active or inactive; false if there is no such key.
    pub fn set_access_key_status(&self, access_key_id: &str, status: KeyStatus) -> bool {
        self.aws.keys().set_status(access_key_id, status)
    }

    /// Deletes a long-term key; false if there is no such key.
    pub fn delete_access_key(&self, access_key_id: &str) -> bool {
        self.aws.keys().delete(access_key_id)
    }

    /// The tags of the session with this access key id, inherited ones first; nothing if there is no such session.
    pub fn session_tags(&self, access_key_id: &str) -> Option<Vec<(String, String)>> {
        let tags = self.aws.session(access_key_id)?.holder.tags().to_vec();
        Some(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
    }

    /// Switches STS off in a region (or on again): signed calls to it get RegionDisabledException.
    ///
    /// An unsigned call doesn't say which region it is for; let it fail with a [`Fault`].
    pub fn set_region_disabled(&self, region: &str, disabled: bool) {
        self.aws.set_region_disabled(region, disabled);
    }

    /// Ends every session that was issued so far, without moving the clock.
    pub fn expire_sessions(&self) {
        self.aws.expire_sessions();
    }

    /// Ends every sign-in of `aws login`: refreshing is refused with TOKEN_EXPIRED.
    pub fn end_login_sessions(&self) {
        self.aws.end_logins();
    }

    /// The portal of the organisation with this start URL.
    ///
    /// # Panics
    ///
    /// If the world has no such organisation.
    pub fn portal(&self, start_url: &str) -> Portal<'_> {
        Portal::find(&self.aws, start_url).unwrap_or_else(|| panic!("there is no organisation {start_url}"))
    }

    /// Opens the address that a sign-in leads to, as this person's browser would, and lets the person
    /// choose. It returns at once: the client must be able to answer the browser.
    pub fn visit(&self, url: &str, person: &str, choice: Choice) -> Visit {
        Visit::begin(self.address.to_string(), url, person, choice)
    }

    /// Every call so far, in the order in which they were answered.
    pub fn requests(&self) -> Vec<Call> {
        self.aws.calls()
    }

    /// Lets this happen to the next call, or to the one after those that already have a fault.
    pub fn fail_next(&self, fault: Fault) {
        self.aws.add_fault(fault);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there was printed by the thread; there is nobody left to tell.
            drop(thread.join());
        }
    }
}
