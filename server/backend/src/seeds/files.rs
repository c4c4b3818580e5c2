//! The six files of a season, as text, and cut into entries.

use super::fields::Fields;
use super::mistakes::Notes;
use std::{borrow::Cow, fs, path::Path};
use toml::{Table, Value};

pub(super) const SEASON: &str = "season.toml";
pub(super) const CAMPAIGNS: &str = "campaigns.toml";
pub(super) const MERCHANTS: &str = "merchants.csv";
pub(super) const PROMOTIONS: &str = "promotions.csv";
pub(super) const RESIDENTS: &str = "residents.csv";
pub(super) const ACCOUNTS: &str = "accounts.toml";

/// No hand-written file is larger.
const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;
/// No city's list is longer.
const MAX_ROWS: usize = 100_000;

/// The texts of a set's files.
pub(super) struct Texts {
    pub(super) season: Cow<'static, str>,
    pub(super) campaigns: Cow<'static, str>,
    pub(super) merchants: Cow<'static, str>,
    pub(super) promotions: Cow<'static, str>,
    pub(super) residents: Cow<'static, str>,
    pub(super) accounts: Cow<'static, str>,
}

macro_rules! embedded {
    ($folder:literal) => {
        Texts {
            season: include_str!(concat!("../../../../seeds/", $folder, "/season.toml")).into(),
            campaigns: include_str!(concat!("../../../../seeds/", $folder, "/campaigns.toml")).into(),
            merchants: include_str!(concat!("../../../../seeds/", $folder, "/merchants.csv")).into(),
            promotions: include_str!(concat!("../../../../seeds/", $folder, "/promotions.csv")).into(),
            residents: include_str!(concat!("../../../../seeds/", $folder, "/residents.csv")).into(),
            accounts: include_str!(concat!("../../../../seeds/", $folder, "/accounts.toml")).into(),
        }
    };
}

impl Texts {
    /// The set that the program brings along.
    pub(super) fn anshan_2021() -> Texts {
        embedded!("anshan-2021")
    }

    /// The files of a folder; `None` where one could not be read, which is
    /// noted.
    pub(super) fn from_dir(folder: &Path, notes: &Notes) -> Option<Texts> {
        let [season, campaigns, merchants, promotions, residents, accounts] =
            [SEASON, CAMPAIGNS, MERCHANTS, PROMOTIONS, RESIDENTS, ACCOUNTS].map(|file| {
                let text = read(&folder.join(file));
                text.map(Cow::Owned).map_err(|error| notes.note(file, "file", "text", error)).ok()
            });
        Some(Texts {
            season: season?,
            campaigns: campaigns?,
            merchants: merchants?,
            promotions: promotions?,
            residents: residents?,
            accounts: accounts?,
        })
    }
}

fn read(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    if fs::metadata(path).map_err(unreadable)?.len() > MAX_FILE_BYTES {
        return Err(format!("is larger than {MAX_FILE_BYTES} bytes"));
    }
    fs::read_to_string(path).map_err(unreadable)
}

/// A TOML file as one entry; `None` where it is not TOML.
pub(super) fn document<'a>(file: &'static str, text: &str, notes: &'a Notes) -> Option<Fields<'a>> {
    match text.parse::<Table>() {
        Ok(table) => Some(Fields::new(file, "file".to_owned(), table, notes)),
        Err(error) => {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            notes.note(file, format!("line {line}"), "syntax", error.message());
            None
        }
    }
}

/// A sheet's rows, each told by its line and first cell; `None` where the
/// columns are not the expected ones.
pub(super) fn rows<'a>(
    file: &'static str,
    text: &str,
    columns: &[&'static str],
    notes: &'a Notes,
) -> Option<Vec<Fields<'a>>> {
    // Spreadsheets put a byte order mark before the header.
    let text = text.trim_start_matches('\u{feff}');
    let mut sheet = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = sheet.headers().map_err(|error| notes.note(file, "header", "syntax", error)).ok()?.clone();
    let before = columns.iter().filter(|column| !header.iter().any(|name| name == **column));
    let missing = before.map(|column| notes.note(file, "header", *column, "is missing")).count();
    let strange = header.iter().filter(|name| !columns.contains(name));
    let allowed = columns.join(", ");
    let strange = strange
        .map(|name| {
            notes.note(file, "header", name, format_args!("is not a column here; allowed are {allowed}"))
        })
        .count();
    if missing + strange > 0 {
        return None;
    }
    if header.len() != columns.len() {
        notes.note(file, "header", "columns", "a column stands here a second time; each is allowed once");
        return None;
    }
    let mut rows = Vec::new();
    for row in sheet.records() {
        if rows.len() == MAX_ROWS {
            notes.note(file, "file", "rows", format_args!("are more than {MAX_ROWS}"));
            break;
        }
        match row {
            Ok(row) => rows.extend(row_fields(file, &header, &row, notes)),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                notes.note(file, format!("line {line}"), "syntax", error);
            }
        }
    }
    Some(rows)
}

fn row_fields<'a>(
    file: &'static str,
    header: &csv::StringRecord,
    row: &csv::StringRecord,
    notes: &'a Notes,
) -> Option<Fields<'a>> {
    let line = row.position().map_or(0, csv::Position::line);
    if row.len() != header.len() {
        let message = format!("has {} cells; the header has {}", row.len(), header.len());
        notes.note(file, format!("line {line}"), "cells", message);
        return None;
    }
    let cells = header.iter().zip(row).map(|(name, cell)| (name.to_owned(), Value::String(cell.to_owned())));
    Some(Fields::new(file, format!("line {line}"), cells.collect(), notes))
}
