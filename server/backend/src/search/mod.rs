//! Search over names and texts, in memory: Chinese by any part of it, pinyin
//! without tones from the start of a syllable, initials, English. A city's
//! whole catalogue is a few megabytes, so a search reads all of it.

mod fold;
mod runs;

use fold::{Piece, pieces, plain, spellings};
use runs::Runs;
use std::collections::HashMap;

/// What a text is to its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    /// Its name.
    Name,
    /// A title.
    Title,
    /// Anything else, such as the name of its place or trade.
    Text,
}

/// Where a row holds what was searched for: the better, the smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    /// At the beginning of its name.
    Beginning,
    /// In its name.
    Name,
    /// In a title.
    Title,
    /// In a text, or in the name of its place or trade.
    Text,
}

/// What is searched for: every word must be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted(Vec<String>);

impl Wanted {
    /// Reads what a person typed: words end at white space, at punctuation,
    /// and between Chinese characters and letters.
    pub(crate) fn read(text: &str) -> Wanted {
        let mut words: Vec<String> = Vec::new();
        let mut open = None;
        for piece in pieces(text) {
            let (part, joins) = match piece {
                Piece::Han(c) => (c.to_string(), Joins::Han),
                Piece::Word(word) if word.chars().all(char::is_numeric) => (word, Joins::Either),
                Piece::Word(word) => (word, Joins::Letters),
                Piece::Space | Piece::Mark => {
                    open = None;
                    continue;
                }
            };
            match (words.last_mut(), open) {
                (Some(word), Some(before)) if joins.with(before) => word.push_str(&part),
                _ => words.push(part),
            }
            open = Some(joins);
        }
        Wanted(words)
    }
}

/// With what a piece makes one word.
#[derive(Clone, Copy, PartialEq)]
enum Joins {
    Han,
    Letters,
    Either,
}

impl Joins {
    fn with(self, other: Joins) -> bool {
        self == other || self == Joins::Either || other == Joins::Either
    }
}

/// What can be found, by rows. A text that many rows share, such as the name
/// of their district, is kept and searched once.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Names, titles, texts.
    levels: [Level; 3],
    /// The rows of each text.
    rows_of: Vec<Vec<usize>>,
    known: HashMap<(Field, bool, String), usize>,
    rows: usize,
}

#[derive(Debug, Default)]
struct Level {
    plain: Runs,
    spelled: Runs,
    initials: Runs,
}

impl Index {
    /// Adds a name or title of a row: found also by initials.
    pub(crate) fn add(&mut self, row: usize, field: Field, text: &str) {
        self.add_text(row, field, text, true);
    }

    /// Adds sentences of a row. By initials they would be found for every few
    /// letters, so they are not.
    pub(crate) fn add_sentences(&mut self, row: usize, text: &str) {
        self.add_text(row, Field::Text, text, false);
    }

    fn add_text(&mut self, row: usize, field: Field, text: &str, by_initials: bool) {
        self.rows = self.rows.max(row + 1);
        let (next, levels) = (self.rows_of.len(), &mut self.levels);
        let number = *self.known.entry((field, by_initials, text.to_owned())).or_insert_with(|| {
            levels[field as usize].push(next, &pieces(text), by_initials);
            next
        });
        if number == next {
            self.rows_of.push(Vec::new());
        }
        self.rows_of[number].push(row);
    }

    /// How well each row fits: `None` where some word is nowhere in it, else
    /// where the word lies that is hardest to find.
    pub(crate) fn search(&self, wanted: &Wanted) -> Vec<Option<Rank>> {
        let mut ranks = vec![Some(Rank::Beginning); self.rows];
        for word in &wanted.0 {
            let mut found = vec![None; self.rows];
            for (level, rank) in self.levels.iter().zip([Rank::Name, Rank::Title, Rank::Text]) {
                level.find(word, |text, begins| {
                    let rank = if begins && rank == Rank::Name { Rank::Beginning } else { rank };
                    for row in &self.rows_of[text] {
                        found[*row] = found[*row].into_iter().chain([rank]).min();
                    }
                });
            }
            for (rank, found) in ranks.iter_mut().zip(found) {
                *rank = rank.zip(found).map(|(rank, found)| rank.max(found));
            }
        }
        if wanted.0.is_empty() { vec![None; self.rows] } else { ranks }
    }
}

impl Level {
    fn push(&mut self, text: usize, pieces: &[Piece], by_initials: bool) {
        self.plain.push(text, &plain(pieces));
        for spelling in spellings(pieces) {
            self.spelled.push_parts(text, &spelling);
            if by_initials {
                let initials: String = spelling.iter().filter_map(|part| part.chars().next()).collect();
                self.initials.push(text, &initials);
            }
        }
    }

    /// Calls `hit` for every text that holds the word, perhaps more than once,
    /// and tells whether it begins with it.
    fn find(&self, word: &str, mut hit: impl FnMut(usize, bool)) {
        if !word.chars().all(|c| c.is_ascii_lowercase()) {
            self.plain.find(word, &mut hit);
            if word.is_ascii() {
                self.spelled.find_at_starts(word, &mut hit);
            }
            return;
        }
        self.initials.find(word, &mut hit);
        if word.len() > 1 {
            self.spelled.find_at_starts(word, &mut hit);
        }
        if word.len() > 2 {
            self.plain.find(word, &mut hit);
        }
    }
}

#[cfg(test)]
mod tests;
