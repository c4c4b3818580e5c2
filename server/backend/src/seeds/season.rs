//! `season.toml`: the season, what it speaks of, and what every other file is
//! checked against.

use super::events::{read_events, read_news};
use super::fields::{Fields, NAME, TEXT};
use domain::{
    Area, Commitment, Day, District, DistrictCode, Event, Fen, Kind, KindCode, MOST_TILES, News, Principle,
    ProvisionalCap, RefundLimits, Season, Switch, USUAL_CLERK_ORDER_FEN, Zone,
};
use std::collections::BTreeSet;

/// The season, and the parts of its file that are no part of it.
pub(super) struct SeasonFile<'a> {
    pub(super) season: Season,
    pub(super) news: Vec<News>,
    pub(super) events: Vec<Event>,
    /// Read later, because they name merchants.
    pub(super) dishes: Vec<Fields<'a>>,
}

/// Reads the file; `None` where the season itself cannot be told.
pub(super) fn read(mut file: Fields<'_>) -> Option<SeasonFile<'_>> {
    let season = file.child("season");
    let principles = file.children("principle", "principle", "").into_iter().filter_map(principle).collect();
    let scope = file.children("scope", "scope", "").into_iter().filter_map(principle).collect();
    let clauses = file.children("commitment", "commitment", "");
    let kinds = kinds(file.children("kind", "kind", "code"));
    let districts = file.children("district", "district", "code");
    let areas = file.children("area", "area", "key");
    let news = file.children("news", "news", "");
    let events = file.children("event", "event", "key");
    let dishes = file.children("dish", "dish", "name");
    file.finish();

    let (mut season, city) = own(season?)?;
    season.principles = principles;
    season.scope = scope;
    season.commitment.clauses = clauses.into_iter().filter_map(clause).collect();
    season.kinds = kinds;
    season.districts = read_districts(districts, city);
    season.areas = read_areas(areas, &season);
    let news = news.into_iter().filter_map(read_news).collect();
    let events = read_events(events, &season);
    Some(SeasonFile { season, news, events, dishes })
}

/// The `[season]` table and the city's own code.
fn own(mut form: Fields<'_>) -> Option<(Season, DistrictCode)> {
    let name = form.text("name", NAME);
    let name_en = form.maybe_text("name_en", NAME);
    let city_code = form.parse::<DistrictCode>("city_code");
    let city = form.text("city", NAME);
    let city_en = form.maybe_text("city_en", NAME);
    let starts_on = form.parse::<Day>("starts_on");
    let ends_on = form.parse::<Day>("ends_on");
    let time_zone = form.text("time_zone", NAME);
    let zone = form.parse::<Zone>("utc_offset");
    let demo = form.flag("demo");
    let demo_clock = form.maybe("demo_clock");
    let refunds = refunds(&mut form);
    let clerk_order_fen = form.maybe_money("clerk_order_fen");
    let provisional = provisional(&mut form);
    let version = form.maybe_text("commitment_version", NAME);
    if starts_on > ends_on && ends_on.is_some() {
        form.mistake("ends_on", "lies before starts_on");
    }
    if demo == Some(true) && demo_clock.is_none() {
        form.mistake("demo_clock", "is missing; a season of demonstration data has one");
    }
    form.finish();
    let season = Season {
        name: name?,
        name_en,
        city: city?,
        city_en,
        starts_on: starts_on?,
        ends_on: ends_on?,
        time_zone: time_zone?,
        zone: zone?,
        demo: demo?,
        demo_clock,
        refunds,
        clerk_order_fen: clerk_order_fen
            .unwrap_or_else(|| Fen::try_from(USUAL_CLERK_ORDER_FEN).unwrap_or_default()),
        provisional,
        commitment: Commitment { version, clauses: Vec::new() },
        principles: Vec::new(),
        scope: Vec::new(),
        districts: Vec::new(),
        areas: Vec::new(),
        kinds: Vec::new(),
    };
    Some((season, city_code?))
}

/// What managers may refund; the usual where the season does not say.
fn refunds(form: &mut Fields<'_>) -> RefundLimits {
    let usual = RefundLimits::default();
    let each = form.maybe_money("manager_refund_fen").unwrap_or(usual.each_fen);
    let day = form.maybe_money("manager_refund_day_fen").unwrap_or(usual.day_fen.max(each));
    if each > day {
        form.mistake("manager_refund_fen", format_args!("is more than the {} of a whole day", day));
    }
    RefundLimits { each_fen: each, day_fen: day }
}

/// What merchants under review may redeem a day; the usual where the season
/// does not say.
fn provisional(form: &mut Fields<'_>) -> ProvisionalCap {
    let usual = ProvisionalCap::default();
    let redemptions = form.maybe_whole("provisional_redemptions", 0..=1_000_000);
    let subsidy_fen = form.maybe_money("provisional_subsidy_fen");
    ProvisionalCap {
        redemptions: redemptions.unwrap_or(usual.redemptions),
        subsidy_fen: subsidy_fen.unwrap_or(usual.subsidy_fen),
    }
}

fn clause(mut form: Fields<'_>) -> Option<Principle> {
    let zh = form.text("zh", TEXT);
    let en = form.maybe_text("en", TEXT);
    form.finish();
    Some(Principle { zh: zh?, en })
}

fn principle(mut form: Fields<'_>) -> Option<Principle> {
    let zh = form.text("zh", NAME);
    let en = form.maybe_text("en", NAME);
    form.finish();
    Some(Principle { zh: zh?, en })
}

fn kinds(forms: Vec<Fields<'_>>) -> Vec<Kind> {
    let mut seen = BTreeSet::new();
    let kind = |mut form: Fields<'_>| {
        let code = form.key("code");
        let name = form.text("name", NAME);
        let name_en = form.maybe_text("name_en", NAME);
        let switch = match form.maybe_text("switch", NAME).as_str() {
            "" => None,
            "fuel" => Some(Switch::Fuel),
            "cars" => Some(Switch::Cars),
            _ => {
                form.mistake("switch", "must be fuel or cars, or be left out");
                None
            }
        };
        form.once("code", code.clone().is_none_or(|code| seen.insert(code)));
        form.finish();
        Some(Kind { code: KindCode(code?), name: name?, name_en, switch })
    };
    forms.into_iter().filter_map(kind).collect()
}

