//! Tables: columns as wide as what they hold.

use super::{Style, sanitize};

const GAP: &str = "  ";

/// Lines of a table with a heading; every cell is made safe to show, and trailing space is cut.
pub fn lines(style: Style, heading: &[&str], rows: &[Vec<String>]) -> Vec<String> {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| sanitize::text(cell).into_owned()).collect()).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(heading.get(column).map(|cell| cell.chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let heading: Vec<String> = heading.iter().map(|cell| (*cell).to_owned()).collect();
    let first = style.bold(line(&heading, &widths));
    std::iter::once(first).chain(rows.iter().map(|row| line(row, &widths))).collect()
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let cells: Vec<String> =
        cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
    cells.join(GAP).trim_end().to_owned()
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
}
