//! The house's rules: who stands on whom, what no room does, and what nobody writes.

use acceptance::program;
use acceptance::program::root;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room: its folder, the rooms that it stands on, packages that it never has (by the beginning of
/// their names), and words that its code never says.
struct Room {
    folder: &'static str,
    on: &'static [&'static str],
    never: &'static [&'static str],
    unsaid: &'static [&'static str],
}

const ROOMS: [Room; 11] = [
    Room {
        folder: "crates/core",
        on: &[],
        never: &["tokio", "tauri", "aws-", "keyring", "zbus", "notify", "rustix"],
        unsaid: &["std::fs", "std::env", "std::net", "std::process", "::now()", "async fn"],
    },
    Room {
        folder: "crates/wire",
        on: &["hatrack-core"],
        never: &["tokio", "aws-", "keyring", "tauri", "zbus"],
        unsaid: &["async fn"],
    },
    Room {
        folder: "crates/agent",
        on: &[
            "hatrack-core",
            "hatrack-federation",
            "hatrack-identity-center",
            "hatrack-vault",
            "hatrack-wire",
        ],
        never: &["tauri", "gtk", "ksni", "clap", "anstream"],
        unsaid: &["view::menu", "IsTerminal"],
    },
    Room {
        folder: "crates/cli",
        on: &["hatrack-core", "hatrack-wire"],
        never: &["tokio", "aws-", "keyring", "tauri", "zbus"],
        unsaid: &[],
    },
    Room {
        folder: "crates/tray",
        on: &["hatrack-core", "hatrack-wire"],
        never: &["tauri", "gtk", "aws-", "keyring"],
        unsaid: &["Menu { rows"],
    },
    Room {
        folder: "src-tauri",
        on: &["hatrack-core", "hatrack-wire", "hatrack-tray"],
        never: &["aws-", "keyring", "tauri-plugin-"],
        unsaid: &[".aws/", "AWS_SHARED", "AWS_CONFIG"],
    },
    Room {
        folder: "crates/vault",
        on: &["hatrack-core", "hatrack-wire"],
        never: &["tauri", "gtk", "aws-", "clap"],
        unsaid: &[],
    },
    Room {
        folder: "crates/federation",
        on: &["hatrack-core", "hatrack-wire"],
        never: &["tauri", "gtk", "aws-", "keyring", "clap"],
        unsaid: &[],
    },
    Room {
        folder: "crates/identity_center",
        on: &["hatrack-core", "hatrack-federation", "hatrack-wire"],
        never: &["tauri", "gtk", "keyring", "clap"],
        unsaid: &[],
    },
    Room { folder: "crates/sandbox", on: &[], never: &["tauri", "keyring"], unsaid: &[] },
    Room { folder: "crates/testbed", on: &[], never: &["tauri", "aws-", "hatrack"], unsaid: &[] },
];

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read_json(path: &str) -> Value {
    serde_json::from_str(&read(&root().join(path))).expect("as this test made it")
}

/// The files below a folder whose names end so; what is installed, built or generated is left aside.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("as this test made it").path();
        let name = path.file_name().expect("as this test made it").to_string_lossy().into_owned();
        if path.is_dir() {
            let aside = ["target", "node_modules", "dist", "gen", "oracles", "__pycache__", ".git", ".cache"];
            if !aside.contains(&name.as_str()) {
                found.extend(files(&path, endings));
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
    found
}

/// The packages that a room is made of: not those of its tests.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut counts = false;
    for line in manifest.lines() {
        if let Some(section) = line.strip_prefix('[') {
            counts = section.trim_end_matches(']').split('.').next_back() == Some("dependencies");
        } else if counts && let Some(end) = line.find(['.', ' ', '=']) {
            found.insert(line[..end].to_owned());
        }
    }
    found.remove("");
    found
}

/// The code of a file up to its tests.
fn code(text: &str) -> &str {
    text.find("#[cfg(test)]").map_or(text, |tests| &text[..tests])
}

