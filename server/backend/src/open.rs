//! The open books: what anyone may see of the season's money, from the tallies
//! and the ledger itself.

use crate::catalogue::Catalogue;
use crate::store::ledger::{self, BlockRow};
use crate::store::tally::{self, SumRow};
use crate::store::{Tx, redemption};
use crate::{Backend, Caller, Error, StoreError};
use domain::shapes::{BlockShape, LedgerLine, OpenBooks, OpenRow, Page};
use domain::{Day, Denied, DistrictCode, Fen, ListQuery, OpenQuery, Permission, Timestamp, apportion};
use std::collections::BTreeMap;

/// The most redemptions that one receipt code finds: it has four digits.
const MOST_FOUND: i64 = 5;
/// The most blocks of a chain that are looked through for a line.
const MOST_BLOCKS: i64 = 5_000;
/// A block is committed so soon after what is in it.
const WITHIN_MS: i64 = 30_000;

/// Vouchers and fen of a district, a day or both.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    released: i64,
    claimed: i64,
    redeemed: i64,
    government_fen: i64,
    paid_fen: i64,
}

impl Sum {
    fn add(&mut self, other: &Sum) {
        self.released += other.released;
        self.claimed += other.claimed;
        self.redeemed += other.redeemed;
        self.government_fen += other.government_fen;
        self.paid_fen += other.paid_fen;
    }

    fn row(&self, key: String, (name, name_en): (&str, &str)) -> Result<OpenRow, StoreError> {
        let fen = |amount: i64| Fen::try_from(amount).map_err(StoreError::corrupt);
        Ok(OpenRow {
            key,
            name: name.to_owned(),
            name_en: name_en.to_owned(),
            released: self.released,
            claimed: self.claimed,
            redeemed: self.redeemed,
            government_fen: fen(self.government_fen)?,
            paid_fen: fen(self.paid_fen)?,
        })
    }
}

/// The sums by district number and by business day: by day of the asked district,
/// or of all.
#[derive(Default)]
struct Sums {
    asked: Option<DistrictCode>,
    districts: BTreeMap<i64, Sum>,
    days: BTreeMap<Day, Sum>,
    total: Sum,
}

impl Sums {
    fn add(&mut self, district: i64, day: Day, sum: &Sum) {
        self.districts.entry(district).or_default().add(sum);
        if self.asked.is_none_or(|asked| asked.number() == district) {
            self.days.entry(day).or_default().add(sum);
        }
        self.total.add(sum);
    }
}

impl Backend {
    /// What was released, claimed, redeemed and paid, by district and by
    /// business day, those of one district where it is asked, with the ledger's
    /// head.
    ///
    /// # Errors
    /// The season has no such district, or the store failed.
    pub async fn open_books(&self, query: &OpenQuery) -> Result<OpenBooks, Error> {
        let (now, zone, catalogue) = (self.now(), self.zone(), self.catalogue());
        let season = catalogue.season();
        let asked = asked_district(&catalogue, query)?;
        let mut balances = self.balances().lock().await;
        let mut tx = self.db().read().await?;
        let heads = ledger::heads(&mut tx).await?;
        balances.follow(&mut tx, &heads).await?;
        let mut sums = Sums { asked, ..Sums::default() };
        release(&mut sums, &catalogue, now);
        for (merchant, at, paid_fen) in balances.paid() {
            let district = catalogue.outlets_of(merchant).next().map_or(0, |outlet| outlet.district.number());
            sums.add(district, zone.business_day(at), &Sum { paid_fen, ..Sum::default() });
        }
        drop(balances);
        let last = zone.business_day(now).max(season.ends_on);
        for row in tally::sums(&mut tx, season.starts_on, last).await? {
            let day = row.business_day.parse().map_err(StoreError::corrupt)?;
            sums.add(row.district, day, &of_tally(&row));
        }
        let mut districts = Vec::new();
        for district in &season.districts {
            let sum = sums.districts.remove(&district.code.number()).unwrap_or_default();
            districts.push(sum.row(district.code.to_string(), (&district.name, &district.name_en))?);
        }
        if let Some(unknown) = sums.districts.remove(&0) {
            districts.push(unknown.row(String::new(), ("未登记区县", "No district given"))?);
        }
        let days = sums.days.iter().map(|(day, sum)| sum.row(day.to_string(), ("", "")));
        Ok(OpenBooks {
            as_of: zone.rfc3339(now),
            head: self.head_of(&heads)?,
            districts,
            district: asked,
            days: days.collect::<Result<_, _>>()?,
            total: sums.total.row(String::new(), ("合计", "Total"))?,
        })
    }

