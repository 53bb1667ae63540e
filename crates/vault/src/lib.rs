//! The secrets that Hatrack keeps: one sealed file, opened with the system's keyring or a passphrase.
//!
//! [`Vault`] is the whole of it for others: secrets by kind and name, in one folder. `vault.age`
//! holds the secrets, sealed in the format of age (<https://age-encryption.org>), so that any
//! program for that format opens it with the same key; `index.json` beside it tells what is no
//! secret, so that listing asks nobody. The sealed file is the truth: it holds the index's content
//! too, and an index that a crash left behind is written anew at the next opening.
//!
//! # The key
//!
//! A key in the keyring is 32 random bytes: an X25519 identity, written as age writes one
//! (`AGE-SECRET-KEY-1…`). That text, and not the bare bytes, lies in the keyring: it carries a
//! checksum, so that a damaged entry is told from a wrong one, and a person who has only keyring
//! and file left can give the entry to `age -d -i -`. The public half is written nowhere, so nobody
//! without the key can make a file that opens. Which entry of the keyring is meant stands in the
//! file's own header, as one more recipient (`-> hatrack-keyring ID`) that other programs pass
//! over: the file may be moved, several homes may share one keyring, and there is no moment at which file and
//! entry disagree.
//!
//! A passphrase seals the file by age's scrypt. Both ways keep the whole map in one file, so that
//! going from one to the other is one rename.
//!
//! A key that opens the file no longer is taken out of the keyring; where a crash prevents that, it
//! stays there and opens nothing. A copy of the file from before a change of keys opens with the old
//! key alone.
//!
//! Deliberately absent: a clock, AWS, what the secrets are used for, and any decision to begin a
//! new file where one stands that can't be opened.

mod contents;
mod entry;
mod fault;
mod folder;
mod key;
pub mod keyring;
mod platform;
mod room;
pub mod totp;
mod vault;

pub use entry::{Entry, FactChanges, Facts, Kind, fact};
pub use keyring::{Keyring, SystemKeyring};
pub use room::{KeptBy, Status};
pub use vault::Vault;

#[cfg(test)]
#[cfg(unix)]
mod tests;
