//! A merchant's promotions and the bureau's review of them: what the pages
//! show, and their forms.

use super::ApiError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::{caller, notice};
#[cfg(feature = "ssr")]
use backend::{Caller, PromotionChange, Verdict};
#[cfg(feature = "ssr")]
use domain::shapes::{MerchantShape, OwnPromotion, OwnPromotions};
#[cfg(feature = "ssr")]
use domain::{Denied, IdempotencyKey, OwnPromotionQuery, Permission, PromotionForm, PromotionId};

#[cfg(feature = "ssr")]
const SHOP: &str = "/shop/promotions";
#[cfg(feature = "ssr")]
const REVIEWS: &str = "/bureau/reviews/promotions";
/// The queue of merchants and promotions together.
#[cfg(feature = "ssr")]
const QUEUE: &str = "/bureau/reviews";
/// Spans of weekly hours that the form has.
#[cfg(feature = "ssr")]
pub(crate) const SPANS: usize = 3;

/// What the form of a promotion sends, field by field.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PromotionPost {
    pub title: String,
    pub title_en: String,
    pub text: String,
    pub text_en: String,
    pub price_text: String,
    pub price_text_en: String,
    pub channel: String,
    pub supply: String,
    pub setting: String,
    pub sector: String,
    pub starts_on: String,
    pub ends_on: String,
    pub link: String,
    pub publish_at: String,
    pub outlets: Vec<String>,
    pub hours_days: Vec<String>,
    pub hours_from: Vec<String>,
    pub hours_to: Vec<String>,
}

/// A promotion and what its pages need beside.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub(crate) struct Own {
    /// The promotion; `None` for one that is only begun.
    pub(crate) promotion: Option<OwnPromotion>,
    /// Whose it is, with its outlets.
    pub(crate) merchant: MerchantShape,
    /// The season's first and last day.
    pub(crate) season: (String, String),
    /// Under which pressing twice is one step.
    pub(crate) key: String,
}

#[cfg(feature = "ssr")]
async fn allowed(permission: Permission) -> Result<Caller, ApiError> {
    let caller = caller::signed_in().await?;
    caller.require(permission).map_err(caller::convert)?;
    Ok(caller)
}

/// The merchant's own promotions.
///
/// # Errors
/// Nobody is signed in, or not a person who posts; a part of the address is
/// none; or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn own_list(
    state: Option<String>,
    cursor: Option<String>,
) -> Result<OwnPromotions, ApiError> {
    let owner = allowed(Permission::PostPromotions).await?;
    let query = OwnPromotionQuery { state, limit: None, cursor };
    caller::backend()?.own_promotions(&owner, &query).await.map_err(caller::convert)
}

/// One of them, or what a new one needs.
///
/// # Errors
/// Nobody is signed in, or not a person who posts; it is not their merchant's;
/// or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn own(id: Option<PromotionId>) -> Result<Own, ApiError> {
    let owner = allowed(Permission::PostPromotions).await?;
    let backend = caller::backend()?;
    let promotion = match id {
        Some(id) => Some(backend.own_promotion(&owner, id).await.map_err(caller::convert)?),
        None => None,
    };
    let merchant = backend.own_merchant(&owner).map_err(caller::convert)?;
    let season = backend.season();
    let key = backend.new_key().as_str().to_owned();
    Ok(Own { promotion, merchant, season: (season.starts_on, season.ends_on), key })
}

#[cfg(feature = "ssr")]
impl PromotionPost {
    /// The form as the services read it.
    fn form(self) -> PromotionForm {
        let hours = self.hours();
        PromotionForm {
            title: self.title,
            title_en: self.title_en,
            text: self.text,
            text_en: self.text_en,
            price_text: self.price_text,
            price_text_en: self.price_text_en,
            channel: self.channel,
            supply: self.supply,
            setting: self.setting,
            sector: self.sector,
            starts_on: self.starts_on,
            ends_on: self.ends_on,
            hours,
            link: self.link,
            publish_at: self.publish_at,
            outlets: self.outlets.iter().filter_map(|outlet| outlet.parse().ok()).collect(),
        }
    }