/// Whether a file holds tests alone.
fn is_test(path: &Path) -> bool {
    let path = path.to_string_lossy();
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

#[test]
fn every_room_stands_on_what_it_may() {
    for Room { folder, on, never, unsaid } in ROOMS {
        let folder = root().join(folder);
        for name in dependencies(&read(&folder.join("Cargo.toml"))) {
            let is_room = name.starts_with("hatrack");
            assert!(!is_room || on.contains(&name.as_str()), "{} stands on {name}", folder.display());
            assert!(!never.iter().any(|it| name.starts_with(it)), "{} has {name}", folder.display());
        }
        for path in files(&folder.join("src"), &[".rs"]).into_iter().filter(|path| !is_test(path)) {
            let text = read(&path);
            for line in code(&text).lines().filter(|line| !line.trim_start().starts_with("//")) {
                let said = unsaid.iter().find(|word| line.contains(**word));
                assert!(said.is_none(), "{} says {said:?}: {line}", path.display());
            }
        }
    }
}

#[test]
fn the_faces_link_neither_the_sdk_nor_the_keyring() {
    let links = |name: &str, what: &str| {
        let bytes = fs::read(program(name)).unwrap();
        bytes.windows(what.len()).any(|window| window == what.as_bytes())
    };
    for what in ["aws_sdk_sts", "keyring_core"] {
        assert!(links("hatrack-agent", what), "the agent doesn't show {what}: this test sees nothing");
        for face in ["hat", "hatrack", "hatrack-tray"] {
            assert!(!links(face, what), "{face} links {what}");
        }
    }
}

#[test]
fn nobody_writes_what_the_house_forbids() {
    // Written in two parts, or this file would hold them.
    let rust = [
        ("#[al", "low"),
        ("#![al", "low"),
        ("tod", "o!("),
        ("unimple", "mented!("),
        ("db", "g!("),
        ("#[ign", "ore"),
    ];
    let front = [
        ("inner", "HTML"),
        ("outer", "HTML"),
        ("{@ht", "ml"),
        (".on", "ly("),
        ("it.sk", "ip("),
        ("ev", "al("),
        ("insertAdjacent", "HTML"),
    ];
    for (folders, endings, words) in [
        (&["crates", "src-tauri", "tests", "bench"][..], &[".rs"][..], &rust[..]),
        (&["ui"][..], &[".ts", ".svelte", ".html"][..], &front[..]),
    ] {
        for path in folders.iter().flat_map(|folder| files(&root().join(folder), endings)) {
            let text = read(&path);
            for (start, end) in words {
                let word = format!("{start}{end}");
                // A method of another name may end alike.
                let found =
                    text.match_indices(&word).any(|(at, _)| !text[..at].ends_with(char::is_alphanumeric));
                assert!(!found, "{} has {word}", path.display());
            }
        }
    }
}

#[test]
fn only_the_generated_bindings_call_into_the_windows_process() {
    for path in files(&root().join("ui/src"), &[".ts", ".svelte"]) {
        let calls = read(&path).contains("@tauri-apps/api/core");
        assert_eq!(calls, path.ends_with("bindings/commands.ts"), "{}", path.display());
    }
}

#[test]
fn a_window_is_granted_single_commands_and_loads_only_its_own() {
    let config = read_json("src-tauri/tauri.conf.json");
    let policy = &config["app"]["security"]["csp"];
    assert_eq!(policy["default-src"], "'none'");
    let sources = policy.as_object().unwrap().values().map(|value| value.as_str().unwrap());
    let ours = ["'none'", "'self'", "ipc:", "http://ipc.localhost"];
    assert!(sources.flat_map(str::split_whitespace).all(|source| ours.contains(&source)), "{policy}");
    for path in files(&root().join("src-tauri/capabilities"), &[".json"]) {
        let capability: Value = serde_json::from_str(&read(&path)).unwrap();
        assert!(capability.get("remote").is_none(), "{}", path.display());
        for permission in capability["permissions"].as_array().unwrap() {
            let permission = permission.as_str().unwrap();
            assert!(permission.starts_with("allow-"), "{} grants {permission}", path.display());
        }
    }
}

#[test]
fn what_is_locked_comes_from_the_public_registries_and_no_path_is_a_machine_s() {
    for line in read(&root().join("Cargo.lock")).lines().filter(|line| line.starts_with("source = ")) {
        assert_eq!(line, "source = \"registry+https://github.com/rust-lang/crates.io-index\"");
    }
    for lock in [
        "ui/package-lock.json",
        "tests/clients/js/package-lock.json",
        "tests/providers/openid/package-lock.json",
        "tests/providers/saml/package-lock.json",
    ] {
        for package in read_json(lock)["packages"].as_object().unwrap().values() {
            let from = package["resolved"].as_str().unwrap_or("https://registry.npmjs.org/");
            assert!(from.starts_with("https://registry.npmjs.org/"), "{lock}: {from}");
        }
    }
    let endings =
        [".rs", ".ts", ".svelte", ".md", ".toml", ".json", ".txt", ".py", ".mjs", ".sh", ".html", "Makefile"];
    let foreign = [format!("{}work/", '/'), format!("{}root/", '/')];
    for path in files(root(), &endings).into_iter().chain(files(&root().join("scripts"), &[""])) {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        for word in &foreign {
            let is_whole = |(at, _): (usize, &str)| {
                !text[..at].ends_with(|c: char| c.is_alphanumeric() || "-_.~*".contains(c))
            };
            assert!(!text.match_indices(word).any(is_whole), "{} names {word}", path.display());
        }
    }
}

#[test]
fn every_package_keeps_the_house_s_lints() {
    let crates =
        ["core", "wire", "vault", "federation", "identity_center", "agent", "cli", "tray", "sandbox"];
    let crates = crates.map(|name| format!("crates/{name}"));
    for folder in crates.into_iter().chain(["src-tauri", "tests", "bench"].map(str::to_owned)) {
        let manifest = read(&root().join(&folder).join("Cargo.toml"));
        assert!(manifest.contains("[lints]\nworkspace = true"), "{folder}");
        assert!(manifest.contains("publish.workspace = true"), "{folder}");
        let own = manifest.lines().find(|line| line.contains("version = \"") && !line.starts_with("version"));
        assert_eq!(own, None, "{folder} has a version of its own, which belongs into the workspace");
    }
}

#[test]
fn the_papers_are_there() {
    for paper in ["README.md", "ARCHITECTURE.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        assert!(read(&root().join(paper)).starts_with("# "), "{paper}");
    }
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        assert!(root().join(licence).is_file(), "{licence}");
    }
    let mut decisions = files(&root().join("docs/decisions"), &[".md"]);
    decisions.sort();
    for (index, path) in decisions.iter().enumerate() {
        let number = index + 1;
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(name.starts_with(&format!("{number:04}-")), "{name} should be number {number}");
        assert!(read(path).starts_with(&format!("# {number}. ")), "{name}");
    }
    let makefile = read(&root().join("Makefile"));
    for target in ["help", "build", "test", "bench", "demo", "check-platforms"] {
        assert!(makefile.lines().any(|line| line.starts_with(&format!("{target}:"))), "make {target}");
    }
}
