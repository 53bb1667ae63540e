//! The secrets that Hatrack keeps: one sealed file, opened with the system's keyring or a passphrase.