    /// The spans of which something is filled in.
    fn hours(&self) -> String {
        let part =
            |list: &[String], n: usize| list.get(n).map(|text| text.trim().to_owned()).unwrap_or_default();
        let span = |n: usize| {
            let (days, from, to) =
                (part(&self.hours_days, n), part(&self.hours_from, n), part(&self.hours_to, n));
            let filled = !from.is_empty() || !to.is_empty();
            filled.then(|| format!("{days} {from}-{to}"))
        };
        (0..SPANS).filter_map(span).collect::<Vec<_>>().join("; ")
    }
}

#[cfg(feature = "ssr")]
fn key_of(key: &str) -> Result<IdempotencyKey, ApiError> {
    key.parse().map_err(|_| caller::convert(Denied::BadKey))
}

#[cfg(feature = "ssr")]
fn number(id: &str) -> Result<PromotionId, ApiError> {
    id.parse().map_err(|_| caller::convert(Denied::NotFound))
}

/// The page of a promotion; the list's where the number is none.
#[cfg(feature = "ssr")]
fn page(id: &str) -> String {
    id.parse::<PromotionId>().map_or_else(|_| SHOP.to_owned(), |id| format!("{SHOP}/{id}"))
}

/// Writes a promotion, a new one where no number is given, and shows it.
///
/// # Errors
/// Nobody is signed in, the reader may not, or it cannot be written now.
#[server(prefix = "/api/fn", endpoint = "save_promotion")]
pub async fn save_promotion(
    #[server(default)] promotion_id: String,
    #[server(default)] post: PromotionPost,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let back = page(&promotion_id);
    let done = async {
        let owner = allowed(Permission::PostPromotions).await?;
        let (backend, key) = (caller::backend()?, key_of(&key)?);
        let saved = if promotion_id.is_empty() {
            backend.begin_promotion(&owner, &post.form(), &key).await
        } else {
            let change = PromotionChange::Save(Box::new(post.form()));
            backend.change_promotion(&owner, number(&promotion_id)?, &change, &key).await
        };
        let id = saved.map_err(caller::convert)?.answer.id;
        leptos_axum::redirect(&format!("{SHOP}/{id}"));
        Ok(())
    };
    notice::settle(done.await, &back)
}

/// Submits, withdraws or ends a promotion, or drops its revision.
///
/// # Errors
/// Nobody is signed in, the reader may not, or the step is none now.
#[server(prefix = "/api/fn", endpoint = "change_promotion")]
pub async fn change_promotion(
    #[server(default)] promotion_id: String,
    #[server(default)] step: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let back = page(&promotion_id);
    let done = async {
        let owner = allowed(Permission::PostPromotions).await?;
        let change = match step.as_str() {
            "submit" => PromotionChange::Submit,
            "withdraw" => PromotionChange::Withdraw,
            "discard" => PromotionChange::Discard,
            "end" => PromotionChange::End,
            _ => return Err(caller::convert(Denied::field("step", "submit | withdraw | discard | end"))),
        };
        let (id, key) = (number(&promotion_id)?, key_of(&key)?);
        caller::backend()?.change_promotion(&owner, id, &change, &key).await.map_err(caller::convert)?;
        leptos_axum::redirect(&back);
        Ok(())
    };
    notice::settle(done.await, &back)
}

/// Begins a draft like another promotion, and shows it.
///
/// # Errors
/// Nobody is signed in, the reader may not, or it is not their merchant's.
#[server(prefix = "/api/fn", endpoint = "duplicate_promotion")]
pub async fn duplicate_promotion(
    #[server(default)] promotion_id: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let back = page(&promotion_id);
    let done = async {
        let owner = allowed(Permission::PostPromotions).await?;
        let (id, key) = (number(&promotion_id)?, key_of(&key)?);
        let copy = caller::backend()?.duplicate_promotion(&owner, id, &key).await;
        let copy = copy.map_err(caller::convert)?.answer.id;
        leptos_axum::redirect(&format!("{SHOP}/{copy}/edit"));
        Ok(())
    };
    notice::settle(done.await, &back)
}

