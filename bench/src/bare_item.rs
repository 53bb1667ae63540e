//! The floor for the tray: an item with as many rows that does nothing at all, drawn with the same
//! library. It is this program, started with an argument of its own.

use ksni::menu::{StandardItem, SubMenu};
use ksni::{MenuItem, Tray, TrayMethods as _};
use std::process::ExitCode;

/// What this program is started with to be the item.
pub(crate) const ARGUMENT: &str = "--bare-item";

const ROWS_EACH: usize = 25;

struct Item {
    rows: usize,
}

impl Tray for Item {
    fn id(&self) -> String {
        "bench".to_owned()
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let row =
            |number: usize| StandardItem { label: format!("role {number}"), ..Default::default() }.into();
        let sub = |number: usize| {
            let first = number * ROWS_EACH;
            let submenu = (first..self.rows.min(first + ROWS_EACH)).map(row).collect();
            SubMenu { label: format!("account {number}"), submenu, ..Default::default() }.into()
        };
        (0..self.rows.div_ceil(ROWS_EACH)).map(sub).collect()
    }
}

/// Stands in the tray until the process is ended.
pub(crate) fn stand(rows: usize) -> ExitCode {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return ExitCode::FAILURE;
    };
    runtime.block_on(async {
        match (Item { rows }).spawn().await {
            Ok(_item) => std::future::pending().await,
            Err(error) => {
                eprintln!("The bare item can't be shown: {error}.");
                ExitCode::FAILURE
            }
        }
    })
}
