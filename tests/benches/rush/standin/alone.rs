//! One transaction for each request, on the real server's tables: voucher, limit, stock and tally, or voucher,
//! redemption, use of the outlet and tally. It keeps no ledger.

use super::{Claim, Done, Redemption};
use anyhow::Result;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::str::FromStr;

/// As many as the real server has.
const POSTGRES_CONNECTIONS: u32 = 24;
const DAY: &str = "2021-06-18";

pub(super) enum Alone {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// The same statements in a transaction of either database.
macro_rules! in_one {
    ($alone:expr, $tx:ident => $work:expr) => {
        match $alone {
            Alone::Sqlite(pool) => {
                let mut $tx = pool.begin_with("begin immediate").await?;
                match $work {
                    Done::Now(number) => {
                        $tx.commit().await?;
                        Ok(Done::Now(number))
                    }
                    other => Ok(other),
                }
            }
            Alone::Postgres(pool) => {
                let mut $tx = pool.begin().await?;
                match $work {
                    Done::Now(number) => {
                        $tx.commit().await?;
                        Ok(Done::Now(number))
                    }
                    other => Ok(other),
                }
            }
        }
    };
}

impl Alone {
    /// `stock` is that of each district, in one row.
    pub(super) async fn open(url: &str, stock: i64) -> Result<Alone> {
        let alone = if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .pragma("cache_size", "-65536")
                .pragma("wal_autocheckpoint", "10000");
            Alone::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?)
        } else {
            Alone::Postgres(PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).connect(url).await?)
        };
        let one_row = "update stock set quantity = $1, issued = 0 where share = 0 and district <> 0";
        match &alone {
            Alone::Sqlite(pool) => {
                sqlx::query(one_row).bind(stock).execute(pool).await?;
            }
            Alone::Postgres(pool) => {
                sqlx::query(one_row).bind(stock).execute(pool).await?;
            }
        }
        Ok(alone)
    }

    pub(super) async fn last_numbers(&self) -> Result<(i64, i64)> {
        let last = "select coalesce(max(voucher_id), 0), (select coalesce(max(redemption_id), 0) from redemption) from voucher";
        Ok(match self {
            Alone::Sqlite(pool) => sqlx::query_as(last).fetch_one(pool).await?,
            Alone::Postgres(pool) => sqlx::query_as(last).fetch_one(pool).await?,
        })
    }

    pub(super) async fn claim(&self, claim: Claim) -> Result<Done> {
        in_one!(self, tx => {
            let added = sqlx::query(ISSUE).bind(claim.voucher).bind(claim.account).bind(claim.round)
                .bind(claim.district).bind(claim.at.ms()).bind(claim.at.ms() + 604_800_000).bind(&claim.key)
                .execute(&mut *tx).await?.rows_affected();
            if added == 0 {
                let before: Option<(i64,)> = sqlx::query_as(BEFORE).bind(claim.account).bind(&claim.key)
                    .fetch_optional(&mut *tx).await?;
                before.map_or(Done::No, |(voucher,)| Done::Before(voucher))
            } else {
                let taken = sqlx::query(TAKE).bind(claim.round).bind(claim.district)
                    .execute(&mut *tx).await?.rows_affected();
                if taken == 0 {
                    Done::No
                } else {
                    sqlx::query(COUNT_CLAIM).bind(DAY).bind(claim.district).bind(claim.round)
                        .execute(&mut *tx).await?;
                    Done::Now(claim.voucher)
                }
            }
        })
    }

    /// As the real server keeps the limit of an outlet and day.
    const fn use_outlet(&self) -> &'static str {
        match self {
            Alone::Sqlite(_) => USED_AT_OUTLET,
            Alone::Postgres(_) => USE_OUTLET,
        }
    }

    pub(super) async fn redeem(&self, asked: Redemption) -> Result<Done> {
        in_one!(self, tx => {
            let held: Option<(i64, i64, i64)> = sqlx::query_as(HELD).bind(asked.voucher)
                .fetch_optional(&mut *tx).await?;
            let used = sqlx::query(REDEEM).bind(asked.at.ms()).bind(asked.step).bind(asked.voucher)
                .bind(asked.redemption)
                .execute(&mut *tx).await?.rows_affected();
            match held {
                Some((account, campaign, round)) if used == 1 => {
                    sqlx::query(ADD).bind(asked.redemption).bind(asked.voucher).bind(round).bind(campaign)
                        .bind(account).bind(asked.outlet).bind(asked.clerk).bind(&asked.key)
                        .bind(asked.order_fen).bind(asked.at.ms()).bind(DAY).execute(&mut *tx).await?;
                    sqlx::query(self.use_outlet()).bind(account).bind(campaign).bind(asked.outlet).bind(DAY)
                        .execute(&mut *tx).await?;
                    sqlx::query(COUNT_REDEMPTION).bind(DAY).bind(round).bind(asked.order_fen)
                        .execute(&mut *tx).await?;
                    Done::Now(asked.redemption)
                }
                _ => {
                    let before: Option<(i64,)> = sqlx::query_as(REDEEMED_BEFORE).bind(asked.clerk)
                        .bind(&asked.key).fetch_optional(&mut *tx).await?;
                    before.map_or(Done::No, |(redemption,)| Done::Before(redemption))
                }
            }
        })
    }
}