/// Takes a photo out of a promotion.
///
/// # Errors
/// Nobody is signed in, the reader may not, or it cannot be written now.
#[server(prefix = "/api/fn", endpoint = "remove_photo")]
pub async fn remove_photo(
    #[server(default)] promotion_id: String,
    #[server(default)] photo: String,
) -> Result<(), ApiError> {
    let back = format!("{}#photos", page(&promotion_id));
    let done = async {
        let owner = allowed(Permission::PostPromotions).await?;
        let id = number(&promotion_id)?;
        let photo = photo.parse().map_err(|_| caller::convert(Denied::NotFound))?;
        caller::backend()?.remove_photo(&owner, id, &photo).await.map_err(caller::convert)?;
        leptos_axum::redirect(&back);
        Ok(())
    };
    notice::settle(done.await, &page(&promotion_id))
}

/// Approves a promotion that waits, or returns it with a reason; with `queue`
/// the reader came from the queue of both kinds and goes back to it.
///
/// # Errors
/// Nobody is signed in, the reader may not, or it does not wait for them as it
/// was looked at.
#[server(prefix = "/api/fn", endpoint = "review_promotion")]
pub async fn review_promotion(
    #[server(default)] promotion_id: String,
    #[server(default)] version: String,
    #[server(default)] decision: String,
    #[server(default)] reason: String,
    #[server(default)] queue: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let back = if queue.is_empty() { REVIEWS } else { QUEUE };
    let done = async {
        let officer = allowed(Permission::ReviewPromotions).await?;
        let verdict = match decision.as_str() {
            "approve" => Verdict::Approve,
            "return" => Verdict::Return(reason),
            _ => return Err(caller::convert(Denied::field("decision", "approve | return"))),
        };
        let version = version.parse().map_err(|_| caller::convert(Denied::field("version", "1, 2, …")))?;
        let (id, key) = (number(&promotion_id)?, key_of(&key)?);
        let backend = caller::backend()?;
        let reviewed = backend.review_promotion(&officer, id, (version, &verdict), &key).await;
        reviewed.map_err(caller::convert)?;
        leptos_axum::redirect(back);
        Ok(())
    };
    notice::settle(done.await, back)
}

/// The key under which the reader takes a promotion down that everybody sees;
/// `None` for who may not.
///
/// # Errors
/// The store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn suspension_key(id: PromotionId) -> Result<Option<String>, ApiError> {
    let (reader, backend) = (caller::optional().await?, caller::backend()?);
    let may = reader.is_some_and(|reader| backend.may_suspend(&reader, id));
    Ok(may.then(|| backend.new_key().as_str().to_owned()))
}

/// Takes a published promotion down.
///
/// # Errors
/// Nobody is signed in, the reader may not, it is not published any more, or the
/// reason is missing.
#[server(prefix = "/api/fn", endpoint = "suspend_promotion")]
pub async fn suspend_promotion(
    #[server(default)] promotion_id: String,
    #[server(default)] reason: String,
    #[server(default)] key: String,
) -> Result<(), ApiError> {
    let back = format!("/promotions/{}", caller::encoded(&promotion_id));
    let done = async {
        let officer = allowed(Permission::ReviewPromotions).await?;
        let (id, key) = (number(&promotion_id)?, key_of(&key)?);
        let suspended = caller::backend()?.suspend_promotion(&officer, id, &reason, &key).await;
        suspended.map_err(caller::convert)?;
        leptos_axum::redirect("/offers");
        Ok(())
    };
    notice::settle(done.await, &back)
}