/// In the order of their codes. GB/T 2260 begins a district's code with the
/// first four digits of its city's.
fn read_districts(forms: Vec<Fields<'_>>, city: DistrictCode) -> Vec<District> {
    let prefix = city.number() / 100;
    let mut seen = BTreeSet::new();
    let district = |mut form: Fields<'_>| {
        let code = form.parse::<DistrictCode>("code");
        let name = form.text("name", NAME);
        let name_en = form.maybe_text("name_en", NAME);
        let weight = form.whole("weight", 0..=1_000_000);
        let setting = form.maybe("setting");
        let column = form.maybe_whole("tile_column", 0..=MOST_TILES - 1);
        let tile = column.zip(form.maybe_whole("tile_row", 0..=MOST_TILES - 1));
        if code.is_some_and(|code| code.number() / 100 != prefix || code == city) {
            form.mistake("code", format_args!("is no district of the city; its codes begin with {prefix}"));
        }
        form.once("code", code.is_none_or(|code| seen.insert(code)));
        form.finish();
        Some(District { code: code?, name: name?, name_en, weight: weight?, setting, tile })
    };
    let mut districts: Vec<District> = forms.into_iter().filter_map(district).collect();
    districts.sort_by_key(|district| district.code);
    districts
}

fn read_areas(forms: Vec<Fields<'_>>, season: &Season) -> Vec<Area> {
    let mut seen = BTreeSet::new();
    let area = |mut form: Fields<'_>| {
        let key = form.key("key");
        let name = form.text("name", NAME);
        let name_en = form.maybe_text("name_en", NAME);
        let district = district(&mut form, season);
        form.once("key", key.clone().is_none_or(|key| seen.insert(key)));
        form.finish();
        Some(Area { key: key?, name: name?, name_en, district: district? })
    };
    forms.into_iter().filter_map(area).collect()
}

/// The field `district`, which names one of the season's.
pub(super) fn district(form: &mut Fields<'_>, season: &Season) -> Option<DistrictCode> {
    let code = form.parse("district")?;
    is_district(form, "district", code, season).then_some(code)
}

/// Whether the season has the district; noted where it has not.
pub(super) fn is_district(form: &Fields<'_>, field: &str, code: DistrictCode, season: &Season) -> bool {
    let known = season.district(code).is_some();
    if !known {
        let allowed: Vec<String> =
            season.districts.iter().map(|district| district.code.to_string()).collect();
        form.mistake(
            field,
            format_args!("{code} is no district of the season; allowed are {}", allowed.join(", ")),
        );
    }
    known
}

/// Two days in order, inside the season.
pub(super) fn span(
    form: &mut Fields<'_>,
    first: &'static str,
    last: &'static str,
    season: &Season,
) -> Option<(Day, Day)> {
    let days = [first, last].map(|field| form.parse::<Day>(field));
    let (starts_on, ends_on) = (season.starts_on, season.ends_on);
    for (field, day) in [first, last].into_iter().zip(days) {
        if day.is_some_and(|day| !(starts_on..=ends_on).contains(&day)) {
            form.mistake(field, format_args!("lies outside the season, {starts_on} to {ends_on}"));
        }
    }
    let (from, to) = (days[0]?, days[1]?);
    if from > to {
        form.mistake(last, format_args!("lies before {first}"));
    }
    Some((from, to))
}
