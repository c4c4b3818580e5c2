//! What people see of batches.

use super::steps::seen_by;
use super::told::totals_shape;
use crate::paging::{Cursor, OldestFirst, page};
use crate::store::Tx;
use crate::store::settlement::rows::{self, MerchantRow, TotalsRow};
use crate::store::settlement::{self as store, BatchRow, lines, results, steps};
use crate::{Backend, Caller, Error, StoreError, paging};
use domain::shapes::{
    OwnSettlement, Page, SettlementItem, SettlementLineShape, SettlementRowShape, SettlementShape,
    SettlementStepShape, SettlementWeek, SettlementWeeks,
};
use domain::{
    AccountId, Denied, DistrictCode, ListQuery, MerchantId, Permission, SettlementLineKind,
    SettlementLineQuery, SettlementState, SettlementStep, Timestamp,
};

/// Steps and bank's results of a batch that are told.
const MOST_STEPS: i64 = 100;
const MOST_RESULTS: i64 = 20;

impl Backend {
    /// Batches, the newest first.
    ///
    /// # Errors
    /// The caller sees none, or limit or cursor is none.
    pub async fn settlements(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Page<SettlementItem>, Error> {
        let only = seen_by(caller)?;
        let cursor = Cursor::newest_first(query)?;
        let mut tx = self.db().read().await?;
        let mut items = Vec::new();
        for row in store::before(&mut tx, cursor.before, cursor.limit + 1).await? {
            items.push(self.settlement_item(&mut tx, &row, only).await?);
        }
        Ok(page(items, &cursor, |item| item.id))
    }

    /// The season's settlement weeks up to this one, the newest first, each
    /// with its batch.
    ///
    /// # Errors
    /// The caller sees none.
    pub async fn settlement_weeks(&self, caller: &Caller) -> Result<SettlementWeeks, Error> {
        let only = seen_by(caller)?;
        let today = self.zone().business_day(self.now());
        let mut tx = self.db().read().await?;
        let made = store::of_weeks(&mut tx).await?;
        let last = made.last().map(|row| row.to_day.as_str());
        let none_open = store::open(&mut tx).await?.is_none();
        let (mut items, mut from) = (Vec::new(), self.catalogue().season().starts_on.monday());
        // A year of weeks: no season is longer.
        while from <= today && items.len() < 53 {
            let to = from.sunday();
            let row = made.iter().find(|row| row.to_day == to.to_string());
            let settlement = match row {
                Some(row) => Some(self.settlement_item(&mut tx, row, only).await?),
                None => None,
            };
            let over = to < today;
            let later = last.is_none_or(|last| last < to.to_string().as_str());
            let may_make = over && later && none_open && caller.may(Permission::MakeSettlement);
            items.push(SettlementWeek {
                from: from.to_string(),
                to: to.to_string(),
                over,
                may_make,
                settlement,
            });
            from = to.next();
        }
        items.reverse();
        Ok(SettlementWeeks { items })
    }

    /// A batch with its steps and the bank's results.
    ///
    /// # Errors
    /// The caller sees none, or there is no such one.
    pub async fn settlement(&self, caller: &Caller, id: i64) -> Result<SettlementShape, Error> {
        let only = seen_by(caller)?;
        let mut tx = self.db().read().await?;
        let row = store::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let item = self.settlement_item(&mut tx, &row, only).await?;
        let district = only.map_or(0, DistrictCode::number);
        let taken = steps::of(&mut tx, id, district, MOST_STEPS).await?;
        let taken = taken.iter().map(|step| self.step_shape(step)).collect::<Result<Vec<_>, _>>()?;
        let brought = match only {
            Some(_) => Vec::new(),
            None => results::of(&mut tx, id, MOST_RESULTS).await?,
        };
        let brought = brought.into_iter().map(|row| self.result_shape(row)).collect::<Result<_, _>>()?;
        let whole = rows::totals(&mut tx, id, 0).await?;
        let may = may(caller, &item, &whole, &taken);
        let open = matches!(row.state.parse(), Ok(SettlementState::Draft | SettlementState::Approved));
        let may_discard = open && caller.may(Permission::MakeSettlement);
        Ok(SettlementShape { item, steps: taken, results: brought, may, may_discard })
    }

    /// The merchants' rows of a batch, by number.
    ///
    /// # Errors
    /// The caller sees none, there is no such batch, or limit or cursor is none.
    pub async fn settlement_rows(
        &self,
        caller: &Caller,
        id: i64,
        query: &ListQuery,
    ) -> Result<Page<SettlementRowShape>, Error> {
        let only = seen_by(caller)?.map_or(0, DistrictCode::number);
        let asked = OldestFirst::read(query)?;
        let mut tx = self.db().read().await?;
        store::get(&mut tx, id).await?.ok_or(Denied::NotFound)?;
        let found = rows::after(&mut tx, id, only, (asked.after, asked.limit + 1)).await?;
        let Page { items, next_cursor } = asked.page(found, |row| row.merchant_id);
        let items = items.iter().map(|row| self.row_shape(row)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }

    /// A merchant's row of a batch.
    ///
    /// # Errors
    /// The caller sees none, or there is no such row for them.
    pub async fn settlement_row(
        &self,
        caller: &Caller,
        id: i64,
        merchant: MerchantId,
    ) -> Result<SettlementRowShape, Error> {
        let mut tx = self.db().read().await?;
        let row = seen_row(&mut tx, caller, id, merchant).await?;
        Ok(self.row_shape(&row)?)
    }

    /// A merchant's lines of a batch, with the withheld ones and why.
    ///
    /// # Errors
    /// The caller sees none, there is no such row for them, or a parameter is
    /// none.
    pub async fn settlement_lines(
        &self,
        caller: &Caller,
        id: i64,
        merchant: MerchantId,
        query: &SettlementLineQuery,
    ) -> Result<Page<SettlementLineShape>, Error> {
        let mut tx = self.db().read().await?;
        seen_row(&mut tx, caller, id, merchant).await?;
        self.lines_of(&mut tx, (id, merchant), query).await
    }

    /// The batches in which the caller's own merchant has a row, the newest
    /// first.
    ///
    /// # Errors
    /// The caller does not see the merchant's statements, or limit or cursor is
    /// none.
    pub async fn own_settlements(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Page<OwnSettlement>, Error> {
        caller.require(Permission::SeeStatements)?;
        let merchant = caller.merchant_id.ok_or(Denied::WrongRole)?;
        let cursor = Cursor::newest_first(query)?;
        let mut tx = self.db().read().await?;
        let mut items = Vec::new();
        for row in rows::of_merchant(&mut tx, merchant, cursor.before, cursor.limit + 1).await? {
            let batch = store::get(&mut tx, row.settlement_id).await?.ok_or(Denied::NotFound)?;
            items.push(self.own_settlement(caller, &batch, &row)?);
        }
        Ok(page(items, &cursor, |item| item.id))
    }

    /// The lines of the caller's own merchant in a batch.
    ///
    /// # Errors
    /// As of [`Backend::own_settlements`]; or the merchant has no row there.
    pub async fn own_settlement_lines(
        &self,
        caller: &Caller,
        id: i64,
        query: &SettlementLineQuery,
    ) -> Result<Page<SettlementLineShape>, Error> {
        caller.require(Permission::SeeStatements)?;
        let merchant = caller.merchant_id.ok_or(Denied::WrongRole)?;
        let mut tx = self.db().read().await?;
        rows::get(&mut tx, id, merchant).await?.ok_or(Denied::NotFound)?;
        self.lines_of(&mut tx, (id, merchant), query).await
    }

    async fn lines_of(
        &self,
        tx: &mut Tx,
        of: (i64, MerchantId),
        query: &SettlementLineQuery,
    ) -> Result<Page<SettlementLineShape>, Error> {
        let limit = paging::limit(query.limit.as_deref())?;
        let kind = query.kind.as_deref().map(str::parse::<SettlementLineKind>).transpose();
        let kind = kind.map_err(|error| Denied::query("kind", error))?.map_or("", SettlementLineKind::code);
        let after = query.cursor.as_deref().map_or(Ok((0, 0)), read_cursor)?;
        let mut found = lines::of_merchant(tx, of, kind, after, limit + 1).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| more);
        let next_cursor = last.map(|line| format!("{}.{}", line.redemption_id, line.reversal_id));
        let items = found.into_iter().map(|line| self.line_shape(line)).collect::<Result<_, _>>()?;
        Ok(Page { items, next_cursor })
    }

    /// A batch as somebody sees it who sees one district alone, or all.
    pub(super) async fn settlement_item(
        &self,
        tx: &mut Tx,
        row: &BatchRow,
        only: Option<DistrictCode>,
    ) -> Result<SettlementItem, StoreError> {
        let whole = rows::totals(tx, row.settlement_id, 0).await?;
        let totals = match only {
            Some(district) => rows::totals(tx, row.settlement_id, district.number()).await?,
            None => whole,
        };
        let stored: SettlementState = row.state.parse().map_err(StoreError::corrupt)?;
        let state = match stored {
            SettlementState::Draft => SettlementState::of_waiting(whole.to_confirm, whole.to_review),
            other => other,
        };
        Ok(SettlementItem {
            id: row.settlement_id,
            from: row.from_day.clone(),
            to: row.to_day.clone(),
            state,
            next_step: state.next_step(),
            totals: totals_shape(&totals)?,
            made_by: AccountId(row.made_by),
            made_at: self.zone().rfc3339(Timestamp::from_ms(row.made_at_ms)),
            hash: row.hash.clone(),
            bank_reference: row.bank_reference.clone(),
        })
    }
}

/// A row that a caller of the bureau may see.
async fn seen_row(tx: &mut Tx, caller: &Caller, id: i64, merchant: MerchantId) -> Result<MerchantRow, Error> {
    let only = seen_by(caller)?;
    let row = rows::get(tx, id, merchant).await?;
    let row = row.filter(|row| only.is_none_or(|only| only.number() == row.district));
    Ok(row.ok_or(Denied::NotFound)?)
}

/// `101.7`: behind the line of that redemption and reversal.
fn read_cursor(text: &str) -> Result<(i64, i64), Denied> {
    let read = || {
        let (redemption, reversal) = text.split_once('.')?;
        Some((redemption.parse().ok()?, reversal.parse().ok()?))
    };
    read().ok_or_else(|| Denied::query("cursor", "next_cursor of the page before"))
}

/// The steps that a caller may take now, by role, by where the rows stand, and by
/// what the caller did to the batch before.
fn may(
    caller: &Caller,
    item: &SettlementItem,
    whole: &TotalsRow,
    taken: &[SettlementStepShape],
) -> Vec<SettlementStep> {
    let reviewed = taken.iter().any(|one| one.step == SettlementStep::Review && one.by == caller.account_id);
    let took_part = reviewed || item.made_by == caller.account_id;
    let waiting = whole.to_confirm + whole.to_review;
    let unapproved =
        matches!(item.state, SettlementState::Draft | SettlementState::Confirmed | SettlementState::Reviewed);
    let now = |step: SettlementStep| match step {
        // An owner confirms a row of their own, which the bureau's pages do not show.
        SettlementStep::Confirm => false,
        SettlementStep::Review => unapproved && item.totals.to_review > 0 && caller.office.is_some(),
        SettlementStep::Approve => unapproved && whole.rows > waiting && !took_part,
        SettlementStep::Export | SettlementStep::Pay => item.next_step == Some(step),
    };
    let steps = SettlementStep::ALL.iter().copied();
    steps.filter(|step| caller.may(step.permission()) && now(*step)).collect()
}
