//! Statements: what a merchant is owed, by outlet and business day or week.

use crate::balances::Balance;
use crate::paging;
use crate::store::statement::{self, Earned, RedeemedRow, ReversedRow};
use crate::store::{Tx, ledger};
use crate::{Backend, Caller, Error, StoreError};
use domain::shapes::{LedgerAgreement, LedgerHead, Statement, StatementLine, StatementSums};
use domain::{Day, Denied, Fen, MerchantId, OutletId, Permission, StatementBy, StatementQuery, Timestamp};
use std::collections::BTreeMap;

/// The longest range of business days.
const MAX_DAYS: i64 = 366;

/// What a query asks, read.
struct Asked {
    merchant: MerchantId,
    by: StatementBy,
    from: Day,
    to: Day,
    outlet: Option<OutletId>,
}

/// The figures of one line, in fen and counts.
#[derive(Clone, Copy, Debug, Default)]
struct Amounts {
    redemptions: i64,
    order: i64,
    discount: i64,
    subsidy: i64,
    government: i64,
    reversals: i64,
    refunded: i64,
    subsidy_back: i64,
    government_back: i64,
}

/// The lines by their first day and outlet.
type Lines = BTreeMap<(Day, i64), Amounts>;

/// What one state of the database says.
struct Read {
    lines: Lines,
    opening: Earned,
    ever: Earned,
    balance: Balance,
    head: LedgerHead,
}

impl Backend {
    /// A page of the statement of the caller's merchant.
    ///
    /// # Errors
    /// The caller may not see it, or the query is none.
    pub async fn statement(&self, caller: &Caller, query: &StatementQuery) -> Result<Statement, Error> {
        caller.require(Permission::SeeStatements)?;
        let limit = usize::try_from(paging::limit(query.limit.as_deref())?).unwrap_or(usize::MAX);
        let after = query.cursor.as_deref().map(read_cursor).transpose()?;
        let mut statement = self.whole_statement(caller, query).await?;
        let place = |line: &StatementLine| (line.from.clone(), line.outlet_id.0);
        if let Some(after) = after {
            statement.items.retain(|line| place(line) > after);
        }
        let more = statement.items.len() > limit;
        statement.items.truncate(limit);
        let last = statement.items.last().filter(|_| more).map(place);
        statement.next_cursor = last.map(|(day, outlet)| format!("{day}.{outlet}"));
        Ok(statement)
    }

    /// The whole statement of the caller's merchant, for tables.
    ///
    /// # Errors
    /// As of [`Backend::statement`].
    pub async fn whole_statement(&self, caller: &Caller, query: &StatementQuery) -> Result<Statement, Error> {
        let asked = self.read_asked(caller, query)?;
        let catalogue = self.catalogue();
        let merchant = catalogue.merchant(asked.merchant).ok_or(Denied::NotFound)?;
        let read = self.read_statement(&asked).await?;
        let now = self.now();
        let total = read.lines.values().fold(Amounts::default(), |sum, line| sum.plus(line));
        let lines = read.lines.iter().map(|(place, amounts)| self.line(&asked, *place, amounts, now));
        Ok(Statement {
            merchant_id: asked.merchant,
            merchant_name: merchant.name.clone(),
            merchant_name_en: merchant.name_en.clone(),
            by: asked.by,
            from: asked.from.to_string(),
            to: asked.to.to_string(),
            outlet: asked.outlet,
            as_of: self.zone().rfc3339(now),
            items: lines.collect::<Result<_, _>>()?,
            next_cursor: None,
            opening_fen: read.opening.government_fen,
            closing_fen: read.opening.government_fen + total.payable(),
            total: total.shape()?,
            ledger: agreement(&read),
        })
    }

    /// Reads rows and ledger in one state of the database. The balances are
    /// held meanwhile, so that nobody reads them on past what is seen here.
    async fn read_statement(&self, asked: &Asked) -> Result<Read, Error> {
        let mut balances = self.balances().lock().await;
        let mut tx = self.db().read().await?;
        let heads = ledger::heads(&mut tx).await?;
        balances.follow(&mut tx, &heads).await?;
        let balance = balances.of(asked.merchant);
        drop(balances);
        let (merchant, zone) = (asked.merchant, self.zone());
        let outlet = asked.outlet.map_or(0, |outlet| outlet.0);
        Ok(Read {
            lines: self.lines(&mut tx, asked).await?,
            opening: statement::earned_before(&mut tx, merchant, outlet, asked.from, zone).await?,
            ever: statement::earned_before(&mut tx, merchant, 0, Day::LAST, zone).await?,
            balance,
            head: self.head_of(&heads)?,
        })
    }

    async fn lines(&self, tx: &mut Tx, asked: &Asked) -> Result<Lines, StoreError> {
        let (range, zone) = ((asked.from, asked.to), self.zone());
        let mut lines = Lines::new();
        let mut add = |day: Day, outlet: i64, amounts: Amounts| {
            if asked.outlet.is_none_or(|only| only.0 == outlet) {
                let line = lines.entry((asked.by.line_of(day).0, outlet)).or_default();
                *line = line.plus(&amounts);
            }
        };
        for row in statement::redeemed(tx, asked.merchant, range).await? {
            let day = row.business_day.parse().map_err(StoreError::corrupt)?;
            add(day, row.outlet_id, Amounts::redeemed(&row));
        }
        for row in statement::reversed(tx, asked.merchant, range, zone).await? {
            add(zone.numbered_business_day(row.day_number), row.outlet_id, Amounts::reversed(&row));
        }
        Ok(lines)
    }

