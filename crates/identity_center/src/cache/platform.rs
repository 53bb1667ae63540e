//! What differs between systems: permissions, owners, and opening without being held up.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::{close_to_others, create_folder, fault_of, make_private, open, open_lock, sync_folder};
#[cfg(windows)]
pub(super) use windows::{
    close_to_others, create_folder, fault_of, make_private, open, open_lock, sync_folder,
};
