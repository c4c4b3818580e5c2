//! The desk on PostgreSQL: a group is one statement, in one round trip.
//!
//! The desk plans from what it remembers of the stock and of its chain's end,
//! and the statement carries every guard: if one row moved behind the desk's
//! back, the statement divides by zero and nothing is written. Then the desk
//! forgets what it remembered, sifts out what cannot be written, and plans
//! again. Nothing is decided by what was read before. A group's block is added
//! once the chain's end is its own, as everywhere: the other way about, the desk
//! and a job of the same node could wait for each other.

mod claims;
mod redemptions;
mod stock;

use crate::store::db::pool_apart;
use crate::store::desk::group::Group;
use crate::store::desk::{NewRedemption, NewVoucher, Work, Written};
use crate::store::ledger::HeadRow;
use crate::store::{Db, StoreError, ledger, meta};
use domain::{Block, Hash, Timestamp};
use sqlx::postgres::{PgArguments, PgConnection, Postgres};
use sqlx::query::Query;
use sqlx::{Executor, PgPool, SqlSafeStr};
use stock::Stock;

/// The desk's connections beside the one that it writes on.
const CONNECTIONS: u32 = 2;
/// Numbers that a node takes at a time; what it does not use is a hole.
const RANGE: i64 = 5000;
/// How often a group is planned anew before it is given up.
const PLANS: usize = 16;
/// The desk finds every row by its key, however many there are. A statement is
/// planned once, because planning it takes longer than running it, and perhaps
/// while a table is empty, when reading all of it looks cheapest: a bitmap scan
/// is the one way that cannot be taken without a key.
const BY_KEY_ALONE: &str = "set plan_cache_mode = force_generic_plan; set jit = off;
    set enable_seqscan = off; set enable_indexscan = off; set enable_indexonlyscan = off";
/// From one chain to the next that a desk tries: it comes past all of them.
const STRIDE: i64 = 7;

/// The desk of one node.
#[derive(Debug)]
pub(crate) struct PostgresDesk {
    db: Db,
    pool: PgPool,
    /// The connection that the desk keeps while nothing fails on it.
    line: Option<PgConnection>,
    chain: i64,
    /// The end of the chain, as this desk left it.
    head: Option<(i64, Hash)>,
    /// The same, when a guard said no since.
    doubted: Option<(i64, Hash)>,
    stock: Stock,
    vouchers: Range,
    redemptions: Range,
}

/// Numbers that this node has taken and not used yet.
#[derive(Clone, Copy, Debug)]
struct Range {
    name: &'static str,
    next: i64,
    end: i64,
}

/// What a group's statement tells.
enum Outcome {
    Written,
    /// A guard said no: nothing is written.
    Moved,
}

/// A group's block, tallies and place in the chain, ready to be bound.
struct Chained {
    block: Block,
    hash: Hash,
    group: Group,
}

impl PostgresDesk {
    /// The desk of a node that writes to one of the ledger's chains. Its
    /// connections are its own, and are seen to by the runtime of the caller.
    pub(crate) fn new(shared: &PgPool, announces: bool, chain: i64) -> PostgresDesk {
        let pool = pool_apart(shared, CONNECTIONS);
        let db = Db::Postgres { pool: pool.clone(), announces };
        let range = |name| Range { name, next: 0, end: 0 };
        PostgresDesk {
            db,
            pool,
            line: None,
            chain,
            head: None,
            doubted: None,
            stock: Stock::default(),
            vouchers: range("voucher"),
            redemptions: range("redemption"),
        }
    }

    /// Makes ready what the first group would wait for: connections, and
    /// statements that the database has read. They say the types of their values
    /// themselves.
    ///
    /// # Errors
    /// The database failed: the first group will try again.
    pub(crate) async fn warm_up(&mut self) -> Result<(), StoreError> {
        let of_group = [stock::LEFT, claims::WRITE, redemptions::READ, redemptions::WRITE];
        for statement in of_group.into_iter().chain([meta::TAKE_NUMBERS, ledger::HEADS]) {
            self.line().await?.prepare(statement.into_sql_str()).await?;
        }
        // Repeats are found on a connection of their own.
        drop(self.pool.acquire().await?);
        Ok(())
    }

