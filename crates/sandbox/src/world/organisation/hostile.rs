//! An organisation whose names try to be more than names.

use super::{AssignedAccount, Organisation};

/// Names that break lines, lists, pages, shells and screens; two are the same, one is empty.
const NAMES: [&str; 20] = [
    "x]\n[profile injected]\ncredential_process = /bin/false",
    "line\r\nbreak",
    "next\u{85}line\u{2028}and\u{2029}paragraph",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;b&gt;&amp;\"'",
    "$(touch hatrack-was-here)",
    "`touch hatrack-was-here`",
    "'; touch hatrack-was-here #",
    "%PATH% ^& calc.exe",
    "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "nul\u{0}byte",
    "back\u{8}space\u{7f}",
    "abc\u{202e}txt.exe",
    "\u{2066}isolated\u{2069}\u{200b}zero\u{feff}width",
    "../../../etc/passwd",
    "=cmd|'/C calc'!A0",
    "Twin",
    "Twin",
    "",
];

impl Organisation {
    /// An organisation whose accounts are called what an attacker would call them, one of them in 300
    /// characters, and whose permission sets are no better; `ann` can sign in and sees everything.
    pub fn hostile(start_url: impl Into<String>, region: impl Into<String>) -> Self {
        let long = "ü".repeat(300);
        let names = NAMES.into_iter().map(str::to_owned).chain([long]);
        let account = |(at, name): (usize, String)| {
            AssignedAccount::new(format!("{:012}", 200_000_000_000 + at), name.clone())
                .email(name.clone())
                .permission_sets(["Admin".to_owned(), name])
        };
        let accounts = names.enumerate().map(account).collect();
        Self { accounts, ..Self::new(start_url, region).person("ann") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_as_bad_as_promised() {
        let names: Vec<_> =
            Organisation::hostile("s", "r").accounts.into_iter().map(|account| account.name).collect();
        for part in ["\n", "\r", "\u{2028}", "\0", "\u{1b}", "\u{202e}", "<script>", "$(", "]"] {
            assert!(names.iter().any(|name| name.contains(part)), "{part:?}");
        }
        assert!(names.iter().any(String::is_empty));
        assert!(names.iter().any(|name| name.chars().count() == 300));
        assert_eq!(names.iter().filter(|name| *name == "Twin").count(), 2);
    }
}
