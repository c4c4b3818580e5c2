//! `promotions.csv`: what merchants post.

use super::campaigns::Against;
use super::fields::{Fields, NAME, TEXT};
use super::season::span;
use domain::{Axes, MerchantId, OutletId, Promotion, PromotionId, link_host};
use std::collections::BTreeSet;

/// The sheet's columns.
pub(super) const COLUMNS: [&str; 17] = [
    "key",
    "merchant",
    "outlets",
    "title",
    "title_en",
    "text",
    "text_en",
    "price_text",
    "price_text_en",
    "channel",
    "supply",
    "setting",
    "sector",
    "starts_on",
    "ends_on",
    "hours",
    "link",
];

/// The most characters of a link.
const LINK: usize = 300;

/// Reads the rows in their order, which numbers the promotions.
pub(super) fn read(rows: Vec<Fields<'_>>, against: &Against<'_>) -> Vec<Promotion> {
    let mut seen = BTreeSet::new();
    let promotion = |(mut form, number): (Fields<'_>, i64)| {
        let key = form.key("key");
        form.tell_key(key.as_deref().unwrap_or("no key"));
        form.once("key", key.is_none_or(|key| seen.insert(key)));
        promotion(form, PromotionId(number), against)
    };
    rows.into_iter().zip(1..).filter_map(promotion).collect()
}

fn promotion(mut form: Fields<'_>, id: PromotionId, against: &Against<'_>) -> Option<Promotion> {
    let merchant_id = against.shops.merchant(&mut form, "merchant");
    let outlets = outlets(&mut form, merchant_id, against);
    let title = form.text("title", NAME);
    let title_en = form.maybe_text("title_en", 2 * NAME);
    let text = form.text("text", TEXT);
    let text_en = form.maybe_text("text_en", TEXT);
    let price_text = form.text("price_text", NAME);
    let price_text_en = form.maybe_text("price_text_en", NAME);
    let axes = axes(&mut form);
    let days = span(&mut form, "starts_on", "ends_on", against.season);
    let hours = form.maybe("hours");
    let link = Some(form.maybe_text("link", LINK)).filter(|link| !link.is_empty());
    if link.as_ref().is_some_and(|link| link_host(link).is_none()) {
        form.mistake("link", "must be an https address such as https://shop.example.com/offer");
    }
    form.finish();
    let (starts_on, ends_on) = days?;
    Some(Promotion {
        id,
        merchant_id: merchant_id?,
        outlets,
        title: title?,
        title_en,
        text: text?,
        text_en,
        price_text: price_text?,
        price_text_en,
        axes: axes?,
        starts_on,
        ends_on,
        hours,
        link,
        photos: Vec::new(),
        demo: against.season.demo,
    })
}

/// The named outlets, which must be the merchant's own; all where none is
/// named.
fn outlets(form: &mut Fields<'_>, merchant: Option<MerchantId>, against: &Against<'_>) -> Vec<OutletId> {
    let keys = form.maybe_text("outlets", TEXT);
    let Some(merchant) = merchant else {
        return Vec::new();
    };
    if keys.is_empty() {
        return against.shops.outlets_of(merchant);
    }
    let mut outlets = BTreeSet::new();
    for key in keys.split_whitespace() {
        let Some((outlet, owner)) = against.shops.outlet(form, "outlets", key) else {
            continue;
        };
        if owner != merchant {
            form.mistake("outlets", format_args!("{key} is an outlet of another merchant"));
        }
        form.once("outlets", outlets.insert(outlet));
    }
    outlets.into_iter().collect()
}

fn axes(form: &mut Fields<'_>) -> Option<Axes> {
    let channel = form.parse("channel");
    let supply = form.parse("supply");
    let setting = form.parse("setting");
    let sector = form.parse("sector");
    Some(Axes { channel: channel?, supply: supply?, setting: setting?, sector: sector? })
}
