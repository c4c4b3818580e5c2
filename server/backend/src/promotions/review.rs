//! The bureau's review of promotions: the oldest first, a district officer
//! those of her district alone.

use super::{approved, hash, latest, take_back};
use crate::audit::{self, Deed};
use crate::once::{Begun, Done};
use crate::store::promotion::{self, LifeRow};
use crate::store::{Tx, catalogue};
use crate::{Backend, Caller, Error, StoreError, paging};
use domain::shapes::{DifferenceShape, OwnPromotion, Page, WaitingPromotion};
use domain::{
    AuditAction, AuditThing, Denied, DistrictCode, IdempotencyKey, ListQuery, MerchantId, Permission,
    PromotionDraft, PromotionId, PromotionRefused, PromotionState, PromotionStep, Timestamp,
};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;

/// The most characters of a reason.
const MAX_REASON: usize = 200;

/// What the bureau decides.
#[derive(Clone, Debug, Serialize)]
pub enum Verdict {
    /// It appears: at once, or at the time that the merchant named.
    Approve,
    /// It goes back, with what is to be mended.
    Return(String),
}

impl Backend {
    /// The promotions that wait, the oldest first. A district officer sees those
    /// whose outlets all lie in her district; the others are the city's.
    ///
    /// # Errors
    /// The caller may not, or limit or cursor is none.
    pub async fn waiting_promotions(
        &self,
        caller: &Caller,
        query: &ListQuery,
    ) -> Result<Page<WaitingPromotion>, Error> {
        let district = reviewer(caller)?;
        let cursor = paging::Forward::oldest_first(query)?;
        let mut tx = self.db().read().await?;
        let rows = promotion::waiting(&mut tx, district, (cursor.after, cursor.limit + 1)).await?;
        let page = paging::forward_page(rows, &cursor, |row| row.submission.unwrap_or_default());
        let mut items = Vec::with_capacity(page.items.len());
        for row in &page.items {
            items.push(self.waiting_shape(&mut tx, row).await?);
        }
        Ok(Page { items, next_cursor: page.next_cursor })
    }

    pub(crate) async fn waiting_shape(
        &self,
        tx: &mut Tx,
        row: &LifeRow,
    ) -> Result<WaitingPromotion, StoreError> {
        let draft = latest(tx, row).await?;
        let before = match row.life()?.revision {
            Some(_) => approved(tx, row).await?,
            None => None,
        };
        let differences = before.map(|before| draft.differences(&before)).unwrap_or_default();
        let difference = |(field, before, after)| DifferenceShape { field, before, after };
        let catalogue = self.catalogue();
        let merchant = catalogue.merchant(MerchantId(row.merchant_id));
        let merchant = merchant.ok_or_else(|| StoreError::corrupt("a promotion of no merchant"))?;
        let since = Timestamp::from_ms(row.submitted_at_ms.unwrap_or_default());
        Ok(WaitingPromotion {
            promotion: self.own_shape(row, &draft)?,
            merchant_name: merchant.name.clone(),
            merchant_name_en: merchant.name_en.clone(),
            kind: merchant.kind.clone(),
            districts: self.districts_of(&draft),
            waiting_s: since.until(self.now()).max(0) / 1000,
            differences: differences.into_iter().map(difference).collect(),
        })
    }

    fn districts_of(&self, draft: &PromotionDraft) -> Vec<DistrictCode> {
        let catalogue = self.catalogue();
        let outlets = draft.form.outlets.iter().filter_map(|outlet| catalogue.outlet(*outlet));
        outlets.map(|outlet| outlet.district).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Decides on a promotion that waits, in the version that was looked at.
    ///
    /// # Errors
    /// The caller may not, it does not wait for them, it was changed since, or
    /// it cannot appear any more as it is.
    pub async fn review_promotion(
        &self,
        caller: &Caller,
        id: PromotionId,
        (version, verdict): (i64, &Verdict),
        key: &IdempotencyKey,
    ) -> Result<Done<OwnPromotion>, Error> {
        let district = reviewer(caller)?;
        let reason = match verdict {
            Verdict::Approve => None,
            Verdict::Return(reason) => Some(reason_of(reason)?),
        };
        let request_hash = hash("review", Some(id), &(version, verdict))?;
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let mut row = reviewed(&mut tx, id, district, version).await?;
        let (draft, from) = (latest(&mut tx, &row).await?, row.life()?.state);
        let appears = match reason {
            None => self.approve(&mut tx, &mut row, &draft, caller).await?,
            Some(reason) => {
                let next = row.life()?.after(PromotionStep::Return)?;
                take_back(&mut row);
                row.reason = Some(reason);
                row.set_life(next);
                self.write_step(&mut tx, &mut row, PromotionStep::Return, caller.account_id).await?;
                false
            }
        };
        let deed = Deed::new(AuditAction::ReviewPromotion, AuditThing::Promotion, id.0);
        let old = json!({ "state": from, "version": version });
        let new = json!({ "state": row.life()?.state, "version": row.version, "reason": row.reason });
        audit::record(self, &mut tx, caller, deed, (Some(&old), Some(&new))).await?;
        let answer = self.own_shape(&row, &draft)?;
        let done = self.finish_once(tx, caller, key, answer).await?;
        if appears {
            self.reload().await?;
        }
        Ok(done)
    }

    /// Lets a promotion or its revision appear, at once or later; whether it is
    /// at once.
    async fn approve(
        &self,
        tx: &mut Tx,
        row: &mut LifeRow,
        draft: &PromotionDraft,
        caller: &Caller,
    ) -> Result<bool, Error> {
        let ready = self.ready(row, draft).map_err(|faults| PromotionRefused::Incomplete { faults })?;
        let life = row.life()?;
        let later = ready.publish_at.filter(|at| *at > self.now() && life.state == PromotionState::InReview);
        let step = if later.is_some() { PromotionStep::ApproveForLater } else { PromotionStep::Approve };
        let next = life.after(step)?;
        take_back(row);
        row.publish_at_ms = later.map(Timestamp::ms);
        row.set_life(next);
        if later.is_none() {
            row.set_draft(None)?;
            row.published_at_ms = row.published_at_ms.or(Some(self.now().ms()));
        }
        // First the row: whoever comes second finds another version, and puts nothing.
        self.write_step(tx, row, step, caller.account_id).await?;
        if later.is_none() {
            catalogue::put_promotion(tx, &ready.promotion).await?;
            catalogue::changed(tx).await?;
        }
        Ok(later.is_none())
    }
}

/// The only district whose promotions a caller reviews; `None` means all.
pub(super) fn reviewer(caller: &Caller) -> Result<Option<DistrictCode>, Denied> {
    caller.require(Permission::ReviewPromotions)?;
    Ok(caller.confined_to())
}

/// The row of a promotion that waits for this reviewer; any other is as none.
async fn reviewed(
    tx: &mut Tx,
    id: PromotionId,
    district: Option<DistrictCode>,
    version: i64,
) -> Result<LifeRow, Error> {
    let row = promotion::get(tx, id).await?.ok_or(Denied::NotFound)?;
    if district.is_some_and(|district| district.number() != row.district) {
        return Err(Denied::NotFound.into());
    }
    // What does not wait is told by the step that it cannot take.
    if row.life()?.is_in_review() && row.version != version {
        return Err(PromotionRefused::ChangedMeanwhile.into());
    }
    Ok(row)
}

/// Why it goes back.
pub(super) fn reason_of(reason: &str) -> Result<String, Denied> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > MAX_REASON {
        return Err(Denied::field("reason", format!("1–{MAX_REASON}")));
    }
    Ok(reason.to_owned())
}
