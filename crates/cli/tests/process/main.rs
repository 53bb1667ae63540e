//! `hat` as a process, against an agent that does as each test says.
#![cfg(unix)]

#[cfg(test)]
mod answers;
#[cfg(test)]
mod questions;
#[cfg(test)]
mod starting;
#[cfg(test)]
mod world;
