//! A named pipe, opened for overlapped use: a plain handle would let a waiting read block a write.

use super::Peer;
use std::fs::OpenOptions;
use std::io::{Error, ErrorKind, Read, Result, Write};
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use windows_sys::Win32::Foundation::{
    ERROR_BROKEN_PIPE, ERROR_IO_PENDING, ERROR_PIPE_BUSY, ERROR_PIPE_NOT_CONNECTED, HANDLE, WAIT_OBJECT_0,
    WAIT_TIMEOUT,
};
use windows_sys::Win32::Security::{EqualSid, GetTokenInformation, PSID, TOKEN_QUERY, TOKEN_USER, TokenUser};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_OVERLAPPED, ReadFile, SECURITY_IDENTIFICATION, WriteFile,
};
use windows_sys::Win32::System::IO::{CancelIoEx, GetOverlappedResult, OVERLAPPED};
use windows_sys::Win32::System::Pipes::GetNamedPipeServerProcessId;
use windows_sys::Win32::System::Threading::{
    CreateEventW, GetCurrentProcess, INFINITE, OpenProcess, OpenProcessToken,
    PROCESS_QUERY_LIMITED_INFORMATION, WaitForSingleObject,
};

/// A connection to the agent.
#[derive(Debug)]
pub(crate) struct Stream {
    pipe: Arc<Handle>,
    closed: Arc<AtomicBool>,
    read_limit: std::cell::Cell<Option<Duration>>,
}

/// A handle that is closed when dropped.
#[derive(Debug)]
pub(crate) struct Handle(OwnedHandle);

impl Handle {
    /// Takes a handle that the system returned over, if it is one.
    pub(crate) fn new(raw: HANDLE) -> Option<Self> {
        if raw.is_null() {
            return None;
        }
        #[expect(unsafe_code, reason = "std takes a handle over in this way alone")]
        // SAFETY: the system has just returned it to us, and nobody else closes it.
        Some(Self(unsafe { OwnedHandle::from_raw_handle(raw) }))
    }

    /// The handle, for the system's calls.
    pub(crate) fn raw(&self) -> HANDLE {
        self.0.as_raw_handle()
    }
}

impl Stream {
    /// Connects to the pipe of this name. The agent may learn who calls, but not act as them.
    pub(crate) fn connect(name: &Path) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        options.custom_flags(FILE_FLAG_OVERLAPPED).security_qos_flags(SECURITY_IDENTIFICATION);
        let mut tries = 0;
        let file = loop {
            match options.open(name) {
                // The agent has taken one client in and doesn't wait for the next one yet.
                Err(error) if error.raw_os_error() == Some(ERROR_PIPE_BUSY.cast_signed()) && tries < 100 => {
                    tries += 1;
                    std::thread::sleep(Duration::from_millis(10));
                }
                opened => break opened?,
            }
        };
        Ok(Self {
            pipe: Arc::new(Handle(file.into())),
            closed: Arc::new(AtomicBool::new(false)),
            read_limit: std::cell::Cell::new(None),
        })
    }

    /// Tells who stands at the other end.
    pub(crate) fn peer(&self) -> Result<Peer> {
        let mut pid = 0;
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the pipe is open, and the pointer is to a live variable.
        let known = unsafe { GetNamedPipeServerProcessId(self.pipe.raw(), &raw mut pid) };
        if known == 0 {
            return Err(Error::last_os_error());
        }
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the call takes plain values; the handle that it returns is owned by the wrapper.
        let process = Handle::new(unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid) });
        // A process that may not even be asked who it runs as isn't ours.
        let is_mine = match process {
            Some(process) => same_user(&user_of(process.raw())?, &user_of_this_process()?),
            None => false,
        };
        Ok(Peer { is_mine, pid: Some(pid) })
    }

    /// Limits how long a read may wait; `None`: for ever.
    pub(crate) fn set_read_timeout(&self, limit: Option<Duration>) -> Result<()> {
        self.read_limit.set(limit);
        Ok(())
    }

    /// Another handle of the same connection.
    pub(crate) fn try_clone(&self) -> Result<Self> {
        Ok(Self {
            pipe: Arc::clone(&self.pipe),
            closed: Arc::clone(&self.closed),
            read_limit: std::cell::Cell::new(None),
        })
    }

    /// Ends the connection for all its handles; a waiting read returns.
    pub(crate) fn shutdown(&self) {
        self.closed.store(true, Ordering::SeqCst);
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the pipe is open; without an OVERLAPPED all that is under way on it is cancelled.
        unsafe {
            CancelIoEx(self.pipe.raw(), std::ptr::null());
        }
    }

    /// Starts a transfer, waits for it, and cancels it where the time is over.
    fn transfer(
        &self,
        limit: Option<Duration>,
        start: impl FnOnce(HANDLE, *mut OVERLAPPED) -> i32,
    ) -> Result<usize> {
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: an unnamed event with default security; the handle is owned by the wrapper.
        let event = Handle::new(unsafe { CreateEventW(std::ptr::null(), 1, 0, std::ptr::null()) })
            .ok_or_else(Error::last_os_error)?;
        let mut overlapped = OVERLAPPED { hEvent: event.raw(), ..OVERLAPPED::default() };
        if start(self.pipe.raw(), &raw mut overlapped) == 0 {
            let error = Error::last_os_error();
            if error.raw_os_error() != Some(ERROR_IO_PENDING.cast_signed()) {
                return end_or(error);
            }
        }
        if self.closed.load(Ordering::SeqCst) {
            self.shutdown();
        }
        let limit = limit.map_or(INFINITE, |limit| u32::try_from(limit.as_millis()).unwrap_or(INFINITE - 1));
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: the event is open.
        let waited = unsafe { WaitForSingleObject(event.raw(), limit) };
        if waited != WAIT_OBJECT_0 {
            #[expect(unsafe_code, reason = "the system's own call")]
            // SAFETY: the transfer is one of this pipe; cancelling one that is done does nothing.
            unsafe {
                CancelIoEx(self.pipe.raw(), &raw const overlapped);
            }
        }
        let mut count = 0;
        #[expect(unsafe_code, reason = "the system's own call")]
        // SAFETY: both pointers are to live variables. It waits, so that neither the buffer nor the
        // OVERLAPPED is touched after this function has returned.
        let done = unsafe { GetOverlappedResult(self.pipe.raw(), &raw const overlapped, &raw mut count, 1) };
        if done != 0 {
            return Ok(count as usize);
        }
        let error = Error::last_os_error();
        if self.closed.load(Ordering::SeqCst) {
            return Ok(0);
        }
        if waited == WAIT_TIMEOUT { Err(ErrorKind::TimedOut.into()) } else { end_or(error) }
    }
}

