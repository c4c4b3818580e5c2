//! Weekly opening hours and usable windows.

use crate::{Timestamp, Zone};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY_MINUTES: u16 = 24 * 60;
/// No shop needs more windows a week; a bound keeps every check cheap.
const MAX_WINDOWS: usize = 21;

/// One span that recurs on some days of the week. An end at or before its
/// start means the next morning: 18:00-02:00.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Bit 0 is Monday, bit 6 Sunday: the days on which the window starts.
    days: u8,
    start_minute: u16,
    end_minute: u16,
}

impl Window {
    fn crosses_midnight(&self) -> bool {
        self.end_minute <= self.start_minute
    }

    fn starts_on(&self, weekday: u8) -> bool {
        self.days & (1 << weekday) != 0
    }

    fn covers(&self, weekday: u8, minute: u16) -> bool {
        let yesterday = (weekday + 6) % 7;
        if self.crosses_midnight() {
            (self.starts_on(weekday) && minute >= self.start_minute)
                || (self.starts_on(yesterday) && minute < self.end_minute)
        } else {
            self.starts_on(weekday) && (self.start_minute..self.end_minute).contains(&minute)
        }
    }
}

/// A week's windows, written `mon-fri 09:00-21:00; sat,sun 09:00-02:00`;
/// `daily 00:00-24:00` is always.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WeeklyHours(Vec<Window>);

/// The text is no weekly hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not weekly hours such as \"mon-fri 09:00-21:00; sat,sun 18:00-02:00\"")]
pub struct BadHours(String);

impl WeeklyHours {
    /// Every minute of the week.
    #[must_use]
    pub fn always() -> WeeklyHours {
        WeeklyHours(vec![Window { days: 0x7F, start_minute: 0, end_minute: DAY_MINUTES }])
    }

    /// Whether a moment lies in one of the windows.
    #[must_use]
    pub fn is_open(&self, at: Timestamp, zone: Zone) -> bool {
        let (weekday, minute) = (zone.day(at).weekday(), zone.minute_of_day(at));
        self.0.iter().any(|window| window.covers(weekday, minute))
    }

    /// The first moment at or after `at` that lies in a window; a week has one
    /// unless there is no window at all.
    #[must_use]
    pub fn next_open(&self, at: Timestamp, zone: Zone) -> Option<Timestamp> {
        if self.is_open(at, zone) {
            return Some(at);
        }
        let mut day = zone.day(at);
        for _ in 0..8 {
            let starts = self.0.iter().filter(|window| window.starts_on(day.weekday()));
            let start =
                starts.map(|window| zone.at(day, window.start_minute)).filter(|start| *start >= at).min();
            if start.is_some() {
                return start;
            }
            day = day.next();
        }
        None
    }

    /// Whether some window reaches into the night: past 22:00 on some day, as
    /// one that never closes does too.
    #[must_use]
    pub fn is_night(&self) -> bool {
        self.0.iter().any(|window| window.crosses_midnight() || window.end_minute > 22 * 60)
    }

    /// As people read it: `每天 09:00–次日02:00`.
    #[must_use]
    pub fn words(&self, lang: crate::Lang) -> String {
        let windows = self.0.iter().map(|window| window_words(window, lang));
        windows.collect::<Vec<_>>().join(lang.pick("；", "; "))
    }
}

fn window_words(window: &Window, lang: crate::Lang) -> String {
    use crate::Lang;
    const ZH: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    const EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let names = lang.pick(ZH, EN);
    let days = if window.days == 0x7F {
        lang.pick("每天", "daily").to_owned()
    } else {
        let (to, comma) = lang.pick(("至", "、"), ("–", ", "));
        let span = |(first, last): (usize, usize)| match last - first {
            0 => names[first].to_owned(),
            1 => format!("{}{comma}{}", names[first], names[last]),
            _ => format!("{}{to}{}", names[first], names[last]),
        };
        day_runs(window.days).into_iter().map(span).collect::<Vec<_>>().join(comma)
    };
    if window.start_minute == 0 && window.end_minute == DAY_MINUTES {
        return format!("{days} {}", lang.pick("24 小时", "24 hours"));
    }
    let end = clock(window.end_minute);
    match (window.crosses_midnight(), lang) {
        (false, _) => format!("{days} {}–{end}", clock(window.start_minute)),
        (true, Lang::Zh) => format!("{days} {}–次日{end}", clock(window.start_minute)),
        (true, Lang::En) => format!("{days} {}–{end} (next day)", clock(window.start_minute)),
    }
}

/// The runs of set days, as first and last.
fn day_runs(days: u8) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for day in (0..7).filter(|day| days & (1 << day) != 0) {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == day => *last = day,
            _ => runs.push((day, day)),
        }
    }
    runs
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

impl fmt::Display for WeeklyHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, window) in self.0.iter().enumerate() {
            let days = if window.days == 0x7F {
                "daily".to_owned()
            } else {
                let span = |(first, last): (usize, usize)| {
                    if first == last {
                        DAYS[first].to_owned()
                    } else {
                        format!("{}-{}", DAYS[first], DAYS[last])
                    }
                };
                day_runs(window.days).into_iter().map(span).collect::<Vec<_>>().join(",")
            };
            let gap = if n == 0 { "" } else { "; " };
            write!(f, "{gap}{days} {}-{}", clock(window.start_minute), clock(window.end_minute))?;
        }
        Ok(())
    }
}

