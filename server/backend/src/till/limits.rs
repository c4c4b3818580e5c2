//! The limits of a business day: of a resident at an outlet and at a merchant,
//! and of a merchant under review.

use super::{Judged, Till};
use crate::store::redemption::{self, OutletUse};
use crate::store::resident_use::{self, ResidentUse};
use crate::store::voucher::VoucherRow;
use crate::store::{Tx, merchant_use};
use crate::{Backend, Error};
use domain::{Fen, RedeemRefused};

impl Backend {
    /// Refuses what the resident's day at the outlet, or at its merchant, leaves
    /// no room for.
    pub(crate) async fn check_residents_day(
        &self,
        tx: &mut Tx,
        held: &VoucherRow,
        judged: &Judged,
        till: &Till,
    ) -> Result<(), Error> {
        let business_day = &self.zone().business_day(till.now).to_string();
        let (account_id, campaign_id) = (held.account_id, held.campaign_id);
        let outlet_id = till.outlet.id.0;
        let at_outlet = OutletUse { account_id, campaign_id, outlet_id, business_day };
        let limit = judged.per_outlet_day;
        if redemption::used_at_outlet(tx, &at_outlet).await? >= limit {
            return Err(RedeemRefused::OutletLimitReached { limit }.into());
        }
        let Some(limit) = judged.per_merchant_day else { return Ok(()) };
        let merchant_id = till.outlet.merchant_id.0;
        let at_merchant = ResidentUse { account_id, campaign_id, merchant_id, business_day };
        if resident_use::used(tx, &at_merchant).await? >= limit {
            return Err(RedeemRefused::MerchantLimitReached { limit }.into());
        }
        Ok(())
    }

    /// Refuses what would not fit the day of a merchant under review, after so
    /// many redemptions and their subsidies of the same order.
    pub(crate) async fn check_daily_cap(
        &self,
        tx: &mut Tx,
        judged: &Judged,
        till: &Till,
        (count, before): (i64, Fen),
    ) -> Result<(), Error> {
        let Some(cap) = judged.cap else { return Ok(()) };
        let business_day = self.zone().business_day(till.now).to_string();
        let today = merchant_use::Day { merchant_id: till.outlet.merchant_id.0, business_day: &business_day };
        let (redeemed, subsidized) = merchant_use::of(tx, &today).await?;
        let subsidy = before.plus(judged.subsidy());
        if subsidy.is_some_and(|subsidy| cap.admits(redeemed + count, subsidized, subsidy)) {
            Ok(())
        } else {
            Err(RedeemRefused::DailyCapReached { cap }.into())
        }
    }
}
