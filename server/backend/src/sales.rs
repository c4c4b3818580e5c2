//! What a merchant redeemed, and what may be done about it.

use crate::paging::{Cursor, page};
use crate::reversal::{judge, own};
use crate::store::redemption::{self, RedemptionRow};
use crate::store::sale::{self, SaleRow};
use crate::{Backend, Caller, Error, StoreError};
use domain::shapes::{BureauSale, Page, RecentSale, RefundPreview, SaleShape};
use domain::{
    Day, Denied, DistrictCode, Fen, ListQuery, MerchantId, Permission, RedemptionId, RefundLimits,
    ReverseRefused, SalesQuery, TillId, Timestamp, undo_until,
};

/// So many of a merchant's redemptions its till shows.
const RECENT: i64 = 20;

impl Backend {
    /// The redemptions of the caller's merchant, newest first.
    ///
    /// # Errors
    /// The caller belongs to no merchant, or limit or cursor is none.
    pub async fn redemptions(&self, caller: &Caller, query: &ListQuery) -> Result<Page<SaleShape>, Error> {
        caller.require(Permission::Redeem)?;
        let cursor = Cursor::newest_first(query)?;
        let merchant = caller.merchant_id.ok_or(Denied::WrongRole)?;
        let mut tx = self.db().read().await?;
        let before = RedemptionId(cursor.before);
        let rows = sale::of_merchant(&mut tx, merchant, before, cursor.limit + 1).await?;
        let shapes = rows.iter().map(|row| self.sale_shape(row)).collect::<Result<Vec<_>, _>>()?;
        Ok(page(shapes, &cursor, |shape| shape.redemption.redemption_id.0))
    }

    /// The redemptions of a business day, newest first: of every merchant, or
    /// of those in the district of a district officer.
    ///
    /// # Errors
    /// The caller may not see them, or a parameter is none.
    pub async fn bureau_sales(&self, caller: &Caller, query: &SalesQuery) -> Result<Page<BureauSale>, Error> {
        caller.require(Permission::SeeStats)?;
        let today = || self.zone().business_day(self.now());
        let day = query.day.as_deref().map_or_else(|| Ok(today()), str::parse::<Day>);
        let day = day.map_err(|error| Denied::query("day", error))?;
        let list = ListQuery { limit: query.limit.clone(), cursor: query.cursor.clone() };
        let cursor = Cursor::newest_first(&list)?;
        let district = caller.confined_to().map_or(0, DistrictCode::number);
        let mut tx = self.db().read().await?;
        let before = RedemptionId(cursor.before);
        let rows = sale::of_day(&mut tx, (day, district), before, cursor.limit + 1).await?;
        let catalogue = self.catalogue();
        let shape = |named: &SaleRow| {
            let merchant = catalogue.merchant(MerchantId(named.row.merchant_id));
            Ok(BureauSale {
                merchant_name: merchant.map(|merchant| merchant.name.clone()).unwrap_or_default(),
                merchant_name_en: merchant.map(|merchant| merchant.name_en.clone()).unwrap_or_default(),
                district: DistrictCode::try_from(named.row.district).map_err(StoreError::corrupt)?,
                sale: self.sale_shape(named)?,
            })
        };
        let shapes = rows.iter().map(shape).collect::<Result<Vec<_>, StoreError>>()?;
        Ok(page(shapes, &cursor, |shape| shape.sale.redemption.redemption_id.0))
    }

    /// The last twenty redemptions of the caller's merchant, newest first, and
    /// which of them the caller may undo.
    ///
    /// # Errors
    /// The caller belongs to no merchant.
    pub async fn recent_sales(&self, caller: &Caller) -> Result<Vec<RecentSale>, Error> {
        caller.require(Permission::Redeem)?;
        let merchant = caller.merchant_id.ok_or(Denied::WrongRole)?;
        let now = self.now();
        let mut tx = self.db().read().await?;
        let rows = redemption::of_merchant(&mut tx, merchant, RedemptionId(i64::MAX), RECENT).await?;
        let Some(oldest) = rows.last() else { return Ok(Vec::new()) };
        let orders = redemption::orders_of(&mut tx, merchant, RedemptionId(oldest.redemption_id)).await?;
        let sale = |row: &RedemptionRow| {
            let until = undo_until(Timestamp::from_ms(row.redeemed_at_ms));
            let mine = row.clerk_id == caller.account_id.0 && row.refunded_fen < row.order_fen && now < until;
            Ok(RecentSale {
                redemption: self.redemption_shape(row)?,
                order_id: RedemptionId(orders.get(&row.redemption_id).copied().unwrap_or(row.redemption_id)),
                undo_until_ms: mine.then_some(until.ms()),
            })
        };
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
    pub async fn redemption(&self, caller: &Caller, id: RedemptionId) -> Result<SaleShape, Error> {
        caller.require(Permission::Redeem)?;
        let mut tx = self.db().read().await?;
        let named = sale::get(&mut tx, id).await?;
        let own = named.filter(|named| Some(MerchantId(named.row.merchant_id)) == caller.merchant_id);
        Ok(self.sale_shape(&own.ok_or(Denied::NotFound)?)?)
    }

    fn sale_shape(&self, named: &SaleRow) -> Result<SaleShape, StoreError> {
        Ok(SaleShape {
            redemption: self.redemption_shape(&named.row)?,
            clerk_name: named.clerk_name.clone(),
            till_id: named.row.till_id.map(TillId),
            till_name: named.till_name.clone(),
        })
    }
}
