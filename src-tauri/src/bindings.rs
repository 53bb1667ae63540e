//! The TypeScript side of the commands and of what a page is told, generated into
//! `ui/src/bindings/` and committed. `HATRACK_WRITE_BINDINGS=1 cargo test -p hatrack bindings`
//! writes it again; without the variable the same test says whether it is fresh.

use crate::command_names::COMMAND_NAMES;
use crate::commands::keys::{self, KeyImport, NewKey};
use crate::commands::organisations::{self, ProfilesRemoval, ProfilesWish};
use crate::commands::roles::{self, PlanWish, Search, SectionName};
use crate::commands::rules::{self, Marked};
use crate::commands::seeds::{self, NewSeed};
use crate::commands::sign_ins::{self, ClientSecret, SignInWish};
use crate::commands::vault::{self, Passphrase};
use crate::commands::{self, Activation, Asked, ConsentWord, ConsoleWish, Mark, PromptAnswer};
use crate::present::News;
use hatrack_core::failure::Failure;
use hatrack_core::name::{PromptId, SessionId};
use hatrack_core::settings::Settings;
use hatrack_wire::OwnSection;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use ts_rs::{Config, TS, TypeVisitor};

#[test]
fn bindings_are_fresh() {
    for (name, text) in [("types.ts", types()), ("commands.ts", functions())] {
        let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/src/bindings")).join(name);
        if std::env::var_os("HATRACK_WRITE_BINDINGS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "ui/src/bindings/{name} is stale: run `HATRACK_WRITE_BINDINGS=1 cargo test -p hatrack bindings`"
        );
    }
}

#[test]
fn every_command_has_a_binding_and_every_binding_a_command() {
    let bound: BTreeSet<&str> = all().iter().map(|command| command.name).collect();
    assert_eq!(bound, COMMAND_NAMES.iter().copied().collect());
}

