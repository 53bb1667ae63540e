//! The door on Unix: a socket of mode 0600 in a folder of mode 0700, and the peer's user checked.

use std::io::{Error, ErrorKind, Result};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tokio::net::{UnixListener, UnixStream};

/// The listening socket; its file is removed when it is dropped.
pub struct Door {
    listener: UnixListener,
    path: PathBuf,
}

impl Door {
    /// Listens at this path. The caller holds the agent's lock, so a socket that is there already
    /// is stale.
    pub fn open(path: &Path) -> Result<Self> {
        match std::fs::remove_file(path) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let listener = UnixListener::bind(path)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
        Ok(Self { listener, path: path.to_owned() })
    }

    /// The next stream of a process of the same user, and that process where the system tells;
    /// others are turned away.
    pub async fn next(&self) -> Result<(UnixStream, Option<u32>)> {
        loop {
            let (stream, _) = self.listener.accept().await?;
            let peer = stream.peer_cred()?;
            if peer.uid() == rustix::process::geteuid().as_raw() {
                return Ok((stream, peer.pid().and_then(|pid| u32::try_from(pid).ok())));
            }
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // Whoever starts next removes what stays.
        std::fs::remove_file(&self.path).ok();
    }
}

/// The one stream of a private agent: its stdin, which its parent made.
pub async fn private(_pipe: Option<&Path>) -> Result<(UnixStream, Option<u32>)> {
    let stdin: OwnedFd = std::io::stdin().as_fd().try_clone_to_owned()?;
    let kind = rustix::fs::fstat(&stdin)?.st_mode;
    if rustix::fs::FileType::from_raw_mode(kind) != rustix::fs::FileType::Socket {
        return Err(Error::new(
            ErrorKind::InvalidInput,
            "--private is for hat, which gives a socket as stdin",
        ));
    }
    let stream = std::os::unix::net::UnixStream::from(stdin);
    stream.set_nonblocking(true)?;
    let parent = rustix::process::getppid().and_then(|pid| u32::try_from(pid.as_raw_nonzero().get()).ok());
    Ok((UnixStream::from_std(stream)?, parent))
}
