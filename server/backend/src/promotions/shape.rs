//! A promotion as its merchant and the bureau see it.

use super::{latest, moment};
use crate::store::promotion::LifeRow;
use crate::store::{Tx, catalogue};
use crate::{Backend, StoreError};
use domain::shapes::{FaultShape, OwnPromotion, PhotoShape};
use domain::{Fault, FormRules, Lang, MerchantId, PromotionDraft, PromotionId, PromotionState, Ready};
use std::collections::HashMap;

impl Backend {
    /// Against what a merchant's form is read now.
    pub(super) fn form_rules(&self, merchant: MerchantId) -> FormRules {
        let catalogue = self.catalogue();
        let season = catalogue.season();
        FormRules {
            season: (season.starts_on, season.ends_on),
            today: season.zone.business_day(self.now()),
            zone: season.zone,
            outlets: catalogue.outlets_of(merchant).map(|outlet| outlet.id).collect(),
        }
    }

    /// Reads what was typed of a promotion.
    pub(super) fn ready(&self, row: &LifeRow, draft: &PromotionDraft) -> Result<Ready, Vec<Fault>> {
        let (id, merchant) = (PromotionId(row.promotion_id), MerchantId(row.merchant_id));
        draft.read((id, merchant, self.is_demo()), &self.form_rules(merchant))
    }

    /// A promotion with what was typed last.
    pub(super) fn own_shape(
        &self,
        row: &LifeRow,
        draft: &PromotionDraft,
    ) -> Result<OwnPromotion, StoreError> {
        let (catalogue, life) = (self.catalogue(), row.life()?);
        let merchant = MerchantId(row.merchant_id);
        let (preview, faults) = match self.ready(row, draft) {
            Ok(ready) => {
                let known = catalogue.merchant(merchant).is_some();
                (known.then(|| catalogue.promotion_shape(&ready.promotion, self.now())), Vec::new())
            }
            Err(faults) => (None, faults),
        };
        // Of what is over, nothing can be mended.
        let over = life.state == PromotionState::Ended;
        let faults = faults.iter().filter(|_| !over).map(fault_shape).collect();
        Ok(OwnPromotion {
            id: PromotionId(row.promotion_id),
            merchant_id: merchant,
            state: life.state,
            revision: life.revision,
            version: row.version,
            form: draft.form.clone(),
            photos: draft.photos.iter().map(PhotoShape::from).collect(),
            faults,
            preview,
            reason: row.reason.clone(),
            submitted_at: moment(self, row.submitted_at_ms),
            publish_at: moment(self, row.publish_at_ms),
            published_at: moment(self, row.published_at_ms),
            ended_at: moment(self, row.ended_at_ms),
            views: row.views,
            claims: row.claims,
        })
    }

    /// Rows of a merchant, by number descending, as it sees them.
    pub(super) async fn own_shapes(
        &self,
        tx: &mut Tx,
        merchant: MerchantId,
        rows: &[LifeRow],
    ) -> Result<Vec<OwnPromotion>, StoreError> {
        let (Some(newest), Some(oldest)) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
        let range = (oldest.promotion_id, newest.promotion_id);
        let approved = catalogue::approved_of(tx, merchant, range).await?;
        let approved: HashMap<i64, PromotionDraft> =
            approved.iter().map(|offer| (offer.id.0, PromotionDraft::of(offer))).collect();
        let mut shapes = Vec::with_capacity(rows.len());
        for row in rows {
            let draft = match (row.draft()?, approved.get(&row.promotion_id)) {
                (Some(draft), _) => draft,
                (None, Some(approved)) => approved.clone(),
                (None, None) => latest(tx, row).await?,
            };
            shapes.push(self.own_shape(row, &draft)?);
        }
        Ok(shapes)
    }
}

fn fault_shape(fault: &Fault) -> FaultShape {
    FaultShape { field: fault.field, detail: fault.words(Lang::Zh), detail_en: fault.words(Lang::En) }
}
