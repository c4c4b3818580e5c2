//! A spreadsheet's first sheet as texts, whatever file it came in.

use super::{BadCell, MAX_FILE_BYTES, MAX_ROWS, csv, xlsx};

/// The most columns of a sheet.
pub(super) const MAX_COLUMNS: usize = 60;
/// The most characters of a cell.
pub(super) const MAX_CELL_CHARS: usize = 1_000;
/// What is shown of a bad cell.
const SHOWN_CHARS: usize = 40;

/// The head of an XLSX file, which is a ZIP archive.
const ZIP: &[u8] = b"PK\x03\x04";
/// The head of the XLS files of before 2007.
const OLD_XLS: &[u8] = b"\xD0\xCF\x11\xE0";

/// The headings and the rows below them.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) headings: Vec<String>,
    pub(super) rows: Vec<SheetRow>,
}

/// A row that holds something.
#[derive(Debug)]
pub(super) struct SheetRow {
    /// As spreadsheets number it: the headings are row 1.
    pub(super) number: usize,
    pub(super) cells: Vec<String>,
    /// What the file itself has against it.
    pub(super) faults: Vec<Fault>,
}

/// What is wrong with a cell, a row or, as row 0, with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) row: usize,
    pub(super) column: String,
    pub(super) value: String,
    pub(super) rule: String,
}

impl Fault {
    /// Of the file itself.
    pub(super) fn of_file(rule: impl Into<String>) -> Fault {
        Fault { row: 0, column: String::new(), value: String::new(), rule: rule.into() }
    }

    /// Of a cell.
    pub(super) fn new(row: usize, column: impl Into<String>, value: &str, rule: impl Into<String>) -> Fault {
        Fault { row, column: column.into(), value: shown(value), rule: rule.into() }
    }

    pub(super) fn told(self) -> BadCell {
        let Fault { row, column, value, rule } = self;
        BadCell { row, column, value, rule }
    }
}

fn shown(value: &str) -> String {
    let mut shown: String = value.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS).collect();
    if value.chars().count() > SHOWN_CHARS {
        shown.push('…');
    }
    shown
}

/// Reads a file by what it is, not by its name.
pub(super) fn read(file: &[u8]) -> Result<Sheet, Vec<Fault>> {
    if file.len() > MAX_FILE_BYTES {
        let rule = format!("文件最大 {0} MB / at most {0} MB", MAX_FILE_BYTES / 1024 / 1024);
        return Err(vec![Fault::of_file(rule)]);
    }
    let sheet = if file.starts_with(ZIP) {
        xlsx::read(file)?
    } else if file.starts_with(OLD_XLS) {
        let rule = "旧版 .xls 请另存为 .xlsx 或 CSV / an old .xls: save it as .xlsx or CSV";
        return Err(vec![Fault::of_file(rule)]);
    } else {
        csv::read(file)?
    };
    if sheet.rows.len() > MAX_ROWS {
        return Err(vec![Fault::of_file(format!("最多 {MAX_ROWS} 行 / at most {MAX_ROWS} rows"))]);
    }
    Ok(sheet)
}

/// A column's letter: `A` to `Z`, then `AA`.
pub(super) fn letter(mut place: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(u8::try_from(place % 26).map_or('?', |n| char::from(b'A' + n)));
        if place < 26 {
            break;
        }
        place = place / 26 - 1;
    }
    letters.iter().rev().collect()
}

/// Notes cells that are longer than any field may be.
pub(super) fn too_long(number: usize, cells: &[String]) -> Vec<Fault> {
    let long = cells.iter().enumerate().filter(|(_, cell)| cell.chars().nth(MAX_CELL_CHARS).is_some());
    let rule = format!("最多 {MAX_CELL_CHARS} 字 / at most {MAX_CELL_CHARS} characters");
    long.map(|(place, cell)| Fault::new(number, letter(place), cell, rule.as_str())).collect()
}
