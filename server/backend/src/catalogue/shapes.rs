//! What people and programs are told of the catalogue at a moment.

use super::Catalogue;
use domain::shapes::{
    AreaShape, DishShape, DistrictShape, EventShape, KindShape, MerchantShape, NewsShape, OutletShape,
    PhotoShape, PromotionShape, SeasonShape,
};
use domain::{
    Area, Channel, Dish, District, DistrictCode, Event, Merchant, News, Outlet, Promotion, Timestamp,
};
use std::collections::BTreeSet;

impl Catalogue {
    /// The season and the time.
    pub(crate) fn season_shape(&self, now: Timestamp) -> SeasonShape {
        let season = &self.season;
        let kinds = season.kinds.iter().map(|kind| KindShape {
            code: kind.code.clone(),
            name: kind.name.clone(),
            name_en: kind.name_en.clone(),
        });
        SeasonShape {
            name: season.name.clone(),
            name_en: season.name_en.clone(),
            city: season.city.clone(),
            city_en: season.city_en.clone(),
            starts_on: season.starts_on.to_string(),
            ends_on: season.ends_on.to_string(),
            time_zone: season.time_zone.clone(),
            now: season.zone.rfc3339(now),
            business_day: season.zone.business_day(now).to_string(),
            days_left: season.days_left(now),
            demo: season.demo,
            principles: season.principles.clone(),
            scope: season.scope.clone(),
            kinds: kinds.collect(),
        }
    }

    /// The districts and how much is in each.
    pub(crate) fn district_shapes(&self) -> Vec<DistrictShape> {
        self.season.districts.iter().map(|district| self.district_shape(district)).collect()
    }

    fn district_shape(&self, district: &District) -> DistrictShape {
        let code = district.code;
        let areas = self.season.areas.iter().filter(|area| area.district == code);
        let here: Vec<&Outlet> = self
            .outlets
            .rows()
            .iter()
            .filter(|outlet| outlet.district == code && self.is_shown(outlet))
            .collect();
        let merchants: BTreeSet<_> = here.iter().map(|outlet| outlet.merchant_id).collect();
        let promotions = self.promotions.rows().iter();
        let promotions =
            promotions.filter(|offer| self.outlets_at(offer).any(|outlet| outlet.district == code));
        DistrictShape {
            code,
            name: district.name.clone(),
            name_en: district.name_en.clone(),
            setting: district.setting,
            tile_column: district.tile.map(|(column, _)| column),
            tile_row: district.tile.map(|(_, row)| row),
            areas: areas.map(area_shape).collect(),
            weight: district.weight,
            merchants: count(merchants.len()),
            outlets: count(here.len()),
            promotions: count(promotions.count()),
        }
    }

    /// A merchant with its outlets.
    pub(crate) fn merchant_shape(&self, merchant: &Merchant, now: Timestamp) -> MerchantShape {
        let outlets: Vec<&Outlet> = self.outlets_of(merchant.id).collect();
        let (kind_name, kind_name_en) = self.kind_names(merchant);
        MerchantShape {
            id: merchant.id,
            name: merchant.name.clone(),
            name_en: merchant.name_en.clone(),
            kind: merchant.kind.clone(),
            kind_name,
            kind_name_en,
            districts: districts(outlets.iter().copied()),
            night: outlets.iter().any(|outlet| outlet.night),
            open_now: outlets.iter().any(|outlet| self.is_open(outlet, now)),
            outlets: outlets.into_iter().map(|outlet| self.outlet_shape(outlet, now)).collect(),
            promotions: count(self.promotions_of(merchant.id).count()),
            demo: merchant.demo,
            state: merchant.state,
        }
    }

    /// An outlet.
    pub(crate) fn outlet_shape(&self, outlet: &Outlet, now: Timestamp) -> OutletShape {
        let district = self.district(outlet.district);
        let area = outlet.area.as_ref().and_then(|key| self.area(key));
        OutletShape {
            id: outlet.id,
            merchant_id: outlet.merchant_id,
            name: outlet.name.clone(),
            name_en: outlet.name_en.clone(),
            district: outlet.district,
            district_name: district.map(|district| district.name.clone()).unwrap_or_default(),
            district_name_en: district.map(|district| district.name_en.clone()).unwrap_or_default(),
            area: area.map(area_shape),
            address: outlet.address.clone(),
            address_en: outlet.address_en.clone(),
            hours: outlet.hours.to_string(),
            night: outlet.night,
            open_now: self.is_open(outlet, now),
            telephone: outlet.telephone.clone(),
        }
    }

