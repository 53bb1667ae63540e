//! A timer on the wall clock that fires at once when the clock is set or the machine wakes up.

use jiff::Timestamp;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::io;
use std::os::fd::OwnedFd;
use tokio::io::{Interest, unix::AsyncFd};

/// Returns when `time` has come, or earlier: when the clock was set.
pub(super) async fn wait(time: Timestamp) -> io::Result<()> {
    let timer = timerfd_create(TimerfdClockId::Realtime, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
    let at = Timespec { tv_sec: time.as_second(), tv_nsec: time.subsec_nanosecond().into() };
    let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: at };
    timerfd_settime(&timer, TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET, &once)?;
    let timer = registered(timer)?;
    loop {
        let mut ready = timer.readable().await?;
        let mut count = [0_u8; 8];
        match ready.try_io(|timer| Ok(rustix::io::read(timer, &mut count)?)) {
            // Fired, or canceled because the clock was set: either way there is news.
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) if error.raw_os_error() == Some(rustix::io::Errno::CANCELED.raw_os_error()) => {
                return Ok(());
            }
            Ok(Err(error)) => return Err(error),
            Err(_would_block) => {}
        }
    }
}

#[expect(unsafe_code, reason = "tokio leaves it to the caller that the descriptor stays open")]
fn registered(timer: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` always refers to the same open descriptor, and the `AsyncFd` owns it
    // until it is dropped.
    Ok(unsafe { AsyncFd::register_with_interest(timer, Interest::READABLE) }?)
}
