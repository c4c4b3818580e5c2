//! Redemptions over the season's days, hours, districts and kinds, and their tallies.

mod ledger;

use sqlx::{Connection, PgConnection, SqliteConnection};

/// Rows that one statement writes.
const AT_ONCE: i64 = 1_000_000;

/// A connection of either kind.
pub(crate) enum Open {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Open {
    pub(crate) async fn at(url: &str) -> Open {
        if url.starts_with("sqlite:") {
            Open::Sqlite(SqliteConnection::connect(url).await.expect("a connection"))
        } else {
            Open::Postgres(PgConnection::connect(url).await.expect("a connection"))
        }
    }

    pub(super) async fn run(&mut self, statement: &'static str) {
        let done = match self {
            Open::Sqlite(conn) => sqlx::query(statement).execute(conn).await.map(drop),
            Open::Postgres(conn) => sqlx::query(statement).execute(conn).await.map(drop),
        };
        done.expect("a statement that runs");
    }

    /// The first number of an answer.
    pub(crate) async fn ask(&mut self, query: &'static str) -> i64 {
        let found: Result<(i64,), sqlx::Error> = match self {
            Open::Sqlite(conn) => sqlx::query_as(query).fetch_one(conn).await,
            Open::Postgres(conn) => sqlx::query_as(query).fetch_one(conn).await,
        };
        found.expect("an answer").0
    }
}

/// All redemptions, added up from the sums by district.
pub(crate) const RECOUNT: &str = "select cast(sum(redeemed) as bigint) from (
    select district, count(*) as redeemed, sum(order_fen - refunded_fen) as order_fen,
           sum(subsidy_fen - subsidy_back_fen) as subsidy_fen
      from redemption where refunded_fen < order_fen group by district) by_district
     where order_fen >= 0 and subsidy_fen >= 0";
/// Distinct residents all over the city.
pub(crate) const RECOUNT_RESIDENTS: &str =
    "select count(distinct account_id) from redemption where refunded_fen < order_fen";

/// Writes so many redemptions in the season's first round, their ledger, their tallies and residents.
pub(crate) async fn fill(url: &str, redemptions: i64) {
    let mut open = Open::at(url).await;
    match open {
        Open::Sqlite(_) => {
            open.run("pragma cache_size = -500000").await;
            open.run("pragma synchronous = off").await;
        }
        Open::Postgres(_) => open.run("set work_mem = '128MB'").await,
    }
    let mut written = 0;
    while written < redemptions {
        let some = AT_ONCE.min(redemptions - written);
        let done = match &mut open {
            Open::Sqlite(conn) => sqlx::query(SQLITE).bind(written).bind(some).execute(conn).await.map(drop),
            Open::Postgres(conn) => {
                sqlx::query(POSTGRES).bind(written).bind(some).execute(conn).await.map(drop)
            }
        };
        done.expect("written redemptions");
        written += some;
    }
    for statement in [TALLY, TALLY_DAY, RESIDENT_DAYS, RESIDENT_TALLY, LOOKED, CASES] {
        open.run(statement).await;
    }
    ledger::add(&mut open).await;
    match open {
        Open::Sqlite(_) => open.run("pragma wal_checkpoint(truncate)").await,
        Open::Postgres(_) => {
            let tables = "vacuum (analyze) redemption, tally, tally_day, resident_days, resident_tally";
            open.run(tables).await;
        }
    }
}

const SQLITE: &str =
    "with recursive s (n) as (select $1 union all select n + 1 from s where n < $1 + $2 - 1)
    insert into redemption (redemption_id, voucher_id, round_id, campaign_id, account_id, merchant_id, outlet_id,
           district, kind, channel, clerk_id, redeem_key, request_hash, order_fen, subsidy_fen, government_fen,
           receipt_code, redeemed_at_ms, business_day, hour)
    select 1000 + n, 1000 + n, 1, 1, 1000000 + (n * 7919) % 1000000, 1 + n % 150, 1 + n % 150,
           case n % 7 when 0 then 210302 when 1 then 210303 when 2 then 210304 when 3 then 210311
                      when 4 then 210321 when 5 then 210323 else 210381 end,
           case n % 5 when 0 then 'catering' when 1 then 'mall' when 2 then 'supermarket'
                      when 3 then 'convenience_store' else 'chain_store' end,
           'offline', 2, 'fill ' || n, 'none', 6000 + n % 9000, 2000, 2000, '0000',
           1623981600000 + (n % 61) * 86400000 + (n / 61 % 14) * 3600000,
           date('2021-06-18', '+' || (n % 61) || ' days'), 10 + n / 61 % 14
      from s";
