//! A merchant's own promotions, and what the bureau reviews.

use super::catalogue::shape;
use super::{PromotionShape, WaitingMerchant};
use crate::{
    DistrictCode, KindCode, MerchantId, PhotoId, PhotoSize, PromotionField, PromotionForm, PromotionId,
    PromotionState, ReviewKind, RevisionState,
};
use serde::{Deserialize, Serialize};

shape! {
    /// A photo in its three sizes, as JPEG. What an address shows never changes.
    PhotoShape {
        /// Its name.
        id: PhotoId,
        /// At most 320 pixels wide and high.
        small: String,
        /// At most 800 pixels wide and high.
        medium: String,
        /// At most 1600 pixels wide and high.
        large: String,
    }
}

impl From<&PhotoId> for PhotoShape {
    fn from(id: &PhotoId) -> PhotoShape {
        let [small, medium, large] =
            [PhotoSize::Small, PhotoSize::Medium, PhotoSize::Large].map(|size| id.path(size));
        PhotoShape { id: id.clone(), small, medium, large }
    }
}

shape! {
    /// A field that is not yet as it has to be.
    FaultShape {
        /// Which.
        field: PromotionField,
        /// What is wrong.
        detail: String,
        /// The same in English.
        detail_en: String,
    }
}

shape! {
    /// A promotion as its merchant sees it.
    OwnPromotion {
        /// Its number.
        id: PromotionId,
        /// Whose.
        merchant_id: MerchantId,
        /// Where it stands.
        state: PromotionState,
        /// Where the revision of a published one stands; null without one.
        revision: Option<RevisionState>,
        /// Moves with every change: who reviews says which one they saw.
        version: i64,
        /// What was typed last: the draft, the revision, or what is published.
        form: PromotionForm,
        /// Its photos.
        photos: Vec<PhotoShape>,
        /// What is still wrong with it; it can be handed in when nothing is.
        faults: Vec<FaultShape>,
        /// How residents will see it; null while something is wrong.
        preview: Option<PromotionShape>,
        /// Why the bureau gave it back.
        reason: Option<String>,
        /// When it was handed in, while it waits.
        submitted_at: Option<String>,
        /// When it appears, once approved for later.
        publish_at: Option<String>,
        /// When it appeared.
        published_at: Option<String>,
        /// When it ended.
        ended_at: Option<String>,
        /// How often its page was opened, by anyone, since it appeared.
        views: i64,
        /// How often a reader went on from its page to claim vouchers.
        claims: i64,
    }
}

shape! {
    /// How many promotions stand in a state.
    StateCount {
        /// The state.
        state: PromotionState,
        /// How many.
        count: i64,
    }
}

shape! {
    /// A page of a merchant's own promotions.
    OwnPromotions {
        /// The newest first.
        items: Vec<OwnPromotion>,
        /// Where the next page starts; null on the last.
        next_cursor: Option<String>,
        /// How many there are of each state, whatever the page.
        counts: Vec<StateCount>,
    }
}

shape! {
    /// A field in which a revision differs from what is published.
    DifferenceShape {
        /// Which.
        field: PromotionField,
        /// What is published.
        before: String,
        /// What would be.
        after: String,
    }
}

shape! {
    /// A promotion that waits for review.
    WaitingPromotion {
        /// The promotion.
        promotion: OwnPromotion,
        /// The merchant's name.
        merchant_name: String,
        /// The merchant's name in English.
        merchant_name_en: String,
        /// The merchant's trade.
        kind: KindCode,
        /// Where its outlets are.
        districts: Vec<DistrictCode>,
        /// For how long it waits.
        waiting_s: i64,
        /// What differs from the published text; empty for a new promotion.
        differences: Vec<DifferenceShape>,
    }
}

shape! {
    /// What waits for the bureau's review: a merchant or a promotion.
    ReviewItem {
        /// Which of both.
        kind: ReviewKind,
        /// For how many seconds it waits.
        waiting_s: i64,
        /// The merchant.
        merchant: Option<WaitingMerchant>,
        /// The promotion.
        promotion: Option<WaitingPromotion>,
    }
}
