//! The thread that works on files, one job after another, so that what the loop hears of a file
//! comes in the order in which it happened there.

use crate::aws_dir::{self, AwsDir, Erasure};
use crate::connection::ConnectionId;
use crate::credentials::Credentials;
use crate::files::{FilePair, Files, Kept};
use crate::journal::Journal;
use hatrack_core::delivery::{Delivery, Owned};
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::{OutputProfile, SessionId};
use hatrack_core::snapshot::Problem;
use hatrack_core::state::Wish;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::SystemTime;
use zeroize::Zeroizing;

/// The way to the thread; it ends when this is dropped and the jobs are done.
pub struct Disk {
    jobs: Option<mpsc::Sender<DiskJob>>,
    thread: Option<std::thread::JoinHandle<()>>,
    journal: Journal,
    locks: PathBuf,
}

/// Work on files.
pub enum DiskJob {
    /// Both shared files are to be read, if they changed.
    Read {
        /// The files.
        pair: FilePair,
        /// What Hatrack itself keeps beside them.
        kept: Box<Kept>,
        /// Whether they are read although they did not change.
        anew: bool,
    },
    /// The section of an activation is to be chosen and checked.
    Prepare {
        /// Who activates.
        connection: ConnectionId,
        /// The request's id.
        id: u64,
        /// The files.
        pair: FilePair,
        /// The section, if the person or the settings name one.
        wanted: Option<OutputProfile>,
        /// The wish.
        wish: Box<Wish>,
    },
    /// Credentials are to be delivered.
    Write {
        /// The session.
        session: SessionId,
        /// The attempt.
        attempt: u64,
        /// Where to.
        wish: Box<Wish>,
        /// The config file beside the credentials file.
        config: PathBuf,
        /// The credentials.
        credentials: Credentials,
    },
    /// A section is to be removed.
    Erase {
        /// The session.
        session: SessionId,
        /// Whose section it is.
        wish: Box<Wish>,
    },
    /// The files that were delivered into before are to be looked at.
    Leftovers,
}

/// What became of a [`DiskJob`].
pub enum DiskDone {
    /// The shared files were looked at.
    Read {
        /// The files.
        pair: FilePair,
        /// What they hold, if it is news.
        files: Option<Arc<Files>>,
        /// The sections that carry our mark.
        owned: Vec<Owned>,
    },
    /// A section was chosen and may be written, or not.
    Prepared {
        /// Who activates.
        connection: ConnectionId,
        /// The request's id.
        id: u64,
        /// The wish.
        wish: Box<Wish>,
        /// The section.
        result: Result<OutputProfile, Failure>,
    },
    /// Credentials stand in the file.
    Written {
        /// The session.
        session: SessionId,
        /// The attempt.
        attempt: u64,
        /// Where.
        wish: Box<Wish>,
        /// What a person should know of the file since then.
        oddity: Option<Problem>,
    },
    /// Credentials could not be written.
    WriteRefused {
        /// The session.
        session: SessionId,
        /// The attempt.
        attempt: u64,
        /// Why.
        failure: Failure,
    },
    /// A section is gone.
    Erased {
        /// The session.
        session: SessionId,
        /// What a person should know of the file since then.
        oddity: Option<Problem>,
    },
    /// A section could not be removed.
    EraseRefused {
        /// The session.
        session: SessionId,
        /// Why.
        failure: Failure,
    },
    /// What stands in files that were delivered into before.
    Leftovers {
        /// The files, with the sections that carry our mark.
        files: Vec<(PathBuf, Vec<Owned>)>,
    },
}

impl Disk {
    /// Starts the thread. `data` has the journal, `run` the lock files; `tell` takes what became of
    /// each job, and says whether anybody still listens.
    pub fn start(data: &Path, run: &Path, tell: impl Fn(DiskDone) -> bool + Send + 'static) -> Self {
        let (jobs, jobs_in) = mpsc::channel();
        let (journal, locks) = (Journal::in_folder(data), run.join("locks"));
        let mut worker = Worker { journal: journal.clone(), locks: locks.clone(), stamps: HashMap::new() };
        let thread = std::thread::Builder::new().name("disk".to_owned()).spawn(move || {
            for job in jobs_in {
                if !tell(worker.perform(job)) {
                    break;
                }
            }
        });
        Self { jobs: Some(jobs), thread: thread.ok(), journal, locks }
    }

    /// Two shared files, for work that isn't a session's.
    pub fn dir(&self, pair: &FilePair) -> AwsDir {
        AwsDir::new(&pair.credentials, &pair.config, &self.locks, self.journal.clone())
    }

    /// Hands a job over. A thread that is gone takes none, and the loop is ending then.
    pub fn send(&self, job: DiskJob) {
        if let Some(jobs) = &self.jobs {
            jobs.send(job).ok();
        }
    }
}

impl Drop for Disk {
    /// Waits until a write that is under way has come to its end.
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// What tells that a file changed.
#[derive(Clone, PartialEq, Eq)]
struct Stamp(Option<(SystemTime, u64, u64)>);

struct Worker {
    journal: Journal,
    locks: PathBuf,
    stamps: HashMap<FilePair, (Stamp, Stamp)>,
}

impl Worker {
    fn perform(&mut self, job: DiskJob) -> DiskDone {
        match job {
            DiskJob::Read { pair, kept, anew } => self.read(pair, &kept, anew),
            DiskJob::Prepare { connection, id, pair, wanted, wish } => {
                let result = self.prepare(&pair, wanted, wish.adopt);
                DiskDone::Prepared { connection, id, wish, result }
            }
            DiskJob::Write { session, attempt, wish, config, credentials } => {
                match self.write(&wish, &config, &credentials) {
                    Ok(oddity) => DiskDone::Written { session, attempt, wish, oddity },
                    Err(failure) => DiskDone::WriteRefused { session, attempt, failure },
                }
            }
            DiskJob::Erase { session, wish } => match self.erase(&wish) {
                Ok(oddity) => DiskDone::Erased { session, oddity },
                Err(failure) => DiskDone::EraseRefused { session, failure },
            },
            DiskJob::Leftovers => DiskDone::Leftovers { files: self.leftovers() },
        }
    }

