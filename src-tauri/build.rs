//! Embeds the front end and lists the commands that a window may be granted.

include!("src/command_names.rs");

fn main() {
    println!("cargo:rerun-if-changed=../ui/dist");
    if !std::path::Path::new("../ui/dist/index.html").exists() {
        println!("cargo:warning=the windows' front end is not built");
        eprintln!("ui/dist/index.html is missing. Run `npm ci && npm run build` in the folder `ui` first.");
        std::process::exit(1);
    }
    let app = tauri_build::AppManifest::new().commands(COMMAND_NAMES);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(app)) {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