struct Binding {
    name: &'static str,
    doc: &'static str,
    argument: Option<(&'static str, String)>,
    result: String,
    declare: fn(&mut Declared),
}

/// The commands. Each is named together with its function, so that the compiler compares the
/// argument's type with what the function takes, and the result's with what it gives.
fn all() -> Vec<Binding> {
    let mut all = of_sessions();
    all.extend(of_keys());
    all.extend(of_roles());
    all.extend(of_organisations());
    all.sort_by_key(|binding| binding.name);
    all
}

fn of_sessions() -> Vec<Binding> {
    vec![
        with_app("activate", "Gets credentials for a role.", "activation", |app, agent, it: Activation| {
            commands::activate(app, agent, it)
        }),
        with("answer_prompt", "Sends the code of an MFA device.", "answer", |agent, it: PromptAnswer| {
            commands::answer_prompt(agent, it)
        }),
        with("answer_consent", "Gives a person's word on a program.", "word", |agent, it: ConsentWord| {
            commands::answer_consent(agent, it)
        }),
        with("open_console", "Opens the console with a role.", "wish", |agent, it: ConsoleWish| {
            commands::open_console(agent, it)
        }),
        with("change_settings", "Replaces the wishes.", "settings", |agent, it: Settings| {
            commands::change_settings(agent, it)
        }),
        with("deactivate", "Ends a session and removes what it wrote.", "session", |agent, it: SessionId| {
            commands::deactivate(agent, it)
        }),
        with("dismiss_prompt", "Takes back a question or a sign-in.", "prompt", |agent, it: PromptId| {
            commands::dismiss_prompt(agent, it)
        }),
        with("favourite", "Puts a role first in the lists, or not any more.", "mark", |agent, it: Mark| {
            commands::favourite(agent, it)
        }),
        plain(
            "open_prompt",
            "Shows the dialog with this question.",
            "prompt",
            |app, present, it: PromptId| {
                commands::open_prompt(app, present, it);
            },
        ),
        Binding {
            argument: Some(("news", "Channel<News>".to_owned())),
            declare: |declared| declared.visit::<News>(),
            ..bare("follow", "Tells everything that is known, and from now on what is new.")
        },
        bare("try_again", "Looks for the agent again at once."),
        with(
            "keep_client_secret",
            "Keeps the secret by which a provider knows this client, in the vault.",
            "wish",
            |agent, it: ClientSecret| sign_ins::keep_client_secret(agent, it),
        ),
        with("open_again", "Has the browser show a sign-in again.", "signIn", |agent, it: PromptId| {
            sign_ins::open_again(agent, it)
        }),
        with("sign_in", "Begins a sign-in at a provider.", "wish", |agent, it: SignInWish| {
            sign_ins::sign_in(agent, it)
        }),
        with("sign_out", "Forgets a sign-in and what would renew it.", "provider", |agent, it: String| {
            sign_ins::sign_out(agent, it)
        }),
    ]
}

fn of_keys() -> Vec<Binding> {
    vec![
        without("list_keys", "Tells the keys in the vault, never their secrets.", keys::list_keys),
        with("add_key", "Puts a key into the vault.", "key", |agent, it: NewKey| keys::add_key(agent, it)),
        with(
            "import_key",
            "Takes a profile's plain key into the vault, or shows what that does to the credentials file.",
            "wish",
            |agent, it: KeyImport| keys::import_key(agent, it),
        ),
        with("export_key", "Writes a key back into the credentials file.", "name", |agent, it: String| {
            keys::export_key(agent, it)
        }),
        with("rotate_key", "Makes a new key in place of one.", "name", |agent, it: String| {
            keys::rotate_key(agent, it)
        }),
        with("remove_key", "Removes a key from the vault.", "name", |agent, it: String| {
            keys::remove_key(agent, it)
        }),
        with(
            "keep_seed",
            "Keeps a device's seed in the vault and takes codes from there.",
            "seed",
            |agent, it: NewSeed| seeds::keep_seed(agent, it),
        ),
        with("forget_seed", "Forgets a device's seed.", "device", |agent, it: String| {
            seeds::forget_seed(agent, it)
        }),
        without("vault_status", "Tells how the vault is kept and whether it is open.", vault::vault_status),
        with("unlock_vault", "Opens the vault.", "passphrase", |agent, it: Passphrase| {
            vault::unlock_vault(agent, it)
        }),
        without("lock_vault", "Closes the vault.", vault::lock_vault),
        with(
            "seal_vault_with_passphrase",
            "Seals the vault with a passphrase from now on.",
            "passphrase",
            |agent, it: Passphrase| vault::seal_vault_with_passphrase(agent, it),
        ),
        without(
            "seal_vault_with_keyring",
            "Seals the vault with a key in the system's keyring from now on.",
            vault::seal_vault_with_keyring,
        ),
    ]
}

fn of_organisations() -> Vec<Binding> {
    vec![
        with(
            "list_organisation",
            "Lists all accounts and roles of an organisation.",
            "portal",
            |agent, it: String| organisations::list_organisation(agent, it),
        ),
        with(
            "cancel_listing",
            "Takes a listing back; what it found stays.",
            "portal",
            |agent, it: String| organisations::cancel_listing(agent, it),
        ),
        with(
            "write_profiles",
            "Describes roles in the shared config for other tools, or shows what that changes.",
            "wish",
            |agent, it: ProfilesWish| organisations::write_profiles(agent, it),
        ),
        with(
            "remove_profiles",
            "Removes profiles that were written for other tools, or shows what that changes.",
            "wish",
            |agent, it: ProfilesRemoval| organisations::remove_profiles(agent, it),
        ),
    ]
}

fn of_roles() -> Vec<Binding> {
    vec![
        local("fitting_rules", "Tells the rules that a role fits.", "marked", |present, it: Marked| {
            rules::fitting_rules(present, it)
        }),
        with("search_roles", "Tells some of the roles that a query finds.", "wish", |agent, it: Search| {
            roles::search_roles(agent, it)
        }),
        with("plan", "Tells the way to a role, and calls nothing.", "wish", |agent, it: PlanWish| {
            roles::plan(agent, it)
        }),
        with(
            "why",
            "Tells why a role failed last, and which credentials AWS's tools would use for it.",
            "role",
            |agent, it: String| roles::why(agent, it),
        ),
        with("describe", "Tells what the files say of a profile.", "profile", |agent, it: String| {
            roles::describe(agent, it)
        }),
        with(
            "save_section",
            "Writes a section of Hatrack's own file.",
            "section",
            |agent, it: OwnSection| roles::save_section(agent, it),
        ),
        with(
            "remove_section",
            "Removes a section of Hatrack's own file.",
            "section",
            |agent, it: SectionName| roles::remove_section(agent, it),
        ),
    ]
}

fn with<A: TS + 'static, R: TS + 'static, F>(
    name: &'static str,
    doc: &'static str,
    argument: &'static str,
    _function: impl Fn(Asked<'static>, A) -> F,
) -> Binding
where
    F: Future<Output = Result<R, Failure>>,
{
    taking::<A, R>(name, doc, argument)
}

fn without<R: TS + 'static, F>(
    name: &'static str,
    doc: &'static str,
    _function: impl Fn(Asked<'static>) -> F,
) -> Binding
where
    F: Future<Output = Result<R, Failure>>,
{
    Binding { argument: None, ..taking::<(), R>(name, doc, "") }
}

fn with_app<A: TS + 'static, F>(
    name: &'static str,
    doc: &'static str,
    argument: &'static str,
    _function: impl Fn(tauri::AppHandle, Asked<'static>, A) -> F,
) -> Binding
where
    F: Future<Output = Result<(), Failure>>,
{
    taking::<A, ()>(name, doc, argument)
}

fn plain<A: TS + 'static>(
    name: &'static str,
    doc: &'static str,
    argument: &'static str,
    _function: impl Fn(tauri::AppHandle, tauri::State<'static, crate::present::Present>, A),
) -> Binding {
    taking::<A, ()>(name, doc, argument)
}

fn local<A: TS + 'static, R: TS + 'static>(
    name: &'static str,
    doc: &'static str,
    argument: &'static str,
    _function: impl Fn(tauri::State<'static, crate::present::Present>, A) -> R,
) -> Binding {
    taking::<A, R>(name, doc, argument)
}

fn bare(name: &'static str, doc: &'static str) -> Binding {
    Binding { argument: None, ..taking::<(), ()>(name, doc, "") }
}

fn taking<A: TS + 'static, R: TS + 'static>(
    name: &'static str,
    doc: &'static str,
    argument: &'static str,
) -> Binding {
    let result = R::name(&config());
    Binding {
        name,
        doc,
        argument: Some((argument, A::name(&config()))),
        result: if result == "null" { "void".to_owned() } else { result },
        declare: |declared| {
            declared.visit::<A>();
            declared.visit::<R>();
        },
    }
}

const NOTE: &str =
    "// Generated by `HATRACK_WRITE_BINDINGS=1 cargo test -p hatrack bindings`. Don't edit.\n\n";

fn functions() -> String {
    let declared = declared();
    let mut used: BTreeSet<&str> = BTreeSet::from(["Failure"]);
    let mut functions: Vec<String> = Vec::new();
    let all = all();
    for Binding { name, doc, argument, result, declare: _ } in &all {
        let (parameter, passed) = match argument {
            Some((name, ty)) => (format!("{name}: {ty}"), format!(", {{ {name} }}")),
            None => (String::new(), String::new()),
        };
        let words = parameter
            .split(|c: char| !c.is_alphanumeric())
            .chain(result.split(|c: char| !c.is_alphanumeric()));
        used.extend(words.filter_map(|word| declared.0.get_key_value(word)).map(|(name, _)| name.as_str()));
        functions.push(format!(
            "\n/** {doc} */\nexport const {} = ({parameter}): Promise<{result}> => call(\"{name}\"{passed});\n",
            camel_case(name)
        ));
    }
    let functions = functions.concat();
    let imports = used.into_iter().collect::<Vec<_>>().join(", ");
    format!(
        "{NOTE}import {{ Channel, invoke, type InvokeArgs }} from \"@tauri-apps/api/core\";
import type {{ {imports} }} from \"./types\";

export {{ Channel }};

/** Every command ends well, or with a Failure. */
async function call<T>(command: string, args?: InvokeArgs): Promise<T> {{
  try {{
    return await invoke<T>(command, args);
  }} catch (error) {{
    throw asFailure(error);
  }}
}}

/** A refused argument comes as a text; it never reached the agent. */
function asFailure(error: unknown): Failure {{
  if (typeof error === \"object\" && error !== null && \"happened\" in error) return error as Failure;
  return {{ code: \"usage\", happened: \"This was not understood.\", remedy: String(error), aws_code: null, request_id: null }};
}}
{functions}"
    )
}

fn types() -> String {
    let declarations: Vec<String> = declared().0.into_values().collect();
    format!("{NOTE}{}", declarations.join("\n"))
}

fn declared() -> Declared {
    let mut declared = Declared(BTreeMap::new());
    declared.visit::<Failure>();
    for binding in all() {
        (binding.declare)(&mut declared);
    }
    declared
}

/// The declarations of types and of all that they are made of, by name.
struct Declared(BTreeMap<String, String>);

impl TypeVisitor for Declared {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        let config = config();
        if T::output_path().is_none() {
            // A list of something, for instance.
            T::visit_generics(self);
            return;
        }
        if self.0.contains_key(&T::ident(&config)) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        self.0.insert(T::ident(&config), format!("{docs}export {}\n", T::decl(&config)));
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

fn config() -> Config {
    Config::new().with_large_int("number")
}

fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + &part[..1].to_uppercase() + &part[1..])
}