    /// Writes a group; what is told of each is durable when it returns.
    ///
    /// # Errors
    /// The database failed. Nothing is known to be written.
    pub(crate) async fn write<E: Send>(
        &mut self,
        now: Timestamp,
        works: &[Work<E>],
    ) -> Result<Vec<Written<E>>, StoreError> {
        let mut claims: Vec<(usize, &NewVoucher)> = Vec::new();
        let mut redemptions: Vec<(usize, &NewRedemption<E>)> = Vec::new();
        for (place, work) in works.iter().enumerate() {
            match work {
                Work::Claim(claim) => claims.push((place, claim)),
                Work::Redeem(redemption) => redemptions.push((place, redemption)),
            }
        }
        let mut written: Vec<Option<Written<E>>> = works.iter().map(|_| None).collect();
        for (place, claimed) in self.claim_all(now, claims).await? {
            written[place] = Some(Written::Claim(claimed));
        }
        for (place, redeemed) in self.redeem_all(now, redemptions).await? {
            written[place] = Some(Written::Redeem(redeemed));
        }
        let whole: Option<Vec<_>> = written.into_iter().collect();
        whole.ok_or_else(|| StoreError::corrupt("a group of which a part was left out"))
    }

    /// Chains a group to the end that this desk remembers, or else reads. Where
    /// somebody else has written to the chain, the desk goes to another one: of
    /// two nodes that met on it, the one that came too late.
    async fn chained(&mut self, group: Group, now: Timestamp) -> Result<Chained, StoreError> {
        let (sequence, previous) = match self.head {
            Some(head) => head,
            None => {
                let heads: Vec<HeadRow> = sqlx::query_as(ledger::HEADS).fetch_all(self.line().await?).await?;
                let mut head = end_of(&heads, self.chain)?;
                if self.doubted.take().is_some_and(|doubted| doubted != head) {
                    self.chain = (self.chain + STRIDE) % ledger::CHAINS;
                    head = end_of(&heads, self.chain)?;
                }
                *self.head.insert(head)
            }
        };
        let entries = group.entries.clone();
        let block = Block { chain: self.chain, sequence: sequence + 1, at: now, previous, entries };
        Ok(Chained { hash: block.hash(), block, group })
    }

    /// The desk's own connection: no other part of the node makes it wait.
    async fn line(&mut self) -> Result<&mut PgConnection, sqlx::Error> {
        let line = match self.line.take() {
            Some(line) => line,
            None => {
                let mut line = self.pool.acquire().await?.detach();
                line.execute(BY_KEY_ALONE).await?;
                line
            }
        };
        Ok(self.line.insert(line))
    }

    /// The next number of a sequence; a new range is taken when this one is used up.
    async fn number(&mut self, of: fn(&mut PostgresDesk) -> &mut Range) -> Result<i64, StoreError> {
        let Range { name, mut next, end } = *of(self);
        if next == end {
            let take = sqlx::query_as(meta::TAKE_NUMBERS).bind(name).bind(RANGE);
            let (last,): (i64,) = take.fetch_one(self.line().await?).await?;
            next = last - RANGE + 1;
            of(self).end = last + 1;
        }
        of(self).next = next + 1;
        Ok(next)
    }

    /// Forgets what may have moved, and a connection on which something failed.
    pub(crate) fn give_up(&mut self) {
        self.line = None;
        self.forget();
    }

    /// Ends the desk's connections.
    pub(crate) async fn close(self) {
        drop(self.line);
        self.pool.close().await;
    }

    /// Forgets what may have moved.
    fn forget(&mut self) {
        self.doubted = self.head.take();
        self.stock.forget();
    }
}

/// The end of a chain among all of them.
fn end_of(heads: &[HeadRow], chain: i64) -> Result<(i64, Hash), StoreError> {
    let head = heads.iter().find(|head| head.chain == chain);
    let head = head.ok_or_else(|| StoreError::corrupt("a chain without an end"))?;
    Ok((head.sequence, head.hash.parse().map_err(StoreError::corrupt)?))
}

/// Whether a statement was written, was stopped by a guard, or failed.
fn outcome(result: Result<(), sqlx::Error>) -> Result<Outcome, StoreError> {
    /// Division by zero is the guards' own; a check and a unique key say the
    /// same; two nodes that met in a lock or a snapshot try again.
    const MOVED: [&str; 5] = ["22012", "23514", "23505", "40001", "40P01"];
    match result {
        Ok(()) => Ok(Outcome::Written),
        Err(sqlx::Error::Database(error))
            if error.code().is_some_and(|code| MOVED.contains(&code.as_ref())) =>
        {
            Ok(Outcome::Moved)
        }
        Err(error) => Err(error.into()),
    }
}

impl Chained {
    /// Sends a group's statement with its block as the last of its values:
    /// chain, sequence, time, the hash before, entries and hash.
    async fn send(
        &self,
        query: Query<'_, Postgres, PgArguments>,
        line: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let Block { chain, sequence, at, previous, entries } = &self.block;
        let query = query.bind(chain).bind(sequence).bind(at.ms()).bind(previous.to_string());
        query.bind(entries.clone()).bind(self.hash.to_string()).execute(line).await.map(drop)
    }

    fn column<T>(&self, of: impl Fn(&crate::store::tally::Move) -> T) -> Vec<T> {
        self.group.moves.iter().map(of).collect()
    }
}
