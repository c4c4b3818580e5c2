//! Residents, sessions and vouchers, written straight into the tables.

use crate::city::{Place, Store};
use crate::plan::{CLERK, MANAGER, MOMENT, Plan, hex, session};
use anyhow::{Context, Result};
use domain::{Account, Block, Entry, EntryKind, Timestamp};
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::fmt::Write;

/// Residents that are written at a time.
const AT_ONCE: usize = 10_000;
/// The merchant of [`crate::plan::OUTLET`].
const MERCHANT: i64 = 1;
/// When the standing vouchers were issued and when they end, from the moment of the rush.
const ISSUED_BEFORE_MS: i64 = 2 * 3_600_000;
const EXPIRES_AFTER_MS: i64 = 7 * 24 * 3_600_000;

/// Runs one statement on either database.
macro_rules! on {
    ($connection:expr, $conn:ident => $query:expr) => {
        match $connection {
            Open::Sqlite($conn) => $query.await,
            Open::Postgres($conn) => $query.await,
        }
    };
}
pub(crate) use on;

/// Runs one statement that answers nothing on either database.
macro_rules! run {
    ($connection:expr, $query:expr) => {
        match $connection {
            Open::Sqlite(conn) => $query.execute(conn).await.map(drop),
            Open::Postgres(conn) => $query.execute(conn).await.map(drop),
        }
    };
}

/// A connection of either kind.
pub(crate) enum Open {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Open {
    pub(crate) async fn at(place: &Place) -> Result<Open> {
        Ok(match place.store {
            Store::Sqlite => Open::Sqlite(SqliteConnection::connect(&place.url).await?),
            Store::Postgres => Open::Postgres(PgConnection::connect(&place.url).await?),
        })
    }

