//! Who is signed in.

use super::{ApiError, caller};
use domain::shapes::Me;

/// The reader's own account.
///
/// # Errors
/// Nobody is signed in, or the store failed.
pub(crate) async fn me() -> Result<Me, ApiError> {
    let account = caller::signed_in().await?;
    Ok(caller::backend()?.me(&account))
}
