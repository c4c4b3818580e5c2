//! Pages of lists that grow at their newest end.

use domain::shapes::Page;
use domain::{Denied, ListQuery};

const DEFAULT_LIMIT: i64 = 20;
const MAX_LIMIT: i64 = 100;

/// How many items, and before which number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) limit: i64,
    pub(crate) before: i64,
}

impl Cursor {
    /// Reads limit and cursor of a list that shows its newest items first.
    pub(crate) fn newest_first(query: &ListQuery) -> Result<Cursor, Denied> {
        let limit = limit(query.limit.as_deref())?;
        let before = query.cursor.as_deref().map_or(Ok(i64::MAX), |text| {
            let number =
                text.strip_prefix('b').and_then(|digits| digits.parse().ok()).filter(|number| *number > 0);
            number.ok_or_else(|| Denied::query("cursor", "next_cursor of the page before"))
        })?;
        Ok(Cursor { limit, before })
    }
}

/// How many items, and after which number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OldestFirst {
    pub(crate) limit: i64,
    pub(crate) after: i64,
}

impl OldestFirst {
    /// Reads limit and cursor of a list that shows its oldest items first.
    pub(crate) fn read(query: &ListQuery) -> Result<OldestFirst, Denied> {
        let limit = limit(query.limit.as_deref())?;
        let after = query.cursor.as_deref().map_or(Ok(0), |text| {
            let number =
                text.strip_prefix('a').and_then(|digits| digits.parse().ok()).filter(|number| *number > 0);
            number.ok_or_else(|| Denied::query("cursor", "next_cursor of the page before"))
        })?;
        Ok(OldestFirst { limit, after })
    }

    /// A page from one item more than it holds.
    pub(crate) fn page<T>(&self, mut items: Vec<T>, number: impl Fn(&T) -> i64) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next_cursor = items.last().filter(|_| more).map(|last| format!("a{}", number(last)));
        Page { items, next_cursor }
    }
}

/// Reads a page size.
pub(crate) fn limit(text: Option<&str>) -> Result<i64, Denied> {
    let Some(text) = text else { return Ok(DEFAULT_LIMIT) };
    let number = text.parse().ok().filter(|number| (1..=MAX_LIMIT).contains(number));
    number.ok_or_else(|| Denied::query("limit", "1–100"))
}

/// A page from one item more than it holds.
pub(crate) fn page<T>(mut items: Vec<T>, cursor: &Cursor, number: impl Fn(&T) -> i64) -> Page<T> {
    let limit = usize::try_from(cursor.limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next_cursor = items.last().filter(|_| more).map(|last| format!("b{}", number(last)));
    Page { items, next_cursor }
}

/// How many items, and after which number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forward {
    pub(crate) limit: i64,
    pub(crate) after: i64,
}

impl Forward {
    /// Reads limit and cursor of a list that shows its oldest items first.
    pub(crate) fn oldest_first(query: &ListQuery) -> Result<Forward, Denied> {
        let limit = limit(query.limit.as_deref())?;
        let after = query.cursor.as_deref().map_or(Ok(0), |text| {
            let number = text.strip_prefix('a').and_then(|digits| digits.parse().ok());
            let number = number.filter(|number| *number > 0);
            number.ok_or_else(|| Denied::query("cursor", "next_cursor of the page before"))
        })?;
        Ok(Forward { limit, after })
    }
}

/// A page from one item more than it holds.
pub(crate) fn forward_page<T>(mut items: Vec<T>, cursor: &Forward, number: impl Fn(&T) -> i64) -> Page<T> {
    let limit = usize::try_from(cursor.limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next_cursor = items.last().filter(|_| more).map(|last| format!("a{}", number(last)));
    Page { items, next_cursor }
}
