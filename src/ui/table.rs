//! Tables: columns as wide as what they hold. Rows may come a part at a time; columns then only get wider.

use super::{Style, sanitize};

/// The space between two columns.
const GAP: usize = 2;

/// Lines of a table with a heading; every cell is made safe to show, and trailing space is cut.
pub fn lines(style: Style, headings: &[&'static str], rows: &[Vec<String>]) -> Vec<String> {
    let mut table = Table::new(headings);
    let rows = table.fit(rows);
    std::iter::once(table.heading(style)).chain(rows.iter().map(|row| table.line(row))).collect()
}

/// Columns with headings, for rows that arrive in parts.
pub struct Table {
    headings: Vec<&'static str>,
    widths: Vec<usize>,
    /// How wide a line may be.
    bound: Option<usize>,
}

impl Table {
    /// A table with these headings.
    pub fn new(headings: &[&'static str]) -> Self {
        let widths = headings.iter().map(|heading| heading.chars().count()).collect();
        Table { headings: headings.to_vec(), widths, bound: None }
    }

    /// The same, where no line is wider than a terminal of this width: what does not fit is cut off.
    pub fn within(self, bound: Option<usize>) -> Self {
        Table { bound, ..self }
    }

    /// Makes room for `rows`, whose cells come back safe to show.
    pub fn fit(&mut self, rows: &[Vec<String>]) -> Vec<Vec<String>> {
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
        style.bold(self.line(&self.headings))
    }

    /// The line of a row that [`Table::fit`] has seen.
    pub fn line<S: AsRef<str>>(&self, cells: &[S]) -> String {
        let mut line = String::new();
        for (cell, width) in cells.iter().map(AsRef::as_ref).zip(&self.widths) {
            line.push_str(cell);
            let padding = width.saturating_sub(cell.chars().count()) + GAP;
            line.extend(std::iter::repeat_n(' ', padding));
        }
        line.truncate(line.trim_end().len());
        match self.bound {
            Some(bound) => sanitize::clipped(&line, bound).into_owned(),
            None => line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_cells_are_safe() {
        let rows = [vec!["prod".to_owned(), "äöü".to_owned()], vec!["\u{1b}[2J".to_owned(), String::new()]];
        let shown = lines(Style::new(false), &["NAME", "KEPT"], &rows);
        assert_eq!(shown, ["NAME     KEPT", "prod     äöü", "\\x1b[2J"]);
    }

    #[test]
    fn what_does_not_fit_is_cut_off() {
        let mut table = Table::new(&["NAME", "ABOUT"]).within(Some(9));
        let rows =
            table.fit(&[vec!["prod".to_owned(), "äöü".to_owned()], vec!["x".to_owned(), "long".to_owned()]]);
        assert_eq!([table.line(&rows[0]), table.line(&rows[1])], ["prod  äöü", "x     lo…"]);
        assert_eq!(table.heading(Style::new(false)), "NAME  AB…");
    }

    #[test]
    fn later_rows_line_up_with_earlier_ones_where_they_can() {
        let mut table = Table::new(&["A", "B"]);
        let first = table.fit(&[vec!["long name".to_owned(), "1".to_owned()]]);
        let second = table.fit(&[vec!["x".to_owned(), "2".to_owned()]]);
        assert_eq!([table.line(&first[0]), table.line(&second[0])], ["long name  1", "x          2"]);
    }
}
