//! Notices that others change the shared files, without polling.
//!
//! Folders are watched, not files: a file may not exist yet, be replaced by a rename, or be a link
//! into another folder. Where a folder doesn't exist either, the nearest one above it is watched
//! until it appears. Deliberately absent: reading the files, and telling what changed in them.

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// How long it must be quiet before a change is told: one save makes several events.
const QUIET: Duration = Duration::from_millis(100);

/// How many bursts are waited out before a change is told although it isn't quiet.
const MOST_BURSTS: u32 = 5;

/// As many links as Linux follows.
const MOST_LINKS: usize = 40;

/// Watches files until it is dropped.
#[derive(Debug)]
pub struct Watch {
    news: Sender<News>,
}

enum News {
    Add(PathBuf),
    Event(notify::Result<Event>),
    Stop,
}

impl Watch {
    /// Begins to watch, nothing at first. The path of each file that changed is sent, as it was
    /// given to [`Watch::add`].
    pub fn new(changes: UnboundedSender<PathBuf>) -> Self {
        let (news, inbox) = channel();
        let events = news.clone();
        let watcher = notify::recommended_watcher(move |event| {
            // After the end there is nobody to tell.
            events.send(News::Event(event)).unwrap_or_default();
        });
        // Without a watcher, out of inotify instances for instance, nothing is told; every reading
        // on request still sees the files as they are.
        if let Ok(watcher) = watcher {
            let mut follower =
                Follower { watcher, changes, files: BTreeMap::new(), folders: BTreeMap::new() };
            std::thread::spawn(move || follower.run(&inbox));
        }
        Self { news }
    }

    /// Watches one file more; one that is watched already stays so. A new one is told once, as it
    /// may have changed since its reader last looked.
    pub fn add(&self, path: &Path) {
        self.news.send(News::Add(path.to_owned())).unwrap_or_default();
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.news.send(News::Stop).unwrap_or_default();
    }
}

struct Follower {
    watcher: RecommendedWatcher,
    changes: UnboundedSender<PathBuf>,
    /// Each file with the places that it depends on: itself, each link on the way, and what stands
    /// at the end.
    files: BTreeMap<PathBuf, Vec<PathBuf>>,
    folders: BTreeMap<PathBuf, Option<Identity>>,
}

impl Follower {
    fn run(&mut self, inbox: &Receiver<News>) {
        let mut touched = BTreeSet::new();
        loop {
            let Ok(first) = inbox.recv() else { return };
            if self.take(first, &mut touched).is_err() {
                return;
            }
            let mut bursts = 0;
            while !touched.is_empty() && bursts < MOST_BURSTS {
                match inbox.recv_timeout(QUIET) {
                    Ok(news) => {
                        let before = touched.len();
                        if self.take(news, &mut touched).is_err() {
                            return;
                        }
                        bursts += u32::from(touched.len() == before);
                    }
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
            // Links and folders may have changed with the files.
            if !touched.is_empty() {
                touched.extend(self.follow());
            }
            for path in std::mem::take(&mut touched) {
                if self.changes.send(path).is_err() {
                    return;
                }
            }
        }
    }

    /// Notes which files some news is about; an error is the end.
    fn take(&mut self, news: News, touched: &mut BTreeSet<PathBuf>) -> Result<(), Ended> {
        match news {
            News::Stop => return Err(Ended),
            News::Add(path) => {
                // It may have changed since its reader last looked, so that a new one is told once.
                if self.files.insert(path.clone(), Vec::new()).is_none() {
                    touched.insert(path);
                }
                touched.extend(self.follow());
            }
            // Events may have been lost, so that any file may have changed.
            News::Event(Err(_)) => touched.extend(self.files.keys().cloned()),
            News::Event(Ok(event)) if event.need_rescan() => touched.extend(self.files.keys().cloned()),
            News::Event(Ok(event)) if changes_something(&event.kind) => {
                let about = |place: &PathBuf| event.paths.iter().any(|path| place.starts_with(path));
                let files = self.files.iter().filter(|(_, places)| places.iter().any(about));
                touched.extend(files.map(|(path, _)| path.clone()));
            }
            News::Event(Ok(_)) => {}
        }
        Ok(())
    }

    /// Watches the folders that now matter. Tells the files that a folder watched anew may have:
    /// one may have come before the watch did.
    fn follow(&mut self) -> Vec<PathBuf> {
        let mut folders = BTreeMap::new();
        for (path, places) in &mut self.files {
            *places = places_of(path);
            for place in places {
                if let Some(folder) = nearest_folder(place) {
                    let identity = Identity::of(&folder);
                    folders.insert(folder, identity);
                }
            }
        }
        for folder in self.folders.keys().filter(|folder| !folders.contains_key(*folder)) {
            // A folder that is gone is no longer watched anyway.
            self.watcher.unwatch(folder).unwrap_or_default();
        }
        let mut fresh = Vec::new();
        for (folder, identity) in &folders {
            let known = self.folders.get(folder);
            if known == Some(identity) {
                continue;
            }
            if known.is_some() {
                self.watcher.unwatch(folder).unwrap_or_default();
            }
            if self.watcher.watch(folder, RecursiveMode::NonRecursive).is_ok() {
                fresh.push(folder.clone());
            }
        }
        folders.retain(|folder, _| self.folders.contains_key(folder) || fresh.contains(folder));
        self.folders = folders;
        let in_fresh = |places: &Vec<PathBuf>| {
            places.iter().any(|place| fresh.iter().any(|folder| place.starts_with(folder)))
        };
        self.files.iter().filter(|(_, places)| in_fresh(places)).map(|(path, _)| path.clone()).collect()
    }
}

struct Ended;

/// Whether the event can mean other bytes: reading a file makes events too.
fn changes_something(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(access) => *access == AccessKind::Close(AccessMode::Write),
        EventKind::Modify(modify) => match modify {
            ModifyKind::Any
            | ModifyKind::Data(_)
            | ModifyKind::Metadata(_)
            | ModifyKind::Name(_)
            | ModifyKind::Other => true,
        },
        EventKind::Any | EventKind::Create(_) | EventKind::Remove(_) | EventKind::Other => true,
    }
}

/// The places on the way from a path to the file behind it.
fn places_of(path: &Path) -> Vec<PathBuf> {
    let mut places = Vec::new();
    let mut at = path.to_owned();
    while places.len() < MOST_LINKS {
        // Events name what stands in the real folder.
        let real = match (at.parent().map(Path::canonicalize), at.file_name()) {
            (Some(Ok(folder)), Some(name)) => folder.join(name),
            (Some(_) | None, _) => at.clone(),
        };
        let link = std::fs::read_link(&real);
        let folder = real.parent().map(Path::to_owned).unwrap_or_default();
        places.push(real);
        match link {
            Ok(to) => at = folder.join(to),
            Err(_) => break,
        }
    }
    places
}

/// The folder of a place, or the nearest one above it that is there.
fn nearest_folder(place: &Path) -> Option<PathBuf> {
    place.ancestors().skip(1).find_map(|folder| folder.canonicalize().ok().filter(|real| real.is_dir()))
}

/// What tells a folder from another one that took its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity(u64, u64);

impl Identity {
    #[cfg(unix)]
    fn of(folder: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        folder.metadata().ok().map(|metadata| Self(metadata.dev(), metadata.ino()))
    }

    #[cfg(windows)]
    fn of(folder: &Path) -> Option<Self> {
        use std::os::windows::fs::MetadataExt as _;
        folder.metadata().ok().map(|metadata| Self(metadata.creation_time(), 0))
    }
}

#[cfg(test)]
mod tests;
