//! Moments and days. A moment is UTC milliseconds; a day exists only in the
//! season's zone, and a business day ends at 06:00 there, so that a night
//! market's sales belong to the evening.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use time::{Date, OffsetDateTime, UtcOffset, Weekday, format_description::well_known::Rfc3339};

const MINUTE_MS: i64 = 60_000;
const DAY_MINUTES: i64 = 24 * 60;
/// The hour at which a business day ends.
const BUSINESS_DAY_ENDS_MINUTE: i64 = 6 * 60;

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// The text is no moment, day or offset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not {1}")]
pub struct BadTime(String, &'static str);

impl Timestamp {
    /// The last moment that can be written as RFC 3339: the end of 9999.
    const MAX_MS: i64 = 253_402_300_799_999;

    /// A moment from milliseconds, held between 1970 and 9999.
    #[must_use]
    pub fn from_ms(ms: i64) -> Timestamp {
        Timestamp(ms.clamp(0, Self::MAX_MS))
    }

    /// Milliseconds since 1970, for storage.
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// The moment so many milliseconds later (earlier, when negative).
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Timestamp {
        Timestamp::from_ms(self.0.saturating_add(ms))
    }

    /// Milliseconds from `self` to `later`; negative when that lies before.
    #[must_use]
    pub const fn until(self, later: Timestamp) -> i64 {
        later.0 - self.0
    }
}

/// RFC 3339 with any offset.
impl FromStr for Timestamp {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Timestamp, BadTime> {
        let bad = || BadTime(text.chars().take(40).collect(), "a moment such as 2021-06-18T10:00:00+08:00");
        let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| bad())?;
        let ms = i64::try_from(moment.unix_timestamp_nanos() / 1_000_000).map_err(|_| bad())?;
        if (0..=Self::MAX_MS).contains(&ms) { Ok(Timestamp(ms)) } else { Err(bad()) }
    }
}

/// A calendar day in the season's zone, written `2021-06-18`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl Day {
    /// The calendar's last day.
    pub const LAST: Day = Day(Date::MAX);

    /// The day after; the last day of the calendar is its own.
    #[must_use]
    pub fn next(self) -> Day {
        Day(self.0.next_day().unwrap_or(self.0))
    }

    /// The day before; the first day of the calendar is its own.
    #[must_use]
    pub fn previous(self) -> Day {
        Day(self.0.previous_day().unwrap_or(self.0))
    }

    /// Days from `self` to `later`; negative when that lies before.
    #[must_use]
    pub fn until(self, later: Day) -> i64 {
        i64::from(later.0.to_julian_day()) - i64::from(self.0.to_julian_day())
    }

    /// Monday is 0, Sunday 6.
    #[must_use]
    pub fn weekday(self) -> u8 {
        self.0.weekday().number_days_from_monday()
    }

    /// The Monday of its week.
    #[must_use]
    pub fn monday(self) -> Day {
        (0..self.weekday()).fold(self, |day, _| day.previous())
    }

    /// The Sunday of its week.
    #[must_use]
    pub fn sunday(self) -> Day {
        (self.weekday()..6).fold(self, |day, _| day.next())
    }

    /// The month (1 to 12) and the day of the month, for short labels.
    #[must_use]
    pub fn month_day(self) -> (u8, u8) {
        (u8::from(self.0.month()), self.0.day())
    }

    /// 周一 to 周日, Mon to Sun.
    #[must_use]
    pub fn weekday_name(self, lang: crate::Lang) -> &'static str {
        match self.0.weekday() {
            Weekday::Monday => lang.pick("周一", "Mon"),
            Weekday::Tuesday => lang.pick("周二", "Tue"),
            Weekday::Wednesday => lang.pick("周三", "Wed"),
            Weekday::Thursday => lang.pick("周四", "Thu"),
            Weekday::Friday => lang.pick("周五", "Fri"),
            Weekday::Saturday => lang.pick("周六", "Sat"),
            Weekday::Sunday => lang.pick("周日", "Sun"),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl FromStr for Day {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Day, BadTime> {
        let bad = || BadTime(text.chars().take(40).collect(), "a day such as 2021-06-18");
        let part = |range: std::ops::Range<usize>| -> Option<u16> {
            let digits = text.get(range)?;
            digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let shape = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
        let day = shape.then(|| {
            let month = time::Month::try_from(u8::try_from(part(5..7)?).ok()?).ok()?;
            let year = i32::from(part(0..4)?);
            // Days before 1970 have no moment here.
            let date = Date::from_calendar_date(year, month, u8::try_from(part(8..10)?).ok()?).ok()?;
            (year >= 1970).then_some(Day(date))
        });
        day.flatten().ok_or_else(bad)
    }
}

impl TryFrom<String> for Day {
    type Error = BadTime;

    fn try_from(text: String) -> Result<Day, BadTime> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
    }
}

/// The season's zone as a fixed offset from UTC. Asia/Shanghai has had no
/// other offset than +08:00 since 1991; a zone with summer time is refused
/// when the season is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Zone {
    offset_minutes: i16,
}