    /// A promotion.
    pub(crate) fn promotion_shape(&self, offer: &Promotion, now: Timestamp) -> PromotionShape {
        let merchant = &self.merchants[offer.merchant_id];
        let (kind_name, kind_name_en) = self.kind_names(merchant);
        PromotionShape {
            id: offer.id,
            merchant_id: merchant.id,
            merchant_name: merchant.name.clone(),
            merchant_name_en: merchant.name_en.clone(),
            kind: merchant.kind.clone(),
            kind_name,
            kind_name_en,
            title: offer.title.clone(),
            title_en: offer.title_en.clone(),
            text: offer.text.clone(),
            text_en: offer.text_en.clone(),
            price_text: offer.price_text.clone(),
            price_text_en: offer.price_text_en.clone(),
            channel: offer.axes.channel,
            supply: offer.axes.supply,
            setting: offer.axes.setting,
            sector: offer.axes.sector,
            starts_on: offer.starts_on.to_string(),
            ends_on: offer.ends_on.to_string(),
            hours: offer.hours.as_ref().map(ToString::to_string),
            night: self.is_night(offer),
            open_now: self.is_usable(offer, now),
            districts: districts(self.outlets_at(offer)),
            outlet_ids: offer.outlets.clone(),
            link: offer.link.clone(),
            photos: offer.photos.iter().map(PhotoShape::from).collect(),
            demo: offer.demo,
        }
    }

    /// A fair, a market, a contest.
    pub(crate) fn event_shape(&self, event: &Event) -> EventShape {
        EventShape {
            id: event.id,
            kind: event.kind.to_string(),
            title: event.title.clone(),
            title_en: event.title_en.clone(),
            starts_on: event.starts_on.to_string(),
            ends_on: event.ends_on.to_string(),
            hours: event.hours.as_ref().map(ToString::to_string),
            place: event.place.clone(),
            place_en: event.place_en.clone(),
            district: event.district,
            summary: event.summary.clone(),
            summary_en: event.summary_en.clone(),
            demo: event.demo,
        }
    }

    /// A local dish.
    pub(crate) fn dish_shape(&self, dish: &Dish) -> DishShape {
        DishShape {
            id: dish.id,
            name: dish.name.clone(),
            name_en: dish.name_en.clone(),
            district: dish.district,
            merchant_id: dish.merchant_id.filter(|id| self.merchant_taking_part(*id).is_some()),
            summary: dish.summary.clone(),
            summary_en: dish.summary_en.clone(),
            demo: dish.demo,
        }
    }

    /// The news, the newest first.
    pub(crate) fn news_shapes(&self) -> Vec<NewsShape> {
        self.news.iter().map(news_shape).collect()
    }

    fn is_shown(&self, outlet: &Outlet) -> bool {
        self.merchant_taking_part(outlet.merchant_id).is_some()
    }

    /// Whether an outlet is open.
    pub(super) fn is_open(&self, outlet: &Outlet, now: Timestamp) -> bool {
        outlet.hours.is_open(now, self.season.zone)
    }

    /// Whether a promotion can be used: it runs, and an outlet is open. An
    /// offer on the net alone needs no open door.
    pub(super) fn is_usable(&self, offer: &Promotion, now: Timestamp) -> bool {
        let is_open = || self.outlets_at(offer).any(|outlet| self.is_open(outlet, now));
        offer.is_running(now, self.season.zone) && (offer.axes.channel == Channel::Online || is_open())
    }

    /// Whether a promotion is a night offer: by its own hours, or else because
    /// an outlet takes part in the nights.
    pub(super) fn is_night(&self, offer: &Promotion) -> bool {
        offer.is_night() || (offer.hours.is_none() && self.outlets_at(offer).any(|outlet| outlet.night))
    }

    fn kind_names(&self, merchant: &Merchant) -> (String, String) {
        let kind = self.kind(&merchant.kind);
        kind.map(|kind| (kind.name.clone(), kind.name_en.clone())).unwrap_or_default()
    }
}

fn area_shape(area: &Area) -> AreaShape {
    AreaShape { key: area.key.clone(), name: area.name.clone(), name_en: area.name_en.clone() }
}

fn news_shape(news: &News) -> NewsShape {
    NewsShape {
        published_on: news.published_on.to_string(),
        title: news.title.clone(),
        title_en: news.title_en.clone(),
        summary: news.summary.clone(),
        summary_en: news.summary_en.clone(),
        body: news.body.clone(),
        body_en: news.body_en.clone(),
    }
}

/// Where outlets lie, each district once, by code.
fn districts<'a>(outlets: impl Iterator<Item = &'a Outlet>) -> Vec<DistrictCode> {
    outlets.map(|outlet| outlet.district).collect::<BTreeSet<_>>().into_iter().collect()
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
