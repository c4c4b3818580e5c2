//! Rounds: what is released, and the form that claims.

use super::ApiError;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{caller, cookies, notice};
#[cfg(feature = "ssr")]
use backend::Backend;
#[cfg(feature = "ssr")]
use domain::shapes::{CampaignShape, RoundShape, VoucherShape};
#[cfg(feature = "ssr")]
use domain::{AccountId, ListQuery, RoundId, RoundQuery};

/// Every round of the season, by opening time.
///
/// # Errors
/// The store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn all(backend: &Backend) -> Result<Vec<RoundShape>, ApiError> {
    let mut rounds = Vec::new();
    let mut cursor = None;
    loop {
        let query = RoundQuery { limit: Some("100".to_owned()), cursor, ..RoundQuery::default() };
        let page = backend.rounds(&query).await.map_err(caller::convert)?;
        rounds.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            rounds.sort_by(|a, b| a.opens_at.cmp(&b.opens_at));
            return Ok(rounds);
        }
    }
}

/// A round with its campaign's terms, and the reader with the vouchers of it
/// that they have; `None` for a reader who is not signed in.
///
/// # Errors
/// There is no such round, or the store failed.
#[cfg(feature = "ssr")]
pub(crate) async fn one(
    id: RoundId,
) -> Result<(RoundShape, CampaignShape, Option<(AccountId, Vec<VoucherShape>)>), ApiError> {
    let backend = caller::backend()?;
    let round = backend.round(id).await.map_err(caller::convert)?;
    let campaign = backend.campaign(round.campaign_id).map_err(caller::convert)?;
    let Some(resident) = caller::optional().await? else {
        return Ok((round, campaign, None));
    };
    let held = if resident.may(domain::Permission::HoldVouchers) {
        let query = ListQuery { limit: Some("100".to_owned()), cursor: None };
        backend.vouchers(&resident, &query).await.map_err(caller::convert)?.items
    } else {
        Vec::new()
    };
    let held = held.into_iter().filter(|voucher| voucher.round_id == id).collect();
    Ok((round, campaign, Some((resident.account_id, held))))
}

/// Claims a voucher of a round and shows it. The form carries the key under
/// which a second press is the same claim.
///
/// # Errors
/// Nobody is signed in, the key is none, or the rules refuse the claim.
#[server(prefix = "/api/fn", endpoint = "claim_voucher")]
pub async fn claim_voucher(round_id: i64, #[server(default)] key: String) -> Result<(), ApiError> {
    notice::settle(claim(RoundId(round_id), &key).await, &format!("/rounds/{round_id}"))
}

#[cfg(feature = "ssr")]
async fn claim(round: RoundId, key: &str) -> Result<(), ApiError> {
    let resident = caller::signed_in().await?;
    let key = key.parse().map_err(|_| caller::convert(domain::Denied::BadKey))?;
    let pass = backend::Pass { device: cookies::device(), by_form: true, ..backend::Pass::default() };
    let backend = caller::backend()?;
    let done = backend.claim_in_turn(&resident, round, &key, &pass).await.map_err(caller::convert)?;
    leptos_axum::redirect(&format!("/wallet/{}", done.answer.voucher_id));
    Ok(())
}
