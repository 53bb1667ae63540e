//! What of a caller's environment goes to the agent.

use crate::{Environment, Sealed};
use std::ffi::OsString;
use std::path::Path;

/// The variables beside `AWS_*` that decide what AWS tools read and reach.
const KEPT: [&str; 3] = ["HOME", "USERPROFILE", "PATH"];

/// The proxies. An empty one says "none", and can hide the one of the other case.
const PROXIES: [&str; 3] = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

impl Environment {
    /// Keeps what AWS tools read of these variables, and the working folder. An empty variable
    /// counts as none, save for a proxy; one that isn't Unicode is left out.
    pub fn of_caller(variables: impl IntoIterator<Item = (OsString, OsString)>, folder: &Path) -> Self {
        let variables = variables
            .into_iter()
            .filter_map(|(name, value)| {
                let name = name.into_string().ok()?;
                let name = if cfg!(windows) { name.to_ascii_uppercase() } else { name };
                if !is_kept(&name, value.is_empty()) {
                    return None;
                }
                Some((name, Sealed::new(value.into_string().ok()?)))
            })
            .collect();
        Self { variables, folder: folder.to_string_lossy().into_owned() }
    }

    /// The environment of this process.
    pub fn here() -> Self {
        Self::of_caller(std::env::vars_os(), &std::env::current_dir().unwrap_or_default())
    }

    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(Sealed::open)
    }
}

fn is_kept(name: &str, is_empty: bool) -> bool {
    let is_proxy = PROXIES.iter().any(|proxy| name == *proxy || name == proxy.to_ascii_lowercase());
    is_proxy || (!is_empty && (name.starts_with("AWS_") || KEPT.contains(&name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::of_caller(variables.iter().map(|(n, v)| (n.into(), v.into())), Path::new("/work here"))
    }

    #[test]
    fn what_aws_tools_read_is_kept_and_nothing_else() {
        let all = environment(&[
            ("AWS_SECRET_ACCESS_KEY", "wJalr"),
            ("AWS_PROFILE", ""),
            ("https_proxy", ""),
            ("HTTPS_PROXY", "http://proxy:3128"),
            ("HOME", "/home/eve"),
            ("SHELL", "/bin/sh"),
            ("MY_AWS_KEY", "x"),
        ]);
        let names: Vec<&str> = all.variables.keys().map(String::as_str).collect();
        assert_eq!(names, ["AWS_SECRET_ACCESS_KEY", "HOME", "HTTPS_PROXY", "https_proxy"]);
        assert_eq!((all.get("HOME"), all.folder.as_str()), (Some("/home/eve"), "/work here"));
    }

    #[test]
    fn debug_shows_no_value() {
        assert!(!format!("{:?}", environment(&[("AWS_SECRET_ACCESS_KEY", "wJalr")])).contains("wJalr"));
    }
}
