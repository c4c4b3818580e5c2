//! One entry of a file, whose fields are taken one by one. A mistake is noted
//! under the field's name and reading goes on, so that one look tells all.

use super::mistakes::Notes;
use domain::Fen;
use std::{collections::BTreeSet, fmt, ops::RangeInclusive, str::FromStr};
use toml::{Table, Value};

/// The most characters of a name or title.
pub(super) const NAME: usize = 80;
/// The most characters of a few sentences.
pub(super) const TEXT: usize = 600;
/// The most characters of a whole article.
pub(super) const BODY: usize = 6_000;

/// The most characters of a key.
const KEY: usize = 40;

/// An entry: a table of a TOML file, or a row of a sheet.
pub(super) struct Fields<'a> {
    file: &'static str,
    name: String,
    values: Table,
    known: Vec<&'static str>,
    notes: &'a Notes,
}

impl<'a> Fields<'a> {
    /// An entry under the name by which its mistakes are told.
    pub(super) fn new(file: &'static str, name: String, values: Table, notes: &'a Notes) -> Fields<'a> {
        Fields { file, name, values, known: Vec::new(), notes }
    }

    /// The name by which mistakes are told.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Notes a mistake in one field.
    pub(super) fn mistake(&self, field: &str, message: impl fmt::Display) {
        self.notes.note(self.file, self.name.as_str(), field, message);
    }

    /// Adds a key to the name by which mistakes are told.
    pub(super) fn tell_key(&mut self, key: &str) {
        self.name = format!("{} ({key})", self.name);
    }

    /// Notes a value that may stand only once and was there before.
    pub(super) fn once(&self, field: &str, is_new: bool) {
        if !is_new {
            self.mistake(field, "stands here a second time; each is allowed once");
        }
    }

    /// Ends the entry: what nobody took is no field of it.
    pub(super) fn finish(self) {
        let allowed = self.known.join(", ");
        for field in self.values.keys() {
            self.mistake(field, format_args!("is not a field here; allowed are {allowed}"));
        }
    }

    /// A value that may be missing; an empty text counts as missing.
    fn take(&mut self, field: &'static str) -> Option<Value> {
        self.known.push(field);
        let is_blank = |value: &Value| value.as_str().is_some_and(|text| text.trim().is_empty());
        self.values.remove(field).filter(|value| !is_blank(value))
    }

    fn need(&mut self, field: &'static str) -> Option<Value> {
        let value = self.take(field);
        if value.is_none() {
            self.mistake(field, "is missing");
        }
        value
    }

    fn text_of(&self, field: &str, value: Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Datetime(moment) => Some(moment.to_string()),
            _ => {
                self.mistake(field, "must be a text in quotes");
                None
            }
        }
    }

    fn bounded(&self, field: &str, value: Value, max_chars: usize) -> Option<String> {
        let text = self.text_of(field, value)?;
        let length = text.chars().count();
        if length > max_chars {
            self.mistake(field, format_args!("has {length} characters; at most {max_chars} are allowed"));
        }
        if text.chars().any(|c| c.is_control() && c != '\n') {
            self.mistake(field, "holds a control character; only text is allowed");
        }
        Some(text)
    }

    /// A text that must be there.
    pub(super) fn text(&mut self, field: &'static str, max_chars: usize) -> Option<String> {
        let value = self.need(field)?;
        self.bounded(field, value, max_chars)
    }

    /// A text that may be empty or missing.
    pub(super) fn maybe_text(&mut self, field: &'static str, max_chars: usize) -> String {
        let value = self.take(field);
        value.and_then(|value| self.bounded(field, value, max_chars)).unwrap_or_default()
    }

    /// A key by which other entries name this one.
    pub(super) fn key(&mut self, field: &'static str) -> Option<String> {
        let key = self.text(field, KEY)?;
        let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
        if !key.chars().all(is_key) {
            self.mistake(field, format_args!("{key:?} may hold lower-case letters, digits, - and _ only"));
        }
        Some(key)
    }

    fn parsed<T: FromStr<Err: fmt::Display>>(&self, field: &str, value: Value) -> Option<T> {
        let parsed = self.text_of(field, value)?.parse();
        parsed.map_err(|error| self.mistake(field, error)).ok()
    }

    /// A value that its type reads from text.
    pub(super) fn parse<T: FromStr<Err: fmt::Display>>(&mut self, field: &'static str) -> Option<T> {
        let value = self.need(field)?;
        self.parsed(field, value)
    }

    /// The same, where it may be missing.
    pub(super) fn maybe<T: FromStr<Err: fmt::Display>>(&mut self, field: &'static str) -> Option<T> {
        let value = self.take(field)?;
        self.parsed(field, value)
    }

    fn integer(&self, field: &str, value: &Value, range: &RangeInclusive<i64>) -> Option<i64> {
        let Some(number) = value.as_integer() else {
            self.mistake(field, "must be a whole number");
            return None;
        };
        if !range.contains(&number) {
            let (least, most) = (range.start(), range.end());
            self.mistake(field, format_args!("{number} is not between {least} and {most}"));
            return None;
        }
        Some(number)
    }

    /// A whole number in a range.
    pub(super) fn whole(&mut self, field: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.need(field)?;
        self.integer(field, &value, &range)
    }

    /// The same, where it may be missing.
    pub(super) fn maybe_whole(&mut self, field: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.take(field)?;
        self.integer(field, &value, &range)
    }

    /// An amount in fen.
    pub(super) fn money(&mut self, field: &'static str) -> Option<Fen> {
        self.whole(field, 0..=Fen::MAX.get()).and_then(|fen| Fen::try_from(fen).ok())
    }

    /// The same, where it may be missing.
    pub(super) fn maybe_money(&mut self, field: &'static str) -> Option<Fen> {
        self.maybe_whole(field, 0..=Fen::MAX.get()).and_then(|fen| Fen::try_from(fen).ok())
    }

    /// `true` or `false`; in a sheet it is text.
    pub(super) fn flag(&mut self, field: &'static str) -> Option<bool> {
        let value = self.need(field)?;
        let flag = value.as_bool().or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        if flag.is_none() {
            self.mistake(field, "must be true or false");
        }
        flag
    }

    /// A list of different texts; empty where it is missing.
    pub(super) fn list(&mut self, field: &'static str) -> BTreeSet<String> {
        let texts = match self.take(field) {
            None => return BTreeSet::new(),
            Some(Value::Array(values)) => {
                values.into_iter().map(|value| value.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
            }
            Some(_) => None,
        };
        let Some(texts) = texts else {
            self.mistake(field, "must be a list of texts such as [\"210302\"]");
            return BTreeSet::new();
        };
        let length = texts.len();
        let set: BTreeSet<String> = texts.into_iter().collect();
        self.once(field, set.len() == length);
        set
    }

    /// The entries inside this one. Each is told by the name and its own key,
    /// or its place where it has none.
    pub(super) fn children(&mut self, field: &'static str, name: &str, key: &str) -> Vec<Fields<'a>> {
        let values = match self.take(field) {
            None => Vec::new(),
            Some(Value::Array(values)) => values,
            Some(_) => {
                self.mistake(field, format_args!("must be a list of tables: [[{field}]]"));
                Vec::new()
            }
        };
        let tables =
            values.into_iter().map(|value| if let Value::Table(table) = value { Some(table) } else { None });
        let mut children = Vec::new();
        for (n, table) in tables.enumerate() {
            let Some(table) = table else {
                self.mistake(field, format_args!("number {} is no table", n + 1));
                continue;
            };
            let own = table.get(key).and_then(Value::as_str).map(|key| key.chars().take(KEY).collect());
            let own: String = own.unwrap_or_else(|| format!("number {}", n + 1));
            children.push(Fields::new(self.file, format!("{name} {own}"), table, self.notes));
        }
        children
    }

    /// The one table of a name, such as `[season]`.
    pub(super) fn child(&mut self, field: &'static str) -> Option<Fields<'a>> {
        match self.need(field)? {
            Value::Table(table) => Some(Fields::new(self.file, field.to_owned(), table, self.notes)),
            _ => {
                self.mistake(field, format_args!("must be a table: [{field}]"));
                None
            }
        }
    }
}