impl Zone {
    /// China Standard Time.
    pub const SHANGHAI: Zone = Zone { offset_minutes: 8 * 60 };

    fn local_minutes(self, at: Timestamp) -> i64 {
        at.0.div_euclid(MINUTE_MS) + i64::from(self.offset_minutes)
    }

    fn day_from_minutes(minutes: i64) -> Day {
        // 2_440_588 is the Julian day of 1970-01-01; a Timestamp cannot leave the calendar.
        let julian = 2_440_588 + minutes.div_euclid(DAY_MINUTES);
        let date = i32::try_from(julian).ok().and_then(|day| Date::from_julian_day(day).ok());
        Day(date.unwrap_or(Date::MAX))
    }

    /// The calendar day of a moment.
    #[must_use]
    pub fn day(self, at: Timestamp) -> Day {
        Self::day_from_minutes(self.local_minutes(at))
    }

    /// The business day of a moment: it ends at 06:00 of the next morning.
    #[must_use]
    pub fn business_day(self, at: Timestamp) -> Day {
        Self::day_from_minutes(self.local_minutes(at) - BUSINESS_DAY_ENDS_MINUTE)
    }

    /// Minutes since local midnight, 0 to 1439.
    #[must_use]
    pub fn minute_of_day(self, at: Timestamp) -> u16 {
        u16::try_from(self.local_minutes(at).rem_euclid(DAY_MINUTES)).unwrap_or(0)
    }

    /// The hour of the local day, 0 to 23.
    #[must_use]
    pub fn hour(self, at: Timestamp) -> u8 {
        u8::try_from(self.minute_of_day(at) / 60).unwrap_or(0)
    }

    /// The moment of a local day and minute; minutes past 1440 reach into the
    /// following day.
    #[must_use]
    pub fn at(self, day: Day, minute: u16) -> Timestamp {
        let days = i64::from(day.0.to_julian_day()) - 2_440_588;
        let minutes = days * DAY_MINUTES + i64::from(minute) - i64::from(self.offset_minutes);
        Timestamp::from_ms(minutes * MINUTE_MS)
    }

    /// The first moment of a business day: 06:00.
    #[must_use]
    pub fn business_day_starts(self, day: Day) -> Timestamp {
        self.at(day, 6 * 60)
    }

    /// What is added to a moment's milliseconds, so that dividing them by a
    /// day's gives the number of its business day: for sums by day in storage.
    #[must_use]
    pub const fn business_day_shift_ms(self) -> i64 {
        (self.offset_minutes as i64 - BUSINESS_DAY_ENDS_MINUTE) * MINUTE_MS
    }

    /// The business day of such a number.
    #[must_use]
    pub fn numbered_business_day(self, number: i64) -> Day {
        Self::day_from_minutes(number.saturating_mul(DAY_MINUTES))
    }

