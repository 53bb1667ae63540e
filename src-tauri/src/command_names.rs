/// The commands of the windows. Each is granted to single windows in `capabilities/`; nothing else
/// can be called from a page. The build script reads this file too.
pub(crate) const COMMAND_NAMES: &[&str] = &[
    "activate",
    "answer_prompt",
    "change_settings",
    "deactivate",
    "dismiss_prompt",
    "favourite",
    "follow",
    "open_prompt",
    "try_again",
];
