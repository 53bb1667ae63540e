//! macOS and Windows, through a library that knows their ways.

use super::{Told, cut};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System, UpdateKind};

pub(super) fn told(process: u32) -> Told {
    let pid = Pid::from_u32(process);
    let mut system = System::new();
    let wanted = ProcessRefreshKind::nothing().with_exe(UpdateKind::Always).with_cwd(UpdateKind::Always);
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), false, wanted);
    let Some(process) = system.process(pid) else { return Told::default() };
    Told {
        parent: process.parent().map(Pid::as_u32),
        executable: process.exe().map(|path| cut(&path.to_string_lossy())),
        folder: process.cwd().map(|path| cut(&path.to_string_lossy())),
    }
}
