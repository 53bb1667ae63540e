//! What faces show, made from a snapshot as plain comparable values.

pub mod count;
pub mod countdown;
pub mod icon;
pub mod menu;
pub mod notice;

#[cfg(test)]
mod samples;
