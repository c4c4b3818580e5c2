//! Bringing in merchants from a spreadsheet.

use crate::promotion::words;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

words! {
    /// How far an import has come.
    ImportState {
        /// The file is being read and checked; nothing is written.
        Reading = "reading", "正在检查", "Being checked";
        /// It is checked and waits to be confirmed; nothing is written.
        Checked = "checked", "待确认", "To be confirmed";
        /// It is being written, all of it or nothing.
        Writing = "writing", "正在写入", "Being written";
        /// It is written.
        Done = "done", "已导入", "Imported";
        /// It was given up, and nothing is written.
        Failed = "failed", "未完成", "Given up";
    }
}

/// A cell that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BadCellShape {
    /// The row as spreadsheets number it, the headings being row 1; 0 where the
    /// file itself is at fault.
    pub row: i64,
    /// The column's heading, or its letter.
    pub column: String,
    /// What stands there, shortened.
    pub value: String,
    /// What is wrong with it and what is allowed, in Chinese and English.
    pub rule: String,
}

/// An import: what the check found, and what was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportShape {
    /// Its number.
    pub import_id: i64,
    /// The file's name, for people alone.
    pub file_name: String,
    /// How far it has come.
    pub state: ImportState,
    /// When it was uploaded.
    pub begun_at: String,
    /// How many outlets of `total` are looked at or written.
    pub done: i64,
    /// How many there are; 0 until the file is read.
    pub total: i64,
    /// Rows below the headings that hold something.
    pub rows: i64,
    /// Rows with a bad cell.
    pub bad_rows: i64,
    /// The bad cells, at most a thousand of them; empty in lists.
    pub bad: Vec<BadCellShape>,
    /// Merchants that were not known.
    pub new_merchants: i64,
    /// Outlets that were not known.
    pub new_outlets: i64,
    /// Known merchants and outlets of which something is different.
    pub changed: i64,
    /// Known ones that stay as they are.
    pub unchanged: i64,
    /// Whether it may be confirmed as a whole.
    pub whole: bool,
    /// Whether it may be confirmed without its bad rows.
    pub without_bad: bool,
}