    fn line(
        &self,
        asked: &Asked,
        (from, outlet): (Day, i64),
        amounts: &Amounts,
        now: Timestamp,
    ) -> Result<StatementLine, Error> {
        let catalogue = self.catalogue();
        let known = catalogue.outlet(OutletId(outlet));
        let to = asked.by.line_of(from).1;
        Ok(StatementLine {
            outlet_id: OutletId(outlet),
            outlet_name: known.map(|outlet| outlet.name.clone()).unwrap_or_default(),
            outlet_name_en: known.map(|outlet| outlet.name_en.clone()).unwrap_or_default(),
            from: from.to_string(),
            to: to.to_string(),
            closed: self.zone().business_day(now) > to,
            sums: amounts.shape()?,
        })
    }

    fn read_asked(&self, caller: &Caller, query: &StatementQuery) -> Result<Asked, Error> {
        caller.require(Permission::SeeStatements)?;
        let merchant = caller.merchant_id.ok_or(Denied::WrongRole)?;
        let by = query.by.as_deref().map_or(Ok(StatementBy::Day), str::parse);
        let by = by.map_err(|error| Denied::query("by", error))?;
        let day = |field: &str, text: &Option<String>| {
            let day = text.as_deref().map(str::parse::<Day>).transpose();
            day.map_err(|error| Denied::query(field, error))
        };
        let today = self.zone().business_day(self.now());
        let from = day("from", &query.from)?.unwrap_or(today.monday());
        let to = day("to", &query.to)?.unwrap_or(from.sunday());
        if from.until(to) < 0 {
            return Err(Denied::query("to", format!("≥ {from}")).into());
        }
        if from.until(to) >= MAX_DAYS {
            return Err(Denied::query("from", format!("≤ {MAX_DAYS} days")).into());
        }
        let catalogue = self.catalogue();
        let own = |id: &OutletId| catalogue.outlet(*id).is_some_and(|outlet| outlet.merchant_id == merchant);
        let outlet = query.outlet.as_deref().map(|text| {
            let id = text.parse().ok().filter(own);
            id.ok_or_else(|| Denied::query("outlet", "an outlet of your own merchant"))
        });
        let (from, to) = (by.line_of(from).0, by.line_of(to).1);
        Ok(Asked { merchant, by, from, to, outlet: outlet.transpose()? })
    }
}

/// `2021-06-18.7`: behind the line of that day and outlet.
fn read_cursor(text: &str) -> Result<(String, i64), Denied> {
    let read = || {
        let (day, outlet) = text.split_once('.')?;
        Some((day.parse::<Day>().ok()?.to_string(), outlet.parse().ok()?))
    };
    read().ok_or_else(|| Denied::query("cursor", "next_cursor of the page before"))
}

/// Whether what the lines add up to is what the ledger has.
fn agreement(read: &Read) -> LedgerAgreement {
    let Balance { payable_fen, paid_fen, borne_fen } = read.balance;
    let borne = read.ever.subsidy_fen - read.ever.government_fen;
    LedgerAgreement {
        sequence: read.head.sequence,
        hash: read.head.hash.clone(),
        payable_fen,
        paid_fen,
        borne_fen,
        statement_fen: read.ever.government_fen,
        agrees: read.ever.government_fen == payable_fen + paid_fen && borne == borne_fen,
    }
}

impl Amounts {
    fn redeemed(row: &RedeemedRow) -> Amounts {
        Amounts {
            redemptions: row.redemptions,
            order: row.order_fen,
            discount: row.merchant_discount_fen,
            subsidy: row.subsidy_fen,
            government: row.government_fen,
            ..Amounts::default()
        }
    }

    fn reversed(row: &ReversedRow) -> Amounts {
        Amounts {
            reversals: row.reversals,
            refunded: row.refunded_fen,
            subsidy_back: row.subsidy_back_fen,
            government_back: row.government_back_fen,
            ..Amounts::default()
        }
    }

    fn plus(&self, other: &Amounts) -> Amounts {
        Amounts {
            redemptions: self.redemptions + other.redemptions,
            order: self.order + other.order,
            discount: self.discount + other.discount,
            subsidy: self.subsidy + other.subsidy,
            government: self.government + other.government,
            reversals: self.reversals + other.reversals,
            refunded: self.refunded + other.refunded,
            subsidy_back: self.subsidy_back + other.subsidy_back,
            government_back: self.government_back + other.government_back,
        }
    }

    fn payable(&self) -> i64 {
        self.government - self.government_back
    }

    fn shape(&self) -> Result<StatementSums, StoreError> {
        let fen = |amount: i64| Fen::try_from(amount).map_err(StoreError::corrupt);
        let (merchant, merchant_back) =
            (self.subsidy - self.government, self.subsidy_back - self.government_back);
        Ok(StatementSums {
            redemptions: self.redemptions,
            order_fen: fen(self.order)?,
            merchant_discount_fen: fen(self.discount)?,
            subsidy_fen: fen(self.subsidy)?,
            government_fen: fen(self.government)?,
            merchant_fen: fen(merchant)?,
            reversals: self.reversals,
            refunded_fen: fen(self.refunded)?,
            subsidy_back_fen: fen(self.subsidy_back)?,
            government_back_fen: fen(self.government_back)?,
            merchant_back_fen: fen(merchant_back)?,
            payable_fen: self.payable(),
            borne_fen: merchant - merchant_back,
        })
    }
}
