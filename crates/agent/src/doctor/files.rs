//! The shared files: whether they can be used, and who else can.

use super::{TIME_LIMIT, bad, good, warning};
use crate::world::World;
use hatrack_wire::Finding;
use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

/// Which of the two files it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Config,
    Credentials,
}

impl Which {
    fn subject(self) -> &'static str {
        match self {
            Self::Config => "config file",
            Self::Credentials => "credentials file",
        }
    }
}

pub(super) async fn look(world: &World) -> Vec<Finding> {
    let files = [
        (Which::Config, world.config_file().to_owned()),
        (Which::Credentials, world.credentials_file().to_owned()),
    ];
    let mut findings = Vec::new();
    for (which, path) in files {
        // A network folder that hangs must not hang the agent.
        let shown = path.display().to_string();
        let looking = tokio::task::spawn_blocking(move || look_at(which, &path));
        findings.push(match tokio::time::timeout(TIME_LIMIT / 2, looking).await {
            Ok(Ok(finding)) => finding,
            Ok(Err(_)) | Err(_) => bad(
                which.subject(),
                format!("{shown} could not be looked at in time."),
                "Look whether its folder is on a network that doesn't answer.",
            ),
        });
    }
    findings
}

fn look_at(which: Which, path: &Path) -> Finding {
    let subject = which.subject();
    let shown = path.display();
    let link = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return missing(which, path),
        Err(error) => {
            return bad(
                subject,
                format!("{shown} can't be looked at: {error}."),
                "Look at the folder's permissions.",
            );
        }
        Ok(about) if about.is_symlink() => match fs::canonicalize(path) {
            Ok(target) => Some(target),
            Err(error) => {
                return bad(
                    subject,
                    format!("{shown} is a link that leads nowhere: {error}."),
                    "Create the file that it points to, or remove the link.",
                );
            }
        },
        Ok(_) => None,
    };
    let real = link.clone().unwrap_or_else(|| path.to_owned());
    let about = match fs::metadata(&real) {
        Ok(about) => about,
        Err(error) => {
            return bad(subject, format!("{shown} can't be looked at: {error}."), "Look at its permissions.");
        }
    };
    // Opening anything else could wait for ever.
    if !about.is_file() {
        return bad(
            subject,
            format!("{shown} is not a file."),
            "Move it away, and create a file in its place.",
        );
    }
    if let Err(error) = File::open(&real) {
        return bad(
            subject,
            format!("{shown} can't be read: {error}."),
            "Make it yours and readable for you.",
        );
    }
    if let Some(finding) = ownership(which, &real, &about) {
        return finding;
    }
    let end = match link {
        Some(target) => format!("{shown} is a link to {} and can be used.", target.display()),
        None => format!("{shown} is there and can be used."),
    };
    good(subject, end)
}

fn missing(which: Which, path: &Path) -> Finding {
    let shown = path.display();
    match which {
        Which::Config => warning(
            which.subject(),
            format!("There is no {shown}, so there are no roles to offer."),
            "Create it, for instance with `aws configure`, or point AWS_CONFIG_FILE to it.",
        ),
        Which::Credentials => {
            // It will be created in the nearest folder that is there.
            match path.ancestors().skip(1).find(|folder| folder.exists()) {
                Some(folder) if is_writable(folder) => good(
                    which.subject(),
                    format!("There is no {shown} yet; it will be created when a role is activated."),
                ),
                Some(folder) => bad(
                    which.subject(),
                    format!("There is no {shown}, and it can't be created in {}.", folder.display()),
                    "Make the folder writable for you, or set AWS_SHARED_CREDENTIALS_FILE.",
                ),
                None => bad(
                    which.subject(),
                    format!("There is no {shown}, nor any folder above it."),
                    "Set HOME or AWS_SHARED_CREDENTIALS_FILE to a place that exists.",
                ),
            }
        }
    }
}

#[cfg(unix)]
fn is_writable(folder: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok()
}

#[cfg(not(unix))]
fn is_writable(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|about| !about.permissions().readonly())
}

#[cfg(unix)]
fn ownership(which: Which, real: &Path, about: &Metadata) -> Option<Finding> {
    use std::os::unix::fs::MetadataExt;
    let (subject, shown) = (which.subject(), real.display());
    let me = rustix::process::geteuid().as_raw();
    if about.uid() != me {
        let remedy = format!("Make it yours: sudo chown $(id -u) '{shown}'.");
        return Some(bad(
            subject,
            format!("{shown} belongs to another user (number {}).", about.uid()),
            remedy,
        ));
    }
    let folder = real.parent()?;
    let around = fs::metadata(folder).ok()?;
    // Who may write where the file is may put another in its place; a sticky folder prevents that.
    if around.mode() & 0o022 != 0 && around.mode() & 0o1000 == 0 {
        return Some(bad(
            subject,
            format!("Other users can write in {}.", folder.display()),
            format!("Run: chmod go-w '{}'", folder.display()),
        ));
    }
    if about.mode() & 0o022 != 0 {
        return Some(bad(
            subject,
            format!("Other users can write to {shown}."),
            format!("Run: chmod go-w '{shown}'"),
        ));
    }
    if which == Which::Credentials && about.mode() & 0o044 != 0 {
        return Some(warning(
            subject,
            format!("Other users can read {shown}."),
            format!("Run: chmod go-r '{shown}'"),
        ));
    }
    // What replaces the file is made in its folder, so that is what must be writable.
    (which == Which::Credentials && !is_writable(folder)).then(|| {
        bad(
            subject,
            format!("{shown} can't be replaced: its folder is not writable."),
            format!("Run: chmod u+w '{}'", folder.display()),
        )
    })
}

#[cfg(not(unix))]
fn ownership(_: Which, _: &Path, _: &Metadata) -> Option<Finding> {
    None
}
