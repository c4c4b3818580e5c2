//! XLSX files: the first sheet, values only.

use super::MAX_ROWS;
use super::sheet::{Fault, MAX_COLUMNS, Sheet, SheetRow, letter, too_long};
use calamine::{Data, Reader, Xlsx};
use std::collections::HashMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// What an archive may hold in all when it is unpacked.
const MAX_UNPACKED_BYTES: u64 = 200 * 1024 * 1024;
const MAX_PARTS: usize = 500;

/// Faults of cells, by row and column from 0.
type Marks = HashMap<(u32, u32), &'static str>;

/// Reads a whole file.
pub(super) fn read(file: &[u8]) -> Result<Sheet, Vec<Fault>> {
    unpacks_within_limits(file)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).map_err(unreadable)?;
    let name = book.sheet_names().first().cloned().ok_or_else(|| unreadable("no sheet"))?;
    let range = book.worksheet_range(&name).map_err(unreadable)?;
    let Some((top, left)) = range.start() else { return Ok(Sheet::default()) };
    if range.height() > MAX_ROWS + 1 {
        return Err(vec![Fault::of_file(format!("最多 {MAX_ROWS} 行 / at most {MAX_ROWS} rows"))]);
    }
    if range.width() > MAX_COLUMNS {
        return Err(vec![Fault::of_file(format!("最多 {MAX_COLUMNS} 列 / at most {MAX_COLUMNS} columns"))]);
    }
    let marks = marks(&mut book, &name)?;
    let mut sheet = Sheet::default();
    for (row, number) in range.rows().zip(top..) {
        let mut read = SheetRow {
            number: usize::try_from(number).unwrap_or(0) + 1,
            cells: Vec::with_capacity(row.len()),
            faults: Vec::new(),
        };
        for (cell, column) in row.iter().zip(left..) {
            let text = text(cell);
            let place = usize::try_from(column - left).unwrap_or(0);
            let mark = marks.get(&(number, column)).copied().or(text.is_none().then_some(NO_TEXT));
            let text = text.unwrap_or_else(|| cell.to_string());
            read.faults.extend(mark.map(|rule| Fault::new(read.number, letter(place), &text, rule)));
            read.cells.push(text);
        }
        add(&mut sheet, read);
    }
    Ok(sheet)
}

fn add(sheet: &mut Sheet, mut row: SheetRow) {
    while row.cells.last().is_some_and(String::is_empty) {
        row.cells.pop();
    }
    if sheet.headings.is_empty() {
        sheet.headings = row.cells;
    } else if !row.cells.is_empty() || !row.faults.is_empty() {
        row.faults.extend(too_long(row.number, &row.cells));
        sheet.rows.push(row);
    }
}

const NO_TEXT: &str = "是日期或错误值，请改为文本 / a date or an error: write it as text";
const FORMULA: &str = "是公式，请只保留数值 / a formula: keep its value only";
const MERGED: &str = "合并单元格，请取消合并并逐行填写 / a merged cell: unmerge it and fill in every row";

/// The cells that are formulas or merged with others.
fn marks(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Marks, Vec<Fault>> {
    let mut marks = Marks::new();
    let formulas = book.worksheet_formula(name).map_err(unreadable)?;
    let (top, left) = formulas.start().unwrap_or_default();
    for (row, column, formula) in formulas.used_cells() {
        if !formula.is_empty() {
            let place = (u32::try_from(row).unwrap_or(0) + top, u32::try_from(column).unwrap_or(0) + left);
            marks.insert(place, FORMULA);
        }
    }
    for area in book.merge_cells_by_sheet_name(name).map_err(unreadable)? {
        marks.insert(area.start, MERGED);
    }
    Ok(marks)
}

/// The text of a cell; `None` for what is no text or number.
fn text(cell: &Data) -> Option<String> {
    match cell {
        Data::Empty => Some(String::new()),
        Data::String(text) => Some(text.trim().to_owned()),
        Data::Int(number) => Some(number.to_string()),
        // A code that a spreadsheet took for a number: 210302 stands there as 210302.0.
        Data::Float(number) => Some(number.to_string()),
        Data::Bool(yes) => Some(yes.to_string()),
        Data::DateTime(_) | Data::DateTimeIso(_) | Data::DurationIso(_) | Data::Error(_) => None,
    }
}

/// Unpacks into nothing and counts: a small file may hold a huge one.
fn unpacks_within_limits(file: &[u8]) -> Result<(), Vec<Fault>> {
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(unreadable)?;
    let mut left = MAX_UNPACKED_BYTES;
    let parts = archive.len();
    for part in 0..parts {
        let mut part = archive.by_index(part).map_err(unreadable)?.take(left + 1);
        let unpacked = std::io::copy(&mut part, &mut std::io::sink()).map_err(unreadable)?;
        if unpacked > left || parts > MAX_PARTS {
            let rule = "解压后过大，请只保留商户表 / too large when unpacked: keep the merchants' sheet only";
            return Err(vec![Fault::of_file(rule)]);
        }
        left -= unpacked;
    }
    Ok(())
}

fn unreadable(error: impl ToString) -> Vec<Fault> {
    let error = error.to_string();
    vec![Fault::of_file(format!("XLSX 文件无法读取 / the XLSX file cannot be read: {error}"))]
}
