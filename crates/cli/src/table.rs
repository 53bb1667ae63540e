//! Listings for people, in columns.

use crate::print::shown;
use anstyle::Style;
use unicode_width::UnicodeWidthStr;

const HEADER: Style = Style::new().bold();

/// Lays out rows in columns, two blanks apart. Cells are texts from outside.
pub(crate) fn table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    marked_table(header, rows.into_iter().map(|row| (row, Style::new())))
}

/// As [`table`], with the last cell of each row in this style.
pub(crate) fn marked_table<const N: usize>(
    header: [&str; N],
    rows: impl IntoIterator<Item = ([String; N], Style)>,
) -> String {
    let rows: Vec<([String; N], Style)> =
        rows.into_iter().map(|(row, style)| (row.map(|cell| shown(&cell)), style)).collect();
    let mut widths = header.map(UnicodeWidthStr::width);
    for (row, _) in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let mut text = format!("{HEADER}{}{HEADER:#}\n", line(&header.map(str::to_owned), &widths, Style::new()));
    for (row, style) in &rows {
        text.push_str(&line(row, &widths, *style));
        text.push('\n');
    }
    text
}

fn line(cells: &[String], widths: &[usize], last_style: Style) -> String {
    let mut line = String::new();
    let Some((last, others)) = cells.split_last() else { return line };
    for (cell, width) in others.iter().zip(widths) {
        line.push_str(cell);
        line.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
    }
    if last.is_empty() {
        line.truncate(line.trim_end().len());
    } else {
        line.extend([last_style.render().to_string(), last.clone(), last_style.render_reset().to_string()]);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_hostile_cells_keep_their_columns() {
        let rows = [["開発", "x"], ["a\u{7}b", ""]].map(|row| row.map(str::to_owned));
        let text = anstream::adapter::strip_str(&table(["NAME", "B"], rows)).to_string();
        assert_eq!(text, "NAME     B\n開発     x\na\\u{7}b\n");
    }
}
