//! The door on Windows: a named pipe that only its owner may open.

use std::io::Result;
use std::os::windows::io::AsRawHandle;
use std::path::{Path, PathBuf};
use tokio::net::windows::named_pipe::{NamedPipeServer, ServerOptions};
use tokio::sync::Mutex;
use windows_sys::Win32::Foundation::{LocalFree, TRUE};
use windows_sys::Win32::Security::Authorization::ConvertStringSecurityDescriptorToSecurityDescriptorW;
use windows_sys::Win32::Security::{PSECURITY_DESCRIPTOR, SECURITY_ATTRIBUTES};
use windows_sys::Win32::System::Pipes::GetNamedPipeClientProcessId;

/// All rights for the owner, none for anybody else, not inherited: SDDL.
const OWNER_ONLY: &str = "D:P(A;;GA;;;OW)";

/// Revision 1 of SDDL, the only one there is.
const SDDL_REVISION_1: u32 = 1;

/// The pipe's name and its instance that waits for the next face.
pub struct Door {
    path: PathBuf,
    waiting: Mutex<Option<NamedPipeServer>>,
}

impl Door {
    /// Listens under this name; fails if another process has it.
    pub fn open(path: &Path) -> Result<Self> {
        let first = instance(path, true)?;
        Ok(Self { path: path.to_owned(), waiting: Mutex::new(Some(first)) })
    }

    /// The next stream, and the process at its other end. The pipe's access list lets nobody else in.
    pub async fn next(&self) -> Result<(NamedPipeServer, Option<u32>)> {
        let mut waiting = self.waiting.lock().await;
        let pipe = match waiting.take() {
            Some(pipe) => pipe,
            None => instance(&self.path, false)?,
        };
        pipe.connect().await?;
        *waiting = Some(instance(&self.path, false)?);
        let process = client_of(&pipe);
        Ok((pipe, process))
    }
}

/// The one stream of a private agent: a pipe of the name that it was given.
pub async fn private(pipe: Option<&Path>) -> Result<(NamedPipeServer, Option<u32>)> {
    let missing =
        || std::io::Error::new(std::io::ErrorKind::InvalidInput, "--private needs the name of a pipe");
    let server = instance(pipe.ok_or_else(missing)?, true)?;
    server.connect().await?;
    let process = client_of(&server);
    Ok((server, process))
}

/// The process at the other end of a pipe.
fn client_of(pipe: &NamedPipeServer) -> Option<u32> {
    let mut process = 0;
    #[expect(unsafe_code, reason = "no safe wrapper tells a pipe's client")]
    // SAFETY: the handle is open as long as the pipe is borrowed, and the number outlives the call.
    let told = unsafe { GetNamedPipeClientProcessId(pipe.as_raw_handle(), &raw mut process) };
    (told != 0).then_some(process)
}

fn instance(path: &Path, first: bool) -> Result<NamedPipeServer> {
    let descriptor = OwnerOnly::new()?;
    let mut attributes = SECURITY_ATTRIBUTES {
        nLength: u32::try_from(size_of::<SECURITY_ATTRIBUTES>()).unwrap_or(0),
        lpSecurityDescriptor: descriptor.0,
        bInheritHandle: 0,
    };
    let mut options = ServerOptions::new();
    options.first_pipe_instance(first).reject_remote_clients(true);
    #[expect(unsafe_code, reason = "an access list can only be given as the system's own structure")]
    // SAFETY: the structure and the descriptor that it points to outlive the call.
    unsafe {
        options.create_with_security_attributes_raw(path, (&raw mut attributes).cast())
    }
}

struct OwnerOnly(PSECURITY_DESCRIPTOR);

impl OwnerOnly {
    fn new() -> Result<Self> {
        let text: Vec<u16> = OWNER_ONLY.encode_utf16().chain([0]).collect();
        let mut descriptor: PSECURITY_DESCRIPTOR = std::ptr::null_mut();
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the text ends with a zero, and the result is owned by the wrapper.
        let done = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &raw mut descriptor,
                std::ptr::null_mut(),
            )
        };
        if done == TRUE { Ok(Self(descriptor)) } else { Err(std::io::Error::last_os_error()) }
    }
}

impl Drop for OwnerOnly {
    fn drop(&mut self) {
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the descriptor was allocated by the system for this wrapper alone.
        unsafe {
            LocalFree(self.0);
        }
    }
}
