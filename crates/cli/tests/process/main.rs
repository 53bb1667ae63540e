//! `hat` as a process, against an agent that does as each test says.
#![cfg(unix)]

#[cfg(test)]
mod answers;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod person;
#[cfg(test)]
mod questions;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod sign_ins;
#[cfg(test)]
mod starting;
#[cfg(test)]
mod world;