impl Read for &Stream {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let length = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        self.transfer(self.read_limit.get(), |pipe, overlapped| {
            #[expect(unsafe_code, reason = "the system's own call")]
            // SAFETY: `transfer` returns only when the transfer has ended, so the buffer outlives it.
            unsafe {
                ReadFile(pipe, buffer.as_mut_ptr(), length, std::ptr::null_mut(), overlapped)
            }
        })
    }
}

impl Write for &Stream {
    fn write(&mut self, buffer: &[u8]) -> Result<usize> {
        let length = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        self.transfer(None, |pipe, overlapped| {
            #[expect(unsafe_code, reason = "the system's own call")]
            // SAFETY: `transfer` returns only when the transfer has ended, so the buffer outlives it.
            unsafe {
                WriteFile(pipe, buffer.as_ptr(), length, std::ptr::null_mut(), overlapped)
            }
        })
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// The end of the pipe is an end, not an error.
fn end_or(error: Error) -> Result<usize> {
    const ENDS: [u32; 2] = [ERROR_BROKEN_PIPE, ERROR_PIPE_NOT_CONNECTED];
    if ENDS.iter().any(|end| error.raw_os_error() == Some(end.cast_signed())) { Ok(0) } else { Err(error) }
}

/// The user of a process: a TOKEN_USER and the SID that it points to, in memory aligned for it.
fn user_of(process: HANDLE) -> Result<Vec<u64>> {
    let mut token = std::ptr::null_mut();
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the process handle is open, and the pointer is to a live variable.
    let opened = unsafe { OpenProcessToken(process, TOKEN_QUERY, &raw mut token) };
    let token = Handle::new(token).filter(|_| opened != 0).ok_or_else(Error::last_os_error)?;
    // A SID has at most 68 bytes.
    let mut user = vec![0_u64; 32];
    let mut length = 0;
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the token is open, and the buffer has the length that is given.
    let told = unsafe {
        GetTokenInformation(token.raw(), TokenUser, user.as_mut_ptr().cast(), 32 * 8, &raw mut length)
    };
    if told == 0 { Err(Error::last_os_error()) } else { Ok(user) }
}

fn user_of_this_process() -> Result<Vec<u64>> {
    #[expect(unsafe_code, reason = "the system's own call")]
    // SAFETY: the pseudo handle needs no closing.
    let process = unsafe { GetCurrentProcess() };
    user_of(process)
}

fn same_user(one: &[u64], other: &[u64]) -> bool {
    #[expect(
        unsafe_code,
        reason = "the answer of GetTokenInformation is a structure with a pointer into itself"
    )]
    // SAFETY: both buffers begin with a TOKEN_USER whose SID lies within the same live buffer.
    unsafe {
        let sid = |user: &[u64]| -> PSID { (*user.as_ptr().cast::<TOKEN_USER>()).User.Sid };
        EqualSid(sid(one), sid(other)) != 0
    }
}
