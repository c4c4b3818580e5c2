//! What merchants offer.

use super::{ApiError, caller};
use domain::shapes::{MerchantShape, Page, PromotionShape};
use domain::{MerchantId, OfferQuery, PromotionId};

/// One page of the promotions that match, and how many match in all.
///
/// # Errors
/// A filter or the cursor is none.
pub(crate) fn matching(query: &OfferQuery) -> Result<(Page<PromotionShape>, usize), ApiError> {
    let backend = caller::backend()?;
    let page = backend.promotions(query).map_err(caller::convert)?;
    let count = backend.promotion_count(query).map_err(caller::convert)?;
    Ok((page, count))
}

/// A promotion and who posts it.
///
/// # Errors
/// There is no such promotion.
pub(crate) fn promotion(id: PromotionId) -> Result<(PromotionShape, MerchantShape), ApiError> {
    let backend = caller::backend()?;
    let promotion = backend.promotion(id).map_err(caller::convert)?;
    let merchant = backend.merchant(promotion.merchant_id).map_err(caller::convert)?;
    Ok((promotion, merchant))
}

/// A promotion whose page somebody opens: that is counted.
///
/// # Errors
/// There is no such promotion.
pub(crate) fn opened(id: PromotionId) -> Result<(PromotionShape, MerchantShape), ApiError> {
    let found = promotion(id)?;
    caller::backend()?.count_view(id);
    Ok(found)
}

/// A merchant and its promotions.
///
/// # Errors
/// There is no such merchant.
pub(crate) fn merchant(id: MerchantId) -> Result<(MerchantShape, Vec<PromotionShape>), ApiError> {
    let backend = caller::backend()?;
    let merchant = backend.merchant(id).map_err(caller::convert)?;
    Ok((merchant, backend.promotions_of(id)))
}
