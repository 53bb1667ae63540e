//! `hat profiles write` and `remove`: profiles of Identity Center roles for other tools.

use crate::arguments::{ProfilesVerb, RemoveProfiles, WriteProfiles};
use crate::command::Manner;
use crate::connect::{client, unexpected};
use crate::{diff, print, terminal};
use hatrack_core::failure::Failure;
use hatrack_wire::{Answer, Client, Command, ProfilesPlanned};
use serde::Serialize;
use std::process::ExitCode;

/// A change as scripts read it.
#[derive(Debug, Serialize)]
struct Told<'a> {
    done: bool,
    #[serde(flatten)]
    planned: &'a ProfilesPlanned,
}

pub(in crate::command) fn run(manner: Manner, verb: &ProfilesVerb) -> Result<ExitCode, Failure> {
    let mut client = client(manner.no_agent)?;
    let (dry_run, yes) = match verb {
        ProfilesVerb::Write(it) => (it.dry_run, it.yes),
        ProfilesVerb::Remove(it) => (it.dry_run, it.yes),
    };
    let planned = ask(&mut client, verb, false)?;
    if !manner.json {
        print::answer(&diff::rendered(&planned.diff))?;
        for skipped in &planned.skipped {
            print::talk(&format!("Left out: {}.", print::sentence(skipped)));
        }
    }
    let nothing = planned.diff.is_empty();
    if dry_run || nothing {
        if nothing {
            print::talk("Nothing is to be changed.");
        }
        return told(manner, &planned, false);
    }
    terminal::confirm(yes, &question(&planned))?;
    let planned = ask(&mut client, verb, true)?;
    print::talk(match verb {
        ProfilesVerb::Write(_) => "Written. Their way out is hat profiles remove.",
        ProfilesVerb::Remove(_) => "Removed.",
    });
    told(manner, &planned, true)
}

fn told(manner: Manner, planned: &ProfilesPlanned, done: bool) -> Result<ExitCode, Failure> {
    if manner.json {
        print::json(&Told { done, planned })?;
    }
    Ok(ExitCode::SUCCESS)
}

fn ask(client: &mut Client, verb: &ProfilesVerb, really: bool) -> Result<ProfilesPlanned, Failure> {
    let command = match verb {
        ProfilesVerb::Write(WriteProfiles { roles, template, .. }) => {
            Command::WriteProfiles { roles: roles.clone(), template: template.clone(), really }
        }
        ProfilesVerb::Remove(RemoveProfiles { names, all: _, force, .. }) => {
            Command::RemoveProfiles { names: names.clone(), force: *force, really }
        }
    };
    let Answer::ProfilesPlanned(planned) = client.request(command)? else {
        return Err(unexpected());
    };
    Ok(*planned)
}

fn question(planned: &ProfilesPlanned) -> String {
    let counted = |count: usize, word: &str| (count > 0).then(|| format!("{count} {word}"));
    let parts = [
        counted(planned.added.len(), "new"),
        counted(planned.changed.len(), "changed"),
        counted(planned.removed.len(), "removed"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("Profiles in the shared config: {}.", parts.join(", "))
}
