//! One call to either service: tried a few times within a time, refusals told apart.

mod asked;
mod pace;
mod words;

pub(crate) use asked::{Asked, Refusal, Sdk};
pub use pace::Paces;
pub(crate) use pace::{Pace, Turn};
pub(crate) use words::{nonsense, refused, sign_in_again};