    /// The ledger's lines of the caller's own redemptions with a receipt code.
    ///
    /// # Errors
    /// The caller holds no vouchers, or the code is no four digits.
    pub async fn lines_of_receipt(&self, caller: &Caller, receipt: &str) -> Result<Vec<LedgerLine>, Error> {
        caller.require(Permission::HoldVouchers)?;
        if receipt.len() != 4 || !receipt.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Denied::query("receipt", "0000–9999").into());
        }
        let mut tx = self.db().read().await?;
        let mut lines = Vec::new();
        for row in redemption::of_receipt(&mut tx, caller.account_id.0, receipt, MOST_FOUND).await? {
            let begins = format!("redeem {} ", row.voucher_id);
            lines.extend(self.line_at(&mut tx, row.redeemed_at_ms, &begins).await?);
        }
        Ok(lines)
    }

    async fn line_at(&self, tx: &mut Tx, at_ms: i64, begins: &str) -> Result<Option<LedgerLine>, Error> {
        let span = (at_ms - WITHIN_MS, at_ms + WITHIN_MS);
        for head in ledger::heads(tx).await?.iter().filter(|head| head.sequence > 0) {
            let Some(block) = ledger::block_with(tx, head, span, begins, MOST_BLOCKS).await? else {
                continue;
            };
            if let Some(line) = block.entries.lines().find(|line| line.starts_with(begins)) {
                return Ok(Some(LedgerLine {
                    chain: head.chain,
                    sequence: block.sequence,
                    at: self.zone().rfc3339(Timestamp::from_ms(block.at_ms)),
                    line: line.to_owned(),
                    hash: block.hash,
                }));
            }
        }
        Ok(None)
    }

    /// The blocks of one of the ledger's chains in order, as they are hashed.
    ///
    /// # Errors
    /// The chain, limit or cursor is none, or the store failed.
    pub async fn ledger_blocks(
        &self,
        chain: Option<&str>,
        list: &ListQuery,
    ) -> Result<Page<BlockShape>, Error> {
        let chain = chain.map_or(Some(0), |text| text.parse().ok());
        let chain = chain.filter(|chain| (0..ledger::CHAINS).contains(chain));
        let chain = chain.ok_or_else(|| Denied::query("chain", format!("0–{}", ledger::CHAINS - 1)))?;
        let asked = crate::paging::OldestFirst::read(list)?;
        let mut tx = self.db().read().await?;
        let rows = ledger::blocks_after(&mut tx, chain, asked.after, asked.limit + 1).await?;
        Ok(asked.page(rows, |row| row.sequence).map(|row| block_shape(chain, row)))
    }
}

fn asked_district(catalogue: &Catalogue, query: &OpenQuery) -> Result<Option<DistrictCode>, Denied> {
    let Some(text) = query.district.as_deref().filter(|text| !text.is_empty()) else { return Ok(None) };
    let known =
        text.parse().ok().filter(|code| catalogue.season().districts.iter().any(|one| one.code == *code));
    known.map(Some).ok_or_else(|| Denied::query("district", "a district of the season"))
}

fn block_shape(chain: i64, row: BlockRow) -> BlockShape {
    BlockShape {
        chain,
        sequence: row.sequence,
        at_ms: row.at_ms,
        previous: row.previous,
        entries: row.entries,
        hash: row.hash,
    }
}

fn of_tally(row: &SumRow) -> Sum {
    Sum { claimed: row.claimed, redeemed: row.redeemed, government_fen: row.government_fen, ..Sum::default() }
}

/// What every round that has opened gave to the districts: its quotas, or its
/// quantity split by weight.
fn release(sums: &mut Sums, catalogue: &Catalogue, now: Timestamp) {
    let season = catalogue.season();
    let weights: Vec<i64> = season.districts.iter().map(|district| district.weight).collect();
    for round in catalogue.rounds().iter().filter(|round| round.opens_at <= now) {
        let day = season.zone.business_day(round.opens_at);
        let mut add = |district: DistrictCode, released: i64| {
            sums.add(district.number(), day, &Sum { released, ..Sum::default() });
        };
        if round.quotas.is_empty() {
            let parts = apportion(round.quantity, &weights);
            season.districts.iter().zip(parts).for_each(|(district, part)| add(district.code, part));
        } else {
            round.quotas.iter().for_each(|quota| add(quota.district, quota.quantity));
        }
    }
}
