//! Rows in columns, for people. Rows may come a part at a time: columns only ever get wider.

use super::{Style, sanitize};

/// The space between two columns.
const GAP: usize = 2;

/// Columns with headings; the last column is as long as it likes.
pub struct Table {
    headings: Vec<&'static str>,
    widths: Vec<usize>,
}

impl Table {
    /// A table with these headings.
    pub fn new(headings: &[&'static str]) -> Self {
        let widths = headings.iter().map(|heading| heading.chars().count()).collect();
        Table { headings: headings.to_vec(), widths }
    }

    /// Makes room for `rows`, whose cells come back safe to show.
    pub fn fit(&mut self, rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
        let mut safe = Vec::with_capacity(rows.len());
        for row in rows {
            let row: Vec<String> = row.iter().map(|cell| sanitize::text(cell).into_owned()).collect();
            for (width, cell) in self.widths.iter_mut().zip(&row) {
                *width = (*width).max(cell.chars().count());
            }
            safe.push(row);
        }
        safe
    }

    /// The line of headings.
    pub fn heading(&self, style: Style) -> String {
        style.dim(self.line(&self.headings))
    }

    /// The line of a row that [`Table::fit`] has seen.
    pub fn line<S: AsRef<str>>(&self, cells: &[S]) -> String {
        let mut line = String::new();
        for (index, (cell, width)) in cells.iter().zip(&self.widths).enumerate() {
            let cell = cell.as_ref();
            line.push_str(cell);
            if index + 1 < cells.len() {
                let padding = width.saturating_sub(cell.chars().count()) + GAP;
                line.extend(std::iter::repeat_n(' ', padding));
            }
        }
        line.truncate(line.trim_end().len());
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_cells_are_safe() {
        let mut table = Table::new(&["NAME", "ID"]);
        let rows =
            table.fit(vec![vec!["prod".into(), "a1".into()], vec!["stäging\u{1b}[2J".into(), "b2".into()]]);
        let mut lines = vec![table.heading(Style::new(false))];
        lines.extend(rows.iter().map(|row| table.line(row)));
        assert_eq!(lines, ["NAME            ID", "prod            a1", "stäging\\x1b[2J  b2"]);
    }
}
