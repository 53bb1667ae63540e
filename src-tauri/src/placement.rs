//! Where the main window stood, remembered between starts.
//!
//! Deliberately absent: an error. A place that can't be kept or read costs a drag of the window.

use hatrack_wire::Places;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The size that the main window starts with, in logical pixels.
pub(crate) const FIRST_SIZE: (f64, f64) = (720.0, 520.0);

/// The size below which the main window isn't usable.
pub(crate) const LEAST_SIZE: (f64, f64) = (420.0, 360.0);

/// The place of a window: its position in the desktop's pixels, its size in logical ones.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Placement {
    /// From the left.
    pub(crate) x: i32,
    /// From the top.
    pub(crate) y: i32,
    /// Its width.
    pub(crate) width: f64,
    /// Its height.
    pub(crate) height: f64,
    /// Whether it filled the screen; the rest is then where it goes back to.
    pub(crate) maximized: bool,
}

/// A screen, in the desktop's pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    /// From the left.
    pub(crate) x: i32,
    /// From the top.
    pub(crate) y: i32,
    /// Its width.
    pub(crate) width: u32,
    /// Its height.
    pub(crate) height: u32,
}

impl Placement {
    /// Reads the remembered place, if there is one that makes sense.
    pub(crate) fn remembered(places: &Places) -> Option<Self> {
        Self::parse(&std::fs::read_to_string(file(places)).ok()?)
    }

    /// Remembers the place.
    pub(crate) fn remember(&self, places: &Places) {
        let Ok(text) = serde_json::to_string(self) else { return };
        if make_folder(places).is_ok() {
            // Losing it costs a drag of the window.
            std::fs::write(file(places), text).ok();
        }
    }

    /// Whether enough of the window's title would be on one of these screens to get hold of it.
    pub(crate) fn is_reachable_on(&self, screens: &[Screen]) -> bool {
        const GRIP: i64 = 48;
        let (x, y) = (i64::from(self.x), i64::from(self.y));
        screens.iter().any(|screen| {
            let (left, top) = (i64::from(screen.x), i64::from(screen.y));
            let (right, bottom) = (left + i64::from(screen.width), top + i64::from(screen.height));
            y >= top && y + GRIP <= bottom && x + GRIP <= right && x + FIRST_SIZE.0 as i64 / 2 >= left
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let place: Self = serde_json::from_str(text).ok()?;
        let sane = |size: f64, least: f64| (least..=16_384.0).contains(&size);
        (sane(place.width, LEAST_SIZE.0) && sane(place.height, LEAST_SIZE.1)).then_some(place)
    }
}

fn file(places: &Places) -> PathBuf {
    places.data().join("main-window.json")
}

fn make_folder(places: &Places) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(places.data())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Placement = Placement { x: 40, y: 60, width: 800.0, height: 600.0, maximized: false };
    const SCREEN: Screen = Screen { x: 0, y: 0, width: 1920, height: 1080 };

    #[test]
    fn what_is_remembered_comes_back() {
        let text = serde_json::to_string(&PLACE).unwrap();
        assert_eq!(Placement::parse(&text), Some(PLACE));
    }

    #[test]
    fn nonsense_is_as_if_nothing_was_remembered() {
        let tiny = serde_json::to_string(&Placement { width: 1.0, ..PLACE }).unwrap();
        let huge = serde_json::to_string(&Placement { height: 1e9, ..PLACE }).unwrap();
        for text in ["", "{}", "null", &tiny, &huge] {
            assert_eq!(Placement::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_window_is_not_put_where_no_screen_is() {
        assert!(PLACE.is_reachable_on(&[SCREEN]));
        for (x, y) in [(1900, 10), (10, 1070), (10, -20), (-900, 10), (5000, 5000), (i32::MAX, i32::MIN)] {
            assert!(!Placement { x, y, ..PLACE }.is_reachable_on(&[SCREEN]), "{x} {y}");
        }
        let second = Screen { x: 1920, ..SCREEN };
        assert!(Placement { x: 2000, ..PLACE }.is_reachable_on(&[SCREEN, second]));
        assert!(!PLACE.is_reachable_on(&[]));
    }
}
