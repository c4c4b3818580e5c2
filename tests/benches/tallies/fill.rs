//! Redemptions over the season's days, hours, districts and kinds, and their tallies.

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

    async fn run(&mut self, statement: &'static str) {
        let done = match self {
            Open::Sqlite(conn) => sqlx::query(statement).execute(conn).await.map(drop),
            Open::Postgres(conn) => sqlx::query(statement).execute(conn).await.map(drop),
        };
        done.expect("a statement that runs");
    }

    /// The redemptions by district, counted one by one: how many there are in all.
    pub(crate) async fn recount(&mut self) -> i64 {
        let rows: Vec<(i64, i64, i64, i64)> = match self {
            Open::Sqlite(conn) => sqlx::query_as(RECOUNT).fetch_all(conn).await,
            Open::Postgres(conn) => sqlx::query_as(RECOUNT).fetch_all(conn).await,
        }
        .expect("a recount");
        rows.iter().map(|(_, redeemed, ..)| redeemed).sum()
    }
}

const RECOUNT: &str = "select district, count(*), cast(sum(order_fen - refunded_fen) as bigint),
            cast(sum(subsidy_fen - subsidy_back_fen) as bigint)
       from redemption where refunded_fen < order_fen group by district";

/// Writes so many redemptions in the season's first round, and their tallies.
pub(crate) async fn fill(open: &mut Open, redemptions: i64) {
    if let Open::Sqlite(_) = open {
        open.run("pragma cache_size = -500000").await;
        open.run("pragma synchronous = off").await;
    }
    let mut written = 0;
    while written < redemptions {
        let some = AT_ONCE.min(redemptions - written);
        let done = match &mut *open {
            Open::Sqlite(conn) => sqlx::query(SQLITE).bind(written).bind(some).execute(conn).await.map(drop),
            Open::Postgres(conn) => {
                sqlx::query(POSTGRES).bind(written).bind(some).execute(conn).await.map(drop)
            }
        };
        done.expect("written redemptions");
        written += some;
    }
    open.run(TALLY).await;
    match open {
        Open::Sqlite(_) => open.run("pragma wal_checkpoint(truncate)").await,
        Open::Postgres(_) => open.run("vacuum (analyze) redemption, tally").await,
    }
}

const SQLITE: &str =
    "with recursive s (n) as (select $1 union all select n + 1 from s where n < $1 + $2 - 1)
    insert into redemption (redemption_id, voucher_id, round_id, campaign_id, account_id, merchant_id, outlet_id,
           district, kind, channel, clerk_id, redeem_key, request_hash, order_fen, subsidy_fen, government_fen,
           receipt_code, redeemed_at_ms, business_day, hour)
    select 1000 + n, 1000 + n, 1, 1, 1 + (n * 7919) % 1000000, 1 + n % 150, 1 + n % 150,
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
    select 1000 + n, 1000 + n, 1, 1, 1 + (n * 7919) % 1000000, 1 + n % 150, 1 + n % 150,
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
