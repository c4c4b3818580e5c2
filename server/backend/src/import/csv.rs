//! CSV files: UTF-8, with or without a byte-order mark, or GB18030, as Chinese
//! spreadsheets write them.

use super::MAX_ROWS;
use super::sheet::{Fault, MAX_COLUMNS, Sheet, SheetRow, letter, too_long};
use encoding_rs::{GB18030, UTF_8};

/// Reads a whole file.
pub(super) fn read(file: &[u8]) -> Result<Sheet, Vec<Fault>> {
    let text = decoded(file)?;
    let delimiter = delimiter(&text);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut sheet = Sheet::default();
    for record in reader.records() {
        let record = record.map_err(|error| vec![Fault::of_file(error.to_string())])?;
        let number = record.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
        let mut cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        while cells.last().is_some_and(String::is_empty) {
            cells.pop();
        }
        if cells.len() > MAX_COLUMNS {
            return Err(vec![Fault::of_file(format!(
                "第 {number} 行超过 {MAX_COLUMNS} 列 / row {number} has more than {MAX_COLUMNS} columns"
            ))]);
        }
        if sheet.headings.is_empty() {
            sheet.headings = cells;
        } else if !cells.is_empty() {
            sheet.rows.push(row(number, cells, sheet.headings.len()));
            if sheet.rows.len() > MAX_ROWS {
                break;
            }
        }
    }
    Ok(sheet)
}

fn row(number: usize, cells: Vec<String>, columns: usize) -> SheetRow {
    let mut faults = too_long(number, &cells);
    if let Some(stray) = cells.get(columns) {
        let rule = "此列没有表头，可能多了一个逗号 / no heading here: perhaps a comma too many";
        faults.push(Fault::new(number, letter(columns), stray, rule));
    }
    SheetRow { number, cells, faults }
}

/// The text of a file. A byte that fits no encoding is told by its line.
fn decoded(file: &[u8]) -> Result<String, Vec<Fault>> {
    if file.starts_with(b"\xFF\xFE") || file.starts_with(b"\xFE\xFF") {
        let rule = "UTF-16 编码，请另存为 CSV UTF-8 / UTF-16: save it as CSV UTF-8";
        return Err(vec![Fault::of_file(rule)]);
    }
    let bytes = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    if bytes.contains(&0) {
        return Err(vec![Fault::of_file("既不是 CSV 也不是 XLSX / neither CSV nor XLSX")]);
    }
    if let Some(text) = UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text.into_owned());
    }
    if let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text.into_owned());
    }
    let good = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    let line = bytes[..good].iter().filter(|byte| **byte == b'\n').count() + 1;
    let rule = format!(
        "第 {line} 行既不是 UTF-8 也不是 GB18030 编码 / line {line} is neither UTF-8 nor GB18030: save it as CSV UTF-8"
    );
    Err(vec![Fault::of_file(rule)])
}

/// Of comma, semicolon and tab, the one that the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |byte: u8| first.bytes().filter(|other| *other == byte).count();
    [b';', b'\t', b','].into_iter().max_by_key(|byte| count(*byte)).unwrap_or(b',')
}
