//! What waits for the bureau's review: what the page shows.

use super::{ApiError, caller, season};
use backend::Caller;
use domain::shapes::{DistrictShape, KindShape, MerchantShape, Page, WaitingMerchant, WaitingPromotion};
use domain::{DistrictCode, Permission, ReviewKind, ReviewQuery};

/// What waits: a merchant, or a promotion with its merchant.
pub(crate) enum Queued {
    Merchant(WaitingMerchant),
    Promotion(Box<(WaitingPromotion, MerchantShape)>),
}

/// What `/bureau/reviews` shows.
pub(crate) struct Queue {
    /// The longest waiting first.
    pub(crate) items: Vec<Queued>,
    pub(crate) next_cursor: Option<String>,
    /// How many merchants and how many promotions wait.
    pub(crate) waiting: (i64, i64),
    /// What of it was asked for.
    pub(crate) kind: Option<ReviewKind>,
    pub(crate) asked_district: Option<DistrictCode>,
    /// The district to which the reader is confined.
    pub(crate) district: Option<DistrictShape>,
    pub(crate) districts: Vec<DistrictShape>,
    pub(crate) kinds: Vec<KindShape>,
    /// What the keys of this page's forms begin with.
    pub(crate) key: String,
}

/// What waits for the reader's review.
///
/// # Errors
/// Nobody is signed in, or not a person who reviews; a parameter is none; or the
/// store failed.
pub(crate) async fn queue(query: ReviewQuery) -> Result<Queue, ApiError> {
    let (officer, backend) = (caller::signed_in().await?, caller::backend()?);
    let Page { items, next_cursor } = backend.reviews(&officer, &query).await.map_err(caller::convert)?;
    let waiting = backend.count_reviews(&officer, &query).await.map_err(caller::convert)?;
    let queued = items.into_iter().filter_map(|item| match (item.merchant, item.promotion) {
        (Some(merchant), _) => Some(Ok(Queued::Merchant(merchant))),
        (None, Some(promotion)) => {
            let merchant = backend.merchant(promotion.promotion.merchant_id).map_err(caller::convert);
            Some(merchant.map(|merchant| Queued::Promotion(Box::new((promotion, merchant)))))
        }
        (None, None) => None,
    });
    let setting = season::setting()?;
    let own = setting.districts.iter().find(|district| Some(district.code) == officer.confined_to());
    Ok(Queue {
        items: queued.collect::<Result<_, _>>()?,
        next_cursor,
        waiting,
        kind: query.kind.and_then(|kind| kind.parse().ok()),
        asked_district: query.district.and_then(|district| district.parse().ok()),
        district: own.cloned(),
        districts: setting.districts,
        kinds: setting.season.kinds,
        key: backend.new_key().as_str().to_owned(),
    })
}

/// How many merchants and promotions wait for the reader; `None` for who does
/// not review.
///
/// # Errors
/// The store failed.
pub(crate) async fn waiting_count(officer: &Caller) -> Result<Option<i64>, ApiError> {
    if !(officer.may(Permission::ReviewMerchants) && officer.may(Permission::ReviewPromotions)) {
        return Ok(None);
    }
    let waiting = caller::backend()?.count_reviews(officer, &ReviewQuery::default()).await;
    let (merchants, promotions) = waiting.map_err(caller::convert)?;
    Ok(Some(merchants + promotions))
}
