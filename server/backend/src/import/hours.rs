//! Opening hours as shopkeepers write them.

use domain::WeeklyHours;

/// The words that stand for the signs of [`WeeklyHours`]; longer ones first.
const WORDS: [(&str, &str); 27] = [
    ("每天", "daily "),
    ("每日", "daily "),
    ("周一", "mon"),
    ("周二", "tue"),
    ("周三", "wed"),
    ("周四", "thu"),
    ("周五", "fri"),
    ("周六", "sat"),
    ("周日", "sun"),
    ("周天", "sun"),
    ("24 小时", "00:00-24:00"),
    ("24小时", "00:00-24:00"),
    ("次日", ""),
    ("第二天", ""),
    ("；", ";"),
    ("，", ","),
    ("、", ","),
    ("：", ":"),
    ("至", "-"),
    ("到", "-"),
    ("–", "-"),
    ("—", "-"),
    ("～", "-"),
    ("~", "-"),
    ("－", "-"),
    ("\u{3000}", " "),
    ("  ", " "),
];

/// Reads `每天 09:00–次日02:00` as well as `daily 09:00-02:00`; hours without
/// a day are every day's.
pub(super) fn read(text: &str) -> Option<WeeklyHours> {
    let mut plain = text.trim().to_owned();
    for (word, sign) in WORDS {
        plain = plain.replace(word, sign);
    }
    if plain.starts_with(|c: char| c.is_ascii_digit()) {
        plain.insert_str(0, "daily ");
    }
    plain.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Lang;

    #[test]
    fn what_the_pages_show_can_be_read_back() {
        for text in ["daily 09:00-21:00", "mon-fri 09:00-21:00; sat,sun 18:00-02:00", "daily 00:00-24:00"] {
            let hours: WeeklyHours = text.parse().unwrap();
            assert_eq!(read(&hours.words(Lang::Zh)), Some(hours.clone()), "{}", hours.words(Lang::Zh));
            assert_eq!(read(text), Some(hours));
        }
    }

    #[test]
    fn hours_without_a_day_are_every_days() {
        assert_eq!(read("09：00～21：00"), "daily 09:00-21:00".parse().ok());
        assert_eq!(read("看心情"), None);
    }
}
