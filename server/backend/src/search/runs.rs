//! Many short texts as one long one, so that a search is a single pass.

use memchr::memmem::Finder;

/// Texts on end, each with a number; several may have the same.
#[derive(Debug, Default)]
pub(super) struct Runs {
    text: String,
    /// Where each text ends, and whose it is.
    ends: Vec<(usize, usize)>,
    /// One bit for each byte at which a syllable or word starts.
    starts: Vec<u64>,
}

impl Runs {
    /// Adds a text.
    pub(super) fn push(&mut self, number: usize, text: &str) {
        self.push_parts(number, &[text]);
    }

    /// Adds a text of parts, and notes where each starts.
    pub(super) fn push_parts(&mut self, number: usize, parts: &[&str]) {
        for part in parts {
            let at = self.text.len();
            self.starts.resize(at / 64 + 1, 0);
            self.starts[at / 64] |= 1 << (at % 64);
            self.text.push_str(part);
        }
        // No folded text holds a line's end: no match reaches over two texts.
        self.text.push('\n');
        self.ends.push((self.text.len(), number));
    }

    /// Calls `hit` with the number of every text that holds the word, and whether
    /// the text begins with it.
    pub(super) fn find(&self, word: &str, hit: impl FnMut(usize, bool)) {
        self.find_at(word, |_| true, hit);
    }

    /// The same for the word at the start of a part only.
    pub(super) fn find_at_starts(&self, word: &str, hit: impl FnMut(usize, bool)) {
        let is_start = |at: usize| self.starts.get(at / 64).is_some_and(|bits| bits & (1 << (at % 64)) != 0);
        self.find_at(word, is_start, hit);
    }

    fn find_at(&self, word: &str, fits: impl Fn(usize) -> bool, mut hit: impl FnMut(usize, bool)) {
        let finder = Finder::new(word);
        let (mut from, mut run) = (0, 0);
        while let Some(found) = finder.find(&self.text.as_bytes()[from..]) {
            let at = from + found;
            if fits(at) {
                run += self.ends[run..].partition_point(|(end, _)| *end <= at);
                let (end, number) = self.ends[run];
                let begin = run.checked_sub(1).map_or(0, |before| self.ends[before].0);
                hit(number, at == begin);
                from = end;
            } else {
                from = at + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(runs: &Runs, word: &str) -> (Vec<usize>, Vec<usize>) {
        let (mut anywhere, mut starts) = (Vec::new(), Vec::new());
        runs.find(word, |number, _| anywhere.push(number));
        runs.find_at_starts(word, |number, _| starts.push(number));
        (anywhere, starts)
    }

    #[test]
    fn each_text_is_told_once_and_none_runs_into_the_next() {
        let mut runs = Runs::default();
        runs.push_parts(0, &["hai", "cheng"]);
        runs.push_parts(2, &["shang", "hai"]);
        runs.push_parts(2, &["hai", "hai"]);
        assert_eq!(numbers(&runs, "hai"), (vec![0, 2, 2], vec![0, 2, 2]));
        assert_eq!(numbers(&runs, "ng"), (vec![0, 2], vec![]));
        assert_eq!(numbers(&runs, "chengshang"), (vec![], vec![]));
        assert_eq!(numbers(&runs, "haicheng"), (vec![0], vec![0]));
        let mut begins = Vec::new();
        runs.find("hai", |_, begin| begins.push(begin));
        assert_eq!(begins, [true, false, true]);
    }
}
