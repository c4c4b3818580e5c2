//! The promotions that were approved: what residents see, and what they saw.

use crate::store::{StoreError, Tx, changed, on};
use domain::{Axes, MerchantId, OutletId, Promotion, PromotionId};
use std::collections::HashMap;

use super::load::{json, parsed};

#[derive(sqlx::FromRow)]
struct PromotionRow {
    promotion_id: i64,
    merchant_id: i64,
    title: String,
    title_en: String,
    body: String,
    body_en: String,
    price_text: String,
    price_text_en: String,
    channel: String,
    supply: String,
    setting: String,
    sector: String,
    starts_on: String,
    ends_on: String,
    hours: Option<String>,
    link: Option<String>,
    photos: String,
    demo: bool,
}

macro_rules! select_promotions {
    ($rest:literal) => {
        concat!(
            "select p.promotion_id, p.merchant_id, p.title, p.title_en, p.body, p.body_en, p.price_text,
                    p.price_text_en, p.channel, p.supply, p.setting, p.sector, p.starts_on, p.ends_on,
                    p.hours, p.link, p.photos, p.demo
               from promotion p ",
            $rest
        )
    };
}

/// Those that everybody sees.
pub(crate) async fn published(tx: &mut Tx) -> Result<Vec<Promotion>, StoreError> {
    let pairs = on!(tx, conn => sqlx::query_as(
        "select promotion_id, outlet_id from promotion_outlet order by promotion_id, outlet_id")
        .fetch_all(conn))?;
    let rows = on!(tx, conn => sqlx::query_as(select_promotions!(
        "join promotion_life l on l.promotion_id = p.promotion_id where l.state = 'published'"))
        .fetch_all(conn))?;
    whole(rows, pairs)
}

/// Those of a merchant that were ever approved, in a range of numbers.
pub(crate) async fn approved_of(
    tx: &mut Tx,
    merchant: MerchantId,
    (first, last): (i64, i64),
) -> Result<Vec<Promotion>, StoreError> {
    let pairs = on!(tx, conn => sqlx::query_as(
        "select o.promotion_id, o.outlet_id from promotion_outlet o
           join promotion p on p.promotion_id = o.promotion_id
          where p.merchant_id = $1 and p.promotion_id between $2 and $3
          order by o.promotion_id, o.outlet_id")
        .bind(merchant.0).bind(first).bind(last).fetch_all(conn))?;
    let rows = on!(tx, conn => sqlx::query_as(select_promotions!(
        "where p.merchant_id = $1 and p.promotion_id between $2 and $3"))
        .bind(merchant.0).bind(first).bind(last).fetch_all(conn))?;
    whole(rows, pairs)
}

fn whole(rows: Vec<PromotionRow>, pairs: Vec<(i64, i64)>) -> Result<Vec<Promotion>, StoreError> {
    let mut outlets: HashMap<i64, Vec<OutletId>> = HashMap::new();
    for (promotion, outlet) in pairs {
        outlets.entry(promotion).or_default().push(OutletId(outlet));
    }
    let offer = |row: PromotionRow| {
        let outlets = outlets.remove(&row.promotion_id).unwrap_or_default();
        promotion(row, outlets)
    };
    rows.into_iter().map(offer).collect()
}

fn promotion(row: PromotionRow, outlets: Vec<OutletId>) -> Result<Promotion, StoreError> {
    Ok(Promotion {
        id: PromotionId(row.promotion_id),
        merchant_id: MerchantId(row.merchant_id),
        outlets,
        title: row.title,
        title_en: row.title_en,
        text: row.body,
        text_en: row.body_en,
        price_text: row.price_text,
        price_text_en: row.price_text_en,
        axes: Axes {
            channel: parsed(&row.channel)?,
            supply: parsed(&row.supply)?,
            setting: parsed(&row.setting)?,
            sector: parsed(&row.sector)?,
        },
        starts_on: parsed(&row.starts_on)?,
        ends_on: parsed(&row.ends_on)?,
        hours: row.hours.as_deref().map(parsed).transpose()?,
        link: row.link,
        photos: json(&row.photos)?,
        demo: row.demo,
    })
}

/// Puts an approved promotion in the place of what was there.
pub(crate) async fn put_promotion(tx: &mut Tx, offer: &Promotion) -> Result<(), StoreError> {
    let hours = offer.hours.as_ref().map(ToString::to_string);
    let (starts_on, ends_on) = (offer.starts_on.to_string(), offer.ends_on.to_string());
    let photos = serde_json::to_string(&offer.photos).map_err(StoreError::corrupt)?;
    changed!(
        tx,
        sqlx::query(
            "insert into promotion (promotion_id, merchant_id, title, title_en, body, body_en,
                                price_text, price_text_en, channel, supply, setting, sector,
                                starts_on, ends_on, hours, link, demo, photos)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
             on conflict (promotion_id) do update set
                title = excluded.title, title_en = excluded.title_en, body = excluded.body,
                body_en = excluded.body_en, price_text = excluded.price_text,
                price_text_en = excluded.price_text_en, channel = excluded.channel,
                supply = excluded.supply, setting = excluded.setting, sector = excluded.sector,
                starts_on = excluded.starts_on, ends_on = excluded.ends_on, hours = excluded.hours,
                link = excluded.link, photos = excluded.photos"
        )
        .bind(offer.id.0)
        .bind(offer.merchant_id.0)
        .bind(&offer.title)
        .bind(&offer.title_en)
        .bind(&offer.text)
        .bind(&offer.text_en)
        .bind(&offer.price_text)
        .bind(&offer.price_text_en)
        .bind(offer.axes.channel.code())
        .bind(offer.axes.supply.code())
        .bind(offer.axes.setting.code())
        .bind(offer.axes.sector.code())
        .bind(&starts_on)
        .bind(&ends_on)
        .bind(&hours)
        .bind(&offer.link)
        .bind(offer.demo)
        .bind(&photos)
    )?;
    put_outlets(tx, offer).await
}

async fn put_outlets(tx: &mut Tx, offer: &Promotion) -> Result<(), StoreError> {
    changed!(tx, sqlx::query("delete from promotion_outlet where promotion_id = $1").bind(offer.id.0))?;
    for outlet in &offer.outlets {
        changed!(
            tx,
            sqlx::query("insert into promotion_outlet (promotion_id, outlet_id) values ($1, $2)")
                .bind(offer.id.0)
                .bind(outlet.0)
        )?;
    }
    Ok(())
}
