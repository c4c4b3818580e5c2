//! Writing a season's catalogue into empty tables.

use crate::seeds::SeedSet;
use crate::store::catalogue::put_promotion;
use crate::store::promotion::{self, LifeRow};
use crate::store::{StoreError, Tx, changed, draw, round};
use domain::draw::DrawTerms;
use domain::{
    CampaignTerms, CreditCode, Merchant, Outlet, Promotion, PromotionLife, PromotionState, Round, RoundId,
};
use serde::Serialize;

/// Adds all that anyone may read of a season; accounts are not part of it.
pub(crate) async fn insert(tx: &mut Tx, seeds: &SeedSet) -> Result<(), StoreError> {
    document(tx, "season", 1, &seeds.season).await?;
    for (news, number) in seeds.news.iter().zip(1..) {
        document(tx, "news", number, news).await?;
    }
    for event in &seeds.events {
        document(tx, "event", event.id.0, event).await?;
    }
    for dish in &seeds.dishes {
        document(tx, "dish", dish.id, dish).await?;
    }
    for merchant in &seeds.merchants {
        insert_merchant(tx, &merchant.merchant, &merchant.credit_code).await?;
    }
    for outlet in &seeds.outlets {
        insert_outlet(tx, outlet).await?;
    }
    for offer in &seeds.promotions {
        insert_promotion(tx, offer).await?;
    }
    for terms in &seeds.campaigns {
        insert_campaign(tx, terms).await?;
    }
    for round in &seeds.rounds {
        insert_round(tx, round).await?;
    }
    Ok(())
}

async fn document(tx: &mut Tx, kind: &str, number: i64, body: &impl Serialize) -> Result<(), StoreError> {
    let body = json(body)?;
    changed!(
        tx,
        sqlx::query("insert into document (kind, number, body) values ($1, $2, $3)")
            .bind(kind)
            .bind(number)
            .bind(&body)
    )?;
    Ok(())
}

pub(crate) async fn insert_merchant(
    tx: &mut Tx,
    merchant: &Merchant,
    credit_code: &CreditCode,
) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into merchant (merchant_id, name, name_en, kind, credit_code, demo, state, state_reason)
         values ($1, $2, $3, $4, $5, $6, $7, $8)"
        )
        .bind(merchant.id.0)
        .bind(&merchant.name)
        .bind(&merchant.name_en)
        .bind(&merchant.kind.0)
        .bind(credit_code.as_str())
        .bind(merchant.demo)
        .bind(merchant.state.code())
        .bind(&merchant.reason)
    )?;
    Ok(())
}

pub(crate) async fn insert_outlet(tx: &mut Tx, outlet: &Outlet) -> Result<(), StoreError> {
    let hours = outlet.hours.to_string();
    changed!(
        tx,
        sqlx::query(
            "insert into outlet (outlet_id, merchant_id, name, name_en, district, area,
                             address, address_en, hours, night, telephone)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        )
        .bind(outlet.id.0)
        .bind(outlet.merchant_id.0)
        .bind(&outlet.name)
        .bind(&outlet.name_en)
        .bind(outlet.district.number())
        .bind(&outlet.area)
        .bind(&outlet.address)
        .bind(&outlet.address_en)
        .bind(&hours)
        .bind(outlet.night)
        .bind(&outlet.telephone)
    )?;
    Ok(())
}

/// What a season brings along is published already.
async fn insert_promotion(tx: &mut Tx, offer: &Promotion) -> Result<(), StoreError> {
    put_promotion(tx, offer).await?;
    let mut row = LifeRow::new(offer.id, offer.merchant_id);
    row.set_life(PromotionLife::of(PromotionState::Published));
    row.version = 1;
    promotion::add(tx, &row).await
}

/// Adds a campaign's terms.
pub(crate) async fn insert_campaign(tx: &mut Tx, terms: &CampaignTerms) -> Result<(), StoreError> {
    let document = json(terms)?;
    changed!(
        tx,
        sqlx::query("insert into campaign (campaign_id, terms) values ($1, $2)")
            .bind(terms.id.0)
            .bind(&document)
    )?;
    Ok(())
}

/// Adds a round; one without quotas has one stock, of district 0.
pub(crate) async fn insert_round(tx: &mut Tx, round: &Round) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into round (round_id, campaign_id, title, title_en, method, opens_at_ms,
                            closes_at_ms, quantity, per_resident, return_to_next)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        )
        .bind(round.id.0)
        .bind(round.campaign_id.0)
        .bind(&round.title)
        .bind(&round.title_en)
        .bind(round.method.code())
        .bind(round.opens_at.ms())
        .bind(round.closes_at.ms())
        .bind(round.quantity)
        .bind(round.per_resident)
        .bind(round.return_to_next)
    )?;
    let quotas = round.quotas.iter();
    let mut stocks: Vec<(i64, i64, Option<i64>)> = quotas
        .map(|quota| (quota.district.number(), quota.quantity, quota.lend_at.map(|lend_at| lend_at.ms())))
        .collect();
    if stocks.is_empty() {
        stocks.push((0, round.quantity, None));
    }
    for (district, quantity, lend_at_ms) in stocks {
        changed!(
            tx,
            sqlx::query(
                "insert into quota (round_id, district, quantity, lend_at_ms) values ($1, $2, $3, $4)"
            )
            .bind(round.id.0)
            .bind(district)
            .bind(quantity)
            .bind(lend_at_ms)
        )?;
        round::put_stock(tx, round.id, district, quantity).await?;
    }
    match &round.draw {
        Some(terms) => insert_draw(tx, round.id, terms).await,
        None => Ok(()),
    }
}

/// A draw's terms, and the gates through which its entries will come.
async fn insert_draw(tx: &mut Tx, round: RoundId, terms: &DrawTerms) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(
            "insert into draw (round_id, public_source, public_source_en, draws_at_ms, claim_hours,
                           claim_windows)
         values ($1, $2, $3, $4, $5, $6)"
        )
        .bind(round.0)
        .bind(&terms.public_source)
        .bind(&terms.public_source_en)
        .bind(terms.draws_at.ms())
        .bind(terms.claim_hours)
        .bind(terms.claim_windows)
    )?;
    draw::add_gates(tx, round).await
}

fn json(body: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(body).map_err(StoreError::corrupt)
}
