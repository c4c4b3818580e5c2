//! What is wrong with a season's files, told so that it can be mended.

use std::{cell::RefCell, fmt};

/// More mistakes than this are not told: whoever wrote the files mends these
/// first.
const MAX_MISTAKES: usize = 100;

/// One mistake, by file, entry and field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// `promotions.csv`.
    pub file: &'static str,
    /// `line 12 (gangcheng-2)` in a table, `round opening-1` elsewhere.
    pub entry: String,
    /// `hours`.
    pub field: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mistake { file, entry, field, message } = self;
        write!(f, "{file}, {entry}, {field}: {message}")
    }
}

/// Everything that is wrong with a set of files, at most a hundred mistakes,
/// one on each line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, mistake) in self.0.iter().enumerate() {
            let gap = if n == 0 { "" } else { "\n" };
            write!(f, "{gap}{mistake}")?;
        }
        if self.0.len() == MAX_MISTAKES {
            write!(f, "\nonly the first {MAX_MISTAKES} mistakes are shown")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// Collects mistakes while the files are read.
#[derive(Debug, Default)]
pub(super) struct Notes(RefCell<Vec<Mistake>>);

impl Notes {
    /// Notes one, unless there are enough already.
    pub(super) fn note(
        &self,
        file: &'static str,
        entry: impl Into<String>,
        field: impl Into<String>,
        message: impl fmt::Display,
    ) {
        let mut mistakes = self.0.borrow_mut();
        if mistakes.len() < MAX_MISTAKES {
            let (entry, field) = (entry.into(), field.into());
            mistakes.push(Mistake { file, entry, field, message: message.to_string() });
        }
    }

    /// The value, or all that was noted.
    pub(super) fn into_result<T>(self, value: Option<T>) -> Result<T, Mistakes> {
        let mistakes = self.0.into_inner();
        value.filter(|_| mistakes.is_empty()).ok_or(Mistakes(mistakes))
    }
}
