//! What a resident holds.

use super::{ApiError, caller};
use domain::shapes::{Page, VoucherDetail, VoucherShape};
use domain::{ListQuery, Timestamp, VoucherId};

/// One page of the reader's vouchers, the newest first.
///
/// # Errors
/// Nobody is signed in, the cursor is none, or the store failed.
pub(crate) async fn mine(query: ListQuery) -> Result<Page<VoucherShape>, ApiError> {
    let resident = caller::signed_in().await?;
    caller::backend()?.vouchers(&resident, &query).await.map_err(caller::convert)
}

/// One of the reader's vouchers, with the server's time.
///
/// # Errors
/// Nobody is signed in, the voucher is not theirs, or the store failed.
pub(crate) async fn one(id: VoucherId) -> Result<(VoucherDetail, Timestamp), ApiError> {
    let resident = caller::signed_in().await?;
    let backend = caller::backend()?;
    let voucher = backend.voucher(&resident, id).await.map_err(caller::convert)?;
    Ok((voucher, backend.now()))
}