const POSTGRES: &str =
    "insert into redemption (redemption_id, voucher_id, round_id, campaign_id, account_id, merchant_id, outlet_id,
           district, kind, channel, clerk_id, redeem_key, request_hash, order_fen, subsidy_fen, government_fen,
           receipt_code, redeemed_at_ms, business_day, hour)
    select 1000 + n, 1000 + n, 1, 1, 1000000 + (n * 7919) % 1000000, 1 + n % 150, 1 + n % 150,
           case n % 7 when 0 then 210302 when 1 then 210303 when 2 then 210304 when 3 then 210311
                      when 4 then 210321 when 5 then 210323 else 210381 end,
           case n % 5 when 0 then 'catering' when 1 then 'mall' when 2 then 'supermarket'
                      when 3 then 'convenience_store' else 'chain_store' end,
           'offline', 2, 'fill ' || n, 'none', 6000 + n % 9000, 2000, 2000, '0000',
           1623981600000 + (n % 61) * 86400000 + (n / 61 % 14) * 3600000,
           cast(date '2021-06-18' + cast(n % 61 as integer) as text), 10 + n / 61 % 14
      from generate_series($1::bigint, $1::bigint + $2::bigint - 1) as s (n)";
const TALLY: &str =
    "insert into tally (business_day, hour, district, kind, round_id, channel, chain, redeemed, order_fen,
           subsidy_fen, government_fen)
    select business_day, hour, district, kind, round_id, channel, redemption_id % 4, count(*),
           sum(order_fen), sum(subsidy_fen), sum(government_fen)
      from redemption group by business_day, hour, district, kind, round_id, channel, redemption_id % 4";
const TALLY_DAY: &str =
    "insert into tally_day (business_day, district, round_id, chain, redeemed, order_fen, subsidy_fen,
           government_fen)
    select business_day, district, round_id, chain, sum(redeemed), sum(order_fen), sum(subsidy_fen),
           sum(government_fen)
      from tally group by business_day, district, round_id, chain";
const RESIDENT_DAYS: &str = "insert into resident_days (account_id, days)
    select account_id, string_agg(used, ',' order by used)
      from (select distinct account_id, business_day || ' ' || district || ' ' || campaign_id as used
              from redemption) uses
     group by account_id";
const RESIDENT_TALLY: &str =
    "insert into resident_tally (campaign_id, previous_day, business_day, district, residents)
    select campaign_id, previous_day, business_day, district, count(*)
      from (select district, business_day,
                   lag(business_day, 1, '') over (partition by account_id, district order by business_day)
                       as previous_day
              from (select distinct account_id, district, business_day from redemption
                    union all
                    select distinct account_id, cast(0 as bigint), business_day from redemption) uses) steps
     cross join (select 0 as campaign_id union all select 1) campaigns
     group by campaign_id, previous_day, business_day, district";
/// The rules have looked at all days.
const LOOKED: &str = "insert into risk_look (business_day, looked_at_ms)
    select distinct business_day, 1623981600000 from tally_day";
/// Some redemptions are under suspicion.
const CASES: &str = "insert into risk_case (case_id, signal, merchant_id, outlet_id, district, redemption_id,
                       evidence, state, opened_at_ms)
    select redemption_id, 'burst', merchant_id, outlet_id, cast(district as text), redemption_id, '{}', 'open',
           redeemed_at_ms
      from redemption where redemption_id < 1100";
