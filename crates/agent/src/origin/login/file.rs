//! The file of a session, as the AWS CLI keeps it.

use crate::clock;
use crate::world::World;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_wire::Sealed;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::{Zeroize, Zeroizing};

const FOLDER: &str = "AWS_LOGIN_CACHE_DIRECTORY";
/// What a session's file has at most.
const MOST: u64 = 256 * 1024;
/// How long one process waits for another that renews.
const LOCK_WAIT: Duration = Duration::from_secs(20);
const STEP: Duration = Duration::from_millis(20);

/// What is kept of a session.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    pub(super) access_token: AccessToken,
    pub(super) refresh_token: Sealed,
    pub(super) client_id: String,
    pub(super) dpop_key: Sealed,
    pub(super) sign_in_region: Option<String>,
}

/// The credentials in it.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccessToken {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: Sealed,
    pub(super) session_token: Sealed,
    pub(super) expires_at: String,
}

/// Where a session is kept.
#[derive(Clone)]
pub(super) struct SessionFile {
    path: PathBuf,
}

/// The right to renew, until it is dropped or the process dies.
pub(super) struct Lock {
    _file: File,
}

impl SessionFile {
    /// The file of this session in the caller's world.
    pub(super) fn of(world: &World, session: &str) -> Result<Self, Failure> {
        let folder = world.path(world.variable(FOLDER).unwrap_or("~/.aws/login/cache"))?;
        let sum = Sha256::digest(session.as_bytes());
        let name: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { path: folder.join(format!("{name}.json")) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the session; `None` where there is none.
    pub(super) fn read(&self) -> Result<Option<Session>, Failure> {
        let Some(text) = self.text()? else { return Ok(None) };
        // The parser's own message may quote what it read.
        serde_json::from_slice(&text).map(Some).map_err(|error| {
            unreadable(&self.path, &format!("line {} is not what aws login writes", error.line()))
        })
    }

    fn text(&self) -> Result<Option<Zeroizing<Vec<u8>>>, Failure> {
        let failed = |error: std::io::Error| unreadable(&self.path, &error.to_string());
        match std::fs::metadata(&self.path) {
            Ok(about) if !about.is_file() => return Err(unreadable(&self.path, "it is not a file")),
            Ok(about) if about.len() > MOST => return Err(unreadable(&self.path, "it is far too large")),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        }
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        let mut text = Zeroizing::new(Vec::with_capacity(usize::try_from(MOST).unwrap_or_default()));
        file.take(MOST).read_to_end(&mut text).map_err(failed)?;
        Ok(Some(text))
    }

    /// Waits for the right to renew.
    pub(super) async fn lock(&self) -> Result<Lock, Failure> {
        let path = self.path.with_file_name(".hatrack.lock");
        let file = open_lock(&path).map_err(|error| unwritable(&path, &error.to_string()))?;
        let mut left = LOCK_WAIT;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock { _file: file }),
                Err(TryLockError::WouldBlock) if left.is_zero() => {
                    return Err(Failure::new(
                        FailureCode::File,
                        format!("{} is held by another Hatrack that doesn't finish.", path.display()),
                        "Try again; if it stays so, end that process.",
                    ));
                }
                Err(TryLockError::WouldBlock) => {
                    tokio::time::sleep(STEP).await;
                    left = left.saturating_sub(STEP);
                }
                Err(TryLockError::Error(error)) => return Err(unwritable(&path, &error.to_string())),
            }
        }
    }

    /// Puts renewed credentials into the file, beside whatever else other tools keep in it, in one
    /// replacement.
    pub(super) fn replace(&self, renewed: &Session) -> Result<(), Failure> {
        let failed = |error: std::io::Error| unwritable(&self.path, &error.to_string());
        let text = self.text()?.ok_or_else(|| unwritable(&self.path, "it is gone"))?;
        let mut kept: Map<String, Value> =
            serde_json::from_slice(&text).map_err(|_| unwritable(&self.path, "another program spoilt it"))?;
        put(&mut kept, "refreshToken", renewed.refresh_token.open());
        if let Some(Value::Object(token)) = kept.get_mut("accessToken") {
            put(token, "accessKeyId", &renewed.access_token.access_key_id);
            put(token, "secretAccessKey", renewed.access_token.secret_access_key.open());
            put(token, "sessionToken", renewed.access_token.session_token.open());
            put(token, "expiresAt", &renewed.access_token.expires_at);
        }
        let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() * 2 + 64 * 1024));
        let written = serde_json::to_writer(&mut *bytes, &kept);
        kept.values_mut().for_each(wipe);
        written.map_err(|error| failed(error.into()))?;
        // A link is kept, and its target replaced.
        let real = std::fs::canonicalize(&self.path).map_err(failed)?;
        let folder = real.parent().unwrap_or(&real);
        let mut file = tempfile::Builder::new().prefix(".hatrack-").tempfile_in(folder).map_err(failed)?;
        file.write_all(&bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        file.persist(&real).map_err(|error| failed(error.error))?;
        sync(folder).map_err(failed)
    }
}

fn put(map: &mut Map<String, Value>, key: &str, value: &str) {
    if let Some(mut old) = map.insert(key.to_owned(), Value::String(value.to_owned())) {
        wipe(&mut old);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(values) => values.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn open_lock(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    options.open(path)
}

#[cfg(unix)]
fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

/// When credentials end that were given just now.
pub(super) fn end_after(seconds: i64) -> String {
    let now = clock::now().as_second();
    let end = jiff::Timestamp::from_second(now.saturating_add(seconds)).unwrap_or(jiff::Timestamp::MIN);
    end.to_string()
}

pub(super) fn unreadable(path: &Path, error: &str) -> Failure {
    Failure::new(
        FailureCode::File,
        format!("The session of aws login in {} can't be read: {error}.", path.display()),
        "Look at the file, or run aws login again.",
    )
}

pub(super) fn unwritable(path: &Path, error: &str) -> Failure {
    Failure::new(
        FailureCode::File,
        format!("The renewed session of aws login can't be kept in {}: {error}.", path.display()),
        "Look at the file and its folder, then run aws login again.",
    )
}
