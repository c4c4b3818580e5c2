//! What a merchant redeemed, and what may be done about it.

use crate::paging::{Cursor, page};
use crate::reversal::{judge, own};
use crate::store::redemption::{self, RedemptionRow};
use crate::{Backend, Caller, Error, StoreError};
use domain::shapes::{Page, RecentSale, RedemptionShape, RefundPreview};
use domain::{
    Denied, Fen, ListQuery, Permission, RedemptionId, RefundLimits, ReverseRefused, Timestamp, undo_until,
};

/// So many of a merchant's redemptions its till shows.
const RECENT: i64 = 20;

impl Backend {
    /// The redemptions of the caller's merchant, newest first.
    ///
    /// # Errors
    /// The caller belongs to no merchant, or limit or cursor is none.
    pub async fn redemptions(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Page<RedemptionShape>, Error> {
        caller.require(Permission::Redeem)?;
        let cursor = Cursor::newest_first(query)?;
        let rows = self.merchants_rows(caller, RedemptionId(cursor.before), cursor.limit + 1).await?;
        let shapes = rows.iter().map(|row| self.redemption_shape(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(page(shapes, &cursor, |shape| shape.redemption_id.0))
    }

    /// The last twenty redemptions of the caller's merchant, newest first, and
    /// which of them the caller may undo.
    ///
    /// # Errors
    /// The caller belongs to no merchant.
    pub async fn recent_sales(&self, caller: &Caller) -> Result<Vec<RecentSale>, Error> {
        caller.require(Permission::Redeem)?;
        let now = self.now();
        let sale = |row: &RedemptionRow| {
            let until = undo_until(Timestamp::from_ms(row.redeemed_at_ms));
            let mine = row.clerk_id == caller.account_id.0 && row.refunded_fen < row.order_fen && now < until;
            let undo_until_ms = mine.then_some(until.ms());
            Ok(RecentSale { redemption: self.redemption_shape(row)?, undo_until_ms })
        };
        let rows = self.merchants_rows(caller, RedemptionId(i64::MAX), RECENT).await?;
        Ok(rows.iter().map(sale).collect::<Result<Vec<_>, StoreError>>()?)
    }

    /// What a refund would do; of all that is left without an amount. It
    /// changes nothing.
    ///
    /// # Errors
    /// The refund would be refused, but for the limit of a day.
    pub async fn preview_refund(
        &self,
        caller: &Caller,
        id: RedemptionId,
        refund: Option<Fen>,
    ) -> Result<RefundPreview, Error> {
        caller.require(Permission::Reverse)?;
        let mut tx = self.db().read().await?;
        let read = own(&mut tx, caller, id).await?;
        let judged = judge(&read, refund)?;
        let limits =
            self.refund_limits(caller).filter(|of| refund.is_some_and(|refund| refund > of.each_fen));
        if let Some(RefundLimits { each_fen: limit, .. }) = limits {
            return Err(ReverseRefused::AboveLimit { limit }.into());
        }
        Ok(RefundPreview {
            redemption: self.redemption_shape(&read)?,
            refundable_fen: judged.refundable,
            refund_fen: judged.refund,
            subsidy_back_fen: judged.subsidy_back,
            resident_refund_fen: judged.refund.less(judged.subsidy_back),
        })
    }

    /// One redemption of the caller's merchant.
    ///
    /// # Errors
    /// It is not their merchant's.
    pub async fn redemption(&self, caller: &Caller, id: RedemptionId) -> Result<RedemptionShape, Error> {
        caller.require(Permission::Redeem)?;
        let mut tx = self.db().read().await?;
        Ok(self.redemption_shape(&own(&mut tx, caller, id).await?)?)
    }

    async fn merchants_rows(
        &self,
        caller: &Caller,
        before: RedemptionId,
        limit: i64,
    ) -> Result<Vec<RedemptionRow>, Error> {
        let merchant = caller.merchant_id.ok_or(Denied::WrongRole)?;
        let mut tx = self.db().read().await?;
        Ok(redemption::of_merchant(&mut tx, merchant, before, limit).await?)
    }
}
