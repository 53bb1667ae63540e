//! A Unix socket.

use super::Peer;
use std::io::{Read, Result, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// A connection to the agent.
#[derive(Debug)]
pub(crate) struct Stream(UnixStream);

impl Stream {
    /// Connects to the socket at this path.
    pub(crate) fn connect(path: &Path) -> Result<Self> {
        UnixStream::connect(path).map(Self)
    }

    /// Tells who stands at the other end.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(crate) fn peer(&self) -> Result<Peer> {
        let peer = rustix::net::sockopt::socket_peercred(&self.0)?;
        Ok(Peer {
            is_mine: peer.uid == rustix::process::geteuid(),
            pid: u32::try_from(peer.pid.as_raw_nonzero().get()).ok(),
        })
    }

    /// Tells who stands at the other end.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub(crate) fn peer(&self) -> Result<Peer> {
        use std::os::fd::AsRawFd;
        let (mut uid, mut gid) = (libc::uid_t::MAX, libc::gid_t::MAX);
        #[expect(unsafe_code, reason = "neither std nor rustix wraps getpeereid")]
        // SAFETY: the descriptor is open, and both pointers are to live variables of the right type.
        let answer = unsafe { libc::getpeereid(self.0.as_raw_fd(), &raw mut uid, &raw mut gid) };
        if answer == 0 {
            Ok(Peer { is_mine: uid == rustix::process::geteuid().as_raw(), pid: None })
        } else {
            Err(std::io::Error::last_os_error())
        }
    }

    /// Limits how long a read may wait; `None`: for ever.
    pub(crate) fn set_read_timeout(&self, limit: Option<Duration>) -> Result<()> {
        // Zero would be refused, as it means "for ever" to the system.
        self.0.set_read_timeout(limit.map(|limit| limit.max(Duration::from_millis(1))))
    }

    /// Keeps the connection open across `exec`.
    pub(crate) fn outlive_exec(&self) -> Result<()> {
        rustix::io::fcntl_setfd(&self.0, rustix::io::FdFlags::empty()).map_err(Into::into)
    }

    /// Another handle of the same connection.
    pub(crate) fn try_clone(&self) -> Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// Ends the connection for all its handles; a waiting read returns.
    pub(crate) fn shutdown(&self) {
        // An error says that it is closed already.
        self.0.shutdown(Shutdown::Both).ok();
    }
}

impl Read for &Stream {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        (&self.0).read(buffer)
    }
}

impl Write for &Stream {
    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        (&self.0).write(buffer)
    }

    fn flush(&mut self) -> Result<()> {
        (&self.0).flush()
    }
}

/// Makes a connected pair: one end for this process, the other for a child.
pub(crate) fn pair() -> Result<(Stream, OwnedFd)> {
    let (ours, theirs) = UnixStream::pair()?;
    Ok((Stream(ours), theirs.into()))
}
