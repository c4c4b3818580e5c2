//! Days and moments as people read them.

use crate::api::caller;
use domain::{Day, Lang, Timestamp, Zone};

/// Writes days and moments in the reader's language, seen from today.
#[derive(Clone, Copy, Debug)]
pub(crate) struct When {
    lang: Lang,
    zone: Zone,
    now: Timestamp,
}

impl When {
    /// For this page.
    pub(crate) fn here() -> When {
        let backend = caller::backend().ok();
        When {
            lang: caller::lang(),
            zone: backend.as_ref().map_or(Zone::SHANGHAI, |backend| backend.zone()),
            now: backend.map_or(Timestamp::from_ms(0), |backend| backend.now()),
        }
    }

    /// The moment at which the page is made.
    pub(crate) const fn now(&self) -> Timestamp {
        self.now
    }

    /// `6月18日`, `18 Jun`; a text that is no day stays as it is.
    pub(crate) fn day(&self, text: &str) -> String {
        text.parse().map_or_else(|_| text.to_owned(), |day| day_words(day, self.lang))
    }

    /// `6月18日–8月18日`.
    pub(crate) fn days(&self, from: &str, to: &str) -> String {
        if from == to { self.day(from) } else { format!("{}–{}", self.day(from), self.day(to)) }
    }

    /// `今天 10:00`, `6月19日 10:00`.
    pub(crate) fn moment(&self, text: &str) -> String {
        text.parse().map_or_else(|_| text.to_owned(), |at| self.at(at))
    }

    fn at(&self, at: Timestamp) -> String {
        let (day, today) = (self.zone.day(at), self.zone.day(self.now));
        let minute = self.zone.minute_of_day(at);
        let day = if day == today {
            self.lang.pick("今天", "today").to_owned()
        } else if day == today.next() {
            self.lang.pick("明天", "tomorrow").to_owned()
        } else {
            day_words(day, self.lang)
        };
        format!("{day} {:02}:{:02}", minute / 60, minute % 60)
    }
}

fn day_words(day: Day, lang: Lang) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (month, number) = day.month_day();
    let name = MONTHS[usize::from(month).saturating_sub(1) % 12];
    lang.pick(format!("{month}月{number}日"), format!("{number} {name}"))
}

/// Milliseconds of a moment, for islands; 0 for a text that is none.
pub(crate) fn ms(text: &str) -> i64 {
    text.parse::<Timestamp>().map_or(0, Timestamp::ms)
}
