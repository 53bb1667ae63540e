//! What has the keyboard on a display, and keys for it.

use crate::Outcome;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{AtomEnum, ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, Window};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// How many windows above the one with the focus are asked for their title.
const DEPTH: usize = 5;

/// A connection to a display.
pub(crate) struct Screen {
    server: RustConnection,
    root: Window,
    utf8_title: u32,
}

impl Screen {
    pub(crate) fn connect(display: &str) -> Outcome<Self> {
        let (server, number) = RustConnection::connect(Some(display))?;
        let root = server.setup().roots.get(number).ok_or("the display has no screen")?.root;
        let utf8_title = server.intern_atom(false, b"_NET_WM_NAME")?.reply()?.atom;
        Ok(Self { server, root, utf8_title })
    }

    /// The title of the window that gets what is typed; empty when there is none.
    pub(crate) fn focused_title(&self) -> Outcome<String> {
        let mut window = self.server.get_input_focus()?.reply()?.focus;
        for _ in 0..DEPTH {
            // 0 and 1 stand for none and for wherever the pointer is.
            if window <= 1 || window == self.root {
                break;
            }
            let title = self.title(window)?;
            if !title.is_empty() {
                return Ok(title);
            }
            let Ok(tree) = self.server.query_tree(window)?.reply() else { break };
            window = tree.parent;
        }
        Ok(String::new())
    }

    /// Whether somebody manages the display's windows.
    pub(crate) fn has_window_manager(&self) -> Outcome<bool> {
        let check = self.server.intern_atom(false, b"_NET_SUPPORTING_WM_CHECK")?.reply()?.atom;
        let property = self.server.get_property(false, self.root, check, AtomEnum::WINDOW, 0, 1)?.reply()?;
        Ok(property.value_len == 1)
    }

    fn title(&self, window: Window) -> Outcome<String> {
        for title in [self.utf8_title, AtomEnum::WM_NAME.into()] {
            // A window may be gone by the time it is asked.
            let property = self.server.get_property(false, window, title, AtomEnum::ANY, 0, 256)?.reply();
            if let Some(text) = property.ok().filter(|text| !text.value.is_empty()) {
                return Ok(String::from_utf8_lossy(&text.value).into_owned());
            }
        }
        Ok(String::new())
    }

    /// Presses and releases the keys of these digits, at once.
    pub(crate) fn type_digits(&self, digits: &str) -> Outcome<()> {
        let setup = self.server.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let map = self.server.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let each = usize::from(map.keysyms_per_keycode).max(1);
        for digit in digits.bytes() {
            // The keysym of a digit is its ASCII code.
            let found = map.keysyms.chunks(each).position(|of_key| of_key.first() == Some(&u32::from(digit)));
            let key = first + u8::try_from(found.ok_or("the keyboard has no digits")?)?;
            for kind in [KEY_PRESS_EVENT, KEY_RELEASE_EVENT] {
                self.server.xtest_fake_input(kind, key, 0, self.root, 0, 0, 0)?;
            }
        }
        self.server.flush()?;
        Ok(())
    }
}
