//! What faces show, made from a snapshot as plain comparable values.
pub mod countdown;
