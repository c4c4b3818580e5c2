//! The rules' look at a business day that is over.

use super::Evidence;
use crate::store::risk::{self, LookedRow, NewCase};
use crate::store::{Tx, people};
use crate::{Backend, Error, StoreError};
use domain::{
    AccountId, CampaignId, Day, Fen, MerchantId, Outlet, OutletId, RedemptionId, RiskFound, RiskLooked,
    RiskSignal, Timestamp, VoucherId, look_for_risk,
};

impl Backend {
    /// Looks at the redemptions of every business day that is over and was not
    /// looked at, and opens a case for what the rules find; how many. Any node
    /// may call it at any time: a day is looked at once, so what tills without
    /// a network send later is not.
    ///
    /// # Errors
    /// The store failed.
    pub async fn look_for_risk(&self) -> Result<usize, Error> {
        let mut tx = self.db().read().await?;
        let looked = risk::looked_days(&mut tx).await?;
        drop(tx);
        let (season, now) = (self.catalogue().season().clone(), self.now());
        let over = self.zone().business_day(now).previous().min(season.ends_on.next());
        let (mut day, mut opened) = (season.starts_on, 0);
        while day <= over {
            if !looked.contains(&day.to_string()) {
                opened += self.look_at(day, now).await?;
            }
            day = day.next();
        }
        Ok(opened)
    }

    async fn look_at(&self, day: Day, now: Timestamp) -> Result<usize, Error> {
        let catalogue = self.catalogue();
        let mut cases = Vec::new();
        for merchant in catalogue.merchants() {
            // One short transaction for each: nobody waits for the whole city.
            let mut tx = self.db().read().await?;
            cases.extend(self.found_at(&mut tx, merchant.id, day, now).await?);
            cases.extend(self.reversed_at(&mut tx, merchant.id, day, now).await?);
        }
        let mut tx = self.db().write().await?;
        if !risk::begin_look(&mut tx, day, now).await? {
            return Ok(0);
        }
        for case in &cases {
            risk::open(&mut tx, case).await?;
        }
        tx.commit().await?;
        Ok(cases.len())
    }

    async fn found_at(
        &self,
        tx: &mut Tx,
        merchant: MerchantId,
        day: Day,
        now: Timestamp,
    ) -> Result<Vec<NewCase>, Error> {
        let rows = risk::looked(tx, merchant, day).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let people: Vec<_> = people::accounts_of(tx, merchant).await?.into_iter().map(AccountId).collect();
        let mut cases = Vec::new();
        for outlet in self.catalogue().outlets_of(merchant) {
            let rows: Vec<_> = rows.iter().filter(|row| row.outlet_id == outlet.id.0).collect();
            let looked = rows.iter().map(|row| self.looked(row)).collect::<Result<Vec<_>, _>>()?;
            for found in look_for_risk(&looked, &people, &outlet.hours, self.zone()) {
                cases.extend(case(&rows, &found, outlet, now)?);
            }
        }
        Ok(cases)
    }

    /// What was refunded on a day after a batch had settled it: a case each.
    async fn reversed_at(
        &self,
        tx: &mut Tx,
        merchant: MerchantId,
        day: Day,
        now: Timestamp,
    ) -> Result<Vec<NewCase>, Error> {
        let (zone, catalogue) = (self.zone(), self.catalogue());
        let span = (zone.business_day_starts(day), zone.business_day_starts(day.next()));
        let rows = risk::settled_reversals(tx, merchant, span).await?;
        let mut cases = Vec::new();
        for row in rows {
            let Some(outlet) = catalogue.outlet(OutletId(row.outlet_id)) else { continue };
            let evidence = Evidence::Settled {
                redemption_id: row.redemption_id,
                at_ms: row.redeemed_at_ms,
                order_fen: row.order_fen,
                reversed_at_ms: row.reversed_at_ms,
                refund_fen: row.refund_fen,
            };
            let of = (row.redemption_id, row.voucher_id);
            cases.push(new_case(RiskSignal::ReversalAfterSettlement, of, &evidence, (outlet, now))?);
        }
        Ok(cases)
    }

    fn looked(&self, row: &LookedRow) -> Result<RiskLooked, StoreError> {
        let catalogue = self.catalogue();
        let terms = catalogue.campaign(CampaignId(row.campaign_id));
        let terms = terms.ok_or_else(|| StoreError::corrupt("a redemption of no campaign"))?;
        Ok(RiskLooked {
            redemption: RedemptionId(row.redemption_id),
            holder: AccountId(row.account_id),
            clerk: AccountId(row.clerk_id),
            at: Timestamp::from_ms(row.redeemed_at_ms),
            order: Fen::try_from(row.order_fen).map_err(StoreError::corrupt)?,
            voucher: match row.government_fen {
                0 => Fen::ZERO,
                _ => Fen::try_from(row.subsidy_fen).map_err(StoreError::corrupt)?,
            },
            threshold: terms.benefit.threshold(),
            till_since: row.enrolled_at_ms.map(Timestamp::from_ms),
        })
    }
}

/// The case of what was found among an outlet's rows.
fn case(
    rows: &[&LookedRow],
    found: &RiskFound,
    outlet: &Outlet,
    now: Timestamp,
) -> Result<Option<NewCase>, StoreError> {
    let Some(row) = rows.iter().find(|row| row.redemption_id == found.redemption.0) else { return Ok(None) };
    let (seen, of) = found.seen;
    let evidence = Evidence::Redemption {
        redemption_id: row.redemption_id,
        at_ms: row.redeemed_at_ms,
        order_fen: row.order_fen,
        seen,
        of,
    };
    let of = (row.redemption_id, row.voucher_id);
    Ok(Some(new_case(found.signal, of, &evidence, (outlet, now))?))
}

fn new_case(
    signal: RiskSignal,
    (redemption, voucher): (i64, i64),
    evidence: &Evidence,
    (outlet, now): (&Outlet, Timestamp),
) -> Result<NewCase, StoreError> {
    Ok(NewCase {
        signal,
        merchant_id: outlet.merchant_id.0,
        outlet_id: outlet.id.0,
        district: outlet.district,
        voucher: Some(VoucherId(voucher)),
        redemption_id: Some(redemption),
        evidence: serde_json::to_string(evidence).map_err(StoreError::corrupt)?,
        party: None,
        at: now,
    })
}
