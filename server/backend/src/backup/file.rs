//! A backup's file: gzip around lines of JSON. The first says what it is; then
//! comes each table, with its columns and its rows, a row an array; the last
//! says how many rows there were. A file that was cut off has no such line, and
//! gzip's own checksum finds what was changed by accident.

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::io::{self, BufRead, BufReader, Read, Write};

/// How the lines are written; another number is another program's.
const FORMAT: u32 = 1;
/// Bytes of one line: the largest is a photo of a promotion.
const MOST_IN_LINE: u64 = 32 << 20;

/// What a backup is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    /// [`FORMAT`].
    yuehui_backup: u32,
    /// The last migration of the database.
    pub(super) migration: i64,
    /// The fingerprint of the installation's secret.
    pub(super) secret: String,
    /// When it was taken, in Unix milliseconds.
    taken_at_ms: i64,
}

/// A line between rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Mark {
    Table { table: String, columns: Vec<String> },
    End { rows: u64 },
}

/// A line after the first.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// The rows that follow are of this table.
    Table { name: String, columns: Vec<String> },
    /// A row: a JSON array.
    Row(&'a str),
    /// All rows are there.
    End,
}

/// The file is not what it should be.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Unreadable {
    /// Which line, from 1.
    line: u64,
    what: String,
}

impl Head {
    pub(super) fn new(migration: i64, secret: String, taken_at_ms: i64) -> Head {
        Head { yuehui_backup: FORMAT, migration, secret, taken_at_ms }
    }
}

/// Writes a backup.
pub(super) struct Writer<W: Write> {
    out: GzEncoder<W>,
    pub(super) rows: u64,
}

impl<W: Write> Writer<W> {
    pub(super) fn begin(out: W, head: &Head) -> io::Result<Writer<W>> {
        let mut writer = Writer { out: GzEncoder::new(out, Compression::fast()), rows: 0 };
        writer.line(head)?;
        Ok(writer)
    }

    pub(super) fn table(&mut self, name: &str, columns: Vec<String>) -> io::Result<()> {
        self.line(&Mark::Table { table: name.to_owned(), columns })
    }

    /// Adds a row to the table before it.
    pub(super) fn row(&mut self, row: &str) -> io::Result<()> {
        self.rows += 1;
        self.out.write_all(row.as_bytes())?;
        self.out.write_all(b"\n")
    }

    pub(super) fn end(mut self) -> io::Result<W> {
        self.line(&Mark::End { rows: self.rows })?;
        self.out.finish()
    }

    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, value)?;
        self.out.write_all(b"\n")
    }
}

/// Reads a backup.
pub(super) struct Reader<R: Read> {
    lines: BufReader<GzDecoder<R>>,
    buffer: Vec<u8>,
    /// Of the table that is being read.
    columns: usize,
    rows: u64,
    line: u64,
}

impl<R: Read> Reader<R> {
    pub(super) fn begin(file: R) -> Result<(Reader<R>, Head), Unreadable> {
        let lines = BufReader::new(GzDecoder::new(file));
        let mut reader = Reader { lines, buffer: Vec::new(), columns: 0, rows: 0, line: 0 };
        let other = |_| Unreadable { line: 1, what: "this is no backup of yuehui".to_owned() };
        reader.read().map_err(|unread| other(unread.to_string()))?;
        let head: Head = serde_json::from_slice(&reader.buffer).map_err(|error| other(error.to_string()))?;
        if head.yuehui_backup != FORMAT {
            return Err(reader.unreadable("the backup is of another format: a newer yuehui reads it"));
        }
        Ok((reader, head))
    }

