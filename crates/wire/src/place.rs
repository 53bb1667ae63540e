//! Where Hatrack keeps its own things: wishes, vault and journal, the socket.
//!
//! Deliberately absent: the shared AWS files. Whose files are meant is the caller's environment to
//! say, not the agent's.

use hatrack_core::failure::{Failure, FailureCode};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The longest path of a Unix socket that every platform takes.
#[cfg(unix)]
const LONGEST_SOCKET_PATH: usize = 100;

/// The folders of one person's Hatrack. `HATRACK_HOME` moves all of them under one folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    home: Option<PathBuf>,
    config: PathBuf,
    data: PathBuf,
    run: PathBuf,
    socket: PathBuf,
}

/// Why the places can't be told or used.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The variable that everything starts from is missing.
    #[error("the environment variable {0} isn't set")]
    Unset(&'static str),
    /// A folder can't be made or looked at.
    #[error("{path}: {source}")]
    Folder {
        /// The folder.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The folder for the socket belongs to somebody else, or is no folder.
    #[error("{path} isn't a folder of yours")]
    NotYours {
        /// The path.
        path: String,
    },
}

impl From<PlaceError> for Failure {
    fn from(error: PlaceError) -> Self {
        match error {
            PlaceError::Unset(variable) => Self::new(
                FailureCode::File,
                format!("Hatrack's folders can't be found, as {variable} isn't set."),
                format!("Set {variable}, or HATRACK_HOME to a folder of yours."),
            ),
            PlaceError::Folder { path, source } => Self::new(
                FailureCode::File,
                format!("The folder {path} can't be used: {source}."),
                "Look at its permissions, or set HATRACK_HOME to a folder of yours.",
            ),
            PlaceError::NotYours { path } => Self::new(
                FailureCode::File,
                format!("{path} is needed for the agent's socket, but isn't a folder of yours."),
                "Find out who made it, or set XDG_RUNTIME_DIR or HATRACK_HOME to a folder of yours.",
            ),
        }
    }
}

impl Places {
    /// Tells the places from an environment.
    pub fn of(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, PlaceError> {
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let home = lookup("HATRACK_HOME").map(PathBuf::from).map(absolute).transpose()?;
        let roots = match &home {
            Some(home) => {
                Roots { config: home.join("config"), data: home.join("data"), run: home.join("run") }
            }
            None => platform::roots(&lookup)?,
        };
        let socket = platform::socket(&roots.run, &lookup);
        Ok(Self { home, config: roots.config, data: roots.data, run: roots.run, socket })
    }

    /// Tells the places from this process's environment.
    pub fn here() -> Result<Self, PlaceError> {
        Self::of(|name| std::env::var_os(name))
    }

    /// The folder that `HATRACK_HOME` moved everything to, as an absolute path.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// The folder of the wishes.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// The folder of vault and journal.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The folder of what lives as long as the person is logged in.
    pub fn run(&self) -> &Path {
        &self.run
    }

    /// The agent's socket; on Windows the name of its pipe.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The file that the one agent holds locked.
    pub fn lock_file(&self) -> PathBuf {
        self.run.join("agent.lock")
    }

    /// Makes the folders that socket and lock file stand in, readable by their owner alone, and
    /// makes sure that they are the caller's.
    pub fn prepare(&self) -> Result<(), PlaceError> {
        platform::make_private(&self.run)?;
        match self.socket.parent() {
            Some(folder) if cfg!(unix) && folder != self.run => platform::make_private(folder),
            _ => Ok(()),
        }
    }
}

fn absolute(path: impl AsRef<Path>) -> Result<PathBuf, PlaceError> {
    std::path::absolute(path.as_ref())
        .map_err(|source| PlaceError::Folder { path: path.as_ref().display().to_string(), source })
}

/// The folders before the socket is placed.
struct Roots {
    config: PathBuf,
    data: PathBuf,
    run: PathBuf,
}

/// FNV-1a, 64 bits: names must be the same in every build of every process, which the standard
/// library's hasher doesn't promise. Nothing rests on its strength, as the peer's user is checked.
fn name_hash(parts: &[&[u8]]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in parts.iter().flat_map(|part| part.iter().chain(&[0])) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash
}

#[cfg(unix)]
mod platform {
    use super::{LONGEST_SOCKET_PATH, PlaceError, Roots, name_hash};
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
    use std::path::{Path, PathBuf};

    /// The XDG base directories, where a relative path counts as none.
    #[cfg(not(target_os = "macos"))]
    pub(super) fn roots(lookup: &dyn Fn(&str) -> Option<OsString>) -> Result<Roots, PlaceError> {
        let home = lookup("HOME").map(PathBuf::from);
        let base = |variable: &str, under_home: &str| {
            absolute(lookup, variable)
                .or_else(|| home.as_ref().map(|home| home.join(under_home)))
                .map(|base| base.join("hatrack"))
                .ok_or(PlaceError::Unset("HOME"))
        };
        Ok(Roots {
            config: base("XDG_CONFIG_HOME", ".config")?,
            data: base("XDG_DATA_HOME", ".local/share")?,
            run: absolute(lookup, "XDG_RUNTIME_DIR")
                .map_or_else(|| in_temp(lookup), |base| base.join("hatrack")),
        })
    }

    /// macOS's own places; the temporary folder there is each user's own.
    #[cfg(target_os = "macos")]
    pub(super) fn roots(lookup: &dyn Fn(&str) -> Option<OsString>) -> Result<Roots, PlaceError> {
        let home = lookup("HOME").map(PathBuf::from).ok_or(PlaceError::Unset("HOME"))?;
        let support = home.join("Library/Application Support/Hatrack");
        Ok(Roots { config: support.join("config"), data: support.join("data"), run: in_temp(lookup) })
    }

    /// The socket beside the lock file, or at a short path where that one would be too long.
    pub(super) fn socket(run: &Path, lookup: &dyn Fn(&str) -> Option<OsString>) -> PathBuf {
        let wanted = run.join("agent.sock");
        if fits(&wanted) {
            return wanted;
        }
        let name = format!("{:016x}.sock", name_hash(&[run.as_os_str().as_bytes()]));
        absolute(lookup, "XDG_RUNTIME_DIR")
            .map(|base| base.join("hatrack").join(&name))
            .into_iter()
            .chain([in_temp(lookup).join(&name)])
            .find(|path| fits(path))
            .unwrap_or_else(|| under(Path::new("/tmp")).join(&name))
    }

    /// Makes a folder of mode 0700, or tightens the one that is there, if it is the caller's.
    pub(super) fn make_private(folder: &Path) -> Result<(), PlaceError> {
        let error = |source| PlaceError::Folder { path: folder.display().to_string(), source };
        if let Some(parent) = folder.parent() {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(error)?;
        }
        match std::fs::DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) => {}
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(error(e)),
        }
        let found = std::fs::symlink_metadata(folder).map_err(error)?;
        if !found.is_dir() || found.uid() != rustix::process::geteuid().as_raw() {
            return Err(PlaceError::NotYours { path: folder.display().to_string() });
        }
        if found.mode() & 0o077 != 0 {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(error)?;
        }
        Ok(())
    }

    fn in_temp(lookup: &dyn Fn(&str) -> Option<OsString>) -> PathBuf {
        under(&absolute(lookup, "TMPDIR").unwrap_or_else(|| PathBuf::from("/tmp")))
    }

    fn under(temp: &Path) -> PathBuf {
        temp.join(format!("hatrack-{}", rustix::process::geteuid().as_raw()))
    }

    fn absolute(lookup: &dyn Fn(&str) -> Option<OsString>, variable: &str) -> Option<PathBuf> {
        lookup(variable).map(PathBuf::from).filter(|path| path.is_absolute())
    }

    fn fits(path: &Path) -> bool {
        path.as_os_str().len() <= LONGEST_SOCKET_PATH
    }
}

