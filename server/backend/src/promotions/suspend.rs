//! The bureau takes a published promotion down, with a reason that the merchant
//! reads: it goes back to them, and is reviewed anew before it appears again.

use super::review::{reason_of, reviewer};
use super::{hash, latest, take_back};
use crate::audit::{self, Deed};
use crate::catalogue::Catalogue;
use crate::once::{Begun, Done};
use crate::store::{catalogue, promotion};
use crate::{Backend, Caller, Error};
use domain::shapes::OwnPromotion;
use domain::{AuditAction, AuditThing, Denied, DistrictCode, IdempotencyKey, PromotionId, PromotionStep};
use serde_json::json;

impl Backend {
    /// Whether a caller may take a promotion down that everybody sees: the city
    /// any, a district officer one whose outlets all lie in their district.
    #[must_use]
    pub fn may_suspend(&self, caller: &Caller, id: PromotionId) -> bool {
        let catalogue = self.catalogue();
        catalogue.promotion(id).is_some()
            && reviewer(caller).is_ok_and(|district| is_reviewed_by(&catalogue, id, district))
    }

    /// Takes a published promotion down. What was being changed of it stays with
    /// the merchant.
    ///
    /// # Errors
    /// The caller may not, it is not theirs to review, everybody does not see it,
    /// it was changed meanwhile, or the reason is none of 1 to 200 characters.
    pub async fn suspend_promotion(
        &self,
        caller: &Caller,
        id: PromotionId,
        reason: &str,
        key: &IdempotencyKey,
    ) -> Result<Done<OwnPromotion>, Error> {
        let (district, reason) = (reviewer(caller)?, reason_of(reason)?);
        let request_hash = hash("suspend", Some(id), &reason)?;
        let mut tx = match self.begin_once(caller, key, &request_hash).await? {
            Begun::Before(done) => return Ok(done),
            Begun::Now(tx) => tx,
        };
        let row = promotion::get(&mut tx, id).await?;
        let row = row.filter(|_| is_reviewed_by(&self.catalogue(), id, district));
        let mut row = row.ok_or(Denied::NotFound)?;
        let (life, draft) = (row.life()?, latest(&mut tx, &row).await?);
        let next = life.after(PromotionStep::Suspend)?;
        take_back(&mut row);
        row.reason = Some(reason);
        row.set_life(next);
        self.write_step(&mut tx, &mut row, PromotionStep::Suspend, caller.account_id).await?;
        catalogue::changed(&mut tx).await?;
        let deed = Deed::new(AuditAction::SuspendPromotion, AuditThing::Promotion, id.0);
        let old = json!({ "state": life.state });
        let new = json!({ "state": next.state, "version": row.version, "reason": row.reason });
        audit::record(self, &mut tx, caller, deed, (Some(&old), Some(&new))).await?;
        let answer = self.own_shape(&row, &draft)?;
        let done = self.finish_once(tx, caller, key, answer).await?;
        self.reload().await?;
        Ok(done)
    }
}

/// Whether a promotion is the reviewer's: of a district alone one that everybody
/// sees, with all its outlets there; `None` is all districts, and any.
fn is_reviewed_by(catalogue: &Catalogue, id: PromotionId, district: Option<DistrictCode>) -> bool {
    let Some(own) = district else { return true };
    let shown = catalogue.promotion(id);
    shown.is_some_and(|shown| catalogue.outlets_at(shown).all(|outlet| outlet.district == own))
}
