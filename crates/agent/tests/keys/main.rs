//! Work on long-term keys: the sandbox as AWS, real files, a real vault.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that ends where something is missing")]

mod adding;
mod desk;
#[path = "../desks/drawer.rs"]
mod drawer;
mod rotating;
mod shared_files;