#[cfg(windows)]
mod platform {
    use super::{PlaceError, Roots, name_hash};
    use std::ffi::OsString;
    use std::path::{Path, PathBuf};

    /// The roaming folder for wishes, the local one for the rest.
    pub(super) fn roots(lookup: &dyn Fn(&str) -> Option<OsString>) -> Result<Roots, PlaceError> {
        let roaming = lookup("APPDATA").map(PathBuf::from).ok_or(PlaceError::Unset("APPDATA"))?;
        let local = lookup("LOCALAPPDATA").map(PathBuf::from).ok_or(PlaceError::Unset("LOCALAPPDATA"))?;
        Ok(Roots {
            config: roaming.join("Hatrack"),
            data: local.join("Hatrack").join("data"),
            run: local.join("Hatrack").join("run"),
        })
    }

    /// The pipe's name: pipes of all users share one name space.
    pub(super) fn socket(run: &Path, lookup: &dyn Fn(&str) -> Option<OsString>) -> PathBuf {
        let text = |variable: &str| lookup(variable).unwrap_or_default().to_string_lossy().into_owned();
        let hash = name_hash(&[
            text("USERDOMAIN").to_lowercase().as_bytes(),
            text("USERNAME").to_lowercase().as_bytes(),
            run.to_string_lossy().to_lowercase().as_bytes(),
        ]);
        PathBuf::from(format!(r"\\.\pipe\hatrack-{hash:016x}"))
    }

