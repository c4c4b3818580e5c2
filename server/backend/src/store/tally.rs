//! Tallies: moved in the transaction of the ledger lines that cause them.

use crate::store::{StoreError, Tx, changed, on};
use domain::{CampaignId, Day};

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

    /// Whether both count in the same row of days.
    fn same_day(&self, other: &Move) -> bool {
        let place = |by: &Move| (by.district, by.round_id);
        place(self) == place(other) && self.business_day == other.business_day
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

/// Moves the counts of places and times, each of them once, and of their days.
pub(crate) async fn add(tx: &mut Tx, chain: i64, moves: &[Move]) -> Result<(), StoreError> {
    for by in moves {
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
    }
    for by in by_day(moves) {
        changed!(
            tx,
            sqlx::query(ADD_DAY)
                .bind(&by.business_day)
                .bind(by.district)
                .bind(by.round_id)
                .bind(chain)
                .bind(by.claimed)
                .bind(by.redeemed)
                .bind(by.order_fen)
                .bind(by.subsidy_fen)
                .bind(by.government_fen)
        )?;
    }
    Ok(())
}

/// What moves add up to by day, district and round, in that order.
pub(super) fn by_day(moves: &[Move]) -> Vec<Move> {
    let mut days: Vec<Move> = Vec::new();
    for by in moves {
        match days.iter_mut().find(|day| day.same_day(by)) {
            Some(day) => day.join(by),
            None => days.push(Move { hour: 0, kind: String::new(), channel: String::new(), ..by.clone() }),
        }
    }
    days.sort_unstable();
    days
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

pub(super) const ADD_DAY: &str = "insert into tally_day (business_day, district, round_id, chain,
                            claimed, redeemed, order_fen, subsidy_fen, government_fen)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (business_day, district, round_id, chain) do update
        set claimed = tally_day.claimed + excluded.claimed, redeemed = tally_day.redeemed + excluded.redeemed,
            order_fen = tally_day.order_fen + excluded.order_fen,
            subsidy_fen = tally_day.subsidy_fen + excluded.subsidy_fen,
            government_fen = tally_day.government_fen + excluded.government_fen";

/// The sums of a range of business days, by day, district and round.
pub(crate) async fn sums(tx: &mut Tx, from: Day, to: Day) -> Result<Vec<SumRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select business_day, district, round_id,
                cast(sum(claimed) as bigint) as claimed, cast(sum(redeemed) as bigint) as redeemed,
                cast(sum(order_fen) as bigint) as order_fen, cast(sum(subsidy_fen) as bigint) as subsidy_fen,
                cast(sum(government_fen) as bigint) as government_fen
           from tally_day where business_day between $1 and $2
          group by business_day, district, round_id
          order by business_day, district, round_id")
        .bind(from.to_string()).bind(to.to_string()).fetch_all(conn))?)
}

/// Redemptions of a campaign and the subsidies of them, net of reversals.
pub(crate) async fn redeemed_of(tx: &mut Tx, campaign: CampaignId) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select cast(coalesce(sum(t.redeemed), 0) as bigint), cast(coalesce(sum(t.subsidy_fen), 0) as bigint)
           from round r join tally_day t on t.round_id = r.round_id
          where r.campaign_id = $1")
        .bind(campaign.0).fetch_one(conn))?)
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

/// Which cells a cut sums up: of which days, of one district or all (0), and
/// along which of the tally's columns. The round is always one of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) from: Day,
    pub(crate) to: Day,
    pub(crate) only_district: i64,
    pub(crate) by_day: bool,
    pub(crate) by_hour: bool,
    pub(crate) by_district: bool,
    pub(crate) by_kind: bool,
    pub(crate) by_channel: bool,
}

/// A sum along a cut; a column that it does not follow is empty, or -1.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct CutRow {
    pub(crate) business_day: String,
    pub(crate) hour: i64,
    pub(crate) district: i64,
    pub(crate) kind: String,
    pub(crate) channel: String,
    pub(crate) round_id: i64,
    pub(crate) claimed: i64,
    pub(crate) redeemed: i64,
    pub(crate) order_fen: i64,
    pub(crate) subsidy_fen: i64,
    pub(crate) government_fen: i64,
}

