//! The windows.
fn main() {}
