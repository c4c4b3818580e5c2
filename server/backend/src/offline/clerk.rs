//! Who redeems at a till without a network: whoever was signed in when its
//! permit was fetched, and not whoever sends it later.

use super::Mark;
use crate::auth::role;
use crate::store::{Tx, account, audit};
use crate::{Error, StoreError};
use domain::{AccountId, MerchantId, OutletId, Permission, RedeemRefused, Timestamp};
use serde::Deserialize;

/// What the audit log keeps of somebody's post.
#[derive(Deserialize)]
struct Post {
    merchant_id: MerchantId,
    outlet_ids: Vec<OutletId>,
}

/// Tests that a permit's clerk worked at its outlet at the till's moment. They
/// did when it was given: what last changed since, until the moment, decides.
///
/// # Errors
/// [`RedeemRefused::ClerkElsewhere`].
pub(super) async fn check(
    tx: &mut Tx,
    clerk: AccountId,
    (mark, merchant): (&Mark, MerchantId),
    at: Timestamp,
) -> Result<(), Error> {
    let Some(new) = audit::last_post(tx, clerk, (mark.issued_at, at)).await? else { return Ok(()) };
    let stays = if new.is_empty() {
        false
    } else {
        let post: Post = serde_json::from_str(&new).map_err(StoreError::corrupt)?;
        post.merchant_id == merchant && (post.outlet_ids.is_empty() || post.outlet_ids.contains(&mark.outlet))
    };
    if stays { Ok(()) } else { Err(RedeemRefused::ClerkElsewhere.into()) }
}

/// Whether somebody redeems on orders above what a clerk may alone.
pub(super) async fn may_redeem_large(tx: &mut Tx, clerk: AccountId) -> Result<bool, StoreError> {
    let roles = account::roles(tx, clerk.0).await?;
    let roles = roles.iter().map(|row| role(&row.role)).collect::<Result<Vec<_>, _>>()?;
    Ok(roles.iter().any(|role| role.may(Permission::RedeemLarge)))
}
