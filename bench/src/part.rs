//! The parts of the table.

mod assume_role;
mod cached;
mod dialog;
mod endpoint;
mod idle;
mod listing;
mod reading;
mod search;
mod tray;

use crate::Outcome;
use crate::report::Report;

/// Measures one part.
pub(crate) type Part = fn(&mut Report) -> Outcome<()>;

/// All parts, in the table's order.
pub(crate) const PARTS: [(&str, Part); 9] = [
    ("cached", cached::measure),
    ("endpoint", endpoint::measure),
    ("assume-role", assume_role::measure),
    ("reading", reading::measure),
    ("search", search::measure),
    ("listing", listing::measure),
    ("tray", tray::measure),
    ("dialog", dialog::measure),
    ("idle", idle::measure),
];
