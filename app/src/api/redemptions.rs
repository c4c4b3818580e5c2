//! The bureau's list of redemptions.

use super::{ApiError, caller, season};
use domain::shapes::{BureauSale, DistrictShape, Page};
use domain::{Permission, SalesQuery};

/// What `/bureau/redemptions` shows.
pub(crate) struct BureauSales {
    /// The business day that was asked for, or today's.
    pub(crate) day: String,
    /// The day's redemptions, the newest first.
    pub(crate) sales: Page<BureauSale>,
    /// The season's districts.
    pub(crate) districts: Vec<DistrictShape>,
}

/// A business day's redemptions, of those that the reader may see.
///
/// # Errors
/// Nobody is signed in, or not a person who sees them; a parameter is none; or
/// the store failed.
pub(crate) async fn of_day(query: SalesQuery) -> Result<BureauSales, ApiError> {
    let officer = caller::signed_in().await?;
    officer.require(Permission::SeeStats).map_err(caller::convert)?;
    let backend = caller::backend()?;
    let today = || backend.zone().business_day(backend.now()).to_string();
    let day = query.day.clone().unwrap_or_else(today);
    let sales = backend.bureau_sales(&officer, &query).await.map_err(caller::convert)?;
    Ok(BureauSales { day, sales, districts: season::setting()?.districts })
}
