//! Text as search compares it: half-width, lower-case, in pieces that know
//! their pinyin.

use pinyin::ToPinyin;

/// The most spellings of one text: 2³, for three characters of two readings.
const MAX_SPELLINGS: usize = 8;

/// Everyday second readings of characters on shop signs and menus, where the
/// reading that stands first in the dictionary is the other one.
const SECOND_READINGS: &[(char, &str)] = &[
    ('参', "shen"),
    ('长', "chang"),
    ('朝', "zhao"),
    ('重', "chong"),
    ('大', "dai"),
    ('都', "du"),
    ('行', "hang"),
    ('和', "huo"),
    ('会', "kuai"),
    ('卡', "qia"),
    ('壳', "qiao"),
    ('茄', "qie"),
    ('乐', "yue"),
    ('露', "lou"),
    ('落', "lao"),
    ('厦', "xia"),
    ('石', "dan"),
    ('熟', "shou"),
    ('调', "tiao"),
    ('血', "xie"),
    ('薄', "bo"),
    ('藏', "zang"),
];

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// A Chinese character.
    Han(char),
    /// Letters and digits without a break.
    Word(String),
    /// White space.
    Space,
    /// Punctuation.
    Mark,
}

/// Cuts a text into pieces.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for c in text.chars().flat_map(half_width) {
        match (c, pieces.last_mut()) {
            ('\'' | '’', _) => {}
            (c, _) if is_han(c) => pieces.push(Piece::Han(c)),
            (c, Some(Piece::Word(word))) if c.is_alphanumeric() => word.push(c),
            (c, _) if c.is_alphanumeric() => pieces.push(Piece::Word(c.to_string())),
            (c, Some(Piece::Space | Piece::Mark)) if c.is_whitespace() => {}
            (c, _) if c.is_whitespace() => pieces.push(Piece::Space),
            _ => pieces.push(Piece::Mark),
        }
    }
    pieces
}

/// A character as a half-width keyboard types it, in lower case; `ü` is typed
/// as `v`.
fn half_width(c: char) -> impl Iterator<Item = char> {
    let half = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        'ü' | 'Ü' => 'v',
        c => c,
    };
    half.to_lowercase()
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}' | '〇')
}

/// The pieces as one text: white space beside a Chinese character vanishes,
/// every other break is one space.
pub(super) fn plain(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for (n, piece) in pieces.iter().enumerate() {
        let beside_han = |piece: Option<&Piece>| matches!(piece, Some(Piece::Han(_)));
        let before = n.checked_sub(1).and_then(|before| pieces.get(before));
        match piece {
            Piece::Han(c) => text.push(*c),
            Piece::Word(word) => text.push_str(word),
            Piece::Space if beside_han(before) || beside_han(pieces.get(n + 1)) => {}
            Piece::Space | Piece::Mark if text.ends_with(' ') => {}
            Piece::Space | Piece::Mark => text.push(' '),
        }
    }
    text
}

/// The pieces in letters, one syllable or word after another; once more for
/// every combination of second readings, up to a bound.
pub(super) fn spellings(pieces: &[Piece]) -> Vec<Vec<&str>> {
    let mut spellings: Vec<Vec<&str>> = vec![Vec::new()];
    for piece in pieces {
        let (first, second) = match piece {
            Piece::Han(c) => readings(*c),
            Piece::Word(word) => (Some(word.as_str()), None),
            Piece::Space | Piece::Mark => (None, None),
        };
        if let Some(second) = second.filter(|_| spellings.len() < MAX_SPELLINGS) {
            let mut others = spellings.clone();
            others.iter_mut().for_each(|spelling| spelling.push(second));
            spellings.iter_mut().for_each(|spelling| spelling.extend(first));
            spellings.append(&mut others);
        } else {
            spellings.iter_mut().for_each(|spelling| spelling.extend(first));
        }
    }
    spellings
}

fn readings(c: char) -> (Option<&'static str>, Option<&'static str>) {
    let first = c.to_pinyin().map(|pinyin| match pinyin.plain() {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        plain => plain,
    });
    let second = SECOND_READINGS.iter().find(|(known, _)| *known == c).map(|(_, reading)| *reading);
    (first, second)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(text: &str) -> Vec<String> {
        let pieces = pieces(text);
        spellings(&pieces).into_iter().map(|spelling| spelling.join(" ")).collect()
    }

    #[test]
    fn width_case_and_breaks_do_not_matter() {
        assert_eq!(plain(&pieces("ＫＴＶ　包房，８折")), "ktv包房 8折");
        assert_eq!(plain(&pieces("海 城 烧烤")), "海城烧烤");
        assert_eq!(plain(&pieces("Tai'an  County")), "taian county");
    }

    #[test]
    fn characters_are_spelled_in_each_everyday_reading() {
        assert_eq!(spelled("海城烧烤"), ["hai cheng shao kao"]);
        assert_eq!(spelled("海参"), ["hai can", "hai shen"]);
        assert_eq!(spelled("绿色 AB12"), ["lv se ab12"]);
        assert_eq!(spelled(&"行".repeat(20)).len(), MAX_SPELLINGS);
    }

    #[test]
    fn a_second_reading_differs_from_the_first() {
        let same =
            SECOND_READINGS.iter().filter(|(c, second)| readings(*c).0.is_none_or(|first| first == *second));
        assert_eq!(same.collect::<Vec<_>>(), Vec::<&(char, &str)>::new());
    }
}
