//! What the redemptions are worth, in one block of the ledger.

use super::Open;
use domain::{Account, Block, CampaignId, Entry, EntryKind, Hash, MerchantId, RoundId, Timestamp};
use std::fmt::Write;

/// When the block was written: with the season's last sale.
const AT_MS: i64 = 1_629_298_800_000;
const ROUND: RoundId = RoundId(1);

/// Chains a block by which the first campaign pays for all redemptions.
pub(super) async fn add(open: &mut Open) {
    let sums: Vec<(i64, i64)> = match open {
        Open::Sqlite(conn) => sqlx::query_as(MERCHANTS).fetch_all(conn).await,
        Open::Postgres(conn) => sqlx::query_as(MERCHANTS).fetch_all(conn).await,
    }
    .expect("sums by merchant");
    let (sequence, previous): (i64, String) = match open {
        Open::Sqlite(conn) => sqlx::query_as(HEAD).fetch_one(conn).await,
        Open::Postgres(conn) => sqlx::query_as(HEAD).fetch_one(conn).await,
    }
    .expect("the ledger's end");
    let previous: Hash = previous.parse().expect("a hash");
    let at = Timestamp::from_ms(AT_MS);
    let block = Block { chain: 0, sequence: sequence + 1, at, previous, entries: entries(&sums) };
    let hash = block.hash().to_string();
    let previous = previous.to_string();
    for statement in [BLOCK, MOVE] {
        let done = match open {
            Open::Sqlite(conn) => {
                let query = sqlx::query(statement).bind(block.sequence).bind(AT_MS).bind(&hash);
                query.bind(&previous).bind(&block.entries).execute(conn).await.map(drop)
            }
            Open::Postgres(conn) => {
                let query = sqlx::query(statement).bind(block.sequence).bind(AT_MS).bind(&hash);
                query.bind(&previous).bind(&block.entries).execute(conn).await.map(drop)
            }
        };
        done.expect("a block");
    }
}

fn entries(sums: &[(i64, i64)]) -> String {
    let whole: i64 = sums.iter().map(|(_, sum)| sum).sum();
    let funded = [(Account::Funder(CampaignId(1)), -whole), (Account::Issued(ROUND), whole)];
    let mut text = String::new();
    let mut add = |kind, lines: &[(Account, i64)]| {
        let entry = Entry::new(kind, None, lines).expect("a balanced entry");
        writeln!(text, "{entry}").expect("a string");
    };
    add(EntryKind::Fund, &funded);
    for (merchant, sum) in sums {
        let payable = Account::Payable(MerchantId(*merchant));
        add(EntryKind::Redeem, &[(Account::Issued(ROUND), -sum), (payable, *sum)]);
    }
    text
}

const MERCHANTS: &str =
    "select merchant_id, cast(sum(government_fen) as bigint) from redemption group by merchant_id";
const HEAD: &str = "select sequence, hash from ledger_head where chain = 0";
const BLOCK: &str = "insert into ledger_block (chain, sequence, at_ms, hash, previous, entries)
    values (0, $1, $2, $3, $4, $5)";
const MOVE: &str = "update ledger_head set sequence = $1, at_ms = $2, hash = $3
     where chain = 0 and hash = $4 and $5 <> ''";
