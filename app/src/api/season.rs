//! The season and what is going on in it.

use super::{ApiError, caller};
use domain::ListQuery;
use domain::shapes::{DishShape, DistrictShape, EventShape, NewsShape, RoundShape, SeasonShape};

/// What every page may say about the season.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    /// The season.
    pub(crate) season: SeasonShape,
    /// Its districts, in the order of their codes.
    pub(crate) districts: Vec<DistrictShape>,
}

/// The season as it stands now.
///
/// # Errors
/// The server has no services yet.
pub(crate) fn setting() -> Result<Setting, ApiError> {
    let backend = caller::backend()?;
    Ok(Setting { season: backend.season(), districts: backend.districts() })
}

/// All rounds of the season.
///
/// # Errors
/// The store failed.
pub(crate) async fn rounds() -> Result<Vec<RoundShape>, ApiError> {
    super::rounds::all(&caller::backend()?).await
}

/// The news cards, the newest first.
///
/// # Errors
/// The server has no services yet.
pub(crate) fn news() -> Result<Vec<NewsShape>, ApiError> {
    Ok(caller::backend()?.news())
}

/// The season's events: no city has more than one list's page of them.
///
/// # Errors
/// The server has no services yet.
pub(crate) fn events() -> Result<Vec<EventShape>, ApiError> {
    let page = caller::backend()?.events(&whole()).map_err(caller::convert)?;
    Ok(page.items)
}

/// The local signature dishes.
///
/// # Errors
/// The server has no services yet.
pub(crate) fn dishes() -> Result<Vec<DishShape>, ApiError> {
    let page = caller::backend()?.dishes(&whole()).map_err(caller::convert)?;
    Ok(page.items)
}

fn whole() -> ListQuery {
    ListQuery { limit: Some("100".to_owned()), cursor: None }
}
