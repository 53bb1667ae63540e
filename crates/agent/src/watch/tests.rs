//! Real files, real events.

use super::*;
use std::fs;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// Long enough for a busy machine; every wait ends as soon as the news is there.
const PATIENCE: Duration = Duration::from_secs(20);

struct Seen {
    watch: Watch,
    changes: UnboundedReceiver<PathBuf>,
}

impl Seen {
    async fn watching(paths: &[&Path]) -> Self {
        let (sender, changes) = unbounded_channel();
        let mut seen = Self { watch: Watch::new(sender), changes };
        for path in paths {
            seen.add(path).await;
        }
        seen
    }

    /// A path is told once as it begins to be watched, since it may just have changed.
    async fn add(&mut self, path: &Path) {
        self.watch.add(path);
        self.waits_for(path).await;
    }

    async fn waits_for(&mut self, path: &Path) {
        let told = async {
            while let Some(changed) = self.changes.recv().await {
                if changed == path {
                    return;
                }
            }
            panic!("the watch has ended");
        };
        tokio::time::timeout(PATIENCE, told).await.unwrap();
    }

    /// Waits until a later change of another file has been told, and nothing of this one before.
    async fn hears_nothing_of(&mut self, path: &Path, other: &Path) {
        fs::write(other, "later").unwrap();
        loop {
            let told = tokio::time::timeout(PATIENCE, self.changes.recv()).await.unwrap().unwrap();
            assert_ne!(told, path);
            if told == other {
                return;
            }
        }
    }
}

#[tokio::test]
async fn writes_in_place_and_renames_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials");
    let mut seen = Seen::watching(&[&path]).await;
    fs::write(&path, "a").unwrap();
    seen.waits_for(&path).await;
    fs::write(&path, "b").unwrap();
    seen.waits_for(&path).await;
    let beside = folder.path().join("new");
    fs::write(&beside, "c").unwrap();
    fs::rename(&beside, &path).unwrap();
    seen.waits_for(&path).await;
    fs::remove_file(&path).unwrap();
    seen.waits_for(&path).await;
}

#[tokio::test]
async fn a_folder_that_comes_later_and_comes_again_is_watched() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("deep/.aws");
    let path = folder.join("config");
    let mut seen = Seen::watching(&[&path]).await;
    for _ in 0..2 {
        fs::create_dir_all(&folder).unwrap();
        seen.waits_for(&path).await;
        fs::write(&path, "a").unwrap();
        seen.waits_for(&path).await;
        fs::remove_dir_all(home.path().join("deep")).unwrap();
        seen.waits_for(&path).await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_a_link_points_to_is_watched_and_followed_when_it_moves() {
    let home = tempfile::tempdir().unwrap();
    let (aws, one, two) = (home.path().join(".aws"), home.path().join("one"), home.path().join("two"));
    for folder in [&aws, &one, &two] {
        fs::create_dir(folder).unwrap();
    }
    let path = aws.join("credentials");
    std::os::unix::fs::symlink("../one/file", &path).unwrap();
    let mut seen = Seen::watching(&[&path]).await;
    fs::write(one.join("file"), "a").unwrap();
    seen.waits_for(&path).await;
    fs::write(two.join("file"), "a").unwrap();
    fs::remove_file(&path).unwrap();
    std::os::unix::fs::symlink("../two/file", &path).unwrap();
    seen.waits_for(&path).await;
    fs::write(two.join("file"), "b").unwrap();
    seen.waits_for(&path).await;
}

#[tokio::test]
async fn reading_and_the_neighbours_are_not_told() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("config"), folder.path().join("credentials"));
    fs::write(&path, "a").unwrap();
    let mut seen = Seen::watching(&[&path, &other]).await;
    // Both were told as they began to be watched; from here on only the other one changes.
    while seen.changes.try_recv().is_ok() {}
    fs::read(&path).unwrap();
    fs::write(folder.path().join("config.bak"), "x").unwrap();
    seen.hears_nothing_of(&path, &other).await;
}

#[tokio::test]
async fn dropping_it_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let Seen { watch, mut changes } = Seen::watching(&[&folder.path().join("config")]).await;
    drop(watch);
    let ended = async { while changes.recv().await.is_some() {} };
    tokio::time::timeout(PATIENCE, ended).await.unwrap();
}