    /// Makes the folder; under the user's own folder it inherits that folder's access list.
    pub(super) fn make_private(folder: &Path) -> Result<(), PlaceError> {
        std::fs::create_dir_all(folder)
            .map_err(|source| PlaceError::Folder { path: folder.display().to_string(), source })
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn places(variables: &[(&str, &str)]) -> Places {
        Places::of(|name| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| OsString::from(v))).unwrap()
    }

    #[test]
    #[cfg(not(target_os = "macos"))]
    fn xdg_says_where_and_a_relative_path_counts_as_none() {
        let here =
            places(&[("HOME", "/home/eve"), ("XDG_RUNTIME_DIR", "/run/user/7"), ("XDG_DATA_HOME", "data")]);
        assert_eq!(here.config(), Path::new("/home/eve/.config/hatrack"));
        assert_eq!(here.data(), Path::new("/home/eve/.local/share/hatrack"));
        assert_eq!(here.socket(), Path::new("/run/user/7/hatrack/agent.sock"));
        assert_eq!(here.lock_file(), Path::new("/run/user/7/hatrack/agent.lock"));
        let uid = rustix::process::geteuid().as_raw();
        assert_eq!(places(&[("HOME", "/home/eve")]).run(), Path::new(&format!("/tmp/hatrack-{uid}")));
    }

    #[test]
    #[cfg(not(target_os = "macos"))]
    fn without_a_home_the_missing_variable_is_named() {
        let error = Places::of(|_| None).unwrap_err();
        assert_eq!(error.to_string(), "the environment variable HOME isn't set");
    }

    #[test]
    fn hatrack_home_moves_everything_under_one_folder() {
        let here = places(&[("HATRACK_HOME", "/h"), ("XDG_RUNTIME_DIR", "/run/user/7")]);
        assert_eq!(here.config(), Path::new("/h/config"));
        assert_eq!(here.data(), Path::new("/h/data"));
        assert_eq!(here.socket(), Path::new("/h/run/agent.sock"));
    }

    #[test]
    fn a_long_path_gets_a_short_socket_of_its_own() {
        let long = |tail: &str| format!("/{}/{tail}", "x".repeat(120));
        let socket =
            |home: &str, temp: &str| places(&[("HATRACK_HOME", home), ("TMPDIR", temp)]).socket().to_owned();
        let first = socket(&long("a"), "/tmp");
        assert!(first.as_os_str().len() <= LONGEST_SOCKET_PATH && first.starts_with("/tmp"));
        assert_ne!(first, socket(&long("b"), "/tmp"));
        assert_eq!(first, socket(&long("a"), &long("temp")));
    }

    #[test]
    fn folders_are_made_private_and_a_link_is_not_followed() {
        let temp = std::env::temp_dir().join(format!("hatrack-place-{}", std::process::id()));
        let here = places(&[("HATRACK_HOME", temp.to_str().unwrap())]);
        here.prepare().unwrap();
        let mode = || std::fs::metadata(here.run()).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(), 0o700);
        std::fs::set_permissions(here.run(), std::fs::Permissions::from_mode(0o755)).unwrap();
        here.prepare().unwrap();
        assert_eq!(mode(), 0o700);
        std::fs::remove_dir(here.run()).unwrap();
        std::os::unix::fs::symlink("/tmp", here.run()).unwrap();
        assert!(matches!(here.prepare(), Err(PlaceError::NotYours { .. })));
        std::fs::remove_dir_all(&temp).unwrap();
    }
}
