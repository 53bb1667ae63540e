//! A person: at a terminal, where there is one.

#[cfg(target_os = "linux")]
use std::fs::File;
use std::io::Read;
#[cfg(target_os = "linux")]
use std::process::Stdio;
use std::process::{Child, Command};

/// Reads what the terminal shows until this stands there, and returns all of it.
pub(crate) fn read_until(from: &mut impl Read, expected: &str) -> String {
    let (mut seen, mut buffer) = (Vec::new(), [0; 256]);
    while !String::from_utf8_lossy(&seen).contains(expected) {
        let count = from.read(&mut buffer).unwrap_or(0);
        assert!(count > 0, "{expected:?} never came after {:?}", String::from_utf8_lossy(&seen));
        seen.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8_lossy(&seen).into_owned()
}

/// Starts the command at a terminal, its answer kept apart. Returns the person's end.
#[cfg(target_os = "linux")]
pub(crate) fn at_terminal(hat: &mut Command) -> (File, Child) {
    let (person, program) = terminal();
    let stderr = program.try_clone().unwrap();
    let child = hat.stdin(program).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
    // What is left of the program's end in this process goes away with the stdio of the command.
    hat.stdin(Stdio::null()).stderr(Stdio::null());
    (person, child)
}

/// Presses Ctrl-C.
pub(crate) fn interrupt(hat: &Child) {
    assert!(Command::new("kill").args(["-INT", &hat.id().to_string()]).status().unwrap().success());
}

/// A terminal: the person's end, and the program's.
#[cfg(target_os = "linux")]
pub(crate) fn terminal() -> (File, File) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use std::os::unix::fs::OpenOptionsExt;
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
    let flags = i32::try_from(OpenptFlags::NOCTTY.bits()).unwrap();
    let program = File::options().read(true).write(true).custom_flags(flags).open(name).unwrap();
    (File::from(person), program)
}
