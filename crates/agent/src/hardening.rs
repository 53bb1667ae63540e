//! Keeping the agent's memory to itself.

/// Makes the process undumpable: no core file, and no other process of the user attaches to it.
///
/// On Linux prctl(PR_SET_DUMPABLE) and RLIMIT_CORE; elsewhere on Unix RLIMIT_CORE alone. Fails
/// where the system refuses, and the agent doesn't start then.
#[cfg(unix)]
pub fn harden() -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Keeps the system from asking what to do with a crashed process, and from keeping its memory.
#[cfg(windows)]
pub fn harden() -> std::io::Result<()> {
    use windows_sys::Win32::System::Diagnostics::Debug::{
        SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SetErrorMode,
    };
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the call takes plain values.
    unsafe {
        SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    }
    Ok(())
}
