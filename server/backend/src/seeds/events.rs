//! The parts of `season.toml` that tell what happens: news, events, dishes.

use super::fields::{BODY, Fields, NAME, TEXT};
use super::merchants::Shops;
use super::season::{SeasonFile, district, span};
use domain::{Dish, Event, EventId, EventKind, News, Season, WeeklyHours};
use std::collections::BTreeSet;

/// One news card.
pub(super) fn read_news(mut form: Fields<'_>) -> Option<News> {
    let published_on = form.parse("published_on");
    let title = form.text("title", NAME);
    let title_en = form.maybe_text("title_en", 2 * NAME);
    let summary = form.text("summary", TEXT);
    let summary_en = form.maybe_text("summary_en", TEXT);
    let body = form.text("body", BODY);
    let body_en = form.maybe_text("body_en", BODY);
    form.finish();
    Some(News {
        published_on: published_on?,
        title: title?,
        title_en,
        summary: summary?,
        summary_en,
        body: body?,
        body_en,
    })
}

/// The events in their order, which numbers them.
pub(super) fn read_events(forms: Vec<Fields<'_>>, season: &Season) -> Vec<Event> {
    let mut seen = BTreeSet::new();
    let event = |(mut form, id): (Fields<'_>, i64)| {
        let key = form.key("key");
        let kind = form.parse::<EventKind>("kind");
        let title = form.text("title", NAME);
        let title_en = form.maybe_text("title_en", 2 * NAME);
        let days = span(&mut form, "starts_on", "ends_on", season);
        let hours = form.maybe::<WeeklyHours>("hours");
        let place = form.text("place", NAME);
        let place_en = form.maybe_text("place_en", 2 * NAME);
        let district = district(&mut form, season);
        let summary = form.text("summary", TEXT);
        let summary_en = form.maybe_text("summary_en", TEXT);
        let demo = form.flag("demo");
        form.once("key", key.is_none_or(|key| seen.insert(key)));
        form.finish();
        let (starts_on, ends_on) = days?;
        Some(Event {
            id: EventId(id),
            kind: kind?,
            title: title?,
            title_en,
            starts_on,
            ends_on,
            hours,
            place: place?,
            place_en,
            district: district?,
            summary: summary?,
            summary_en,
            demo: demo?,
        })
    };
    forms.into_iter().zip(1..).filter_map(event).collect()
}

impl SeasonFile<'_> {
    /// The season's dishes, once its merchants are known.
    pub(super) fn dishes(&mut self, shops: &Shops) -> Vec<Dish> {
        let season = &self.season;
        let dish = |(mut form, id): (Fields<'_>, i64)| {
            let name = form.text("name", NAME);
            let name_en = form.maybe_text("name_en", NAME);
            let district = district(&mut form, season);
            let merchant_id = shops.maybe_merchant(&mut form, "merchant");
            let summary = form.text("summary", TEXT);
            let summary_en = form.maybe_text("summary_en", TEXT);
            form.finish();
            Some(Dish {
                id,
                name: name?,
                name_en,
                district: district?,
                merchant_id,
                summary: summary?,
                summary_en,
                demo: season.demo,
            })
        };
        self.dishes.drain(..).zip(1..).filter_map(dish).collect()
    }
}
