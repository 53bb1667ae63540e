//! Where rows stand when there are more than a level has.

use super::compose::{click, label};
use super::{MenuAction, ROWS, Row};

/// Rows that belong together in the first level.
pub(super) struct Group {
    /// What stands above them.
    pub(super) title: Option<&'static str>,
    /// The rows.
    pub(super) rows: Vec<Row>,
    /// How many rows it has even where space is short.
    pub(super) least: usize,
    /// Where the rows are that found no space.
    pub(super) rest: Rest,
}

/// Where rows are that found no space in the first level.
pub(super) enum Rest {
    /// Behind the row of the tail that shows all roles.
    InTail,
    /// In the window, which a row with this text opens.
    InWindow(&'static str),
    /// In a level below.
    Below {
        /// What it is called.
        text: &'static str,
        /// Whether there are more yet, so that it ends in a search.
        searched: bool,
    },
}

/// The groups that have rows, with a line between them, in so much space.
pub(super) fn first_level(groups: impl IntoIterator<Item = Group>, space: usize) -> Vec<Row> {
    let groups: Vec<Group> = groups.into_iter().filter(|group| !group.rows.is_empty()).collect();
    let shares = shares(&groups, space);
    let mut rows = Vec::with_capacity(ROWS);
    for (group, share) in groups.into_iter().zip(shares) {
        if !rows.is_empty() {
            rows.push(Row::Separator);
        }
        rows.extend(group.title.map(label));
        rows.extend(cut(group.rows, share, &group.rest));
    }
    rows
}

/// Shares the space out: first to each group its least, then in the groups' order.
fn shares(groups: &[Group], space: usize) -> Vec<usize> {
    let titles = groups.iter().filter(|group| group.title.is_some()).count();
    let separators = groups.len().saturating_sub(1);
    let mut shares: Vec<usize> = groups.iter().map(|group| group.rows.len().min(group.least)).collect();
    let mut left = space.saturating_sub(titles + separators + shares.iter().sum::<usize>());
    for (share, group) in shares.iter_mut().zip(groups) {
        let more = left.min(group.rows.len() - *share);
        *share += more;
        left -= more;
    }
    shares
}

/// The first rows; where some are left out and a row stands for them, it takes the last place.
fn cut(mut rows: Vec<Row>, space: usize, rest: &Rest) -> Vec<Row> {
    if rows.len() <= space {
        return rows;
    }
    let but_one = space.saturating_sub(1);
    match rest {
        Rest::InTail => rows.truncate(space),
        Rest::InWindow(text) => {
            rows.truncate(but_one);
            rows.push(click(text, MenuAction::ShowMain));
        }
        Rest::Below { text, searched } => {
            let below = up_to_search(rows.split_off(but_one), *searched);
            rows.push(Row::Submenu { text: (*text).to_owned(), sign: None, rows: below });
        }
    }
    rows
}

/// As many rows as a level has; where some are left out, a search takes the last place.
pub(super) fn up_to_search(mut rows: Vec<Row>, left_out: bool) -> Vec<Row> {
    if left_out || rows.len() > ROWS {
        rows.truncate(ROWS - 1);
        rows.push(click("Search…", MenuAction::ShowMain));
    }
    rows
}