    fn read(&mut self, pair: FilePair, kept: &Kept, anew: bool) -> DiskDone {
        let stamps = (stamp(&pair.config), stamp(&pair.credentials));
        let credentials = read(&pair.credentials);
        let owned = credentials
            .as_ref()
            .ok()
            .and_then(Option::as_ref)
            .map(|text| hatrack_core::delivery::owned(text));
        let owned = owned.unwrap_or_default();
        if !anew && self.stamps.get(&pair) == Some(&stamps) {
            return DiskDone::Read { pair, files: None, owned };
        }
        let config = read(&pair.config);
        let bytes = |file: &Read| file.as_ref().ok().and_then(Option::as_ref).map(|text| text.to_vec());
        let (config_text, credentials_text) =
            (Zeroizing::new(bytes(&config)), Zeroizing::new(bytes(&credentials)));
        let mut files = Files::read(&pair, config_text.as_deref(), credentials_text.as_deref(), kept);
        for (path, failure) in [(&pair.config, config.err()), (&pair.credentials, credentials.err())]
            .into_iter()
            .filter_map(both)
        {
            files.problems.insert(
                0,
                Problem {
                    file: crate::files::shown(path),
                    line: None,
                    profile: None,
                    message: failure.to_string(),
                },
            );
        }
        self.stamps.insert(pair.clone(), stamps);
        DiskDone::Read { pair, files: Some(Arc::new(files)), owned }
    }

    fn prepare(
        &self,
        pair: &FilePair,
        wanted: Option<OutputProfile>,
        adopt: bool,
    ) -> Result<OutputProfile, Failure> {
        let dir = self.dir(&pair.credentials, &pair.config);
        let profile = match wanted {
            Some(profile) => profile,
            None => dir.default_profile()?,
        };
        dir.check(&profile, adopt)?;
        Ok(profile)
    }

    fn write(
        &self,
        wish: &Wish,
        config: &Path,
        credentials: &Credentials,
    ) -> Result<Option<Problem>, Failure> {
        let (Some(token), Some(expiration)) = (&credentials.session_token, credentials.expiration) else {
            return Err(Failure::new(
                FailureCode::Refused,
                "AWS granted credentials without a session token or an end, which are never delivered.",
                "Look at AWS_ENDPOINT_URL: what answered there isn't STS.",
            ));
        };
        let delivery = Delivery {
            profile: section(wish)?,
            access_key_id: &credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.open(),
            session_token: token.open(),
            region: wish.region.as_deref(),
            role_id: &wish.role.id,
            expiration,
        };
        let delivered = self.dir(Path::new(&wish.credentials_file), config).deliver(&delivery, wish.adopt)?;
        Ok(delivered.tightened.map(|mode| {
            oddity(
                wish,
                format!("Others could read this file (mode {mode:03o}); now only you can (mode 600)."),
            )
        }))
    }

    /// Removes a section, unless another role's credentials stand there by now.
    fn erase(&self, wish: &Wish) -> Result<Option<Problem>, Failure> {
        let dir = self.dir(Path::new(&wish.credentials_file), Path::new(""));
        let profile = section(wish)?;
        let owned = dir.owned()?;
        let others = owned.iter().any(|owned| owned.profile == *profile && owned.role_id != wish.role.id);
        if others {
            return Ok(None);
        }
        Ok(match dir.erase(profile)? {
            Erasure::NotThere | Erasure::Gone => None,
            Erasure::Lost => Some(oddity(
                wish,
                "Hatrack's lines are gone from this section, but what they had replaced is lost with the \
                 journal. Enter the section's own keys again."
                    .to_owned(),
            )),
        })
    }

    fn leftovers(&self) -> Vec<(PathBuf, Vec<Owned>)> {
        let mut files: Vec<_> =
            self.journal.deliveries().into_iter().map(|entry| entry.credentials_file).collect();
        files.dedup();
        let owned = |file: PathBuf| {
            let owned = self.dir(&file, Path::new("")).owned().ok()?;
            Some((file, owned))
        };
        files.into_iter().filter_map(owned).collect()
    }

    fn dir(&self, credentials: &Path, config: &Path) -> AwsDir {
        AwsDir::new(credentials, config, &self.locks, self.journal.clone())
    }
}

/// The section that a wish is delivered into.
fn section(wish: &Wish) -> Result<&OutputProfile, Failure> {
    wish.output_profile.as_ref().ok_or_else(|| {
        Failure::new(
            FailureCode::Refused,
            "What the agent holds stands in no file.",
            "Activate the role again.",
        )
    })
}

fn oddity(wish: &Wish, message: String) -> Problem {
    Problem {
        file: wish.credentials_file.clone(),
        line: None,
        profile: wish.output_profile.as_ref().map(ToString::to_string),
        message,
    }
}

type Read = Result<Option<Zeroizing<Vec<u8>>>, Failure>;

fn read(path: &Path) -> Read {
    aws_dir::read(path)
}

fn both((path, failure): (&PathBuf, Option<Failure>)) -> Option<(&PathBuf, Failure)> {
    Some((path, failure?))
}

fn stamp(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok();
    Stamp(metadata.and_then(|metadata| Some((metadata.modified().ok()?, metadata.len(), inode(&metadata)))))
}

#[cfg(unix)]
fn inode(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_metadata: &std::fs::Metadata) -> u64 {
    0
}