    pub(crate) async fn run(&mut self, statement: &'static str) -> Result<()> {
        run!(self, sqlx::query(statement))?;
        Ok(())
    }
}

pub(crate) async fn fill(place: &Place) -> Result<()> {
    let mut open = Open::at(place).await?;
    if place.store == Store::Sqlite {
        open.run("pragma cache_size = -1000000").await?;
        open.run("pragma synchronous = off").await?;
    }
    open.run("begin").await?;
    let moment: Timestamp = MOMENT.parse()?;
    add_residents(&mut open, &place.plan, moment).await?;
    add_people(&mut open, moment).await?;
    if place.plan.standing > 0 {
        add_vouchers(&mut open, place, moment).await?;
        add_ledger(&mut open, &place.plan, moment).await?;
    }
    open.run("commit").await?;
    match place.store {
        Store::Sqlite => open.run("pragma wal_checkpoint(truncate)").await?,
        Store::Postgres => open.run("vacuum (analyze)").await?,
    }
    match open {
        Open::Sqlite(conn) => conn.close().await?,
        Open::Postgres(conn) => conn.close().await?,
    }
    Ok(())
}

async fn add_residents(open: &mut Open, plan: &Plan, now: Timestamp) -> Result<()> {
    let all: Vec<i64> = (0..plan.residents).collect();
    for some in all.chunks(AT_ONCE) {
        let mut rows = String::from("[");
        for resident in some {
            let (account, hash) = (plan.account(*resident), hex(&session(*resident)));
            let district = plan.district(*resident).number();
            let comma = if rows.len() > 1 { "," } else { "" };
            write!(rows, r#"{comma}{{"a":{account},"h":"{hash}","d":{district}}}"#)?;
        }
        rows.push(']');
        for statement in match open {
            Open::Sqlite(_) => RESIDENTS_SQLITE,
            Open::Postgres(_) => RESIDENTS_POSTGRES,
        } {
            run!(open, sqlx::query(*statement).bind(&rows).bind(now.ms()))?;
        }
    }
    Ok(())
}

const RESIDENTS_SQLITE: &[&str] = &[
    "insert into account (account_id, phone_sealed, phone_hash, name, district, created_at_ms)
     select value->>'a', 'none', 'rush ' || (value->>'a'), '居民', value->>'d', $2 from json_each($1)",
    "insert into account_role (account_id, role) select value->>'a', 'resident' from json_each($1) where $2 > 0",
    "insert into session (token_hash, account_id, created_at_ms, expires_at_ms)
     select value->>'h', value->>'a', $2, $2 + 86400000 from json_each($1)",
];
const RESIDENTS_POSTGRES: &[&str] = &[
    "insert into account (account_id, phone_sealed, phone_hash, name, district, created_at_ms)
     select a, 'none', 'rush ' || a, '居民', d, $2
       from json_to_recordset($1::json) as r (a bigint, d bigint)",
    "insert into account_role (account_id, role)
     select a, 'resident' from json_to_recordset($1::json) as r (a bigint) where $2 > 0",
    "insert into session (token_hash, account_id, created_at_ms, expires_at_ms)
     select h, a, $2, $2 + 86400000 from json_to_recordset($1::json) as r (h text, a bigint)",
];

/// Signs in a clerk and a manager of the first merchant.
async fn add_people(open: &mut Open, now: Timestamp) -> Result<()> {
    for (of, role) in [(CLERK, "clerk"), (MANAGER, "manager")] {
        run!(open, sqlx::query(
            "insert into session (token_hash, account_id, created_at_ms, expires_at_ms)
             select $1, min(account_id), $2, $2 + 86400000 from account_role where role = $3 and merchant_id = $4")
            .bind(hex(&session(of))).bind(now.ms()).bind(role).bind(MERCHANT))?;
    }
    Ok(())
}

/// The standing vouchers: every holder has one of each earlier round, in no order that an index likes.
async fn add_vouchers(open: &mut Open, place: &Place, now: Timestamp) -> Result<()> {
    let plan = &place.plan;
    let (holders, first) = (plan.holders(), plan.holder(0));
    let district = plan.districts[0].number();
    let statement = match place.store {
        Store::Sqlite => VOUCHERS_SQLITE,
        Store::Postgres => VOUCHERS_POSTGRES,
    };
    for (n, round) in (0..).zip(&plan.earlier) {
        run!(
            open,
            sqlx::query(statement)
                .bind(n * holders)
                .bind(holders)
                .bind(first)
                .bind(round.0)
                .bind(district)
                .bind(now.ms() - ISSUED_BEFORE_MS)
                .bind(now.ms() + EXPIRES_AFTER_MS)
        )?;
        run!(open, sqlx::query("update stock set issued = quantity where round_id = $1").bind(round.0))?;
        run!(
            open,
            sqlx::query(
                "insert into tally (business_day, hour, district, kind, round_id, channel, chain, claimed)
             values ('2021-06-18', 8, $1, '', $2, '', 0, $3)"
            )
            .bind(district)
            .bind(round.0)
            .bind(holders)
        )?;
    }
    open.run(
        "insert into tally_day (business_day, district, round_id, chain, claimed)
         select business_day, district, round_id, chain, claimed from tally",
    )
    .await?;
    run!(
        open,
        sqlx::query(
            "insert into counter (name, value) values ('voucher', $1)
         on conflict (name) do update set value = excluded.value"
        )
        .bind(plan.standing)
    )?;
    Ok(())
}

const VOUCHERS_SQLITE: &str =
    "with recursive n (n) as (select 0 union all select n + 1 from n where n < $2 - 1)
    insert into voucher (voucher_id, account_id, campaign_id, nth, round_id, resident_district, state,
                         issued_at_ms, expires_at_ms, claim_key)
    select $1 + n + 1, $3 + (n * 7919) % $2, campaign_id, 1, $4, $5, 'issued', $6 + n / 500, $7 + n / 500,
           lower(hex(randomblob(16)))
      from n cross join round where round_id = $4";
const VOUCHERS_POSTGRES: &str = "insert into voucher (voucher_id, account_id, campaign_id, nth, round_id,
                         resident_district, state, issued_at_ms, expires_at_ms, claim_key)
    select $1 + n + 1, $3 + (n * 7919) % $2, campaign_id, 1, $4, $5, 'issued', $6 + n / 500, $7 + n / 500,
           md5(random()::text)
      from generate_series(0::bigint, $2 - 1) as s (n) cross join round where round_id = $4";

/// What the standing vouchers are worth left the rounds in one block.
async fn add_ledger(open: &mut Open, plan: &Plan, now: Timestamp) -> Result<()> {
    let mut entries = String::new();
    for round in &plan.earlier {
        // The first campaign's face value, as `plan` copies its terms.
        let worth = plan.holders() * FACE_VALUE_FEN;
        let lines = [(Account::Reserved(*round), -worth), (Account::Issued(*round), worth)];
        writeln!(entries, "{}", Entry::new(EntryKind::Issue, None, &lines)?)?;
    }
    let (sequence, hash): (i64, String) = on!(open, conn => sqlx::query_as("select sequence, hash from ledger_head where chain = 0").fetch_one(conn))?;
    let at = now.plus_ms(-ISSUED_BEFORE_MS);
    let previous = hash.parse().context("a hash")?;
    let block = Block { chain: 0, sequence: sequence + 1, at, previous, entries };
    let hash = block.hash().to_string();
    run!(
        open,
        sqlx::query(
            "insert into ledger_block (chain, sequence, at_ms, previous, entries, hash)
             values (0, $1, $2, $3, $4, $5)"
        )
        .bind(block.sequence)
        .bind(at.ms())
        .bind(previous.to_string())
        .bind(&block.entries)
        .bind(&hash)
    )?;
    run!(
        open,
        sqlx::query("update ledger_head set sequence = $1, hash = $2, at_ms = $3 where chain = 0")
            .bind(block.sequence)
            .bind(&hash)
            .bind(at.ms())
    )?;
    Ok(())
}

/// Of the season's first campaign, after which the rush's are made.
const FACE_VALUE_FEN: i64 = 2_000;