    /// `2021-06-18T10:00:00+08:00`; milliseconds only where there are any.
    #[must_use]
    pub fn rfc3339(self, at: Timestamp) -> String {
        let minute = self.minute_of_day(at);
        let (seconds, ms) = (at.0.rem_euclid(MINUTE_MS) / 1000, at.0.rem_euclid(1000));
        let fraction = if ms == 0 { String::new() } else { format!(".{ms:03}") };
        format!("{}T{:02}:{:02}:{seconds:02}{fraction}{self}", self.day(at), minute / 60, minute % 60)
    }

    /// `06-18 10:00`, as people read it.
    #[must_use]
    pub fn short(self, at: Timestamp) -> String {
        let minute = self.minute_of_day(at);
        let (month, day) = self.day(at).month_day();
        format!("{month:02}-{day:02} {:02}:{:02}", minute / 60, minute % 60)
    }
}

/// `+08:00`.
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let minutes = self.offset_minutes.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl FromStr for Zone {
    type Err = BadTime;

    fn from_str(text: &str) -> Result<Zone, BadTime> {
        let bad = || BadTime(text.chars().take(40).collect(), "an offset such as +08:00");
        let (sign, rest) = match text.split_at_checked(1) {
            Some(("+", rest)) => (1, rest),
            Some(("-", rest)) => (-1, rest),
            _ => return Err(bad()),
        };
        let (hours, minutes) = rest.split_once(':').ok_or_else(bad)?;
        let number = |s: &str| (s.len() == 2).then(|| s.parse::<i8>().ok()).flatten().ok_or_else(bad);
        let offset =
            UtcOffset::from_hms(sign * number(hours)?, sign * number(minutes)?, 0).map_err(|_| bad())?;
        Ok(Zone { offset_minutes: offset.whole_minutes() })
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
    fn a_night_markets_sales_belong_to_the_evening() {
        let zone = Zone::SHANGHAI;
        for (moment, day) in [
            ("2021-06-18T05:59:59+08:00", "2021-06-17"),
            ("2021-06-18T06:00:00+08:00", "2021-06-18"),
            ("2021-06-18T23:59:59+08:00", "2021-06-18"),
            ("2021-06-19T01:30:00+08:00", "2021-06-18"),
            ("2021-06-18T18:00:00Z", "2021-06-18"),
        ] {
            assert_eq!(zone.business_day(at(moment)).to_string(), day, "{moment}");
        }
    }

    #[test]
    fn days_are_read_strictly() {
        assert_eq!("2021-06-18".parse::<Day>().unwrap().weekday(), 4);
        for text in [
            "",
            "2021-6-18",
            "2021-02-29",
            "2021-13-01",
            "20210618",
            "1969-12-31",
            "２021-06-8",
            "2021-06-1é",
        ] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn moments_read_back(ms in 0..4_000_000_000_000i64) {
            let moment = Timestamp::from_ms(ms);
            prop_assert_eq!(Zone::SHANGHAI.rfc3339(moment).parse(), Ok(moment));
        }

        #[test]
        fn a_moment_lies_inside_its_day_and_business_day(ms in 100_000_000..4_000_000_000_000i64, offset in -12i8..=14) {
            let zone: Zone = format!("{}{:02}:30", if offset < 0 { '-' } else { '+' }, offset.unsigned_abs().min(13)).parse().unwrap();
            let moment = Timestamp::from_ms(ms);
            let day = zone.day(moment);
            prop_assert!(zone.at(day, 0) <= moment && moment < zone.at(day.next(), 0));
            let business_day = zone.business_day(moment);
            prop_assert!(zone.business_day_starts(business_day) <= moment);
            prop_assert!(moment < zone.business_day_starts(business_day.next()));
            let number = (ms + zone.business_day_shift_ms()) / 86_400_000;
            prop_assert_eq!(zone.numbered_business_day(number), business_day);
            let (monday, sunday) = (business_day.monday(), business_day.sunday());
            prop_assert!(monday <= business_day && business_day <= sunday);
            prop_assert_eq!((monday.weekday(), sunday.weekday(), monday.until(sunday)), (0, 6, 6));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = (text.parse::<Day>(), text.parse::<Zone>(), text.parse::<Timestamp>());
        }
    }
}
