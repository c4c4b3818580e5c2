//! Reading the whole catalogue.

use crate::catalogue::{Catalogue, Parts};
use crate::store::{StoreError, Tx, on, till};
use domain::draw::DrawTerms;
use domain::{
    CampaignId, CampaignTerms, DistrictCode, KindCode, Merchant, MerchantId, Outlet, OutletId, Quota, Round,
    RoundId, Timestamp,
};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

/// The catalogue; `None` where no season was loaded yet.
pub(crate) async fn load(tx: &mut Tx) -> Result<Option<Catalogue>, StoreError> {
    let Some(season) = documents(tx, "season").await?.pop() else { return Ok(None) };
    let parts = Parts {
        season,
        merchants: merchants(tx).await?,
        outlets: outlets(tx).await?,
        enrolled_only: till::enrolled_only(tx).await?,
        promotions: super::promotions::published(tx).await?,
        campaigns: campaigns(tx).await?,
        rounds: rounds(tx).await?,
        news: documents(tx, "news").await?,
        events: documents(tx, "event").await?,
        dishes: documents(tx, "dish").await?,
    };
    Catalogue::new(parts).map(Some).map_err(StoreError::corrupt)
}

async fn documents<T: DeserializeOwned>(tx: &mut Tx, kind: &str) -> Result<Vec<T>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as(
        "select body from document where kind = $1 order by number").bind(kind).fetch_all(conn))?;
    rows.iter().map(|(body,)| json(body)).collect()
}

#[derive(sqlx::FromRow)]
struct MerchantRow {
    merchant_id: i64,
    name: String,
    name_en: String,
    kind: String,
    demo: bool,
    state: String,
    state_reason: String,
}

/// All merchants.
pub(crate) async fn merchants(tx: &mut Tx) -> Result<Vec<Merchant>, StoreError> {
    let rows: Vec<MerchantRow> = on!(tx, conn => sqlx::query_as(
        "select merchant_id, name, name_en, kind, demo, state, state_reason from merchant").fetch_all(conn))?;
    let merchant = |row: MerchantRow| {
        Ok(Merchant {
            id: MerchantId(row.merchant_id),
            name: row.name,
            name_en: row.name_en,
            kind: KindCode(row.kind),
            demo: row.demo,
            state: parsed(&row.state)?,
            reason: row.state_reason,
        })
    };
    rows.into_iter().map(merchant).collect()
}

#[derive(sqlx::FromRow)]
struct OutletRow {
    outlet_id: i64,
    merchant_id: i64,
    name: String,
    name_en: String,
    district: i64,
    area: Option<String>,
    address: String,
    address_en: String,
    hours: String,
    night: bool,
    telephone: String,
}

/// All outlets.
pub(crate) async fn outlets(tx: &mut Tx) -> Result<Vec<Outlet>, StoreError> {
    let rows: Vec<OutletRow> = on!(tx, conn => sqlx::query_as(
        "select outlet_id, merchant_id, name, name_en, district, area,
                address, address_en, hours, night, telephone
           from outlet").fetch_all(conn))?;
    let outlet = |row: OutletRow| {
        Ok(Outlet {
            id: OutletId(row.outlet_id),
            merchant_id: MerchantId(row.merchant_id),
            name: row.name,
            name_en: row.name_en,
            district: district(row.district)?,
            area: row.area,
            address: row.address,
            address_en: row.address_en,
            hours: parsed(&row.hours)?,
            night: row.night,
            telephone: row.telephone,
        })
    };
    rows.into_iter().map(outlet).collect()
}

async fn campaigns(tx: &mut Tx) -> Result<Vec<CampaignTerms>, StoreError> {
    let rows: Vec<(String,)> = on!(tx, conn => sqlx::query_as("select terms from campaign").fetch_all(conn))?;
    rows.iter().map(|(terms,)| json(terms)).collect()
}

#[derive(sqlx::FromRow)]
struct RoundRow {
    round_id: i64,
    campaign_id: i64,
    title: String,
    title_en: String,
    method: String,
    opens_at_ms: i64,
    closes_at_ms: i64,
    quantity: i64,
    per_resident: i64,
    return_to_next: bool,
}

#[derive(sqlx::FromRow)]
struct DrawRow {
    round_id: i64,
    public_source: String,
    public_source_en: String,
    draws_at_ms: i64,
    claim_hours: i64,
    claim_windows: i64,
    drawn_at_ms: Option<i64>,
}

/// The draws' terms by round, and when each was held.
async fn draws(tx: &mut Tx) -> Result<HashMap<i64, DrawTerms>, StoreError> {
    let rows: Vec<DrawRow> = on!(tx, conn => sqlx::query_as(
        "select round_id, public_source, public_source_en, draws_at_ms, claim_hours, claim_windows,
                drawn_at_ms
           from draw").fetch_all(conn))?;
    let terms = |row: DrawRow| DrawTerms {
        public_source: row.public_source,
        public_source_en: row.public_source_en,
        draws_at: Timestamp::from_ms(row.draws_at_ms),
        claim_hours: row.claim_hours,
        claim_windows: row.claim_windows,
        drawn_at: row.drawn_at_ms.map(Timestamp::from_ms),
    };
    Ok(rows.into_iter().map(|row| (row.round_id, terms(row))).collect())
}

async fn rounds(tx: &mut Tx) -> Result<Vec<Round>, StoreError> {
    let (mut quotas, mut draws) = (quotas(tx).await?, draws(tx).await?);
    let rows: Vec<RoundRow> = on!(tx, conn => sqlx::query_as(
        "select round_id, campaign_id, title, title_en, method, opens_at_ms, closes_at_ms,
                quantity, per_resident, return_to_next
           from round").fetch_all(conn))?;
    let round = |row: RoundRow| {
        Ok(Round {
            id: RoundId(row.round_id),
            campaign_id: CampaignId(row.campaign_id),
            title: row.title,
            title_en: row.title_en,
            method: parsed(&row.method)?,
            opens_at: Timestamp::from_ms(row.opens_at_ms),
            closes_at: Timestamp::from_ms(row.closes_at_ms),
            quantity: row.quantity,
            per_resident: row.per_resident,
            quotas: quotas.remove(&row.round_id).unwrap_or_default(),
            return_to_next: row.return_to_next,
            draw: draws.remove(&row.round_id),
        })
    };
    rows.into_iter().map(round).collect()
}

/// The quotas by round; the stock of district 0 serves everyone and is none.
async fn quotas(tx: &mut Tx) -> Result<HashMap<i64, Vec<Quota>>, StoreError> {
    let rows: Vec<(i64, i64, i64, Option<i64>)> = on!(tx, conn => sqlx::query_as(
        "select round_id, district, quantity, lend_at_ms from quota
          where district <> 0 order by round_id, district").fetch_all(conn))?;
    let mut quotas: HashMap<i64, Vec<Quota>> = HashMap::new();
    for (round, code, quantity, lend_at_ms) in rows {
        let lend_at = lend_at_ms.map(Timestamp::from_ms);
        quotas.entry(round).or_default().push(Quota { district: district(code)?, quantity, lend_at });
    }
    Ok(quotas)
}

fn district(code: i64) -> Result<DistrictCode, StoreError> {
    code.try_into().map_err(StoreError::corrupt)
}

pub(super) fn parsed<T: FromStr<Err: Display>>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(StoreError::corrupt)
}

pub(super) fn json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(StoreError::corrupt)
}
