//! The tray menu as a plain value: made whole from the present, compared with the one before, and
//! drawn by whoever has a tray.
//!
//! Texts are ready to be shown, with foreign characters escaped; what a toolkit gives a meaning of
//! its own (`_` and `&` as access keys) is escaped where it is drawn. Deliberately absent: times in
//! seconds, so that an open menu changes once a minute at most.

mod action;
mod compose;
mod organisations;
mod space;

pub use action::MenuAction;
pub use compose::{menu, next_change, unconnected};

use serde::{Deserialize, Serialize};

/// How many rows one level of the menu has at most, separators included.
pub const ROWS: usize = 25;

/// The tray menu.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    /// The first level.
    pub rows: Vec<Row>,
}

/// One row of a menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Row {
    /// A text that can't be clicked.
    Label {
        /// The text.
        text: String,
    },
    /// Something that can be clicked.
    Action {
        /// The text.
        text: String,
        /// What a click does.
        action: MenuAction,
        /// Whether a click does anything at present.
        enabled: bool,
        /// Whether it carries a check mark.
        checked: bool,
        /// A small picture that says the same as the text.
        sign: Option<Sign>,
    },
    /// A level below.
    Submenu {
        /// The text.
        text: String,
        /// A small picture that says the same as the text.
        sign: Option<Sign>,
        /// What is in it; never empty.
        rows: Vec<Self>,
    },
    /// A line between groups.
    Separator,
}

/// A small picture beside a row. It never says what the text doesn't.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// Active.
    Active,
    /// Waits for a person.
    Waiting,
    /// Something went wrong or has ended.
    Trouble,
    /// Production.
    Production,
}

/// What leads from one menu to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// They are equal.
    Nothing,
    /// Only these texts differ.
    Retitle(Vec<Title>),
    /// Rows came, went or changed their meaning.
    Rebuild,
}

/// A row's new text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// The positions that lead to the row, from the first level down.
    pub path: Vec<usize>,
    /// The text.
    pub text: String,
}

impl Menu {
    /// Tells what leads from this menu to the next one.
    pub fn change_to(&self, next: &Self) -> Change {
        let mut titles = Vec::new();
        if !retitle(&self.rows, &next.rows, &mut Vec::new(), &mut titles) {
            Change::Rebuild
        } else if titles.is_empty() {
            Change::Nothing
        } else {
            Change::Retitle(titles)
        }
    }

    /// The row at the end of a path.
    pub fn row(&self, path: &[usize]) -> Option<&Row> {
        let (last, above) = path.split_last()?;
        let mut rows = self.rows.as_slice();
        for position in above {
            rows = rows.get(*position)?.below();
        }
        rows.get(*last)
    }
}

impl Row {
    /// The text; `None` for a separator.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Label { text } | Self::Action { text, .. } | Self::Submenu { text, .. } => Some(text),
            Self::Separator => None,
        }
    }

    /// The rows of the level below; empty where there is none.
    pub fn below(&self) -> &[Self] {
        match self {
            Self::Submenu { rows, .. } => rows,
            Self::Label { .. } | Self::Action { .. } | Self::Separator => &[],
        }
    }

    /// Whether both differ in nothing but texts, levels below left aside.
    fn is_of_one_shape_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Label { .. }, Self::Label { .. }) | (Self::Separator, Self::Separator) => true,
            (Self::Submenu { sign, .. }, Self::Submenu { sign: other, .. }) => sign == other,
            (
                Self::Action { text: _, action, enabled, checked, sign },
                Self::Action { text: _, action: a, enabled: e, checked: c, sign: s },
            ) => (action, enabled, checked, sign) == (a, e, c, s),
            (
                Self::Label { .. } | Self::Action { .. } | Self::Submenu { .. } | Self::Separator,
                Self::Label { .. } | Self::Action { .. } | Self::Submenu { .. } | Self::Separator,
            ) => false,
        }
    }
}

/// Collects the texts that differ; false where more than texts differ.
fn retitle(old: &[Row], new: &[Row], path: &mut Vec<usize>, titles: &mut Vec<Title>) -> bool {
    old.len() == new.len()
        && old.iter().zip(new).enumerate().all(|(position, (old, new))| {
            path.push(position);
            if let Some(text) = new.text().filter(|text| old.text() != Some(text)) {
                titles.push(Title { path: path.clone(), text: text.to_owned() });
            }
            let same = old.is_of_one_shape_with(new) && retitle(old.below(), new.below(), path, titles);
            path.pop();
            same
        })
}

#[cfg(test)]
mod tests;