impl FromStr for WeeklyHours {
    type Err = BadHours;

    fn from_str(text: &str) -> Result<WeeklyHours, BadHours> {
        let windows = text.split(';').take(MAX_WINDOWS + 1).map(|part| window(part.trim()));
        let windows = windows.collect::<Option<Vec<_>>>().filter(|all| all.len() <= MAX_WINDOWS);
        windows.map(WeeklyHours).ok_or_else(|| BadHours(text.chars().take(80).collect()))
    }
}

fn window(text: &str) -> Option<Window> {
    let (days, span) = text.split_once(' ')?;
    let (start, end) = span.trim().split_once('-')?;
    let (start_minute, end_minute) = (minute(start)?, minute(end)?);
    (start_minute < DAY_MINUTES && end_minute != start_minute).then_some(Window {
        days: day_mask(days)?,
        start_minute,
        end_minute,
    })
}

fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let two =
        |s: &str| (s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<u16>().ok())?;
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (minutes < 60 && hours * 60 + minutes <= DAY_MINUTES).then_some(hours * 60 + minutes)
}

fn day_mask(text: &str) -> Option<u8> {
    if text == "daily" {
        return Some(0x7F);
    }
    let index = |name: &str| DAYS.iter().position(|day| *day == name);
    text.split(',').try_fold(0u8, |mask, part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (index(first)?, index(last)?);
        (first <= last).then(|| (first..=last).fold(mask, |mask, day| mask | 1 << day))
    })
}

impl TryFrom<String> for WeeklyHours {
    type Error = BadHours;

    fn try_from(text: String) -> Result<WeeklyHours, BadHours> {
        text.parse()
    }
}

impl From<WeeklyHours> for String {
    fn from(hours: WeeklyHours) -> String {
        hours.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_window_past_midnight_belongs_to_the_day_it_started_on() {
        let hours: WeeklyHours = "fri 18:00-02:00".parse().unwrap();
        // 2021-06-18 is a Friday.
        for (moment, open) in [
            ("2021-06-18T17:59:00+08:00", false),
            ("2021-06-18T18:00:00+08:00", true),
            ("2021-06-19T01:59:59+08:00", true),
            ("2021-06-19T02:00:00+08:00", false),
            ("2021-06-18T01:00:00+08:00", false),
        ] {
            assert_eq!(hours.is_open(at(moment), Zone::SHANGHAI), open, "{moment}");
        }
        let next = hours.next_open(at("2021-06-19T02:00:00+08:00"), Zone::SHANGHAI);
        assert_eq!(next, Some(at("2021-06-25T18:00:00+08:00")));
    }

    #[test]
    fn people_read_it_in_their_language() {
        let hours: WeeklyHours = "mon-fri 09:00-21:00; sat,sun 18:00-02:00".parse().unwrap();
        assert_eq!(hours.words(crate::Lang::Zh), "周一至周五 09:00–21:00；周六、周日 18:00–次日02:00");
        assert_eq!(hours.words(crate::Lang::En), "Mon–Fri 09:00–21:00; Sat, Sun 18:00–02:00 (next day)");
    }

    #[test]
    fn mistakes_are_refused() {
        for text in [
            "",
            "daily",
            "daily 9:00-10:00",
            "daily 09:00-09:00",
            "daily 09:00-24:01",
            "fri-mon 09:00-10:00",
            "daily 24:00-02:00",
            "mon,,tue 09:00-10:00",
        ] {
            assert!(text.parse::<WeeklyHours>().is_err(), "{text}");
        }
    }

    fn any_hours() -> impl Strategy<Value = WeeklyHours> {
        let window = (1u8..0x80, 0..DAY_MINUTES, 1..=DAY_MINUTES)
            .prop_filter("a window has a length", |(_, start, end)| start != end)
            .prop_map(|(days, start_minute, end_minute)| Window { days, start_minute, end_minute });
        proptest::collection::vec(window, 1..4).prop_map(WeeklyHours)
    }

    proptest! {
        #[test]
        fn hours_read_back(hours in any_hours()) {
            prop_assert_eq!(hours.to_string().parse(), Ok(hours));
        }

        #[test]
        fn next_open_is_open_and_nothing_before_it_is(hours in any_hours(), ms in 1_600_000_000_000..1_700_000_000_000i64) {
            let now = Timestamp::from_ms(ms);
            let next = hours.next_open(now, Zone::SHANGHAI).unwrap();
            prop_assert!(hours.is_open(next, Zone::SHANGHAI));
            let mut probe = now;
            while probe < next {
                prop_assert!(!hours.is_open(probe, Zone::SHANGHAI));
                probe = probe.plus_ms(7 * 60_000);
            }
        }

        #[test]
        fn no_text_panics(text in ".{0,60}") {
            let _ = text.parse::<WeeklyHours>();
        }
    }
}
