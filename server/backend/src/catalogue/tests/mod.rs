//! A small city with a night market, a grill, a mall and an online shop, and
//! the whole demonstration season.

mod filters;
mod lists;
mod shapes;

use super::{Catalogue, Parts};
use crate::seeds::SeedSet;
use domain::{
    Axes, Channel, DistrictCode, KindCode, Merchant, MerchantId, MerchantState, OfferQuery, Outlet, OutletId,
    Promotion, PromotionId, Sector, Setting, Supply, Timestamp,
};

/// The demonstration season.
fn anshan() -> Catalogue {
    Catalogue::new(anshan_parts()).unwrap()
}

fn anshan_parts() -> Parts {
    let seeds = SeedSet::anshan_2021().unwrap();
    Parts {
        season: seeds.season,
        merchants: seeds.merchants.into_iter().map(|seed| seed.merchant).collect(),
        outlets: seeds.outlets,
        enrolled_only: Vec::new(),
        promotions: seeds.promotions,
        campaigns: seeds.campaigns,
        rounds: seeds.rounds,
        news: seeds.news,
        events: seeds.events,
        dishes: seeds.dishes,
    }
}

/// The same season with four merchants alone.
fn village() -> Catalogue {
    let mut parts = anshan_parts();
    parts.merchants = vec![
        merchant(1, "海城烧烤", "catering"),
        merchant(2, "铁东商场", "mall"),
        merchant(3, "千山夜市", "catering"),
        merchant(4, "云上电商", "e_commerce"),
    ];
    parts.outlets = vec![
        outlet(1, 1, "210381", "daily 17:00-02:00", true),
        outlet(2, 1, "210302", "daily 10:00-20:00", false),
        outlet(3, 2, "210302", "daily 09:00-21:00", false),
        outlet(4, 3, "210311", "fri,sat 18:00-03:00", true),
        outlet(5, 4, "210303", "daily 09:00-17:00", false),
    ];
    parts.promotions = vec![
        promotion(1, 1, &[1], "夜宵烤串", Channel::Offline, Some("daily 18:00-01:00")),
        promotion(2, 1, &[1, 2], "锅包肉", Channel::Both, None),
        promotion(3, 2, &[3], "夏装七折", Channel::Offline, None),
        promotion(4, 3, &[4], "夜市套餐", Channel::Offline, None),
        promotion(5, 4, &[5], "直播满减", Channel::Online, None),
        promotion(6, 2, &[3], "早市鸡蛋", Channel::Offline, Some("daily 06:00-09:30")),
    ];
    Catalogue::new(parts).unwrap()
}

fn merchant(id: i64, name: &str, kind: &str) -> Merchant {
    let (name, kind) = (name.to_owned(), KindCode(kind.to_owned()));
    let (state, reason) = (MerchantState::Live, String::new());
    Merchant { id: MerchantId(id), name, name_en: String::new(), kind, demo: true, state, reason }
}

fn outlet(id: i64, merchant: i64, district: &str, hours: &str, night: bool) -> Outlet {
    Outlet {
        id: OutletId(id),
        merchant_id: MerchantId(merchant),
        name: format!("{id}号店"),
        name_en: String::new(),
        district: code(district),
        area: None,
        address: "中街".to_owned(),
        address_en: String::new(),
        hours: hours.parse().unwrap(),
        night,
        telephone: String::new(),
    }
}

fn promotion(
    id: i64,
    merchant: i64,
    outlets: &[i64],
    title: &str,
    channel: Channel,
    hours: Option<&str>,
) -> Promotion {
    let (supply, setting, sector) = (Supply::Goods, Setting::Urban, Sector::Commerce);
    Promotion {
        id: PromotionId(id),
        merchant_id: MerchantId(merchant),
        outlets: outlets.iter().copied().map(OutletId).collect(),
        title: title.to_owned(),
        title_en: String::new(),
        text: "活动详情以门店为准".to_owned(),
        text_en: String::new(),
        price_text: String::new(),
        price_text_en: String::new(),
        axes: Axes { channel, supply, setting, sector },
        starts_on: "2021-06-18".parse().unwrap(),
        ends_on: "2021-06-25".parse().unwrap(),
        hours: hours.map(|hours| hours.parse().unwrap()),
        link: None,
        photos: Vec::new(),
        demo: true,
    }
}

fn code(text: &str) -> DistrictCode {
    text.parse().unwrap()
}

/// A moment of the season: `18T22:00` is in June.
fn june(text: &str) -> Timestamp {
    format!("2021-06-{text}:00+08:00").parse().unwrap()
}

/// A query by its URL: `district=210302&night=true`.
fn asked(url: &str) -> OfferQuery {
    let pairs = url.split('&').filter_map(|pair| pair.split_once('='));
    let fields = pairs.map(|(field, value)| (field.to_owned(), value.into())).collect();
    serde_json::from_value(serde_json::Value::Object(fields)).unwrap()
}

fn promotion_ids(catalogue: &Catalogue, url: &str, now: Timestamp) -> Vec<i64> {
    let page = catalogue.promotion_page(&asked(url), now).unwrap();
    page.items.iter().map(|offer| offer.id.0).collect()
}

fn merchant_ids(catalogue: &Catalogue, url: &str, now: Timestamp) -> Vec<i64> {
    let page = catalogue.merchant_page(&asked(url), now).unwrap();
    page.items.iter().map(|merchant| merchant.id.0).collect()
}
