//! Tallies: moved in the transaction of the ledger lines that cause them.

use crate::store::{StoreError, Tx, changed, on};
use domain::Day;

/// A place and time, and by how much its counts move.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Move {
    pub(crate) business_day: String,
    pub(crate) hour: i64,
    /// The resident's for a claim, the outlet's for a redemption; 0 when a
    /// resident has none.
    pub(crate) district: i64,
    /// The merchant's for a redemption, empty for a claim.
    pub(crate) kind: String,
    pub(crate) round_id: i64,
    pub(crate) channel: String,
    pub(crate) claimed: i64,
    pub(crate) redeemed: i64,
    pub(crate) order_fen: i64,
    pub(crate) subsidy_fen: i64,
    pub(crate) government_fen: i64,
}

impl Move {
    /// Whether both count in the same row.
    pub(crate) fn same_place(&self, other: &Move) -> bool {
        let place = |by: &Move| (by.hour, by.district, by.round_id);
        place(self) == place(other)
            && self.business_day == other.business_day
            && self.kind == other.kind
            && self.channel == other.channel
    }

    /// Adds what another one moves.
    pub(crate) fn join(&mut self, other: &Move) {
        self.claimed += other.claimed;
        self.redeemed += other.redeemed;
        self.order_fen += other.order_fen;
        self.subsidy_fen += other.subsidy_fen;
        self.government_fen += other.government_fen;
    }
}

/// Sums over a range.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct SumRow {
    pub(crate) business_day: String,
    pub(crate) district: i64,
    pub(crate) round_id: i64,
    pub(crate) claimed: i64,
    pub(crate) redeemed: i64,
    pub(crate) order_fen: i64,
    pub(crate) subsidy_fen: i64,
    pub(crate) government_fen: i64,
}

/// Moves the counts of one place and time.
pub(crate) async fn add(tx: &mut Tx, chain: i64, by: &Move) -> Result<(), StoreError> {
    changed!(
        tx,
        sqlx::query(ADD)
            .bind(&by.business_day)
            .bind(by.hour)
            .bind(by.district)
            .bind(&by.kind)
            .bind(by.round_id)
            .bind(&by.channel)
            .bind(chain)
            .bind(by.claimed)
            .bind(by.redeemed)
            .bind(by.order_fen)
            .bind(by.subsidy_fen)
            .bind(by.government_fen)
    )?;
    Ok(())
}

pub(super) const ADD: &str =
    "insert into tally (business_day, hour, district, kind, round_id, channel, chain,
                        claimed, redeemed, order_fen, subsidy_fen, government_fen)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (business_day, district, round_id, hour, kind, channel, chain) do update
        set claimed = tally.claimed + excluded.claimed, redeemed = tally.redeemed + excluded.redeemed,
            order_fen = tally.order_fen + excluded.order_fen,
            subsidy_fen = tally.subsidy_fen + excluded.subsidy_fen,
            government_fen = tally.government_fen + excluded.government_fen";

/// The sums of a range of business days, by day, district and round.
pub(crate) async fn sums(tx: &mut Tx, from: Day, to: Day) -> Result<Vec<SumRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select business_day, district, round_id,
                cast(sum(claimed) as bigint) as claimed, cast(sum(redeemed) as bigint) as redeemed,
                cast(sum(order_fen) as bigint) as order_fen, cast(sum(subsidy_fen) as bigint) as subsidy_fen,
                cast(sum(government_fen) as bigint) as government_fen
           from tally where business_day between $1 and $2
          group by business_day, district, round_id
          order by business_day, district, round_id")
        .bind(from.to_string()).bind(to.to_string()).fetch_all(conn))?)
}

/// Distinct residents with a redemption that was not wholly reversed, by
/// district; `campaign` 0 means every campaign.
pub(crate) async fn residents(
    tx: &mut Tx,
    from: Day,
    to: Day,
    campaign: i64,
) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select district, count(distinct account_id) from redemption
          where business_day between $1 and $2 and refunded_fen < order_fen
            and ($3 = 0 or campaign_id = $3)
          group by district")
        .bind(from.to_string()).bind(to.to_string()).bind(campaign).fetch_all(conn))?)
}

/// The same over all districts.
pub(crate) async fn all_residents(tx: &mut Tx, from: Day, to: Day, campaign: i64) -> Result<i64, StoreError> {
    let (count,): (i64,) = on!(tx, conn => sqlx::query_as(
        "select count(distinct account_id) from redemption
          where business_day between $1 and $2 and refunded_fen < order_fen
            and ($3 = 0 or campaign_id = $3)")
        .bind(from.to_string()).bind(to.to_string()).bind(campaign).fetch_one(conn))?;
    Ok(count)
}