    pub(super) fn next(&mut self) -> Result<Line<'_>, Unreadable> {
        self.read()?;
        if self.buffer.first() == Some(&b'[') {
            let values: Result<Vec<IgnoredAny>, _> = serde_json::from_slice(&self.buffer);
            if values.ok().is_none_or(|values| values.len() != self.columns) {
                return Err(self.unreadable("this is no row of its table"));
            }
            self.rows += 1;
            let row = std::str::from_utf8(&self.buffer).map(Line::Row);
            return row.map_err(|_| Unreadable { line: self.line, what: "this is no text".to_owned() });
        }
        match serde_json::from_slice(&self.buffer) {
            Ok(Mark::Table { table, columns }) => {
                self.columns = columns.len();
                Ok(Line::Table { name: table, columns })
            }
            Ok(Mark::End { rows }) if rows != self.rows => {
                Err(self.unreadable(format!("{} rows instead of {rows}", self.rows)))
            }
            Ok(Mark::End { .. }) => {
                // The checksum stands behind the last line.
                match self.lines.fill_buf() {
                    Ok([]) => Ok(Line::End),
                    Ok(_) => Err(self.unreadable("something follows the end")),
                    Err(error) => Err(self.unreadable(error)),
                }
            }
            Err(_) => Err(self.unreadable("neither a row nor a table")),
        }
    }

    /// Reads a line, without its end.
    fn read(&mut self) -> Result<(), Unreadable> {
        self.buffer.clear();
        self.line += 1;
        let read = self.lines.by_ref().take(MOST_IN_LINE).read_until(b'\n', &mut self.buffer);
        read.map_err(|error| self.unreadable(error))?;
        match self.buffer.pop() {
            Some(b'\n') => Ok(()),
            None => Err(self.unreadable("the backup ends here, in the middle")),
            Some(_) => Err(self.unreadable(format!("cut off, or longer than {MOST_IN_LINE} bytes"))),
        }
    }

    /// What is wrong with the line that was read last.
    pub(super) fn unreadable(&self, what: impl ToString) -> Unreadable {
        Unreadable { line: self.line, what: what.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Head, Line, Reader, Writer};

    fn head() -> Head {
        Head::new(57, "f00d".to_owned(), 1_624_000_000_000)
    }

    /// One table, two rows.
    fn written() -> Vec<u8> {
        let mut writer = Writer::begin(Vec::new(), &head()).unwrap();
        writer.table("meta", vec!["name".to_owned(), "value".to_owned()]).unwrap();
        writer.row(r#"["season","约惠"]"#).unwrap();
        writer.row(r#"["secret",null]"#).unwrap();
        writer.end().unwrap()
    }

    /// Reads to the end: the rows, or what is wrong.
    fn read(file: &[u8]) -> Result<Vec<String>, String> {
        let (mut reader, _) = Reader::begin(file).map_err(|error| error.to_string())?;
        let mut rows = Vec::new();
        loop {
            match reader.next().map_err(|error| error.to_string())? {
                Line::Row(row) => rows.push(row.to_owned()),
                Line::Table { .. } => {}
                Line::End => return Ok(rows),
            }
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let file = written();
        let (mut reader, read_head) = Reader::begin(file.as_slice()).unwrap();
        assert_eq!(read_head, head());
        let columns = vec!["name".to_owned(), "value".to_owned()];
        assert_eq!(reader.next().unwrap(), Line::Table { name: "meta".to_owned(), columns });
        assert_eq!(read(&file).unwrap(), [r#"["season","约惠"]"#, r#"["secret",null]"#]);
    }

    #[test]
    fn a_file_that_was_cut_off_anywhere_is_refused() {
        let file = written();
        for length in 0..file.len() {
            assert!(read(&file[..length]).is_err(), "{length} of {} bytes", file.len());
        }
    }

    #[test]
    fn a_byte_that_changed_is_noticed_where_it_matters() {
        let (file, rows) = (written(), read(&written()).unwrap());
        for place in 0..file.len() {
            let mut changed = file.clone();
            changed[place] ^= 0x20;
            // Gzip's first bytes tell of time and system, and bits that fill up a byte tell of nothing.
            let noticed = read(&changed).map_or(true, |read| read == rows);
            assert!(noticed, "byte {place}");
        }
    }

    #[test]
    fn rows_that_are_missing_or_of_another_width_are_refused() {
        let mut writer = Writer::begin(Vec::new(), &head()).unwrap();
        writer.table("meta", vec!["name".to_owned()]).unwrap();
        writer.row(r#"["a","b"]"#).unwrap();
        let error = read(&writer.end().unwrap()).unwrap_err();
        assert_eq!(error, "line 3: this is no row of its table");
        let mut writer = Writer::begin(Vec::new(), &head()).unwrap();
        writer.rows = 2;
        let error = read(&writer.end().unwrap()).unwrap_err();
        assert_eq!(error, "line 2: 0 rows instead of 2");
    }

    #[test]
    fn another_file_is_told_apart() {
        for file in [&b""[..], b"PK\x03\x04 a spreadsheet", b"{\"yuehui_backup\":1}"] {
            assert_eq!(read(file).unwrap_err(), "line 1: this is no backup of yuehui");
        }
    }
}
