//! A table for spreadsheets: comma-separated, UTF-8 with the byte-order mark without which Excel shows
//! Chinese as noise.

/// What a spreadsheet takes for the start of a formula (OWASP, “CSV injection”).
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A table being written.
#[derive(Debug)]
pub(crate) struct Table(String);

impl Table {
    /// A table with its first row.
    pub(crate) fn headed(headings: &[&str]) -> Table {
        let mut table = Table("\u{feff}".to_owned());
        table.row(headings);
        table
    }

    /// One row. A text that would start a formula is marked as text by an apostrophe; numbers stay.
    pub(crate) fn row(&mut self, cells: &[impl AsRef<str>]) {
        for (place, cell) in cells.iter().enumerate() {
            if place > 0 {
                self.0.push(',');
            }
            self.cell(cell.as_ref());
        }
        self.0.push_str("\r\n");
    }

    fn cell(&mut self, cell: &str) {
        let mark = if cell.starts_with(FORMULA) && cell.parse::<f64>().is_err() { "'" } else { "" };
        if mark.is_empty() && !cell.contains([',', '"', '\r', '\n']) {
            self.0.push_str(cell);
        } else {
            self.0.push('"');
            self.0.push_str(mark);
            self.0.push_str(&cell.replace('"', "\"\""));
            self.0.push('"');
        }
    }

    /// The finished text.
    pub(crate) fn finish(self) -> String {
        self.0
    }
}

/// `1234` fen as `12.34`: a plain number, which a spreadsheet can sum.
pub(crate) fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use super::{Table, yuan};

    #[test]
    fn yuan_keep_their_sign() {
        assert_eq!([1234, 5, 0, -5, -1234].map(yuan), ["12.34", "0.05", "0.00", "-0.05", "-12.34"]);
    }

    #[test]
    fn a_cell_never_starts_a_formula() {
        let mut table = Table::headed(&["区县", "a,b"]);
        table.row(&["=1+1", "-3.5", "+x", "@y", "say \"hi\"", "12"]);
        let text = table.finish();
        assert_eq!(text, "\u{feff}区县,\"a,b\"\r\n\"'=1+1\",-3.5,\"'+x\",\"'@y\",\"say \"\"hi\"\"\",12\r\n");
    }
}
