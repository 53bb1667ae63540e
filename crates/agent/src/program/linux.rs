//! Linux: what `/proc` tells.

use super::{Told, cut};
use std::path::PathBuf;

pub(super) fn told(process: u32) -> Told {
    let of = |what: &str| PathBuf::from(format!("/proc/{process}/{what}"));
    let link = |what| std::fs::read_link(of(what)).ok().map(|path| cut(&path.to_string_lossy()));
    let status = std::fs::read_to_string(of("status")).unwrap_or_default();
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
    Told {
        parent: parent.and_then(|parent| parent.trim().parse().ok()).filter(|parent| *parent > 0),
        executable: link("exe"),
        folder: link("cwd"),
    }
}