/// The tally along a cut.
pub(crate) async fn cut(tx: &mut Tx, cut: &Cut) -> Result<Vec<CutRow>, StoreError> {
    if !(cut.by_hour || cut.by_kind || cut.by_channel) {
        return cut_of_days(tx, cut).await;
    }
    Ok(on!(tx, conn => sqlx::query_as(
        "select case when $4 then business_day else '' end as business_day,
                case when $5 then hour else -1 end as hour,
                case when $6 then district else -1 end as district,
                case when $7 then kind else '' end as kind,
                case when $8 then channel else '' end as channel, round_id,
                cast(sum(claimed) as bigint) as claimed, cast(sum(redeemed) as bigint) as redeemed,
                cast(sum(order_fen) as bigint) as order_fen, cast(sum(subsidy_fen) as bigint) as subsidy_fen,
                cast(sum(government_fen) as bigint) as government_fen
           from tally where business_day between $1 and $2 and ($3 = 0 or district = $3)
          group by 1, 2, 3, 4, 5, 6")
        .bind(cut.from.to_string()).bind(cut.to.to_string()).bind(cut.only_district)
        .bind(cut.by_day).bind(cut.by_hour).bind(cut.by_district).bind(cut.by_kind).bind(cut.by_channel)
        .fetch_all(conn))?)
}

async fn cut_of_days(tx: &mut Tx, cut: &Cut) -> Result<Vec<CutRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select case when $4 then business_day else '' end as business_day, cast(-1 as bigint) as hour,
                case when $5 then district else -1 end as district, '' as kind, '' as channel, round_id,
                cast(sum(claimed) as bigint) as claimed, cast(sum(redeemed) as bigint) as redeemed,
                cast(sum(order_fen) as bigint) as order_fen, cast(sum(subsidy_fen) as bigint) as subsidy_fen,
                cast(sum(government_fen) as bigint) as government_fen
           from tally_day where business_day between $1 and $2 and ($3 = 0 or district = $3)
          group by 1, 3, round_id")
        .bind(cut.from.to_string()).bind(cut.to.to_string()).bind(cut.only_district)
        .bind(cut.by_day).bind(cut.by_district).fetch_all(conn))?)
}

/// The same from the redemptions of which a case of risk is not cleared.
pub(crate) async fn suspicious_cut(tx: &mut Tx, cut: &Cut) -> Result<Vec<CutRow>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select case when $4 then business_day else '' end as business_day,
                case when $5 then hour else -1 end as hour,
                case when $6 then district else -1 end as district,
                case when $7 then kind else '' end as kind,
                case when $8 then channel else '' end as channel, round_id,
                cast(0 as bigint) as claimed,
                cast(sum(case when refunded_fen < order_fen then 1 else 0 end) as bigint) as redeemed,
                cast(sum(order_fen - refunded_fen) as bigint) as order_fen,
                cast(sum(subsidy_fen - subsidy_back_fen) as bigint) as subsidy_fen,
                cast(sum(government_fen - government_back_fen) as bigint) as government_fen
           from redemption
          where business_day between $1 and $2 and ($3 = 0 or district = $3)
            and redemption_id in (select redemption_id from risk_case
                                   where state in ('open', 'withheld', 'frozen')
                                     and redemption_id is not null)
          group by 1, 2, 3, 4, 5, 6")
        .bind(cut.from.to_string()).bind(cut.to.to_string()).bind(cut.only_district)
        .bind(cut.by_day).bind(cut.by_hour).bind(cut.by_district).bind(cut.by_kind).bind(cut.by_channel)
        .fetch_all(conn))?)
}

/// Redemptions that were not wholly reversed, by how long after their claim
/// they came: the number of whole hours at which the class begins, and how many.
pub(crate) async fn delays(
    tx: &mut Tx,
    from: Day,
    to: Day,
    campaign: i64,
    only_district: i64,
) -> Result<Vec<(i64, i64)>, StoreError> {
    Ok(on!(tx, conn => sqlx::query_as(
        "select cast(case when waited < 3600000 then 0 when waited < 21600000 then 1
                          when waited < 86400000 then 6 when waited < 259200000 then 24
                          when waited < 604800000 then 72 else 168 end as bigint), count(*)
           from (select r.redeemed_at_ms - v.issued_at_ms as waited
                   from redemption r join voucher v on v.voucher_id = r.voucher_id
                  where r.business_day between $1 and $2 and r.refunded_fen < r.order_fen
                    and ($3 = 0 or r.campaign_id = $3) and ($4 = 0 or r.district = $4)) waits
          group by 1 order by 1")
        .bind(from.to_string()).bind(to.to_string()).bind(campaign).bind(only_district).fetch_all(conn))?)
}