const ISSUE: &str = "insert into voucher (voucher_id, account_id, campaign_id, nth, round_id, resident_district,
                          state, issued_at_ms, expires_at_ms, claim_key)
     select $1, $2, campaign_id, 1, $3, $4, 'issued', $5, $6, $7 from round
      where round_id = $3
        and not exists (select 1 from voucher v where v.account_id = $2 and (v.round_id = $3 or v.claim_key = $7))
     on conflict do nothing";
const BEFORE: &str = "select voucher_id from voucher where account_id = $1 and claim_key = $2";
const TAKE: &str = "update stock set issued = issued + 1
      where round_id = $1 and district = $2 and share = 0 and issued < quantity";
const COUNT_CLAIM: &str =
    "insert into tally (business_day, hour, district, kind, round_id, channel, chain, claimed)
     values ($1, 10, $2, '', $3, '', 0, 1)
     on conflict (business_day, district, round_id, hour, kind, channel, chain) do update
        set claimed = tally.claimed + 1";
const HELD: &str = "select account_id, campaign_id, round_id from voucher where voucher_id = $1";
const REDEEM: &str =
    "update voucher set state = 'redeemed', redeemed_at_ms = $1, present_step = $2, redemption_id = $4
      where voucher_id = $3 and state = 'issued' and expires_at_ms > $1";
const ADD: &str = "insert into redemption (redemption_id, voucher_id, round_id, campaign_id, account_id, merchant_id,
                             outlet_id, district, kind, channel, clerk_id, redeem_key, request_hash,
                             order_fen, subsidy_fen, government_fen, receipt_code,
                             redeemed_at_ms, business_day, hour)
     values ($1, $2, $3, $4, $5, 1, $6, 210302, 'mall', 'offline', $7, $8, '', $9, 2000, 2000, '0000', $10, $11, 10)";
const USE_OUTLET: &str = "insert into outlet_use (account_id, campaign_id, outlet_id, business_day, redeemed)
     values ($1, $2, $3, $4, 1)
     on conflict (account_id, campaign_id, outlet_id, business_day) do update
        set redeemed = outlet_use.redeemed + 1 where outlet_use.redeemed < 2";
const USED_AT_OUTLET: &str =
    "select count(*) from voucher v join redemption r on r.redemption_id = v.redemption_id
      where v.account_id = $1 and v.campaign_id = $2 and v.state = 'redeemed'
        and r.outlet_id = $3 and r.business_day = $4 and r.refunded_fen < r.order_fen";
const COUNT_REDEMPTION: &str =
    "insert into tally (business_day, hour, district, kind, round_id, channel, chain, redeemed, order_fen,
                        subsidy_fen, government_fen)
     values ($1, 10, 210302, 'mall', $2, 'offline', 0, 1, $3, 2000, 2000)
     on conflict (business_day, district, round_id, hour, kind, channel, chain) do update
        set redeemed = tally.redeemed + 1, order_fen = tally.order_fen + excluded.order_fen,
            subsidy_fen = tally.subsidy_fen + 2000, government_fen = tally.government_fen + 2000";
const REDEEMED_BEFORE: &str = "select redemption_id from redemption where clerk_id = $1 and redeem_key = $2";
