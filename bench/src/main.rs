//! `bench`: how fast Hatrack is, as ratios inside one run, beside what the machine has.
//!
//! Everything is on loopback and in throw-away homes, and whatever is started is ended. A goal that
//! is missed is told in the table; the exit code tells only whether everything could be measured.

#[cfg(target_os = "linux")]
mod bare_item;
#[cfg(target_os = "linux")]
mod desktop;
#[cfg(target_os = "linux")]
mod figures;
#[cfg(target_os = "linux")]
mod home;
#[cfg(target_os = "linux")]
mod host;
#[cfg(target_os = "linux")]
mod part;
#[cfg(target_os = "linux")]
mod process;
#[cfg(target_os = "linux")]
mod report;
#[cfg(target_os = "linux")]
mod resident;
#[cfg(target_os = "linux")]
mod screen;

use std::process::ExitCode;

/// What every step gives: something, or why it couldn't be had, for a person.
#[cfg(target_os = "linux")]
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

#[cfg(target_os = "linux")]
fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let [first, count] = wanted.as_slice()
        && first == bare_item::ARGUMENT
    {
        return bare_item::stand(count.parse().unwrap_or(0));
    }
    if let Some(unknown) = wanted.iter().find(|name| part::PARTS.iter().all(|(part, _)| part != name)) {
        let known: Vec<&str> = part::PARTS.iter().map(|(name, _)| *name).collect();
        eprintln!("There is no part {}. There are: {}.", unknown.escape_debug(), known.join(", "));
        return ExitCode::from(2);
    }
    let mut report = report::Report::default();
    for (name, measure) in part::PARTS {
        if wanted.is_empty() || wanted.iter().any(|it| it == name) {
            eprintln!("measuring: {name}");
            if let Err(error) = measure(&mut report) {
                report.not_measured(name, error.as_ref());
            }
        }
    }
    print!("{}", report.text());
    let kept = process::own_folder()
        .map(|folder| folder.with_file_name("bench.md"))
        .and_then(|path| Ok(std::fs::write(path, report.markdown())?));
    if let Err(error) = &kept {
        eprintln!("The table can't be kept: {error}.");
    }
    if kept.is_ok() && report.is_complete() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[cfg(not(target_os = "linux"))]
fn main() -> ExitCode {
    eprintln!("The bench runs on Linux alone.");
    ExitCode::from(2)
}
