//! Weekly hours as a form has them: a row for each span.

use serde::{Deserialize, Serialize};

/// The days that a row offers, as [`WeeklyHours`](crate::WeeklyHours) writes them.
pub const SPAN_DAYS: [&str; 10] =
    ["daily", "mon-fri", "sat-sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// One row of hours, as it was typed; a row without times is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Span {
    /// `daily`, `mon-fri`, `sat`.
    pub days: String,
    /// `09:00`.
    pub start: String,
    /// `21:00`; the same as the start, at midnight, means the whole day.
    pub end: String,
}

/// The rows of hours.
#[must_use]
pub fn spans_of(hours: &str) -> Vec<Span> {
    let span = |part: &str| {
        let (days, times) = part.trim().split_once(' ')?;
        let (start, end) = times.trim().split_once('-')?;
        let end = if end == "24:00" { "00:00" } else { end };
        Some(Span { days: days.to_owned(), start: start.to_owned(), end: end.to_owned() })
    };
    hours.split(';').filter_map(span).collect()
}

/// The hours of rows.
#[must_use]
pub fn hours_of(spans: &[Span]) -> String {
    let filled = spans.iter().filter(|span| !(span.start.is_empty() && span.end.is_empty()));
    let parts = filled.map(|Span { days, start, end }| {
        let days = if days.is_empty() { "daily" } else { days };
        // A browser writes midnight as 00:00; after a start it is the day's end.
        let end = if end == "00:00" { "24:00" } else { end };
        format!("{days} {start}-{end}")
    });
    parts.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::WeeklyHours;
    use proptest::prelude::*;

    #[test]
    fn rows_without_times_are_none() {
        let row = |days: &str, start: &str, end: &str| Span {
            days: days.to_owned(),
            start: start.to_owned(),
            end: end.to_owned(),
        };
        let rows = [row("daily", "09:00", "14:00"), row("daily", "", ""), row("fri", "17:00", "02:00")];
        assert_eq!(hours_of(&rows), "daily 09:00-14:00; fri 17:00-02:00");
        assert!(hours_of(&[row("daily", "09:00", "")]).parse::<WeeklyHours>().is_err());
        assert_eq!(hours_of(&[row("", "00:00", "00:00")]).parse(), Ok(WeeklyHours::always()));
    }

    proptest! {
        #[test]
        fn hours_come_back_from_their_rows(
            rows in proptest::collection::vec((0..SPAN_DAYS.len(), 0..1440u16, 0..1440u16), 1..6),
        ) {
            let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
            let rows: Vec<Span> = rows
                .into_iter()
                .filter(|(_, start, end)| start != end)
                .map(|(days, start, end)| Span {
                    days: SPAN_DAYS[days].to_owned(),
                    start: clock(start),
                    end: clock(end),
                })
                .collect();
            prop_assume!(!rows.is_empty());
            let hours: WeeklyHours = hours_of(&rows).parse().unwrap();
            prop_assert_eq!(hours_of(&spans_of(&hours.to_string())), hours.to_string());
            prop_assert_eq!(spans_of(&hours_of(&rows)), rows);
        }
    }
}
