//! `hat role`: roles in Hatrack's own file.

mod settings;

use super::{Manner, plan};
use crate::arguments::{Edit, RoleVerb};
use crate::connect::{client, done, unexpected};
use crate::print;
use hatrack_core::failure::{Failure, FailureCode};
use hatrack_core::name::RoleId;
use hatrack_wire::{Answer, Client, Command, Described, OwnSection, SectionKind};
use serde::Serialize;
use std::collections::BTreeMap;
use std::process::ExitCode;

type Settings = BTreeMap<String, String>;

/// A role as scripts read it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    own: &'a Settings,
    shared: &'a Settings,
}

pub(super) fn run(manner: Manner, verb: RoleVerb) -> Result<ExitCode, Failure> {
    let mut client = client(manner.no_agent)?;
    match verb {
        RoleVerb::Add(Edit { name, options }) => {
            let changes = settings::of(*options)?;
            let (own, shared) = describe(&mut client, &name)?;
            if changes.is_empty() {
                return Err(no_options());
            }
            if !own.is_empty() || !shared.is_empty() {
                return Err(there_already(&name));
            }
            save(manner, &mut client, name, settings::laid_over(own, &shared, changes))?;
        }
        RoleVerb::Edit(Edit { name, options }) => {
            let changes = settings::of(*options)?;
            let (own, shared) = describe(&mut client, &name)?;
            if changes.is_empty() {
                return Err(no_options());
            }
            if own.is_empty() && shared.is_empty() {
                return Err(unknown(&name));
            }
            save(manner, &mut client, name, settings::laid_over(own, &shared, changes))?;
        }
        RoleVerb::Remove { name } => {
            let shown = print::shown(&name);
            done(&client.request(Command::RemoveSection { kind: SectionKind::Profile, name })?)?;
            print::talk(&format!("Hatrack's own file says nothing of {shown} any more."));
        }
        RoleVerb::Show { name } => {
            let (own, shared) = describe(&mut client, &name)?;
            if own.is_empty() && shared.is_empty() {
                return Err(unknown(&name));
            }
            if manner.json {
                print::json(&Told { own: &own, shared: &shared })?;
            } else {
                print::answer(&rendered(&own, &shared))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What Hatrack's own file says of a profile, and what the shared files say. A profile that nobody
/// knows says nothing.
fn describe(client: &mut Client, name: &str) -> Result<(Settings, Settings), Failure> {
    match client.request(Command::Describe { profile: name.to_owned() }) {
        Ok(Answer::Description { own, shared, providers: _ }) => Ok((own, shared)),
        Ok(_) => Err(unexpected()),
        Err(failure) if failure.code == FailureCode::NotFound => Ok((Settings::new(), Settings::new())),
        Err(failure) => Err(failure),
    }
}

/// Saves a role, and tells the way to it.
fn save(manner: Manner, client: &mut Client, name: String, settings: Settings) -> Result<(), Failure> {
    let role = Described::Role(RoleId::of_profile(&name).0);
    let shown = print::shown(&name);
    done(&client.request(if settings.is_empty() {
        Command::RemoveSection { kind: SectionKind::Profile, name }
    } else {
        Command::SaveSection(OwnSection { kind: SectionKind::Profile, name, settings })
    })?)?;
    print::talk(&format!("{shown} is saved."));
    match plan::ask(client, role, None) {
        Ok(plan) if manner.json => print::json(&plan),
        Ok(plan) => print::answer(&plan::rendered(&plan)),
        // It is saved all the same: what is missing may come later.
        Err(failure) => {
            print::talk(&format!("There is no way to it yet: {}", print::words(&failure)));
            Ok(())
        }
    }
}

fn rendered(own: &Settings, shared: &Settings) -> String {
    let mut text = String::new();
    for (title, settings) in [("Hatrack's own file", own), ("The shared files", shared)] {
        if settings.is_empty() {
            continue;
        }
        text.extend([title, "\n"]);
        for (key, value) in settings {
            let value = if value.is_empty() { "(taken away)".to_owned() } else { print::sentence(value) };
            text.extend(["  ", &print::shown(key), " = ", &value, "\n"]);
        }
    }
    text
}

fn no_options() -> Failure {
    Failure::new(FailureCode::Usage, "Nothing was said of the role.", "Give its options, --arn for instance.")
}

fn there_already(name: &str) -> Failure {
    let happened = format!("The profile {} is there already.", print::shown(name));
    Failure::new(FailureCode::Usage, happened, "Change it with hat role edit, or take another name.")
}

fn unknown(name: &str) -> Failure {
    let happened = format!("There is no profile {}.", print::shown(name));
    Failure::new(FailureCode::NotFound, happened, "Look at hat roles, or add it with hat role add.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_away_is_told() {
        let settings = |pairs: &[(&str, &str)]| -> Settings {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        let text = rendered(&settings(&[("mfa_serial", "")]), &settings(&[("region", "eu-west-1\u{7}")]));
        let expected = "\
Hatrack's own file
  mfa_serial = (taken away)
The shared files
  region = eu-west-1\\u{7}
";
        assert_eq!(text, expected);
    }
}
